"""The words on a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal
from rfscope.plots.layout import fit
from rfscope.plots.view import View
from rfscope.wording import percent, size_text, unit

__all__ = [
    "UNWRITTEN",
    "caption",
    "field_note",
    "fit",
    "headline",
    "label",
    "listed",
    "plane_note",
    "reduction_note",
    "tail",
    "which_output",
]

UNWRITTEN = "The counts are not written: the cells are too small for print of 6 points."

_LONGEST = 28
"""Characters of a network's name; more do not fit a line."""

_LONGEST_LAYER = 18
"""Characters of a layer's name."""


def label(analysis: Analysis) -> str:
    """The network's name, cut to fit."""
    return analysis.name if len(analysis.name) <= _LONGEST else analysis.name[: _LONGEST - 1] + "…"


def headline(analysis: Analysis) -> str:
    """Name, verdict, size and use, and which output is shown if outputs differ.

    Example:
        >>> from rfscope.exact.analysis import analyze
        >>> from rfscope.network.build import chain
        >>> headline(analyze(chain([2, 4, 8])))
        '2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %)'
    """
    coverage = analysis.output.coverage
    use = f"{coverage.used} of {coverage.pixels} used ({percent(coverage.share)})"
    verdict = (analysis.verdict or "unknown").upper()
    parts = (
        f"{label(analysis)}: {verdict}",
        f"{size_text(coverage.size)} {unit(analysis.network.dims)}",
        use,
        which_output(analysis),
    )
    return ", ".join(filter(None, parts))


def which_output(analysis: Analysis) -> str:
    """The output shown: its place in a finite map, or its phase if there are several."""
    place = ", ".join(map(str, analysis.output.position))
    place = f"({place})" if analysis.network.dims > 1 else place
    if analysis.sizes is not None:
        return f"output at {place}"
    return f"output phase {place}" if any(field.period > 1 for field in analysis.output.axes) else ""


def caption(analysis: Analysis) -> str:
    """The headline, the published rules and the gridding index: one line of text.

    M_2 is that of the group of rates that decides, of all schedules: one that fails if any does, else the largest. The
    index is that of the counts of a chain; for other networks that of the schedules, each taken as a plain chain.

    Example:
        >>> from rfscope.exact.analysis import analyze
        >>> from rfscope.network.build import chain
        >>> caption(analyze(chain([2, 4, 8])))
        '2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %), M₂ = 4 > 3, gcd 2, gridding index 1.00'
    """
    return ", ".join([headline(analysis), *_rules(analysis), *_index(analysis)])


def _rules(analysis: Analysis) -> Iterator[str]:
    groups = (group for schedule in analysis.schedules for group in schedule.groups)
    distances = [(group.m2 > group.kernel, group.m2, group.kernel) for group in groups if group.m2 is not None]
    if distances:
        fails, m2, kernel = max(distances)
        yield f"M₂ = {m2} {'>' if fails else '≤'} {kernel}"
    factors = [schedule.factor for schedule in analysis.schedules if schedule.taps]
    if factors:
        yield "gcd " + _each(map(str, factors))


def _index(analysis: Analysis) -> Iterator[str]:
    own = analysis.output.taps is not None
    schedules = [schedule for schedule in analysis.schedules if schedule.taps]
    found = analysis.output.gridding_index if own else tuple(schedule.gridding_index for schedule in schedules)
    whose = "" if own else " of the schedule" if len(schedules) == 1 else " of the schedules"
    if own or schedules:
        values = None if found is None or None in found else _each(f"{index:.2f}" for index in found)
        yield f"gridding index{whose} {values or 'not computed'}"


def field_note(analysis: Analysis) -> str:
    """A note on what the picture leaves out: paths through global operations, reads that depend on the data."""
    end, fields = analysis.fields[analysis.network.outputs[0]], analysis.output.axes
    notes = []
    if isinstance(end, AllGlobal):
        unknown = listed(analysis.unknown_before(analysis.network.outputs[0]))
        everything = f"before {listed(end.through)}, which reads everything"
        notes.append(f"before {unknown}, of which it is not known what it reads" if unknown else everything)
    elif fields[0].global_through:
        notes.append(f"without the paths through {listed(fields[0].global_through)}, which read everything")
    if any(field.lower_bound for field in fields):
        notes.append("a lower bound: the data decide what else is read")
    if any(field.upper_bound for field in fields):
        notes.append("an upper bound: some channels of a map are taken to see what all see")
    return "; ".join(notes)


def plane_note(shown: View) -> str:
    """Which plane of a 3-D map is shown and how much of it is used; empty for other maps.

    Example:
        >>> from fractions import Fraction
        >>> from rfscope.exact.counts import Counts
        >>> from rfscope.plots.view import View
        >>> plane_note(View(Counts(((1, 0, 1), (1, 1))), Fraction(0)))
        'plane at 0 across the first axis, 4 of 6 used'
    """
    if shown.plane is None:
        return ""
    return f"plane at {float(shown.plane):g} across the first axis, {shown.used} of {shown.pixels} used"


def reduction_note(block: Sequence[int]) -> str:
    """How pixels were merged into cells; empty if they were not.

    Example:
        >>> reduction_note((4, 4))
        'Reduced: a cell is 4x4 pixels and shows their largest count, or that one of them is never read.'
    """
    if max(block) == 1:
        return ""
    if len(block) == 1:
        return (
            f"Reduced: a bar is {block[0]} pixels wide and as high as their largest count; shaded if one is never read."
        )
    cell = size_text(block)
    return f"Reduced: a cell is {cell} pixels and shows their largest count, or that one of them is never read."


def tail(name: str) -> str:
    """A layer's name, cut to fit, between its parts if it has some; its end tells more than its beginning.

    Example:
        >>> tail("backbone.layer4.2.conv2")
        '…layer4.2.conv2'
    """
    if len(name) <= _LONGEST_LAYER:
        return name
    end = name[1 - _LONGEST_LAYER :]
    return f"…{end.partition('.')[2] or end}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many more there are.

    Example:
        >>> listed(["a", "b", "c", "d", "e"]), listed(["a", "b"])
        ('a, b, c and 2 more', 'a, b')
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _each(values: Iterable[str]) -> str:
    """Different values, each said once."""
    return " and ".join(dict.fromkeys(values))

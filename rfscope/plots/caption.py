"""The words on a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from rfscope.exact.analysis import Analysis
from rfscope.plots.view import View

__all__ = ["caption", "fit", "headline", "label", "plane_note", "reduction_note"]

_LONGEST = 28
"""Characters of a network's name; more do not fit a line."""

_CHARACTER = 0.56
"""Width of a character relative to the size of print, on average."""


def label(analysis: Analysis) -> str:
    """The network's name, cut to fit."""
    return analysis.name if len(analysis.name) <= _LONGEST else analysis.name[: _LONGEST - 1] + "…"


def headline(analysis: Analysis) -> str:
    """Name, size and use.

    Example:
        >>> from rfscope.exact.analysis import analyze
        >>> from rfscope.network.build import chain
        >>> headline(analyze(chain([2, 4, 8])))
        '2,4,8: 29x29 pixels, 225 of 841 used (27 %)'
    """
    coverage = analysis.output.coverage
    use = f"{coverage.used} of {coverage.pixels} used ({_percent(coverage.used, coverage.pixels)})"
    return f"{label(analysis)}: {_times(coverage.size)} pixels, {use}"


def caption(analysis: Analysis) -> str:
    """The headline, the published rules and the gridding index: one line of text.

    M_2 is that of the group of rates that decides, of all schedules: one that fails if any does, else the largest.

    Example:
        >>> from rfscope.exact.analysis import analyze
        >>> from rfscope.network.build import chain
        >>> caption(analyze(chain([2, 4, 8])))
        '2,4,8: 29x29 pixels, 225 of 841 used (27 %), M₂ = 4 > 3, gcd 2, gridding index 1.00'
    """
    return ", ".join([headline(analysis), *_rules(analysis), _index(analysis)])


def _rules(analysis: Analysis) -> Iterator[str]:
    groups = (group for schedule in analysis.schedules for group in schedule.groups)
    distances = [(group.m2 > group.kernel, group.m2, group.kernel) for group in groups if group.m2 is not None]
    if distances:
        fails, m2, kernel = max(distances)
        yield f"M₂ = {m2} {'>' if fails else '≤'} {kernel}"
    if analysis.schedules:
        yield "gcd " + _each(str(schedule.factor) for schedule in analysis.schedules)


def _index(analysis: Analysis) -> str:
    found = analysis.output.gridding_index
    return "gridding index not computed" if found is None else "gridding index " + _each(f"{x:.2f}" for x in found)


def plane_note(shown: View) -> str:
    """Which plane of a 3-D map is shown and how much of it is used; empty for other maps.

    Example:
        >>> from fractions import Fraction
        >>> plane_note(View(((1, 0, 1), (1, 1)), 1, Fraction(0)))
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
    return (
        f"Reduced: a cell is {_times(block)} pixels and shows their largest count, or that one of them is never read."
    )


def fit(texts: Iterable[str], width: float, size: float) -> str:
    """One line for each text that is not empty; what does not fit is carried over, indented.

    Args:
        texts: What to say.
        width: Room in inches.
        size: Of the print, in points.
    """
    characters = max(20, int(72 * width / (_CHARACTER * size)))
    return "\n".join(
        line for text in texts for line in wrap(text, characters, subsequent_indent=" " * 6, break_on_hyphens=False)
    )


def _times(lengths: Iterable[int]) -> str:
    return "x".join(map(str, lengths))


def _each(values: Iterable[str]) -> str:
    """Different values, each said once."""
    return " and ".join(dict.fromkeys(values))


def _percent(part: int, whole: int) -> str:
    """A share that is 100 % only if nothing is missing."""
    rounded = (200 * part + whole) // (2 * whole)
    if rounded == 100 and part < whole:
        return "over 99 %"
    return "under 1 %" if rounded == 0 else f"{rounded} %"

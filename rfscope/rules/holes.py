"""RFS101: positions that are never read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.coverage import Coverage
from rfscope.exact.holes import Skipped
from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps, extent_of
from rfscope.network.graph import INPUT
from rfscope.network.reads import Window
from rfscope.rules.axes import only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import first_sound, instead_of_holes, spared
from rfscope.wording import first_few, percent, rates_text, size_text

__all__ = ["holes"]

_WHY = "what lies there is lost to it, and neighbours that skip other positions disagree with it: expect a grid pattern"

_FILL = "dense layers (rate 1) before or behind can fill the holes"


@rule(code="RFS101", name="holes", level="error", key="dilation")
def holes(analysis: Analysis) -> Iterator[Finding]:
    """An output skips positions of the image, or of the map that enters a stage with dilated layers.

    Detail there is lost to it, and neighbouring outputs that skip different parts disagree: a grid pattern. The test
    is exact, over all paths of the network and all phases of its outputs; layers at any resolution can fill holes. In
    a chain there are none if, with the layers sorted by rate, no rate exceeds the receptive field of those sorted
    before it. So a rate of 1 is necessary, and the order of the layers does not matter.

    Paths through global operations do not count. Parallel dilated branches (a pyramid) are meant to sample, and are
    not accused; see RFS106.

    Bad:  2,4,8
    Good: 1,3,8
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2, for the effect;
    Brown, "Note on complete sequences of integers", 1961, for the exact test.
    """
    for skipped in analysis.judgement.skipped:
        yield _finding(analysis, skipped)


def _finding(analysis: Analysis, skipped: Skipped) -> Finding:
    schedule = _entered(analysis, skipped)
    reads, never = _reads(analysis, skipped)
    if schedule is None:
        layer, cause, advice = _strided(analysis, skipped)
    elif schedule.repair.first_bad is None:
        layer, cause, advice = _branch_beside(analysis, schedule)
    else:
        layer, cause, advice = _too_soon(analysis, schedule, schedule.repair.first_bad)
    unseen = "" if schedule is None else _unseen(schedule)
    return Finding(
        message=f"{reads}: {cause}{never}; {_WHY}{unseen}",
        help=advice,
        node=layer,
        axis=only_axis(skipped.axes, analysis),
        about=(layer,),
    )


def _entered(analysis: Analysis, skipped: Skipped) -> Piece | None:
    """The schedule whose layers the map enters; of several one that has holes by itself."""
    found = [
        schedule
        for schedule in analysis.schedules
        if schedule.serial_runs and schedule.entry == skipped.map and set(schedule.axes) & set(skipped.axes)
    ]
    return next((one for one in found if not one.hole_free), found[0] if found else None)


def _reads(analysis: Analysis, skipped: Skipped) -> tuple[str, str]:
    """How much an output reads of the map, and which positions it never reads; less where there are too many."""
    who, where = f"one output of {skipped.output} reads", _map_text(analysis, skipped)
    try:
        found = skipped.coverage
    except LimitError:
        return f"{who} only a part of what it spans of {where}", ""
    share = f"{found.used} of the {found.pixels} positions it spans ({percent(found.share)})"
    return f"{who} {share} of {where}", f"; never read, from the first position: {_missing(found)}"


def _map_text(analysis: Analysis, skipped: Skipped) -> str:
    seen = analysis.fields[skipped.map]
    stride = str(seen[skipped.axes[0]].stride) if isinstance(seen, tuple) else "?"
    return f"{'the input' if skipped.map == INPUT else f'the output of {skipped.map}'} (output stride {stride})"


def _missing(found: Coverage) -> str:
    """The first holes: along the axes of a chain, else as places."""
    if found.hole_offsets is not None:
        return first_few(max(found.hole_offsets, key=len))
    return first_few(["/".join(map(str, place)) for place in found.hole_list or ()])


def _too_soon(analysis: Analysis, schedule: Piece, place: int) -> tuple[str, str, str]:
    """A layer whose rate exceeds what the layers of smaller rate see."""
    layer, rate, allowed = schedule.nodes[place], schedule.rates[place], schedule.repair.allowed[place]
    why = "no layer has rate 1" if allowed == 1 else f"the layers of smaller rate see only {allowed}"
    cause = f"{layer} has rate {rate}, but {why}{_safe(analysis, schedule, place)}"
    rates = instead_of_holes(analysis, schedule)
    if rates is None:
        return layer, cause, _nothing(schedule)
    before, after = rates_text(schedule.rates, schedule.kernels), rates_text(rates, schedule.kernels)
    spans = ""
    if analysis.network.is_chain and len(analysis.schedules) == 1:
        span = size_text([extent_of(map(Taps, schedule.kernels, rates))] * len(schedule.axes))
        spans = f": it spans {span} and reads all of it"
    return layer, cause, f"write {after} instead of {before}{spans}"


def _nothing(schedule: Piece) -> str:
    """What to say where no rates are advised: none were tried of a backbone, and of others none was clean."""
    tried = "no lower rates that were tried pass every rule in the whole network"
    return _FILL if spared(schedule) else f"{tried}; {_FILL}"


def _safe(analysis: Analysis, schedule: Piece, place: int) -> str:
    """What would be safe for a layer, the others being as they are."""
    safe = analysis.judgement.safe_rates(schedule)
    if (
        safe[place] is not None
    ):  # so much is safe in any network; that nothing else is holds where there is nothing else
        first, last = safe[place] or (0, 0)
        rates = str(first) if first == last else f"{first} to {last}"
        return f"; safe there, with the others as they are: {rates}"
    if not schedule.is_all_of(analysis.network):
        return ""
    return "; no other rate of it alone is safe" if any(safe) else "; no single change removes the holes"


def _branch_beside(analysis: Analysis, schedule: Piece) -> tuple[str, str, str]:
    """A branch next to the main path that leaves holes: its largest rate is named."""
    aside = [step for run in schedule.serial_runs for step in run.steps if step.name not in schedule.nodes]
    widest = max(aside or schedule.serial_runs[0].steps, key=lambda step: step.taps.rate)
    rate = widest.taps.rate
    place = "beside the main path, " if aside else ""
    cause = f"{widest.name}, {place}has rate {rate}"
    smaller: Sequence[int] = range(rate - 1, 0, -1)
    lower = ({widest.name: value} for value in smaller)
    found = None if spared(schedule) else first_sound(analysis, "RFS101", widest.name, schedule.axes, lower)
    return widest.name, cause, _nothing(schedule) if found is None else f"write rate {found[widest.name]} there"


def _strided(analysis: Analysis, skipped: Skipped) -> tuple[str, str, str]:
    """No dilated layer enters the map: a stride jumps over positions, and nothing before it fills them."""
    axis = skipped.axes[0]
    windows = [(node.name, node.reads[axis]) for node in analysis.network.nodes]
    strided = [(name, read) for name, read in windows if isinstance(read, Window) and read.stride > 1]
    over = [(name, read) for name, read in strided if read.stride > read.kernel or read.dilation > 1]
    if not (over or strided):
        return skipped.output, "its layers leave positions out", ""
    layer, read = (over or strided)[0]
    cause = f"{layer} has stride {read.stride} and a kernel of {read.kernel}, and nothing before it fills what it skips"
    return layer, cause, f"use a kernel of {read.stride} or more there, or put a dense layer before it"


def _unseen(schedule: Piece) -> str:
    """Why the published rule passes a schedule that has holes, if it does."""
    if not schedule.m2_ok or schedule.hole_free:
        return ""
    first = set(schedule.kernels) == {3} or min(schedule.rates) > 1
    why = "it never looks at the first rate of a rise" if first else "its constant is meant for kernels of 3"
    return f"; the published rule M_2 <= K passes here, for {why}"

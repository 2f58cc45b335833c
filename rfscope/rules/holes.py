"""RFS101: positions that are never read."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.coverage import Coverage
from rfscope.exact.holes import Skipped
from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps, extent_of
from rfscope.exact.where import Place, place_of
from rfscope.network.graph import INPUT
from rfscope.network.reads import Window
from rfscope.rules.axes import layer_text, layers_text, only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import KEEP_TRAINED, alone, instead_of_holes, spared
from rfscope.wording import first_few, percent, rates_text, size_text, unit

__all__ = ["holes"]

_LOST = "What lies there is lost to it"
_GRID = f"{_LOST}, and adjacent outputs that skip other positions disagree with it: expect a grid pattern"

_FILL = "dense layers (rate 1) before or after can fill the holes"


@rule(code="RFS101", name="holes", level="error", key="dilation")
def holes(analysis: Analysis) -> Iterator[Finding]:
    """An output skips positions of the image, or of the map that enters a stage with dilated layers.

    Detail there is lost to it. Where the rates share a factor, adjacent outputs that skip different parts disagree,
    too: a grid pattern. The test is exact, over all paths of the network and all phases of its outputs; layers at any
    output stride can fill holes. In a chain there are none if, with the layers sorted by rate, no rate exceeds the
    receptive field of those sorted before it. So a rate of 1 is necessary, and the order of the layers does not matter.

    Paths through global operations do not count. Parallel dilated branches (a pyramid) are meant to sample, and are
    not accused; see RFS106. The verdict on a network is HOLES if and only if this rule or RFS306 finds something.

    Bad:  2,4,8
    Good: 1,3,8
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2, for the effect;
    Brown, "Note on complete sequences of integers", 1961, for the exact test.
    """
    for skipped in analysis.judgement.skipped:
        place, schedule = place_of(analysis.judgement, skipped), analysis.judgement.entered(skipped)
        layer = place.cause or place.first
        more: list[str] = []
        if schedule is None:
            cause, advice = _strided(analysis, place, skipped)
        elif schedule.repair.first_bad is None:
            cause, advice = _beside(schedule, layer)
        else:
            cause, advice = _too_soon(analysis, schedule, schedule.repair.first_bad)
            more = [_safe(analysis, schedule, schedule.repair.first_bad), _unseen(schedule)]
        yield Finding(
            message=f"{_skips(analysis, place)}: {cause}",
            details=". ".join(filter(None, [*_reads(analysis, place, skipped), *more])),
            help=advice,
            node=layer,
            axis=only_axis(skipped.axes, analysis),
            about=(layer,),
        )


def _skips(analysis: Analysis, place: Place) -> str:
    """Which layers skip how much of what: ``conv4 to conv6 skip 3 of 4 positions of their map at output stride 8``."""
    one = len(place.layers) == 1
    who = f"{layers_text(place.layers)} {'skips' if one else 'skip'}"
    many, whose = _unit(analysis, place), "its" if one else "their"
    of = "the input" if place.map == INPUT else f"{whose} map at output stride {place.stride or '?'}"
    if place.share is None:
        return f"{who} {many} of {of}"
    if place.share.repeats:
        return f"{who} {place.share.skipped} of {place.share.of} {many} of {of}"
    at = "" if place.map == INPUT else f" at output stride {place.stride or '?'}"
    return (
        f"{who} {percent(place.share.skipped / place.share.of)} of the {many} {'it spans' if one else 'they span'}{at}"
    )


def _unit(analysis: Analysis, place: Place) -> str:
    return unit(analysis.network.dims) if place.map == INPUT else "positions"


def _reads(analysis: Analysis, place: Place, skipped: Skipped) -> Iterator[str]:
    """How much an output reads of the map, which positions it never reads, and why that is bad."""
    try:
        found = skipped.coverage
    except LimitError:
        pass
    else:
        where = "the input" if place.map == INPUT else f"what {layer_text(place.map)} makes"
        spans = f"spans {found.pixels} {_unit(analysis, place)} of {where}"
        reads = f"reads {found.used} of them ({percent(found.share)})"
        yield f"One output of {layer_text(place.output)} {spans} and {reads}"
        yield f"Never read, counted from the first: {_missing(found)}"
    yield _GRID if place.has_grid else _LOST


def _missing(found: Coverage) -> str:
    """The first holes: along the axes of a chain, else as places."""
    if found.hole_offsets is not None:
        return first_few(max(found.hole_offsets, key=len))
    return first_few(["/".join(map(str, place)) for place in found.hole_list or ()])


def _too_soon(analysis: Analysis, schedule: Piece, place: int) -> tuple[str, str]:
    """A layer whose rate exceeds what the layers of smaller rate see: why it leaves holes, and what to write."""
    rate, allowed = schedule.rates[place], schedule.repair.allowed[place]
    cause = "no layer has rate 1"
    if allowed > 1:
        cause = f"{layer_text(schedule.nodes[place])} has rate {rate}, smaller rates see only {allowed}"
    rates = None if alone(schedule) else instead_of_holes(analysis, schedule)
    if rates is None:
        return cause, _nothing(schedule)
    before, after = rates_text(schedule.rates, schedule.kernels), rates_text(rates, schedule.kernels)
    spans = ""
    if analysis.network.is_chain and len(analysis.schedules) == 1:
        span = size_text([extent_of(map(Taps, schedule.kernels, rates))] * len(schedule.axes))
        spans = f": it spans {span} and reads all of it"
    return cause, f"write {after} instead of {before}{spans}"


def _nothing(schedule: Piece) -> str:
    """What to say where no rates are advised: none were tried of a backbone, and of others none was clean."""
    if spared(schedule):
        return f"{_FILL}; {KEEP_TRAINED}"
    return _FILL if alone(schedule) else f"no lower rates that were tried pass every rule in the whole network; {_FILL}"


def _safe(analysis: Analysis, schedule: Piece, place: int) -> str:
    """What would be safe for a layer, the others being as they are."""
    if len(schedule.taps) == 1:
        return ""
    safe, layer = analysis.judgement.safe_rates(schedule), layer_text(schedule.nodes[place])
    found = safe[place]
    if found is not None:  # so much is safe in any network; that nothing else is holds where there is nothing else
        first, last = found
        rates = f"rate {first}" if first == last else f"rates {first} to {last}"
        return f"Safe for {layer}, with the others as they are: {rates}"
    if not schedule.is_all_of(analysis.network):
        return ""
    return f"No other rate of {layer} alone is safe" if any(safe) else "No single change removes the holes"


def _beside(schedule: Piece, layer: str) -> tuple[str, str]:
    """A branch next to the main path that leaves holes; its rates are left as they are, for it was meant to be wide."""
    rate = next(step.taps.rate for run in schedule.serial_runs for step in run.steps if step.name == layer)
    aside = "" if layer in schedule.nodes else ", beside the main path,"
    return f"{layer_text(layer)}{aside} has rate {rate}", _nothing(schedule) if spared(schedule) else _FILL


def _strided(analysis: Analysis, place: Place, skipped: Skipped) -> tuple[str, str]:
    """No dilated layer enters the map: a stride jumps over positions, and nothing before it fills them."""
    read = analysis.network.by_name[place.cause].reads[skipped.axes[0]] if place.cause else None
    if not isinstance(read, Window):
        return "its layers leave positions out", ""
    rate = f" at rate {read.dilation}" if read.dilation > 1 else ""
    cause = f"its stride is {read.stride}, its kernel {read.kernel}{rate}"
    try:
        gap = max(skipped.coverage.largest_gap)
    except LimitError:
        return cause, "put a dense layer before it"
    taps = f"of {gap} or more taps"
    kernel = "" if rate else f"use a kernel {taps} there, or "
    return cause, f"{kernel}put a dense layer {taps} before it"


def _unseen(schedule: Piece) -> str:
    """Why the published rule passes a schedule that has holes, if it does."""
    if not schedule.m2_ok or schedule.hole_free:
        return ""
    first = set(schedule.kernels) == {3} or min(schedule.rates) > 1
    why = "it never looks at the first rate of a rise" if first else "its constant is meant for kernels of 3"
    return f"The published rule M_2 <= K passes here: {why}"

"""The first lines of an answer: what one output sees, in the reader's unit, and where the verdict comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.ahead import look_ahead
from rfscope.exact.analysis import Analysis
from rfscope.exact.coverage import Coverage
from rfscope.exact.fields import AllGlobal
from rfscope.exact.meeting import Meeting
from rfscope.exact.output import Output
from rfscope.exact.stages import Apart
from rfscope.exact.where import Place
from rfscope.network.graph import INPUT
from rfscope.text.facts import meeting_text
from rfscope.text.in_time import hop_text, length_text
from rfscope.text.schedules import few_rates
from rfscope.wording import count_text, first_few, lengths_text, percent, rates_text, size_text, unit

__all__ = ["APART", "causes", "global_from", "left_out", "sees"]

_WHOLE = {1: "the whole signal", 2: "the whole image", 3: "the whole volume"}
APART = {1: "signals", 2: "images", 3: "volumes"}
"""What a map of so many axes falls into."""

_EXPECT = {1: "Expect a periodic pattern.", 2: "Expect a grid pattern.", 3: "Expect a grid pattern."}
_POSSIBLE = {1: "A period may show.", 2: "A grid may show.", 3: "A grid may show."}
_LINES = {1: ("sample", "samples"), 2: ("row and column", "rows and columns"), 3: ("plane", "planes")}
_PLACES = 3
"""Stages that are told one by one."""


def sees(analysis: Analysis) -> Iterator[str]:
    """What one output sees, and how much of that it reads."""
    name = analysis.network.outputs[0]
    seen = analysis.fields[name]
    first = global_from(analysis)
    if first is not None:
        place = 1 + next(place for place, node in enumerate(analysis.network.nodes) if node.name == first)
        yield f"Every output sees {_all(analysis)} from {first} on (layer {place} of {len(analysis.network.nodes)})."
        return
    who = "One output"
    if isinstance(seen, AllGlobal):
        yield _everything(analysis, name, seen)
        who = f"Before that, one output of {analysis.output.node}" if analysis.outputs else ""
    elif len(analysis.outputs) > 1:
        who = f"One output of {analysis.output.node}"
    if analysis.outputs:
        yield from _local(analysis, f"{who}{_place(analysis)}")


def global_from(analysis: Analysis) -> str | None:
    """The global operation early in a network behind which nothing local is added, so that a field says little of it.

    So it is in transformers, whose patches alone have a field, and not where pooling ends a network, or where channels
    are weighted between convolutions.
    """
    nodes = analysis.network.nodes
    everywhere = [_sees_all(analysis, node.name) for node in nodes]
    if 2 * sum(everywhere) <= len(nodes) or analysis.unknown_before(*analysis.network.outputs):
        return None
    first = next((node for node in nodes if node.is_global), None)
    if first is None or analysis.network.dims == 1:  # in time, what lies ahead matters
        return None
    before = analysis.fields[first.inputs[0]]
    if analysis.outputs and (isinstance(before, AllGlobal) or analysis.output.axes[0].size != before[0].size):
        return None
    return first.name


def _sees_all(analysis: Analysis, name: str) -> bool:
    seen = analysis.fields[name]
    return isinstance(seen, AllGlobal) or any(axis.global_through for axis in seen)


def _all(analysis: Analysis) -> str:
    return _WHOLE[analysis.network.dims]


def _everything(analysis: Analysis, name: str, seen: AllGlobal) -> str:
    """What an output sees that has no field of its own, and through which operations."""
    if seen.lower_bound:
        beside = f", and through {first_few(seen.through)}, which sees everything" if seen.through else ""
        return f"It is not known what an output sees, through {first_few(analysis.unknown_before(name))}{beside}."
    through = first_few(seen.through)
    ahead = look_ahead(analysis.network, name) if analysis.network.dims == 1 else None
    if ahead is not None:
        left = "nothing" if ahead <= 0 else length_text(ahead, analysis.provenance.sample_rate)
        return f"Every output sees all that lies before its own position, and {left} after it, through {through}."
    return f"Every output sees {_all(analysis)}, through {through}."


def _place(analysis: Analysis) -> str:
    """Which output it is: on a map of known size, or where another than the first was asked for."""
    output = analysis.output
    if output.sizes is not None:
        size = output.sizes[output.node]
        return "" if size is None else f", at {_at(output.position)} of {size_text(size)},"
    return "" if analysis.position is None else f", at {_at(output.position)}{_phase(output)},"


def _phase(output: Output) -> str:
    """Which of the outputs that take turns one on the unbounded grid is; nothing where all see the same."""
    periods = [axis.period for axis in output.axes]
    if max(periods) == 1:
        return ""
    phase = [at % period for at, period in zip(output.position, periods, strict=True)]
    return f", phase {_at(phase)} of {periods[0] if len(set(periods)) == 1 else _at(periods)}"


def _at(position: Sequence[int]) -> str:
    return f"({', '.join(map(str, position))})"


def _local(analysis: Analysis, who: str) -> Iterator[str]:
    output, many = analysis.output, unit(analysis.network.dims)
    least = "at least " if any(axis.lower_bound for axis in output.axes) else ""
    size = size_text("?" if length is None else length for length in output.size)
    if not output.is_placed:
        yield f"{who} sees {least}{size} {many}. Where they lie depends on the input's size: give --input."
        return
    if output.hop is not None:
        lengths = lengths_text(output.history, output.lookahead, analysis.provenance.sample_rate)
        yield f"{who} reads {least}{lengths}, {hop_text(output.hop, analysis.provenance.sample_rate)}."
    found = limits.within(lambda: (output.coverage, output.meeting))
    if isinstance(found, LimitError):
        yield f"{who} sees {least}{size} {many}."
        yield left_out("which of them it reads", found)
        return
    covered, meeting = found
    if not covered.pixels:
        yield f"{who} reads nothing."
    elif covered.pixels == 1:
        yield f"{who} reads one {many.removesuffix('s')}."
    else:
        yield f"{_spans(analysis, who, covered, least)}{_skipped_by(analysis) if covered.holes else ''}."
    if covered.pixels > 1 and not covered.holes and analysis.verdict not in ("holes", "gridding"):
        yield _met(meeting)


def _spans(analysis: Analysis, who: str, found: Coverage, least: str) -> str:
    """What an output spans and how much of that it reads."""
    size, many = size_text(found.size), unit(len(found.size))
    only = "but reads only" if analysis.verdict == "holes" else "and reads"
    part = f"{only} {count_text(found.used)} of these {count_text(found.pixels)} ({percent(found.share)})"
    if len(found.size) > 1:
        every = f"and reads all {count_text(found.pixels)} of them"
        return f"{who} sees {least}{size} {many} {part if found.holes else every}"
    part = part.partition(" ")[2] if found.holes else "reads all of them"
    hop = analysis.output.hop
    that = f"With its own {hop} that" if _has_a_frame(analysis.output, found.size[0]) else "That"
    return f"{that} is a receptive field of {least}{size} {many}; it {part}"


def _has_a_frame(output: Output, size: int) -> bool:
    """Whether an output reads all samples up to the next output's, which are neither history nor look-ahead."""
    parts = output.history, output.hop, output.lookahead
    return output.hop != 1 and None not in parts and sum(part or 0 for part in parts) == size


def _met(meeting: Meeting | None) -> str:
    """Where adjacent outputs first read a common input."""
    if meeting is None:
        return "This output has no adjacent one."
    if meeting.depth is None:
        return "Adjacent outputs have no common input."
    return f"Adjacent outputs have their first common input {meeting_text(meeting)}."


def _skipped_by(analysis: Analysis) -> str:
    """The parallel branches that skip what is not read, if there are any."""
    rates = [taps.rate for schedule in analysis.schedules for run in schedule.runs if run.pyramid for taps in run.taps]
    if not rates or analysis.verdict == "holes":
        return ""
    return f": the parallel branches {', '.join(map(str, rates))} sample far context, as they are meant to"


def causes(analysis: Analysis) -> Iterator[str]:
    """Where the verdict comes from, the worst first."""
    judgement = analysis.judgement
    if judgement.empty:
        yield f"At some phases outputs of {first_few(judgement.empty)} read nothing."
    places = judgement.places
    for place in places[:_PLACES]:
        yield _holes(analysis, place) if analysis.verdict == "holes" else _gridding(analysis, place)
    if len(places) > _PLACES:
        yield f"The same holds of {len(places) - _PLACES} more stages; lint names each."
    if analysis.verdict is None:
        yield f"There is no verdict: {judgement.unknown}."
    for schedule in analysis.schedules:
        if schedule.serial_runs and not schedule.hole_free and not judgement.has_holes(schedule):
            yield f"{schedule.label} alone leaves holes, which other layers fill."
    for apart in judgement.apart:
        if not apart.accused and analysis.verdict not in ("holes", "gridding"):
            yield _forgiven(apart)


def _holes(analysis: Analysis, place: Place) -> str:
    """What the stage skips, and why."""
    of_image = place.map == INPUT
    shown = of_image and place.output == analysis.output.node and analysis.output.sizes is None
    if shown and analysis.output.is_placed and analysis.output.windows is not None:
        found = limits.within(lambda: analysis.output.coverage)
        if not isinstance(found, LimitError):
            return _pattern(analysis, place, found)
    read = "The image is read, but " if not of_image and analysis.judgement.image_is_read else ""
    who = place.first if len(place.layers) == 1 else f"{place.first} to {place.last}"
    if place.output != analysis.output.node:
        read = f"Towards {place.output}, "
    if who[0].isdigit():  # a number alone is no name
        who = f"{'layer' if read else 'Layer'}{'s' if len(place.layers) > 1 else ''} {who}"
    verb = "skips" if len(place.layers) == 1 else "skip"
    its = "the input" if of_image else f"{'its' if len(place.layers) == 1 else 'their'} map"
    part = "some"
    if place.share is not None:
        part = f"{count_text(place.share.skipped)} of {count_text(place.share.of)}"
    stride = "" if of_image or place.stride is None else f" at output stride {place.stride}"
    return f"{read}{who} {verb} {part} positions of {its}{stride}: {_why(analysis, place)}. {_so(analysis, place)}"


def _so(analysis: Analysis, place: Place, skipped: str = "them") -> str:
    """What becomes of holes: a grid is announced where they are one, which a few of them are not."""
    if place.has_grid:
        return _EXPECT[analysis.network.dims]
    return f"Each output decides without {skipped}."


def _pattern(analysis: Analysis, place: Place, found: Coverage) -> str:
    """What holes in the image of a chain look like."""
    many, share = unit(len(found.size)), place.share
    step = max(found.largest_gap)
    if share is None or not share.repeats:
        so = _so(analysis, place, "the rest")
        return f"{_why(analysis, place)}, so the {many} that are read lie up to {step} apart. {so}"
    one, several = _LINES[len(found.size)]
    skipped = f"Every second {one} is" if step == 2 else f"{step - 1} of every {step} {several} are"
    images = ""
    if share.of > 1:
        apart = f" ({size_text(found.subgrids)})" if len(found.size) > 1 else ""
        images = f", so the map falls into {share.of} interleaved {APART[len(found.size)]}{apart} that never meet"
    return f"{skipped} skipped: {_why(analysis, place)}{images}. {_so(analysis, place)}"


def _why(analysis: Analysis, place: Place) -> str:
    """Why positions are skipped."""
    if not place.rates:
        return f"{place.cause or place.first} has a stride that passes over them, and nothing before it fills them"
    if place.factor > 1:
        every = "all rates are even" if place.factor == 2 else f"all rates are multiples of {place.factor}"
        return every if len(place.rates) > 1 else f"{place.first} has rate {place.rates[0]}, and no layer has rate 1"
    for schedule in analysis.schedules:
        if place.cause in schedule.nodes:
            at = schedule.nodes.index(place.cause)
            see = schedule.repair.allowed[at]
            return (
                f"{place.cause} has rate {schedule.rates[at]}, but the layers of smaller rate see only {see} "
                f"position{'' if see == 1 else 's'}"
            )
    return f"{place.cause} has too large a rate"


def _gridding(analysis: Analysis, place: Place) -> str:
    """Why adjacent outputs stay apart although everything is read."""
    so = _POSSIBLE[analysis.network.dims]
    if place.index is not None:
        rates = few_rates(rates_text(place.rates))
        return (
            f"But the rates {rates} use the {unit(analysis.network.dims)} unevenly: gridding index {place.index:.2f} "
            f"(0 smooth, 1 separate grids), above 0.5. {so}"
        )
    factor = "even" if place.factor == 2 else f"multiples of {place.factor}"
    where = "" if place.stride in (None, 1) else f" at output stride {place.stride}"
    return (
        f"But from {place.first} to {place.last}{where} all rates are {factor}: adjacent outputs share no input "
        f"there, which splits the map into {place.images} interleaved {APART[analysis.network.dims]}. {so}"
    )


def _forgiven(apart: Apart) -> str:
    """A run in which adjacent outputs never meet, and why that does no harm."""
    run = apart.run
    so = "which is by design in a causal network" if apart.causal else f"and {apart.mixed_by} mixes them again"
    factor = "even" if run.factor == 2 else f"multiples of {run.factor}"
    return (
        f"From {run.steps[0].name} to {run.steps[-1].name} all rates are {factor}: adjacent outputs share no input "
        f"there, {so}."
    )


def left_out(what: str, error: LimitError) -> str:
    """What is not said because it passes a limit, how large it is, and what can be done."""
    cure = "give a size with --input, another layer with --node, or a higher limit with --limit"
    return f"Left out: {what}; {error.what}: {error.got}, {error.expected}; {cure}."

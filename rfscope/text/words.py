"""What an analysis means, in users' words: the verdict, and what one output sees, reads and skips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.ahead import look_ahead
from rfscope.exact.analysis import Analysis
from rfscope.exact.coverage import Coverage
from rfscope.exact.fields import AllGlobal
from rfscope.exact.meeting import Meeting
from rfscope.exact.output import Output
from rfscope.exact.schedule import common_factor
from rfscope.exact.stages import Apart
from rfscope.network.graph import INPUT
from rfscope.rules.common_factor import run_text
from rfscope.text.facts import meeting_text
from rfscope.wording import count_text, first_few, percent, size_text, unit

__all__ = ["COLOURS", "everywhere", "heading", "left_out", "sentences", "verdict"]

_LINES = {1: ("position", "positions"), 2: ("row and column", "rows and columns"), 3: ("plane", "planes")}

COLOURS: Mapping[str | None, str] = {
    "holes": "red",
    "gridding": "yellow",
    "ok": "green",
    "global": "green",
    None: "yellow",
}
"""How a verdict looks, wherever it is shown in colour."""


def verdict(analysis: Analysis) -> str:
    """The verdict on the whole network in one word: HOLES, GRIDDING, OK, GLOBAL or UNKNOWN."""
    return (analysis.verdict or "unknown").upper()


def heading(analysis: Analysis) -> str:
    """The network's name and what its layers are."""
    name, dims, lines = analysis.name, analysis.network.dims, analysis.output.windows
    if lines is not None:
        layers = list(zip(*lines, strict=True))
        kernels = {size_text(window.kernel for window in layer) for layer in layers}
        strides = {window.stride for layer in layers for window in layer}
        if len(kernels) == len(strides) == 1:
            kernel = f"kernel {kernels.pop()}" if dims == 1 else kernels.pop()
            return f"{name} | {kernel}, stride {strides.pop()}"
    size = "" if analysis.network.input is None else f", input {size_text(analysis.network.input)}"
    count = len(analysis.network.nodes)
    return f"{name} | {count} {'layer' if count == 1 else 'layers'}, {dims}-D{size}"


def sentences(analysis: Analysis) -> Iterator[str]:
    """What one output sees and skips, and whether neighbouring outputs meet."""
    output = analysis.output
    yield from _preface(analysis)
    if not output.is_placed:
        size = size_text("?" if length is None else length for length in output.size)
        least = "at least " if any(axis.lower_bound for axis in output.axes) else ""
        depends = "Which of them it reads depends on the input's size: give --input."
        yield f"One output spans {least}{size} {unit(output.network.dims)}. {depends}"
        return
    found = limits.within(lambda: (output.coverage, output.meeting))
    if isinstance(found, LimitError):
        yield f"One output spans {size_text(output.size)} {unit(output.network.dims)}."
        yield left_out("which of them it reads", found)
    else:
        yield from _reads(analysis, *found)
    yield from _remarks(output, analysis.provenance.states)
    if analysis.parameters is not None:
        yield f"{count_text(analysis.parameters)} weights{_cost(analysis)}."
    yield from _stripes(analysis)


def left_out(what: str, error: LimitError) -> str:
    """What is not said because it passes a limit, how large it is, and what can be done."""
    cure = "give a size with --input, another layer with --node, or a higher limit with --limit"
    return f"Left out: {what}; {error.what}: {error.got}, {error.expected}; {cure}."


def _reads(analysis: Analysis, found: Coverage, meeting: Meeting | None) -> Iterator[str]:
    """Which pixels the output reads, and where its neighbours meet."""
    spans = f"One output spans {size_text(found.size)} {unit(len(found.size))}"
    if found.holes and analysis.verdict != "holes":
        yield f"{spans} and reads {found.used} of {found.pixels} ({percent(found.share)}){_skipped_by(analysis)}."
    elif found.holes:
        yield f"{spans} but reads only {found.used} of {found.pixels} ({percent(found.share)})."
        yield _pattern(analysis)
    elif not found.pixels:
        yield "This output reads nothing."
    else:
        one = f"One output reads one {unit(len(found.size)).removesuffix('s')}."
        yield one if found.pixels == 1 else f"{spans} and reads all {found.pixels} of them."
        if meeting is None:
            yield "This output has no neighbour."
        elif meeting.isolated == 0 and any(apart.accused for apart in analysis.judgement.apart):
            return  # neighbours lie on one position of a map that was sampled up, and that map is striped
        elif meeting.depth is None:
            yield "Neighbouring outputs never read a common position."
        else:
            yield f"Neighbouring outputs first read a common position {meeting_text(meeting)}."


def _stripes(analysis: Analysis) -> Iterator[str]:
    """Sentences on single stages of a network that as a whole reads every pixel."""
    if analysis.judgement.empty:
        yield f"At some phases outputs of {first_few(analysis.judgement.empty)} read nothing."
    for skipped in analysis.judgement.skipped:
        if (skipped.map, skipped.output) != (INPUT, analysis.output.node):
            yield f"Outputs of {skipped.output} skip positions {_of_map(skipped.map)}."
    if analysis.verdict is None:
        yield f"There is no verdict: {analysis.judgement.unknown}."
    for schedule in analysis.schedules:
        if schedule.serial_runs and not schedule.hole_free and not analysis.judgement.has_holes(schedule):
            yield f"{schedule.label} alone leaves holes, which other layers fill."
    for apart in analysis.judgement.apart:
        if analysis.verdict != "holes":
            yield _striped(apart)


def _of_map(name: str) -> str:
    return "of the input" if name == INPUT else f"of what {name} makes"


def _cost(analysis: Analysis) -> str:
    """Multiplications and additions of all convolutions, where every one is known."""
    layers = [layer for layer in analysis.layers if layer.node.has_weights]
    local = [layer.multiply_adds for layer in layers if not isinstance(layer.field, AllGlobal)]
    known = [cost for cost in local if cost is not None]
    if not known or len(known) < len(local):
        return ""
    beside = " without what is behind global operations" if len(local) < len(layers) else ""
    return f", {count_text(sum(known))} multiply-adds{beside}"


def _everything(analysis: Analysis, name: str) -> str:
    """What an output sees all of."""
    ahead = look_ahead(analysis.network, name) if analysis.network.dims == 1 else None
    if ahead is None:
        return "It sees everything"
    left = "nothing" if ahead <= 0 else "1 position" if ahead == 1 else f"{count_text(ahead)} positions"
    return f"It sees all that lies before its own position, and {left} after it"


def _preface(analysis: Analysis) -> Iterator[str]:
    """What must be known of an output before its numbers are read."""
    name, output = analysis.network.outputs[0], analysis.output
    seen = analysis.fields[name]
    if isinstance(seen, AllGlobal):
        yield f"The output is {name}. {_whole(analysis, name, seen)}."
        yield f"What follows is of {output.node}, before that."
    if analysis.network.left_out:
        yield f"Paths from {first_few(analysis.network.left_out)} pass the entry by and are left out."
    others = [other.node for other in analysis.outputs[1:]]
    if others:
        yield f"Shown is {output.node}; for {first_few(others)} give --node."
    if output.sizes is not None:
        size = output.sizes[output.node]
        of = "" if size is None else f" of {size_text(size)}"
        yield f"Looked at: output {_place(output.position)}{of}."
    elif analysis.position is not None:
        yield f"Looked at: output {_place(output.position)}{_phase(output)}."


def _place(position: Sequence[int]) -> str:
    return f"({', '.join(map(str, position))})"


def _phase(output: Output) -> str:
    """Which of the outputs that take turns one on the unbounded grid is; nothing where all see the same."""
    periods = [axis.period for axis in output.axes]
    if max(periods) == 1:
        return ""
    phase = [at % period for at, period in zip(output.position, periods, strict=True)]
    return f", phase {_place(phase)} of {periods[0] if len(set(periods)) == 1 else _place(periods)}"


def everywhere(analysis: Analysis) -> str:
    """The answer for a network none of whose maps has a receptive field."""
    seen = [analysis.fields[name] for name in analysis.network.outputs]
    if any(isinstance(one, AllGlobal) and one.lower_bound for one in seen):
        unknown = first_few(analysis.unknown_before(*analysis.network.outputs))
        return f"{analysis.name}: it is not known what it sees; nothing lies before {unknown}, which was not analyzed."
    return f"{analysis.name}: sees everything; it is global from its first layer on."


def _whole(analysis: Analysis, name: str, seen: AllGlobal) -> str:
    """What an output sees that has no field of its own, and through which operations."""
    if not seen.lower_bound:
        return f"{_everything(analysis, name)}, through {first_few(seen.through)}"
    beside = f", and through {first_few(seen.through)}, which sees everything" if seen.through else ""
    return f"It is not known what it sees, through {first_few(analysis.unknown_before(name))}{beside}"


def _remarks(output: Output, states: Sequence[str]) -> Iterator[str]:
    """What the size of one field does not say."""
    field = max(output.axes, key=lambda axis: (axis.period, -(axis.size_min or 0)))
    own = tuple(axis.at(place).size for axis, place in zip(output.axes, output.position, strict=True))
    finite = limits.within(lambda: output.finite)
    if isinstance(finite, LimitError):
        yield left_out("what the borders of the input change", finite)
        finite = None
    if finite is not None and None not in own and own != output.coverage.size:
        yield f"Its receptive field is {size_text(own)}: {_beyond(output, states)}."
    if field.period > 1:
        sizes = str(field.size_min) if field.size_min == field.size_max else f"{field.size_min} to {field.size_max}"
        many = unit(output.network.dims)
        yield f"Outputs take turns: over {field.period} phases they span {sizes} {many} along an axis."
    if field.global_through:
        yield f"Global through {first_few(field.global_through)}: these paths see everything and are left out."
    if unknown := [node.name for node in output.network.nodes if node.is_unknown]:
        yield f"Not analyzed: {first_few(unknown)}. Paths through it are left out."
    if any(axis.bounded for axis in output.axes):
        yield "Maps were resized to a size: the receptive field is that within the maps of this input."
    if field.lower_bound:
        yield "Some layers read what is not known, or where the data tells them to: the numbers are a lower bound."
    if any(axis.upper_bound for axis in output.axes):
        taken = first_few([node.name for node in output.network.nodes if node.upper_bound])
        yield f"Upper bound: {taken} takes some channels of a map, and is taken to see what all of them see."
    if not all(axis.aligned for axis in output.axes):
        yield "Branches that are merged are not centred alike."
    if finite is not None and any(finite.never_read):
        lines = [f"{count} of axis {axis}" for axis, count in enumerate(finite.never_read) if count]
        yield f"No output reads some lines of the input: {', '.join(lines)}."


def _beyond(output: Output, states: Sequence[str]) -> str:
    """What stands for those parts of a receptive field that lie beyond the image."""
    modes = {
        node.padding_mode
        for node in output.network.nodes
        if any(max(getattr(read, "known_padding", None) or (0, 0)) > 0 for read in node.reads)
    }
    match sorted(modes - {"zeros"}):
        case []:
            memory = f", or held by {first_few(sorted(states))}" if states else ""
            return f"what of it lies beyond the image is padding{memory}"
        case ["circular"]:
            return "what of it lies beyond the image wraps round to its other side"
    return "what of it lies beyond the image is padding that reads the image again"


def _skipped_by(analysis: Analysis) -> str:
    """The parallel branches that skip what is not read, if there are any."""
    rates = [taps.rate for schedule in analysis.schedules for run in schedule.runs if run.pyramid for taps in run.taps]
    return f": parallel branches {', '.join(map(str, rates))}" if rates else ""


def _pattern(analysis: Analysis) -> str:
    """What the holes look like."""
    found, output = analysis.output.coverage, analysis.output
    steps = {common_factor([rate for kernel, rate in taps if kernel > 1]) for taps in output.taps or ()}
    step = min(steps, default=1)
    gap, many = max(found.largest_gap), unit(len(found.size))
    if gap == 1:  # its outline is not a box, and on no line anything is missing
        return f"On every line along an axis it reads neighbouring {many}."
    if len(steps) > 1 or step == 1:
        return f"Neighbouring {many} that it reads are up to {gap} apart. Expect a grid pattern."
    one, several = _LINES[analysis.network.dims]
    skipped = f"every second {one} is" if step == 2 else f"{step - 1} of every {step} {several} are"
    only = "" if set(found.largest_gap) == {step} else "at least "
    text = f"{only}{skipped} skipped: {_cause(output, step)}"
    images = prod(found.subgrids)
    if images > 1:
        apart = f" ({size_text(found.subgrids)})" if analysis.network.dims > 1 else ""
        text += f", so the map falls into {images} interleaved images{apart} that never meet"
    return f"{text[0].upper()}{text[1:]}. Expect a grid pattern."


def _cause(output: Output, step: int) -> str:
    """Why every tap is a multiple of ``step`` pixels away."""
    if any(window.stride > 1 for line in output.windows or () for window in line):
        return f"all taps are a multiple of {step} {unit(output.network.dims)} apart"
    return "all rates are even" if step == 2 else f"all rates are multiples of {step}"


def _striped(apart: Apart) -> str:
    """A run in which neighbouring outputs never meet although every pixel is read."""
    run, so = apart.run, "Expect stripes."
    if apart.mixed_by is not None:
        so = f"Behind it {apart.mixed_by} lets them meet again."
    elif apart.causal:
        so = "In a causal network that is a design and not an accident."
    return (
        f"From {run.steps[0].name} to {run.steps[-1].name} (rates {run_text(run)}) all rates share the factor "
        f"{run.factor}: neighbouring outputs do not meet there. {so}"
    )

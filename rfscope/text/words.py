"""What an analysis means, in users' words: the verdict, the headline, and what must be known beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.output import Output
from rfscope.exact.streaming import stream
from rfscope.text.headline import causes, global_from, left_out, sees
from rfscope.text.stream import latency_line
from rfscope.text.to_tile import to_tile
from rfscope.wording import first_few, size_text, unit

__all__ = ["COLOURS", "heading", "left_out", "remarks", "sentences", "shape", "verdict"]

COLOURS: Mapping[str | None, str] = {
    "holes": "red",
    "gridding": "yellow",
    "ok": "green",
    "global": "green",
    None: "yellow",
}
"""How a verdict looks, wherever it is shown in colour."""

_NAME = 10
"""Columns that a name needs; before there are fewer, what the layers are is left out."""


def verdict(analysis: Analysis) -> str:
    """The verdict on the whole network in one word: HOLES, GRIDDING, OK, GLOBAL or UNKNOWN."""
    return (analysis.verdict or "unknown").upper()


def heading(analysis: Analysis, width: int) -> Text:
    """The network's name and what its layers are, and the verdict at the right end; a long name is cut."""
    said, about = verdict(analysis), f" | {shape(analysis)}"
    if width < cell_len(about) + cell_len(said) + _NAME:
        about = ""
    room = width - cell_len(about) - cell_len(said) - 2
    name = analysis.name
    if cell_len(name) > room:
        name = f"{set_cell_size(name, room - 1).rstrip(',. ')}…"
    gap = " " * (width - cell_len(name) - cell_len(about) - cell_len(said))
    return Text.assemble(name, about, gap, (said, f"bold {COLOURS[analysis.verdict]}"))


def shape(analysis: Analysis) -> str:
    """Kernel and stride where all layers of a chain have the same, else how many layers there are."""
    dims = analysis.network.dims
    whole = bool(analysis.outputs) and analysis.output.node == analysis.network.outputs[0]
    lines = analysis.output.windows if whole else None
    if lines is not None:
        layers = list(zip(*lines, strict=True))
        kernels = {size_text(window.kernel for window in layer) for layer in layers}
        strides = {window.stride for layer in layers for window in layer}
        if len(kernels) == len(strides) == 1:
            kernel = f"kernel {kernels.pop()}" if dims == 1 else kernels.pop()
            return f"{kernel}, stride {strides.pop()}"
    size = "" if analysis.network.input is None else f", input {size_text(analysis.network.input)}"
    count = len(analysis.network.nodes)
    return f"{count} {'layer' if count == 1 else 'layers'}, {dims}-D{size}"


def sentences(analysis: Analysis) -> Iterator[str]:
    """Everything that is said of a network in sentences."""
    yield from sees(analysis)
    yield from causes(analysis)
    yield from remarks(analysis)
    yield from to_tile(analysis)


def remarks(analysis: Analysis) -> Iterator[str]:
    """What must be known of an output beside what it sees."""
    if not analysis.outputs:
        return
    output = analysis.output
    if analysis.network.left_out:
        yield f"Paths from {first_few(analysis.network.left_out)} pass the entry by and are left out."
    others = [other.node for other in analysis.outputs[1:]]
    if others:
        yield f"Shown is {output.node}; for {first_few(others)} give --node."
    if output.is_placed and global_from(analysis) is None:
        yield from _remarks(output, analysis.provenance.states)
    if analysis.network.dims == 1:
        yield from _on_a_stream(analysis)


def _on_a_stream(analysis: Analysis) -> Iterator[str]:
    """How late the outputs of a network in time come; nothing where it cannot run on a stream."""
    found = limits.within(lambda: stream(analysis))
    if not isinstance(found, LimitError) and found.streamable:
        yield latency_line(found)


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
        see = "each sees" if field.size_min == field.size_max else "they see"
        yield f"Outputs take turns: over {field.period} phases (--at) {see} {sizes} {many} along an axis."
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
    if not all(axis.aligned for axis in output.axes) and output.lookahead != 0:  # those of a causal network end alike
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
    image = "image" if output.network.dims == 2 else "input"
    match sorted(modes - {"zeros"}):
        case []:
            memory = f", or held by {first_few(sorted(states))}" if states else ""
            return f"what of it lies beyond the {image} is padding{memory}"
        case ["circular"]:
            return f"what of it lies beyond the {image} wraps round to its other side"
    return f"what of it lies beyond the {image} is padding that reads the {image} again"

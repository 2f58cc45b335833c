"""The field of every layer, and every phase in reach, along one axis at a time.

One axis of a network is small, so every position that is measured has a row of its own in one run. A field is a
statement about the unbounded grid, so it is measured where nothing in reach touches a border.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field
from rfscope.exact.output import Output
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Resize, Table, TransposedWindow, Window
from rfscope.verification.canvas import Canvas, CanvasStep, local_nodes
from rfscope.verification.compare import Fact
from rfscope.verification.line import Line
from rfscope.verification.measured import reads_of_many

if TYPE_CHECKING:
    import torch

__all__ = ["Fields", "measured_fields"]

_PHASES = 64
"""The most positions measured for one layer."""

_ROOM = 2**22
"""Cells of a run held at once."""

_WORK = 2**27
"""Cells of all rows along an axis: a second or two."""


class Fields(NamedTuple):
    """What was measured of the fields along one axis.

    Attributes:
        facts: One per layer and position.
        layers: How many layers were measured, of how many.
    """

    facts: list[Fact]
    layers: tuple[int, int]


def measured_fields(
    analysis: Analysis, output: Output, given: Network, canvas: Canvas, axis: int, device: torch.device
) -> Fields | None:
    """Compare the fields of all layers before an output along an axis; None where they have no unbounded grid.

    Args:
        analysis: What is claimed of the layers.
        output: What is claimed of the output.
        given: The network that ends at the output.
        canvas: As it is run: where the input has a size, the sizes of its maps.
        axis: The axis.
        device: Where it runs.
    """
    sizes = {step.name: step.before for step in canvas.steps} if canvas.bounded else None
    nodes = local_nodes(given)
    if not _has_grid(nodes, axis, sizes):
        return None
    line = Line.along(nodes, axis, sizes)
    claims = {**_claims(analysis), output.node: output.axes}
    fields = {node.name: seen[axis] for node in nodes if isinstance(seen := claims.get(node.name), tuple)}
    if any(field.bounded for field in fields.values()):
        return None
    last = fields[output.node].period + 1
    period = fields[output.node].period
    move = line.move((0, min(last, 2 * _PHASES)), period)
    first, last = move, move + min(last, 2 * _PHASES)
    length = line.least_size(first, last)
    limits.check("verify-cells", length, where=given.name)
    steps, wanted = _steps(line, length), _wanted(line.touched(first, last), fields)
    affordable = max(1, _WORK // (length + sum(step.after[0] for step in steps)))
    kept = wanted if len(wanted) <= affordable else wanted[:: -(-len(wanted) // affordable)]
    kept = [*kept, *(one for one in wanted if one[0] == output.node and one not in kept)]
    found = reads_of_many(steps, length, kept, device, _ROOM)
    facts = []
    for (name, position), used in zip(kept, found, strict=True):
        measured = (0, None) if used is None else (used[1] - used[0] + 1, used[0])
        where = f"{name} at {position} along axis {axis}"
        facts.append(Fact("receptive field", where, tuple(fields[name].at(position)), measured))
    own = [(at, used) for (name, at), used in zip(kept, found, strict=True) if name == output.node]
    facts += _halo(output, axis, own)
    return Fields(facts, (len({name for name, _ in kept}), len(fields)))


def _claims(analysis: Analysis) -> dict[str, object]:
    """What every layer is claimed to see."""
    try:
        return {layer.node.name: layer.field for layer in analysis.layers}
    except LimitError:  # what its neighbour shares takes too much; its field does not
        return dict(analysis.fields)


def _has_grid(nodes: Sequence[Node], axis: int, sizes: Mapping[str, tuple[int, ...]] | None) -> bool:
    """Whether maps that are merged have one effective stride, and no map is a single position stretched out."""
    strides = {INPUT: Fraction(1)}
    for node in nodes:
        before = {strides[name] for name in node.inputs}
        read = node.reads[axis]
        size = None if sizes is None else sizes[node.name][axis]
        if len(before) > 1 or (isinstance(read, Resize) and read.align_corners and 1 in (size, read.size)):
            return False
        if isinstance(read, Table) and not read.shift:
            return False  # chosen positions: what lies beyond the map is chosen by nobody
        if isinstance(read, Resize) and read.align_corners and read.scale is not None:
            return False  # whether it comes down to one sample depends on more than its numbers
        strides[node.name] = before.pop() * _stride(Line.along([node], axis, sizes).reads[0])
    return True


def _stride(read: Window | TransposedWindow | Table) -> Fraction:
    if isinstance(read, Table):
        return Fraction(read.shift, len(read.starts))
    return Fraction(read.stride) if isinstance(read, Window) else Fraction(1, read.stride)


def _steps(line: Line, length: int) -> list[CanvasStep]:
    sizes = line.sizes(length)
    before = [min(sizes[name] for name in node.inputs) for node in line.nodes]
    return [
        CanvasStep(node.name, node.inputs, (read,), (size,), (sizes[node.name],))
        for node, read, size in zip(line.nodes, line.reads, before, strict=True)
    ]


def _wanted(touched: Mapping[str, tuple[int, int]], fields: Mapping[str, Field]) -> list[tuple[str, int]]:
    """A period of each layer's positions, and the one that follows."""
    found = []
    for name, field in fields.items():
        if name in touched:
            low, high = touched[name]
            found += [(name, at) for at in range(low, min(high, low + min(field.period, _PHASES)) + 1)]
    return found


def _halo(output: Output, axis: int, own: Sequence[tuple[int, tuple[int, int] | None]]) -> Iterator[Fact]:
    """How far outputs read beyond the pixels that they stand for; no fact unless all phases were measured."""
    field = output.axes[axis]
    if output.finite is None or len(own) < field.period:
        return
    before = after = 0
    for at, used in own:
        if used is not None:
            stands = at * field.shift // field.period, -(-(at + 1) * field.shift // field.period) - 1
            before, after = max(before, stands[0] - used[0]), max(after, used[1] - stands[1])
    yield Fact("halo", f"{output.node} along axis {axis}", output.finite.halo[axis], (before, after))

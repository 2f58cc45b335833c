"""Which inputs of an ONNX graph are images, and how they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.readers.entries import chosen, is_image
from rfscope.readers.onnx.graph import Graph
from rfscope.readers.onnx.tensors import Tensors

__all__ = ["Images", "images_of"]


class Images(NamedTuple):
    """The images among the inputs of a graph.

    Attributes:
        shapes: Batch and channels of each, by its name.
        sizes: Their size per axis; None where the file leaves it open.
        channels_last: Whether the channels lie behind the positions.
        of: The one that the network is read from.
        left: The others among all inputs of as many axes, those of another size included.
    """

    shapes: dict[str, tuple[int, int]]
    sizes: tuple[int | None, ...]
    channels_last: bool
    of: str
    left: tuple[str, ...]

    def full(self, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """The shapes of the images at some size."""
        found = {}
        for name, (batch, channels) in self.shapes.items():
            found[name] = (batch, *sizes, channels) if self.channels_last else (batch, channels, *sizes)
        return found


def images_of(graph: Graph, dims: int | None, where: str, of: str | None = None) -> Images:
    """Find the images: the inputs with a batch, channels, and as many axes as the first convolution has.

    Several images may have one size; those of another size than that of the chosen one are left out.

    Args:
        graph: The graph.
        dims: The number of axes, if it is given.
        where: How to call the file in error texts.
        of: The one that the network is to be read from; the first if not given.

    Raises:
        TargetError: There is none, or none of that name, its channels are not told, or a size is below 1.
    """
    weight = _first_weight(graph)
    shapes = {name: own for name, given in graph.inputs.items() if (own := _dims(given)) is not None}
    ranks = [len(shape) for shape in shapes.values() if len(shape) in (3, 4, 5)]
    if not ranks:
        got = ", ".join(f"{name} of {len(shape)} dimensions" for name, shape in shapes.items()) or "no input"
        raise TargetError("no image among the inputs", where=where, got=got, expected="a tensor of 3 to 5 dimensions")
    rank = len(weight[0]) if weight and len(weight[0]) in ranks else ranks[0]
    if dims is not None and dims != rank - 2:
        expected = f"{rank - 2}, one per axis"
        raise TargetError("wrong number of input sizes", where=where, got=dims, expected=expected)
    found = {name: shape for name, shape in shapes.items() if len(shape) == rank}
    placed = [name for name, shape in found.items() if is_image(shape, rank - 2)] or list(found)
    picked = chosen(placed, of, where)
    last = _is_channels_last(graph, picked)
    grids = {name: shape[1:-1] if last else shape[2:] for name, shape in found.items()}
    sizes = grids[picked]
    for size in sizes:
        if size is not None:
            limits.check("axis", size, where=where)
    alike = [
        name for name, grid in grids.items() if all(a == b or None in (a, b) for a, b in zip(grid, sizes, strict=True))
    ]
    images = {}
    for name in alike:
        batch, channels = found[name][0], found[name][-1 if last else 1]
        if channels is None and weight is not None:
            channels = weight[0][1] * weight[1]
        if channels is None:
            do = "export it with a fixed number of channels"
            raise TargetError("the file does not say how many channels its image has", where=where, got=name, do=do)
        images[name] = (batch or 1, channels)
    return Images(images, sizes, last, picked, tuple(name for name in placed if name != picked))


def _dims(given: Any) -> tuple[int | None, ...] | None:
    """The shape that an input is declared to have; None for a size that is left open, or for no tensor."""
    if not given.HasField("tensor_type") or not given.tensor_type.HasField("shape"):
        return None
    dims = given.tensor_type.shape.dim
    return tuple(dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None for dim in dims)


def _first_weight(graph: Graph) -> tuple[tuple[int, ...], int] | None:
    """The shape of the weights of the first convolution, and its groups."""
    tensors = Tensors(graph, {}, as_declared=False)
    for call in graph.calls:
        if call.op in ("Conv", "ConvInteger", "QLinearConv"):
            place = 3 if call.op == "QLinearConv" else 1
            shape = tensors.shape(call.node.input[place]) if len(call.node.input) > place else None
            if shape is not None and len(shape) > 2:
                groups = next((one.i for one in call.node.attribute if one.name == "group"), 1)
                return shape, groups
        if not any(name in graph.inputs for name in call.inputs):
            tensors.constant(call)
    return None


def _is_channels_last(graph: Graph, name: str) -> bool:
    """Whether all that is done with an image is to move its last dimension behind the batch."""
    readers = [call for call in graph.calls if name in call.inputs]
    return bool(readers) and all(_moves_channels(call) for call in readers)


def _moves_channels(call: Any) -> bool:
    if call.op != "Transpose":
        return False
    order = next((list(one.ints) for one in call.node.attribute if one.name == "perm"), [])
    return len(order) > 2 and order == [0, len(order) - 1, *range(1, len(order) - 1)]

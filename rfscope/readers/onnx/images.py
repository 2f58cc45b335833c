"""Which input of an ONNX graph is the image, and how it lies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from rfscope import limits
from rfscope.errors import WRONG_SIZES, TargetError
from rfscope.readers.entries import chosen, is_image
from rfscope.readers.onnx.graph import Call, Graph
from rfscope.readers.onnx.tensors import Tensors

__all__ = ["Images", "images_of"]

Channels: TypeAlias = Literal["first", "last", "none"]
"""Where the channels lie: behind the batch, behind the positions, or nowhere, as in (batch, samples)."""

Shape: TypeAlias = "tuple[int | None, ...]"


class Images(NamedTuple):
    """The images among the inputs of a graph.

    Attributes:
        shapes: Batch and channels of each, by its name.
        sizes: Their size per axis; None where the file leaves it open.
        channels: Where the channels lie.
        of: The one that the network is read from.
        left: The others among all inputs of as many axes, those of another size included.
        beside: The shapes of the other inputs, which have no such positions; open sizes are those of one step.
        states: Those of them that are states of recurrent layers.
    """

    shapes: dict[str, tuple[int, int]]
    sizes: Shape
    channels: Channels
    of: str
    left: tuple[str, ...]
    beside: Mapping[str, tuple[int, ...]]
    states: tuple[str, ...]

    def full(self, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """The shapes of all inputs at some size of the images."""
        found = dict(self.beside)
        for name, (batch, channels) in self.shapes.items():
            front = (batch, channels) if self.channels == "first" else (batch,)
            found[name] = (*front, *sizes, channels) if self.channels == "last" else (*front, *sizes)
        return found


class _Convolution(NamedTuple):
    """The first convolution: the shape of its weights, its groups, and the tensor it reads."""

    weight: tuple[int, ...]
    groups: int
    reads: str


def images_of(graph: Graph, dims: int | None, where: str, of: str | None = None) -> Images:
    """Find the images: the inputs that lead to the first convolution, with a batch, channels, and its axes.

    An input of two dimensions is (batch, samples). One that lacks the channels of a convolution of one channel is taken
    to have none. Several images may have one size; those of another size than that of the chosen one are left out.

    Args:
        graph: The graph.
        dims: The number of axes, if it is given.
        where: How to call the file in error texts.
        of: The one that the network is to be read from; the first if not given.

    Raises:
        TargetError: There is none, or none of that name, its channels are not told, or a size is below 1.
    """
    first = _first_convolution(graph)
    shapes = {name: own for name, given in graph.inputs.items() if (own := _dims(given)) is not None}
    found, channels = _candidates(graph, first, shapes, dims, where, of)
    axes = _axes(next(iter(found.values())), channels)
    if dims is not None and dims != axes:
        raise TargetError(WRONG_SIZES, where=where, got=dims, expected=f"{axes}, one per axis")
    placed = [name for name, shape in found.items() if is_image(_canonical(shape, channels), axes)] or list(found)
    picked = chosen(placed, of, where)
    if channels == "first" and (_is_channels_last(graph, picked) or _has_them_last(found[picked], first)):
        channels = "last"
    grids = {name: _grid(shape, channels) for name, shape in found.items()}
    sizes = grids[picked]
    for size in sizes:
        if size is not None:
            limits.check("axis", size, where=where)
    alike = [
        name for name, grid in grids.items() if all(a == b or None in (a, b) for a, b in zip(grid, sizes, strict=True))
    ]
    images = {name: _batch_and_channels(found[name], channels, first, name, where) for name in alike}
    beside = {name: _of_one_step(shape) for name, shape in shapes.items() if name not in images}
    states = _states(graph, beside)
    left = tuple(name for name in placed if name != picked)
    return Images(images, sizes, channels, picked, left, beside, states)


def _candidates(
    graph: Graph,
    first: _Convolution | None,
    shapes: Mapping[str, Shape],
    dims: int | None,
    where: str,
    of: str | None,
) -> tuple[dict[str, Shape], Channels]:
    """The inputs that may be the image, all of as many dimensions, and whether they have channels."""
    leading = _leading(graph, [first.reads]) if first else set()
    ranked = {name: shape for name, shape in shapes.items() if 2 <= len(shape) <= 5}
    before = [name for name in ranked if name in leading]
    rank = len(first.weight) if first else 0
    if of is not None and of in ranked:
        main = of
    else:
        states = _states(graph, ranked)
        before = [name for name in before if name not in states] or before
        usual = [name for name in before if len(ranked[name]) == rank] or before
        usual = usual or [name for name, shape in ranked.items() if len(shape) == rank]
        usual = usual or sorted(ranked, key=lambda name: len(ranked[name]) == 2)  # a signal if there is nothing else
        main = usual[0] if usual else ""
    if not main:
        got = ", ".join(f"{name} of {len(shape)} dimensions" for name, shape in shapes.items()) or "no input"
        raise TargetError("no image among the inputs", where=where, got=got, expected="a tensor of 2 to 5 dimensions")
    own = len(ranked[main])
    bare = first is not None and own == rank - 1 and first.weight[1] * first.groups == 1 and main in leading
    channels: Channels = "none" if own == 2 or (bare and dims != own - 2) or dims == own - 1 else "first"
    states = _states(graph, ranked)
    found = {
        name: shape for name, shape in ranked.items() if len(shape) == own and (name == main or name not in states)
    }
    return found, channels


def _axes(shape: Shape, channels: Channels) -> int:
    return len(shape) - (1 if channels == "none" else 2)


def _grid(shape: Shape, channels: Channels) -> Shape:
    return shape[1:-1] if channels == "last" else shape[1:] if channels == "none" else shape[2:]


def _canonical(shape: Shape, channels: Channels) -> Shape:
    return (shape[0], 1, *shape[1:]) if channels == "none" else shape


def _batch_and_channels(
    shape: Shape, channels: Channels, first: _Convolution | None, name: str, where: str
) -> tuple[int, int]:
    if channels == "none":
        return shape[0] or 1, 1
    count = shape[-1 if channels == "last" else 1]
    if count is None and first is not None:
        count = first.weight[1] * first.groups
    if count is None:
        do = "export it with a fixed number of channels"
        raise TargetError("the file does not say how many channels its image has", where=where, got=name, do=do)
    return shape[0] or 1, count


def _dims(given: Any) -> Shape | None:
    """The shape that an input is declared to have; None for a size that is left open, or for no tensor."""
    if not given.HasField("tensor_type") or not given.tensor_type.HasField("shape"):
        return None
    dims = given.tensor_type.shape.dim
    return tuple(dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else None for dim in dims)


def _of_one_step(shape: Shape) -> tuple[int, ...]:
    """The shape of an input that is not looked at: a batch of one, or a sequence of one step."""
    return tuple(size or 1 for size in shape)


def _leading(graph: Graph, names: Iterable[str]) -> set[str]:
    """Some tensors and all that lead to them."""
    makers = {name: call for call in graph.calls for name in call.node.output if name}
    waiting, found = list(names), set(names)
    while waiting:
        call = makers.get(waiting.pop())
        new = set(call.inputs) - found if call is not None else set()
        found |= new
        waiting += new
    return found


_MOST_INPUTS = 32
"""Inputs that are looked at for memories; no network has as many."""

_STATES = {"LSTM": (5, 6), "GRU": (5,), "RNN": (5,)}
"""Where recurrent layers take the state that they begin with."""


def _states(graph: Graph, names: Collection[str]) -> tuple[str, ...]:
    """Those inputs that a recurrent layer begins with, and that lead to nothing else of it; and memories."""
    begun = {call.inputs[at] for call in graph.calls for at in _STATES.get(call.op, ()) if at < len(call.inputs)} - {""}
    begun |= {name for name in list(names)[:_MOST_INPUTS] if _is_memory(graph, name)}
    fed = {call.inputs[0] for call in graph.calls if call.op in _STATES and call.inputs}
    states, followed = _leading(graph, begun), _leading(graph, fed)
    return tuple(name for name in names if name in states and name not in followed)


def _is_memory(graph: Graph, name: str) -> bool:
    """Whether an input is put before what another input leads to, along its positions: what came before."""
    own = {name}
    for call in graph.calls:
        if own.isdisjoint(call.inputs):
            continue
        if call.op in ("Cast", "Identity"):
            own |= set(call.node.output)
        elif call.op == "Concat":
            axis = next((one.i for one in call.node.attribute if one.name == "axis"), 1)
            others = _leading(graph, [other for other in call.inputs if other not in own])
            return axis not in (0, 1) and call.inputs[0] in own and any(other in graph.inputs for other in others)
    return False


def _first_convolution(graph: Graph) -> _Convolution | None:
    tensors = Tensors(graph, {}, as_declared=False)
    for call in graph.calls:
        if call.op in ("Conv", "ConvInteger", "QLinearConv"):
            place = 3 if call.op == "QLinearConv" else 1
            shape = tensors.shape(call.node.input[place]) if len(call.node.input) > place else None
            if shape is not None and len(shape) > 2:
                groups = next((one.i for one in call.node.attribute if one.name == "group"), 1)
                return _Convolution(shape, groups, call.node.input[0])
        if not any(name in graph.inputs for name in call.inputs):
            tensors.constant(call)
    return None


def _is_channels_last(graph: Graph, name: str) -> bool:
    """Whether all that is done with an image is to move its last dimension behind the batch."""
    readers = [call for call in graph.calls if name in call.inputs]
    return bool(readers) and all(_moves_channels(call) for call in readers)


_MOST_COLOURS = 4


def _has_them_last(shape: Shape, first: _Convolution | None) -> bool:
    """Whether only the last dimension can be that of the channels: the file, or the first convolution, says so."""
    if shape[1] is None or shape[-1] is None:
        return shape[-1] is not None and all(size is None for size in shape[1:-1])
    wanted = first.weight[1] * first.groups if first is not None and len(first.weight) == len(shape) else shape[1]
    return shape[-1] == wanted <= _MOST_COLOURS < shape[1]


def _moves_channels(call: Call) -> bool:
    if call.op != "Transpose":
        return False
    order = next((list(one.ints) for one in call.node.attribute if one.name == "perm"), [])
    return len(order) > 2 and order == [0, len(order) - 1, *range(1, len(order) - 1)]

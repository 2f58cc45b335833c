"""From an ONNX graph to a network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from rfscope.errors import TargetError
from rfscope.network.graph import INPUT, Network, Origin
from rfscope.network.parts import leading
from rfscope.network.reads import IDENTITY
from rfscope.readers.onnx.graph import Call, Graph
from rfscope.readers.onnx.images import Images
from rfscope.readers.onnx.names import Scope, scope_of
from rfscope.readers.onnx.operation import Operation
from rfscope.readers.onnx.operations import HANDLERS
from rfscope.readers.onnx.operations.windows import WINDOWS
from rfscope.readers.onnx.tensors import InferenceError, Tensors
from rfscope.readers.tracing import Everywhere, Map, Place, Tracer, Value, shaping
from rfscope.readers.tracing.tracer import CannotFollowError, nodes_of

__all__ = ["translate"]

_ONLY_SHAPES = frozenset(["Shape", "Size", "EyeLike", "RandomNormalLike", "RandomUniformLike"])
"""Operations that ask for nothing but the shape of what they read."""


def translate(
    graph: Graph, images: Images, sizes: Sequence[int], *, name: str, file: str, meant: bool, allow_unknown: bool
) -> Network:
    """The network that a graph is when its images have some size.

    Args:
        graph: The graph.
        images: Which of its inputs are images.
        sizes: Their size per axis.
        name: The network's name.
        file: The file that it was read from.
        meant: Whether the size is meant, or only serves to read the graph.
        allow_unknown: Whether operations that cannot be followed become nodes of which nobody knows what they read.

    Raises:
        UnsupportedError: There are such operations and they are not allowed.
        TargetError: No output depends on the image, or an operation contradicts its inputs.
    """
    tracer = Tracer(len(sizes), bounded=meant, allow_unknown=allow_unknown)
    shapes = images.full(sizes)
    declared = all(size == given for size, given in zip(sizes, images.sizes, strict=True))
    tensors = Tensors(graph, shapes, as_declared=declared)
    known: dict[str, Value] = {name: _image(tracer, images, shape) for name, shape in shapes.items()}
    scopes = {id(call): scope_of(call) for call in graph.calls}
    inner = _inner(scopes.values())
    by_products: dict[str, Value] = {}
    for call in graph.calls:
        scope, origin = scopes[id(call)], Origin(file=file)
        tracer.place = Place(scope.path, call.op, scope.path not in inner, origin, scope.own)
        lost = [by_products[name] for name in call.inputs if name in by_products]
        depends = any(name in known for name in call.inputs)
        if call.op in _ONLY_SHAPES or not (depends or lost):
            tensors.constant(call)
            continue
        found = _read(tracer, call, known, tensors, lost, file)
        _store(call, found, known, by_products, tensors)
    outputs = [_settled(tracer, known[name]) for name in graph.outputs if name in known]
    seen = [value for value in outputs if INPUT not in nodes_of(value)]
    seen = seen or [_passed_on(tracer, value, file) for value in outputs]
    if not seen:
        raise TargetError("no output depends on the image", where=file, expected="a model that computes something")
    return leading(tracer.network(name, seen, sizes if meant else None))


def _image(tracer: Tracer, images: Images, shape: Sequence[int]) -> Value:
    if not images.channels_last:
        return tracer.input(shape)
    rank = len(shape)
    value = tracer.input([shape[0], shape[-1], *shape[1:-1]])
    return shaping.permute(value, [0, *range(2, rank), 1])


def _inner(scopes: Collection[Scope]) -> set[str]:
    """The modules that have others in them."""
    modules = sorted({scope.path for scope in scopes if not scope.own})
    found = {""}
    for path in {scope.path for scope in scopes}:
        first = bisect_left(modules, f"{path}.")
        if first < len(modules) and modules[first].startswith(f"{path}."):
            found.add(path)
    return found


def _settled(tracer: Tracer, value: Value) -> Value:
    """An output whose blocks of positions are positions."""
    try:
        return tracer.spread(value) if isinstance(value, Map) else value
    except CannotFollowError:
        return value


def _passed_on(tracer: Tracer, value: Value, file: str) -> Value:
    """An output that is the image itself, its positions at most in another order: each reads one of them."""
    tracer.place = Place("output", "output", leaf=True, origin=Origin(file=file), own=True)
    if not isinstance(value, Map):
        return tracer.unknown([value], "it belongs to pairs of positions")
    return replace(value, node=tracer.add("pointwise", (IDENTITY,) * tracer.dims, [value]))


def _read(tracer: Tracer, call: Call, known: dict[str, Value], tensors: Tensors, lost: list[Value], file: str) -> Any:
    """What a handler says of an operation; of one that cannot be followed, that it is unknown."""
    where = f"{file}, {call.node.name or tracer.place.module or call.op}"
    operation, handler = Operation(call, known, tensors, where), HANDLERS.get(call.op)
    try:
        if handler is not None:
            tensors.infer(call)
    except InferenceError as error:
        raise TargetError(f"bad operation {call.op}", where=where, got=str(error)[:200]) from None
    _check_size(call, tensors, where)
    if lost or handler is None:
        why = "it reads a by-product of another operation" if lost else "the operation is not known"
        return tracer.unknown([*operation.values, *lost], why)
    try:
        return _checked(operation, handler(tracer, operation))
    except CannotFollowError as error:
        if all(isinstance(value, Everywhere) for value in operation.values):
            return tracer.behind(operation.values, call.op.lower())
        return tracer.unknown(operation.values, str(error))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # a form not thought of
        return tracer.unknown(operation.values, f"its arguments are not followed: {type(error).__name__}")


def _check_size(call: Call, tensors: Tensors, where: str) -> None:
    """Refuse windows that do not fit into the map."""
    shape = tensors.shape(call.node.output[0]) if call.node.output else None
    least = 1 if call.op in WINDOWS else 0
    if shape is not None and min(shape, default=1) < least:
        before = tensors.shape(call.node.input[0]) or ()
        got, do = f"an input of {'x'.join(map(str, before[2:]))}", "enlarge the network's input, or the padding"
        raise TargetError("the map becomes empty", where=where, got=got, do=do)


def _checked(operation: Operation, found: Any) -> Any:
    """Refuse results whose shape is not the one that the graph says they have."""
    for value, name in zip(found if isinstance(found, list) else [found], operation.results, strict=False):
        shape = operation.tensors.shape(name) if name else None
        if isinstance(value, Map) and value.shape != shape:
            raise CannotFollowError(f"its result has the shape {None if shape is None else list(shape)}")
    return found


def _store(call: Call, found: Any, known: dict[str, Value], by_products: dict[str, Value], tensors: Tensors) -> None:
    """Keep the values of the results. What an operation makes beside its first result is followed if it lies alike."""
    if found is None:
        tensors.constant(call)
        return
    names = call.node.output
    values = found if isinstance(found, list) else [found] * len(names)
    for name, value in zip(names, values, strict=False):
        alike = isinstance(found, list) or not isinstance(value, Map) or tensors.shape(name) == value.shape
        if value is not None and alike:
            known[name] = value
        elif name:
            by_products[name] = values[0]

"""From an ONNX graph to a network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from rfscope.errors import TargetError
from rfscope.network.graph import INPUT, Network, Origin
from rfscope.network.parts import leading
from rfscope.network.reads import IDENTITY
from rfscope.readers.onnx.branches import known_condition
from rfscope.readers.onnx.graph import Call, Graph
from rfscope.readers.onnx.heads import put_beside, read_each
from rfscope.readers.onnx.images import Images
from rfscope.readers.onnx.names import Scope, scope_of
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.onnx.operations import HANDLERS
from rfscope.readers.onnx.operations.windows import WINDOWS
from rfscope.readers.onnx.tensors import InferenceError, Tensors
from rfscope.readers.tracing import Map, OperationPlace, Tracer, Value, shaping
from rfscope.readers.tracing.run import GraphStep, run, settled
from rfscope.readers.tracing.tracer import nodes_of
from rfscope.readers.tracing.values import Beside

__all__ = ["traced", "translate"]

_ONLY_SHAPES = frozenset(["Shape", "Size", "EyeLike", "RandomNormalLike", "RandomUniformLike"])
"""Operations that ask for nothing but the shape of what they read."""


def translate(
    graph: Graph,
    images: Images,
    sizes: Sequence[int],
    *,
    name: str,
    file: str,
    meant: bool,
    allow_unknown: bool,
    together: bool = False,
) -> Network:
    """The network that a graph is when its images have some size.

    Args:
        graph: The graph.
        images: Which of its inputs are images.
        sizes: Their size per axis.
        name: The network's name.
        file: The file that it was read from.
        meant: Whether the size is meant, or only serves to read the graph.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.
        together: Whether all images are read as one.

    Raises:
        UnsupportedError: There are such operations and they are not allowed.
        TargetError: No output depends on the image, or an operation contradicts its inputs.
    """
    tracer, known = traced(graph, images, sizes, file=file, meant=meant, allow_unknown=allow_unknown, together=together)
    outputs = [settled(tracer, known[name]) for name in graph.outputs if name in known]
    seen = [value for value in outputs if INPUT not in nodes_of(value)]
    seen = seen or [_passed_on(tracer, value, file) for value in outputs]
    if not seen:
        raise TargetError("no output depends on the image", where=file, expected="a model that computes something")
    return leading(tracer.network(name, seen, sizes if meant else None))


def traced(
    graph: Graph,
    images: Images,
    sizes: Sequence[int],
    *,
    file: str,
    meant: bool,
    allow_unknown: bool,
    together: bool = False,
) -> tuple[Tracer, Mapping[Any, Value]]:
    """The tracer with all nodes of a graph, and what each tensor holds, by its name; arguments as for ``translate``."""
    tracer = Tracer(len(sizes), bounded=meant, allow_unknown=allow_unknown)
    tracer.unfixed = frozenset(axis for axis, size in enumerate(images.sizes) if size is None)
    shapes = images.full(sizes)
    declared = all(size == given for size, given in zip(sizes, images.sizes, strict=True))
    tensors = Tensors(graph, shapes, as_declared=declared)
    read_as_one = images.shapes if together else [images.of]
    known: dict[Hashable, Value] = {name: _image(tracer, images, shapes[name]) for name in read_as_one}
    tracer.given.update(name for name in graph.inputs if name not in known)
    run(tracer, _steps(tracer, graph, known, tensors, file), known)
    return tracer, known


def _image(tracer: Tracer, images: Images, shape: Sequence[int]) -> Value:
    if images.channels == "first":
        return tracer.input(shape)
    if images.channels == "none":
        return shaping.reshape(tracer.input([shape[0], 1, *shape[1:]]), shape)
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


def _steps(
    tracer: Tracer, graph: Graph, known: Mapping[Any, Value], tensors: Tensors, file: str
) -> Iterator[GraphStep]:
    scopes = [scope_of(call) for call in graph.calls]
    inner, origin = _inner(scopes), Origin(file=file)
    for call, scope in zip(graph.calls, scopes, strict=True):
        if any(known_condition(name, known, tensors) is (not holds) for name, holds in call.guards):
            continue  # it stands in a branch that is not taken
        if call.guards and _contradicts(call, known, tensors):
            continue
        handler, where = HANDLERS.get(call.op), f"{file}, {call.node.name or scope.path or call.op}"
        yield GraphStep(
            place=OperationPlace(scope.path, call.op, scope.path not in inner, origin, scope.own),
            reads=[] if call.op in _ONLY_SHAPES else call.inputs,
            makes=[name or None for name in call.node.output],
            read=None if handler is None else partial(_read, handler, tracer, call, known, tensors, where),
            shape=lambda name: tensors.shape(str(name)),
            check=partial(_check, call, tensors, where),
            constant=partial(tensors.constant, call),
        )


def _contradicts(call: Call, known: Mapping[Any, Value], tensors: Tensors) -> bool:
    """Whether an operation contradicts its inputs, so that the branch it stands in is not taken at this size.

    It is the innermost one of which nothing says whether it is taken.
    """
    open_guards = [guard for guard in call.guards if guard[0] not in known and tensors.value(guard[0]) is None]
    if not open_guards:
        return False
    name, holds = open_guards[-1]
    try:
        tensors.infer(call)
    except InferenceError:
        tensors.decide(name, not holds)
        return True
    return False


def _passed_on(tracer: Tracer, value: Value, file: str) -> Value:
    """An output that is the image itself, its positions at most in another order: each reads one of them."""
    tracer.place = OperationPlace("output", "output", leaf=True, origin=Origin(file=file), own=True)
    if not isinstance(value, Map):
        return tracer.unknown([value], "it belongs to pairs of positions")
    return replace(value, node=tracer.add("pointwise", (IDENTITY,) * tracer.dims, [value]))


def _read(
    handler: Handler, tracer: Tracer, call: Call, known: Mapping[Any, Value], tensors: Tensors, where: str
) -> Result:
    operation = Operation(call, known, tensors, where)
    if any(isinstance(known.get(name), Beside) for name in call.inputs):
        return read_each(handler, tracer, operation)
    if call.op == "Concat":
        dim = operation.dim(operation.integer("axis", 1), len(operation.shape))
        beside = put_beside([known.get(name) for name in call.node.input if name], dim)
        if beside is not None:
            return beside
    return handler(tracer, operation)


def _check(call: Call, tensors: Tensors, where: str) -> None:
    """Refuse operations that contradict their inputs."""
    try:
        if call.op in HANDLERS:
            tensors.infer(call)
    except InferenceError as error:
        raise TargetError(f"bad operation {call.op}", where=where, got=str(error)[:200]) from None
    _check_size(call, tensors, where)


def _check_size(call: Call, tensors: Tensors, where: str) -> None:
    """Refuse windows that do not fit into the map."""
    shape = tensors.shape(call.node.output[0]) if call.node.output else None
    least = 1 if call.op in WINDOWS else 0
    if shape is not None and min(shape, default=1) < least:
        before = tensors.shape(call.node.input[0]) or ()
        got, do = f"an input of {'x'.join(map(str, before[2:]))}", "enlarge the network's input, or the padding"
        raise TargetError("the map becomes empty", where=where, got=got, do=do)

"""From a captured program to a network."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rfscope.errors import TargetError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.readers.torch.calls import Call, Program, tensors_in
from rfscope.readers.torch.operation import Operation
from rfscope.readers.torch.operations import HANDLERS
from rfscope.readers.torch.operations.merging import pointwise
from rfscope.readers.tracing import Map, Place, Scores, Tracer, Value
from rfscope.readers.tracing.tracer import CannotFollowError, nodes_of
from rfscope.wording import size_text

__all__ = ["Translation", "kind_of", "translate"]


class Translation(NamedTuple):
    """A network, and how it and the program belong together.

    Attributes:
        network: The network.
        notes: What there is to say of it, line by line.
        outputs: What each tensor holds that the program returns; None if it does not depend on the image.
        mixers: Per module and kind of operation, the operations of that kind in order: the node of one that reads
            everything, and None for one that does not.
        entered: The one map that enters a node, by the node's name.
    """

    network: Network
    notes: tuple[str, ...]
    outputs: tuple[Value | None, ...]
    mixers: Mapping[tuple[str, str], Sequence[str | None]]
    entered: Mapping[str, Map]


def translate(
    program: Program, *, name: str, dims: int, input: Sequence[int] | None, allow_unknown: bool
) -> Translation:
    """The network that a program runs.

    Several inputs of one size lie on one grid. An input of another size is left out, and named.

    Args:
        program: What was captured.
        name: The network's name.
        dims: Number of spatial axes: the last so many dimensions of the inputs.
        input: Spatial size of the input per axis if it is meant; None if it only served to capture the program.
        allow_unknown: Whether operations that cannot be followed become nodes of which nobody knows what they read.

    Raises:
        UnsupportedError: There are such operations and they are not allowed.
        TargetError: No output depends on the image.
    """
    tracer = Tracer(dims, bounded=input is not None, allow_unknown=allow_unknown)
    known: dict[Any, Value] = {}
    images = [tensor for tensor in program.inputs if len(tensor.shape) == dims + 2]
    notes = []
    for place, tensor in enumerate(images, start=1):
        if tensor.shape[2:] == images[0].shape[2:]:
            known[tensor.key] = tracer.input(tensor.shape)
        else:
            notes.append(f"Input {place}, of another size, is left out: {size_text(tensor.shape[2:])}.")
    modules = {call.module for call in program.calls}
    inner = {path[: match.start()] for path in modules for match in re.finditer(r"\.", path)}
    by_products: dict[Any, Value] = {}
    mixers: defaultdict[tuple[str, str], list[str | None]] = defaultdict(list)
    for call in program.calls:
        before = len(tracer.nodes)
        operation = Operation(call, known)
        lost = [by_products[tensor.key] for tensor in tensors_in(call.arguments) if tensor.key in by_products]
        if not operation.values and not lost:
            _note(mixers, call, [])
            continue
        tracer.place = Place(call.module, call.name, call.module not in inner, call.origin)
        if lost:
            found: Any = tracer.unknown([*operation.values, *lost], "it reads a by-product of another operation")
        else:
            found = _result(tracer, operation)
        if found is not None:
            _store(call, found, known, by_products)
        _note(mixers, call, tracer.nodes[before:])
    found = [known.get(tensor.key) for tensor in program.outputs]
    outputs = tuple(None if value is None else _settled(tracer, value) for value in found)
    if any(isinstance(value, Map) and value.node == INPUT for value in outputs) and not tracer.nodes:
        raise TargetError("the output is the input itself", where=name, expected="a module that computes something")
    seen = [value for value in outputs if value is not None and INPUT not in nodes_of(value)]
    if not seen:
        raise TargetError("no output depends on the image", where=name, expected="a module that computes something")
    return Translation(tracer.network(name, seen, input), tuple(notes), outputs, mixers, tracer.entered)


def _note(mixers: defaultdict[tuple[str, str], list[str | None]], call: Call, made: Sequence[Node]) -> None:
    kind = kind_of(call.name)
    if kind is not None:
        everything = [node.name for node in made if node.is_global]
        mixers[call.module, kind].append(everything[-1] if everything else None)


def kind_of(name: str) -> str | None:
    """The kind of an operation that may read everything, by torch's name for it; None for any other.

    Example:
        >>> kind_of("bmm"), kind_of("adaptive_avg_pool2d"), kind_of("conv2d")
        ('product', 'pool', None)
    """
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(name)), None)


_KINDS = {
    "product": re.compile(r"matmul|__matmul__|bmm|mm|mv|einsum|linear|addmm|baddbmm"),
    "attention": re.compile(r"_?scaled_dot_product_\w*attention\w*"),
    "pool": re.compile(r"_?adaptive_(avg|max)_pool[123]d\w*"),
    "reduction": re.compile(
        r"mean|sum|amax|amin|max|min|var|std|var_mean|linalg_vector_norm|norm|logsumexp|prod|median"
    ),
    "recurrence": re.compile(r"lstm|gru|rnn_tanh|rnn_relu|cumsum"),
    "fft": re.compile(r"_?fft_\w+"),
}


def _settled(tracer: Tracer, value: Value) -> Value:
    """An output whose blocks of positions are positions."""
    try:
        if isinstance(value, Scores):
            return tracer.unknown([value], "attention scores belong to pairs of positions")
        return tracer.spread(value) if isinstance(value, Map) else value
    except CannotFollowError:
        return value


def _result(tracer: Tracer, operation: Operation) -> Any:
    """What a handler says; of an operation that cannot be followed, that it is unknown."""
    handler = HANDLERS.get(operation.call.name) or (pointwise if operation.call.pointwise else None)
    try:
        if handler is None:
            return tracer.unknown(operation.values, "the operation is not known")
        found = handler(tracer, operation)
        for value, tensor in zip(found if isinstance(found, list) else [found], operation.call.results, strict=False):
            if isinstance(value, Map) and value.shape != tensor.shape:
                return tracer.unknown(operation.values, f"its result has the shape {list(tensor.shape)}")
    except CannotFollowError as error:
        return tracer.unknown(operation.values, str(error))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # a form not thought of
        return tracer.unknown(operation.values, f"its arguments are not followed: {type(error).__name__}")
    return found


def _store(call: Call, found: Any, known: dict[Any, Value], by_products: dict[Any, Value]) -> None:
    """Keep the values of the results. What an operation makes beside its first result is followed if it lies alike."""
    first = call.results[0]
    values = found if isinstance(found, list) else [found] * len(call.results)
    for tensor, value in zip(call.results, values, strict=False):
        if value is None or (isinstance(value, Map) and not isinstance(found, list) and tensor.shape != first.shape):
            by_products[tensor.key] = values[0]
        else:
            known[tensor.key] = value

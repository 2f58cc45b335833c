"""From a captured program to a network."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from rfscope.errors import TargetError, clean
from rfscope.network.graph import INPUT, Network, Placed
from rfscope.readers.entries import is_image
from rfscope.readers.torch.beside import is_random, of_indices
from rfscope.readers.torch.calls import Call, Program, tensors_in
from rfscope.readers.torch.constants import Constants
from rfscope.readers.torch.operation import Operation
from rfscope.readers.torch.operations import HANDLERS
from rfscope.readers.torch.operations.merging import pointwise
from rfscope.readers.tracing import Map, OperationPlace, Tracer, Value
from rfscope.readers.tracing.run import GraphStep, run, settled
from rfscope.readers.tracing.tracer import nodes_of
from rfscope.wording import size_text

__all__ = ["Translation", "translate"]


class Translation(NamedTuple):
    """A network, and how its nodes and the program's calls and results belong together.

    Attributes:
        network: The network.
        outputs: What each tensor holds that the program returns; None if it does not depend on the image.
        made: The names of the nodes that each call of the program became, call by call.
        entered: The one map that enters a node, by the node's name.
    """

    network: Network
    outputs: tuple[Value | None, ...]
    made: Sequence[tuple[str, ...]]
    entered: Mapping[str, Map]


def translate(
    program: Program,
    *,
    name: str,
    dims: int,
    input: Sequence[int] | None,
    allow_unknown: bool,
    of: int | None = None,
    needs_data: bool = False,
    alike: Collection[int] = (),
) -> Translation:
    """The network that a program runs, as one of its inputs sees it: the others are as constant as its weights.

    Args:
        program: What was captured.
        name: The network's name.
        dims: Number of spatial axes: the last so many dimensions of the inputs.
        input: Spatial size of the input per axis if it is meant; None if it only served to capture the program.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.
        of: Which input it is; the first image if not given.
        needs_data: Whether to refuse constants that have no data where they say what is read.
        alike: Further inputs that are read as if they were this one.

    Raises:
        DataNeededError: There are such constants, and they are refused.
        UnsupportedError: There are operations that cannot be followed, and unknown ones are not allowed.
        SizeNeededError: What it reads depends on the input's size, and that is not meant.
        TargetError: No output depends on the image.
    """
    tracer = Tracer(dims, bounded=input is not None, allow_unknown=allow_unknown)
    tracer.may_ask_for_size = input is None
    known: dict[Hashable, Value] = {}
    images = [tensor for tensor in program.inputs if is_image(tensor.shape, dims)]
    image = (images or program.inputs)[0] if of is None else program.inputs[of]
    if len(image.shape) not in (dims + 1, dims + 2):
        expected = f"{dims + 2} dimensions: batch, channels and {dims} of positions"
        raise TargetError("the input is no image", where=name, got=size_text(image.shape), expected=expected)
    known[image.key] = tracer.input(image.shape)
    known |= {tensor.key: tracer.input(tensor.shape) for tensor in map(program.inputs.__getitem__, alike)}
    tracer.given.update(tensor.key for tensor in program.inputs if tensor.key not in known)
    constants = Constants(program, needs_data=needs_data)
    traced = run(tracer, _steps(tracer, program.calls, known, constants), known)
    beside = [*filter(is_random, program.calls), *of_indices(program)]
    tracer.placed += [Placed(INPUT, clean(call.name), axis) for call in beside for axis in range(dims)]
    found = [known.get(tensor.key) for tensor in program.outputs]
    outputs = tuple(None if value is None else settled(tracer, value) for value in found)
    if any(isinstance(value, Map) and value.node == INPUT for value in outputs) and not tracer.nodes:
        raise TargetError("the output is the input itself", where=name, expected="a module that computes something")
    seen = [value for value in outputs if value is not None and INPUT not in nodes_of(value)]
    if not seen:
        raise TargetError("no output depends on the image", where=name, expected="a module that computes something")
    return Translation(tracer.network(name, seen, input), outputs, traced.made, tracer.entered)


def _steps(
    tracer: Tracer, calls: Sequence[Call], known: Mapping[Hashable, Value], constants: Constants
) -> Iterator[GraphStep]:
    modules = {call.module for call in calls}
    inner = {path[: match.start()] for path in modules for match in re.finditer(r"\.", path)}
    for call in calls:
        handler = HANDLERS.get(call.name) or (pointwise if call.pointwise else None)
        yield GraphStep(
            place=OperationPlace(call.module, call.name, call.module not in inner, call.origin),
            reads=[tensor.key for tensor in tensors_in(call.arguments)],
            makes=[tensor.key for tensor in call.results],
            read=None if handler is None else partial(handler, tracer, Operation(call, known, constants)),
            shape={tensor.key: tensor.shape for tensor in call.results}.get,
        )

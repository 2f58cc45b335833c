"""The loop over the operations of a graph, whichever framework it comes from.

A reader says of each operation what it is called, which tensors it reads and makes, and how to read it. This module
decides, for all readers, whether anything in it depends on the image, what becomes of operations that cannot be
followed, and which results are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rfscope.readers.tracing.tracer import CannotFollowError, OperationPlace, SizeNeededError, Tracer
from rfscope.readers.tracing.values import Beside, Everywhere, Map, Scores, Value

__all__ = ["GraphStep", "Result", "Traced", "run", "settled"]

Result: TypeAlias = "Value | list[Value | None] | None"
"""A value for every result that has the shape of the first; or one value a result, None where it is a constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphStep:
    """One operation of a graph.

    Attributes:
        place: Where it stands.
        reads: What it reads, by the keys of the tensors.
        makes: What it makes; None in place of a result that is left out.
        read: Says what its results hold. None if it is not known.
        shape: The shape of one of its results; None if it is not known.
        check: Called first if something in it depends on the image: refuses what contradicts itself.
        constant: Called if nothing in it depends on the image.
    """

    place: OperationPlace
    reads: Sequence[Hashable]
    makes: Sequence[Hashable | None]
    read: Callable[[], Result] | None
    shape: Callable[[Hashable], tuple[int, ...] | None]
    check: Callable[[], object] = lambda: None
    constant: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class Traced:
    """What a graph's tensors hold.

    Attributes:
        known: The values of tensors that depend on the image.
        made: The names of the nodes that each operation made, operation by operation.
    """

    known: Mapping[Hashable, Value]
    made: Sequence[tuple[str, ...]]


def run(tracer: Tracer, steps: Iterable[GraphStep], known: dict[Hashable, Value]) -> Traced:
    """Read all operations of a graph, in order.

    Args:
        tracer: Where the nodes are written down.
        steps: The operations, each made when those before it have been read.
        known: The values of the graph's inputs; those of all other tensors are added.

    Raises:
        UnsupportedError: An operation cannot be followed, and unknown ones are not allowed.
        SizeNeededError: What one reads depends on the input's size, and the tracer may ask for it.
    """
    lost: dict[Hashable, Value] = {}
    made = []
    for step in steps:
        before = len(tracer.nodes)
        values = [known[key] for key in step.reads if key in known]
        by_products = [lost[key] for key in step.reads if key in lost]
        if values or by_products:
            tracer.place = step.place
            step.check()
            if by_products:
                why = "it reads a by-product of another operation"
                found: Result = tracer.unknown([*values, *by_products], why)
            else:
                found = _read(tracer, step, values)
            _store(step, found, known, lost)
        else:
            step.constant()
            if not tracer.given.isdisjoint(step.reads):
                tracer.given.update(key for key in step.makes if key is not None)
        made.append(tuple(node.name for node in tracer.nodes[before:]))
    return Traced(known, made)


def _read(tracer: Tracer, step: GraphStep, values: Sequence[Value]) -> Result:
    """What a reader makes of an operation; an unknown operation if it cannot be followed."""
    if step.read is None:
        return tracer.unknown(values, "the operation is not known")
    try:
        found = step.read()
        _check_shapes(step, found)
    except SizeNeededError as error:
        if tracer.may_ask_for_size:
            raise SizeNeededError(f"{step.place}: {error}") from None
        return tracer.unknown(values, str(error), for_want_of_size=True)
    except CannotFollowError as error:
        why = str(error)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:  # a form not thought of
        why = f"its arguments are not followed: {type(error).__name__}"
    else:
        return found
    if all(isinstance(value, Everywhere) and not isinstance(value, Beside) for value in values):
        return tracer.behind(values, step.place.op.lower())
    return tracer.unknown(values, why)


def _check_shapes(step: GraphStep, found: Result) -> None:
    """Refuse results whose shape is not the one that the graph says they have."""
    for value, key in zip(found if isinstance(found, list) else [found], step.makes, strict=False):
        shape = None if key is None else step.shape(key)
        if isinstance(value, Map) and value.shape != shape:
            raise CannotFollowError(f"its result has the shape {None if shape is None else list(shape)}")


def _store(step: GraphStep, found: Result, known: dict[Hashable, Value], lost: dict[Hashable, Value]) -> None:
    """Keep the values of the results. Results behind the first are followed if they have its layout."""
    if found is None:
        step.constant()
        return
    values = found if isinstance(found, list) else [found] * len(step.makes)
    for key, value in zip(step.makes, values, strict=False):
        if key is None:
            continue
        alike = isinstance(found, list) or not isinstance(value, Map) or step.shape(key) == value.shape
        if value is not None and alike:
            known[key] = value
        elif values[0] is not None:
            lost[key] = values[0]


def settled(tracer: Tracer, value: Value) -> Value:
    """An output whose blocks of positions are positions."""
    try:
        if isinstance(value, Scores):
            return tracer.unknown([value], "attention scores belong to pairs of positions")
        return tracer.spread(value) if isinstance(value, Map) else value
    except CannotFollowError:
        return value

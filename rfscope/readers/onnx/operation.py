"""An operation with what is known of its tensors: what the handlers of operations are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope.errors import TargetError, shorten
from rfscope.readers.onnx.graph import Call
from rfscope.readers.onnx.tensors import Tensors
from rfscope.readers.tracing import Everywhere, Tracer, Value
from rfscope.readers.tracing.run import Result
from rfscope.readers.tracing.tracer import CannotFollowError, only_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Handler", "Operation", "Result"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A call, the values of its tensors, and what is known of those that do not depend on the image.

    Attributes:
        call: The call.
        known: The values of tensors that depend on the image, by their names.
        tensors: Shapes and constants.
        where: How to name it in an error text.
        shapes: Shapes of its tensors that are others than in the graph.
        attributes: Its attributes as Python values.
    """

    call: Call
    known: Mapping[str, Value]
    tensors: Tensors
    where: str
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        found = {attribute.name: _plain(attribute) for attribute in self.call.node.attribute}
        object.__setattr__(self, "attributes", found)

    @property
    def op(self) -> str:
        """Its name, outside of the standard with its domain."""
        return self.call.op

    @property
    def version(self) -> int:
        """The opset that says what it means."""
        return self.call.version

    @property
    def results(self) -> tuple[str, ...]:
        """The names of what it makes; empty where a result is left out."""
        return tuple(self.call.node.output)

    def name(self, index: int) -> str:
        """The name of an input; empty if it is left out."""
        inputs = self.call.node.input
        return inputs[index] if index < len(inputs) else ""

    def value(self, index: int) -> Value | None:
        """The value of an input; None if it is left out or does not depend on the image."""
        return self.known.get(self.name(index))

    @property
    def values(self) -> list[Value]:
        """The values of all inputs that depend on the image."""
        return [self.known[name] for name in self.call.inputs if name in self.known]

    @property
    def only(self) -> Value:
        """The value of the one input that depends on the image.

        Raises:
            CannotFollowError: There are several.
        """
        return only_of(self.values)

    @property
    def first(self) -> Value:
        """The value of the first input.

        Raises:
            CannotFollowError: Only other inputs depend on the image.
        """
        value = self.value(0)
        if value is None:
            raise CannotFollowError("only its parameters depend on the image")
        return value

    def shape_of(self, index: int) -> tuple[int, ...]:
        """The shape of an input.

        Raises:
            CannotFollowError: It is not known.
        """
        return self._shape(self.name(index))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the first result.

        Raises:
            CannotFollowError: It is not known.
        """
        return self._shape(self.results[0])

    def _shape(self, name: str) -> tuple[int, ...]:
        found = self.shapes.get(name) or self.tensors.shape(name)
        if found is None:
            raise CannotFollowError(f"the shape of {shorten(name)} is not known")
        return found

    def shape_of_result(self, name: str) -> tuple[int, ...] | None:
        """The shape of one of its results; None if it is not known."""
        return self.shapes.get(name) or self.tensors.shape(name)

    def shape_for(self, value: Value) -> tuple[int, ...]:
        """The shape of the first result; none is needed for a value that belongs to no position."""
        return () if isinstance(value, Everywhere) else self.shape

    def constant(self, index: int) -> np.ndarray[Any, Any] | None:
        """The value of a constant input; None if it is left out.

        Raises:
            CannotFollowError: It depends on the image, or is not written in the file.
        """
        if not self.name(index):
            return None
        found = self.tensors.value(self.name(index))
        if found is None:
            raise CannotFollowError(f"the value of {shorten(self.name(index))} is not known")
        return found

    def integer(self, name: str, default: int) -> int:
        """An attribute that is an integer."""
        return int(self._attribute(name, int, default))

    def text(self, name: str, default: str) -> str:
        """An attribute that is a text."""
        return str(self._attribute(name, str, default))

    def integers(self, name: str) -> list[int] | None:
        """An attribute that is a list of integers; None if it is left out."""
        found = self._attribute(name, list, None)
        return None if found is None else [int(entry) for entry in found]

    def listed(self, name: str, index: int) -> list[int] | None:
        """A list of integers that is an attribute in old opsets, and an input in new ones; None if it is left out.

        Raises:
            CannotFollowError: It depends on the image, or is not written in the file.
        """
        found = self.integers(name)
        if found is None and (given := self.constant(index)) is not None:
            if given.dtype.kind not in "iu":
                raise TargetError("bad input", where=self.where, got=str(given.dtype), expected="integers")
            found = [int(entry) for entry in given.ravel().tolist()]
        return found

    def _attribute(self, name: str, kind: type, default: Any) -> Any:
        found = self.attributes.get(name, default)
        if found is not default and not isinstance(found, kind):
            raise TargetError(f"bad {name}", where=self.where, got=found, expected=f"{kind.__name__}")
        return found

    def dim(self, given: int, rank: int) -> int:
        """A dimension, counted from the front.

        Raises:
            TargetError: There is no such dimension.
        """
        if not -rank <= given < max(rank, 1):
            raise TargetError("bad axis", where=self.where, got=given, expected=f"{-rank} to {rank - 1}")
        return given % rank if rank else 0


def _plain(attribute: Any) -> Any:
    """The value of an attribute as a Python value, or what it is wrapped in if it is a tensor or a graph."""
    kind = attribute.type
    if kind in (1, 2):
        return attribute.f if kind == 1 else attribute.i
    if kind == 3:
        return attribute.s.decode(errors="replace")
    if kind in (6, 7):
        return list(attribute.floats if kind == 6 else attribute.ints)
    return attribute


Handler: TypeAlias = Callable[[Tracer, Operation], Result]

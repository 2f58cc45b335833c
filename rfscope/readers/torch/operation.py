"""An operation with what is known of its tensors: what the handlers of operations are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from rfscope.readers.torch.calls import Call, Tensor, tensors_in
from rfscope.readers.torch.constants import Constants
from rfscope.readers.tracing import Tracer, Value
from rfscope.readers.tracing.run import Result
from rfscope.readers.tracing.tracer import only_of

__all__ = ["Handler", "Operation", "Result"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A call and the values of its tensors.

    Attributes:
        call: The call.
        known: The values of tensors that depend on the image, by the tensors' keys.
        constants: The data of those that do not.
    """

    call: Call
    known: Mapping[Any, Value]
    constants: Constants = field(default_factory=Constants)

    def __getitem__(self, name: Any) -> Any:
        """An argument by its name in the schema."""
        return self.call.arguments[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, or something else where the schema does not have it."""
        return self.call.arguments.get(name, default)

    def of(self, tensor: Any) -> Value | None:
        """The value of a tensor; None if it does not depend on the image."""
        return self.known.get(tensor.key) if isinstance(tensor, Tensor) else None

    def value(self, name: str) -> Value | None:
        """The value of a tensor argument; None if it does not depend on the image."""
        return self.of(self.call.arguments.get(name))

    @property
    def values(self) -> list[Value]:
        """The values of all arguments that depend on the image."""
        found = (self.of(tensor) for tensor in tensors_in(self.call.arguments))
        return [value for value in found if value is not None]

    @property
    def only(self) -> Value:
        """The value of the one argument that depends on the image.

        Raises:
            CannotFollowError: There are several.
        """
        return only_of(self.values)

    def shape_of(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor argument."""
        tensor: Tensor = self.call.arguments[name]
        return tensor.shape

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the first result."""
        return self.call.results[0].shape

    def dims(self, name: str = "dim", of: str = "self") -> list[int]:
        """Dimensions given by an argument, counted from the front; all of them if it is None or empty."""
        rank, given = len(self.shape_of(of)), self.get(name)
        wanted: Sequence[int] = [given] if isinstance(given, int) else given or range(rank)
        return [dim % rank if rank else 0 for dim in wanted]


Handler: TypeAlias = Callable[[Tracer, Operation], Result]

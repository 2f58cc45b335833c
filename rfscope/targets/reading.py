"""What a target leaves open: options of a command, keywords of a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from rfscope.readers.names import runs_code
from rfscope.readers.rates import is_rates

__all__ = ["Reading", "readings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a target leaves open; None takes the default.

    Attributes:
        kernel: Taps of a list of rates, one number or one per layer; 3 by default. A file says these four things
            itself.
        stride: Stride, one number or one per layer; 1 by default.
        dims: Number of spatial axes; 2 by default.
        causal: Whether no layer reads ahead.
        input: Spatial size of the input per axis, or one size for all axes; None for an unbounded grid, or the size
            that a file gives.
        shapes: Shapes of inputs of a torch module, batch and channels included, by the names of its parameters.
        of: The input that the answer is for, by name, where there are several; the first if not given.
        arguments: What a factory is called with: by name, or in order.
        allow_unknown: Whether an unknown operation becomes a node whose reads are unknown.
        sample_rate: Samples a second of a 1-D input, in Hz: answers then also give times.
        together: Whether all images of one size are read as one, as where all are cut alike.
    """

    kernel: int | str | Sequence[int] | None = None
    stride: int | str | Sequence[int] | None = None
    dims: int | None = None
    causal: bool = False
    input: tuple[int, ...] | None = None
    shapes: Mapping[str, tuple[int, ...]] | None = None
    of: str | None = None
    arguments: Mapping[str, Any] | Sequence[Any] | None = None
    allow_unknown: bool = False
    sample_rate: float | None = None
    together: bool = False

    @property
    def is_of_rates(self) -> bool:
        """Whether an option is set that only applies to a list of rates."""
        return (self.kernel, self.stride, self.dims, self.causal) != (None, None, None, False)

    @property
    def given(self) -> dict[str, Any]:
        """The options that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value is not False}

    def sized(self) -> Iterator[Reading]:
        """These options as they are, and where one size is given for all axes, with as many as there may be."""
        yield self
        if self.input is not None and len(self.input) == 1:
            yield from (replace(self, input=self.input * axes) for axes in (2, 3))

    def over(self, other: Reading) -> Reading:
        """These options, and another reading's where these leave one open.

        Example:
            >>> Reading(dims=1).over(Reading(dims=2, kernel=5)).given
            {'kernel': 5, 'dims': 1}
        """
        return replace(other, **self.given)


def readings(targets: Sequence[str], reading: Reading) -> list[Reading]:
    """What is said of several targets together, for each of them: options for a list of rates go to the lists alone.

    Where there is no list among them, each is given all of it, and refuses what it says itself; likewise the arguments
    of a factory.

    Example:
        >>> [one.given for one in readings(["net.toml", "1,2,5"], Reading(kernel=5, input=(64,)))]
        [{'input': (64,)}, {'kernel': 5, 'input': (64,)}]
    """
    lists, factories = list(map(is_rates, targets)), list(map(runs_code, targets))
    of_others = replace(reading, kernel=None, stride=None, dims=None, causal=False) if any(lists) else reading
    found = [reading if is_list else of_others for is_list in lists]
    if any(factories):
        both = zip(found, factories, strict=True)
        found = [one if is_factory else replace(one, arguments=None) for one, is_factory in both]
    return found

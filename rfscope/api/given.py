"""What users give as sizes, rates and names, read as kindly as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, SupportsIndex

from rfscope.errors import RfscopeError
from rfscope.network import build
from rfscope.network.given import listed, whole

__all__ = ["are_whole", "each_of", "input_of", "numbers_of", "rate_of", "two_names"]


def input_of(
    given: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None,
) -> tuple[tuple[int, ...] | None, dict[str, tuple[int, ...]] | None]:
    """A size, or shapes by name."""
    if given is None:
        return None, None
    if not isinstance(given, Mapping):
        if getattr(given, "ndim", 0) > 1:
            shape, kind = "x".join(map(str, given.shape)), type(given).__name__  # type: ignore[union-attr]
            size = "the size of the input, one number per axis, such as (64, 64)"
            raise RfscopeError("bad input", got=f"{kind} of {shape}", expected=size, do="leave out batch and channels")
        numbers = numbers_of("input", given, " or shapes by name")
        if min(numbers) < 1:
            raise RfscopeError("bad input", got=repr(given), expected="integers of 1 or more")
        return numbers, None
    shapes = {name: listed(shape) for name, shape in given.items()}
    if None in shapes.values():
        raise RfscopeError("bad input", got=repr(given), expected="the shape of each input as a list or a tuple")
    return None, {name: shape for name, shape in shapes.items() if shape is not None}


def numbers_of(name: str, given: Any, other: str = "") -> tuple[int, ...]:
    """Whole numbers, one per axis, or one that holds for each.

    Raises:
        RfscopeError: They are none.
    """
    numbers = (whole(given),) if (several := listed(given)) is None else several
    if not numbers or not all(type(number) is int for number in numbers):
        raise RfscopeError(f"bad {name}", got=repr(given), expected=f"an integer, or a list of one per axis{other}")
    return numbers


def are_whole(numbers: Sequence[Any]) -> bool:
    """Whether all of them are whole numbers."""
    return all(type(whole(number)) is int for number in numbers)


def each_of(name: str, given: Any) -> Any:
    """One number for all layers, or one for each; text is read as on the command line.

    Raises:
        RfscopeError: It is neither.
    """
    numbers = whole(given) if (several := listed(given)) is None else several
    if isinstance(numbers, str) or all(type(number) is int for number in (several or (numbers,))):
        return numbers
    raise RfscopeError(f"bad {name}", got=repr(given), expected="an integer of 1 or more, or a list of one per layer")


def two_names(between: Any) -> tuple[str, str] | None:
    """The names of two layers or modules.

    Raises:
        RfscopeError: They are no such names.
    """
    if between is None:
        return None
    if not isinstance(between, list | tuple) or len(between) != 2 or not all(isinstance(one, str) for one in between):
        raise RfscopeError("bad between", got=repr(between), expected="the names of two layers or modules, as a list")
    return between[0], between[1]


def rate_of(given: Any) -> float | None:
    """A sample rate as Python's own number."""
    if given is None:
        return None
    try:
        rate = whole(given) if isinstance(whole(given), int) else float(given)
    except (TypeError, ValueError):
        rate = 0
    if isinstance(given, bool | str) or not isfinite(rate) or rate <= 0:
        raise RfscopeError("bad sample_rate", got=repr(given), expected="samples a second, a number above 0")
    return rate

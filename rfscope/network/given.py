"""Numbers, paddings and names as Python users give them: one for all axes or one per axis, from any library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import index
from typing import Any, SupportsIndex, TypeAlias

from rfscope.errors import NetworkError, clean
from rfscope.network.reads import Padding, Window

__all__ = ["Numbers", "Paddings", "either", "listed", "names", "per_axis", "whole", "windows"]

Numbers: TypeAlias = "SupportsIndex | Sequence[SupportsIndex]"
"""One number for all, or a sequence with one for each."""

Paddings: TypeAlias = "SupportsIndex | str | tuple[SupportsIndex, SupportsIndex] | list[Any]"
"""One padding for all axes, or a list with one per axis."""

_WORDS: Mapping[str, Padding] = {"same": "same", "same_lower": "same_lower", "valid": (0, 0)}
_CAUSAL = "causal"
_EXPECTED = f"an integer, (before, after), {', '.join(map(repr, [*_WORDS, _CAUSAL]))}, or a list of these, one per axis"


def whole(value: Any) -> Any:
    """A whole number of any library as Python's own; anything else as it is, for the check behind to refuse.

    Example:
        >>> import numpy as np
        >>> whole(np.int64(3)), whole(1.5), whole(True)
        (3, 1.5, True)
    """
    if isinstance(value, bool):  # an integer to Python, and a mistake here
        return value
    try:
        return index(value)
    except TypeError:
        return value


def listed(value: Any) -> tuple[Any, ...] | None:
    """The numbers of a list, a tuple, an array or a range; None of anything else."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    return tuple(map(whole, value)) if is_list or getattr(value, "ndim", 0) == 1 else None


def per_axis(name: str, value: Any, count: int) -> tuple[Any, ...]:
    """One number for each of ``count`` axes or layers.

    Raises:
        NetworkError: It is no number, or a sequence has another length.
    """
    numbers = listed(value)
    if numbers is None:
        if isinstance(value, str | bytes | Iterable):
            raise NetworkError(f"bad {name}", got=repr(value), expected=f"an integer, or a sequence of {count}")
        return (whole(value),) * count
    return _of_length(name, numbers, count)


def _per_axis_padding(value: Any, count: int) -> tuple[Any, ...]:
    """One padding for each axis, as it was given."""
    return _of_length("padding", tuple(value), count) if isinstance(value, list) else (value,) * count


def _padding(value: Any) -> Padding:
    """Padding before and after along an axis, as far as it depends on no size.

    Raises:
        NetworkError: It is none.
    """
    if isinstance(value, str):
        if (known := _WORDS.get(value)) is not None:
            return known
    elif isinstance(value, tuple) and len(value) == 2:
        return whole(value[0]), whole(value[1])
    elif type(side := whole(value)) is int:
        return side, side
    raise NetworkError("bad padding", got=repr(value), expected=_EXPECTED)


def either(what: str, first: Any, named: Any, name: str, *, needed: str | None = None) -> tuple[Any, str]:
    """What a layer is made of and its name, of which either may come first.

    Raises:
        NetworkError: One of them is given twice, or what is needed is missing.
    """
    if isinstance(first, str):
        if not first:
            raise NetworkError(
                "bad name", got="''", expected="one or more characters", do="leave it out to be given one"
            )
        if name:
            raise NetworkError("two names", got=f"{first!r} and {name!r}", expected="one")
        if named is None and _is_number(first):  # the name would hide that a number was meant
            raise NetworkError(f"bad {what}", got=repr(first), expected="a number", do=f"write {first.strip()}")
        first, name = None, first
    if first is not None and named is not None:
        raise NetworkError(f"{what} given twice", where=clean(name) or None, got=f"{first!r} and {named!r}")
    found = named if first is None else first
    if found is None and needed is not None:
        raise NetworkError(f"no {what}", where=clean(name) or None, expected=needed)
    return found, name


def windows(kernel: Any, stride: Any, dilation: Any, padding: Any, dims: int) -> tuple[Window, ...]:
    """A window along each axis.

    Raises:
        NetworkError: A number is out of range, or a sequence has the wrong length.
    """
    numbers = {"kernel": kernel, "stride": stride, "dilation": dilation}
    each = [per_axis(name, value, dims) for name, value in numbers.items()]
    plain = [Window(kernel=taps, stride=step, dilation=rate) for taps, step, rate in zip(*each, strict=True)]
    return tuple(
        replace(
            window, padding=(window.extent - 1, 0) if isinstance(sides, str) and sides == _CAUSAL else _padding(sides)
        )
        for window, sides in zip(plain, _per_axis_padding(padding, dims), strict=True)
    )


def names(given: str | Iterable[str]) -> tuple[str, ...]:
    """Names as a tuple; one name needs no list."""
    return (given,) if isinstance(given, str) else tuple(given)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\s*-?\d+\s*", text, re.ASCII))


def _of_length(name: str, values: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    if len(values) != count:
        raise NetworkError(f"wrong number of {name}s", got=len(values), expected=str(count))
    return values

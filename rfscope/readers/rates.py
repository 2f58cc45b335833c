"""A list of dilation rates, typed on the command line: ``1,2,5`` or ``1,2,5@3,3,5`` with a kernel per layer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rfscope import limits
from rfscope.errors import NetworkError, TargetError, shorten
from rfscope.network.build import chain
from rfscope.network.graph import Network
from rfscope.readers.numbers import integer, listed, numbers_in

__all__ = ["is_rates", "read_rates"]

_MEANT = re.compile(r"""(?=.*[\d,])[\d\s,;@+_.()\[\]{}'"-]*""", re.DOTALL)
_NEGATIVE = r"(?:^|[,@\s\[(])-[0-9]"
_RATES = "whole numbers with commas, such as 1,2,5, or 1,2,5@3,3,5 with kernels"
_EACH = "a whole number, or a list with one per layer, such as 3,3,5"


def is_rates(text: str) -> bool:
    """Tell whether a target is meant as a list of rates, well formed or not.

    Malformed lists count, so that ``1,,2`` is answered by what is wrong with it and not by "no such file".

    Example:
        >>> [is_rates(text) for text in ("1,2,5@3,3,5", "[1, 2]", "-1", "", "-", "net.toml", "..")]
        [True, True, True, True, False, False, False]
    """
    return not text.strip() or _MEANT.fullmatch(text) is not None


def read_rates(
    text: str,
    *,
    kernel: str | Sequence[int] | int = 3,
    stride: str | Sequence[int] | int = 1,
    dims: int = 2,
    causal: bool = False,
) -> Network:
    """Read a chain of convolutions from its rates.

    Args:
        text: The rates, and after an ``@`` the taps of each layer, or of all. A list may be written as Python writes
            it, in brackets and with spaces; the network is named as if it were not.
        kernel: Taps, where the text does not give them: one number or one per layer; text is read like the rates.
        stride: Stride, one number or one per layer; text is read like the rates.
        dims: Number of spatial axes, 1 to 3.
        causal: Whether no layer reads ahead.

    Raises:
        TargetError: The text is not a list of rates, or the lists differ in length.
        NetworkError: A number is out of range.
        LimitError: A number or the number of layers is above its limit.

    Example:
        >>> network = read_rates("[1, 2, 5]@[3, 3, 5]")
        >>> network.name, [node.reads[0].kernel for node in network.nodes]
        ('1,2,5@3,3,5', [3, 3, 5])
    """
    if dims not in (1, 2, 3):
        raise NetworkError("bad number of axes", got=repr(dims), expected="1, 2 or 3")
    written, at, taps = text.partition("@")
    rates = _numbers("rate", written, text, _RATES)
    if at:
        kernel = _numbers("kernel", taps, text, _RATES)
    kernels, strides = _each("kernel", kernel, rates, text), _each("stride", stride, rates, text)
    name = ",".join(map(str, rates))
    if at:
        name = f"{name}@{','.join(map(str, [kernels] if isinstance(kernels, int) else kernels))}"
    return chain(rates, kernel=kernels, stride=strides, dims=dims, causal=causal, name=name)


def _each(name: str, value: str | Sequence[int] | int, rates: Sequence[int], text: str) -> int | Sequence[int]:
    """The numbers of the layers: one for all, or as many as there are rates."""
    numbers = _numbers(name, value, value, _EACH) if isinstance(value, str) else value
    if isinstance(numbers, int):
        return numbers
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != len(rates):
        expected = f"{len(rates)}, one per rate, or one for all"
        raise TargetError(f"wrong number of {name}s", where=shorten(text), got=len(numbers), expected=expected)
    return numbers


def _numbers(name: str, written: str, text: str, expected: str) -> list[int]:
    """Read a list, the limits checked before anything is built."""
    words = listed(written)
    if words is None:
        raise TargetError(f"bad {name}s", got=shorten(text), expected=expected, do=_advice(name, text))
    limits.check("layers", len(words), where=shorten(text))
    numbers = list(map(integer, words))
    for number in numbers:
        if number < 1:
            raise TargetError(f"bad {name}", where=shorten(text), got=number, expected="1 or more")
        limits.check(name, number, where=shorten(text))
    return numbers


def _advice(name: str, text: str) -> str | None:
    """What to write instead of a text that is no list."""
    meant = numbers_in(text)
    if len(meant) > 1 and name != "rate" and "x" in text:
        return f"a {name} that differs from axis to axis takes a spec file: {name} = [{', '.join(meant)}]"
    return f"write {','.join(meant)}" if meant else "no number is below 1" if re.search(_NEGATIVE, text) else None

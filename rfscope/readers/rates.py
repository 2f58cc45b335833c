"""A list of dilation rates, typed on the command line: ``1,2,5`` or ``1,2,5@3,3,5`` with a kernel per layer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rfscope import limits
from rfscope.errors import NetworkError, TargetError, shorten
from rfscope.network.build import chain
from rfscope.network.graph import Network

__all__ = ["is_rates", "read_rates"]

_LIST = re.compile(r"[0-9]+(,[0-9]+)*")
_MEANT = re.compile(r"(?=.*[\d,])[\d\s,;@+_.()\[\]-]*")
_EXAMPLE = "ASCII digits and commas only, such as 1,2,5 or 1,2,5@3,3,5"


def is_rates(text: str) -> bool:
    """Tell whether a target is meant as a list of rates, well formed or not.

    Malformed lists count, so that ``1,,2`` is answered by what is wrong with it and not by "no such file".

    Example:
        >>> [is_rates(text) for text in ("1,2,5@3,3,5", "1, 2", "-1", "", "-", "net.toml", "..")]
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
        text: The rates, and after an ``@`` the taps of each layer.
        kernel: Taps where the text does not give them, one number or one per layer; text is read like the rates.
        stride: Stride, likewise.
        dims: Number of spatial axes, 1 to 3.
        causal: Whether no layer reads ahead.

    Raises:
        TargetError: The text is not a list of rates, or the lists differ in length.
        NetworkError: A number is out of range.
        LimitError: A number or the number of layers is above its limit.

    Example:
        >>> network = read_rates("1,2,5@3,3,5")
        >>> network.name, [node.reads[0].kernel for node in network.nodes]
        ('1,2,5@3,3,5', [3, 3, 5])
    """
    if dims not in (1, 2, 3):
        raise NetworkError("bad number of axes", got=dims, expected="1, 2 or 3")
    written, at, taps = text.partition("@")
    rates = _numbers("rate", written, text)
    kernels = _numbers("kernel", taps, text) if at else _per_layer("kernel", kernel)
    strides = _per_layer("stride", stride)
    for name, numbers in (("kernel", kernels), ("stride", strides)):
        if isinstance(numbers, Sequence) and len(numbers) != len(rates):
            raise TargetError(
                f"wrong number of {name}s",
                where=shorten(text),
                got=len(numbers),
                expected=f"{len(rates)}, one per rate",
            )
    return chain(rates, kernel=kernels, stride=strides, dims=dims, causal=causal, name=text)


def _per_layer(name: str, given: str | Sequence[int] | int) -> Sequence[int] | int:
    """A number for all layers, or one for each of them."""
    numbers = _numbers(name, given, given) if isinstance(given, str) else given
    return numbers[0] if isinstance(numbers, Sequence) and len(numbers) == 1 else numbers


def _numbers(name: str, written: str, text: str) -> list[int]:
    """Read a comma-separated list, the limits checked before anything is built."""
    if not _LIST.fullmatch(written):
        raise TargetError(f"bad {name}s", got=shorten(text), expected=_EXAMPLE)
    limits.check("layers", written.count(",") + 1, where=shorten(text))
    numbers = [_integer(digits) for digits in written.split(",")]
    for number in numbers:
        if number < 1:
            raise TargetError(f"bad {name}", where=shorten(text), got=number, expected="1 or more")
        limits.check(name, number, where=shorten(text))
    return numbers


def _integer(digits: str) -> int:
    """The number that digits stand for; ``int`` refuses more than 4,300 of them."""
    if len(digits) <= 1_000:
        return int(digits)
    from decimal import Decimal

    return int(Decimal(digits))

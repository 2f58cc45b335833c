"""Long lines of bits or counts, packed into one Python integer each.

Position ``i`` of a line is the digit of weight ``2 ** (i * bits)``. Adding shifted copies of a line, which is all
that a convolution does to usage counts, is then one shift and one addition of integers at the speed of memory, and
exact at any size. With one bit a position and OR for addition the line is a set of positions.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence

__all__ = ["copies", "positions", "product", "spread_out", "unpack"]

_TYPECODES = {array(code).itemsize: code for code in "BHIQ"}


def copies(line: int, step: int, count: int, join: Callable[[int, int], int]) -> int:
    """Join ``count`` copies of a line, each ``step`` bits after the one before, in O(log count) operations.

    Example:
        >>> from operator import or_
        >>> bin(copies(0b1, 2, 3, or_))
        '0b10101'
    """
    joined, width = line, 1
    for bit in bin(count)[3:]:
        joined = join(joined, joined << width * step)
        width *= 2
        if bit == "1":
            joined = join(joined, line << width * step)
            width += 1
    return joined


def spread_out(line: int, stride: int) -> int:
    """Move position ``i`` of a set to ``i * stride``.

    Example:
        >>> bin(spread_out(0b111, 3))
        '0b1001001'
    """
    return line if stride == 1 or line == 0 else int(("0" * (stride - 1)).join(f"{line:b}"), 2)


def positions(line: int) -> Iterable[int]:
    """The positions in a set, rising."""
    if not line:
        return
    first = (line & -line).bit_length() - 1
    digits = f"{line >> first:b}"[::-1]  # no longer than from the first position to the last
    place = 0
    while place >= 0:
        yield first + place
        place = digits.find("1", place + 1)


def product(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    """The counts of two chains one behind the other from those of each: the product of two polynomials.

    Each line is packed into one decimal number, as Python multiplies these by number-theoretic transforms, which take
    hardly more time than reading them; its integers have no such thing.

    Example:
        >>> product([1, 1, 1], [1, 2, 1])
        (1, 3, 4, 3, 1)
    """
    from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, Inexact

    width = len(f"{Decimal(sum(one)):f}") + len(f"{Decimal(sum(other)):f}")  # no count has more digits
    lines = [Decimal("".join(f"{Decimal(count):f}".zfill(width) for count in reversed(line))) for line in (one, other)]
    exact = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[Inexact])
    size = len(one) + len(other) - 1
    digits = f"{exact.multiply(*lines):f}".zfill(size * width)
    return tuple(int(Decimal(digits[at - width : at])) for at in range(size * width, 0, -width))


def unpack(line: int, size: int, width: int) -> tuple[int, ...]:
    """The first ``size`` counts of a line whose digits are ``width`` bytes wide."""
    data = line.to_bytes(size * width, "little")
    if width in _TYPECODES:
        return tuple(_native(data, width))
    return tuple(int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), width))


def _native(data: bytes, width: int) -> array[int]:
    import sys

    digits = array(_TYPECODES[width], data)
    if sys.byteorder == "big":
        digits.byteswap()
    return digits

"""Whether the outputs of two networks see the same: the check for replacing stride by dilation in a trained network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import gcd, lcm, prod
from typing import Literal, NamedTuple, TypeAlias

from rfscope import limits
from rfscope.errors import NetworkError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.output import Output
from rfscope.wording import size_text, unit

__all__ = ["Expectation", "What", "expect"]

What: TypeAlias = Literal["same-field", "same-reads"]


class Expectation(NamedTuple):
    """What was expected of two networks, and whether it is so.

    Attributes:
        what: ``"same-field"`` (size and place), or ``"same-reads"`` (the same pixels, each as often).
        met: Whether it is so for every output of the coarser of the two grids.
        first_difference: The first output for which it is not, and how; None if it is.
    """

    what: What
    met: bool
    first_difference: str | None


def expect(what: What, one: Analysis, other: Analysis) -> Expectation:
    """Compare what the first outputs of two networks see, at the coarser of the two output grids.

    Output 0 of one stands where output 0 of the other does; where one grid is finer, only every second (third, ...) of
    its outputs has a counterpart.

    Raises:
        NetworkError: The networks differ in their axes, or neither grid is a multiple of the other.
        LimitError: There are too many phases, or a map is too large.
    """
    if one.network.dims != other.network.dims:
        got = f"{one.network.dims} and {other.network.dims}"
        raise NetworkError("networks of different axes cannot be compared", got=got, expected="as many of both")
    for mine, theirs in _pairs(one.output, other.output):
        found = _field_difference(one, other, mine, theirs)
        if found is None and what == "same-reads":
            found = _reads_difference(one, other, mine, theirs)
        if found is not None:
            return Expectation(what, met=False, first_difference=found)
    return Expectation(what, met=True, first_difference=None)


def _pairs(one: Output, other: Output) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Outputs that stand at the same place: over all phases of both networks, or all over two finite maps."""
    steps = [_steps(a.stride, b.stride, one.network.name) for a, b in zip(one.axes, other.axes, strict=True)]
    counts = _finite_counts(one, other, steps) or [
        lcm(a.period // gcd(a.period, mine), b.period // gcd(b.period, theirs))
        for a, b, (mine, theirs) in zip(one.axes, other.axes, steps, strict=True)
    ]
    limits.check("phases", prod(counts), where="outputs to be compared")
    for place in product(*map(range, counts)):
        yield (
            tuple(at * mine for at, (mine, _) in zip(place, steps, strict=True)),
            tuple(at * theirs for at, (_, theirs) in zip(place, steps, strict=True)),
        )


def _finite_counts(one: Output, other: Output, steps: Sequence[tuple[int, int]]) -> list[int] | None:
    """How many outputs of the coarser grid there are along each axis; None on an unbounded grid."""
    if one.network.input != other.network.input:
        got = f"{one.network.input} and {other.network.input}"
        raise NetworkError(
            "networks of different input sizes cannot be compared", got=got, expected="one size, or none"
        )
    mine, theirs = (None if output.sizes is None else output.sizes[output.node] for output in (one, other))
    if mine is None or theirs is None:
        return None
    sizes = zip(mine, theirs, steps, strict=True)
    return [min(-(-size // step), -(-size_2 // step_2)) for size, size_2, (step, step_2) in sizes]


def _steps(mine: Fraction, theirs: Fraction, where: str) -> tuple[int, int]:
    """How many outputs of each network there are to one of the coarser grid."""
    ratio = mine / theirs
    if ratio.denominator > 1 and ratio.numerator > 1:
        raise NetworkError(
            "output grids that do not fit", where=where, got=f"strides {mine} and {theirs}", expected="one a multiple"
        )
    return ratio.denominator, ratio.numerator


def _field_difference(one: Analysis, other: Analysis, mine: Sequence[int], theirs: Sequence[int]) -> str | None:
    axes = zip(one.output.axes, mine, other.output.axes, theirs, strict=True)
    for axis, (field, place, field_2, place_2) in enumerate(axes):
        a, b = field.at(place), field_2.at(place_2)
        if (a.size, a.start) != (b.size, b.start):
            many, along = unit(one.network.dims), f" along axis {axis}" if one.network.dims > 1 else ""
            return f"output {_text(mine)} sees {a.size} {many} from {a.start}{along}, {b.size} from {b.start}"
    return None


def _reads_difference(one: Analysis, other: Analysis, mine: Sequence[int], theirs: Sequence[int]) -> str | None:
    import numpy as np

    a, b = (_counts(analysis, place) for analysis, place in ((one, mine), (other, theirs)))
    with limits.shared("map-bytes", 2):
        first, second = a.counts.map(), b.counts.map()
    if a.first != b.first or first.shape != second.shape:
        many = unit(one.network.dims)
        reads = (
            f"{size_text(first.shape)} {many} from {_text(a.first)}, {size_text(second.shape)} from {_text(b.first)}"
        )
        return f"output {_text(mine)} reads {reads}"
    different = np.argwhere(first != second)
    if not len(different):
        return None
    cell = tuple(int(at) for at in different[0])
    pixel = _text([at + (start or 0) for at, start in zip(cell, a.first, strict=True)])
    where = f"{unit(one.network.dims).removesuffix('s')} {pixel}"
    return f"output {_text(mine)} uses {where} {first[cell]} times, and {second[cell]} times"


def _counts(analysis: Analysis, position: Sequence[int]) -> Output:
    return analyze(analysis.network, position=position).output


def _text(place: Sequence[int | None]) -> str:
    return f"({', '.join(map(str, place))})"

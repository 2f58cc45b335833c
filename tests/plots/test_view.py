"""The two sources of a picture: lines of a chain and dense maps say the same."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from math import prod

import numpy as np  # noqa: TID253
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope.errors import UnsupportedError
from rfscope.exact.counts import Counts
from rfscope.exact.dense_counts import DenseCounts
from rfscope.exact.digits import DIGIT_BITS
from rfscope.plots.view import view


def dense(counts: Counts) -> DenseCounts:
    """The same counts as a map, in digits where they need them."""
    full = np.array(counts.map(), dtype=object)
    digits = max(1, -(-counts.max.bit_length() // DIGIT_BITS)) if counts.max >= 2**63 else 1
    planes = [full >> DIGIT_BITS * place & (2**DIGIT_BITS - 1) for place in range(digits)] if digits > 1 else [full]
    return DenseCounts(np.array(planes).astype(np.int64))


LINES = st.lists(st.integers(0, 5) | st.integers(2**30, 2**70), min_size=1, max_size=7).map(
    lambda line: (*line, max(1, line[0]))
)


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=3), st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_lines_and_maps_are_shown_alike(factors: list[tuple[int, ...]], block: tuple[int, int]) -> None:
    counts = Counts(tuple(factors))
    lines, full = view(counts), view(dense(counts))
    assert isinstance(lines.counts, Counts)
    assert isinstance(full.counts, DenseCounts)
    for name in ("size", "shape", "pixels", "used", "smallest", "largest", "plane"):
        assert getattr(lines, name) == getattr(full, name)
    for place in np.ndindex(*lines.size):
        assert lines.count(*place) == full.count(*place)
    sides = block[: len(lines.size)]
    one, other = lines.cells(sides), full.cells(sides)
    assert one.unit == other.unit
    np.testing.assert_array_equal(one.read, other.read)
    np.testing.assert_array_equal(one.holes, other.holes)
    np.testing.assert_allclose(one.values, other.values, rtol=0 if one.unit == 1 else 1e-15)
    for cell, same in zip(chain(*one.rows), chain(*other.rows), strict=True):
        assert cell.holes == same.holes
        assert cell.most == (same.most if one.unit == 1 else pytest.approx(same.most, rel=1e-14, abs=1))
    assert lines.counts.row == full.counts.row


@settings(max_examples=60)
@given(st.lists(LINES, min_size=1, max_size=2), st.integers(1, 3))
def test_cells_show_the_largest_count_and_every_hole(factors: list[tuple[int, ...]], step: int) -> None:
    shown = view(Counts(tuple(factors)))
    cells = shown.cells((step,) * len(factors))
    for cell in np.ndindex(*cells.values.shape):
        inside = [shown.count(*place) for place in np.ndindex(*shown.size) if tuple(at // step for at in place) == cell]
        assert bool(cells.read[cell]) == any(inside)
        assert bool(cells.holes[cell]) == (0 in inside)
        assert cells.values[cell] == pytest.approx(max(inside) / cells.unit, rel=1e-14)


def test_the_plane_of_a_map_is_the_used_one_nearest_the_centre() -> None:
    planes = np.zeros((1, 5, 2, 3), dtype=np.int64)
    planes[0, 0, 1, 2] = planes[0, 4, 0, 0] = planes[0, 3, 0, 1] = 7
    shown = view(DenseCounts(planes))
    assert shown.plane == Fraction(1)
    assert shown.used == 1
    assert shown.count(0, 1) == 7


@pytest.mark.parametrize("counts", [Counts(((), (1,))), DenseCounts(np.zeros((1, 0, 3), dtype=np.int64))])
def test_nothing_cannot_be_drawn(counts: Counts | DenseCounts) -> None:
    assert prod(counts.size) == 0
    with pytest.raises(UnsupportedError, match="an output that reads nothing; choose another one"):
        view(counts)

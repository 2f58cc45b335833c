from __future__ import annotations

import sys
from collections import Counter
from operator import add, or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.exact.packed import copies, positions, product, spread_out, unpack

places = st.sets(st.integers(0, 200), max_size=20)


def packed(members: set[int]) -> int:
    return sum(1 << place for place in members)


def unpacked(line: int) -> set[int]:
    return {place for place in range(line.bit_length()) if line >> place & 1}


@given(places, st.integers(1, 50), st.integers(1, 40))
def test_copies_of_a_set(members: set[int], step: int, count: int) -> None:
    assert unpacked(copies(packed(members), step, count, or_)) == {p + t * step for p in members for t in range(count)}


@given(
    st.lists(st.integers(0, 255), min_size=1, max_size=8),
    st.integers(1, 9),
    st.integers(1, 40),
    st.sampled_from([2, 3, 4, 7, 8, 11]),
)
def test_copies_of_counts(counts: list[int], step: int, count: int, width: int) -> None:
    line = sum(number << place * width * 8 for place, number in enumerate(counts))
    size = len(counts) + step * (count - 1)
    wanted: Counter[int] = Counter()
    for tap in range(count):
        for place, number in enumerate(counts):
            wanted[place + tap * step] += number
    found = unpack(copies(line, step * width * 8, count, add), size, width)
    assert found == tuple(wanted[place] for place in range(size))


@given(places, st.integers(1, 9))
def test_spread_out(members: set[int], stride: int) -> None:
    assert unpacked(spread_out(packed(members), stride)) == {place * stride for place in members}


@given(places)
def test_positions_rise_and_are_the_members(members: set[int]) -> None:
    assert list(positions(packed(members))) == sorted(members)


@given(st.integers(1, 12).flatmap(lambda width: st.tuples(st.just(width), st.lists(st.integers(0, 256**width - 1)))))
def test_unpack_any_width(case: tuple[int, list[int]]) -> None:
    width, numbers = case
    line = sum(number << place * width * 8 for place, number in enumerate(numbers))
    assert unpack(line, len(numbers), width) == tuple(numbers)


def test_unpack_on_a_machine_of_the_other_byte_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are swapped exactly if the machine says so."""
    assert unpack(0x0102, 1, 2) == (0x0102,)
    monkeypatch.setattr("sys.byteorder", "little" if sys.byteorder == "big" else "big")
    assert unpack(0x0102, 1, 2) == (0x0201,)


@given(*[st.lists(st.integers(0, 3) | st.integers(0, 2**200), min_size=1, max_size=9)] * 2)
def test_a_product_of_lines_is_that_of_polynomials(one: list[int], other: list[int]) -> None:
    expected = [0] * (len(one) + len(other) - 1)
    for place, count in enumerate(one):
        for beside, times in enumerate(other):
            expected[place + beside] += count * times
    assert list(product(one, other)) == expected

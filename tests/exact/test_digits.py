"""Counts of several digits stay exact where many of them are added up before they are carried."""

from __future__ import annotations

import pytest

from rfscope.errors import UnsupportedError
from rfscope.exact.dense_counts import DenseCounts
from rfscope.exact.digits import DIGIT_BITS, MOST_ADDED
from rfscope.exact.regions import Region
from rfscope.exact.walk import walk_back
from rfscope.network.build import assemble
from rfscope.network.graph import INPUT
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from tests.verification.networks import node

LARGEST = 2 ** (2 * DIGIT_BITS) - 1
"""The largest count of two digits: every bit of both is set."""


def full(*size: int) -> Region:
    import numpy as np

    planes = np.full((3, *size), 2**DIGIT_BITS - 1, dtype=np.int64)
    planes[2] = 0
    return Region((0,) * len(size), planes)


@pytest.mark.parametrize(
    ("read", "size", "added"),
    [
        pytest.param(Window(kernel=200), 600, 200, id="window"),
        pytest.param(Window(kernel=600, stride=3), 600, 200, id="taps a stride apart"),
        pytest.param(TransposedWindow(kernel=256, stride=128), 700, 256, id="transposed"),
        pytest.param(Table(starts=(0,) * 300, stops=(1,) * 300, shift=1), 300, 300, id="table"),
    ],
)
def test_sums_of_many_full_digits(read: Read, size: int, added: int) -> None:
    network = assemble("wide", [node("wide", read, read)])
    found = walk_back(network, "wide", full(size, size))[INPUT]
    counts = DenseCounts(found.planes)
    assert added**2 > MOST_ADDED  # together the axes add more than one digit can hold
    assert counts.max == LARGEST * added**2


def test_more_readers_of_one_position_than_a_digit_can_hold_are_refused() -> None:
    outputs = MOST_ADDED + 1
    network = assemble("table", [node("table", Table(starts=(0,) * outputs, stops=(1,) * outputs, shift=1))])
    with pytest.raises(UnsupportedError, match="counts beyond 64 bits added up too often at table"):
        walk_back(network, "table", full(outputs))

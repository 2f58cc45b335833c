"""Two networks that see the same, or not."""

from __future__ import annotations

import pytest

import rfscope as rf
from rfscope.errors import NetworkError
from rfscope.exact.same import What, expect

STRIDED = rf.analyze("1,1,1", stride=[2, 1, 1])
DILATED = rf.analyze("1,2,2")
CAUSAL = rf.analyze("1,2,2", causal=True)
OTHER_ORDER = rf.analyze("2,1,2")

CASES: dict[str, tuple[rf.Analysis, rf.Analysis, What, bool]] = {
    "stride replaced by dilation": (STRIDED, DILATED, "same-reads", True),
    "and the other way round": (DILATED, STRIDED, "same-reads", True),
    "itself": (DILATED, DILATED, "same-reads", True),
    "another order": (DILATED, OTHER_ORDER, "same-reads", True),
    "the same size elsewhere": (DILATED, CAUSAL, "same-field", False),
    "another size": (STRIDED, rf.analyze("1,2,4"), "same-field", False),
    "the same field with holes": (rf.analyze("1,1,1,1"), rf.analyze("2,2"), "same-field", True),
    "the same field with holes, reads": (rf.analyze("1,1,1,1"), rf.analyze("2,2"), "same-reads", False),
}


@pytest.mark.parametrize(("one", "other", "what", "met"), CASES.values(), ids=CASES)
def test_expectations(one: rf.Analysis, other: rf.Analysis, what: What, met: bool) -> None:
    found = expect(what, one, other)
    assert found.met is met
    assert (found.first_difference is None) is met


def test_first_difference_is_shown() -> None:
    assert expect("same-field", STRIDED, rf.analyze("1,2,4")).first_difference == (
        "output (0, 0) sees 11 pixels from -5 along axis 0, 15 from -7"
    )
    assert expect("same-reads", rf.analyze("1,1,1,1"), rf.analyze("2,2")).first_difference == (
        "output (0, 0) uses pixel (-4, -3) 4 times, and 0 times"
    )


def test_grids_that_do_not_fit() -> None:
    with pytest.raises(NetworkError, match=r"output grids that do not fit.*got strides 2 and 3"):
        expect("same-field", STRIDED, rf.analyze("1", stride=3))
    with pytest.raises(NetworkError, match="networks of different axes"):
        expect("same-field", STRIDED, rf.analyze("1", dims=1))

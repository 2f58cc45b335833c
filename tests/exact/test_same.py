"""Two networks that see the same, or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rfscope as rf
from rfscope.errors import NetworkError
from rfscope.exact.same import What, expect
from rfscope.network.graph import Node
from rfscope.network.reads import TransposedWindow, Window

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


def test_first_difference_in_time_is_in_samples() -> None:
    causal, centred = (rf.analyze("1,2", dims=1, causal=causal) for causal in (True, False))
    assert expect("same-field", causal, centred).first_difference == "output (0) sees 7 samples from -6, 7 from -3"
    dilated, dense = (rf.analyze(rates, dims=1) for rates in ("2,2", "1,1,1,1"))
    assert expect("same-reads", dense, dilated).first_difference == "output (0) uses sample (-3) 4 times, and 0 times"


def test_grids_that_do_not_fit() -> None:
    with pytest.raises(NetworkError, match=r"output grids that do not fit.*got strides 2 and 3"):
        expect("same-field", STRIDED, rf.analyze("1", stride=3))
    with pytest.raises(NetworkError, match="networks of different axes"):
        expect("same-field", STRIDED, rf.analyze("1", dims=1))


def test_every_phase_is_compared() -> None:
    """Period 3 against stride 2: the phase that differs comes second."""
    up = rf.conv("a", kernel=1, dims=1)
    tripled = replace(up, op="transposed_conv", reads=(TransposedWindow(kernel=3, stride=3),))
    down = rf.conv("down", kernel=1, stride=3, dims=1)
    plain = rf.assemble("plain", [down, tripled, rf.conv("b", kernel=3, dims=1)])
    bumped = replace(
        up, name="bump", op="transposed_conv", reads=(TransposedWindow(kernel=4, stride=3),), inputs=("down",)
    )
    other = rf.assemble("other", [down, bumped, rf.conv("b", kernel=3, dims=1)])
    halved = rf.assemble("halved", [*other.nodes, rf.conv("half", kernel=1, stride=2, dims=1)])
    found = expect("same-reads", rf.analyze(plain), rf.analyze(halved))
    assert not found.met


def test_every_output_of_a_finite_map_is_compared() -> None:
    one = rf.conv("a", kernel=3, dims=1, padding=(1, 1))
    left = rf.conv("left", kernel=1, dims=1, padding=(9, -9), inputs=["input"])
    merged = Node(name="sum", op="add", reads=(Window(),), inputs=("a", "left"))
    plain, reaching = rf.assemble("one", [one]), rf.assemble("two", [one, left, merged])
    found = expect("same-reads", rf.analyze(plain, input=(16,)), rf.analyze(reaching, input=(16,)))
    assert not found.met
    with pytest.raises(NetworkError, match="different input sizes"):
        expect("same-reads", rf.analyze(plain, input=(16,)), rf.analyze(plain, input=(32,)))

from __future__ import annotations

import pytest

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import analyze
from rfscope.exact.meeting import Meeting, meeting, neighbour_shares
from rfscope.network.build import assemble, chain, conv
from rfscope.network.reads import Window


@pytest.mark.parametrize(
    ("rates", "kernel", "causal", "dims", "expected"),
    [
        pytest.param([1, 2, 4], 2, True, 1, True, id="tcn"),
        pytest.param([1, 2, 4], 2, True, 2, False, id="images-have-no-time"),
        pytest.param([1, 2, 4], 3, False, 1, False, id="centred"),
        pytest.param([5], 1, False, 1, True, id="pointwise"),
        pytest.param([1], 2, False, 1, False, id="even-kernel-looks-ahead"),
    ],
)
def test_causal(rates: list[int], kernel: int, causal: bool, dims: int, expected: bool) -> None:
    assert analyze(chain(rates, kernel=kernel, causal=causal, dims=dims)).causal is expected


def test_an_unknown_start_is_not_called_causal() -> None:
    found = analyze(assemble("n", [conv("a", stride=2, dims=1)]))
    assert (found.output.axes[0].start, found.causal) == (None, False)


def test_a_field_of_any_length_has_a_size_and_a_verdict_and_no_map() -> None:
    found = analyze(chain([3**power for power in range(12)], kernel=3, stride=1000))
    assert (found.output.axes[0].size or 0) > 10**30
    assert not found.hole_free
    for ask in ("coverage", "counts", "spread", "meeting"):
        with pytest.raises(LimitError):
            getattr(found.output, ask)
    assert found.output.gridding_index is None


def test_a_schedule_too_wide_for_an_index_says_why() -> None:
    with limits.raised({"index-terms": 5}):
        (schedule,) = analyze(chain([1, 2, 50])).schedules
        assert schedule.gridding_index is None
        assert "index-terms" in str(schedule.index_note)
    (schedule,) = analyze(chain([1, 2, 50])).schedules
    assert schedule.gridding_index is not None
    assert schedule.index_note is None


@pytest.mark.parametrize(
    ("rates", "kernel", "expected"),
    [
        pytest.param([2, 2, 2], 3, Meeting(3, None), id="2-2-2"),
        pytest.param([1, 2, 4], 3, Meeting(2, 3), id="1-2-4"),
        pytest.param([1, 3, 9], 3, Meeting(2, 3), id="1-3-9"),
        pytest.param([1, 2, 5], 3, Meeting(1, 2), id="1-2-5"),
        pytest.param([1, 2, 3], 3, Meeting(1, 2), id="1-2-3"),
        pytest.param([9, 3, 1], 3, Meeting(0, 1), id="9-3-1"),
        pytest.param([2, 2, 2, 1], 3, Meeting(0, 1), id="2-2-2-1"),
        pytest.param([2**n for n in range(10)], 2, Meeting(9, 10), id="wavenet"),
        pytest.param([1, 1], 1, Meeting(0, None), id="pointwise-never-meets"),
    ],
)
def test_meeting(rates: list[int], kernel: int, expected: Meeting) -> None:
    assert meeting([Window(kernel=kernel, dilation=rate) for rate in rates]) == expected


def test_meeting_through_strides() -> None:
    """Neighbours two inputs apart share the odd tap; four apart through 2x2 pooling they share nothing."""
    assert neighbour_shares([Window(kernel=3, stride=2)]) == (1 / 3,)
    assert neighbour_shares([Window(kernel=2, stride=2), Window(kernel=2, stride=2)]) == (0.0, 0.0)
    assert meeting([Window(kernel=3, stride=2), Window(kernel=2, stride=2)]) == Meeting(1, 2)
    assert neighbour_shares([]) == ()


def test_repr_is_one_line() -> None:
    assert repr(analyze(chain([2, 4, 8]))) == "<Analysis of 2,4,8: sees 29x29, HOLES>"

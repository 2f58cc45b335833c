from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.exact.field import Field, Interval, chain_fields, through
from rfscope.network.reads import Read, TransposedWindow, Window
from tests import oracle


@st.composite
def fields(draw: st.DrawFn) -> Field:
    """Fields as networks with up-sampling have them: several phases, some of which may read nothing."""
    period = draw(st.integers(1, 6))
    phase = st.builds(Interval, st.integers(1, 6), st.integers(-9, 9)) | st.just(Interval(0, None))
    phases = tuple(draw(phase) for _ in range(period))
    return Field(phases=phases, period=period, shift=draw(st.integers(1, 6)))


def windows(strides: int = 4) -> st.SearchStrategy[Window]:
    sides = st.tuples(st.integers(-5, 9), st.integers(-5, 9))
    return st.builds(
        Window,
        kernel=st.integers(1, 9),
        stride=st.integers(1, strides),
        dilation=st.integers(1, 6),
        padding=sides,
    )


def seen_through(field: Field, window: Window, output: int) -> set[int]:
    """Every position inside the intervals that the taps of one output read."""
    seen = [field.at(place) for place in oracle.read_by(window, output)]
    return {one.start + offset for one in seen if one.start is not None for offset in range(one.size or 0)}


@given(fields(), windows())
def test_a_window_behind_any_field_sees_the_union_of_what_its_taps_see(field: Field, window: Window) -> None:
    behind = through(window, field)
    assert len(behind.phases) == behind.period
    assert behind.period == field.period // gcd(field.period, window.stride)
    assert behind.stride == field.stride * window.stride
    for output in range(-2 * behind.period, 3 * behind.period):
        seen, found = seen_through(field, window, output), behind.at(output)
        assert (found.start, found.size) == (oracle.span(seen) if seen else (None, 0))


@given(st.integers(1, 5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 4), st.lists(windows(3), max_size=3))
def test_phases_behind_real_up_sampling(kernel: int, stride: int, rate: int, crop: int, behind: list[Window]) -> None:
    """The same behind a transposed convolution, whose phases are traced here."""
    up = TransposedWindow(kernel=kernel, stride=stride, dilation=rate, padding=(crop, 0))
    read = [sorted(oracle.read_by(up, output)) for output in range(stride)]
    phases = tuple(Interval(line[-1] - line[0] + 1, line[0]) if line else Interval(0, None) for line in read)
    field = Field(phases=phases, period=stride, shift=1)
    layers: list[Read] = [up, *behind]
    for window in behind:
        field = through(window, field)
    for output in range(-field.period, 2 * field.period):
        seen, found = oracle.trace_line(layers, output)[0], field.at(output)
        assert (found.start, found.size) == (oracle.span(seen) if seen else (None, 0))


def test_period_and_shift_stay_unreduced() -> None:
    """Stride 2 and then up-sampling by 2 is one pixel an output, in two phases."""
    down = through(Window(kernel=3, stride=2, padding=(1, 1)), Field(phases=(Interval(1, 0),)))
    up = Field(phases=down.phases * 2, period=2, shift=2)
    assert [up.at(output).start for output in range(-2, 4)] == [-3, -3, -1, -1, 1, 1]
    behind = through(Window(kernel=2), up)
    assert (behind.period, behind.shift) == (2, 2)
    assert behind.stride == 1
    assert [phase.size for phase in behind.phases] == [3, 5]
    assert (behind.size_min, behind.size_max) == (3, 5)


def test_center_and_padding_are_those_of_the_first_output() -> None:
    (field,) = chain_fields([Window(kernel=4, padding=(1, 2))])
    assert (field.start, field.padding) == (-1, 1)
    assert field.center == Fraction(1, 2)


@pytest.mark.parametrize("mode", ["same", "same_lower"])
def test_same_padding_with_a_stride_leaves_the_start_unknown_and_the_size_known(mode: str) -> None:
    strided = Window(kernel=3, stride=2, padding="same" if mode == "same" else "same_lower")
    found = chain_fields([Window(kernel=3, padding=(1, 1)), strided, Window(kernel=3, padding=(1, 1)), Window()])
    assert [field.size for field in found] == [3, 5, 9, 9]
    assert [field.start for field in found] == [-1, None, None, None]
    assert found[-1].center is None
    assert found[-1].padding is None
    assert found[-1].stride == 2
    assert found[-1].at(5) == Interval(9, None)


@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("mode", ["same", "same_lower"])
def test_same_padding_at_stride_1_is_known(kernel: int, mode: str) -> None:
    window = Window(kernel=kernel, dilation=3, padding="same" if mode == "same" else "same_lower")
    (field,) = chain_fields([window])
    assert (field.start, field.size) == oracle.span(oracle.trace_line([window])[0])


@given(st.lists(windows(), min_size=2, max_size=5))
def test_outputs_move_by_the_stride(chain: list[Window]) -> None:
    field = chain_fields(chain)[-1]
    starts = [oracle.span(oracle.trace_line(chain, output)[0])[0] for output in range(3)]
    assert {after - before for before, after in pairwise(starts)} == {field.stride}

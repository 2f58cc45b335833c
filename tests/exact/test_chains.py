"""Every fact of a chain against brute force, with examples that shrink; test_many_chains has the large sample."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rfscope.network.reads import Window
from tests.exact.comparing import differences

sides = st.tuples(st.integers(-6, 14), st.integers(-6, 14))
rates = st.sampled_from([1, 2, 3, 4, 6, 12]) | st.integers(1, 12)
windows = st.builds(
    Window, kernel=st.integers(1, 7), stride=st.integers(1, 3), dilation=rates, padding=sides
) | st.builds(Window, kernel=st.integers(1, 7), dilation=rates, padding=st.sampled_from(["same", "same_lower"]))


@given(st.lists(windows, min_size=1, max_size=5), st.integers(-30, 30))
def test_every_fact_equals_brute_force(chain: list[Window], far: int) -> None:
    assert differences(chain, far) == []


@given(st.lists(st.builds(Window, kernel=st.integers(1, 3), dilation=rates), min_size=5, max_size=8))
def test_every_fact_of_long_schedules_of_small_kernels(chain: list[Window]) -> None:
    assert differences(chain) == []


@given(st.integers(2, 3), st.integers(1, 6), st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_every_fact_where_all_rates_share_a_factor(kernel: int, factor: int, multiples: list[int]) -> None:
    """Rare among random rates, and what sub-grids and runs are about."""
    assert differences([Window(kernel=kernel, dilation=factor * multiple) for multiple in multiples]) == []
    strided = [Window(kernel=kernel, dilation=factor * multiple, stride=1 + factor % 2) for multiple in multiples]
    assert differences(strided) == []

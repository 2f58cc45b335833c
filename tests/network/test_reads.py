from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.errors import NetworkError
from rfscope.network.reads import IDENTITY, Same, Table, TransposedWindow, Window, share_out

NUMBERS = ("kernel", "stride", "dilation")
MODES: list[Same] = ["same", "same_lower"]


@pytest.mark.parametrize("kind", [Window, TransposedWindow])
@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [0, -1, 1.0, "3", None, True, (3,)], ids=repr)
def test_a_number_out_of_range_is_named(kind: type, name: str, value: object) -> None:
    with pytest.raises(NetworkError, match=f"bad {name}: .*expected an integer of 1 or more"):
        kind(**{name: value})


@pytest.mark.parametrize("kind", [Window, TransposedWindow])
@pytest.mark.parametrize(
    "padding",
    [1, "valid", "SAME", None, (1,), (1, 2, 3), [1, 1], (1.0, 1), ("same", "same"), (True, 0), ((1, 1), (1, 1))],
    ids=repr,
)
def test_bad_padding_is_named(kind: type, padding: object) -> None:
    with pytest.raises(NetworkError, match="bad padding"):
        kind(padding=padding)


@pytest.mark.parametrize("padding", [(0, 0), (3, 0), (-2, 5), "same", "same_lower"], ids=repr)
def test_good_padding(padding: Any) -> None:
    assert Window(kernel=3, padding=padding).padding == padding
    assert TransposedWindow(kernel=3, padding=padding).padding == padding


@pytest.mark.parametrize("value", [-1, 0.5, True, None], ids=repr)
def test_output_padding_is_an_integer_of_0_or_more(value: Any) -> None:
    with pytest.raises(NetworkError, match="bad output_padding"):
        TransposedWindow(output_padding=value)
    assert TransposedWindow(stride=2, output_padding=1).output_padding == 1


@pytest.mark.parametrize(
    ("starts", "stops", "got"),
    [
        pytest.param((0, 1), (1,), "2 starts and 1 stops", id="lengths"),
        pytest.param((0, 5), (1, 4), r"5 \.\. 4", id="wrong-way-round"),
    ],
)
def test_bad_tables(starts: tuple[int, ...], stops: tuple[int, ...], got: str) -> None:
    with pytest.raises(NetworkError, match=f"bad table: got {got}"):
        Table(starts=starts, stops=stops, shift=1)


def test_a_table_may_read_nothing() -> None:
    assert Table(starts=(3,), stops=(3,), shift=1).starts == (3,)


@pytest.mark.parametrize("name", [*NUMBERS, "padding"])
def test_reads_are_frozen(name: str) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(IDENTITY, name, 7)


@pytest.mark.parametrize(
    ("kernel", "dilation", "extent", "dense", "dilated"),
    [
        (1, 1, 1, False, False),
        (1, 9, 1, False, False),
        (2, 1, 2, True, False),
        (3, 1, 3, True, False),
        (3, 4, 9, False, True),
        (2, 512, 513, False, True),
    ],
)
def test_extent_and_kind(kernel: int, dilation: int, extent: int, dense: bool, dilated: bool) -> None:
    window = Window(kernel=kernel, dilation=dilation)
    assert (window.extent, window.dense, window.dilated) == (extent, dense, dilated)


def tensorflow(size: int, window: Window) -> tuple[int, int]:
    """SAME padding as TensorFlow documents it, for an input of a size."""
    covered = (window.kernel - 1) * window.dilation + 1
    outputs = -(-size // window.stride)
    total = max((outputs - 1) * window.stride + covered - size, 0)
    small, large = total // 2, total - total // 2
    return (small, large) if window.padding == "same" else (large, small)


@given(st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.sampled_from(MODES))
def test_same_padding_is_known_where_it_is_the_same_at_every_size(k: int, s: int, d: int, mode: Same) -> None:
    window = Window(kernel=k, stride=s, dilation=d, padding=mode)
    found = {tensorflow(size, window) for size in range(1, 40)}
    assert ({window.known_padding} == found) if window.known_padding is not None else len(found) > 1


@pytest.mark.parametrize("padding", [(0, 0), (1, 2), (-3, 4)])
def test_written_padding_is_known_at_any_stride(padding: tuple[int, int]) -> None:
    assert Window(kernel=3, stride=2, padding=padding).known_padding == padding


@pytest.mark.parametrize(
    ("total", "mode", "expected"),
    [(0, "same", (0, 0)), (3, "same", (1, 2)), (3, "same_lower", (2, 1)), (4, "same", (2, 2))],
)
def test_share_out(total: int, mode: Same, expected: tuple[int, int]) -> None:
    assert share_out(total, mode) == expected

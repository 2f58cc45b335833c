"""What layers read as torch has it: torch's own layers say so, and the rules written out beside them are torch's."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product

import pytest

from rfscope.errors import UnsupportedError
from rfscope.network.reads import Adaptive, Read, Resize, Same, Table, TransposedWindow, Window
from rfscope.verification.as_torch import as_torch, outputs_of, sides


def ran(read: Read, size: int | None, *, endless: bool = False) -> Window | TransposedWindow | Table:
    return as_torch(read, size, where="layer", endless=endless)


@pytest.mark.parametrize(
    ("window", "size", "padding"),
    [  # from TensorFlow's rule, by hand: ceil(size / stride) outputs, the odd element behind
        pytest.param(Window(kernel=3, stride=2, padding="same"), 8, (0, 1), id="even size"),
        pytest.param(Window(kernel=3, stride=2, padding="same"), 7, (1, 1), id="odd size"),
        pytest.param(Window(kernel=3, stride=2, padding="same_lower"), 8, (1, 0), id="lower"),
        pytest.param(Window(kernel=2, stride=3, padding="same"), 7, (0, 1), id="partly filled"),
        pytest.param(Window(kernel=1, stride=2, padding="same"), 7, (0, 0), id="one tap"),
        pytest.param(Window(kernel=4, dilation=3, padding="same"), None, (4, 5), id="stride 1"),
        pytest.param(Window(kernel=4, dilation=3, padding="same_lower"), None, (5, 4), id="stride 1, lower"),
    ],
)
def test_same_padding(window: Window, size: int | None, padding: tuple[int, int]) -> None:
    found = ran(window, size)
    assert isinstance(found, Window)
    assert sides(found) == padding
    if size is not None:
        assert outputs_of(found, size) == -(-size // window.stride)


@pytest.mark.parametrize(
    ("read", "what"),
    [
        pytest.param(
            Window(kernel=3, stride=2, padding="same"), "a padding that depends on the input's size", id="same"
        ),
        pytest.param(Adaptive(3), "adaptive pooling without a size", id="adaptive"),
        pytest.param(Resize(size=3), "resizing without a size", id="to a size"),
        pytest.param(
            Resize(mode="linear", scale=Fraction(2), align_corners=True), "resizing without a size", id="corners"
        ),
    ],
)
def test_what_needs_a_size_is_refused_without_one(read: Read, what: str) -> None:
    with pytest.raises(UnsupportedError, match=f"cannot verify {what} at layer"):
        ran(read, None)


def test_partly_filled_windows_are_those_that_torch_counts() -> None:
    import torch
    from torch.nn.functional import max_pool1d

    for size, kernel, stride in product(range(3, 12), (1, 2, 3), (1, 2, 3, 4)):
        for padding in range(kernel // 2 + 1):
            window = Window(kernel=kernel, stride=stride, padding=(padding, padding), ceil_mode=True)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                made = max_pool1d(torch.zeros(1, 1, size), kernel, stride, padding, ceil_mode=True).shape[2]
            assert outputs_of(ran(window, size), size) == made, window


def test_resizing_without_end_is_torchs_far_from_borders() -> None:
    for mode, (up, down) in product(("nearest", "linear", "cubic"), [(2, 1), (3, 2), (2, 5), (7, 3), (1, 4)]):
        periodic = ran(Resize(mode=mode, scale=Fraction(up, down)), None)  # type: ignore[arg-type] # one of three
        whole = ran(Resize(mode=mode, size=12 * up), 12 * down)  # type: ignore[arg-type]
        assert isinstance(periodic, Table)
        assert isinstance(whole, Table)
        assert (periodic.period, periodic.shift) == (up, down)
        for output in range(5 * up, 7 * up):
            assert periodic.range(output) == whole.range(output), (mode, up, down, output)


def test_resizing_at_a_border_is_torchs() -> None:
    found = ran(Resize(mode="linear", size=4), 2)
    assert found == Table(starts=(0, 0, 0, 1), stops=(1, 2, 2, 2), shift=2, size=4)
    assert ran(Resize(mode="linear", size=4), 2, endless=True) == Table(starts=(-1, 0), stops=(1, 2), shift=1)
    assert ran(Resize(mode="linear", size=1, align_corners=True), 5) == Table(starts=(0,), stops=(1,), shift=5, size=1)


def test_transposed_same_has_as_many_outputs_as_inputs_times_the_stride() -> None:
    for kernel, stride, dilation, mode in product((1, 2, 3, 5), (1, 2, 3), (1, 2), ("same", "same_lower")):
        same: Same = mode  # type: ignore[assignment] # one of two
        found = ran(TransposedWindow(kernel=kernel, stride=stride, dilation=dilation, padding=same), None)
        assert outputs_of(found, 9) == 9 * stride

"""The oracle on small modules whose reads are known by hand: if it misses one, the table proves nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - its common name

from tests.real_networks.public.oracle import NotComparable, support


class Calls(nn.Module):
    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def filtered(taps: list[float], x: Tensor, **options: int) -> Tensor:
    return F.conv1d(x, x.new_tensor(taps).view(1, 1, -1), None, **options)


def gated(x: Tensor) -> Tensor:
    """A gate that is closed for whatever is read."""
    return F.glu(torch.cat([x, filtered([0, 0, -1e9], x, padding=1)], 1), 1)


def unpooled(x: Tensor) -> Tensor:
    return F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)  # type: ignore[arg-type]  # torch


def attended(x: Tensor) -> Tensor:
    """Windows of 4, within which every position reads all."""
    cut = x.view(1, 5, 4, 1)
    return (torch.softmax(cut @ cut.transpose(2, 3), -1) @ cut).view(1, 1, 20)


READS: dict[str, tuple[Callable[[Tensor], Tensor], list[int]]] = {
    "dead relu": (lambda x: F.relu(filtered([1, 1, 1], x - 100, padding=1)), [7, 8, 9]),
    "zero tap": (partial(filtered, [1, 0, 1], padding=2, dilation=2), [6, 10]),
    "zero weight": (partial(filtered, [0, 0, 0], padding=1), [7, 8, 9]),
    "maximum": (lambda x: F.max_pool1d(x, 3, 1, 2, 2), [6, 8, 10]),
    "maximum of two": (lambda x: torch.maximum(x, filtered([1, 0, 0], x, padding=1) - 100), [7, 8]),
    "unpooled": (unpooled, [8, 9]),
    "gate": (gated, [8, 9]),
    "norm": (F.instance_norm, [8]),
    "squeezed": (lambda x: x * torch.sigmoid(x.mean(2, keepdim=True)), [8]),
    "attention": (attended, [8, 9, 10, 11]),
    "softmax of channels": (lambda x: F.softmax(x, 1) * 2, [8]),
}


@pytest.mark.parametrize("name", READS)
def test_it_reads_what_is_known_by_hand(name: str) -> None:
    function, expected = READS[name]
    (seen,) = support(Calls(function), (1, 1, 20), 0, [(8,)])
    assert np.flatnonzero(seen).tolist() == expected


def test_an_output_without_a_gradient_is_not_compared() -> None:
    with pytest.raises(NotComparable, match="no gradient"):
        list(support(Calls(torch.zeros_like), (1, 1, 20), 0, [(8,)]))


def test_a_value_that_is_no_number_is_not_compared() -> None:
    with pytest.raises(NotComparable, match="no number"):
        list(support(Calls(lambda x: torch.sqrt(x * 0)), (1, 1, 20), 0, [(8,)]))

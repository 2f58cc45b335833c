"""Local attention against the gradients of the modules as they are, and what of it stays global."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import rfscope as rf
from rfscope.exact.analysis import analyze
from rfscope.readers.torch import read_module
from tests.readers.torch.local_modules import LOCAL
from tests.readers.torch.modules import net


@pytest.mark.parametrize("shown", LOCAL)
def test_a_trained_module_reads_what_is_said(shown: str) -> None:
    build, size = LOCAL[shown]
    torch.manual_seed(1)
    module = build().double().eval()
    image = torch.randn(1, 2, *size, dtype=torch.float64, requires_grad=True)
    made = module(image)
    network = read_module(module, input=size).network
    for place in ([0] * len(size), [length // 2 for length in size], [length - 1 for length in size]):
        output = analyze(network, position=place).output
        [gradient] = torch.autograd.grad(made[(0, slice(None), *place)].sum(), image, retain_graph=True)
        read = torch.zeros(size, dtype=torch.bool)
        for pixel in torch.from_numpy(output.counts.map() > 0).nonzero() + torch.tensor(output.first):
            read[tuple(pixel)] = True
        assert torch.equal(gradient[0].abs().sum(0) > 0, read)


def attends(mask: Callable[[Tensor], Any]) -> nn.Module:
    def forward(module: Any, x: Tensor) -> Tensor:
        q, k, v = module.qkv(x.transpose(1, 2)).chunk(3, dim=-1)
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask(x)).transpose(1, 2)

    return net(forward, qkv=nn.Linear(2, 6))


def scattered(_: Tensor) -> Tensor:
    return torch.rand(16, 16, generator=torch.Generator().manual_seed(2)) > 0.8


GLOBAL: dict[str, Callable[[Tensor], Any]] = {
    "the whole past": lambda x: torch.ones(x.shape[-1], x.shape[-1], dtype=torch.bool).tril(),
    "scattered keys": lambda _: scattered(_) | torch.eye(16, dtype=torch.bool),
    "a band and a few keys that all see": lambda _: (
        (torch.arange(16)[:, None] - torch.arange(16)).abs() < 2
    ).index_fill(1, torch.tensor([0]), torch.tensor(True)),
    "numbers that take nothing away": lambda _: -5.0 * (torch.arange(16)[:, None] - torch.arange(16)).abs().float(),
    "no mask": lambda _: None,
}


@pytest.mark.parametrize("mask", GLOBAL.values(), ids=GLOBAL)
def test_what_no_window_says_stays_global(mask: Callable[[Tensor], Any]) -> None:
    analysis = rf.analyze(attends(mask), input=(16,))
    assert analysis.verdict == "global"
    assert [node.op for node in analysis.network.nodes if node.is_global] == ["attention"]


def test_a_mask_behind_the_softmax_saves_no_reading() -> None:
    def forward(module: Any, x: Tensor) -> Any:
        q, k, v = module.qkv(x.transpose(1, 2)).chunk(3, dim=-1)
        near = ((torch.arange(16)[:, None] - torch.arange(16)).abs() < 2).to(x)
        return (((q @ k.transpose(1, 2)).softmax(-1) * near) @ v).transpose(1, 2)

    assert rf.analyze(net(forward, qkv=nn.Linear(2, 6)), input=(16,)).verdict == "global"


def test_a_band_is_a_window_at_any_size() -> None:
    module = LOCAL["a causal band mask"][0]()
    [attention] = [node for node in read_module(module).network.nodes if node.op == "masked_attention"]
    assert (attention.reads[0].kernel, attention.reads[0].padding) == (3, (2, 0))  # type: ignore[union-attr]  # a window


def test_some_of_the_places_in_a_window_are_an_upper_bound() -> None:
    module = net(lambda s, x: s.a(x).unfold(2, 3, 1)[..., 1], a=nn.Conv1d(2, 2, 1))
    found = read_module(module, input=(12,)).network
    assert [node.op for node in found.nodes if node.upper_bound] == ["slice"]

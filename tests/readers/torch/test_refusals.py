"""What must not be misread: refused by name, or read rightly, each once misread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import rfscope as rf
from rfscope.errors import TargetError, UnsupportedError
from rfscope.readers.torch import read_module
from rfscope.verification.module import verify_module
from tests.readers.torch.modules import conv, net


def unlike_windows(module: Any, x: Any) -> Any:
    y = module.a(x)
    keys = y.view(1, 2, 4, 2, 8).permute(0, 2, 4, 3, 1)
    queries = y.view(1, 2, 2, 4, 8).permute(0, 3, 4, 2, 1)
    return functional.scaled_dot_product_attention(queries, keys, keys)


def masked(module: Any, x: Any) -> Any:
    y = module.a(x).flatten(2).transpose(1, 2)
    mask = module.b(x).flatten(2)[:, :1]
    return functional.scaled_dot_product_attention(y, y, y, attn_mask=mask)


def over_positions_of_one(module: Any, x: Any) -> Any:
    return torch.bmm(module.a(x).flatten(2), module.b(x).flatten(2))


def added(module: Any, x: Any) -> Any:
    rows, weights = module.a(x).flatten(2), torch.ones(1, 2, 64)
    return torch.baddbmm(rows, torch.ones(1, 2, 2), weights + module.b(x).flatten(2))


def with_a_state(module: Any, x: Any) -> Any:
    state = module.b(x).permute(0, 2, 3, 1).reshape(1, -1, 2)
    return module.gru(module.a(x).permute(0, 2, 3, 1).reshape(1, -1, 2), state)[0]


REFUSED: dict[str, Callable[[], nn.Module]] = {
    "windows of another kind": lambda: net(unlike_windows, a=conv()),
    "a mask of the image": lambda: net(masked, a=conv(), b=conv(kernel=5)),
    "a sum over positions of one factor": lambda: net(over_positions_of_one, a=conv(), b=conv(2, 64)),
    "an addend of the image": lambda: net(added, a=conv(), b=conv(kernel=5)),
    "a state of the image": lambda: net(with_a_state, a=conv(), b=conv(kernel=5), gru=nn.GRU(2, 2)),
    "a dimension rolled twice": lambda: net(lambda s, x: s.a(x).roll((1, 2), (3, 3)), a=conv()),
    "a diagonal": lambda: net(lambda s, x: torch.einsum("bchh->bch", s.a(x)), a=conv()),
    "filled rows": lambda: net(lambda s, x: s.a(x).index_fill(3, torch.tensor([1, 2]), 0.0), a=conv()),
    "scores as an output": lambda: net(lambda s, x: s.a(x).flatten(2).transpose(1, 2) @ s.a(x).flatten(2), a=conv()),
}


@pytest.mark.parametrize("shown", REFUSED)
def test_what_cannot_be_followed_is_refused_by_name(shown: str) -> None:
    with pytest.raises(UnsupportedError, match="cannot follow"):
        read_module(REFUSED[shown](), input=(8, 8))


def spectrogram(module: Any, x: Any) -> Any:
    return module.b(module.a(x).flatten(1, 2))


READ: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "weight norm": (lambda: nn.utils.parametrizations.weight_norm(nn.Conv2d(2, 2, 3)), (8, 8)),
    "a cast to the type of the image": (
        lambda: net(lambda s, x: torch.ones(1, 2, 8, 8).type_as(s.b(x)) * s.a(x), a=conv(), b=conv(kernel=5)),
        (8, 8),
    ),
    "pooled along one axis": (
        lambda: net(lambda s, x: functional.adaptive_avg_pool2d(s.a(x), (None, 1)) + s.a(x), a=conv()),
        (8, 10),
    ),
    "pooled along the channels": (
        lambda: net(lambda s, x: functional.adaptive_avg_pool1d(s.a(x).flatten(2).transpose(1, 2), 1), a=conv()),
        (8, 8),
    ),
    "one axis among the channels": (lambda: net(spectrogram, a=conv(), b=nn.Conv1d(16, 5, 3, padding=1)), (8, 12)),
    "blocks in two dimensions": (
        lambda: net(lambda s, x: s.a(x).view(1, 2, 2, 2, 2, 6).mean((3, 4)), a=conv()),
        (8, 6),
    ),
    "instance norm with what it kept": (
        lambda: nn.Sequential(conv(), nn.InstanceNorm2d(2, track_running_stats=True)),
        (8, 8),
    ),
    "causal by concatenation": (
        lambda: net(lambda s, x: s.a(torch.cat([torch.zeros(1, 2, 4), x], 2)), a=nn.Conv1d(2, 2, 3, dilation=2)),
        (20,),
    ),
    "rows set to zero": (lambda: net(zeroed, a=conv(), b=conv()), (8, 8)),
}


def zeroed(module: Any, x: Any) -> Any:
    y = module.a(x).clone()
    y[..., :3] = 0
    return module.b(y)


@pytest.mark.parametrize("shown", READ)
def test_what_was_once_misread_is_read(shown: str) -> None:
    build, size = READ[shown]
    found = verify_module(build(), input=size)
    assert found.equal, found.first_difference


def test_running_statistics_are_no_global_operation() -> None:
    build, size = READ["instance norm with what it kept"]
    assert not any(node.is_global for node in read_module(build(), input=size).network.nodes)


def test_a_part_before_what_cannot_be_followed_is_analyzed() -> None:
    module = net(lambda s, x: torch.bmm(s.a(x).flatten(2), s.b(x).flatten(2)), a=conv(), b=conv(2, 64))
    assert rf.analyze(module, input=(8, 8), output="a").output.size == (3, 3)
    assert rf.analyze(module, input=(8, 8), between=("input", "b")).network.outputs == ("b",)
    with pytest.raises(UnsupportedError, match="cannot follow bmm"):
        rf.analyze(module, input=(8, 8), output="bmm")


def test_an_output_that_is_the_input() -> None:
    with pytest.raises(TargetError, match="the output is the input itself"):
        rf.analyze(nn.Identity(), input=(8, 8))

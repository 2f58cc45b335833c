"""How far recurrent networks read ahead: against the gradients of the modules, and by the rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.exact.ahead import look_ahead
from rfscope.text.words import sentences


def padded(_net: Any, x: Any) -> Any:
    from torch.nn import functional

    return functional.pad(x, (2, 0))


def modules() -> dict[str, tuple[Callable[[], Any], int | None]]:
    from torch import nn

    from tests.readers.torch.idiom_modules import beside, over_time
    from tests.readers.torch.modules import net

    def after(module: Any, x: Any) -> Any:
        return module.b(over_time(module, padded(module, x)))

    def turned(module: Any, x: Any) -> Any:
        return over_time(module, padded(module, x).flip(2)).flip(2)

    def a() -> nn.Module:
        return nn.Conv1d(2, 4, 3)

    return {
        "over a causal layer": (lambda: net(lambda s, x: over_time(s, padded(s, x)), a=a(), gru=nn.GRU(4, 2)), 0),
        "over a centred layer": (lambda: net(over_time, a=nn.Conv1d(2, 4, 3, padding=1), gru=nn.LSTM(4, 2)), 1),
        "under a centred layer": (lambda: net(after, a=a(), gru=nn.GRU(4, 2), b=nn.Conv1d(2, 2, 5, padding=2)), 2),
        "beside a map": (lambda: net(beside, a=a(), gru=nn.RNN(4, 2)), 0),
        "of sums so far": (lambda: net(lambda s, x: s.a(padded(s, x)).cumsum(-1), a=a()), 0),
        "both ways": (lambda: net(over_time, a=a(), gru=nn.GRU(4, 2, bidirectional=True)), None),
        "backwards": (lambda: net(turned, a=a(), gru=nn.GRU(4, 2)), None),
        "to a mean": (lambda: net(lambda s, x: over_time(s, x).mean(2), a=a(), gru=nn.GRU(4, 2)), None),
    }


NAMES = (
    *("over a causal layer", "over a centred layer", "under a centred layer", "beside a map", "of sums so far"),
    *("both ways", "backwards", "to a mean"),
)


@pytest.mark.parametrize("shown", NAMES)
def test_what_lies_ahead(shown: str) -> None:
    build, expected = modules()[shown]
    analysis = rf.analyze(build(), input=(16,))
    assert look_ahead(analysis.network, analysis.network.outputs[0]) == expected
    if expected is None:
        with pytest.raises((AssertionError, RfscopeError)):
            rf.testing.assert_causal(analysis.network, max_lookahead=10**6)
    else:
        rf.testing.assert_causal(analysis.network, max_lookahead=expected)
        if expected:
            with pytest.raises(AssertionError, match=f"reads {expected} samples? ahead"):
                rf.testing.assert_causal(analysis.network, max_lookahead=expected - 1)


@pytest.mark.parametrize("shown", [name for name in NAMES if name != "to a mean"])
def test_gradients_reach_no_further(shown: str) -> None:
    import torch

    build, expected = modules()[shown]
    torch.manual_seed(1)
    module, at = build().double(), 8
    image = torch.rand(1, 2, 16, dtype=torch.float64, requires_grad=True)
    module(image)[0, :, at].sum().backward()
    assert image.grad is not None
    read = image.grad[0].abs().sum(0).nonzero().flatten().tolist()
    last = read[-1] - at
    assert last == expected if expected is not None else last > 2
    assert expected is None or read[0] == 0


def test_it_is_said_what_is_seen() -> None:
    found = {name: next(iter(sentences(rf.analyze(modules()[name][0](), input=(16,))))) for name in NAMES}
    assert "all that lies before its own position, and nothing after it" in found["over a causal layer"]
    assert "all that lies before its own position, and 1 sample after it" in found["over a centred layer"]
    assert "Every output sees the whole signal" in found["both ways"]

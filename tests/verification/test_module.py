"""A module that runs as it is shows a wrong reader up."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import rfscope
from rfscope.errors import LimitError, TargetError, UnsupportedError
from rfscope.limits import raised
from rfscope.network.reads import Window
from rfscope.readers.tracing import mixing, spatial
from rfscope.verification.module import verify_module
from tests.readers.torch.modules import MODULES

GLOBAL, DILATED, STRIDED = "squeeze and excite", "a shared module", "ceil_mode"


def checked(shown: str) -> Any:
    build, size = MODULES[shown]
    return verify_module(build(), input=size)


def test_a_reader_that_forgets_the_dilation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spatial.read_axes

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        padded = [replace(read, dilation=1, padding=(1, 1)) if isinstance(read, Window) else read for read in reads]
        return right(tracer, value, op, padded, shape, **details)

    assert checked(DILATED).equal
    monkeypatch.setattr(spatial, "read_axes", wrong)
    found = checked(DILATED)
    assert not found.equal
    assert "the module reads input" in found.first_difference


def test_a_reader_that_takes_a_global_operation_for_pointwise_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(_tracer: Any, value: Any, _dims: Any, _op: str, *, keep: bool) -> Any:
        assert keep
        return value

    monkeypatch.setattr(mixing, "reduce", wrong)
    with pytest.raises(UnsupportedError, match="cannot follow mean"):  # its shape gives it away
        checked(GLOBAL)


def test_a_reader_that_moves_a_padding_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spatial.read_axes

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        moved = [
            replace(read, padding=(read.padding[0] + 1, read.padding[1] - 1)) if op == "conv" else read
            for read in reads
        ]
        return right(tracer, value, op, moved, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wrong)
    assert not checked(STRIDED).equal


def test_what_is_shown_of_it() -> None:
    found = checked(GLOBAL)
    assert found.through_global
    assert found.record()["equal"] is True
    assert "first_difference" not in found.record()
    assert str(found).endswith("all equal.")
    assert "and through global operations, the middle output inside the border" in str(found)


def test_it_runs_on_an_input_that_its_field_fits_on() -> None:
    from torch import nn

    deep = nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=20, dilation=20) for _ in range(8)))
    found = verify_module(deep)
    assert (found.inside, found.equal) == (True, True)
    assert min(found.input) > 321


def test_a_module_without_data_and_one_too_large_are_refused() -> None:
    import torch
    from torch import nn

    with torch.device("meta"):
        empty = nn.Conv2d(3, 3, 3)
    with pytest.raises(TargetError, match="cannot run a module whose weights have no data"):
        verify_module(empty)
    with raised({"verify-bytes": 1000}), pytest.raises(LimitError, match="over the limit 'verify-bytes'"):
        verify_module(nn.Conv2d(3, 3, 3), input=(64, 64))


def weight_normed() -> Any:
    """As temporal convolutional networks were long written: a weight computed anew before each run."""
    import torch
    from torch import nn

    class Causal(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                self.conv = nn.utils.weight_norm(nn.Conv1d(2, 2, 3, dilation=2, padding=4))

        def forward(self, x: Any) -> Any:
            return x + torch.relu(self.conv(x)[..., :-4])

    return Causal()


def casting() -> Any:
    import torch
    from torch import nn
    from torch.nn import functional

    class Casting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3, padding=1)
            self.last = nn.Conv2d(2, 1, 3, padding=2, dilation=2)

        def forward(self, x: Any) -> Any:
            x = x.float()
            y = self.last(self.conv(x).to(torch.float32).to(dtype=torch.float32)).type_as(x)
            return functional.conv2d(y, torch.ones(1, 1, 3, 3, dtype=torch.float32, device=x.device), padding=1)

    return Casting()


def choosing() -> Any:
    import torch
    from torch import nn

    class Choosing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.near, self.far = nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 5, padding=2)

        def forward(self, x: Any) -> Any:
            near = self.near(x)
            return torch.where(near > 0, near, self.far(x))

    return Choosing()


def circular() -> Any:
    from torch import nn

    return nn.Sequential(*(nn.Conv2d(1, 1, 3, padding=rate, dilation=rate, padding_mode="circular") for rate in (1, 2)))


def rolled() -> Any:
    import torch
    from torch import nn

    class Rolled(nn.Conv2d):
        def forward(self, input: Any) -> Any:
            return super().forward(torch.roll(input, (2, 1), (2, 3)))

    return Rolled(1, 1, 3, padding=1)


@pytest.mark.parametrize(
    ("build", "size"),
    [
        pytest.param(weight_normed, (40,), id="old weight norm"),
        pytest.param(casting, (14, 14), id="casts and constants of float32"),
        pytest.param(choosing, (9, 9), id="where"),
        pytest.param(circular, (12, 12), id="circular padding"),
        pytest.param(rolled, (12, 12), id="roll"),
    ],
)
def test_what_people_write_is_verified(build: Callable[[], Any], size: tuple[int, ...]) -> None:
    found = rfscope.verify(build(), input=size, device="cpu")
    assert found.equal, str(found)
    assert found.module is not None


def test_a_wrong_claim_of_a_casting_module_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spatial.read_axes

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        padded = [replace(read, dilation=1, padding=(1, 1)) if isinstance(read, Window) else read for read in reads]
        return right(tracer, value, op, padded, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wrong)
    assert not rfscope.verify(casting(), input=(14, 14), device="cpu").equal


def test_the_module_is_left_as_it_was() -> None:
    build, size = MODULES["group norm"]
    module = build().train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    verify_module(module, input=size)
    assert module.training
    assert all(bool((value == before[name]).all()) for name, value in module.state_dict().items())
    assert all(weight.requires_grad for weight in module.parameters())


def test_a_network_with_much_to_do_runs_on_an_input_just_large_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch import nn

    from rfscope.verification import plan

    widening = nn.Sequential(nn.Conv1d(4, 4, 7, padding=3), nn.ConvTranspose1d(4, 2, 16, 8, padding=4))
    assert verify_module(widening).input[0] > 64
    monkeypatch.setattr(plan, "_QUICK", 0)
    found = verify_module(widening)
    assert (found.input, found.inside, found.equal) == ((64,), True, True)

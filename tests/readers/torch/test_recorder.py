"""Recording: the same networks as by export, without export, and nothing left behind in the module."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import rfscope as rf
from rfscope.errors import TargetError, UnsupportedError
from rfscope.readers.torch import quick, read_module
from rfscope.readers.torch.parts import evaluating
from rfscope.readers.torch.recorder import record
from rfscope.verification.module import verify_module
from tests.readers.torch.both_ways import difference, read_both_ways
from tests.readers.torch.idioms import IDIOMS, ONLY_RECORDED, Asks, Constants, Keeps, Shadows
from tests.readers.torch.modules import MODULES, Function, conv, net
from tests.readers.torch.random_modules import RandomModule
from tests.readers.torch.test_programs import CASES
from tests.readers.torch.test_refusals import READ

ALL = {**MODULES, **READ, **CASES, **IDIOMS}
_MANY = int(os.environ.get("RFSCOPE_MODULES", "8"))


@pytest.mark.parametrize("shown", ALL)
def test_recorded_and_exported_networks_are_the_same(shown: str) -> None:
    build, size = ALL[shown]
    assert difference(*read_both_ways(build(), size)) is None


def test_so_are_those_of_random_modules() -> None:
    for seed in range(_MANY):
        module = RandomModule(Random(seed))
        assert difference(*read_both_ways(module, module.size)) is None, (seed, module.words)


@pytest.mark.parametrize("shown", ONLY_RECORDED)
def test_what_is_only_recorded_is_where_the_module_s_gradients_are(shown: str) -> None:
    build, size = ONLY_RECORDED[shown]
    found = verify_module(build(), input=size)
    assert found.equal, found.first_difference


def test_the_comparison_can_fail() -> None:
    one, _ = read_both_ways(conv(), (8, 8))
    other, _ = read_both_ways(conv(dilation=2), (8, 8))
    assert difference(one, other) is not None


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is exported from here on."""
    seen: list[Any] = []
    whole = torch.export.export

    def counted(module: Any, *args: Any, **options: Any) -> Any:
        seen.append(module)
        return whole(module, *args, **options)

    monkeypatch.setattr(torch.export, "export", counted)
    return seen


def test_nothing_is_exported_that_can_be_recorded(exports: list[Any]) -> None:
    for build, size in {**ALL, **ONLY_RECORDED, "data": (lambda: net(data, a=conv()), (8, 8))}.values():
        read_module(build(), input=size)
    assert exports == []


def data(module: Any, x: Tensor) -> Any:
    return module.a(x.data).detach().data + 1


class Remembers(nn.Module):
    """It writes into a buffer past what keeps account of that."""

    memory: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.a = conv()
        self.register_buffer("memory", torch.zeros(1, 2, 12, 12))

    def forward(self, x: Tensor) -> Any:
        self.memory.data[:, :, 2:] = self.a(x)[:, :, 2:]
        return self.memory * 1


def test_what_is_written_past_records_is_followed() -> None:
    module = Remembers()
    assert [node.op for node in read_module(module, input=(12, 12)).network.nodes] == ["conv", "slice", "pad"]
    assert not module.memory.any()


def test_sizes_are_tried_without_export(exports: list[Any]) -> None:
    with pytest.raises(TargetError, match="cannot run the module on an example input"):
        rf.analyze(nn.Sequential(nn.Conv2d(3, 3, 3), nn.Flatten(), nn.Linear(5, 5)))
    assert exports == []


def written_out(module: Any, x: Tensor) -> Any:
    y = module.a(x)
    torch.add(y, module.b(x), out=y)
    return y


def asks_for_its_device(module: Any, x: Tensor) -> Any:
    assert x.device == module.a.weight.device
    return module.b(module.a(x))


@pytest.mark.parametrize("function", [written_out, asks_for_its_device])
def test_what_cannot_be_recorded_is_exported(function: Callable[..., Any], exports: list[Any]) -> None:
    analysis = rf.analyze(net(function, a=conv(), b=conv(kernel=5)), input=(16, 16))
    assert analysis.output.size in ((5, 5), (7, 7))
    assert len(exports) == 1


def test_a_branch_on_the_data_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="its control flow depends on the data"):
        rf.analyze(Function(lambda s, x: s.a(x) if x.mean() > 0 else x, a=conv()), input=(8, 8))


def test_names_may_hide_methods() -> None:
    module = Shadows()
    before = dict(vars(module))
    assert rf.analyze(module).output.size == (7, 7)
    assert vars(module) == before
    assert vars(module)["modules"] == []
    assert module.a.training


def test_a_module_may_look_for_names_itself() -> None:
    assert rf.analyze(Asks()).output.size == (5, 5)


def test_what_forward_keeps_is_forgotten() -> None:
    module = Keeps()
    rf.analyze(module, input=(8, 8))
    assert (module.ramp, module.by_size, module.seen) == (None, {}, [])
    assert module.calls == 0
    assert not module.table.any()
    assert list(dict(module.named_buffers())) == ["calls", "table"]
    assert module(torch.rand(1, 2, 8, 8)).shape == (1, 2, 8, 8)


def test_random_numbers_go_on_as_before() -> None:
    module = net(lambda s, x: s.a(x) + torch.rand(1, 2, 8, 8), a=conv())
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    rf.analyze(module, input=(8, 8))
    assert torch.equal(torch.rand(2), expected)


def test_constants_need_no_device_where_weights_have_no_data() -> None:
    with torch.device("meta"):
        module = Constants()
    assert rf.analyze(module, input=(16, 16)).output.size == (7, 7)


class Masked(nn.Module):
    """A kernel that is multiplied by a mask, half of which is zero."""

    mask: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.a = conv()
        self.register_buffer("mask", torch.tensor([1.0, 1.0, 0.0]).expand(2, 2, 3, 3).clone())

    def forward(self, x: Tensor) -> Any:
        return nn.functional.conv2d(x, self.a.weight * self.mask, padding=1)


def test_the_values_of_constants_are_at_hand() -> None:
    module = Masked()
    image = torch.rand(1, 2, 8, 8)
    program = record(module, [image])
    [call] = [call for call in program.calls if call.name == "conv2d"]
    assert torch.equal(program.constants[call.arguments["weight"].key], module.a.weight * module.mask)
    assert call.arguments["input"].key not in program.constants
    with torch.device("meta"):
        module = Masked()
    assert all(one.is_meta for one in record(module, [image]).constants.values())


def test_a_constant_that_was_written_into_is_not_what_it_was() -> None:
    def forward(module: Any, x: Tensor) -> Any:
        made = torch.ones(1, 2, 8, 8)
        made[:, :, 2:] = 0
        return module.a(x) * made

    with evaluating(module := net(forward, a=conv())):
        program = record(module, [torch.rand(1, 2, 8, 8)])
    [call] = [call for call in program.calls if call.name == "mul"]
    assert call.arguments["other"].key not in program.constants


def test_nodes_know_the_line_that_they_were_called_in() -> None:
    nodes = read_module(net(asks_twice, a=conv()), input=(8, 8)).network.nodes
    first = asks_twice.__code__.co_firstlineno
    assert [node.origin and (Path(node.origin.file).name, node.origin.row) for node in nodes] == [
        ("test_recorder.py", first + 1),
        ("test_recorder.py", first + 2),
    ]
    [node] = read_module(nn.Sequential(conv()), input=(8, 8)).network.nodes
    assert node.origin is None


def asks_twice(module: Any, x: Tensor) -> Any:
    y = module.a(x)
    return module.a(y)


_QUICK: dict[str, Callable[[Tensor], Tensor]] = {
    **{name: getattr(torch, name) for name in ("relu", "sigmoid", "tanh", "exp", "sqrt", "rsqrt")},
    **{
        name: getattr(nn.functional, name)
        for name in ("relu6", "gelu", "silu", "hardswish", "hardsigmoid", "hardtanh", "leaky_relu", "elu", "mish")
    },
    **{name: getattr(torch.Tensor, name) for name in ("relu_", "sigmoid_")},
    "add": lambda x: x + x,
    "mul": lambda x: 2 * x,
    "sub_": lambda x: x.clone().sub_(x),
    "cat": lambda x: torch.cat([x, x, x], -2),
    "conv1d": nn.Sequential(nn.Flatten(0, 1), nn.Conv1d(6, 4, 3, stride=2, padding=1)),
    "conv2d": nn.Conv2d(4, 6, (2, 3), stride=(1, 2), padding=(0, 3), dilation=2, groups=2),
    "conv3d": nn.Sequential(nn.Unflatten(1, (1, 4)), nn.Conv3d(1, 2, 3, dilation=(1, 2, 1))),
    "conv_transpose2d": nn.ConvTranspose2d(4, 6, 3, (2, 3), 1, (1, 2), groups=2, dilation=2),
    "softplus": nn.functional.softplus,
    "batch_norm": nn.BatchNorm2d(4).eval(),
    "layer_norm": nn.LayerNorm([4, 6, 5]),
    "group_norm": nn.GroupNorm(2, 4),
    "linear": nn.Linear(5, 7),
    "upsample_nearest2d": nn.Upsample(scale_factor=(1.5, 2)),
    "upsample_bilinear2d": nn.Upsample(size=(9, 4), mode="bilinear"),
    "upsample_bicubic2d": nn.Upsample(scale_factor=1.3, mode="bicubic"),
}


@pytest.mark.parametrize("name", _QUICK)
def test_quick_results_are_what_torch_makes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []
    whole = quick.result

    def noted(called: str, given: Any) -> Any:
        asked.append((called, whole(called, given)))
        return asked[-1][1]

    monkeypatch.setattr(quick, "result", noted)
    image = torch.rand(2, 4, 6, 5)
    expected = _QUICK[name](image)
    record(Function(lambda _, x: _QUICK[name](x)), [image])
    [made] = [made for called, made in asked if called == name]
    assert made is not None
    assert (made.shape, made.dtype) == (expected.shape, expected.dtype)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("options", [{}, {"batch_first": True, "bidirectional": True, "num_layers": 2}])
def test_recurrent_layers_are_not_run_step_by_step(kind: Callable[..., nn.Module], options: dict[str, Any]) -> None:
    layer, image = kind(5, 3, **options), torch.rand(7, 4, 5)
    program = record(layer, [image])
    with torch.no_grad():
        made, state = layer(image)
    states = state if isinstance(state, tuple) else (state,)
    assert [one.shape for one in program.outputs] == [tuple(one.shape) for one in (made, *states)]
    long = record(kind(5, 3, **options), [torch.rand(2**20, 1, 5)])
    assert len(long.calls) == len(program.calls)


@pytest.mark.parametrize(
    "module",
    [
        nn.BatchNorm2d(3).eval(),
        nn.LayerNorm(4),
        nn.GroupNorm(3, 6),
        nn.Linear(4, 2),
        nn.Upsample(size=(3,)),
        nn.Conv2d(4, 4, 7),
    ],
)
def test_what_torch_refuses_is_refused(module: nn.Module) -> None:
    for given in (torch.rand(2, 4, 6, 5), torch.rand(2, 4, 6, 5, device="meta")):
        with pytest.raises((RuntimeError, ValueError)):
            record(module, [given]) if given.is_meta else module(given)

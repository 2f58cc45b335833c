"""Gradients of modules whose weights say what they must be, and what is left as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import rfscope as rf
from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.measured import EffectiveField
from rfscope.measured.samples import noise, of_arrays
from rfscope.measuring import Wanted, measure
from rfscope.measuring.subject import read_subject

Array = np.ndarray[Any, Any]


def measured(
    module: nn.Module, size: Sequence[int], images: int = 2, wanted: Wanted | None = None, **options: Any
) -> EffectiveField:
    subject = read_subject(module, name="net", input=tuple(size), **options)
    shape = subject.captured.program.inputs[subject.captured.of].shape[1:]
    return measure(module, subject, noise(images, shape, 0), wanted or Wanted(device="cpu"))


def constant(*layers: nn.Module) -> nn.Module:
    found = nn.Sequential(*layers)
    for weight in found.parameters():
        weight.data.fill_(1)
    return found


def conv(dims: int, kernel: int = 3, **options: Any) -> nn.Module:
    kind: Any = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[dims - 1]
    made: nn.Module = kind(1, 1, kernel, bias=False, **options)
    return made


class DeadBranch(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.dead, self.b = conv(2, padding=1), conv(2, 9, padding=4), conv(2, padding=2, dilation=2)

    def forward(self, x: torch.Tensor) -> Any:
        self.dead(x)
        return self.b(self.a(x))


class Branches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = conv(2, padding=1), conv(2, 5, padding=4, dilation=2), conv(2, padding=1)

    def forward(self, x: torch.Tensor) -> Any:
        return self.c(self.a(x) + self.b(x) + x)


CONSTANT: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "1-D": (lambda: constant(conv(1, 2, dilation=1), conv(1, 2, dilation=2), conv(1, 3, padding=4, dilation=4)), (40,)),
    "2-D with holes": (lambda: constant(*(conv(2, padding=rate, dilation=rate) for rate in (2, 4, 8))), (40, 37)),
    "3-D": (lambda: constant(conv(3, padding=1), conv(3, padding=2, dilation=2)), (10, 9, 8)),
    "strided": (lambda: constant(conv(2, stride=2), nn.AvgPool2d(2), conv(2, padding=1)), (41, 38)),
    "behind up-sampling": (lambda: constant(conv(2, stride=2), nn.ConvTranspose2d(1, 1, 4, 2, bias=False)), (21, 22)),
    "nearest": (lambda: constant(conv(2, stride=2), nn.Upsample(scale_factor=2), conv(2, padding=1)), (21, 22)),
    "at a border": (lambda: constant(*(conv(2, padding=rate, dilation=rate) for rate in (1, 2, 5))), (12, 12)),
    "a dead branch": (lambda: constant(DeadBranch()), (20, 20)),
    "branches": (lambda: constant(Branches()), (20, 20)),
    "identity": (lambda: constant(conv(2, 1)), (9, 9)),
}  # fmt: skip


@pytest.mark.parametrize("shown", CONSTANT)
def test_with_constant_weights_the_map_is_that_of_the_counts(shown: str) -> None:
    build, size = CONSTANT[shown]
    found = measured(build().double(), size)
    assert found.counts is not None
    assert np.abs(found.e1 / found.e1.sum() - found.counts).max() < 1e-12
    assert found.outside.kind == "none"
    assert found.exact is not None
    assert ((found.counts > 0) == found.exact).all()


def test_at_a_corner_counts_are_clipped_as_the_gradient_is() -> None:
    build, size = CONSTANT["at a border"]
    found = measured(build().double(), size, at=(0, 11))
    assert (found.at, found.frame) == ((0, 11), ((-8, 17), (3, 17)))
    assert np.abs(found.e1 / found.e1.sum() - found.counts).max() < 1e-12


def over_all_paths(lines: Sequence[Array], length: int, rates: Sequence[int], at: int) -> Array:
    """The gradient of one output of a linear chain by its paths: products of weights, one layer after the other."""
    reach = {at: 1.0}
    for weights, rate in zip(reversed(lines), reversed(rates), strict=True):
        further: dict[int, float] = {}
        for place, product in reach.items():
            for tap, weight in enumerate(weights):
                there = place + (tap - len(weights) // 2) * rate
                if 0 <= there < length:
                    further[there] = further.get(there, 0.0) + product * float(weight)
        reach = further
    found = np.zeros(length)
    for place, product in reach.items():
        found[place] = product
    return found


@pytest.mark.parametrize("rates", [(1, 2, 5), (2, 2), (1, 3, 9), (4, 1)], ids=str)
def test_a_linear_network_sums_over_its_paths(rates: tuple[int, ...]) -> None:
    torch.manual_seed(3)
    net = nn.Sequential(*(conv(1, padding=rate, dilation=rate) for rate in rates)).double()
    lines = [weight.detach().numpy()[0, 0] for weight in net.parameters()]
    found = measured(net, (30,))
    wanted = over_all_paths(lines, 30, rates, 15)
    assert found.e1 == pytest.approx(np.abs(wanted), abs=1e-14)
    assert found.e2 == pytest.approx(wanted**2, abs=1e-14)


def test_a_linear_network_in_2d_is_a_convolution_of_its_kernels() -> None:
    torch.manual_seed(4)
    net = nn.Sequential(conv(2, padding=1), conv(2, 5, padding=2)).double()
    first, second = (weight.detach().numpy()[0, 0] for weight in net.parameters())
    whole = np.zeros((7, 7))
    for row in range(5):
        for column in range(5):
            whole[row : row + 3, column : column + 3] += second[row, column] * first
    found = measured(net, (17, 17))
    assert found.e1[5:12, 5:12] == pytest.approx(np.abs(whole), abs=1e-14)
    assert found.e1.sum() == pytest.approx(np.abs(whole).sum())


def test_channels_are_weighted_with_signs_ones_or_what_is_positive() -> None:
    net = nn.Sequential(nn.Conv2d(1, 6, 1, bias=False)).double()
    torch.manual_seed(0)
    net[0].weight.data.copy_(torch.arange(1, 7).reshape(6, 1, 1, 1))  # type: ignore[operator]
    assert measured(net, (5, 5), wanted=Wanted(cotangent="sum")).e1[2, 2] == pytest.approx(21)
    signed = [measured(net, (5, 5), 1, Wanted(seed=seed)).e1[2, 2] for seed in range(6)]
    assert all(one % 2 == pytest.approx(1) for one in signed)  # 1 to 6 with signs add up to odd numbers
    assert len(set(signed)) > 1
    positive = measured(net, (5, 5), 4, Wanted(cotangent="relu"))
    share = np.mean([noise(4, (1, 5, 5), 0)[place][0, 2, 2] > 0 for place in range(4)])
    assert positive.e1[2, 2] == pytest.approx(21 * share)
    assert positive.positive is not None
    assert positive.positive[2, 2] == pytest.approx(21 * share)


def test_behind_a_norm_of_channels_the_plain_sum_is_rounding_and_signs_are_not() -> None:
    class Normed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.LayerNorm(8)

        def forward(self, x: torch.Tensor) -> Any:
            return self.norm(self.a(x).permute(0, 2, 3, 1))

    torch.manual_seed(0)
    net = Normed()
    by_signs = measured(net, (9, 9))
    try:
        by_sum = float(measured(net, (9, 9), wanted=Wanted(cotangent="sum")).e1.sum())
    except UnsupportedError as error:  # where rounding leaves exactly 0
        by_sum = 0.0 if "give signs" in str(error) else 1.0
    assert by_sum < 1e-4 * by_signs.e1.sum()
    assert by_signs.outside.kind == "none"  # the positions lie before the channels, and are found there


def test_the_same_seed_gives_the_same_and_batches_do_not_matter() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Conv2d(4, 4, 3))
    first, again = (measured(net, (12, 12), 5) for _ in range(2))
    assert (first.e2 == again.e2).all()
    together = measured(net, (12, 12), 5, Wanted(batch=2))
    assert together.batch == 2
    assert together.e2 == pytest.approx(first.e2, rel=1e-4)
    assert (measured(net, (12, 12), 5, Wanted(seed=1)).e2 != first.e2).any()


def test_statistics_of_a_batch_are_not_those_of_several_images() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2, track_running_stats=False))
    assert measured(net, (9, 9), 4, Wanted(batch=4)).batch == 1


def test_the_module_is_left_as_it_was() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(), nn.Conv2d(2, 2, 3)).train()
    net[3].requires_grad_(requires_grad=False)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state = torch.random.get_rng_state()
    with torch.no_grad():
        measured(net, (12, 12))
    assert all(part.training for part in net.modules())
    assert [weight.requires_grad for weight in net.parameters()] == [True] * 4 + [False] * 2
    assert all(weight.grad is None for weight in net.parameters())
    assert all(bool((value == before[name]).all()) for name, value in net.state_dict().items())
    assert bool((torch.random.get_rng_state() == state).all())


def test_an_inner_module_is_measured_and_not_what_is_behind_it() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1), nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.ReLU()), nn.MaxPool2d(4)
    )
    found = measured(net, (16, 16), node="1", at=(3, 4))
    assert (found.node, found.at, found.frame) == ("1", (3, 4), ((1, 5), (2, 5)))
    assert found.outside.kind == "none"


def test_where_float32_vanishes_float64_is_taken() -> None:
    net = constant(*(conv(1, padding=1) for _ in range(40)))
    for weight in net.parameters():
        weight.data.fill_(1e-2)
    found = measured(net, (30,))
    assert found.dtype == "float64"
    assert np.abs(found.e1 / found.e1.sum() - found.counts).max() < 1e-12


class Deciding(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 3, 3, padding=1)

    def forward(self, x: torch.Tensor) -> Any:
        return self.a(x).argmax(1, keepdim=True)


class Detached(Deciding):
    def forward(self, x: torch.Tensor) -> Any:
        with torch.no_grad():
            return self.a(x)


def with_nan() -> nn.Module:
    net = nn.Conv2d(1, 2, 3)
    net.weight.data[0, 0, 0, 0] = float("nan")
    return net


def dead() -> nn.Module:
    first = conv(2)
    net = constant(first, nn.ReLU(), conv(2))
    next(first.parameters()).data.zero_()
    return net


@pytest.mark.parametrize(
    ("build", "options", "said"),
    [
        pytest.param(Deciding, {}, "the output has no gradient at a: got integers, such as of argmax", id="argmax"),
        pytest.param(Detached, {}, "the output has no gradient at a: got a constant", id="no gradients"),
        pytest.param(with_nan, {}, "gradients are no numbers at noise 0: got the same in float64", id="NaN"),
        pytest.param(dead, {}, "the gradient vanishes", id="nothing gets through"),
        pytest.param(dead, {"node": "7"}, "unknown layer", id="no such node"),
        pytest.param(dead, {"at": (99, 0)}, "no such output position", id="no such position"),
        pytest.param(dead, {"wanted": Wanted(cotangent="max")}, "bad cotangent: got 'max'", id="cotangent"),
        pytest.param(dead, {"wanted": Wanted(batch=0)}, "bad batch: got 0", id="batch"),
        pytest.param(dead, {"wanted": Wanted(seed=-1)}, "bad seed: got -1", id="seed"),
        pytest.param(dead, {"wanted": Wanted(device="tpu")}, "unknown device: got 'tpu'", id="device"),
    ],
)
def test_what_cannot_be_measured(build: Callable[[], nn.Module], options: dict[str, Any], said: str) -> None:
    with pytest.raises(RfscopeError) as refused:
        measured(build(), (12, 12), **options)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_module_that_fails_on_its_images_is_told_in_a_line() -> None:
    class Failing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Conv2d(1, 1, 3)

        def forward(self, x: torch.Tensor) -> Any:
            made = self.a(x)
            if made.device.type != "meta" and float(functional.relu(made.detach()).sum()) >= 0:
                msg = "not\nthis one"
                raise ValueError(msg)
            return made

    with pytest.raises(UnsupportedError, match=r"does not run on these images at net: got ValueError: not this one"):
        measured(Failing(), (9, 9))


def test_images_are_checked() -> None:
    with pytest.raises(RfscopeError, match="too few images at images: got 0"):
        of_arrays([], None, (1, 4, 4), "images")
    with pytest.raises(RfscopeError, match="too few images at images: got 2, expected 3 or more"):
        of_arrays(np.zeros((2, 1, 4, 4)), 3, (1, 4, 4), "images")
    with pytest.raises(RfscopeError, match="bad images at image 0: got 3x4x4, expected an array of"):
        of_arrays(np.zeros((2, 3, 4, 4)), None, (1, 4, 4), "images")
    with pytest.raises(RfscopeError, match="bad images: got int"):
        of_arrays(3, None, (1, 4, 4), "images")
    broken = of_arrays(np.full((1, 1, 4, 4), np.nan), None, (1, 4, 4), "images")
    with pytest.raises(RfscopeError, match="no number at image 0: got NaN"):
        broken[0]


@pytest.mark.parametrize(
    "images",
    [torch.ones(3, 1, 12, 20), [np.ones((1, 12, 20))] * 3, np.ones((3, 12, 20))],
    ids=["tensor", "list", "bare"],
)
def test_arrays_say_the_size_of_the_input(images: Any) -> None:
    found = rf.erf(conv(2, padding=1), images, device="cpu")
    assert (found.input, found.samples) == ((12, 20), 3)

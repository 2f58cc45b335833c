"""No gradient lies outside the exact field: a proof on a module's own weights, on modules at random and on known ones.

Set RFSCOPE_ERF_MODULES for a longer run.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest
import torch
from torch import nn

from rfscope.errors import UnsupportedError
from rfscope.measured import EffectiveField
from rfscope.measured.samples import noise
from rfscope.measuring import Wanted, measure
from rfscope.measuring.subject import read_subject
from rfscope.network.reads import Window
from rfscope.readers.tracing import spatial
from tests.readers.torch.modules import MODULES
from tests.readers.torch.random_idiom_modules import RandomIdioms
from tests.readers.torch.random_modules import RandomModule

_MANY = int(os.environ.get("RFSCOPE_ERF_MODULES", "12"))
_PARTS = 3


def measured(module: nn.Module, size: tuple[int, ...], images: int = 1, **options: Any) -> EffectiveField:
    subject = read_subject(module, name="net", input=size, **options)
    shape = subject.captured.program.inputs[subject.captured.of].shape[1:]
    return measure(module, subject, noise(images, shape, 0), Wanted(device="cpu"))


def is_proved(found: EffectiveField) -> bool:
    """Whether all that is outside is said to be, and nothing else is there."""
    outside = found.outside
    if outside.kind == "none":
        return outside.share == 0
    if outside.kind == "through":
        return outside.held == 0 and bool(outside.through)
    return outside.kind == "global"


class Rectified(RandomModule):
    """Random steps with ReLUs between them."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for place, step in enumerate(self._steps):
            x = step(self, torch.relu(x) if place else x)
        return x


def random_module(seed: int) -> Any:
    """Steps as they are, with ReLUs between them, or idioms such as attention."""
    torch.manual_seed(seed)
    return (RandomModule, Rectified, Rectified, RandomIdioms)[seed % 4](Random(seed))


@pytest.mark.parametrize("part", range(_PARTS))
def test_random_modules_have_no_gradient_outside(part: int) -> None:
    for seed in range(part, _MANY, _PARTS):
        module = random_module(seed)
        try:
            found = measured(module, module.size)
        except UnsupportedError as error:  # a random module whose ReLUs are all closed, or whose middle is padding
            if "vanishes" not in str(error) and "reads nothing" not in str(error):
                raise
            continue
        assert is_proved(found), (seed, module.words, found.outside)


@pytest.mark.parametrize(
    "shown", ["squeeze and excite", "group norm", "instance norm", "window attention", "a class token"]
)
def test_modules_with_global_operations_and_windows(shown: str) -> None:
    build, size = MODULES[shown]
    torch.manual_seed(0)
    assert is_proved(measured(build(), size))


def test_what_comes_through_a_gate_is_named_and_goes_away_when_the_gate_is_held() -> None:
    build, size = MODULES["squeeze and excite"]
    torch.manual_seed(0)
    found = measured(build(), size, images=3)
    assert found.outside.kind == "through"
    assert 0 < (found.outside.share or 0) < 1
    assert found.outside.held == 0
    assert found.outside.through == ("global",)


def test_a_module_whose_output_is_global_has_no_frame() -> None:
    build, size = MODULES["a classifier"]
    found = measured(build(), size)
    assert (found.outside.kind, found.exact, found.frame, found.counts, found.at) == ("global", None, None, None, ())
    assert found.counts_unknown == "a global output has no path counts"


def test_an_operation_that_is_not_known_makes_it_a_lower_bound() -> None:
    class Sampled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(1, 2, 3, padding=1)

        def forward(self, x: torch.Tensor) -> Any:
            grid = torch.tanh(self.b(x)).permute(0, 2, 3, 1)
            return self.a(nn.functional.grid_sample(x, grid, align_corners=False))

    found = measured(Sampled(), (12, 12))
    assert found.outside.kind == "lower bound"


def forget_dilation(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spatial.read_axes

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        padded = [replace(read, dilation=1, padding=(1, 1)) if isinstance(read, Window) else read for read in reads]
        return right(tracer, value, op, padded, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wrong)


def test_a_reader_that_forgets_the_dilation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    build, size = MODULES["a shared module"]
    assert is_proved(measured(build(), size))
    forget_dilation(monkeypatch)
    found = measured(build(), size)
    assert found.outside.kind == "fault"
    assert found.outside.place is not None
    assert found.exact is not None
    assert not found.exact[found.outside.place]
    assert found.e2[found.outside.place] > 0


def test_a_reader_that_is_wrong_behind_a_gate_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spatial.read_axes

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        moved = [
            replace(read, padding=(read.padding[0] + 1, read.padding[1] - 1)) if op == "conv" else read
            for read in reads
        ]
        return right(tracer, value, op, moved, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wrong)
    build, size = MODULES["squeeze and excite"]
    torch.manual_seed(0)
    assert measured(build(), size).outside.kind == "fault"


class Taking(nn.Module):
    """A gate from a result whose parts have names."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x: torch.Tensor) -> Any:
        x = self.a(x)
        return self.b(x * torch.sigmoid(x.flatten(2).max(-1).values[:, :, None, None]))


@dataclass
class Record:
    """What some modules return."""

    logits: Any


class Recording(Taking):
    def forward(self, x: torch.Tensor) -> Any:
        return Record(super().forward(x))


@pytest.mark.parametrize("kind", [Taking, Recording])
def test_results_with_names(kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    found = measured(kind(), (12, 12))
    assert found.outside.kind == "through"
    assert is_proved(found)


@pytest.mark.parametrize("far", [[False, True], [False, True, True, True]], ids=["gone", "there again"])
def test_a_module_that_changes_from_run_to_run_is_neither_accused_nor_taken_for_rounding(far: list[bool]) -> None:
    turns = iter(list[bool]())

    class Changing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.near, self.far = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(1, 2, 7, padding=3)

        def forward(self, x: torch.Tensor) -> Any:
            return (self.far if next(turns, False) else self.near)(x)

    module = Changing()
    subject = read_subject(module, name="net", input=(16, 16))
    turns = iter(far)
    outside = measure(module, subject, noise(2, (1, 16, 16), 0), Wanted(device="cpu")).outside
    assert outside.kind == "unchecked"
    assert outside.share is not None
    assert outside.share > 0.1


def test_a_module_that_runs_in_float32_alone_is_judged_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fixed(nn.Module):
        def forward(self, x: torch.Tensor) -> Any:
            return nn.functional.conv2d(x, torch.ones(1, 1, 3, 3), padding=2, dilation=2)

    forget_dilation(monkeypatch)
    assert measured(Fixed(), (12, 12)).outside.kind == "fault"

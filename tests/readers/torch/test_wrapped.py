"""Modules inside of wrappers, modules that are no Python, and factories that are no functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import rfscope as rf


def net() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=2, dilation=2), nn.ReLU(), nn.Upsample(scale_factor=2.0), nn.Conv2d(4, 4, 3)
    ).eval()


def compiled() -> Any:
    return torch.compile(net(), backend="eager")


class Inside(nn.Module):
    """Wrapped modules as parts of another one."""

    def __init__(self) -> None:
        super().__init__()
        self.body = compiled()
        self.head = nn.DataParallel(nn.Conv2d(4, 4, 3))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.head(self.body(x))
        return found


WRAPPED: dict[str, Callable[[], nn.Module]] = {
    "compiled": compiled,
    "compiled in place": lambda: _compiled_in_place(net()),
    "data parallel": lambda: nn.DataParallel(net()),
    "both": lambda: nn.DataParallel(compiled()),
}


def _compiled_in_place(module: nn.Module) -> nn.Module:
    module.compile(backend="eager")
    return module


@pytest.mark.parametrize("shown", WRAPPED)
def test_a_wrapped_module_is_the_module_in_it(shown: str) -> None:
    module = WRAPPED[shown]()
    analysis = rf.analyze(module)
    assert (analysis.name, analysis.output.size) == ("Sequential", (6, 6))
    assert [node.name for node in analysis.network.nodes] == ["0", "2", "3"]


def test_a_wrapped_module_is_verified() -> None:
    found = rf.verify(WRAPPED["both"](), input=(24, 24))
    assert found.equal
    assert found.module is not None


def test_wrapped_modules_may_be_parts() -> None:
    assert rf.analyze(Inside()).output.size == (7, 7)


SCRIPTED: dict[str, Callable[[], nn.Module]] = {
    "scripted": lambda: torch.jit.script(net()),
    "traced": lambda: torch.jit.trace(net(), torch.zeros(1, 3, 24, 24)),  # type: ignore[no-untyped-call]
    "a part": lambda: nn.Sequential(torch.jit.script(net())),
}


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")
@pytest.mark.parametrize("shown", SCRIPTED)
def test_torchscript_is_read_by_its_operations(shown: str) -> None:
    analysis, plain = rf.analyze(SCRIPTED[shown](), input=(24, 24)), rf.analyze(net(), input=(24, 24))
    assert [node.op for node in analysis.network.nodes] == [node.op for node in plain.network.nodes]
    assert analysis.output.axes == plain.output.axes
    assert rf.verify(SCRIPTED[shown](), input=(24, 24)).equal


class Net(nn.Sequential):
    def __init__(self, width: int, rate: int = 1) -> None:
        super().__init__(nn.Conv2d(3, width, 3, dilation=rate))

    @classmethod
    def wide(cls, rate: int = 1) -> Net:
        return cls(64, rate)


half, dilated, parallel = partial(Net, 8), partial(Net, rate=5), nn.DataParallel(Net(4, 3))


@pytest.mark.parametrize(
    ("name", "arguments", "size"),
    [("half", None, 3), ("dilated", [8], 11), ("parallel", None, 7), ("Net.wide", {"rate": 2}, 5)],
)
def test_factories_of_every_kind(name: str, arguments: Any, size: int) -> None:
    assert rf.analyze(f"{__name__}:{name}", arguments=arguments).output.size == (size, size)


class Layered(nn.Module):
    """Layers in a list, each with the places of those before it that it reads, as networks built from YAML have."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[tuple[nn.Module, int | list[int]]] = [
            (nn.Conv2d(3, 4, 3, stride=2, padding=1), -1),
            (nn.Conv2d(4, 4, 3, padding=1), -1),
            (nn.Conv2d(4, 4, 3, stride=2, padding=1), -1),
            (nn.Upsample(scale_factor=2.0), -1),
            (Joined(), [-1, 1]),
            (Heads(), [4, 2]),
        ]
        self.model = nn.ModuleList([layer for layer, _ in layers])
        self.sources = [source for _, source in layers]

    def forward(self, x: Tensor) -> list[Tensor]:
        made: list[Tensor] = []
        y: Tensor | list[Tensor] = x
        for layer, source in zip(self.model, self.sources, strict=True):
            if source != -1:
                places = [source] if isinstance(source, int) else source
                y = [made[place] for place in places]
            y = layer(y)
            made.append(y)  # type: ignore[arg-type]  # the last one is a list, and nobody reads it
        return y  # type: ignore[return-value]  # as said


class Joined(nn.Module):
    def forward(self, parts: list[Tensor]) -> Tensor:
        return torch.cat(parts, 1)


class Heads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList([nn.Conv2d(8, 2, 1), nn.Conv2d(4, 2, 3, padding=1)])

    def forward(self, parts: list[Tensor]) -> list[Tensor]:
        return [head(part) for head, part in zip(self.heads, parts, strict=True)]


def test_layers_that_take_lists_of_earlier_outputs() -> None:
    analysis = rf.analyze(Layered())
    assert [output.node for output in analysis.outputs] == ["model.5.heads.0", "model.5.heads.1"]
    assert [output.axes[0].size_max for output in analysis.outputs] == [11, 19]
    assert rf.verify(Layered(), input=(32, 32)).equal

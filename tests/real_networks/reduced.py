"""A model of mmsegmentation whose gradient is the number of paths, or where there are any."""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from tests.real_networks.passing import PASSING, Passing

__all__ = ["PRIME", "built_model", "reduced", "seen_by", "stub_operators"]

PRIME = 33_554_393
"""Below 2^25, so that no sum over a kernel exceeds what float64 holds."""


def stub_operators() -> None:
    """Stand in for the compiled operators, which none of the models here runs."""
    folder = Path(import_module("mmcv").__file__ or "").parent
    stub: Any = types.ModuleType("mmcv.ops")
    stub.__path__ = [str(folder / "ops")]
    stub.__getattr__ = _operator
    sys.modules["mmcv.ops"] = stub
    warnings.simplefilter("ignore")


def _operator(name: str) -> Any:
    """Criss-cross attention is plain torch; nothing else is run."""
    if name.startswith("__"):
        raise AttributeError(name)
    if name == "CrissCrossAttention":
        return import_module("mmcv.ops.cc_attention").CrissCrossAttention
    return type(name, (nn.Module,), {"__init__": lambda self, *_args, **_words: nn.Module.__init__(self)})


def built_model(path: Path) -> nn.Module:
    import_module("mmengine.registry").init_default_scope("mmseg")
    config = import_module("mmengine.config").Config.fromfile(path).model
    _without_sync(config)
    config.pretrained = None
    config.data_preprocessor = None
    import_module("mmseg.models")  # registers what it defines
    model = import_module("mmseg.registry").MODELS.build(config)
    assert isinstance(model, nn.Module)
    return model.eval()


def _without_sync(config: Any) -> None:
    for value in config.values() if isinstance(config, dict) else config if isinstance(config, list | tuple) else ():
        _without_sync(value)
    if isinstance(config, dict) and config.get("type") == "SyncBN":
        config["type"] = "BN"


class _Sum(nn.Module):
    """A convolution of one channel with weights of 1, whose gradient is cut to what can be compared exactly."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self.stride, self.padding, self.dilation = layer.stride, layer.padding, getattr(layer, "dilation", 1)
        kernel = layer.kernel_size if isinstance(layer.kernel_size, tuple) else (layer.kernel_size,) * 2
        self.weight = torch.ones(1, 1, *kernel, dtype=torch.float64)
        self.ceil_mode = getattr(layer, "ceil_mode", False)
        self.enlarged = layer.output_padding if isinstance(layer, nn.ConvTranspose2d) else None
        self.counted = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.sum(1, keepdim=True)
        if self.ceil_mode:  # the stride is the kernel, and the last window is filled up
            short = [-length % kernel for length, kernel in zip(x.shape[2:], self.weight.shape[2:], strict=True)]
            x = nn.functional.pad(x, (0, short[1], 0, short[0]))
        if self.enlarged is None:
            y = nn.functional.conv2d(x, self.weight, None, self.stride, self.padding, self.dilation)
        else:
            places = (self.stride, self.padding, self.enlarged, 1, self.dilation)
            y = nn.functional.conv_transpose2d(x, self.weight, None, *places)
        if y.requires_grad:
            y.register_hook(self._cut)  # type: ignore[no-untyped-call]  # torch says so of itself
        return y

    def _cut(self, gradient: torch.Tensor) -> torch.Tensor:
        return gradient.remainder(PRIME) if self.counted else (gradient > 0).double()


class _Left(nn.Module):
    """A global operation: what passes through it is left out."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.detach().mean((2, 3), keepdim=True)


class _Joined(nn.Module):
    """A norm: behind a concatenation several channels enter it, which are one from here on."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum(1, keepdim=True)


class _One(nn.Module):
    """A weight that is made of the whole map."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.ones_like(x[:, :1])


def reduced(model: nn.Module) -> nn.Module:
    """The model with one channel and weights of 1; what passes through global operations is left out."""
    for parent, name, child in list(_children(model)):
        if type(child).__name__ in PASSING:
            setattr(parent, name, Passing(child))
    for parent, name, child in list(_children(model)):
        if isinstance(child, nn.Conv2d | nn.ConvTranspose2d | nn.MaxPool2d | nn.AvgPool2d):
            setattr(parent, name, _Sum(child))
        elif isinstance(child, nn.modules.batchnorm._BatchNorm):
            setattr(parent, name, _Joined())
        elif isinstance(child, nn.ReLU | nn.ReLU6 | nn.Dropout2d):
            setattr(parent, name, nn.Identity())
        elif isinstance(child, nn.AdaptiveAvgPool2d) and child.output_size in (1, (1, 1)):
            setattr(parent, name, _Left())
        elif isinstance(child, nn.Sigmoid):
            setattr(parent, name, _One())
    return model


def _children(model: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Module]]:
    for parent in list(model.modules()):
        for name, child in parent.named_children():
            yield parent, name, child


def _pooled(x: torch.Tensor, size: Any) -> torch.Tensor:
    """Adaptive pooling; what passes through a global one is left out."""
    found = _POOLED(x, size)
    return found.detach() if size in (1, (1, 1)) else found


_POOLED = nn.functional.adaptive_avg_pool2d


def seen_by(model: Any, size: tuple[int, ...], position: tuple[int, ...], *, counted: bool) -> Any:
    """The gradient of one score: counts modulo the prime, or where it is not 0."""
    for module in model.modules():
        if isinstance(module, _Sum):
            module.counted = counted
    image = torch.ones(1, 1, *size, dtype=torch.float64, requires_grad=True)
    with patch.object(nn.functional, "adaptive_avg_pool2d", _pooled):
        scores = model(image, mode="tensor")
    (scores[0] if isinstance(scores, tuple) else scores)[0, 0, *position].backward()
    assert image.grad is not None
    found = image.grad[0, 0].numpy()
    return found.astype(np.int64) % PRIME if counted else (found > 0).astype(np.int64)

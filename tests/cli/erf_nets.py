"""Small modules to measure, as a user's file has them."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

__all__ = ["chain", "deciding", "gated", "line", "volume"]


def chain(rates: str = "1,2,4", channels: int = 3) -> nn.Module:
    """Convolutions of some rates."""
    torch.manual_seed(0)
    layers: list[nn.Module] = []
    for rate in map(int, rates.split(",")):
        layers.append(nn.Conv2d(4 if layers else channels, 4, 3, padding=rate, dilation=rate))
    return nn.Sequential(*layers)


def line() -> nn.Module:
    """Two layers in time."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv1d(1, 2, 3, padding=1), nn.Conv1d(2, 1, 3, padding=2, dilation=2))


def volume() -> nn.Module:
    """One layer of three axes."""
    torch.manual_seed(0)
    return nn.Conv3d(1, 1, 3, padding=1)


class Deciding(nn.Module):
    """Its output is the number of a class."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> Any:
        """The class."""
        return self.a(x).argmax(1)


class Gated(nn.Module):
    """A layer, a gate of the whole map, a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.gate, self.b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> Any:
        """The gated map."""
        x = self.a(x)
        return self.b(x * torch.sigmoid(self.gate(x.mean((2, 3), keepdim=True))))


def deciding() -> nn.Module:
    """Classes."""
    return Deciding()


def gated() -> nn.Module:
    """A gate."""
    torch.manual_seed(0)
    return Gated()

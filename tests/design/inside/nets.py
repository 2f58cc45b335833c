"""Torch modules whose rates are changed."""

from __future__ import annotations

import torch  # noqa: TID253
from torch import nn  # noqa: TID253


class Shared(nn.Module):
    """A convolution that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 2, 3, padding=1)
        self.body = nn.Sequential(nn.Conv2d(2, 2, 3, padding=2, dilation=2), nn.ReLU())
        self.last = nn.Conv2d(2, 2, 3, padding=4, dilation=4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run it."""
        return self.last(self.body(self.body(self.stem(x))))  # type: ignore[no-any-return]


class Reflecting(nn.Module):
    """Padding that a node of its own stands for, and one in words."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 2, 3, padding="same", dilation=2)
        self.b = nn.Conv2d(2, 2, 3, padding=2, dilation=2, padding_mode="reflect")
        self.c = nn.Conv2d(2, 2, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run it."""
        return self.c(self.b(self.a(x))) + x  # type: ignore[no-any-return]


class Odd(nn.Module):
    """Layers whose rates cannot be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 2, 3, padding=1, stride=2)
        self.up = nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1)
        self.uneven = nn.Conv2d(2, 2, 3, padding=(1, 2), dilation=(1, 2))
        self.point = nn.Conv2d(2, 2, 1)
        self.plain = nn.Conv2d(2, 2, 3, padding=1)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(2, 2, 3, padding=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run it."""
        x = self.plain(self.point(self.uneven(self.up(self.down(x)))))
        return x * self.gate(x)  # type: ignore[no-any-return]

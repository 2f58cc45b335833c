"""Modules of sound, small, of the structure of published ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional


def _pad(before: int, mode: str) -> nn.Module:
    return nn.ReflectionPad1d((before, 0)) if mode == "reflect" else nn.ConstantPad1d((before, 0), 0.0)


class Residual(nn.Module):
    """Two causal convolutions, and past them the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.pad = _pad(2, "constant")
        self.first, self.second = nn.Conv1d(channels, channels, 3), nn.Conv1d(channels, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.second(functional.elu(self.first(self.pad(functional.elu(x)))))
        return x + made


def encoder(mode: str = "constant", strides: tuple[int, ...] = (2, 4, 5, 8)) -> nn.Module:
    """A causal encoder as EnCodec's, which pads by itself."""
    layers, channels = [_pad(6, mode), nn.Conv1d(1, 4, 7)], 4
    for stride in strides:
        down = nn.Conv1d(channels, channels + 2, 2 * stride, stride=stride)
        layers += [Residual(channels), nn.ELU(), _pad(stride, mode), down]
        channels += 2
    return nn.Sequential(*layers, nn.ELU(), _pad(6, mode), nn.Conv1d(channels, 8, 7))


class Up(nn.Module):
    """A transposed convolution cut at the end, as decoders have it; or at both, as Qwen3-Omni's code2wav."""

    def __init__(self, channels: int, rate: int, *, both: bool) -> None:
        super().__init__()
        self.up = nn.ConvTranspose1d(channels, channels, 2 * rate, stride=rate)
        self.cut, self.both = rate, both

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        up: torch.Tensor = self.up(x)
        return up[..., self.cut if self.both else 0 : up.shape[-1] - self.cut].contiguous()


def decoder(rates: tuple[int, ...] = (4, 2), *, both: bool = False) -> nn.Module:
    layers: list[nn.Module] = [_pad(6, "constant"), nn.Conv1d(2, 4, 7)]
    for rate in rates:
        layers += [nn.ELU(), Up(4, rate, both=both), Residual(4)]
    return nn.Sequential(*layers, nn.ELU(), _pad(6, "constant"), nn.Conv1d(4, 1, 7), nn.Tanh())


class Chomped(nn.Module):
    """A layer of a TCN: padded on both sides, and what lies ahead cut off again."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self.conv, self.cut = nn.Conv1d(2, 2, 3, padding=2 * rate, dilation=rate), 2 * rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + torch.relu(self.conv(x)[..., : -self.cut])


def tcn() -> nn.Module:
    return nn.Sequential(*map(Chomped, (1, 2, 4)))


def both_sides() -> nn.Module:
    up = nn.ConvTranspose1d(2, 2, 4, stride=2, padding=1)
    return nn.Sequential(nn.Conv1d(1, 2, 5, padding=2), nn.Tanh(), up, nn.Tanh(), nn.Conv1d(2, 1, 5, padding=2))


class Recurrent(nn.Module):
    """A recurrence over frames."""

    def __init__(self, *, both: bool = False) -> None:
        super().__init__()
        self.frames = nn.Conv1d(1, 4, 5, stride=2)
        self.lstm = nn.LSTM(4, 4, batch_first=True, bidirectional=both)

    def forward(self, x: torch.Tensor) -> Any:
        return self.lstm(self.frames(x).transpose(1, 2))[0].transpose(1, 2)


class Remembering(nn.Module):
    """A module that reads more than can be seen of it: what it is given depends on how long the signal is."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = self.conv(x)
        return made * x.shape[-1]


class Timed(nn.Module):
    """A convolution, and something that depends on the time since the signal began, on its length, or on chance."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind, self.table = kind, nn.Parameter(torch.randn(1, 2, 4096))
        self.conv = nn.Conv1d(1, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        made: torch.Tensor = TIMED[self.kind](self, self.conv(functional.pad(x, (2, 0))))
        return made


TIMED: dict[str, Callable[[Timed, torch.Tensor], torch.Tensor]] = {
    "a table of positions": lambda own, x: x + own.table[..., : x.shape[2]],
    "a counter": lambda _, x: x + torch.arange(x.shape[2]).to(x),
    "counted ones": lambda _, x: x + torch.ones_like(x).cumsum(2),
    "the length": lambda _, x: x / x.shape[2] ** 0.5,
    "a window over all": lambda _, x: x * torch.hann_window(x.shape[2]).to(x),
    "chance": lambda _, x: functional.dropout(x, training=True),
    "its end": lambda _, x: x[..., -8:],
    "its beginning": lambda _, x: x[..., :8],
    "ones": lambda _, x: x * torch.ones_like(x),
    "a weight for each channel": lambda own, x: x * own.table[..., :1],
}

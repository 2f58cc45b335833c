"""Six idioms of public repositories, each in a small module: what a reader of other people's code must get right.

The table of public networks (``tests/real_networks/public``) is run by hand; these stand for it in every run.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CausalBlocks", "HiddenModules", "MaskedStack", "RampedInput", "SideBySide", "Unpooled"]


class HiddenModules(nn.Module):
    """Layers in a list called ``modules``, which hides the method; parallel rates are added up from fine to coarse."""

    def __init__(self, rates: Sequence[int] = (1, 2, 4)) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.branches = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=rate, dilation=rate) for rate in rates)
        self.small = nn.AvgPool2d(3, stride=2, padding=1)
        self.mix = nn.Conv2d(4 * len(rates) + 3, 4, 1)
        self.modules = [self.reduce, *self.branches]  # type: ignore[assignment]  # as in the public code

    def forward(self, image: Tensor) -> Tensor:
        reduced = self.reduce(image)
        sums = [self.branches[0](reduced)]
        for branch in self.branches[1:]:
            sums.append(sums[-1] + branch(reduced))
        joined: Tensor = self.mix(torch.cat([*sums, self.small(image)], 1))
        return joined


class RampedInput(nn.Module):
    """Coordinates and zeros that ``forward`` makes anew, on no device in particular."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(5, 4, 3, stride=2, padding=1)
        self.second = nn.Conv2d(6, 6, 3, padding=2, dilation=2)

    def forward(self, image: Tensor) -> Tensor:
        count, _, high, wide = image.shape
        rows = torch.linspace(-1, 1, high).view(1, 1, high, 1).expand(count, 1, high, wide)
        columns = torch.arange(wide).float().view(1, 1, 1, wide).expand(count, 1, high, wide) / wide
        features = self.first(torch.cat([image, rows, columns], 1))
        none = torch.zeros(count, 2, features.shape[2], features.shape[3])
        filled = torch.cat([features, none], 1)
        result: Tensor = filled + self.second(filled)
        return result


class CausalBlocks(nn.Module):
    """A network over time whose weights are split into length and direction, and whose end is cut off after padding."""

    def __init__(self, rates: Sequence[int] = (1, 2, 4), kernel: int = 3) -> None:
        super().__init__()
        self.kernel, self.rates = kernel, tuple(rates)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # most public code for sound has the older function
            self.layers = nn.ModuleList(
                nn.utils.weight_norm(nn.Conv1d(3, 3, kernel, padding=(kernel - 1) * rate, dilation=rate))
                for rate in rates
            )

    def forward(self, sound: Tensor) -> Tensor:
        for rate, layer in zip(self.rates, self.layers, strict=True):
            sound = sound + torch.relu(layer(sound)[:, :, : -(self.kernel - 1) * rate])
        return sound


class _Masked(nn.Conv2d):
    """A convolution that reads what comes before, row by row; its mask is laid on the weight in every call."""

    mask: Tensor

    def __init__(self, own: int, out: int, kernel: int, *, center: bool) -> None:
        super().__init__(own, out, kernel, padding=kernel // 2)
        mask = torch.ones(kernel, kernel)
        mask[kernel // 2, kernel // 2 + center :] = 0
        mask[kernel // 2 + 1 :] = 0
        self.register_buffer("mask", mask)

    def forward(self, image: Tensor) -> Tensor:
        self.weight.data *= self.mask
        return super().forward(image)


class MaskedStack(nn.Module):
    """Pixels one after the other: half of the kernel is never read."""

    def __init__(self) -> None:
        super().__init__()
        self.first = _Masked(1, 4, 5, center=False)
        self.rest = nn.ModuleList(_Masked(4, 4, 3, center=True) for _ in range(2))

    def forward(self, image: Tensor) -> Tensor:
        image = self.first(image)
        for layer in self.rest:
            image = image + layer(torch.relu(image))
        return image


class Unpooled(nn.Module):
    """What a pool chose goes back to where it came from."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=2, dilation=2)
        self.last = nn.Conv2d(4, 2, 3, padding=1)
        self.pool, self.unpool = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)

    def forward(self, image: Tensor) -> Tensor:
        whole = self.first(image)
        small, places = self.pool(whole)
        result: Tensor = self.last(self.unpool(self.second(small), places, output_size=whole.shape))
        return result


class SideBySide(nn.Module):
    """Sound from coarse to fine: after each transposed convolution, stacks of other kernels and rates, averaged."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ModuleList(nn.ConvTranspose1d(3, 3, 2 * s, stride=s, padding=s // 2) for s in (4, 2))
        self.stacks = nn.ModuleList(
            nn.ModuleList(
                nn.Sequential(*(nn.Conv1d(3, 3, kernel, padding="same", dilation=rate) for rate in rates))
                for kernel, rates in ((3, (1, 2)), (5, (2, 6)), (7, (3, 9)))
            )
            for _ in self.up
        )
        self.last = nn.Conv1d(3, 1, 7, padding=3)

    def forward(self, sound: Tensor) -> Tensor:
        for up, stacks in zip(self.up, self.stacks, strict=True):
            sound = up(functional.leaky_relu(sound, 0.1))
            beside = [sound + stack(sound) for stack in cast("nn.ModuleList", stacks)]
            sound = sum(beside, torch.zeros(())) / len(beside)
        return torch.tanh(self.last(sound))

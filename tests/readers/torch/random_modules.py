"""Modules put together at random from all that a reader has to follow."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, ClassVar, TypeAlias

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["RandomModule"]

_SMALLEST = 6
_LARGEST = 40
_CHANNELS = 4


Step: TypeAlias = "Callable[[Any, Tensor], Any]"


class RandomModule(nn.Module):
    """Some random steps, one behind the other, several of them with branches.

    Attributes:
        size: Size of its input.
        words: What it consists of.
    """

    STEPS: ClassVar[tuple[str, ...]] = (
        *("conv", "strided", "depthwise", "padded", "pooled", "ceiled", "transposed", "resized", "shuffled", "cut"),
        *("windows", "residual", "written", "rolled", "cropped", "turned", "joined", "normed", "gated"),
    )

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random
        self.size = (random.randint(14, 20), random.randint(14, 20))
        self.layers = nn.ModuleList()
        self.words: list[str] = []
        self._steps: list[Step] = []
        now = torch.zeros(1, _CHANNELS, *self.size)
        with torch.no_grad():
            while len(self.words) < random.randint(3, 6):
                word = random.choice(self.STEPS)
                step = getattr(self, f"_{word}")(now.shape[-2:])
                try:
                    made = step(self, now)
                except RuntimeError:
                    continue  # a map too small for it
                if all(_SMALLEST <= length <= _LARGEST for length in made.shape[-2:]):
                    now = made
                    self.words.append(word)
                    self._steps.append(step)

    def forward(self, x: Tensor) -> Tensor:
        for step in self._steps:
            x = step(self, x)
        return x

    def _layer(self, layer: nn.Module) -> Step:
        """Call a layer of whatever copy of the module is running."""
        place = len(self.layers)
        self.layers.append(layer)
        return lambda net, x: net.layers[place](x)

    def _any_conv(self, **options: Any) -> Step:
        pick = self.random.choice
        kernel, rate = (pick((1, 2, 3, 5)), pick((1, 3))), pick((1, 1, 2, 3))
        padding = options.pop("padding", (pick((0, 1, 2)), pick((0, 1))))
        return self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, kernel, dilation=rate, padding=padding, **options))

    def _same_conv(self) -> Step:
        rate = self.random.choice((1, 2, 3))
        return self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, 3, dilation=rate, padding="same"))

    def _conv(self, _size: Any) -> Any:
        return self._any_conv()

    def _strided(self, _size: Any) -> Any:
        return self._any_conv(stride=self.random.choice((2, (1, 2), 3)))

    def _depthwise(self, _size: Any) -> Any:
        return self._any_conv(groups=_CHANNELS)

    def _padded(self, _size: Any) -> Any:
        mode = self.random.choice(("reflect", "replicate", "circular", "constant"))
        sides = [self.random.randint(0, 3) for _ in range(4)]
        return lambda _net, x: functional.pad(x, sides, mode=mode)

    def _pooled(self, _size: Any) -> Any:
        return self._layer(nn.MaxPool2d(3, self.random.choice((1, 2)), padding=1, dilation=self.random.choice((1, 2))))

    def _ceiled(self, _size: Any) -> Any:
        return self._layer(nn.AvgPool2d(self.random.choice((2, 3)), 2, ceil_mode=True))

    def _transposed(self, _size: Any) -> Any:
        kernel, more = self.random.randint(1, 4), self.random.choice((0, 1))
        return self._layer(nn.ConvTranspose2d(_CHANNELS, _CHANNELS, kernel, 2, output_padding=more))

    def _resized(self, size: Any) -> Any:
        mode = self.random.choice(("nearest", "bilinear", "bicubic"))
        wanted = [max(_SMALLEST, length + self.random.randint(-5, 9)) for length in size]
        corners = self.random.choice((True, False)) if mode != "nearest" else None
        return lambda _net, x: functional.interpolate(x, size=wanted, mode=mode, align_corners=corners)

    def _shuffled(self, _size: Any) -> Any:
        conv = self._layer(nn.Conv2d(1, _CHANNELS, 1))
        return lambda net, x: conv(net, functional.pixel_shuffle(x, 2))

    def _cut(self, size: Any) -> Any:
        """Blocks of 2x2 to channels, by slices or by view."""
        conv, by_view = self._layer(nn.Conv2d(4 * _CHANNELS, _CHANNELS, 1)), self.random.random() < 0.5
        height, width = (length // 2 * 2 for length in size)

        def step(net: Any, x: Tensor) -> Any:
            x = x[..., :height, :width]
            if by_view:
                cut = x.reshape(1, _CHANNELS, height // 2, 2, width // 2, 2).permute(0, 1, 3, 5, 2, 4)
                return conv(net, cut.reshape(1, 4 * _CHANNELS, height // 2, width // 2))
            return conv(net, torch.cat([x[..., a::2, b::2] for a in (0, 1) for b in (0, 1)], 1))

        return step

    def _windows(self, size: Any) -> Any:
        """Attention in windows, on a map padded to a multiple of them."""
        linear, width = self._layer(nn.Linear(_CHANNELS, 2 * _CHANNELS)), self.random.choice((2, 3, 4))
        more = [-length % width for length in size]
        tall, wide = ((length + rest) // width for length, rest in zip(size, more, strict=True))

        def step(net: Any, x: Tensor) -> Any:
            x = functional.pad(x, (0, more[1], 0, more[0]))
            rows = x.view(1, _CHANNELS, tall, width, wide, width).permute(0, 2, 4, 3, 5, 1)
            key, value = linear(net, rows.reshape(-1, width * width, _CHANNELS)).chunk(2, -1)
            seen = (key @ key.transpose(1, 2)).softmax(-1) @ value
            seen = seen.view(1, tall, wide, width, width, _CHANNELS).permute(0, 5, 1, 3, 2, 4)
            return seen.reshape(1, _CHANNELS, tall * width, wide * width)[..., : size[0], : size[1]]

        return step

    def _residual(self, _size: Any) -> Any:
        first, second = self._same_conv(), self._same_conv()
        return lambda net, x: x + second(net, torch.relu(first(net, x)))

    def _written(self, size: Any) -> Any:
        conv = self._same_conv()
        keeps = self.random.random() < 0.5
        first, last = self.random.randint(0, 2), size[0] - self.random.randint(1, 3)

        def step(net: Any, x: Tensor) -> Any:
            made = x.clone() if keeps else torch.zeros_like(x)
            made[:, :, first:last] = conv(net, x)[:, :, first:last]
            return made

        return step

    def _rolled(self, _size: Any) -> Any:
        shifts = (self.random.randint(-4, 4), self.random.randint(-4, 4))
        return lambda _net, x: torch.roll(x, shifts, (2, 3))

    def _cropped(self, size: Any) -> Any:
        top, left = self.random.randint(0, 2), self.random.randint(0, 2)
        return lambda _net, x: x[:, :, top : size[0] - 1, left:]

    def _turned(self, _size: Any) -> Any:
        conv = self._same_conv()
        return lambda net, x: conv(net, x.transpose(2, 3)).transpose(2, 3).flip(2)

    def _joined(self, _size: Any) -> Any:
        parts, mixed = [self._same_conv() for _ in range(2)], self._layer(nn.Conv2d(2 * _CHANNELS, _CHANNELS, 1))
        return lambda net, x: mixed(net, torch.cat([part(net, x) for part in parts], 1))

    def _normed(self, _size: Any) -> Any:
        kinds = [nn.BatchNorm2d(_CHANNELS), nn.GroupNorm(2, _CHANNELS), nn.InstanceNorm2d(_CHANNELS)]
        return self._layer(self.random.choice(kinds))

    def _gated(self, _size: Any) -> Any:
        conv = self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, 1))
        return lambda net, x: x * torch.sigmoid(conv(net, functional.adaptive_avg_pool2d(x, 1)))

"""Modules that people run on tiles, narrow, each with an image and a tile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody writes

__all__ = [
    "MODULES", "Case", "Global", "Milesial", "Pair", "Placed", "Same", "UNet", "half_as_large_again", "put_together",
    "up_and_down",
]  # fmt: skip


class Case(NamedTuple):
    """A module, an image, a tile, and what a plan must say of the first axis.

    Attributes:
        make: Makes the module.
        channels: Of the image.
        size: Of the image.
        tile: The largest size of a tile.
        lattice: Of the beginnings of tiles.
        begins: Where tiles begin along the first axis.
        inner: What an inner tile can keep along it.
    """

    make: Callable[[], nn.Module]
    channels: int
    size: tuple[int, ...]
    tile: tuple[int, ...]
    lattice: int
    begins: list[int]
    inner: tuple[int, int]


def _double(before: int, after: int, padding: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=padding), nn.ReLU(), nn.Conv2d(after, after, 3, padding=padding), nn.ReLU()
    )


class UNet(nn.Module):
    """Ronneberger's, with or without padding, with transposed convolutions or bilinear up-sampling."""

    def __init__(self, depth: int = 2, *, up: str = "transposed", padding: int = 1, channels: int = 4) -> None:
        super().__init__()
        widths = [channels * 2**level for level in range(depth + 1)]
        self.down = nn.ModuleList(_double(a, b, padding) for a, b in zip([1, *widths], widths, strict=False))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(b, a, 2, 2)
            if up == "transposed"
            else nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(b, a, 1))
            for a, b in pairwise(widths)
        )
        self.back = nn.ModuleList(_double(2 * a, a, padding) for a in widths[:-1])

    def forward(self, x: Tensor) -> Any:
        skips = []
        for block in list(self.down)[:-1]:
            x = block(x)
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.down[-1](x)
        for up, block in zip(reversed(list(self.ups)), reversed(list(self.back)), strict=True):
            x, skip = up(x), skips.pop()
            cut = (skip.shape[2] - x.shape[2]) // 2
            skip = skip[:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]] if cut else skip
            x = block(torch.cat([skip, x], 1))
        return x


class Milesial(nn.Module):
    """Up-sampling that pads to the size of the skip."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(i, 4, 3, padding=1) for i in (1, 4, 4))
        self.d, self.e = nn.Conv2d(8, 4, 3, padding=1), nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Any:
        one = F.relu(self.a(x))
        two = F.relu(self.b(F.max_pool2d(one, 2)))
        three = F.relu(self.c(F.max_pool2d(two, 2)))
        two = F.relu(self.d(torch.cat([two, self._up(three, two)], 1)))
        return self.e(torch.cat([one, self._up(two, one)], 1))

    def _up(self, x: Tensor, skip: Tensor) -> Tensor:
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        missing = skip.shape[3] - x.shape[3], skip.shape[2] - x.shape[2]
        return F.pad(x, [side for far in missing for side in (far // 2, far - far // 2)])


class Global(nn.Module):
    """A convolution and something that looks at the whole map."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.a, self.b, self.kind = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1), kind
        self.norm = {"group": nn.GroupNorm(2, 4), "instance": nn.InstanceNorm2d(4)}.get(kind)

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        if self.norm is not None:
            return self.b(self.norm(x))
        if self.kind == "squeeze":
            return self.b(x) * torch.sigmoid(x.mean((2, 3), keepdim=True))
        if self.kind == "bins":
            return self.b(x) + F.interpolate(F.adaptive_avg_pool2d(x, 6), x.shape[2:], mode="bilinear")
        if self.kind == "corners":
            small = F.avg_pool2d(x, 8)
            return x + F.interpolate(small, x.shape[2:], mode="bilinear", align_corners=True)
        return self.b(F.pad(x, (1, 1, 1, 1), mode="circular"))[:, :, 1:-1, 1:-1]


class Placed(nn.Module):
    """A convolution, and something that depends on the place or the size and is made from no image."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.a, self.kind = nn.Conv2d(1, 4, 3, padding=1), kind
        self.map, self.scale = nn.Parameter(torch.randn(1, 4, 128, 128)), nn.Parameter(torch.randn(1, 4, 1, 1))

    def forward(self, x: Tensor) -> Any:
        return PLACED[self.kind](self, self.a(x))


def _given_back(_: Placed, x: Tensor) -> Tensor:
    small, places = F.max_pool2d(x, 2, return_indices=True)
    return F.max_unpool2d(small, places, [2, 2])


PLACED: dict[str, Callable[[Placed, Tensor], Tensor]] = {
    "coordinates": lambda _, x: x + torch.linspace(0, 1, x.shape[2], dtype=x.dtype)[:, None],
    "a map of weights": lambda own, x: x + own.map[:, :, : x.shape[2], : x.shape[3]],
    "a map that is resized": lambda own, x: x + F.interpolate(own.map, x.shape[2:], mode="bilinear"),
    "the size": lambda _, x: x / x.shape[2],
    "counted ones": lambda _, x: x + torch.ones_like(x).cumsum(2),
    "a number made of the size": lambda _, x: x * torch.full((1,), x.shape[2]),
    "places of maxima": lambda _, x: x + F.max_pool2d(x, 3, 1, 1, return_indices=True)[1],
    "noise": lambda _, x: x + torch.rand_like(x),
    "dropout that stays": lambda _, x: F.dropout(x, training=True),
    "axes in another order": lambda _, x: x.transpose(2, 3),
    "channels last": lambda _, x: x.permute(0, 2, 3, 1),
    "a scale": lambda own, x: x * own.scale,
    "a scale that is spread out": lambda own, x: (
        x * own.scale.expand(-1, -1, *x.shape[2:]) + torch.zeros(1, 1, *x.shape[2:], dtype=x.dtype)
    ),
    "ones": lambda _, x: x * torch.ones_like(x),
    "maxima given back": _given_back,
}


class Pair(nn.Module):
    """Two images: convolutions of each, added; the second as large as the first, or half as large."""

    def __init__(self, *, half: bool = False) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(1, 4, 5, padding=2)
        self.c, self.is_small = nn.Conv2d(4, 2, 3, padding=1), half

    def forward(self, image: Tensor, mask: Tensor) -> Any:
        other = self.b(mask)
        return self.c(F.relu(self.a(image) + (F.interpolate(other, scale_factor=2.0) if self.is_small else other)))


class Residual(nn.Module):
    """Strided stages with residuals, and a dilated one, as in FCN-R50-D8."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 7, stride=2, padding=3)
        self.a, self.b = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 8, 3, stride=2, padding=1)
        self.skip, self.c = nn.Conv2d(4, 8, 1, stride=2), nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.head = nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Any:
        size = x.shape[2:]
        x = F.max_pool2d(F.relu(self.stem(x)), 3, stride=2, padding=1)
        x = x + F.relu(self.a(x))
        x = self.skip(x) + F.relu(self.b(x))
        x = x + F.relu(self.c(x))
        return F.interpolate(self.head(x), size=size, mode="bilinear", align_corners=False)


class SuperResolution(nn.Module):
    """Residual blocks, then four times as large."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.u = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 32, 3, padding=1)
        self.o = nn.Conv2d(2, 3, 3, padding=1)
        self.blocks = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(4))

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        for block in self.blocks:
            x = x + F.leaky_relu(block(x))
        return self.o(F.pixel_shuffle(self.u(x), 4))


class Causal(nn.Module):
    """A temporal convolutional network; with strides, an audio encoder."""

    def __init__(self, layers: Sequence[tuple[int, int, int]]) -> None:
        super().__init__()
        numbered = enumerate(layers)
        self.layers = nn.ModuleList(nn.Conv1d(4 if at else 1, 4, k, stride=s, dilation=d) for at, (k, s, d) in numbered)

    def forward(self, x: Tensor) -> Any:
        for layer in self.layers:
            conv: Any = layer
            extent = (conv.kernel_size[0] - 1) * conv.dilation[0] + 1
            x = F.elu(conv(F.pad(x, (extent - conv.stride[0], 0))))
        return x


class Vocoder(nn.Module):
    """Transposed convolutions and residual stacks, as in HiFi-GAN."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv1d(1, 4, 7, padding=3)
        self.ups = nn.ModuleList(nn.ConvTranspose1d(4, 4, 2 * r, r, padding=r // 2) for r in (4, 2))
        self.stack = nn.ModuleList(nn.Conv1d(4, 4, 3, padding=d, dilation=d) for d in (1, 3))

    def forward(self, x: Tensor) -> Any:
        x = self.a(x)
        for up in self.ups:
            x = up(F.leaky_relu(x))
            x = x + self.stack[0](F.leaky_relu(x)) + self.stack[1](F.leaky_relu(x))
        return torch.tanh(x)


class Same(nn.Module):
    """Halved twice, with the padding of TensorFlow: what is lacking, and the odd one behind."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(before, 4, 3, stride=2) for before in (1, 4))

    def forward(self, x: Tensor) -> Any:
        for layer in self.layers:
            lacking = [max(0, (-(-size // 2) - 1) * 2 + 3 - size) for size in x.shape[:1:-1]]
            x = F.relu(layer(F.pad(x, [side for far in lacking for side in (far // 2, far - far // 2)])))
        return x


def half_as_large_again() -> nn.Module:
    larger = nn.Upsample(scale_factor=1.5, mode="bilinear")
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), larger, nn.Conv2d(4, 1, 3, padding=1))


def up_and_down() -> nn.Module:
    """Down twice and up again with output padding."""
    down = [nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, stride=2, padding=1), nn.ReLU()]
    up = [nn.ConvTranspose2d(4, after, 3, 2, 1, output_padding=1) for after in (4, 1)]
    return nn.Sequential(*down, up[0], nn.ReLU(), up[1])


def _volume() -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(1, 2, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2), nn.Conv3d(2, 2, 3, padding=1),
        nn.ConvTranspose3d(2, 1, 2, 2),
    )  # fmt: skip


def _ceil() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.MaxPool2d(2, ceil_mode=True), nn.Conv2d(4, 4, 3, padding=1),
        nn.MaxPool2d(2, ceil_mode=True), nn.Conv2d(4, 4, 3, padding=1),
    )  # fmt: skip


def _even() -> nn.Module:
    return nn.Sequential(*(nn.Sequential(nn.ZeroPad2d((1, 2, 1, 2)), nn.Conv2d(c, 4, 4), nn.ReLU()) for c in (1, 4, 4)))


MODULES = {
    "U-Net": Case(UNet, 1, (128, 32), (80, 32), 4, [0, 36, 48], (22, 58)),
    "U-Net, both axes": Case(UNet, 1, (96, 72), (64, 60), 4, [0, 20, 32], (22, 42)),
    "U-Net, bilinear": Case(lambda: UNet(up="bilinear"), 1, (128, 64), (88, 64), 4, [0, 36, 40], (25, 63)),
    "U-Net, valid": Case(lambda: UNet(padding=0), 1, (108, 64), (80, 64), 4, [0, 28], (0, 40)),
    "milesial": Case(Milesial, 1, (67, 40), (43, 40), 4, [0, 20, 24], (11, 33)),
    "FCN-like": Case(Residual, 1, (256, 128), (168, 128), 8, [0, 88], (44, 132)),
    "super-resolution": Case(SuperResolution, 3, (48, 40), (32, 24), 1, [0, 16], (25, 103)),
    "ceil mode": Case(_ceil, 1, (66, 40), (40, 40), 4, [0, 20, 28], (2, 7)),
    "even kernels": Case(_even, 1, (40, 24), (24, 24), 1, [0, 15, 16], (3, 18)),
    "output padding": Case(up_and_down, 1, (128, 64), (66, 64), 4, [0, 56, 64], (4, 61)),
    "3-D": Case(_volume, 1, (32, 16, 24), (20, 16, 16), 2, [0, 12], (4, 16)),
    "causal TCN": Case(lambda: Causal([(3, 1, 2**i) for i in range(4)]), 1, (160,), (80,), 1, [0, 50, 80], (30, 80)),
    "encoder": Case(lambda: Causal([(7, 1, 1), (4, 2, 1), (8, 4, 1)]), 1, (400,), (160,), 8, [0, 144, 240], (2, 20)),
    "vocoder": Case(Vocoder, 1, (60,), (30,), 1, [0, 20, 30], (38, 202)),
}


def put_together(module: nn.Module, image: Tensor, tiles: Iterable[Any]) -> Tensor:
    """The loop that everybody writes, less the whole."""
    whole = module(image)
    result = torch.full_like(whole, float("nan"))
    for tile in tiles:
        result[..., *tile.write] = module(image[..., *tile.read])[..., *tile.keep]
    found: Tensor = result - whole
    return found

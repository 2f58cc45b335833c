"""The modules of the benchmark: torchvision's where it is installed, else modules of the same shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["MODELS", "SOURCE", "TARGET", "first"]


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 beside an identity, as in ResNet-50."""

    def __init__(self, own: int, width: int, stride: int = 1, rate: int = 1) -> None:
        super().__init__()
        out = 4 * width
        self.body = nn.Sequential(
            *_normed(nn.Conv2d(own, width, 1, bias=False)),
            *_normed(nn.Conv2d(width, width, 3, stride, rate, rate, bias=False)),
            nn.Conv2d(width, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        plain = own == out and stride == 1
        self.beside = nn.Identity() if plain else nn.Sequential(nn.Conv2d(own, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.beside(x))


def _normed(conv: nn.Conv2d) -> Sequence[nn.Module]:
    return conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU(inplace=True)


def backbone(rates: Sequence[int] = (1, 1, 1, 1)) -> nn.Sequential:
    """The convolutions of a ResNet-50, its last stages dilated in place of their strides."""
    layers: list[nn.Module] = [*_normed(nn.Conv2d(3, 64, 7, 2, 3, bias=False)), nn.MaxPool2d(3, 2, 1)]
    own = 64
    for stage, (blocks, rate) in enumerate(zip((3, 4, 6, 3), rates, strict=True)):
        for place in range(blocks):
            stride = 2 if place == 0 and stage > 0 and rate == 1 else 1
            layers.append(Bottleneck(own, 64 * 2**stage, stride, rate))
            own = 256 * 2**stage
    return nn.Sequential(*layers)


class Classifier(nn.Module):
    """Of the shape of ResNet-50."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = backbone(), nn.Linear(2048, 1000)

    def forward(self, x: Tensor) -> Any:
        return self.head(self.body(x).mean((2, 3)))


class Pyramid(nn.Module):
    """Of the shape of DeepLab v3 with a ResNet-50."""

    def __init__(self) -> None:
        super().__init__()
        self.body = backbone((1, 1, 2, 4))
        self.parallel = nn.ModuleList(nn.Conv2d(2048, 256, 3, padding=rate, dilation=rate) for rate in (12, 24, 36))
        self.point, self.pooled = nn.Conv2d(2048, 256, 1), nn.Conv2d(2048, 256, 1)
        self.head = nn.Sequential(*_normed(nn.Conv2d(1280, 256, 1)), nn.Conv2d(256, 21, 1))

    def forward(self, image: Tensor) -> Any:
        x = self.body(image)
        whole = self.pooled(x.mean((2, 3), keepdim=True)).expand(-1, -1, *x.shape[2:])
        y = self.head(torch.cat([self.point(x), *(branch(x) for branch in self.parallel), whole], 1))
        return functional.interpolate(y, size=image.shape[2:], mode="bilinear", align_corners=False)


class Window(nn.Module):
    """Attention in windows of 8 x 8, every second time shifted, and a perceptron: as in Swin-T."""

    def __init__(self, width: int, shift: int) -> None:
        super().__init__()
        self.norm, self.qkv, self.project = nn.LayerNorm(width), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.shift, self.heads = shift, width // 32

    def forward(self, x: Tensor) -> Tensor:
        n, h, w, c = x.shape
        y = torch.roll(self.norm(x), (-self.shift, -self.shift), (1, 2))
        y = y.view(n, h // 8, 8, w // 8, 8, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 64, c)
        q, k, v = self.qkv(y).reshape(-1, 64, 3, self.heads, 32).permute(2, 0, 3, 1, 4).unbind(0)
        y = self.project(((q @ k.transpose(-2, -1)).softmax(-1) @ v).transpose(1, 2).reshape(-1, 64, c))
        y = y.view(n, h // 8, w // 8, 8, 8, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h, w, c)
        x = x + torch.roll(y, (self.shift, self.shift), (1, 2))
        made: Tensor = x + self.mlp(x)
        return made


class Windows(nn.Module):
    """Of the shape of Swin-T."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        self.patches = nn.Conv2d(3, 96, 4, 4)
        for stage, blocks in enumerate((2, 2, 6, 2)):
            width = 96 * 2**stage
            if stage:
                layers.append(Merging(width // 2))
            layers += [Window(width, 4 * (place % 2)) for place in range(blocks)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Any:
        return self.layers(self.patches(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Merging(nn.Module):
    """Four neighbours as one position of twice the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.reduce = nn.LayerNorm(4 * width), nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        parts = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        made: Tensor = self.reduce(self.norm(torch.cat(parts, -1)))
        return made


class UNet(nn.Module):
    """The U-Net of the paper, with padding."""

    def __init__(self) -> None:
        super().__init__()
        widths = (64, 128, 256, 512, 1024)
        self.down = nn.ModuleList(_double(own, out) for own, out in zip((3, *widths), widths, strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(width, width // 2, 2, 2) for width in widths[:0:-1])
        self.joined = nn.ModuleList(_double(width, width // 2) for width in widths[:0:-1])
        self.head = nn.Conv2d(64, 2, 1)

    def forward(self, x: Tensor) -> Any:
        kept: list[Tensor] = []
        for layer in self.down:
            x = layer(functional.max_pool2d(x, 2) if kept else x)
            kept.append(x)
        for up, joined, beside in zip(self.up, self.joined, kept[-2::-1], strict=True):
            x = joined(torch.cat([beside, up(x)], 1))
        return self.head(x)


def _double(own: int, out: int) -> nn.Sequential:
    return nn.Sequential(*_normed(nn.Conv2d(own, out, 3, padding=1)), *_normed(nn.Conv2d(out, out, 3, padding=1)))


MODELS: dict[str, Callable[[], Any]]
if find_spec("torchvision") is None:
    SOURCE = "torchvision is not installed: modules of the same shape, written here"
    MODELS = {"ResNet-50": Classifier, "DeepLab v3": Pyramid, "Swin-T": Windows}
else:
    from tests.real_networks.table import define_missing_operators

    define_missing_operators()
    from torchvision import models

    SOURCE = "torchvision's, and a U-Net written here"
    MODELS = {
        "ResNet-50": models.resnet50,
        "DeepLab v3": lambda: models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None),
        "Swin-T": models.swin_t,
    }
MODELS["U-Net"] = UNet

first = MODELS["ResNet-50"]
TARGET = "tests.benchmarks.torch_models:first"

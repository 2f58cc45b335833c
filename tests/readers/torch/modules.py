"""Small torch modules, each with something in it that a reader of real networks must get right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["MODULES"]


class Function(nn.Module):
    """A module that calls a function of its input, with some layers at hand."""

    def __init__(self, function: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


def conv(own: int = 2, out: int = 2, kernel: int = 3, **options: Any) -> nn.Conv2d:
    options.setdefault("padding", kernel // 2 * options.get("dilation", 1))
    return nn.Conv2d(own, out, kernel, **options)


def shifted(net: Any, x: Tensor) -> Any:
    made = torch.zeros_like(net.a(x))
    made[:, :, 1:] = net.a(x)[:, :, :-1]
    return made


def patched(net: Any, x: Tensor) -> Any:
    made = net.a(x).clone()
    made[:, :, 2:5, 3:7] = net.b(x)[:, :, 1:4, 2:6]
    return made


def halves(net: Any, x: Tensor) -> Any:
    made = net.a(x).clone()
    made[:, 1:] = net.b(x)[:, 1:]
    return made


def dead(net: Any, x: Tensor) -> Any:
    net.b(x)
    return net.a(x)


def split_attention(net: Any, x: Tensor) -> Any:
    left, right = net.a(x).chunk(2, dim=1)
    return left * torch.sigmoid(right)


def windows(net: Any, x: Tensor, *, shift: int = 0) -> Any:
    """Attention in windows of 4x4, laid out by view and permute, as in Swin."""
    x = net.a(x)
    if shift:
        x = torch.roll(x, (-shift, -shift), (2, 3))
    n, c, h, w = x.shape
    cut = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 16, c)
    q, k, v = net.qkv(cut).chunk(3, dim=-1)
    seen = ((q @ k.transpose(1, 2)).softmax(-1) @ v).view(n, h // 4, w // 4, 4, 4, c)
    x = seen.permute(0, 5, 1, 3, 2, 4).reshape(n, c, h, w)
    return torch.roll(x, (shift, shift), (2, 3)) if shift else x


def tokens(net: Any, x: Tensor) -> Any:
    """A class token beside the positions, attention over all, and the positions laid out as a map again."""
    x = net.a(x)
    n, c, h, w = x.shape
    row = torch.cat([net.token.weight[None].expand(n, -1, -1), x.flatten(2).transpose(1, 2)], 1)
    q, k, v = net.qkv(row).chunk(3, dim=-1)
    row = row + functional.scaled_dot_product_attention(q, k, v)
    return row[:, 1:].transpose(1, 2).reshape(n, c, h, w)


def linear_attention(net: Any, x: Tensor) -> Any:
    q, k, v = net.a(x).flatten(2).repeat(1, 3, 1).chunk(3, 1)
    return x.flatten(2) + (v @ k.transpose(1, 2)) @ q


def focus(net: Any, x: Tensor) -> Any:
    return net.a(torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1))


def blocks_to_channels(net: Any, x: Tensor) -> Any:
    n, c, h, w = x.shape
    x = x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(n, 4 * c, h // 2, w // 2)
    return net.a(x)


def channels_to_blocks(net: Any, x: Tensor) -> Any:
    x = net.a(x)
    n, c, h, w = x.shape
    x = x.view(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)
    return net.b(x)


def by_batch(net: Any, x: Tensor) -> Any:
    """Dilation by moving every second position into the batch."""
    n, c, h, w = x.shape
    x = x.view(n, c, h // 2, 2, w // 2, 2).permute(0, 3, 5, 1, 2, 4).reshape(4 * n, c, h // 2, w // 2)
    x = net.a(x)
    return x.view(n, 2, 2, 2, h // 2, w // 2).permute(0, 3, 4, 1, 5, 2).reshape(n, 2, h, w)


def along_rows(net: Any, x: Tensor) -> Any:
    """A 1-D convolution of each row."""
    n, c, h, w = x.shape
    rows = x.permute(0, 2, 1, 3).reshape(n * h, c, w)
    return net.a(rows).view(n, h, 2, w).permute(0, 2, 1, 3)


def turned(net: Any, x: Tensor) -> Any:
    """Rows for columns, so that the kernel of 1x5 reads a column."""
    return net.a(x.transpose(2, 3)).transpose(2, 3)


def last_channels(net: Any, x: Tensor) -> Any:
    x = net.a(x).permute(0, 2, 3, 1)
    return net.b(net.norm(x)).permute(0, 3, 1, 2)


def squeezed(net: Any, x: Tensor) -> Any:
    x = net.a(x)
    return x * torch.sigmoid(net.b(x.mean((2, 3), keepdim=True)))


def strips(net: Any, x: Tensor) -> Any:
    return net.a(x) + net.b(x).mean(3, keepdim=True)


def pyramid(net: Any, x: Tensor) -> Any:
    x = net.a(x)
    pooled = functional.interpolate(functional.adaptive_avg_pool2d(x, 3), size=x.shape[2:], mode="bilinear")
    return torch.cat([x, pooled], 1)


def circular(net: Any, x: Tensor) -> Any:
    return net.a(torch.cat([x[:, :, -1:], x, x[:, :, :1]], 2))


def mirrored(net: Any, x: Tensor) -> Any:
    return net.a(x) + net.b(x).flip(3)


class Twice(nn.Module):
    """One layer called two times."""

    def __init__(self) -> None:
        super().__init__()
        self.a = conv(dilation=2)

    def forward(self, x: Tensor) -> Any:
        return self.a(torch.relu(self.a(x)))


class TwoInputs(nn.Module):
    """Two images of different channels, and a dictionary of two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv(3, 4), conv(1, 4, 5)

    def forward(self, left: Tensor, right: Tensor) -> dict[str, Tensor]:
        return {"sum": self.a(left) + self.b(right), "alone": self.a(left)}


class Causal(nn.Module):
    """A 1-D convolution that reads nothing ahead, by padding and cutting."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv1d(2, 4, 3, dilation=2, padding=4), nn.Conv1d(4, 4, 2, dilation=4)

    def forward(self, x: Tensor) -> Any:
        return self.b(functional.pad(self.a(x)[..., :-4], (4, 0)))


def net(function: Callable[..., Any], **layers: nn.Module) -> Function:
    return Function(function, **layers)


def row(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(*layers)


MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "a write into a view": (lambda: net(shifted, a=conv()), (12, 12)),
    "a write into the middle": (lambda: net(patched, a=conv(), b=conv(kernel=5)), (12, 12)),
    "a write into channels": (lambda: net(halves, a=conv(), b=conv(kernel=5)), (12, 12)),
    "a dead branch": (lambda: net(dead, a=conv(), b=conv(kernel=7)), (12, 12)),
    "a shared module": (Twice, (14, 14)),
    "two inputs and two outputs": (TwoInputs, (12, 12)),
    "same padding": (lambda: row(conv(kernel=4, padding="same"), conv(dilation=2, padding="same")), (12, 12)),
    "circular padding": (lambda: row(conv(padding_mode="circular"), conv(dilation=2, padding_mode="circular")), (9, 8)),
    "reflect padding": (lambda: row(conv(padding_mode="reflect"), nn.ReflectionPad2d(2), conv(padding=0)), (9, 11)),
    "replicate padding": (lambda: row(conv(padding_mode="replicate"), nn.ReplicationPad2d(3)), (9, 9)),
    "circular padding by hand": (lambda: net(circular, a=conv(padding=(0, 1))), (9, 9)),
    "ceil_mode": (lambda: row(conv(), nn.MaxPool2d(3, 2, ceil_mode=True), nn.AvgPool2d(2, ceil_mode=True)), (14, 13)),
    "dilated pooling": (lambda: row(conv(), nn.MaxPool2d(3, 1, 1, dilation=2)), (12, 12)),
    "channels last": (lambda: net(last_channels, a=conv(), b=nn.Linear(2, 3), norm=nn.LayerNorm(2)), (12, 12)),
    "1-D": (lambda: row(nn.Conv1d(2, 2, 5, padding=2), nn.MaxPool1d(2), nn.Conv1d(2, 2, 3, dilation=3)), (40,)),
    "causal 1-D": (Causal, (40,)),
    "3-D": (lambda: row(nn.Conv3d(2, 2, 3, padding=1), nn.MaxPool3d(2), nn.ConvTranspose3d(2, 2, 2, 2)), (8, 8, 8)),
    "transposed": (lambda: row(conv(stride=2), nn.ConvTranspose2d(2, 2, 3, 2, padding=1, output_padding=1)), (12, 12)),
    "transposed with gaps": (lambda: row(conv(), nn.ConvTranspose2d(2, 2, 1, 2)), (6, 6)),
    "grouped transposed": (lambda: row(conv(), nn.ConvTranspose2d(2, 4, 4, 2, 1, groups=2, dilation=2)), (8, 8)),
    "bilinear": (lambda: row(conv(stride=2), nn.Upsample(scale_factor=2, mode="bilinear"), conv()), (12, 12)),
    "aligned corners": (lambda: row(conv(stride=2), nn.UpsamplingBilinear2d(scale_factor=2)), (12, 12)),
    "bicubic to a size": (lambda: row(conv(), nn.Upsample(size=(9, 14), mode="bicubic")), (6, 7)),
    "nearest to an odd size": (lambda: row(conv(), nn.Upsample(size=(9, 14)), conv()), (6, 7)),
    "pooling to a fixed size": (lambda: row(conv(), nn.AdaptiveAvgPool2d((3, 5))), (10, 12)),
    "a pooling pyramid": (lambda: net(pyramid, a=conv()), (12, 12)),
    "pixel shuffle": (lambda: row(conv(2, 8), nn.PixelShuffle(2), nn.PixelUnshuffle(4), conv(32, 2)), (8, 8)),
    "slices as channels": (lambda: net(focus, a=conv(8, 2)), (12, 12)),
    "blocks as channels by view": (lambda: net(blocks_to_channels, a=conv(8, 2)), (12, 12)),
    "channels as blocks by view": (lambda: net(channels_to_blocks, a=conv(2, 8), b=conv(2, 2)), (8, 8)),
    "dilation by the batch": (lambda: net(by_batch, a=conv()), (12, 12)),
    "rows in the batch": (lambda: net(along_rows, a=nn.Conv1d(2, 2, 5, padding=2)), (8, 12)),
    "turned round": (lambda: net(turned, a=nn.Conv2d(2, 2, (1, 5), padding=(0, 2))), (10, 12)),
    "a gate of channels": (lambda: net(split_attention, a=conv(2, 4)), (10, 10)),
    "opposite columns": (lambda: net(mirrored, a=conv(), b=conv()), (10, 10)),
    "window attention": (lambda: net(windows, a=conv(), qkv=nn.Linear(2, 6)), (12, 12)),
    "shifted windows": (lambda: net(lambda s, x: windows(s, x, shift=2), a=conv(), qkv=nn.Linear(2, 6)), (12, 12)),
    "a class token": (
        lambda: net(tokens, a=conv(2, 4, 4, stride=4, padding=0), token=nn.Embedding(1, 4), qkv=nn.Linear(4, 12)),
        (16, 16),
    ),
    "linear attention": (lambda: net(linear_attention, a=conv()), (8, 8)),
    "squeeze and excite": (lambda: net(squeezed, a=conv(), b=conv(kernel=1)), (12, 12)),
    "strip pooling": (lambda: net(strips, a=conv(), b=conv()), (10, 12)),
    "group norm": (lambda: row(conv(), nn.GroupNorm(1, 2), conv()), (12, 12)),
    "instance norm": (lambda: row(conv(), nn.InstanceNorm2d(2, affine=True), conv()), (12, 12)),
    "a classifier": (
        lambda: row(conv(stride=2), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 5)), (14, 14)
    ),
    "a flat classifier": (lambda: row(conv(stride=2), nn.Flatten(), nn.Linear(98, 5)), (14, 14)),
    "im2col": (lambda: row(conv(), nn.Unfold(3, padding=1)), (8, 8)),
}  # fmt: skip
"""By what they show: how each is made, and the size of its input."""

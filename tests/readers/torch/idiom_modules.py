"""Small modules with what people write that is no layer: chosen positions, masks, unpooling, biased attention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as typed

from tests.readers.torch.modules import conv, net

functional: Any = typed  # torch's stubs want tuples where numbers do

__all__ = ["IDIOMS", "MaskedInForward", "MaskedInPlace", "mask_before", "masked_at_build", "over_time"]


def mask_before(height: int, width: int, *, own: bool) -> Tensor:
    """The positions before the middle one in the order of reading, and that one itself."""
    mask = torch.ones(height, width)
    mask[height // 2, width // 2 + own :] = 0
    mask[height // 2 + 1 :] = 0
    return mask


class MaskedInForward(nn.Conv2d):
    """A convolution that multiplies its weight by a mask."""

    mask: Tensor

    def __init__(self, kernel: int, *, own: bool) -> None:
        super().__init__(2, 2, kernel, padding=kernel // 2)
        self.register_buffer("mask", mask_before(kernel, kernel, own=own))

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)
        return made


class MaskedInPlace(MaskedInForward):
    """The same, as PixelCNNs are commonly written."""

    def forward(self, x: Tensor) -> Tensor:
        self.weight.data *= self.mask
        return nn.Conv2d.forward(self, x)


def masked_at_build(mask: Tensor, layer: nn.Module | None = None) -> Any:
    """A convolution whose weight was masked when it was made."""
    made: Any = layer or nn.Conv2d(2, 2, tuple(mask.shape), padding=tuple(size // 2 for size in mask.shape))  # type: ignore[arg-type]  # two sizes
    made.weight.data *= mask
    return made


def blind_spot() -> Any:
    mask = torch.ones(3, 3)
    mask[1, 1] = 0
    return masked_at_build(mask)


class Fixed(nn.Module):
    """Channel by channel, a kernel that is no weight."""

    kernel: Tensor

    def __init__(self, kernel: Tensor) -> None:
        super().__init__()
        self.first = conv()
        self.register_buffer("kernel", kernel.expand(2, 1, *kernel.shape).clone())

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = functional.conv2d(self.first(x), self.kernel, padding=self.kernel.shape[-1] // 2, groups=2)
        return made


def made_in_forward(module: Any, x: Tensor) -> Any:
    comb = torch.tensor([1.0, 0, 0, -1, 0, 0, 1]).view(1, 1, 1, 7).repeat(2, 1, 1, 1)
    return functional.conv2d(module.a(x), comb.to(x), groups=2)


def unpooled(module: Any, x: Tensor) -> Any:
    y, places = functional.max_pool2d(module.a(x), 2, return_indices=True)
    return module.b(functional.max_unpool2d(module.b(y), places, 2))


def unpooled_to_a_size(module: Any, x: Tensor) -> Any:
    y, places = functional.max_pool2d(module.a(x), 3, 2, 1, return_indices=True)
    return functional.max_unpool2d(module.b(y), places, 3, 2, 1, output_size=x.shape[2:])


def unpooled_lines(module: Any, x: Tensor) -> Any:
    y, places = functional.max_pool1d(module.a(x), 2, return_indices=True)
    return module.b(functional.max_unpool1d(module.b(y), places, 2))


class Grid(nn.Module):
    """A constant grid that looks at a part of the rows and the columns: their scales and shifts."""

    def __init__(self, rows: tuple[float, float], columns: tuple[float, float], size: tuple[int, int]) -> None:
        super().__init__()
        down, across = (
            scale * torch.linspace(-1, 1, length) + shift
            for (scale, shift), length in zip((rows, columns), size, strict=True)
        )
        grid = torch.stack([across.expand(size), down[:, None].expand(size)], -1)
        self.register_buffer("places", grid[None].clone())


def sampled(module: Any, x: Tensor) -> Any:
    return module.a(functional.grid_sample(module.a(x), module.grid.places.to(x), align_corners=False))


def over_time(module: Any, x: Tensor) -> Tensor:
    made: Tensor = module.gru(module.a(x).permute(2, 0, 1))[0].permute(1, 2, 0)
    return made


def beside(module: Any, x: Tensor) -> Any:
    return x + over_time(module, functional.pad(x, (2, 0)))


def local_state(module: Any, x: Tensor) -> Any:
    """Attention whose scores fall with the distance by as much as the position that looks says."""
    count, channels, length = x.shape
    places = torch.arange(length, device=x.device, dtype=x.dtype)
    distance = (places[:, None] - places[None, :]).abs()
    query, key, value = (layer(x).view(count, 2, -1, length) for layer in (module.q, module.k, module.v))
    scores = torch.einsum("bhct,bhcs->bhts", key, query) / 2
    falls = torch.sigmoid(module.d(x).view(count, 2, -1, length))
    scores += torch.einsum("fts,bhfs->bhts", -torch.arange(1, 3).view(-1, 1, 1) * distance, falls)
    scores.masked_fill_(torch.eye(length, device=x.device, dtype=torch.bool), -100)
    seen = torch.einsum("bhts,bhct->bhcs", scores.softmax(2), value)
    return x + module.p(seen.reshape(count, channels, length))


def window_scores(module: Any, x: Tensor, *, turned: bool = False, biased: bool = False) -> Any:
    """Attention in windows of 4x4, the product written the other way round, or with a number for each key."""
    x = module.a(x)
    n, c, h, w = x.shape
    cut = x.view(n, c, h // 4, 4, w // 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(-1, 16, c)
    q, k, v = module.qkv(cut).chunk(3, dim=-1)
    scores = k @ q.transpose(1, 2) if turned else q @ k.transpose(1, 2)
    if biased:
        scores = scores + module.b(cut).transpose(1, 2)
    seen = (scores.softmax(1).transpose(1, 2) if turned else scores.softmax(-1)) @ v
    return seen.view(n, h // 4, w // 4, 4, 4, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, h, w)


def point(out: int = 4) -> nn.Conv1d:
    return nn.Conv1d(4, out, 1)


IDIOMS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "each position several times": (
        lambda: net(lambda s, x: s.a(s.a(x).repeat_interleave(2, dim=2).repeat_interleave(3, 3)), a=conv()),
        (8, 8),
    ),
    "copies side by side": (lambda: net(lambda s, x: s.a(s.a(x).repeat(1, 1, 2, 2)), a=conv()), (8, 8)),
    "copies by tile": (lambda: net(lambda s, x: s.a(s.a(x).tile(2, 1)), a=conv()), (8, 8)),
    "chosen rows": (lambda: net(lambda s, x: s.a(x).index_select(2, torch.tensor([3, 1, 1, 6])), a=conv()), (8, 8)),
    "every other row by index": (lambda: net(lambda s, x: s.a(x)[:, :, torch.arange(0, 8, 2)], a=conv()), (8, 8)),
    "nearest by index": (
        lambda: net(lambda s, x: s.a(x)[:, :, torch.arange(16)[:, None] // 2, torch.arange(24) // 3], a=conv()),
        (8, 8),
    ),
    "chosen channels": (lambda: net(lambda s, x: s.a(s.a(x)[:, torch.tensor([1, 0])]), a=conv()), (8, 8)),
    "the mean of both directions": (lambda: net(lambda s, x: s.a(x) + s.a(x.flip(3)).flip(3), a=conv()), (8, 9)),
    "the last row": (lambda: net(lambda s, x: s.a(x)[:, :, -1], a=conv()), (8, 8)),
    "masked in forward": (lambda: MaskedInForward(5, own=False), (12, 12)),
    "masked in place": (
        lambda: nn.Sequential(MaskedInPlace(7, own=False), nn.ReLU(), MaskedInPlace(3, own=True)),
        (16, 16),
    ),
    "masked at build": (lambda: nn.Sequential(blind_spot(), conv()), (12, 12)),
    "a masked transposed layer": (
        lambda: masked_at_build(mask_before(4, 4, own=True), nn.ConvTranspose2d(2, 2, 4, 2, 1)),
        (8, 8),
    ),
    "a fixed blur": (
        lambda: Fixed(torch.outer(torch.tensor([1.0, 0, 2, 0, 1]), torch.tensor([0, 1.0, -2, 1, 0]))),
        (12, 12),
    ),
    "a fixed cross": (lambda: Fixed(torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])), (12, 12)),
    "a comb made in forward": (lambda: net(made_in_forward, a=conv()), (8, 14)),
    "a weight that starts at zero": (lambda: started(nn.init.zeros_), (8, 8)),
    "a weight that starts as the identity": (lambda: started(nn.init.dirac_), (8, 8)),
    "unpooling": (lambda: net(unpooled, a=conv(), b=conv()), (12, 12)),
    "unpooling to a size": (lambda: net(unpooled_to_a_size, a=conv(), b=conv()), (13, 12)),
    "1-D unpooling": (
        lambda: net(unpooled_lines, a=nn.Conv1d(2, 2, 3), b=nn.Conv1d(2, 2, 3, padding=1)),
        (22,),
    ),
    "sampling by a constant grid": (
        lambda: net(sampled, a=conv(), grid=Grid((0.8, 0.1), (0.7, -0.2), (9, 14))),
        (12, 10),
    ),
    "sampling beyond the border": (lambda: net(sampled, a=conv(), grid=Grid((1.4, 0.1), (1.3, 0), (7, 7))), (9, 10)),
    "a recurrence beside a map": (lambda: net(beside, a=nn.Conv1d(2, 4, 3), gru=nn.GRU(4, 2)), (16,)),
    "a running sum": (lambda: net(lambda s, x: s.a(x).cumsum(2), a=nn.Conv1d(2, 4, 3, padding=1)), (16,)),
    "scores that fall with the distance": (
        lambda: net(local_state, q=point(), k=point(), v=nn.Conv1d(4, 4, 3, padding=1), d=point(), p=point()),
        (16,),
    ),
    "window scores turned round": (
        lambda: net(lambda s, x: window_scores(s, x, turned=True), a=conv(), qkv=nn.Linear(2, 6)),
        (12, 12),
    ),
    "window scores with a bias": (
        lambda: net(lambda s, x: window_scores(s, x, biased=True), a=conv(), qkv=nn.Linear(2, 6), b=nn.Linear(2, 1)),
        (12, 12),
    ),
}  # fmt: skip
"""By what they show: how each is made, and the size of its input."""


def started(how: Callable[[Tensor], Any]) -> nn.Module:
    layer = conv()
    how(layer.weight)
    return layer

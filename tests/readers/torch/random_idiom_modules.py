"""Random modules of what people write that is no layer."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as typed

from tests.readers.torch.random_modules import RandomModule

__all__ = ["RandomIdioms"]

_CHANNELS = 4
functional: Any = typed  # torch's stubs want tuples where numbers do


class RandomIdioms(RandomModule):
    """Steps of chosen positions, masked and fixed kernels and unpooling, among convolutions."""

    STEPS: ClassVar[tuple[str, ...]] = (
        *("conv", "strided", "residual", "joined", "transposed", "cut"),
        *("interleaved", "tiled", "indexed", "selected", "both_ways", "masked", "masked_in_place", "masked_at_build"),
        *("fixed", "masked_transposed", "unpooled", "turned_windows"),
    )

    def _interleaved(self, _size: Any) -> Any:
        times = (self.random.randint(1, 2), self.random.randint(1, 2))
        return lambda _net, x: x.repeat_interleave(times[0], 2).repeat_interleave(times[1], dim=-1)

    def _tiled(self, _size: Any) -> Any:
        times = (self.random.randint(1, 2), self.random.randint(1, 2))
        return lambda _net, x: x.repeat(1, 1, *times)

    def _indexed(self, size: Any) -> Any:
        rows, columns = (self._some(length) for length in size)
        return lambda _net, x: x[:, :, rows[:, None], columns]

    def _selected(self, size: Any) -> Any:
        dim = self.random.choice((2, 3))
        chosen = self._some(size[dim - 2])
        return lambda _net, x: x.index_select(dim, chosen)

    def _some(self, length: int) -> Tensor:
        """Indices of a dimension: in order, at equal distances, or in any order."""
        pick = self.random.random()
        if pick < 0.3:
            return torch.arange(self.random.randint(0, 2), length, self.random.randint(1, 2))
        if pick < 0.6:
            return torch.arange(2 * length) // 2
        return torch.tensor([self.random.randrange(length) for _ in range(length)])

    def _both_ways(self, _size: Any) -> Any:
        conv, dim = self._same_conv(), self.random.choice((2, 3))
        return lambda net, x: conv(net, x) + conv(net, x.flip(dim)).flip(dim)

    def _mask(self, *size: int) -> Tensor:
        """Some taps, at least two of them."""
        mask = torch.zeros(size).flatten()
        count = self.random.randint(2, mask.numel())
        mask[self.random.sample(range(mask.numel()), count)] = 1
        return mask.view(size)

    def _masked(self, _size: Any) -> Any:
        kernel = self.random.choice(((3, 3), (1, 5), (2, 3)))
        layer, mask = self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, kernel, padding=1)), self._mask(*kernel)
        place = len(self.layers) - 1
        del layer

        def step(net: Any, x: Tensor) -> Any:
            own = net.layers[place]
            return functional.conv2d(x, own.weight * mask, own.bias, padding=1, dilation=1)

        return step

    def _masked_in_place(self, _size: Any) -> Any:
        layer = self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=2, dilation=2))
        place, mask = len(self.layers) - 1, self._mask(3, 3)

        def step(net: Any, x: Tensor) -> Any:
            net.layers[place].weight.data *= mask
            return layer(net, x)

        return step

    def _masked_at_build(self, _size: Any) -> Any:
        layer = nn.Conv2d(_CHANNELS, _CHANNELS, 3, stride=self.random.randint(1, 2), padding=1)
        layer.weight.data *= self._mask(3, 3)
        return self._layer(layer)

    def _masked_transposed(self, _size: Any) -> Any:
        layer = nn.ConvTranspose2d(_CHANNELS, _CHANNELS, 3, 2, padding=1)
        layer.weight.data *= self._mask(3, 3)
        return self._layer(layer)

    def _fixed(self, _size: Any) -> Any:
        kernel = (self._mask(3, 3) * torch.tensor([1.0, -2, 1])).expand(_CHANNELS, 1, 3, 3).clone()
        return lambda _net, x: functional.conv2d(x, kernel.to(x), padding=1, groups=_CHANNELS)

    def _unpooled(self, _size: Any) -> Any:
        conv, kernel = self._same_conv(), self.random.choice((2, 3))

        def step(net: Any, x: Tensor) -> Any:
            y, places = functional.max_pool2d(x, kernel, 2, return_indices=True)
            return functional.max_unpool2d(conv(net, y), places, kernel, 2, output_size=x.shape[2:])

        return step

    def _turned_windows(self, size: Any) -> Any:
        linear, width = self._layer(nn.Linear(_CHANNELS, 2 * _CHANNELS)), 2
        tall, wide = (length // width for length in size)

        def step(net: Any, x: Tensor) -> Any:
            x = x[:, :, : tall * width, : wide * width]
            rows = x.reshape(1, _CHANNELS, tall, width, wide, width).permute(0, 2, 4, 3, 5, 1)
            key, value = linear(net, rows.reshape(-1, width * width, _CHANNELS)).chunk(2, -1)
            seen = (value @ key.transpose(1, 2)).softmax(1).transpose(1, 2) @ value
            seen = seen.view(1, tall, wide, width, width, _CHANNELS).permute(0, 5, 1, 3, 2, 4)
            return seen.reshape(1, _CHANNELS, tall * width, wide * width)

        return step

"""Modules put together at random from what makes a copy hard to run, and what it depends on hard to see."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from random import Random
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from tests.readers.torch.random_modules import RandomModule
from tests.verification.user_modules import Straight

__all__ = ["UserModule"]

_CHANNELS = 4


class UserModule(RandomModule):
    """Random steps, written as people write them; what several of them made is put out, too."""

    STEPS: ClassVar[tuple[str, ...]] = (
        *("cast", "constant", "weight_normed", "masked", "masked_when_built", "rolled", "circular", "chosen"),
        *("checkpointed", "straight", "without_gradients", "in_place", "gated", "compared", "sliced", "strided"),
        *("padded", "pooled", "resized", "joined", "normed", "transposed"),
    )

    def __init__(self, random: Random) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a checkpoint of what has no gradients
            super().__init__(random)
        self.shown = sorted(random.sample(range(len(self._steps)), k=min(2, len(self._steps))))

    def forward(self, x: Tensor) -> Any:
        found = {}
        for place, step in enumerate(self._steps):
            x = step(self, x)
            if place in self.shown:
                found[f"at {place}"] = x
        return {**found, "last": [x]}

    def _cast(self, _size: Any) -> Any:
        conv, way = self._same_conv(), self.random.choice(("float", "half", "type", "autocast"))

        def step(net: Any, x: Tensor) -> Any:
            if way == "autocast":
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    return conv(net, x)
            made = conv(net, x.float())
            return made.half().to(torch.float32) if way == "half" else made.type_as(x)

        return step

    def _constant(self, size: Any) -> Any:
        conv = self._layer(nn.Conv2d(_CHANNELS + 1, _CHANNELS, 3, padding=1))
        dtype = self.random.choice((torch.float32, torch.float16))

        def step(net: Any, x: Tensor) -> Any:
            ramp = torch.linspace(-1, 1, size[1], dtype=dtype).float().expand(1, 1, *size)
            return conv(net, torch.cat([x, ramp], 1))

        return step

    def _weight_normed(self, _size: Any) -> Any:
        rate = self.random.choice((1, 2))
        layer = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=rate, dilation=rate)
        norm: Any = self.random.choice(
            [nn.utils.weight_norm, nn.utils.spectral_norm, nn.utils.parametrizations.weight_norm]
        )
        with warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore", FutureWarning)
            return self._layer(norm(layer))

    def _mask(self) -> Tensor:
        mask = torch.ones(3, 3)
        for _ in range(self.random.randint(1, 4)):
            mask[self.random.randint(0, 2), self.random.randint(0, 2)] = 0
        return mask

    def _masked(self, _size: Any) -> Any:
        layer = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1)
        layer.register_buffer("mask", self._mask().expand_as(layer.weight).clone())
        place = len(self.layers)
        self.layers.append(layer)

        def step(net: Any, x: Tensor) -> Any:
            own = net.layers[place]
            return functional.conv2d(x, own.weight * own.mask, own.bias, padding=1)

        return step

    def _masked_when_built(self, _size: Any) -> Any:
        layer = nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=1)
        layer.weight.data *= self._mask()
        return self._layer(layer)

    def _circular(self, _size: Any) -> Any:
        rate = self.random.choice((1, 2))
        mode: Any = self.random.choice(("circular", "reflect"))
        return self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, 3, padding=rate, dilation=rate, padding_mode=mode))

    def _chosen(self, _size: Any) -> Any:
        near, far = self._same_conv(), self._same_conv()
        kind = self.random.choice(("where", "fill", "larger"))

        def step(net: Any, x: Tensor) -> Any:
            if kind == "larger":
                return torch.maximum(near(net, x), far(net, x))
            if kind == "fill":
                return near(net, x).masked_fill(far(net, x) > 0, 0.0)
            return torch.where(near(net, x) > 0, near(net, x), far(net, x))

        return step

    def _checkpointed(self, _size: Any) -> Any:
        conv, again = self._same_conv(), self.random.random() < 0.5
        return lambda net, x: checkpoint(lambda y: torch.relu(conv(net, y)), x, use_reentrant=again)

    def _straight(self, _size: Any) -> Any:
        return lambda _net, x: Straight.apply(x)

    def _without_gradients(self, _size: Any) -> Any:
        conv, mode = self._same_conv(), self.random.choice((torch.no_grad, torch.inference_mode))

        def step(net: Any, x: Tensor) -> Any:
            with mode():
                made = conv(net, x)
            return made + x

        return step

    def _in_place(self, _size: Any) -> Any:
        conv = self._same_conv()

        def step(net: Any, x: Tensor) -> Any:
            made = conv(net, x)
            made -= x
            return functional.relu(made, inplace=True).clamp_(0, 6)

        return step

    def _compared(self, _size: Any) -> Any:
        conv = self._same_conv()
        return lambda net, x: x * (conv(net, x) > 0).to(x.dtype) + torch.round(x)

    def _sliced(self, _size: Any) -> Any:
        """Channels that may see more than those that are kept."""
        near, far, mixed = self._same_conv(), self._same_conv(), self._layer(nn.Conv2d(_CHANNELS, _CHANNELS, 1))
        first: Callable[[Tensor], Tensor] = self.random.choice(
            [lambda x: x[:, :_CHANNELS], lambda x: x.split(_CHANNELS, 1)[0], lambda x: x.chunk(2, dim=1)[0]]
        )
        return lambda net, x: mixed(net, first(torch.cat([near(net, x), far(net, far(net, x))], 1)))

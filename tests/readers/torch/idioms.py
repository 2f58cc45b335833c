"""Modules that were hard to record: what they keep, name, write, cast, and ask their image for."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.readers.torch.modules import conv, net

__all__ = ["IDIOMS", "ONLY_RECORDED", "Asks", "Constants", "Keeps", "Shadows"]


class Shadows(nn.Module):
    """Attributes with the names of methods."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv(), conv(dilation=2)
        for name in ("modules", "named_modules", "children", "parameters", "named_parameters", "buffers", "state_dict"):
            setattr(self, name, [])
        for name in ("eval", "train", "to", "apply", "_apply", "float", "double", "input", "name"):
            setattr(self, name, True)

    def forward(self, x: Tensor) -> Any:
        seen: Any = self.modules
        seen.append(x)
        return self.b(self.a(x))


class Asks(nn.Module):
    """A module that looks for all it does not have in a table of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.table = conv(dilation=2), {"rate": 2}

    def __getattr__(self, name: str) -> Any:
        known = vars(self)["_modules"]
        return known[name] if name in known else self.table[name]

    def forward(self, x: Tensor) -> Any:
        return self.a(x) * self.rate


class Keeps(nn.Module):
    """Everything that a module may keep from one call to the next."""

    calls: Tensor
    table: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.a = conv()
        self.ramp: Tensor | None = None
        self.by_size: dict[Any, Any] = {}
        self.seen: list[Tensor] = []
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("table", torch.zeros(2, 2))

    def forward(self, x: Tensor) -> Any:
        if self.ramp is None:
            self.ramp = torch.linspace(1, 2, x.shape[-1], device=x.device)
        self.by_size[x.shape] = x
        self.seen.append(x)
        self.calls.add_(1)
        self.table[0] = 1
        self.table.t()[1].copy_(x[0, 0, 0, :2])
        self.register_buffer("last", x)
        return self.a(x * self.ramp)


class Constants(nn.Module):
    """Constants made in forward: on no device that is named, on the image's, and from Python's numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv(4, 2), conv(kernel=5)

    def forward(self, x: Tensor) -> Any:
        tall, wide = x.shape[2:]
        rows, columns = torch.meshgrid(torch.linspace(-1, 1, tall), torch.linspace(-1, 1, wide), indexing="ij")
        y = self.a(torch.cat([x, torch.stack([rows, columns])[None]], 1))
        made = torch.zeros(1, 2, tall, wide)
        made[:, :1] = self.b(y)[:, :1]
        steps = torch.arange(4, device=x.device)
        if steps.sum().item() != 6:
            raise ValueError
        return made + torch.full((1, 1, tall, wide), 2.0) + torch.tensor([0.5]) * y


def channel_by_channel(module: Any, x: Tensor) -> Any:
    made = torch.empty(1, 2, *x.shape[2:])
    for channel in range(2):
        made[:, channel] = (module.a if channel else module.b)(x)[:, channel]
    return made


def with_autocast(module: Any, x: Tensor) -> Any:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return module.b(module.a(x)).float()


def with_checkpoints(module: Any, x: Tensor) -> Any:
    return checkpoint(module.b, checkpoint(module.a, x, use_reentrant=True), use_reentrant=False)


def on_its_device(module: Any, x: Tensor) -> Any:
    return module.a(x.to(module.a.weight.device)).float().cpu()


def several_views(module: Any, x: Tensor) -> Any:
    y = module.a(x)
    flat = y.view(1, -1)
    flat += 1
    y.transpose(2, 3)[:, :, :3] += module.b(x).transpose(2, 3)[:, :, :3]
    return y


Pair = namedtuple("Pair", "left right")  # noqa: PYI024 - such as people write


def nested_outputs(module: Any, x: Tensor) -> Any:
    return Pair(module.a(x), {"inner": [module.b(x), None]})


def over_time(module: Any, x: Tensor) -> Any:
    return module.lstm(module.a(x).flatten(2).transpose(1, 2))[0]


IDIOMS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "channel by channel": (lambda: net(channel_by_channel, a=conv(), b=conv(kernel=5)), (12, 12)),
    "autocast": (lambda: net(with_autocast, a=conv(), b=conv(kernel=5)), (12, 12)),
    "checkpoints": (lambda: net(with_checkpoints, a=conv(), b=conv(kernel=5)), (12, 12)),
    "a device": (lambda: net(on_its_device, a=conv()), (12, 12)),
    "several views": (lambda: net(several_views, a=conv(), b=conv(kernel=5)), (12, 12)),
    "nested outputs": (lambda: net(nested_outputs, a=conv(), b=conv(kernel=5)), (12, 12)),
    "an LSTM": (lambda: net(over_time, a=conv(), lstm=nn.LSTM(2, 3)), (6, 6)),
    "an encoder": (
        lambda: nn.Sequential(
            conv(2, 4, 4, stride=4, padding=0), nn.Flatten(2), nn.TransformerEncoderLayer(9, 3, 8, batch_first=True)
        ),
        (12, 12),
    ),
}
"""By what they show: how each is made, and the size of its input."""

ONLY_RECORDED: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "constants": (Constants, (12, 12)),
    "what it keeps": (Keeps, (12, 12)),
    "names of methods": (Shadows, (12, 12)),
}
"""What torch does not export."""

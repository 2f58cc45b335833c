"""What people write, as small modules: each made it hard to run a copy of a module, or to see what it depends on."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

__all__ = ["DTYPES", "FLOWS", "HELD", "VALUES", "Net", "Straight", "conv"]


class Net(nn.Module):
    """A module that calls a function of itself and its input; tensors that are no layers are held as they are."""

    def __init__(self, function: Callable[..., Any], **held: Any) -> None:
        super().__init__()
        self.function = function
        for name, one in held.items():
            setattr(self, name, one)

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


def conv(own: int = 2, out: int = 2, kernel: int = 3, **options: Any) -> nn.Conv2d:
    options.setdefault("padding", kernel // 2 * options.get("dilation", 1))
    return nn.Conv2d(own, out, kernel, **options)


def net(function: Callable[..., Any], **held: Any) -> Net:
    """Two layers to call, and whatever else is given."""
    return Net(function, a=conv(), b=conv(dilation=2), **held)


def plainly(module: Any, x: Tensor) -> Any:
    return module.b(module.a(x))


# What a module holds


def normed(change: Callable[..., Any]) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return nn.Sequential(change(conv()), nn.ReLU(), change(nn.ConvTranspose2d(2, 2, 4, 2, 1)))


class Halved(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight / 2


def parametrized() -> nn.Module:
    layer = conv()
    nn.utils.parametrize.register_parametrization(layer, "weight", Halved())
    return nn.Sequential(layer, conv(dilation=2))


def lazy() -> nn.Module:
    found = nn.Sequential(nn.LazyConv2d(2, 3, padding=1), nn.LazyBatchNorm2d(), nn.LazyConv2d(2, 3, dilation=2))
    found(torch.rand(2, 2, 9, 9))
    return found


def tied() -> Any:
    found: Any = net(plainly)
    found.b.weight = found.a.weight
    return found


def remembering() -> Any:
    """Hooks and ``forward`` keep what they see, with its gradients."""
    found: Any = net(plainly, seen=[])
    found.a.register_forward_hook(lambda _module, _given, made: found.seen.append(made))
    found(torch.rand(1, 2, 9, 9))
    return found


def computed() -> nn.Module:
    """Tensors that were computed from weights, at several depths."""
    scale = nn.Parameter(torch.ones(2, 1, 1))
    parts = {"scale": scale, "one": scale * 2, "two": [scale * 3], "three": {"deep": (scale * 4,)}}
    return net(lambda m, x: plainly(m, x) * m.one * m.two[0] * m.three["deep"][0], **parts)


def of_other_types() -> nn.Module:
    found = net(lambda m, x: plainly(m, x * m.on) * m.low.float().mean() + m.at.sum())
    for name, buffer in (("on", torch.tensor(True)), ("low", torch.ones(2).half()), ("at", torch.arange(2))):
        found.register_buffer(name, buffer)
    return found


def scripted() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return torch.jit.script(nn.Sequential(conv(), nn.ReLU(), conv(dilation=2)))


class NoCopies(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = conv(), conv(dilation=2)

    def __deepcopy__(self, memo: Any) -> Any:
        raise RuntimeError("no copies")

    def forward(self, x: Tensor) -> Any:
        return plainly(self, x)


HELD: Mapping[str, Callable[[], nn.Module]] = {
    "weight norm": lambda: normed(nn.utils.weight_norm),
    "weight norm, parametrized": lambda: normed(nn.utils.parametrizations.weight_norm),
    "spectral norm": lambda: normed(nn.utils.spectral_norm),
    "spectral norm, parametrized": lambda: normed(nn.utils.parametrizations.spectral_norm),
    "parametrized": parametrized,
    "lazy, initialized": lazy,
    "tied weights": tied,
    "outputs in a hook": remembering,
    "computed tensors": computed,
    "buffers of other types": of_other_types,
    "a complex parameter": lambda: net(
        lambda m, x: m.b((m.a(x) * m.w).abs()), w=nn.Parameter(torch.ones(2, 1, 1, dtype=torch.complex64))
    ),
    "a lock": lambda: net(plainly, lock=threading.Lock()),
    "a generator among layers": lambda: net(plainly, parts=[conv(), (n for n in range(3))]),
    "a random generator": lambda: net(
        lambda m, x: plainly(m, x) + torch.rand(1, generator=m.random), random=torch.Generator()
    ),
    "no copies": NoCopies,
    "a layer that is not registered": lambda: net(lambda m, x: m.hidden[0](plainly(m, x)), hidden=[conv(kernel=1)]),
    "script": scripted,
}


# What stops gradients, or saves memory


class _Straight(Function):
    """Its backward pass says nothing of what it reads."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return functional.avg_pool2d(x, 3, 1, 1).round()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        raise NotImplementedError


class _SetUp(Function):
    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return functional.max_pool2d(x, 3, 1, 1)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:  # noqa: ARG004 - torch names them
        ctx.needed = ctx.needs_input_grad

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        raise NotImplementedError


Straight: Any = _Straight
SetUp: Any = _SetUp


def without_gradients(mode: Any) -> Callable[[Any, Tensor], Any]:
    def run(module: Any, x: Tensor) -> Any:
        with mode():
            return plainly(module, x)

    return run


def in_place(module: Any, x: Tensor) -> Any:
    x -= 0.5
    made = module.a(x).sub_(module.b(x))
    made.div_(made.std(1, keepdim=True) + 1)
    kept = torch.relu(made)
    kept += 1
    return made * kept


FLOWS: Mapping[str, Callable[[], nn.Module]] = {
    "reentrant checkpoint": lambda: net(lambda m, x: m.b(checkpoint(m.a, x, use_reentrant=True))),
    "checkpoint": lambda: net(lambda m, x: m.b(checkpoint(m.a, x, use_reentrant=False))),
    "own backward": lambda: net(lambda m, x: m.b(Straight.apply(m.a(x)))),
    "own context": lambda: net(lambda m, x: m.b(SetUp.apply(m.a(x)))),
    "no_grad": lambda: net(without_gradients(torch.no_grad)),
    "inference mode": lambda: net(without_gradients(torch.inference_mode)),
    "detach": lambda: net(lambda m, x: m.b(m.a(x) + m.b(x).detach())),
    "data": lambda: net(lambda m, x: m.b(m.a(x).data)),
    "in place": lambda: net(in_place),
    "dropout left on": lambda: net(lambda m, x: m.b(functional.dropout(m.a(x), 0.5, training=True))),
}

VALUES: Mapping[str, Callable[[], nn.Module]] = {
    "rounded": lambda: net(lambda m, x: m.b(torch.round(m.a(x)) + torch.sign(m.a(x)))),
    "compared": lambda: net(lambda m, x: (m.b(m.a(x)) > 0).float()),
    "argmax": lambda: net(lambda m, x: (plainly(m, x), plainly(m, x).argmax(1))),
    "masked by what is seen": lambda: net(lambda m, x: m.b(x).masked_fill(m.a(x) > 0.5, 0.0)),
    "where, by a condition that sees more": lambda: net(lambda m, x: torch.where(m.b(x) > 0, m.a(x), x)),
    "taken off itself": lambda: net(lambda m, x: m.b(m.a(x) - m.a(x))),
    "divided by itself": lambda: net(lambda m, x: functional.normalize(m.b(m.a(x))[:, :1], dim=1)),
    "the larger": lambda: net(lambda m, x: torch.maximum(m.a(x), m.b(x)).amax(1, keepdim=True)),
    "the median of channels": lambda: net(lambda m, x: m.b(m.a(x)).median(1, keepdim=True).values),
    "gates of gates": lambda: net(lambda m, x: m.b((m.a(x) * torch.sigmoid(m.a(x))) ** 8 * m.a(x) ** 8)),
    "softmax over positions": lambda: net(lambda m, x: m.b(m.a(x) * m.a(x).flatten(2).softmax(-1).view(x.shape))),
    "the largest of a map": lambda: net(lambda m, x: m.b(m.a(x) * m.a(x).amax((2, 3), keepdim=True))),
    "the Fourier transform there and back": lambda: net(
        lambda m, x: m.b(torch.fft.irfft2(torch.fft.rfft2(m.a(x)), s=x.shape[-2:]))
    ),
}


# What numbers are cast to


def in_autocast(module: Any, x: Tensor) -> Any:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return plainly(module, x)


def only_float32(module: Any, x: Tensor) -> Any:
    if module.a(x).dtype != torch.float32:
        raise TypeError("float32 wanted")
    return plainly(module, x)


def with_constants(module: Any, x: Tensor) -> Any:
    ramp = torch.linspace(-1, 1, x.shape[-1]).half().expand_as(x)
    return functional.conv2d(module.a(x + ramp), torch.ones(2, 1, 3, 3, dtype=torch.float32), padding=1, groups=2)


DTYPES: Mapping[str, Callable[[], nn.Module]] = {
    "float": lambda: net(lambda m, x: plainly(m, x.float())),
    "half and back": lambda: net(lambda m, x: m.b(m.a(x).half().to(torch.float32))),
    "type of a weight": lambda: net(lambda m, x: m.b(m.a(x.to(m.a.weight.dtype)).type_as(m.b.weight))),
    "type by name": lambda: net(lambda m, x: m.b(m.a(x).type("torch.FloatTensor"))),
    "constants": lambda: net(with_constants),
    "a plain tensor": lambda: net(lambda m, x: functional.conv2d(m.a(x), m.k, padding=1), k=torch.ones(2, 2, 3, 3)),
    "autocast": lambda: net(in_autocast),
    "bfloat16 weights": lambda: net(plainly).to(torch.bfloat16),
    "half weights": lambda: net(plainly).half(),
    "float32 only": lambda: net(only_float32),
}

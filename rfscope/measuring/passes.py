"""The gradient of one output of a module on some images, the module's own weights and code in evaluation mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.measuring.holding import Held, holding
from rfscope.measuring.subject import Subject
from rfscope.readers.torch.parts import evaluating, untouched, weights_of
from rfscope.readers.torch.tape import tensors_of
from rfscope.readers.tracing import Map
from rfscope.verification.predicted import elements_of

if TYPE_CHECKING:
    import torch

__all__ = ["Runner", "direct"]


@dataclass(frozen=True)
class Runner:
    """A module, and the output of it whose gradients are asked for.

    Attributes:
        module: The module.
        subject: Its output.
        cotangent: What its channels are weighted with.
        seed: Where random numbers begin.
        device: Where it runs.
        dtype: Type of the images.
    """

    module: torch.nn.Module
    subject: Subject
    cotangent: str
    seed: int
    device: torch.device
    dtype: torch.dtype

    @contextmanager
    def ready(self) -> Iterator[None]:
        """A context in which it can run: in evaluation mode, no gradients of weights; afterwards all is as it was."""
        import torch

        weights = [weight for _, weight in weights_of(self.module) if weight.is_leaf and weight.requires_grad]
        random = [] if self.device.type == "cpu" else [self.device]
        with ExitStack() as stack:
            stack.enter_context(torch.inference_mode(mode=False))
            stack.enter_context(torch.enable_grad())
            stack.enter_context(torch.random.fork_rng(devices=random))
            stack.enter_context(evaluating(self.module))
            stack.enter_context(untouched(self.module))
            try:
                for weight in weights:
                    weight.requires_grad_(False)
                yield
            finally:
                for weight in weights:
                    weight.requires_grad_(True)

    def gradient(self, images: Sequence[Any], first: int, held: Held | None = None) -> torch.Tensor:
        """The gradients on some images at once, of the shape of these.

        Args:
            images: Arrays of (channels, sizes).
            first: The number of the first among all, which seeds what is random.
            held: What is held constant, if it is.

        Raises:
            RfscopeError: The output has no gradient, or the module cannot run.
        """
        import numpy as np
        import torch

        given = torch.as_tensor(np.stack(images)).to(self.device, self.dtype).requires_grad_()
        torch.manual_seed(self.seed + first)
        try:
            made = self._output(given, held)
            total = (self._chosen(made, len(images)) * self._weights(made, first, len(images))).sum()
            [found] = torch.autograd.grad(total, [given])
        except RfscopeError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a module raises that was made for other images
            if isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error):
                got, do = (
                    f"{len(images)} images of {_shape(given)} at once",
                    "give fewer (--batch), or a smaller --input",
                )
                raise RfscopeError("out of memory", where=self.subject.name, got=got, do=do) from None
            got = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
            raise UnsupportedError(
                "the module does not run on these images", where=self.subject.name, got=got
            ) from None
        return found.detach()

    def _output(self, images: torch.Tensor, held: Held | None) -> torch.Tensor:
        """What the module makes there."""
        subject, seen = self.subject, list[Any]()
        with ExitStack() as stack:
            if subject.path is not None:
                part = self.module.get_submodule(subject.path)
                stack.callback(part.register_forward_hook(lambda *of: seen.append(of[2])).remove)
            if held is not None:
                stack.enter_context(holding(self.module, held))
            made = self.module(*self._inputs(images))
        leaves: list[torch.Tensor] = list(tensors_of(seen[-1] if seen else made))
        if subject.path is None:
            found: torch.Tensor = leaves[subject.leaf]
        else:
            shape = subject.value.shape if isinstance(subject.value, Map) else None
            found = next((one for one in leaves if shape is None or tuple(one.shape[1:]) == shape[1:]), leaves[0])
        if not found.requires_grad or not found.is_floating_point():
            got = "integers, such as of argmax" if not found.is_floating_point() else "a constant"
            do = "look at a layer before it with --node"
            raise UnsupportedError("the output has no gradient", where=subject.value.node, got=got, do=do)
        return found

    def _inputs(self, images: torch.Tensor) -> list[torch.Tensor]:
        """What the module is called with: copies, as it may write into them; other inputs are noise."""
        import torch

        found, captured = [], self.subject.captured
        random = torch.Generator().manual_seed(self.seed)
        for place, form in enumerate(captured.program.inputs):
            if place == captured.of:
                found.append(images.clone().reshape(len(images) * form.shape[0], *form.shape[1:]))
            else:
                found.append(torch.randn(form.shape, generator=random).to(self.device, self.dtype))
        return found

    def _chosen(self, made: torch.Tensor, count: int) -> torch.Tensor:
        """The elements of the position that is looked at, an image a row."""
        value = self.subject.value
        if not isinstance(value, Map):
            return made.reshape(count, -1) if count > 1 else made.reshape(1, -1)
        if tuple(made.shape) != (count * value.shape[0], *value.shape[1:]):
            got, expected = "x".join(map(str, made.shape)), "x".join(map(str, value.shape))
            raise UnsupportedError(
                "an output has another shape than was read", where=value.node, got=got, expected=expected
            )
        mask = elements_of(value, self.subject.at).to(made.device)
        return made.reshape(count, *value.shape)[mask.expand(count, *value.shape)].reshape(count, -1)

    def _weights(self, made: torch.Tensor, first: int, count: int) -> torch.Tensor:
        """What the channels of each image are weighted with."""
        import torch

        chosen = self._chosen(made.detach(), count)
        if self.cotangent == "relu":
            return (chosen > 0).to(chosen.dtype)
        if self.cotangent == "sum":
            return torch.ones_like(chosen)
        rows = []
        for number in range(first, first + count):
            random = torch.Generator().manual_seed(1_000_003 * (self.seed + 1) + number)
            rows.append(2 * torch.randint(0, 2, (chosen.shape[1],), generator=random) - 1)
        return torch.stack(rows).to(chosen.device, chosen.dtype)


def _shape(images: torch.Tensor) -> str:
    return "x".join(map(str, images.shape[1:]))


@contextmanager
def direct() -> Iterator[None]:
    """A context in which convolutions are sums of products, and not made by transforms that leave rounding behind."""
    import warnings

    import torch

    with torch.backends.cudnn.flags(enabled=False), ExitStack() as stack:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a flag that is set to what it is
            stack.enter_context(torch.backends.mkldnn.flags(enabled=False))
        yield

"""The measuring: gradients of one output on many images, and whether they stay within the exact field."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import LimitError, RfscopeError, UnsupportedError
from rfscope.measured.field import EffectiveField
from rfscope.measured.samples import Samples
from rfscope.measuring.holding import Calls, Held, global_calls
from rfscope.measuring.passes import Runner
from rfscope.measuring.proof import Sums, outside_of
from rfscope.measuring.subject import Subject
from rfscope.readers.torch.parts import weights_of
from rfscope.readers.tracing import Map
from rfscope.verification.copied import copied
from rfscope.verification.device import find_device

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["COTANGENTS", "Wanted", "measure"]

COTANGENTS = ("signs", "sum", "relu")

_MOST_AT_ONCE = 8
"""Images at once on a GPU, where there is memory for them."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How to measure.

    Attributes:
        cotangent: What the output's channels are weighted with: random signs, ones, or ones where they are positive.
        seed: Where random numbers begin.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        batch: Images at once; as many as are quick and fit if None.
    """

    cotangent: str = "signs"
    seed: int = 0
    device: str = "auto"
    batch: int | None = None

    def check(self) -> None:
        """Refuse what is out of range.

        Raises:
            RfscopeError: Something is.
        """
        if self.cotangent not in COTANGENTS:
            raise RfscopeError("bad cotangent", got=repr(self.cotangent), expected="one of " + ", ".join(COTANGENTS))
        if type(self.seed) is not int or not 0 <= self.seed < 2**32:
            raise RfscopeError("bad seed", got=self.seed, expected="an integer from 0 to 4294967295")
        if self.batch is not None and (type(self.batch) is not int or self.batch < 1):
            raise RfscopeError("bad batch", got=self.batch, expected="images at once, an integer of 1 or more")


def measure(
    module: torch.nn.Module,
    subject: Subject,
    samples: Samples,
    wanted: Wanted,
    progress: Callable[[int, int], None] | None = None,
) -> EffectiveField:
    """Measure the effective field of one output of a module.

    Where gradients vanish or are no numbers, all is done once more in float64.

    Args:
        module: The module, which is left as it is.
        subject: Its output.
        samples: The images.
        wanted: How.
        progress: Called after each batch with how many images are done and how many there are.

    Raises:
        UnsupportedError: The output has no gradient, or none that is a number and not 0, or the module cannot run.
        LimitError: It needs more memory than the limit ``verify-bytes``.
    """
    wanted.check()
    place = find_device(wanted.device)
    exact, batch = subject.exact(), _at_once(subject, samples.count, wanted, place)
    if exact is not None and not exact.any():
        raise UnsupportedError(
            "the output reads nothing of the input", where=subject.value.node, do="choose another with --at"
        )
    calls = _held_calls(subject)
    began = time.perf_counter()
    runner, sums = _in_a_type(module, subject, samples, wanted, place, exact, calls, batch, progress)
    outside = outside_of(runner, samples, sums, exact, calls)
    seconds = time.perf_counter() - began
    counts, unknown = _counts(subject)
    import torch

    return EffectiveField(
        name=subject.name,
        node=subject.value.node if subject.path is None else subject.path,
        at=subject.at,
        e1=sums.e1 / samples.count,
        e2=sums.e2 / samples.count,
        positive=None if sums.positive is None else sums.positive / samples.count,
        counts=counts,
        counts_unknown=unknown,
        exact=exact,
        frame=subject.frame,
        centre=subject.centre,
        periods=subject.periods,
        outside=outside,
        samples=samples.count,
        images=samples.words,
        cotangent=wanted.cotangent,
        seed=wanted.seed,
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype=str(runner.dtype).removeprefix("torch."),
        torch=torch.__version__,
        batch=batch,
        seconds=seconds,
    )


def _at_once(subject: Subject, count: int, wanted: Wanted, place: torch.device) -> int:
    """How many images run at once.

    Raises:
        LimitError: One is too large.
    """
    program, value = subject.captured.program, subject.value
    each = sum(prod(tensor.shape) for call in program.calls for tensor in call.results) * 4
    limits.check("verify-bytes", each, where=subject.name)
    first = program.inputs[subject.captured.of].shape[0]
    statistics = any(call.name.endswith("batch_norm") and call.arguments.get("training") for call in program.calls)
    apart = len(program.inputs) == 1 and first == 1 and not statistics
    if not apart or (isinstance(value, Map) and (value.shape[0] != 1 or value.layout[0])):
        return 1  # images would be mixed, or lie elsewhere in the tensors
    if wanted.batch is not None:
        return min(wanted.batch, count)
    return 1 if place.type == "cpu" else max(1, min(_MOST_AT_ONCE, count, limits.limit("verify-bytes") // max(1, each)))


def _held_calls(subject: Subject) -> Calls | None:
    """The calls to hold constant in a second pass; None if none is needed."""
    if not subject.is_local or subject.lower_bound or not subject.through:
        return None
    return global_calls(subject.captured.program, subject.translation)


def _in_a_type(
    module: torch.nn.Module,
    subject: Subject,
    samples: Samples,
    wanted: Wanted,
    place: torch.device,
    exact: np.ndarray[Any, Any] | None,
    calls: Calls | None,
    batch: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[Runner, Sums]:
    """Run in the module's own type, or where that leaves nothing, in float64.

    Raises:
        UnsupportedError: Gradients vanish or are no numbers in both.
    """
    import torch

    own = next((one.dtype for _, one in weights_of(module) if one.is_floating_point()), torch.float32)
    on = next((one.device for _, one in weights_of(module)), place)
    for dtype in dict.fromkeys((own, torch.float64)):
        moved = module if (dtype, on) == (own, place) else copied(module).to(place, dtype)
        runner = Runner(moved, subject, wanted.cotangent, wanted.seed, place, dtype)
        sums = _all(runner, samples, exact, calls, batch, progress)
        if sums.finite and sums.e2.any():
            return runner, sums
    what = (
        "the gradient vanishes: nothing on the input changes the output" if sums.finite else "gradients are no numbers"
    )
    where = subject.value.node if sums.finite else samples.name(sums.done)
    do = "choose another output with --at or --node" if sums.finite else "look for NaN in the weights"
    if sums.finite and wanted.cotangent == "sum":
        do = "behind a norm of channels their sum is constant: give signs with --cotangent"
    raise UnsupportedError(what, where=where, got="the same in float64", do=do)


def _all(
    runner: Runner,
    samples: Samples,
    exact: np.ndarray[Any, Any] | None,
    calls: Calls | None,
    batch: int,
    progress: Callable[[int, int], None] | None,
) -> Sums:
    """All images, some at once; the first that has no finite gradient ends it."""
    import numpy as np
    import torch

    sizes = runner.subject.sizes
    relu = runner.cotangent == "relu" and len(sizes) == 2
    sums = Sums(
        np.zeros(sizes), np.zeros(sizes), np.zeros(sizes) if relu else None, None if calls is None else np.zeros(sizes)
    )
    beyond = None if exact is None else torch.as_tensor(~exact).to(runner.device)
    with runner.ready():
        for first in range(0, samples.count, batch):
            images = [samples[number] for number in range(first, min(first + batch, samples.count))]
            found = runner.gradient(images, first).reshape(len(images), -1, *sizes)
            sums.done = first
            if not bool(torch.isfinite(found).all()):
                sums.finite = False
                return sums
            sums.e1 += _added(found.abs())
            sums.e2 += _added(found.double() ** 2)
            if relu:
                sums.positive += _added(found.relu())
            if calls is None and sums.offender is None:
                sums.offender = _offender(found, beyond, first)
            if calls is not None:
                held = Held(calls)
                inner = runner.gradient(images, first, held).reshape(found.shape)
                sums.held += _added(inner.double() ** 2)
                sums.all_held &= held.all
                if sums.held_offender is None:
                    sums.held_offender = _offender(inner, beyond, first)
            if progress is not None:
                progress(first + len(images), samples.count)
    return sums


def _added(values: torch.Tensor) -> np.ndarray[Any, Any]:
    """Values of (images, channels, sizes) added over images and channels, in float64."""
    import numpy as np
    import torch

    return np.asarray(values.sum((0, 1), dtype=torch.float64).cpu().numpy())


def _offender(found: torch.Tensor, beyond: torch.Tensor | None, first: int) -> int | None:
    """The first image that has a gradient where there may be none."""
    if beyond is None:
        return None
    seen = ((found != 0) & beyond).flatten(1).any(1)
    return first + int(seen.int().argmax()) if bool(seen.any()) else None


def _counts(subject: Subject) -> tuple[np.ndarray[Any, Any] | None, str | None]:
    """The path counts, or why they are not known."""
    try:
        return subject.counts(), None
    except (LimitError, UnsupportedError) as error:
        return None, error.line

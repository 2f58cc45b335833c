"""Verification on the user's own module: its real gradients against the predicted reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.errors import TargetError, UnsupportedError
from rfscope.readers.torch.parts import weights_of
from rfscope.readers.torch.wrapped import unwrapped
from rfscope.verification.device import find_device
from rfscope.verification.gradients import differences, guarded
from rfscope.verification.mixers import Watch, masked_in, mixers_of
from rfscope.verification.plan import Plan, make_plan
from rfscope.verification.predicted import ExpectedGradient, expectations
from rfscope.verification.structure import simplify

if TYPE_CHECKING:
    import torch

__all__ = ["ModuleVerification", "verify_module"]

_TYPES = ("float64", "float32")
"""Types of numbers to run a module in: the first that it runs in is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleVerification:
    """What was compared on a user's module.

    Attributes:
        device: Where it ran.
        dtype: Type of the numbers: ``"float64"``, or ``"float32"`` where the module does not run in that.
        torch: Version of torch.
        input: Spatial size of the input it ran on.
        inside: Whether the field of an output in the middle fits on that input, so that it touches no border.
        gradients: How many outputs were compared.
        positions: How many input positions were compared in all.
        through_global: Whether gradients through global operations were compared, too.
        upper_bounds: How many of the predictions are upper bounds: the module takes channels of maps that see less
            than others do, and reads less than predicted. With its channels taken together it reads just that.
        bytes: Memory that its maps take, as estimated beforehand.
        seconds: How long it took.
        equal: Whether every gradient is nonzero exactly where it should be.
        first_difference: The first place where it is not.
    """

    device: str
    dtype: str
    torch: str
    input: tuple[int, ...]
    inside: bool
    gradients: int
    positions: int
    through_global: bool
    upper_bounds: int
    bytes: int
    seconds: float
    equal: bool
    first_difference: str | None

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON; ``first_difference`` only where there is one."""
        record = {field.name: getattr(self, field.name) for field in fields_of(self)}
        return {key: value for key, value in record.items() if key != "first_difference" or value is not None}

    def __str__(self) -> str:
        size = "x".join(map(str, self.input))
        where = "inside the border" if self.inside else "clipped by the border"
        result = "all equal" if self.equal else f"MISMATCH: {self.first_difference}"
        if self.upper_bounds and self.equal:
            bounds = "an upper bound" if self.upper_bounds == 1 else "upper bounds"
            result += (
                f", {self.upper_bounds} of them as {bounds}: equal with channels taken together, within as they are"
            )
        beside = ", and through global operations" if self.through_global else ""
        dtype = self.dtype if self.dtype == _TYPES[0] else f"{self.dtype}: it does not run in {_TYPES[0]}"
        return (
            f"Verified on the module itself (torch {self.torch} on {self.device}, {dtype}, input {size}, "
            f"{self.bytes / 2**30:.2f} GiB): {self.positions} positions of {self.gradients} gradients{beside}, the "
            f"middle output {where}, in {self.seconds:.1f} s, {result}."
        )


def verify_module(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    of: str | None = None,
    name: str | None = None,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> ModuleVerification:
    """Run a module and compare where its gradients are nonzero with where it is predicted to read.

    A copy of the module runs its own code with other numbers: positive weights, activations that pass everything, means
    instead of maxima. At several outputs, those at the border among them, the nonzero gradient must be the predicted
    support, position by position. Where global operations are in the way it is compared twice: with them cut off, and
    with them in place.

    Args:
        module: A module with real weights. It is left as it is.
        input: Spatial size per axis to run it on; by default one on which the field of an output in the middle fits,
            or the largest that the limits allow.
        shapes: Shapes of some of its inputs, by name.
        of: The input that is looked at; the first with positions if not given.
        name: What it is called in error texts.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        progress: Called after each gradient with how many are done and how many there are.

    Raises:
        TargetError: It cannot be captured, or has weights without data.
        UnsupportedError: It has operations that were not analyzed.
        LimitError: It needs more than the limits ``verify-bytes`` or ``verify-multiply-adds``.
        RfscopeError: There is no such device.
    """
    import torch

    module = unwrapped(module)
    title, place = name or type(module).__name__, find_device(device)
    if any(weight.is_meta for _, weight in weights_of(module)):
        do = "build it on the CPU"
        raise TargetError("cannot run a module whose weights have no data", where=title, do=do)
    began = time.perf_counter()
    plan = make_plan(module, input, title, shapes, of)
    expected = list(expectations(plan))
    with torch.inference_mode(mode=False), torch.enable_grad():
        dtype, found = _in_a_type(module, plan, expected, place, progress)
    version = torch.__version__
    return ModuleVerification(
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype=dtype,
        torch=version,
        input=plan.captured.sizes,
        inside=plan.inside,
        gradients=found.gradients,
        positions=found.gradients * prod(plan.captured.sizes),
        through_global=any(one.with_global is not None for one in expected),
        upper_bounds=found.upper_bounds,
        bytes=plan.bytes,
        seconds=time.perf_counter() - began,
        equal=found.difference is None,
        first_difference=found.difference,
    )


@dataclass
class _Compared:
    gradients: int = 0
    upper_bounds: int = 0
    difference: str | None = None


def _in_a_type(
    module: torch.nn.Module,
    plan: Plan,
    expected: Sequence[ExpectedGradient],
    place: torch.device,
    progress: Callable[[int, int], None] | None,
) -> tuple[str, _Compared]:
    """Compare in the first type of numbers that the module runs in, and say which it was.

    Raises:
        UnsupportedError: It runs in none of them; said is why not in the first.
    """
    import torch

    refused: UnsupportedError | None = None
    random = torch.Generator().manual_seed(1)
    shapes = [tensor.shape for tensor in plan.captured.program.inputs]
    for name in _TYPES:
        dtype: torch.dtype = getattr(torch, name)
        images = [(torch.rand(shape, generator=random, dtype=dtype) + 0.5).to(place) for shape in shapes]
        try:
            with guarded():
                copy = simplify(module, dtype, place)
            return name, _compare(copy, images, plan, expected, progress)
        except UnsupportedError as error:
            refused = refused or error
    raise refused or AssertionError


def _compare(
    module: torch.nn.Module,
    images: Sequence[torch.Tensor],
    plan: Plan,
    expected: Sequence[ExpectedGradient],
    progress: Callable[[int, int], None] | None,
) -> _Compared:
    """Run the module with its global operations cut off and, if there are any, once more with them in place."""
    result = _Compared()
    if not expected:
        raise UnsupportedError("no output of the module belongs to a position", do="verify a part of it")
    runs = [False, True] if any(one.with_global is not None for one in expected) else [False]
    total = len(expected) * len(runs)
    mixers = mixers_of(plan.captured.program, plan.translation)
    masked = masked_in(plan.captured.program, plan.translation)
    for open_ in runs:
        bounds: list[tuple[ExpectedGradient, str]] = []
        for one, difference, more in differences(
            module, images, plan, expected, Watch(mixers, open=open_, masked=masked)
        ):
            result.gradients += 1
            if progress is not None:
                progress(result.gradients, total)
            if difference is not None and more:
                return replace(result, difference=difference)
            if difference is not None:
                bounds.append((one, difference))
        if bounds:
            together = Watch(mixers, open=open_, together=images[0].ndim, masked=masked)
            still = differences(module, images, plan, [one for one, _ in bounds], together)
            for (_, difference), (_, other, _) in zip(bounds, still, strict=True):
                if other is not None:
                    return replace(result, difference=difference)
            result.upper_bounds += len(bounds)
    return result

"""The size at which a user's module is run: large enough for its field, small enough for the limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.errors import LimitError, TargetError
from rfscope.network.sizes import Settled, settle
from rfscope.readers.torch import Captured, capture
from rfscope.readers.torch.translate import Translation, translate

if TYPE_CHECKING:
    import torch

__all__ = ["Plan", "make_plan"]

_NUMBER_BYTES = 8

_QUICK = 2**33
"""Multiplications that take some seconds: where there are more, a smaller size that the field fits on is taken."""


@dataclass(frozen=True)
class Plan:
    """A module as it was read at the size that it will run at.

    Attributes:
        captured: The program and its inputs.
        translation: The network.
        settled: The network and the sizes of its maps.
        bytes: Memory that its tensors take.
        inside: Whether the field of a middle output fits.
    """

    captured: Captured
    translation: Translation
    settled: Settled
    bytes: int
    inside: bool


def make_plan(
    module: torch.nn.Module,
    input: Sequence[int] | None,
    name: str,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    of: str | None = None,
) -> Plan:
    """Choose the size to run at: large enough for the field, small enough for the limits."""
    found = capture(module, input=input, shapes=shapes, of=of, name=name)
    plan = _read(found, name)
    quick = plan.inside and _affordable(plan) and _work(plan) <= _QUICK
    if not found.forms[found.of].placed or input is not None or quick:
        _check_affordable(plan, name)
        return plan
    smallest, *sizes = _larger_and_smaller(plan)
    for size in (smallest, *sizes):
        try:
            other = _read(capture(module, input=size, of=of, name=name, like=found), name)
        except TargetError:
            continue  # a module made for one size
        if _affordable(other) and (other.inside or size != smallest):
            return other
    _check_affordable(plan, name)
    return plan


def _read(captured: Captured, name: str) -> Plan:
    sizes = captured.sizes
    translation = translate(
        captured.program, name=name, dims=len(sizes), input=sizes, allow_unknown=False, of=captured.of
    )
    settled = settle(translation.network)
    memory = sum(prod(tensor.shape) for call in captured.program.calls for tensor in call.results) * _NUMBER_BYTES
    return Plan(captured, translation, settled, memory, _fits(settled))


def _fits(settled: Settled) -> bool:
    """Whether what the middle outputs read lies on the image, with nothing in the padding."""
    from rfscope.exact.analysis import analyze

    analysis = analyze(settled.network)
    image = settled.network.input or ()
    for output in analysis.outputs:
        for field, place, size in zip(output.axes, output.position, image, strict=True):
            seen = field.at(place)
            if seen.start is None or seen.size is None or not (seen.start >= 0 and seen.start + seen.size <= size):
                return False
    return True


def _larger_and_smaller(plan: Plan) -> Iterator[tuple[int, ...]]:
    """Sizes to try, best first: those on which the field fits, just and more widely, then smaller and smaller ones."""
    from rfscope.exact.analysis import analyze

    dims = len(plan.captured.sizes)
    unit, step = {1: (256, 32), 2: (64, 32), 3: (16, 8)}[dims]
    fields = [field for output in analyze(plan.settled.network).outputs for field in output.axes]
    largest = max((field.size_max or 1 for field in fields), default=1)
    room = -(-(largest + unit) // unit) * unit
    here = max(plan.captured.sizes)
    smallest = -(-(largest + step) // step) * step
    tried = [smallest, room, room + unit, room + 4 * unit, here]
    while tried[-1] > unit:
        tried.append(max(unit, tried[-1] // 2 // unit * unit))
    yield from ((size,) * dims for size in dict.fromkeys(tried))


def _work(plan: Plan) -> int:
    """Multiplications of all convolutions and linear layers, as far as their maps are followed."""
    sizes = plan.settled.sizes or {}
    return sum((node.parameters or 0) * prod(sizes.get(node.name) or (1,)) for node in plan.settled.network.nodes)


def _affordable(plan: Plan) -> bool:
    return plan.bytes <= limits.limit("verify-bytes") and _work(plan) <= limits.limit("verify-multiply-adds")


def _check_affordable(plan: Plan, name: str) -> None:
    try:
        limits.check("verify-bytes", plan.bytes, where=name)
        limits.check("verify-multiply-adds", _work(plan), where=name)
    except LimitError as error:
        do = f"give a smaller --input, or {error.do}"
        raise LimitError(error.what, where=error.where, got=error.got, expected=error.expected, do=do) from None

"""The comparison: the gradient of a network of real convolutions against the claimed counts, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from rfscope.errors import UnsupportedError
from rfscope.exact.field import Field
from rfscope.exact.usage import Counts
from rfscope.verification.canvas import Canvas, Position
from rfscope.verification.methods import Method

if TYPE_CHECKING:
    import torch

__all__ = ["Claim", "Compared", "Difference", "compare"]


class Claim(NamedTuple):
    """What is to be proved of an output.

    Attributes:
        counts: How often it uses each pixel of its field.
        fields: Where the field of any output lies, per axis.
    """

    counts: Counts
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which a claim and a real convolution differ.

    Attributes:
        method: How the convolutions were computed.
        output: Position of the output.
        input: Position of the input pixel. It may lie outside the canvas: the claim has it read, and nothing can be.
        predicted: Paths between the two that were claimed.
        measured: The gradient.
        modulus: The prime of which both numbers are remainders; None if they are the numbers themselves.
    """

    method: str
    output: Position
    input: Position
    predicted: int
    measured: int
    modulus: int | None

    def __str__(self) -> str:
        modulo = "" if self.modulus is None else f" (modulo {self.modulus})"
        return (
            f"output {self.output} uses input {self.input}: predicted {self.predicted}, "
            f"measured {self.measured}{modulo} by {self.method}"
        )


class Compared(NamedTuple):
    """One comparison: the gradient of one output over the whole canvas."""

    method: str
    output: Position
    difference: Difference | None


def compare(
    canvas: Canvas, claim: Claim, methods: Sequence[Method], primes: Sequence[int], device: torch.device
) -> Iterator[Compared]:
    """Compare by every method, for every output, modulo every prime (or the numbers themselves if there is none).

    Raises:
        UnsupportedError: The claim does not say where the field begins.
    """
    for prime in primes or (None,):
        lines = [_line(factor, prime, device) for factor in claim.counts.factors]
        for method in methods:
            for output, gradient in zip(canvas.outputs, _gradients(canvas, method, prime, device), strict=True):
                first = _claimed_start(claim, output, from_end=output == canvas.outputs[-1])
                cell = _first_difference(gradient, lines, first, prime)
                difference = None if cell is None else Difference(method.name, output, *cell, prime)
                yield Compared(method.name, output, difference)


def _gradients(canvas: Canvas, method: Method, prime: int | None, device: torch.device) -> Iterator[torch.Tensor]:
    """The gradient of each output with respect to the whole input, reduced modulo the prime at every layer."""
    import torch

    image = torch.zeros(1, 1, *canvas.size, dtype=torch.float64, device=device, requires_grad=True)
    value = image
    for layer in canvas.layers:
        if prime is not None:
            value.register_hook(lambda gradient: gradient.fmod(prime))  # type: ignore[no-untyped-call]
        value = method.convolve(value, layer)
    for output in canvas.outputs:
        (gradient,) = torch.autograd.grad(value[0, 0, *output], image, retain_graph=True)
        yield gradient[0, 0]


def _line(factor: Sequence[int], prime: int | None, device: torch.device) -> torch.Tensor:
    """The counts along one axis, modulo the prime."""
    import torch

    return torch.tensor(
        factor if prime is None else [count % prime for count in factor], dtype=torch.float64, device=device
    )


def _claimed_start(claim: Claim, output: Position, *, from_end: bool) -> Position:
    """Where the counts of an output are claimed to begin.

    The last output's are placed by the end of its field, so that a size that does not fit the counts is found too.
    """
    starts = []
    for field, position, length in zip(claim.fields, output, claim.counts.size, strict=True):
        interval = field.at(position)
        if interval.start is None:
            raise UnsupportedError("cannot verify a field whose start is unknown", do="give the size of the input")
        starts.append(interval.start + (interval.size - length if from_end else 0))
    return tuple(starts)


def _first_difference(
    gradient: torch.Tensor, lines: Sequence[torch.Tensor], first: Position, prime: int | None
) -> tuple[Position, int, int] | None:
    """The first cell in which a gradient is not the claimed map, with the claimed and the measured number."""
    import torch

    last = tuple(start + len(line) - 1 for start, line in zip(first, lines, strict=True))
    if min(first) < 0:
        return first, prod(int(line[0]) for line in lines), 0
    if any(stop >= size for stop, size in zip(last, gradient.shape, strict=True)):
        return last, prod(int(line[-1]) for line in lines), 0
    claimed = torch.ones_like(gradient[(0,) * gradient.ndim])
    for line, start, size in zip(lines, first, gradient.shape, strict=True):
        placed = torch.nn.functional.pad(line, (start, size - start - len(line)))
        claimed = claimed[..., None] * placed
        if prime is not None:  # the product of two remainders is below 2^53
            claimed = claimed.fmod(prime)
    if torch.equal(gradient, claimed):
        return None
    cell = tuple((gradient != claimed).nonzero()[0].tolist())
    return cell, int(claimed[cell]), int(gradient[cell])

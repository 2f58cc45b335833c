"""The comparison: gradients of a network of real convolutions against the claimed counts, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.field import NOTHING, Field, Interval
from rfscope.network.graph import Network
from rfscope.network.reads import Table, TransposedWindow
from rfscope.verification.canvas import Canvas, CanvasStep, Position
from rfscope.verification.layers import forward
from rfscope.verification.methods import Method

if TYPE_CHECKING:
    import torch

__all__ = ["AnyDifference", "Claim", "Compared", "Difference", "Fact", "FieldDifference", "Job", "compare"]


class Claim(Protocol):
    """What is to be proved of one output; ``analysis.output`` is one."""

    @property
    def position(self) -> Position:
        """Which output it is; on an unbounded grid it stands for all those a multiple of the period away."""

    @property
    def axes(self) -> Sequence[Field]:
        """Where the fields lie, per axis, on the unbounded grid."""

    @property
    def first(self) -> Sequence[int | None]:
        """The first pixel it reads, where the counts begin; None if it reads nothing."""

    @property
    def counts(self) -> UsageCounts:
        """How often it uses each pixel."""


class Job(NamedTuple):
    """What is compared, and how.

    Attributes:
        given: The network, nothing in it settled by the engine.
        canvas: The network as it is run, and the outputs to look at.
        claims: What is claimed of each of these outputs.
        methods: The ways to compute windows.
        primes: The primes modulo which to compute; none if float64 holds the numbers themselves.
    """

    given: Network
    canvas: Canvas
    claims: Sequence[Claim]
    methods: Sequence[Method]
    primes: Sequence[int]

    @property
    def passes(self) -> int:
        """How many gradients there are to compute."""
        return len(self.canvas.outputs) * len(self.methods) * (len(self.primes) or 1)


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which a claim and a real convolution differ.

    Attributes:
        method: How the convolutions were computed.
        node: Name of the output.
        output: Position in its map.
        input: Position of the input pixel. It may lie outside the canvas: the claim has it read, and nothing can be.
        predicted: Paths between the two that were claimed.
        measured: The gradient.
        modulus: The prime of which both numbers are remainders; None if they are the numbers themselves.
    """

    method: str
    node: str
    output: Position
    input: Position
    predicted: int
    measured: int
    modulus: int | None

    def __str__(self) -> str:
        modulo = "" if self.modulus is None else f" (modulo {self.modulus})"
        return (
            f"{self.node} at {self.output} uses input {self.input}: predicted {self.predicted}, "
            f"measured {self.measured}{modulo} by {self.method}"
        )


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field that is not where the pixels are that an output was measured to use.

    Attributes:
        node: Name of the output.
        output: Position in its map.
        axis: The axis along which they differ.
        predicted: The claimed field.
        measured: The pixels used, from the first to the last.
    """

    node: str
    output: Position
    axis: int
    predicted: Interval
    measured: Interval

    def __str__(self) -> str:
        claimed, used = (f"{one.size} pixels from {one.start} on" for one in (self.predicted, self.measured))
        return f"field of {self.node} at {self.output} along axis {self.axis}: predicted {claimed}, measured {used}"


class Fact(NamedTuple):
    """One claim, and what was measured.

    Attributes:
        quantity: What it is about.
        where: Of what.
        predicted: What is claimed.
        measured: What real convolutions showed.
    """

    quantity: str
    where: str
    predicted: object
    measured: object

    @property
    def equal(self) -> bool:
        """Whether the claim holds."""
        return self.predicted == self.measured

    def __str__(self) -> str:
        return f"{self.quantity} of {self.where}: predicted {self.predicted}, measured {self.measured}"


AnyDifference: TypeAlias = Difference | FieldDifference | Fact


class Compared(NamedTuple):
    """One comparison: the gradient of one output over so many cells, all of the canvas."""

    method: str
    node: str
    output: Position
    cells: int
    difference: AnyDifference | None


def compare(job: Job, device: torch.device) -> Iterator[Compared]:
    """Compare by every method, for every output, modulo every prime (or the numbers themselves if there is none).

    Raises:
        UnsupportedError: A claim does not say where the field begins.
    """
    canvas, node = job.canvas, job.canvas.steps[-1].name
    for prime in job.primes or (None,):
        for method in job.methods:
            gradients = _gradients(canvas, method, prime, device)
            for claim, output, gradient in zip(job.claims, canvas.outputs, gradients, strict=True):
                claimed = _numbers(claim.counts, prime, device)
                cell = _first_difference(gradient, claimed, _begin(claim, output))
                found = None if cell is None else Difference(method.name, node, output, *cell, prime)
                difference = found or _field_difference(claim, output, canvas)
                yield Compared(method.name, node, output, canvas.cells, difference)


def _gradients(canvas: Canvas, method: Method, prime: int | None, device: torch.device) -> Iterator[torch.Tensor]:
    """The gradient of each output with respect to the whole input, reduced modulo the prime at every map."""
    import torch

    def reduce_gradient(value: torch.Tensor) -> None:
        if prime is not None:
            value.register_hook(lambda gradient: gradient.fmod(prime))  # type: ignore[no-untyped-call]

    image = torch.zeros(1, 1, *canvas.size, dtype=torch.float64, device=device, requires_grad=True)
    value = forward(canvas.steps, image, method, reduce_gradient)[canvas.steps[-1].name][0, 0]
    for output in canvas.outputs:
        if any(at >= size for at, size in zip(output, value.shape, strict=True)):
            yield torch.zeros_like(image[0, 0])  # there is no such output
        else:
            (gradient,) = torch.autograd.grad(value[output], image, retain_graph=True)
            yield gradient[0, 0]


def _numbers(counts: UsageCounts, prime: int | None, device: torch.device) -> torch.Tensor:
    """The claimed counts, modulo the prime."""
    import numpy as np
    import torch

    def numbers(exact: np.ndarray[Any, Any]) -> torch.Tensor:
        reduced = exact if prime is None else exact % prime
        return torch.from_numpy(reduced.astype(np.float64)).to(device)

    if not isinstance(counts, Counts):
        return numbers(counts.map())
    product, *lines = (numbers(np.array(factor, dtype=object)) for factor in counts.factors)
    for line in lines:
        product = product[..., None] * line
        if prime is not None:  # the product of two remainders is below 2^53
            product = product.fmod(prime)
    return product


def _begin(claim: Claim, output: Position) -> Position:
    """Where the counts of an output are claimed to begin: those of the claim, as many shifts on as periods."""
    begin = []
    for field, first, here, there in zip(claim.axes, claim.first, claim.position, output, strict=True):
        if first is None and claim.counts.max:
            raise UnsupportedError("cannot verify a field whose start is unknown", do="give the size of the input")
        begin.append((first or 0) + (there - here) // field.period * field.shift)
    return tuple(begin)


def _first_difference(
    gradient: torch.Tensor, claimed: torch.Tensor, begin: Position
) -> tuple[Position, int, int] | None:
    """The first cell in which a gradient is not the claimed map, with the claimed and the measured number."""
    import torch

    there = claimed.nonzero()
    places = there + torch.tensor(begin, dtype=torch.int64, device=there.device)
    outside = (places < 0) | (places >= torch.tensor(gradient.shape, dtype=torch.int64, device=there.device))
    if outside.any():
        lost = int(outside.any(dim=1).nonzero()[0])
        return tuple(places[lost].tolist()), int(claimed[tuple(there[lost])]), 0
    predicted = torch.zeros_like(gradient)
    predicted[tuple(places.T)] = claimed[tuple(there.T)]
    if torch.equal(gradient, predicted):
        return None
    cell = tuple((gradient != predicted).nonzero()[0].tolist())
    return cell, int(predicted[cell]), int(gradient[cell])


def _field_difference(claim: Claim, output: Position, canvas: Canvas) -> FieldDifference | None:
    """Where a field is not the interval from the first pixel used to the last.

    Along one axis alone more may be in reach than over all axes together, where a branch reads nothing along another
    one; and of a bounded input only what lies in it. Then the field must hold all that is used. Padding that repeats a
    map sends what lies outside of the input to some place inside: a field that reaches out says nothing about it then.
    """
    folded = any(step.padding_mode != "zeros" for step in canvas.steps)
    exact = not canvas.bounded and (len(canvas.size) == 1 or all(_gapless(step) for step in canvas.steps))
    used = zip(claim.first, _begin(claim, output), claim.counts.size, strict=True)
    for axis, (field, at, (first, begin, size)) in enumerate(zip(claim.axes, output, used, strict=True)):
        predicted, measured = field.at(at), NOTHING if first is None else Interval(size, begin)
        if folded and not _holds(Interval(canvas.size[axis], 0), predicted):
            continue
        if predicted != measured and (exact or not _holds(predicted, measured)):
            return FieldDifference(canvas.steps[-1].name, output, axis, predicted, measured)
    return None


def _holds(field: Interval, used: Interval) -> bool:
    if used.start is None or used.size is None:
        return True
    if field.start is None or field.size is None:
        return False
    return field.start <= used.start and used.start + used.size <= field.start + field.size


def _gapless(step: CanvasStep) -> bool:
    """Whether each of its outputs reads something along every axis."""
    for read in step.reads:
        if isinstance(read, Table) and any(a == b for a, b in zip(read.starts, read.stops, strict=True)):
            return False
        if isinstance(read, TransposedWindow):
            phases = {tap * read.dilation % read.stride for tap in range(min(read.kernel, read.stride))}
            if len(phases) < read.stride:
                return False
    return True

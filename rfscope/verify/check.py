"""Verification: the gradient of real convolutions, compared with the usage counts cell by cell, without a tolerance."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from math import prod
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.errors import MissingExtraError, RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field
from rfscope.exact.usage import Counts
from rfscope.network.graph import Network
from rfscope.verify.canvas import Canvas, Layer, Position, chain_layers, make_canvas
from rfscope.verify.methods import METHODS, Method
from rfscope.verify.residues import moduli

if TYPE_CHECKING:
    import torch

__all__ = ["Difference", "Verification", "verify", "verify_claim"]

_DEVICES = ("auto", "cpu", "cuda")

_COLUMNS = 2**26
"""Cells of working arrays, over all layers, up to which the second and third method are tried."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell in which a prediction and a real convolution differ.

    Attributes:
        method: How the convolutions were computed.
        output: Position of the output.
        input: Position of the input cell; outside the canvas (where nothing can be read) if predicted there.
        predicted: Paths between the two that were predicted.
        measured: The gradient.
        modulus: The prime modulo which both numbers are given; None if they are the numbers themselves.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification compared, and whether all of it was equal.

    Attributes:
        device: Where the convolutions ran: ``"cpu"``, or ``"cuda:0"`` and the name of the GPU.
        dtype: Type of the numbers, ``"float64"``.
        torch: Version of torch.
        method: The ways in which the dilated convolutions were computed.
        moduli: The primes that values were reduced by; none below 2^53, where float64 holds them as they are.
        positions: Cells of gradients compared.
        phases: Outputs whose gradients were compared.
        equal: Whether there was no difference.
        seconds: Time it took, in seconds, without loading torch.
        first_difference: The first cell that differs, at which the comparison stopped; None if there is none.
    """

    device: str
    dtype: str
    torch: str
    method: tuple[str, ...]
    moduli: tuple[int, ...]
    positions: int
    phases: int
    equal: bool
    seconds: float
    first_difference: Difference | None


def verify(
    analysis: Analysis, *, device: str = "auto", progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Compare an analysis with real convolutions.

    The network is built in torch: one channel, all weights 1, float64. The gradient of an output with respect to an
    input pixel is then the number of paths between them, and must equal the usage count; everywhere else on the
    canvas it must be 0. What is proved is structural: which pixels can matter, not how much trained weights make of them.

    Args:
        analysis: Of a chain of convolutions, pooling and padding.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        progress: Called after each gradient with how many are done and how many there are.

    Raises:
        MissingExtraError: Torch is not installed.
        RfscopeError: There is no such device.
        UnsupportedError: The network is no chain of windows, or a padding depends on the size of the input.
        LimitError: The network needs more than ``verify-cells`` cells of input or ``cells`` of memory.
    """
    output = analysis.output
    return verify_claim(analysis.network, output.counts, output.axes, device=device, progress=progress)


def verify_claim(
    network: Network,
    counts: Counts,
    fields: Sequence[Field],
    *,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Compare any usage counts, and fields that say where they lie, with the real convolutions of a network.

    Args:
        network: The network to build.
        counts: What is claimed of how often an output uses each pixel of its field.
        fields: What is claimed of its fields, per axis.
        device: As for ``verify``.
        progress: As for ``verify``.

    Raises:
        RfscopeError: As for ``verify``.
    """
    place = _find_device(device)
    import torch

    began = time.perf_counter()
    layers = chain_layers(network)
    canvas = make_canvas(layers)
    _check_size(network.name, layers, canvas)
    taps = [prod(window.kernel for window in layer) for layer in layers]
    primes = moduli(max(prod(taps), counts.paths), max(taps))
    methods = [METHODS[0], *(method for method in METHODS[1:] if sum(_columns(method, layers, canvas)) <= _COLUMNS)]

    total = (len(primes) or 1) * len(methods) * len(canvas.outputs)
    compared: dict[tuple[str, Position], None] = {}
    difference = None
    with _exact_arithmetic():
        runs = _compare(layers, canvas, counts, fields, methods, primes or (None,), place)
        for done, (name, output, difference) in enumerate(runs, start=1):
            compared[name, output] = None
            if progress is not None:
                progress(done, total)
            if difference is not None:
                break
    return Verification(
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype="float64",
        torch=torch.__version__,
        method=tuple(dict.fromkeys(name for name, _ in compared)),
        moduli=primes,
        positions=len(compared) * canvas.cells,
        phases=len({output for _, output in compared}),
        equal=difference is None,
        seconds=time.perf_counter() - began,
        first_difference=difference,
    )


def _find_device(name: str) -> torch.device:
    if name not in _DEVICES:
        raise RfscopeError("unknown device", got=repr(name), expected="one of " + ", ".join(_DEVICES))
    try:
        import torch
    except ImportError:
        raise MissingExtraError("verification needs torch", do='pip install "rfscope[torch]"') from None
    if torch.cuda.is_available():
        return torch.device("cpu" if name == "cpu" else f"cuda:{torch.cuda.current_device()}")
    if name == "cuda":
        raise RfscopeError(
            "no CUDA device", expected="a GPU that torch can use", do="verify on the CPU with device cpu"
        )
    return torch.device("cpu")


@contextlib.contextmanager
def _exact_arithmetic() -> Iterator[None]:
    """Gradients on, whatever the caller's mode; no cuDNN, which may choose a transform that is fast and not exact.

    One thread: on cores that are shared, waiting for a second one took 100 times as long as doing without.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(mode=False), torch.backends.cudnn.flags(enabled=False):
            yield
    finally:
        torch.set_num_threads(threads)


def _columns(method: Method, layers: Sequence[Layer], canvas: Canvas) -> list[int]:
    return list(starmap(method.columns, zip(layers, canvas.padded, strict=True)))


def _check_size(name: str, layers: Sequence[Layer], canvas: Canvas) -> None:
    """Refuse what is too large: one map, or all that torch keeps at once (every map, and the largest working array)."""
    maps = [prod(size) for size in canvas.padded]
    limits.check("verify-cells", max(canvas.cells, *maps), where=name)
    limits.check("cells", sum(maps) + max(_columns(METHODS[0], layers, canvas)), where=name)


def _compare(
    layers: Sequence[Layer],
    canvas: Canvas,
    counts: Counts,
    fields: Sequence[Field],
    methods: Sequence[Method],
    primes: Sequence[int | None],
    place: torch.device,
) -> Iterator[tuple[str, Position, Difference | None]]:
    """Compare output after output; yields the method's name, the output, and the first cell that differs."""
    for prime in primes:
        predicted = _dense(counts, prime, place)
        for method in methods:
            gradients = _gradients(method, layers, canvas, prime, place)
            for output, gradient in zip(canvas.outputs, gradients, strict=True):
                first = _claimed_start(counts, fields, output, from_end=output == canvas.outputs[-1])
                cell = _first_difference(gradient, predicted, first)
                found = None if cell is None else Difference(method.name, output, *cell, prime)
                yield method.name, output, found


def _gradients(
    method: Method, layers: Sequence[Layer], canvas: Canvas, prime: int | None, place: torch.device
) -> Iterator[torch.Tensor]:
    """The gradient of each output with respect to the whole input, reduced modulo the prime at every layer."""
    import torch

    image = torch.zeros(1, 1, *canvas.size, dtype=torch.float64, device=place, requires_grad=True)
    value = image
    for layer in layers:
        if prime is not None:
            value.register_hook(lambda gradient: gradient.fmod(prime))
        value = method.convolve(value, layer)
    for output in canvas.outputs:
        (gradient,) = torch.autograd.grad(value[(0, 0, *output)], image, retain_graph=True)
        yield gradient[0, 0]


def _dense(counts: Counts, prime: int | None, place: torch.device) -> torch.Tensor:
    """The map of counts, modulo a prime: exact, since products of two remainders stay below 2^53."""
    import torch

    dense = torch.ones((), dtype=torch.float64, device=place)
    for factor in counts.factors:
        line = factor if prime is None else [count % prime for count in factor]
        dense = dense[..., None] * torch.tensor(line, dtype=torch.float64, device=place)
        dense = dense if prime is None else dense.fmod(prime)
    return dense


def _claimed_start(counts: Counts, fields: Sequence[Field], output: Position, *, from_end: bool) -> Position:
    """Where the map of an output is claimed to begin.

    The last output's is placed by the end of its field, so that a size that does not fit the counts is found too.
    """
    starts = []
    for field, position, factor in zip(fields, output, counts.factors, strict=True):
        interval = field.at(position)
        if interval.start is None:
            raise UnsupportedError("cannot verify a field whose start is unknown", do="give the size of the input")
        starts.append(interval.start + (interval.size - len(factor) if from_end else 0))
    return tuple(starts)


def _first_difference(
    gradient: torch.Tensor, predicted: torch.Tensor, first: Position
) -> tuple[Position, int, int] | None:
    """The first cell in which a gradient is not the predicted map placed at ``first``, with both values."""
    import torch

    stops = [start + size for start, size in zip(first, predicted.shape, strict=True)]
    if min(first) < 0:
        return first, int(predicted.flatten()[0]), 0
    if any(stop > size for stop, size in zip(stops, gradient.shape, strict=True)):
        return tuple(stop - 1 for stop in stops), int(predicted.flatten()[-1]), 0
    canvas = torch.zeros_like(gradient)
    canvas[tuple(map(slice, first, stops))] = predicted
    if torch.equal(gradient, canvas):
        return None
    cell = tuple((gradient != canvas).nonzero()[0].tolist())
    return cell, int(canvas[cell]), int(gradient[cell])

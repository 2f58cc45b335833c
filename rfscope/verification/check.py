"""Verification: build a network of real convolutions and see whether its gradients are the usage counts, exactly."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import MissingExtraError, RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field
from rfscope.exact.usage import Counts
from rfscope.network.graph import Network
from rfscope.verification.canvas import Canvas, chain_layers, make_canvas
from rfscope.verification.compare import Claim, Compared, Difference, compare
from rfscope.verification.methods import METHODS, Method
from rfscope.verification.residues import moduli

if TYPE_CHECKING:
    import torch

__all__ = ["Verification", "verify", "verify_claim"]

_DEVICES = ("auto", "cpu", "cuda")

_EFFORT = 2**32
"""Cells to work through, all passes together, up to which the second and third method are tried: some seconds."""


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

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON; ``first_difference`` only where there is one."""
        record = {field.name: getattr(self, field.name) for field in fields_of(self)}
        found = record.pop("first_difference")
        return record if found is None else {**record, "first_difference": str(found)}

    def __str__(self) -> str:
        modulo = f" modulo {len(self.moduli)} primes" if self.moduli else ""
        how = f"torch {self.torch} on {self.device}, {self.dtype}{modulo}"
        what = f"{self.positions} positions of {self.phases} outputs compared in {self.seconds:.2f} s"
        result = "all equal" if self.first_difference is None else f"MISMATCH: {self.first_difference}"
        return f"Verified by real convolutions ({', '.join(self.method)}; {how}): {what}, {result}."


def verify(
    analysis: Analysis, *, device: str = "auto", progress: Callable[[int, int], None] | None = None
) -> Verification:
    """Compare an analysis with real convolutions.

    The network is built in torch: one channel, all weights 1, float64. The gradient of an output with respect to an
    input pixel is then the number of paths between them, and must equal the usage count; everywhere else on the
    canvas it must be 0. What is proved is structural: which pixels can matter, not how much trained weights make of
    them.

    Args:
        analysis: Of a chain of convolutions, pooling and padding.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        progress: Called after each gradient with how many are done and how many there are.

    Raises:
        MissingExtraError: Torch is not installed.
        RfscopeError: There is no such device.
        UnsupportedError: The network is no chain of windows, or a padding depends on the size of the input.
        LimitError: The network needs maps of more than ``verify-cells``, or more than ``cells`` at once.
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
    """Compare any usage counts, and the fields that say where they lie, with real convolutions.

    Args:
        network: The network to build.
        counts: What is claimed of how often an output uses each pixel of its field.
        fields: What is claimed of where the fields lie, per axis.
        device: As for ``verify``.
        progress: As for ``verify``.

    Raises:
        RfscopeError: As for ``verify``.
    """
    place = _find_device(device)
    import torch

    began = time.perf_counter()
    canvas = make_canvas(chain_layers(network))
    limits.check("verify-cells", max(canvas.cells, *map(prod, canvas.padded)), where=network.name)
    limits.check("cells", _memory(METHODS[0], canvas), where=network.name)
    taps = [prod(window.kernel for window in layer) for layer in canvas.layers]
    primes = moduli(max(prod(taps), counts.paths), max(taps))
    passes = len(canvas.outputs) * (len(primes) or 1)
    methods = [METHODS[0], *(method for method in METHODS[1:] if _affordable(method, canvas, passes))]

    done: list[Compared] = []
    with _exact_arithmetic():
        for compared in compare(canvas, Claim(counts, fields), methods, primes, place):
            done.append(compared)
            if progress is not None:
                progress(len(done), len(methods) * passes)
            if compared.difference is not None:
                break
    return Verification(
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype="float64",
        torch=torch.__version__,
        method=tuple(dict.fromkeys(compared.method for compared in done)),
        moduli=primes,
        positions=canvas.cells * len({(compared.method, compared.output) for compared in done}),
        phases=len({compared.output for compared in done}),
        equal=done[-1].difference is None,
        seconds=time.perf_counter() - began,
        first_difference=done[-1].difference,
    )


def _find_device(name: str) -> torch.device:
    if name not in _DEVICES:
        raise RfscopeError("unknown device", got=repr(name), expected="one of " + ", ".join(_DEVICES))
    try:
        import torch
    except ImportError:
        raise MissingExtraError("verification needs torch", do='pip install "rfscope[torch]"') from None
    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if name == "cuda":
        raise RfscopeError("no GPU that torch can use", do="verify on the CPU: device 'cpu' or 'auto'")
    return torch.device("cpu")


def _memory(method: Method, canvas: Canvas) -> int:
    """Cells that torch holds at once: the map that each layer reads, and the largest working array."""
    return sum(map(prod, canvas.padded)) + max(_columns(method, canvas))


def _affordable(method: Method, canvas: Canvas, passes: int) -> bool:
    return _memory(method, canvas) <= limits.limit("cells") and sum(_columns(method, canvas)) * passes <= _EFFORT


def _columns(method: Method, canvas: Canvas) -> list[int]:
    return [method.columns(layer, sizes) for layer, sizes in zip(canvas.layers, canvas.padded, strict=True)]


@contextlib.contextmanager
def _exact_arithmetic() -> Iterator[None]:
    """Gradients on, whatever the caller's mode; no cuDNN, which may choose a transform that is fast and not exact.

    One thread, because maps are small: where other programs kept the second core busy, two took 30 times as long.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(mode=False), torch.backends.cudnn.flags(enabled=False):
            yield
    finally:
        torch.set_num_threads(threads)

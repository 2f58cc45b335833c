"""Verification: build a network of real convolutions and test whether its gradients equal the usage counts exactly."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from itertools import chain
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.exact.analysis import Analysis
from rfscope.exact.output import Output
from rfscope.network.graph import Network
from rfscope.network.parts import up_to
from rfscope.verification.canvas import Canvas, a_period_further, make_canvas, positions
from rfscope.verification.compare import AnyDifference, Claim, Compared, Job, compare
from rfscope.verification.device import find_device
from rfscope.verification.layers import columns, largest_map
from rfscope.verification.methods import METHODS, Method
from rfscope.verification.proof import prove
from rfscope.verification.residues import bounds, moduli

if TYPE_CHECKING:
    import torch

    from rfscope.verification.module import ModuleVerification

__all__ = ["Verification", "verify", "verify_claim"]

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
        module: What was compared on the user's own module; None if there is none.
        proved: Names of the quantities that were compared and equal.
        not_compared: Names of those that were not compared, with the reason where there is one to tell.
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
    first_difference: AnyDifference | None
    module: ModuleVerification | None = None
    proved: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON; ``first_difference`` and ``module`` only where there is one."""
        record = {field.name: getattr(self, field.name) for field in fields_of(self)}
        found, module = record.pop("first_difference"), record.pop("module")
        if found is not None:
            record["first_difference"] = str(found)
        return record if module is None else {**record, "module": module.record()}

    def __repr__(self) -> str:
        result = "all equal" if self.first_difference is None else "MISMATCH"
        return f"<Verification on {self.device}: {self.positions} positions of {self.phases} outputs, {result}>"

    def __str__(self) -> str:
        modulo = f" modulo {len(self.moduli)} primes" if self.moduli else ""
        how = f"torch {self.torch} on {self.device}, {self.dtype}{modulo}"
        what = f"{self.positions} positions of {self.phases} outputs compared in {self.seconds:.2f} s"
        result = "all equal" if self.first_difference is None else f"MISMATCH: {self.first_difference}"
        lines = [f"Verified by real convolutions ({', '.join(self.method)}; {how}): {what}, {result}."]
        lines += [] if self.module is None else [str(self.module)]
        return "\n".join([*lines, *self._summary()])

    def _summary(self) -> list[str]:
        """How much was proved, and what was not compared."""
        if self.first_difference is not None:
            return []
        proved = "1 quantity" if len(self.proved) == 1 else f"{len(self.proved)} quantities"
        left = f"; not compared: {', '.join(self.not_compared)}" if self.not_compared else ""
        return [f"proved: {proved}{left}"]


def verify(
    analysis: Analysis,
    *,
    module: torch.nn.Module | None = None,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Compare an analysis with real convolutions.

    The network is built in torch: one channel, all weights 1, pooling, resizing and merges as sums, paths through
    global operations left out, float64. The gradient of an output with respect to an input pixel is then the number
    of paths between them, and must equal the usage count; everywhere else on the input it must be 0. What is proved is
    structural: which pixels can matter, not how much trained weights make of them.

    On an unbounded grid the output asked for is compared, its further phases as far as they are few (at most 32; of
    more, those along each axis and along the diagonal), and the same output a period further along each axis and
    along all. On an input of a given size, the output asked for and the first and the last one of its map.

    Then everything else that gradients can show: what the output reads of the input and which pixels are holes, what it
    shares with the next one on every map, the field of every layer at every phase in reach, what falls into padding,
    the sizes of all maps, what no output reads. SAME padding and resizing are torch's own. What cannot be compared is
    named in the result.

    Args:
        analysis: Of any network.
        module: The torch module that the network was read from, which is then run as well: see ``verify_module``.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        progress: Called after each gradient with how many are done and how many there are.

    Raises:
        MissingExtraError: Torch is not installed.
        RfscopeError: There is no such device.
        UnsupportedError: A padding depends on the size of the input, and that is not known.
        LimitError: The network needs maps of more than ``verify-cells``, or more than ``cells`` at once.
    """
    found = _verify([_job(analysis, output) for output in analysis.outputs], device, progress, analysis)
    if module is None or not found.equal:
        return found
    from rfscope.verification.module import verify_module

    size = analysis.network.input
    known = analysis.provenance
    own = verify_module(
        module, input=size, shapes=known.shapes, of=known.of, name=analysis.name, device=device, progress=progress
    )
    return replace(found, module=own, equal=own.equal)


def _job(analysis: Analysis, output: Output) -> Job:
    """The job of running what leads to an output as it was given, with nothing that the engine worked out."""
    others = (replace(output, position=position) for position in positions(output)[1:])
    return _plan(up_to(analysis.given or analysis.network, output.node), [output, *others])


def verify_claim(
    network: Network,
    claims: Sequence[Claim],
    *,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Compare anything that is claimed of outputs with real convolutions.

    Args:
        network: The network to build; its first output is compared.
        claims: What is claimed, one record an output: outputs of an analysis, or anything like them. On an unbounded
            grid the first one is put to the test a period further on, too.
        device: As for ``verify``.
        progress: As for ``verify``.

    Raises:
        RfscopeError: As for ``verify``.
    """
    find_device(device)
    return _verify([_plan(network, claims)], device, progress)


def _verify(
    jobs: Sequence[Job],
    device: str,
    progress: Callable[[int, int], None] | None,
    analysis: Analysis | None = None,
) -> Verification:
    place = find_device(device)
    import torch

    began = time.perf_counter()
    done: list[Compared] = []
    with _exact_arithmetic():
        for compared in chain.from_iterable(compare(job, place) for job in jobs):
            done.append(compared)
            if progress is not None:
                progress(len(done), sum(job.passes for job in jobs))
            if compared.difference is not None:
                break
        difference: AnyDifference | None = done[-1].difference
        proof = None
        if analysis is not None and difference is None:
            proof = prove(analysis, jobs, place)
            difference = proof.difference
    cells = {(one.node, one.method, one.output): one.cells for one in done}
    return Verification(
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype="float64",
        torch=torch.__version__,
        method=tuple(dict.fromkeys(one.method for one in done)),
        moduli=tuple(dict.fromkeys(chain.from_iterable(job.primes for job in jobs))),
        positions=sum(cells.values()),
        phases=len({(one.node, one.output) for one in done}),
        equal=difference is None,
        seconds=time.perf_counter() - began,
        first_difference=difference,
        proved=() if done[-1].difference else ("usage counts", *(proof.proved if proof else ())),
        not_compared=proof.not_compared if proof else (),
    )


def _plan(network: Network, claims: Sequence[Claim]) -> Job:
    """Choose input, outputs, methods and primes; nothing large is made before the limits allow it."""
    first = claims[0]
    periods = [field.period for field in first.axes]
    places = [claim.position for claim in claims]
    if network.input is None:
        further = a_period_further(first.position, periods)
        places, claims = [*places, *further], [*claims, *(first for _ in further)]
    canvas = make_canvas(network, places, periods)
    limits.check("verify-cells", max(canvas.cells, *map(largest_map, canvas.steps)), where=network.name)
    limits.check("cells", _memory(canvas, METHODS[0]), where=network.name)
    paths, added = bounds(canvas.steps)
    primes = moduli(max(paths, *(claim.counts.max for claim in claims)), added)
    passes = len(places) * (len(primes) or 1)
    return Job(
        network, canvas, claims, [METHODS[0], *(way for way in METHODS[1:] if _affordable(canvas, way, passes))], primes
    )


def _memory(canvas: Canvas, method: Method) -> int:
    """Cells that torch holds at once: the largest map of each node, and the largest working array."""
    return sum(map(largest_map, canvas.steps)) + max(columns(step, method) for step in canvas.steps)


def _affordable(canvas: Canvas, method: Method, passes: int) -> bool:
    effort = sum(columns(step, method) for step in canvas.steps) * passes
    return _memory(canvas, method) <= limits.limit("cells") and effort <= _EFFORT


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

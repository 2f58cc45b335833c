"""A stream verified: the network in chunks against all at once, and prefixes of the user's own module."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.buffers import buffers
from rfscope.exact.obstacles import as_stream
from rfscope.exact.starting import first_samples
from rfscope.exact.streaming import Stream
from rfscope.exact.waiting import map_lines
from rfscope.network.graph import Network
from rfscope.network.parts import up_to
from rfscope.readers.torch.tape import tensors_of
from rfscope.verification.chunked import ForgottenError, in_chunks, random_chunks, sizes, whole

if TYPE_CHECKING:
    import torch

__all__ = ["Prefixes", "StreamVerification", "verify_stream"]

_TOLERANCE = 1e-9
"""Of the standard deviation: above it is a difference, and not another order of the same sums."""

_CONTROLS = {
    None: "",
    True: " Outputs behind these, not yet final, do differ.",
    False: " That outputs behind these are not yet final does not show on these weights.",
}
_TURNS = 4
"""Chunks of the least length behind the first output and its history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefixes:
    """What was compared on the user's own module: beginnings of a signal against the whole of it.

    Attributes:
        samples: The lengths of the beginnings, and last that of the whole.
        outputs: Outputs that were compared, which must not depend on what comes later.
        largest: The largest difference, over the standard deviation of the outputs.
        equal: Whether it is within the tolerance.
        control: Whether outputs that are not yet final do differ, which shows that the comparison can fail; None where
            all that there are, are final.
    """

    samples: tuple[int, ...]
    outputs: int
    largest: float
    equal: bool
    control: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamVerification:
    """What was run, and whether all of it was equal.

    Attributes:
        samples: The signal's length.
        chunks: How the samples came: the least chunk, other ones, and lengths at random.
        outputs: Outputs that were compared, over all these ways.
        largest: The largest difference, over the standard deviation of the outputs.
        equal: Whether it is within the tolerance and nothing was needed that was not kept, no output came earlier or
            later than predicted, and the module's prefixes agree.
        first_difference: The first place where something was not so.
        module: What was compared on the user's own module; None if there is none.
        seconds: How long it took.
    """

    samples: int
    chunks: tuple[str, ...]
    outputs: int
    largest: float
    equal: bool
    first_difference: str | None
    module: Prefixes | None
    seconds: float

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        result = "all equal" if self.first_difference is None else f"MISMATCH: {self.first_difference}"
        said = (
            f"Verified in chunks ({', '.join(self.chunks)}; random weights, tanh, nothing kept but these buffers) "
            f"against the whole of {self.samples} samples: {self.outputs} outputs, largest difference "
            f"{_difference(self.largest)}, in {self.seconds:.1f} s, {result}."
        )
        lines = [said]
        if (own := self.module) is not None:
            *short, all_ = own.samples
            equal = "all equal" if own.equal else "MISMATCH"
            lines.append(
                f"Verified on the module itself (its own weights): its first {', '.join(map(str, short))} samples "
                f"against all {all_}, {own.outputs} outputs, largest difference {_difference(own.largest)}, "
                f"{equal}.{_CONTROLS[own.control]}"
            )
        return "\n".join(lines)


def _difference(largest: float) -> str:
    return "0, bit for bit" if largest == 0 else f"{largest:.1e} of their standard deviation"


def verify_stream(
    analysis: Analysis,
    found: Stream,
    *,
    module: torch.nn.Module | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> StreamVerification:
    """Run a network in chunks, and a module on beginnings of a signal.

    Args:
        analysis: Of a network with one axis.
        found: What ``rfscope.exact.streaming.stream`` says of it.
        module: The torch module that the network was read from.
        progress: Called after each run with how many are done and how many there are.

    Raises:
        UnsupportedError: It cannot run on a stream, or the module cannot be run.
        LimitError: It takes more than the limit ``verify-cells``.
    """
    began = time.perf_counter()
    given = up_to(analysis.given or analysis.network, found.node)
    network = as_stream(given, analysis.network).network
    if network is None or found.chunk is None or found.first_output is None:
        why = found.why_not[0]
        raise UnsupportedError("cannot verify what cannot run on a stream", where=why.node, got=why.message)
    least = found.first_output + (found.history or 0) + _TURNS * max(found.chunk, found.fed.chunk if found.fed else 1)
    samples = _legal(network, least, found.chunk, (analysis.network.input or (0,))[0])
    limits.check("verify-cells", max(sizes(network, samples).values()), where=found.name)
    result = _run(network, found, samples, progress)
    own = None if module is None else _prefixes(module, analysis, network, found, samples)
    wrong = result.first_difference
    if own is not None and not own.equal:
        wrong = wrong or f"beginnings of the module's signal differ by {own.largest:.1e} of the standard deviation"
    seconds = time.perf_counter() - began
    return replace(result, module=own, equal=wrong is None, first_difference=wrong, seconds=seconds)


def _legal(network: Network, least: int, chunk: int, like: int) -> int:
    """A length at which merges fit, with what a signal of a given length has left over beside chunks."""
    first = least + (like - least) % chunk
    for samples in range(first, first + (chunk if not like else 1)):
        found = sizes(network, samples)
        if all(len({found[name] for name in node.inputs}) == 1 for node in network.nodes):
            return samples
    return first


def _run(
    network: Network, found: Stream, samples: int, progress: Callable[[int, int], None] | None
) -> StreamVerification:
    import numpy as np

    expected = whole(network, samples, recurrent=found.recurrent)
    deviation, ways = float(expected.std()) or 1.0, list(_ways(network, found, samples))
    largest, outputs, wrong = 0.0, 0, None
    for done, (shown, chunks, kept) in enumerate(ways, 1):
        late: list[str] = []

        def came(stop: int, count: int, late: list[str] = late) -> None:
            if not first_samples(network, found.node, count) <= stop < first_samples(network, found.node, count + 1):
                late.append(f"{count} outputs after {stop} samples")

        try:
            streamed = in_chunks(network, chunks, kept, settled=found.settled, recurrent=found.recurrent, came=came)
        except ForgottenError as error:
            wrong = wrong or f"chunks of {shown}: {error}"
            continue
        if len(streamed) != len(expected):
            wrong = wrong or f"chunks of {shown}: {len(streamed)} outputs, and the whole has {len(expected)}"
            continue
        largest = max(largest, float(np.abs(streamed - expected).max(initial=0.0)) / deviation)
        outputs += len(streamed)
        wrong = wrong or (late[0] if late else None)
        if progress is not None:
            progress(done, len(ways))
    if largest > _TOLERANCE:
        wrong = wrong or f"outputs differ by {largest:.1e} of their standard deviation"
    return StreamVerification(
        samples=samples,
        chunks=tuple(shown for shown, _, _ in ways),
        outputs=outputs,
        largest=largest,
        equal=wrong is None,
        first_difference=wrong,
        module=None,
        seconds=0.0,
    )


def _ways(network: Network, found: Stream, samples: int) -> Iterator[tuple[str, list[int], dict[str, int]]]:
    """How the samples come, and what is kept then."""
    lines = map_lines(network)
    lengths = dict.fromkeys(
        length for length in (found.chunk, 3 * (found.chunk or 1), found.fed and found.fed.chunk) if length
    )
    for length in lengths:
        kept = {buffer.node: buffer.positions for buffer in buffers(network, lines, length)}
        yield str(length), [min(length, samples - at) for at in range(0, samples, length)], kept
    kept = {buffer.node: buffer.positions for buffer in buffers(network, lines, 1)}
    yield "random lengths", random_chunks(samples, max(2, 2 * (found.chunk or 1)), 1), kept


def _prefixes(module: torch.nn.Module, analysis: Analysis, network: Network, found: Stream, samples: int) -> Prefixes:
    """Run a module on a signal and on beginnings of it: outputs that are final must not change.

    Raises:
        UnsupportedError: It cannot be run, or none of its outputs is so long.
    """
    import torch

    from rfscope.readers.torch import capture
    from rfscope.verification.copied import copied
    from rfscope.verification.gradients import guarded

    chunk = found.chunk or 1
    known = analysis.provenance
    shapes = [one.shape for one in capture(module, input=(samples,), of=known.of, name=found.name).program.inputs]
    random = torch.Generator().manual_seed(1)
    signals = [torch.randn(tuple(shape), generator=random, dtype=torch.float64) for shape in shapes]
    lengths = [samples - turns * chunk for turns in (2, 1)]
    with torch.inference_mode(mode=False), torch.no_grad(), guarded():
        copy = copied(module).double().eval()
        runs = [
            list(tensors_of(copy(*(_cut(one, samples, length) for one in signals)))) for length in (*lengths, samples)
        ]
    ends = [sizes(network, length)[found.node] for length in (*lengths, samples)]
    last = next((number for number, one in enumerate(runs[-1]) if ends[-1] in one.shape), None)
    if last is None:
        raise UnsupportedError("no output of the module is as long as predicted", where=found.name, got=str(ends[-1]))
    all_, largest, outputs, behind = runs[-1][last], 0.0, 0, list[float]()
    axis = [at for at, length in enumerate(all_.shape) if length == ends[-1]][-1]
    for length, end, run in zip(lengths, ends, runs, strict=False):
        final = _final(network, found, length)
        outputs += final
        apart = (run[last] - all_.narrow(axis, 0, end)).abs().amax([at for at in range(all_.ndim) if at != axis])
        largest = max([largest, *apart[:final].tolist()])
        behind += apart[final:].tolist()
    deviation = float(all_.std()) or 1.0
    return Prefixes(
        samples=(*lengths, samples),
        outputs=outputs,
        largest=largest / deviation,
        equal=largest / deviation <= _TOLERANCE,
        control=max(behind) / deviation > _TOLERANCE if behind else None,
    )


def _final(network: Network, found: Stream, samples: int) -> int:
    """Outputs that are final after so many samples."""
    low, high = 0, sizes(network, samples)[found.node]
    while low < high:
        middle = (low + high + 1) // 2
        if first_samples(network, found.node, middle) <= samples:
            low = middle
        else:
            high = middle - 1
    return low


def _cut(signal: torch.Tensor, samples: int, length: int) -> torch.Tensor:
    """The beginning of a signal along the last axis that is as long; what has no such axis stays."""
    axes = [axis for axis, size in enumerate(signal.shape) if size == samples]
    return signal.narrow(axes[-1], 0, length).clone() if axes else signal.clone()

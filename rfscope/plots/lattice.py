"""What one output uses of the maps on its way back to the input, and where these lie over the input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.depth import is_plain
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import TransposedWindow, Window
from rfscope.plots.caption import listed, tail
from rfscope.wording import size_text

__all__ = ["MOST", "LatticeAxis", "Sheet", "output_sheet", "sheets"]

MOST = 12
"""Maps in one picture, at most."""


class LatticeAxis(NamedTuple):
    """Where the positions of a map lie over the input, along one axis: ``origin + position * stride``."""

    origin: Fraction
    stride: Fraction

    def at(self, position: int | Fraction) -> Fraction:
        """The place of a position, in input pixels."""
        return self.origin + position * self.stride


@dataclass(frozen=True, eq=False)
class Sheet:
    """What one output uses of one map.

    Attributes:
        name: The node that makes the map.
        readers: The layers that read it with more than one tap, a stride or the like.
        start: First position used, per axis.
        counts: How often each position is used, from the first to the last.
        axes: Where its positions lie.
    """

    name: str
    readers: tuple[Node, ...]
    start: tuple[int, ...]
    counts: UsageCounts
    axes: tuple[LatticeAxis, ...]

    @property
    def names(self) -> str:
        """The layers that read it."""
        return listed([tail(node.name) for node in self.readers]) or "pointwise layers"

    @property
    def reads(self) -> str:
        """How they read it, for people: kernel, rate or rates, stride."""
        rates: dict[tuple[str, str], dict[str, None]] = {}
        for node in self.readers:
            kernel, rate, stride = _how(node)
            rates.setdefault((kernel, stride), {})[rate] = None
        return "; ".join(
            _phrase(kernel, stride, list(filter(None, known))) for (kernel, stride), known in rates.items()
        )


def sheets(analysis: Analysis, most: int = MOST) -> tuple[tuple[Sheet, ...], int]:
    """The maps that one output reads with more than one tap, a stride or the like, from the output to the input.

    Args:
        analysis: Of the network.
        most: Maps to choose, at most.

    Returns:
        The maps, among them the last one before the output and the input, and how many were left out.

    Raises:
        LimitError: A map is larger than the limits ``axis`` or ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.
    """
    output = analysis.output
    readers: dict[str, list[Node]] = {INPUT: []}
    for node in output.network.nodes:
        for name in () if node.is_global or is_plain(node) else node.inputs:
            if not isinstance(analysis.fields[name], AllGlobal):
                readers.setdefault(name, []).append(node)
    order = [node.name for node in reversed(output.network.nodes) if node.name in readers] + [INPUT]
    names = order
    if len(order) > most:
        names = [order[place * (len(order) - 1) // (most - 1)] for place in range(most)]
    found = output.paths.use(names)
    if INPUT not in found:
        raise UnsupportedError("nothing to draw", got="an output that reads nothing", do="choose another one: --at")
    chosen = [Sheet(name, tuple(readers[name]), *found[name], _axes(analysis, name)) for name in names if name in found]
    return tuple(chosen), len(order) - len(names)


def output_sheet(analysis: Analysis) -> Sheet:
    """The output itself: one position, used once."""
    output = analysis.output
    one = Counts(((1,),) * len(output.position))
    return Sheet(output.node, (), output.position, one, _axes(analysis, output.node))


def _how(node: Node) -> tuple[str, str, str]:
    """Kernel, rate and stride of a layer as text; a rate of 1 is worth a word only where there is no stride."""
    windows = [read for read in node.reads if isinstance(read, Window | TransposedWindow)]
    if len(windows) < len(node.reads):
        return node.op, "", ""
    kind = "transposed " if any(isinstance(read, TransposedWindow) for read in windows) else ""
    kernel = size_text(read.kernel for read in windows)
    kernel = f"{kind}{kernel}" if len(windows) > 1 else f"{kind}kernel {kernel}"
    rate, stride = _once(read.dilation for read in windows), _once(read.stride for read in windows)
    return kernel, rate if stride == "1" or rate != "1" else "", stride


def _phrase(kernel: str, stride: str, rates: Sequence[str]) -> str:
    rate = f"rate{'s' * (len(rates) > 1)} {listed(rates)}" if rates else ""
    return ", ".join(filter(None, [kernel, rate, f"stride {stride}" if stride not in {"", "1"} else ""]))


def _once(numbers: Iterable[int]) -> str:
    """A number per axis, said once where all are alike."""
    numbers = tuple(numbers)
    return str(numbers[0]) if len(set(numbers)) == 1 else size_text(numbers)


def _axes(analysis: Analysis, name: str) -> tuple[LatticeAxis, ...]:
    """Where the positions lie: over the middle of what they see, or over its end if nothing lies ahead."""
    fields = analysis.fields[name]
    if isinstance(fields, AllGlobal):
        raise TypeError(name)
    return tuple(LatticeAxis(_origin(field, last=analysis.causal), field.stride) for field in fields)


def _origin(field: Field, *, last: bool) -> Fraction:
    """Where position 0 lies; an average over the phases, for some may see more on one side."""
    offsets = [
        phase.start + (phase.size - 1) / Fraction(1 if last else 2) - output * field.stride
        for output, phase in enumerate(field.phases)
        if phase.start is not None and phase.size is not None
    ]
    return sum(offsets, Fraction(0)) / len(offsets)

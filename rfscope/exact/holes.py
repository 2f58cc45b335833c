"""Holes: positions of a map that an output skips although it reads others on both sides of them.

Two kinds of maps are judged: the image, and the map that enters a piece with a serial dilated run. What an output reads
of such a map is taken over all paths of the whole network, at every phase, but for paths through global operations.
Parallel dilated branches (a pyramid) are meant to sample, so only their middle taps count. There are holes if, on some
line along an axis, two neighbouring positions that are read lie more than one apart.

A chain needs the closed form alone, from one judged map to the next. What lies behind a judged map is an interval, or
is taken for one once its gaps are reported, so that each cause is told once. Any other network is walked back once a
phase: see ``branched_holes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple, TypeAlias

from rfscope.exact.closed_form import chain_windows
from rfscope.exact.coverage import Coverage, chain_coverage
from rfscope.exact.output import Output
from rfscope.exact.taps import Taps, extent_of, hole_free, input_taps
from rfscope.network.graph import INPUT
from rfscope.network.reads import Window

__all__ = ["JudgedMaps", "OutputHoles", "Skipped", "look_for_holes"]

JudgedMaps: TypeAlias = Mapping[str, frozenset[int]]
"""The maps that are judged, by name, each with the axes along which it is."""


@dataclass(frozen=True)
class Skipped:
    """A map some of whose positions an output skips.

    Attributes:
        map: Name of the node whose output it is, or the input.
        output: Name of the output.
        axes: The axes along which positions are skipped.
        seen: What the output reads of the map: in a chain the layers along each axis as seen from it, else the part.
    """

    map: str
    output: str
    axes: tuple[int, ...]
    seen: tuple[tuple[Taps, ...], ...] | Coverage

    @cached_property
    def coverage(self) -> Coverage:
        """What part of its span on the map the output reads.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        return self.seen if isinstance(self.seen, Coverage) else chain_coverage(self.seen, (1,) * len(self.seen))


class OutputHoles(NamedTuple):
    """What one output skips.

    Attributes:
        skipped: The maps in which it skips positions, the one farthest from the image first.
        reads_nothing: Whether some phase of the output reads nothing.
    """

    skipped: tuple[Skipped, ...] = ()
    reads_nothing: bool = False


def look_for_holes(output: Output, judged: JudgedMaps, pyramids: Sequence[frozenset[str]]) -> OutputHoles:
    """Judge what an output reads, at every phase.

    Args:
        output: The output.
        judged: The maps to judge.
        pyramids: Per axis, the layers of parallel dilated branches.

    Raises:
        LimitError: A map is larger than the limits ``axis`` or ``cells``, or all of them together than ``judged``.
        UnsupportedError: Where a layer reads is unknown.
    """
    windows = chain_windows(output.network)
    if windows is not None and not any(pyramids):
        return OutputHoles(tuple(_of_chain(output, windows, judged)))
    from rfscope.exact.branched_holes import Walks

    return Walks(output, judged, pyramids).found()


def _of_chain(output: Output, windows: Sequence[tuple[Window, ...]], judged: JudgedMaps) -> Iterator[Skipped]:
    names = [INPUT, *(node.name for node in output.network.nodes[:-1])]
    behind, stop = [1] * len(windows), len(names)  # what is read of the map judged last, along each axis
    for place in reversed(range(len(names))):
        if names[place] in judged:
            parts = [line[place:stop] for line in windows]
            seen = tuple(
                (*input_taps(part), Taps(length, prod(window.stride for window in part)))
                for part, length in zip(parts, behind, strict=True)
            )
            apart = tuple(sorted(axis for axis in judged[names[place]] if not hole_free(seen[axis])))
            if apart:
                yield Skipped(names[place], output.node, apart, seen)
            behind, stop = [extent_of(taps) for taps in seen], place

"""Brute force for schedules, the pieces of a chain and their runs, on top of the oracle that traces coordinates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, product

from rfscope.network.reads import Window
from tests import oracle

Schedule = tuple[tuple[int, int], ...]
"""Kernel and rate of each layer, all at one resolution."""


def schedule_line(schedule: Iterable[tuple[int, int]]) -> oracle.Line:
    return oracle.trace_line([Window(kernel=kernel, dilation=rate) for kernel, rate in schedule])[0]


@lru_cache(100_000)
def _reads_all(schedule: Schedule) -> bool:
    return not oracle.missing(schedule_line(schedule))


def reads_all(schedule: Iterable[tuple[int, int]]) -> bool:
    """Whether a schedule has no hole, by looking."""
    return _reads_all(tuple(sorted(schedule)))


def nearest(kernels: Sequence[int], rates: Sequence[int]) -> list[tuple[int, ...]]:
    """Every hole-free schedule that raises no rate and changes them least in sum, by trying all."""
    tried = product(*(range(1, rate + 1) for rate in rates))
    sound = [found for found in tried if reads_all(zip(kernels, found, strict=True))]
    most = max(map(sum, sound))
    return [found for found in sound if sum(found) == most]


def distance(rates: Sequence[int], layer: int) -> int:
    """M of a layer, written down from Wang et al. 2018, equation 2."""
    own = rates[layer]
    if layer == len(rates) - 1:
        return own
    later = distance(rates, layer + 1)
    return max(later - 2 * own, later - 2 * (later - own), own)


# Pieces and runs of a chain


@dataclass(frozen=True, slots=True)
class Run:
    layers: tuple[int, ...]  # places in the chain
    lead_in: int
    lead_out: int
    classes: int
    used: Fraction  # part of its own window, along one axis
    isolated: int


def pieces(windows: Sequence[Window]) -> list[tuple[int, list[int]]]:
    """Cumulative stride and places of the layers that read it."""
    found: dict[int, list[int]] = defaultdict(list)
    for place in range(len(windows)):
        found[oracle.strides_of(windows[:place])].append(place)
    return sorted(found.items())


def runs(windows: Sequence[Window], piece: Sequence[int]) -> Iterator[Run]:
    """Maximal sets of dilated layers of a piece of which no two have a dense layer between them."""
    dense = {place for place in piece if windows[place].kernel > 1 and windows[place].dilation == 1}
    dilated = [place for place in piece if windows[place].kernel > 1 and windows[place].dilation > 1]
    apart = {(a, b) for a, b in combinations(dilated, 2) if any(a < place < b for place in dense)}
    taken: set[int] = set()
    for start in dilated:
        layers = tuple(other for other in dilated if other >= start and (start, other) not in apart)
        if start in taken:
            continue
        taken.update(layers)
        own = [windows[place] for place in layers]
        line = oracle.trace_line(own)[0]
        before = [place for place in dense if place < start and not any(place < d < start for d in dilated)]
        first = [windows[place] for place in sorted(before)]
        behind = [place for place in piece if place > layers[-1]]
        mixed = any(windows[place].kernel > 1 for place in behind)
        step = 1 if mixed else oracle.strides_of(windows[layers[-1] : piece[-1] + 1])
        yield Run(
            layers=layers,
            lead_in=oracle.span(oracle.trace_line(first)[0])[1] if first else 1,
            lead_out=sum(place > layers[-1] for place in dense),
            classes=oracle.classes(line, step),
            used=Fraction(len(line), oracle.span(line)[1]),
            isolated=oracle.meeting(own)[0],
        )

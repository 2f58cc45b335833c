"""Brute force: what one output reads, found by tracing explicit coordinates back through the network.

The independent check of the exact engine, from which nothing is taken: no closed form, no packed integers, no shifted
sums, only the numbers written in the network's records and the definitions. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise, product
from math import gcd, prod, sqrt

from rfscope.network.graph import Network
from rfscope.network.reads import Read, Table, TransposedWindow, Window

Position = tuple[int, ...]
Line = dict[int, int]
"""Paths from each position along one axis; positions that are not read are absent."""


# What one output position reads


def read_by(read: Read, output: int) -> Sequence[int]:
    """The inputs that one output position reads, one entry per tap."""
    if isinstance(read, Window):
        first = output * read.stride - padding_before(read)
        return range(first, first + read.kernel * read.dilation, read.dilation)
    if isinstance(read, TransposedWindow):
        moved = (output + padding_before(read) - tap * read.dilation for tap in range(read.kernel))
        return [place // read.stride for place in moved if place % read.stride == 0]
    if isinstance(read, Table):
        return range(read.starts[output], read.stops[output])
    raise ValueError("a global operation reads no particular positions")


def padding_before(read: Window | TransposedWindow) -> int:
    if isinstance(read.padding, tuple):
        return read.padding[0]
    total = (read.kernel - 1) * read.dilation  # keeps the size at stride 1
    if isinstance(read, TransposedWindow) or (total and read.stride > 1):
        raise ValueError("the start depends on the input's size")
    return total // 2 if read.padding == "same" else total - total // 2


def trace(network: Network, node: str, output: Position) -> Mapping[str, Counter[Position]]:
    """Paths from every position of every tensor to one output of a node, over any graph and any number of axes."""
    found: dict[str, Counter[Position]] = defaultdict(Counter)
    found[node][output] = 1
    for layer in reversed(network.nodes):
        for place, times in list(found[layer.name].items()) if layer.name in found else ():
            axes = (read_by(read, coordinate) for read, coordinate in zip(layer.reads, place, strict=True))
            for position in product(*axes):
                for name in layer.inputs:
                    found[name][position] += times
    return found


def trace_line(reads: Sequence[Read], output: int = 0) -> list[Line]:
    """The same along one axis of a chain: the paths at the input of each layer, entry first."""
    lines, line = [], {output: 1}
    for read in reversed(reads):
        reached: Line = {}
        for place, times in line.items():
            for position in read_by(read, place):
                reached[position] = reached.get(position, 0) + times
        lines.append(reached)
        line = reached
    return lines[::-1]


def strides_of(windows: Iterable[Window]) -> int:
    """Input positions from one output of a chain to the next."""
    return prod(window.stride for window in windows)


# What was read, along one axis


def span(places: Collection[int]) -> tuple[int, int]:
    """First position and size of the interval that holds the places."""
    first, last = min(places), max(places)
    return first, last - first + 1


def missing(places: Collection[int]) -> list[int]:
    """The positions inside the interval that are not among the places, from its first."""
    first, size = span(places)
    used = set(places)
    return [offset for offset in range(size) if first + offset not in used]


def largest_gap(places: Iterable[int]) -> int:
    line = sorted(places)
    return max((after - before for before, after in pairwise(line)), default=1)


def largest_gap_on_lines(places: Iterable[Position], axis: int) -> int:
    """The largest gap on any line along an axis of an N-D set of positions."""
    lines: dict[Position, list[int]] = defaultdict(list)
    for place in places:
        lines[place[:axis] + place[axis + 1 :]].append(place[axis])
    return max(largest_gap(line) for line in lines.values())


def classes(places: Iterable[int], stride: int) -> int:
    """Residue classes of outputs that cannot share an input, by listing the residues that the outputs fall on."""
    line = sorted(places)
    step = gcd(*(place - line[0] for place in line)) or 1
    return len({output * stride % step for output in range(step)})


def groups_that_share(places: Collection[int], stride: int, outputs: int) -> list[set[int]]:
    """Outputs ``0 .. outputs - 1`` grouped by actually sharing inputs, directly or through others."""
    owner: dict[int, int] = {}
    leader = list(range(outputs))

    def lead(output: int) -> int:
        while leader[output] != output:
            output = leader[output]
        return output

    for output in range(outputs):
        for place in places:
            other = owner.setdefault(place + output * stride, output)
            leader[lead(output)] = lead(other)
    found: dict[int, set[int]] = defaultdict(set)
    for output in range(outputs):
        found[lead(output)].add(output)
    return list(found.values())


def shares(windows: Sequence[Window], output: int = 0) -> list[Fraction]:
    """The part of the positions at each layer's input that an output reads and the next one reads too."""
    pairs = zip(trace_line(windows, output), trace_line(windows, output + 1), strict=True)
    return [Fraction(len(own.keys() & other.keys()), len(own)) for own, other in pairs]


def meeting(windows: Sequence[Window], known: Sequence[Fraction] | None = None) -> tuple[int, int | None]:
    """Layers of several taps on whose input neighbouring outputs share nothing, and the one where they first meet.

    The depth is found by walking back from the exit and not from the first number.
    """
    parts = known or shares(windows)
    depth, met = 0, None
    for window, share in zip(reversed(windows), reversed(parts), strict=True):
        depth += window.kernel > 1
        if share and met is None:
            met = depth
    return sum(window.kernel > 1 and not share for window, share in zip(windows, parts, strict=True)), met


# The spread and the spectrum of a line of counts


def deviation(line: Line) -> float:
    total = sum(line.values())
    mean = Fraction(sum(place * times for place, times in line.items()), total)
    return sqrt(Fraction(sum(place * place * times for place, times in line.items()), total) - mean**2)


def radius(line: Line) -> Fraction:
    """Smallest distance from the middle of the field that holds 95.45 % of the counts."""
    first, size = span(line)
    middle = first + Fraction(size - 1, 2)
    held, needed = 0, Fraction(9545, 10_000) * sum(line.values())
    at: Counter[Fraction] = Counter()
    for place, times in line.items():
        at[abs(place - middle)] += times
    for distance in sorted(at):
        held += at[distance]
        if held >= needed:
            return distance
    raise AssertionError("some distance holds everything")


def index(line: Line, rates: Iterable[int]) -> float:
    """Largest magnitude of the counts' discrete Fourier transform at the grid frequencies of the rates."""
    import numpy as np

    places, counts = np.array(list(line)), np.array([float(times) for times in line.values()])
    highest = 0.0
    for rate in {rate for rate in rates if rate > 1}:
        folded = np.bincount(places % rate, weights=counts)  # waves of this grid repeat after `rate`
        highest = max(highest, float(np.abs(np.fft.rfft(folded, rate))[1:].max()))
    return highest / sum(line.values())


# Schedules: (kernel, rate) of each layer at one resolution

Schedule = tuple[tuple[int, int], ...]


def schedule_line(schedule: Iterable[tuple[int, int]]) -> Line:
    return trace_line([Window(kernel=kernel, dilation=rate) for kernel, rate in schedule])[0]


@lru_cache(100_000)
def _reads_all(schedule: Schedule) -> bool:
    return not missing(schedule_line(schedule))


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
        found[strides_of(windows[:place])].append(place)
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
        line = trace_line(own)[0]
        before = [place for place in dense if place < start and not any(place < d < start for d in dilated)]
        first = [windows[place] for place in sorted(before)]
        behind = [place for place in piece if place > layers[-1]]
        step = (
            1 if any(windows[place].kernel > 1 for place in behind) else strides_of(windows[layers[-1] : piece[-1] + 1])
        )
        yield Run(
            layers=layers,
            lead_in=span(trace_line(first)[0])[1] if first else 1,
            lead_out=sum(place > layers[-1] for place in dense),
            classes=classes(line, step),
            used=Fraction(len(line), span(line)[1]),
            isolated=meeting(own)[0],
        )

"""Brute force: what one output reads, found by tracing explicit coordinates back through the network.

The independent check of the exact engine, from which nothing is taken: no closed form, no packed integers, no shifted
sums, only the numbers written in the network's records and the definitions. Slow and obvious on purpose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import count, pairwise, product, takewhile
from math import floor, gcd, prod, sqrt

from rfscope.network.graph import Network, Node
from rfscope.network.reads import Read, Resize, Table, TransposedWindow, Whole, Window

Position = tuple[int, ...]
Line = dict[int, int]
"""Paths from each position along one axis; positions that are not read are absent."""
Sizes = Mapping[str, Position | None]
"""The size of every map; None behind a global operation. Empty on an unbounded grid."""


# What one output position reads


def read_by(read: Read, output: int, size: int | None = None) -> Sequence[int]:
    """The inputs that one output position reads of a map of some size, one entry per tap."""
    if isinstance(read, Window):
        first = output * read.stride - padding_before(read, size)
        return range(first, first + read.kernel * read.dilation, read.dilation)
    if isinstance(read, TransposedWindow):
        moved = (output + padding_before(read, size) - tap * read.dilation for tap in range(read.kernel))
        return [place // read.stride for place in moved if place % read.stride == 0]
    if isinstance(read, Table):
        turns, place = divmod(output, len(read.starts))
        return range(read.starts[place] + turns * read.shift, read.stops[place] + turns * read.shift)
    if isinstance(read, Resize):
        return sampled(read.mode, looked_at(read, output, size))
    raise ValueError("a global operation reads no particular positions")


def as_window(read: Read) -> Read:
    """A transposed window of stride 1 is a window: output ``o`` reads ``o + padding - t * dilation``, tap by tap."""
    if not isinstance(read, TransposedWindow) or read.stride > 1:
        return read
    reads = sorted(read_by(read, 0))
    return Window(kernel=read.kernel, dilation=read.dilation, padding=(-reads[0], reads[-1] + read.output_padding))


def padding_before(read: Window | TransposedWindow, size: int | None) -> int:
    """Elements before the first; SAME: as many as the output, ceil(input / stride) or input * stride, lacks."""
    if isinstance(read.padding, tuple):
        return read.padding[0]
    covered = (read.kernel - 1) * read.dilation + 1
    if isinstance(read, TransposedWindow):
        total = max(0, covered - read.stride)  # of the full output, (size - 1) * stride + covered
    elif read.stride == 1 or read.kernel == 1:
        total = covered - 1
    elif size is not None:
        total = max(0, (-(-size // read.stride) - 1) * read.stride + covered - size)
    else:
        raise ValueError("the start depends on the input's size")
    return total // 2 if read.padding == "same" else total - total // 2


def _padding_behind(read: Window, size: int) -> int:
    if isinstance(read.padding, tuple):
        return read.padding[1]
    total = max(0, (-(-size // read.stride) - 1) * read.stride + (read.kernel - 1) * read.dilation + 1 - size)
    return total - padding_before(read, size)


def looked_at(read: Resize, output: int, size: int | None) -> Fraction:
    """Where among the inputs an output lies: corner on corner, or with edges that coincide."""
    if size is None and (read.align_corners or read.size is not None):
        raise ValueError("the scale depends on the input's size")
    if read.align_corners and size is not None:
        outputs = outputs_of(read, size)
        if outputs > 1 and size > 1:
            return Fraction(output * (size - 1), outputs - 1)
        return Fraction(0)  # every output looks at the first input
    ratio = Fraction(size or 1, read.size) if read.size is not None else 1 / (read.scale or Fraction(1))
    return output * ratio if read.mode == "nearest" else (output + Fraction(1, 2)) * ratio - Fraction(1, 2)


def sampled(mode: str, place: Fraction) -> list[int]:
    """The inputs around a place whose weight in the interpolation is not zero."""
    if mode == "nearest":
        return [floor(place)]
    weigh = _linear if mode == "linear" else _cubic
    return [near for near in range(floor(place) - 3, floor(place) + 5) if weigh(abs(place - near))]


def _linear(far: Fraction) -> Fraction:
    return max(Fraction(0), 1 - far)


def _cubic(far: Fraction) -> Fraction:
    """Keys' kernel with the constant -3/4, as torch has it."""
    a = Fraction(-3, 4)
    if far < 1:
        return (a + 2) * far**3 - (a + 3) * far**2 + 1
    return a * far**3 - 5 * a * far**2 + 8 * a * far - 4 * a if far < 2 else Fraction(0)


# The sizes of maps


def outputs_of(read: Read, size: int) -> int:
    """How many outputs a layer has on a map of some size."""
    if isinstance(read, Window):
        return _windows_that_fit(read, size)
    if isinstance(read, TransposedWindow):
        if not isinstance(read.padding, tuple):
            return size * read.stride
        full = (size - 1) * read.stride + (read.kernel - 1) * read.dilation + 1
        return full - sum(read.padding) + read.output_padding
    if isinstance(read, Resize):
        return read.size if read.size is not None else floor(size * (read.scale or 1))
    if isinstance(read, Table):
        return read.size if read.size is not None else size * len(read.starts) // read.shift
    raise ValueError("a global operation has no size")


def _windows_that_fit(read: Window, size: int) -> int:
    if not isinstance(read.padding, tuple):
        return -(-size // read.stride)
    behind = size + read.padding[1]
    beyond = read.stride - 1 if read.ceil_mode else 0  # so far may the last window stick out

    def fits(output: int) -> bool:
        first, *_, last = [*read_by(read, output)] * 2
        return last < behind + beyond and (first < size or not read.ceil_mode)

    return sum(1 for _ in takewhile(fits, count()))


def sizes(network: Network, input: Sequence[int]) -> Sizes:
    """The size of every map; ValueError where one is empty or a merge does not fit."""
    found: dict[str, Position | None] = {"input": tuple(input)}
    for node in network.nodes:
        read = {size for name in node.inputs if (size := found[name]) is not None}
        if len(read) > 1:
            raise ValueError(f"{node.name} merges maps of different sizes")
        if not read or is_global(node):
            found[node.name] = None
            continue
        (size,) = read
        for line, length in zip(node.reads, size, strict=True):
            if isinstance(line, Window) and node.padding_mode in {"reflect", "circular"}:
                around = max(padding_before(line, length), _padding_behind(line, length))
                if around > length - (node.padding_mode == "reflect"):
                    raise ValueError(f"{node.name} repeats more than there is")
        found[node.name] = own = tuple(outputs_of(line, length) for line, length in zip(node.reads, size, strict=True))
        if min(own) < 1:
            raise ValueError(f"the map of {node.name} is empty")
    return found


def is_global(node: Node) -> bool:
    return any(isinstance(read, Whole) for read in node.reads)


def read_size(node: Node, known: Sizes) -> Sequence[int | None]:
    """The size per axis of what a node reads."""
    return next((size for name in node.inputs if (size := known.get(name)) is not None), (None,) * len(node.reads))


# Tracing


def trace(network: Network, node: str, output: Position, known: Sizes | None = None) -> Mapping[str, Counter[Position]]:
    """Paths from every position of every map to one output of a node, over any graph and any number of axes.

    Positions outside a map whose size is known are padding; paths through global operations are left out.
    """
    known = known or {}
    found: dict[str, Counter[Position]] = defaultdict(Counter)

    def add(name: str, place: Position, times: int) -> None:
        size = known.get(name)
        if size is None or all(0 <= at < length for at, length in zip(place, size, strict=True)):
            found[name][place] += times

    add(node, output, 1)
    for layer in reversed(network.nodes):
        if layer.name not in found or is_global(layer) or (known and known[layer.name] is None):
            continue
        size = read_size(layer, known)
        for place, times in list(found[layer.name].items()):
            for position in product(*map(read_by, layer.reads, place, size)):
                for name in layer.inputs:
                    add(name, repeated(layer, position, size), times)
    return found


def repeated(layer: Node, position: Position, size: Sequence[int | None]) -> Position:
    """The position of the map that stands at one in the padding around it, if that repeats the map."""
    found = []
    for at, length in zip(position, size, strict=True):
        while layer.padding_mode != "zeros" and length is not None and not 0 <= at < length:
            if length == 1 or layer.padding_mode == "replicate":
                at = 0 if at < 0 else length - 1  # noqa: PLW2901 - as below
            elif layer.padding_mode == "circular":
                at += length if at < 0 else -length  # noqa: PLW2901 - step by step, on purpose
            else:
                at = -at if at < 0 else 2 * (length - 1) - at  # noqa: PLW2901 - as above
        found.append(at)
    return tuple(found)


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


# Running a network


def run(network: Network, image: Mapping[Position, int]) -> Mapping[str, Mapping[Position, int]]:
    """Every map of a network on an image, each value a number that stands for all that its layer reads, tap by tap.

    Two values are equal only if a network computes the same there on any weights. Padding is its own value, except
    where it repeats the map. A map behind a global operation has the empty position alone.
    """
    known = sizes(network, tuple(max(place[axis] for place in image) + 1 for axis in range(network.dims)))
    maps: dict[str, Mapping[Position, int]] = {"input": image}
    for number, node in enumerate(network.nodes):
        size = known[node.name]
        sources = [maps[name] for name in node.inputs]
        if size is None:
            maps[node.name] = {(): hash((number, *(tuple(sorted(source.items())) for source in sources)))}
            continue
        before = read_size(node, known)
        along = zip(node.reads, size, before, strict=True)
        lines = [[_taps(read, at, one) for at in range(length)] for read, length, one in along]
        own: dict[Position, int] = {}
        for place in product(*map(range, size)):
            taps = list(product(*(line[at] for line, at in zip(lines, place, strict=True))))
            own[place] = hash((number, *(_value(node, source, taps, before) for source in sources)))
        maps[node.name] = own
    return maps


def _taps(read: Read, output: int, size: int | None) -> list[tuple[Fraction | int, int]]:
    """What one output reads: by which of its taps, or at what distance, and where."""
    if isinstance(read, Window):
        return list(enumerate(read_by(read, output, size)))
    if isinstance(read, TransposedWindow):
        moved = ((tap, output + padding_before(read, size) - tap * read.dilation) for tap in range(read.kernel))
        return [(tap, place // read.stride) for tap, place in moved if place % read.stride == 0]
    limit = (size or 1) - 1
    if isinstance(read, Resize):
        place = looked_at(read, output, size)
        if read.mode == "nearest":
            return [(0, floor(place))]
        return [(place - near, min(max(near, 0), limit)) for near in sampled(read.mode, place)]
    return [(tap, min(max(near, 0), limit)) for tap, near in enumerate(read_by(read, output, size))]


def _value(
    layer: Node, source: Mapping[Position, int], taps: Sequence[tuple[tuple[Fraction | int, int], ...]],
    size: Sequence[int | None],
) -> tuple[tuple[tuple[Fraction | int, ...], int | None], ...]:  # fmt: skip
    """The values that an output reads of one map, each with the tap that reads it."""
    if () in source:
        return (((), source[()]),)
    return tuple(
        (tuple(tap for tap, _ in each), source.get(repeated(layer, tuple(at for _, at in each), size))) for each in taps
    )

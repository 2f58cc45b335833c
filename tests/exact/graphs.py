"""Brute force for networks with branches: what each node sees, and what only a finite input shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from math import floor, gcd

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Resize, Table, TransposedWindow, Window
from tests import oracle

Pattern = tuple[int, int]
"""After so many outputs everything repeats, so many input positions further on."""


class Graph:
    """A network, and the sizes of its maps where the input has one."""

    def __init__(self, network: Network, sizes: oracle.Sizes) -> None:
        self.network, self.sizes = network, sizes
        self.nodes = {node.name: node for node in network.nodes}

    def size(self, name: str, axis: int) -> int | None:
        """The size of what a node reads."""
        return oracle.read_size(self.nodes[name], self.sizes)[axis]

    @cached_property
    def local(self) -> set[str]:
        """What can be reached from the input without a global operation."""
        found = {INPUT}
        for node in self.network.nodes:
            if found.intersection(node.inputs) and not oracle.is_global(node):
                found.add(node.name)
        return found

    @cached_property
    def globals_on_the_way(self) -> dict[str, set[str]]:
        """For each node the first global operations on the paths to it."""
        found: dict[str, set[str]] = {INPUT: set()}
        for node in self.network.nodes:
            own = {node.name} if oracle.is_global(node) and self.local.intersection(node.inputs) else set[str]()
            found[node.name] = own.union(*(found[name] for name in node.inputs))
        return found

    # What a node sees of the input, along one axis, on the unbounded grid

    @cache  # noqa: B019 (a graph lives as long as one comparison)
    def seen(self, name: str, axis: int, output: int) -> frozenset[int]:
        """The input positions that one output reads."""
        if name == INPUT:
            return frozenset([output])
        if name not in self.local:
            return frozenset()
        node = self.nodes[name]
        length = self.size(name, axis)
        places = set(oracle.read_by(node.reads[axis], output, length))
        if self.bounded(name, axis):  # beyond its map there is nothing, nor beyond those that it merges
            places &= set(range(length or 0)) if len(node.inputs) > 1 else places
            if not 0 <= output < (self.sizes[name] or ())[axis]:
                return frozenset()
        return frozenset().union(*(self.seen(source, axis, place) for source in node.inputs for place in places))

    @cache  # noqa: B019
    def pattern(self, name: str, axis: int) -> Pattern | None:
        """Period and shift, unreduced; None behind global operations; ValueError where branches move differently."""
        if name == INPUT:
            return 1, 1
        node = self.nodes[name]
        branches = self._branches(node, axis)
        if oracle.is_global(node) or not branches:
            return None
        if self.bounded(name, axis):
            return (self.sizes[name] or ())[axis], (self.sizes[INPUT] or ())[axis]
        if len({Fraction(shift, period) for period, shift in branches}) > 1:
            raise ValueError(f"{name} merges branches of different strides")
        own, step = turn(node.reads[axis], self.size(name, axis))
        outputs = own
        while any(outputs // own * step % period for period, _ in branches):  # one branch's places need all to repeat
            outputs += own
        period, shift = branches[0]
        return outputs, outputs // own * step * shift // period

    def _branches(self, node: Node, axis: int) -> list[Pattern]:
        return [found for source in node.inputs if (found := self.pattern(source, axis)) is not None]

    @cache  # noqa: B019 (as above)
    def bounded(self, name: str, axis: int) -> bool:
        """Whether its outputs are those of one finite map: resized so that it repeats at no stride that others have."""
        if name not in self.local or name == INPUT or not self.sizes:
            return False
        node = self.nodes[name]
        if any(self.bounded(source, axis) for source in node.inputs):
            return True
        read = node.reads[axis]
        if isinstance(read, Table) and read.shift == 0:
            return True
        if isinstance(read, Resize) and read.align_corners:
            length = self.size(name, axis) or 0
            if 1 in {length, oracle.outputs_of(read, length)}:  # every output reads the first input
                return True
        return len({Fraction(shift, period) for period, shift in self._branches(node, axis)}) > 1

    def stride(self, name: str, axis: int) -> Fraction | None:
        found = self.pattern(name, axis)
        return None if found is None else Fraction(found[1], found[0])

    def offset(self, name: str, axis: int, pattern: Pattern) -> Fraction | None:
        """The middle of what an output sees less the place it stands for, averaged over phases that see anything."""
        period, shift = pattern
        middles = [
            Fraction(min(seen) + max(seen), 2) - Fraction(output * shift, period)
            for output in range(period)
            if (seen := self.seen(name, axis, output))
        ]
        return sum(middles, Fraction(0)) / len(middles) if middles else None

    def aligned(self, name: str, axis: int) -> bool:
        """Whether at this node and all before it the branches are centred less than half a shift apart."""
        if name == INPUT or name not in self.local:
            return True
        sources = [source for source in self.nodes[name].inputs if source in self.local]
        patterns = [self.pattern(source, axis) or (1, 1) for source in sources]
        largest = max(Fraction(shift) for _, shift in patterns)
        if self.bounded(name, axis):  # looked at output by output, all over the maps, which have one size
            patterns = [(self.size(name, axis) or 0, (self.sizes[INPUT] or ())[axis])] * len(sources)
            largest = Fraction(patterns[0][1], patterns[0][0])
        found = [self.offset(source, axis, pattern) for source, pattern in zip(sources, patterns, strict=True)]
        offsets = [offset for offset in found if offset is not None]
        apart = max(offsets) - min(offsets) if offsets else 0
        return apart < largest / 2 and all(self.aligned(source, axis) for source in sources)

    def halo(self, name: str, axis: int) -> Pattern:
        """Positions that an output needs before and behind the whole input positions it stands on, the worst phase."""
        period, shift = self.pattern(name, axis) or (1, 1)
        before = behind = 0
        for output in range(period):
            first, last = floor(Fraction(output * shift, period)), floor(Fraction((output + 1) * shift - 1, period))
            for place in self.seen(name, axis, output):
                before, behind = max(before, first - place), max(behind, place - last)
        return before, behind

    # What one output reads, clipped at every map

    def shares(self, output: str, place: oracle.Position, axis: int) -> dict[str, Fraction | None]:
        """The part of the positions of each map that an output reads and the next one reads too."""
        own = oracle.trace(self.network, output, place, self.sizes)
        beside = tuple(at + (other == axis) for other, at in enumerate(place))
        other = oracle.trace(self.network, output, beside, self.sizes)
        return {
            name: Fraction(len(own[name].keys() & other[name].keys()), len(own[name])) if own[name] else None
            for name in [INPUT, *self.nodes]
            if name in self.local
        }

    def paths_to(self, output: str) -> Iterator[list[str]]:
        """Every path from the input to a node, without global operations."""
        for source in dict.fromkeys(self.nodes[output].inputs):
            if source == INPUT:
                yield [output]
            elif source in self.local:
                yield from ([*path, output] for path in self.paths_to(source))

    def meeting(self, output: str, axis: int, shares: dict[str, Fraction | None]) -> tuple[int, int | None]:
        """Windows of several taps, on the path that has most, on whose input neighbouring outputs share nothing."""

        def alone(name: str) -> bool:
            read = oracle.as_window(self.nodes[name].reads[axis])
            sources = [source for source in self.nodes[name].inputs if source in self.local]
            return isinstance(read, Window) and read.kernel > 1 and not any(shares[source] for source in sources)

        isolated = max(sum(map(alone, path)) for path in self.paths_to(output))
        return isolated, isolated + 1 if shares[INPUT] else None

    def never_read(self, output: str) -> list[set[int]]:
        """Per axis the input positions that none of the outputs reads."""
        read: dict[str, set[oracle.Position]] = defaultdict(set)
        read[output] = set(product(*map(range, self.sizes[output] or ())))
        for node in reversed(self.network.nodes):
            size = oracle.read_size(node, self.sizes)
            for place in read[node.name] if node.name in self.local else ():
                for tapped in product(*map(oracle.read_by, node.reads, place, size)):
                    position = oracle.repeated(node, tapped, size)
                    for source in node.inputs:
                        inside = all(0 <= at < n for at, n in zip(position, self.sizes[source] or (), strict=False))
                        read[source] |= {position} if inside else set()
        lines = [{position[axis] for position in read[INPUT]} for axis in range(self.network.dims)]
        return [set(range(length)) - own for length, own in zip(self.sizes[INPUT] or (), lines, strict=True)]

    def padding_share(self, name: str) -> Fraction:
        """The part of the taps of all outputs of a window that fall outside the map; sampling folds back onto it."""
        node = self.nodes[name]
        inside = total = 0
        for place in product(*map(range, self.sizes[name] or ())):
            lines = [self._taps(node, axis, at) for axis, at in enumerate(place)]
            for taps in product(*lines):
                total += 1
                inside += all(taps)
        return 1 - Fraction(inside, total) if total else Fraction(0)

    def _taps(self, node: Node, axis: int, output: int) -> list[bool]:
        """Whether each tap of one output lies on the map."""
        size = self.size(node.name, axis)
        assert size is not None
        if isinstance(node.reads[axis], Table | Resize):
            return [True]
        if node.padding_mode != "zeros":
            return [True]  # the padding is the map again
        return [0 <= place < size for place in oracle.read_by(node.reads[axis], output, size)]


def turn(read: Read, size: int | None) -> Pattern:
    """After how many outputs a layer reads the same, and how many of its own inputs further on."""
    if isinstance(read, Window):
        return 1, read.stride
    if isinstance(read, TransposedWindow):
        return read.stride, 1
    if isinstance(read, Table):
        return len(read.starts), read.shift
    assert isinstance(read, Resize)
    if read.align_corners:
        outputs = oracle.outputs_of(read, size or 0)
        if outputs == 1 or size == 1:  # every output reads the first input, and the map is all there is
            return outputs, size or 0
        return _lowest((size or 0) - 1, outputs - 1)
    return _lowest(size or 0, read.size) if read.size is not None else _lowest(1, read.scale or Fraction(1))


def _lowest(inputs: int, outputs: int | Fraction) -> Pattern:
    ratio = inputs / Fraction(outputs)
    return ratio.denominator, ratio.numerator


def classes(places: Sequence[int], shift: int) -> int:
    """Classes of outputs of one phase that share no input."""
    step = gcd(*(place - min(places) for place in places)) or 1
    return len({output * shift % step for output in range(step)})

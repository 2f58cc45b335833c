"""Which positions of every map one output uses along one axis: sets packed into integers, walked back.

The verdict asks this at every phase of every output, to find holes and outputs that never meet. How often an output
uses each position is another question. ``paths`` answers it with dense maps of counts, which are too large to make for
every phase; a set takes one bit a position.

The positions that an output uses of a map are a union, over paths, of products over the axes. Along one axis they are
a line of bits, which a layer widens by shifts. Over all axes they are the product of these lines under one condition:
at every map that several layers read, one of the layers uses at least what the others use, along every axis. Then the
union of the products is the product of the unions. The walk notes which readers do so (``Walked.widest``), so it is
known whether the answer is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rfscope.exact.position_sets import Positions, clipped, union, used_by
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Read, Window
from rfscope.network.sizes import Sizes

__all__ = ["ALONE", "AxisWalk", "Passed", "StepBack", "Walked", "axis_walks", "middle_tap"]


@dataclass(frozen=True, slots=True)
class Walked:
    """What one output uses along one axis.

    Attributes:
        lines: The positions of each map that was asked for and is used.
        widest: For each map that several layers read, which of them use all that any of them uses: bit ``n`` stands for
            reader number ``n``, in the order of the walk.
        filled: Maps with gaps that were filled before going on.
        work: Positions of all maps together.
    """

    lines: Mapping[str, Positions]
    widest: Mapping[str, int]
    filled: frozenset[str]
    work: int


ALONE = -1
"""Stands for the readers of a map that has one: it uses all that any of them uses."""


class Passed(NamedTuple):
    """A map on the way back along one axis.

    Attributes:
        name: The map.
        line: Its positions that are used.
        widest: Which of its readers use all that any of them uses, as in ``Walked``; ``ALONE`` where there is one.
    """

    name: str
    line: Positions
    widest: int


class StepBack(NamedTuple):
    """A node on the way back along one axis.

    Attributes:
        name: The map that it makes.
        read: What it reads; None for the position itself.
        sources: The maps that it reads.
        padding_mode: What its padding holds.
    """

    name: str
    read: Read | None
    sources: tuple[str, ...]
    padding_mode: str


class AxisWalk:
    """One axis of what leads to an output, made ready for walks from many positions.

    Args:
        nodes: Settled nodes, none of them global, in topological order; the last one is the output. They
            read each other and ``back_to``; any other input is left out.
        axis: The axis.
        sizes: Lengths of the maps along it; None on an unbounded grid.
        narrowed: Nodes whose windows are taken as their middle tap alone.
        back_to: The map at which walks end; the input by default.

    Attributes:
        steps: The nodes, last first.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        axis: int,
        *,
        sizes: Mapping[str, int | None] | None = None,
        narrowed: Collection[str] = (),
        back_to: str = INPUT,
    ) -> None:
        self.axis, self.sizes, self.back_to = axis, sizes or {}, back_to
        known = {back_to, *(node.name for node in nodes)}
        self.output = nodes[-1].name if nodes else back_to
        self.steps: list[StepBack] = []
        for node in reversed(nodes):
            read = node.reads[axis]
            if node.name in narrowed and isinstance(read, Window):
                read = middle_tap(read)
            sources = node.inputs
            if not known.issuperset(sources):
                sources = tuple(name for name in sources if name in known)
            self.steps.append(StepBack(node.name, None if read == IDENTITY else read, sources, node.padding_mode))
        self.steps.append(StepBack(back_to, None, (), "zeros"))

    def passing(self, start: Positions, fill: Collection[str] = ()) -> Iterator[Passed]:
        """What some outputs use of map after map, from the last to the first, so that none is kept.

        Args:
            start: The outputs.
            fill: Maps whose gaps are filled, so that the maps before them are judged without them.

        Raises:
            LimitError: A field is longer than the limit ``axis``.
            UnsupportedError: Where a layer reads is unknown.
        """
        pending: dict[str, list[Positions]] = {self.output: [start]}
        for name, read, sources, padding_mode in self.steps:
            if name not in pending:
                continue
            used = pending.pop(name)
            here, widest = used[0], ALONE
            if len(used) > 1:
                here = union(used)
                widest = sum((line == here) << number for number, line in enumerate(used))
            yield Passed(name, here, widest)
            if not sources:
                continue
            if name in fill and here.has_gap:
                here = here.filled
            before = here if read is None or not here.bits else used_by(read, here)
            for source in sources:
                size = self.sizes.get(source)
                part = before if size is None else clipped(before, size, padding_mode)
                pending.setdefault(source, []).append(part)

    def walk(self, position: int, keep: Collection[str], *, fill: bool = False) -> Walked:
        """What the output at one position uses.

        Args:
            position: The output.
            keep: Maps that are wanted.
            fill: Whether gaps in these are filled, so that the maps before them are judged without them.

        Raises:
            LimitError: A field is longer than the limit ``axis``.
            UnsupportedError: Where a layer reads is unknown.
        """
        lines: dict[str, Positions] = {}
        common: dict[str, int] = {}
        work = 0
        for name, here, widest in self.passing(Positions(position, 1), keep if fill else ()):
            work += here.size
            if widest != ALONE:
                common[name] = widest
            if name in keep:
                lines[name] = here
        filled = frozenset(name for name, line in lines.items() if fill and line.has_gap)
        return Walked(lines, common, filled, work)


def axis_walks(
    network: Network, sizes: Sizes | None, narrowed: Sequence[Collection[str]] | None = None
) -> list[AxisWalk]:
    """Each axis of what leads to the output of a network without passing a global operation.

    Args:
        network: A settled network.
        sizes: Sizes of the maps; None on an unbounded grid.
        narrowed: Per axis, nodes whose windows are taken as their middle tap alone.
    """
    last = list(network.by_name).index(network.outputs[0])
    nodes = [node for node in network.nodes[: last + 1] if node.name in network.local]
    walks = []
    for axis in range(network.dims):
        lengths = {name: None if size is None else size[axis] for name, size in (sizes or {}).items()}
        walks.append(AxisWalk(nodes, axis, sizes=lengths, narrowed=narrowed[axis] if narrowed else ()))
    return walks


def middle_tap(read: Window) -> Window:
    """A window of one tap where the middle one of a window is; the first of two middle ones."""
    before, behind = read.known_padding or (0, 0)
    inner = (read.kernel - 1) // 2 * read.dilation
    return Window(stride=read.stride, padding=(before - inner, behind - (read.extent - 1 - inner)))

"""Networks to verify: short ways to write single nodes, and random graphs of every kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import Literal, NamedTuple, TypeAlias

from rfscope.errors import NetworkError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.counts import UsageCounts
from rfscope.exact.field import Field
from rfscope.exact.output import Output
from rfscope.network.build import assemble
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Resize, Table, TransposedWindow, Whole, Window
from rfscope.network.sizes import adaptive

Mode: TypeAlias = Literal["nearest", "linear", "cubic"]
MODES: tuple[Mode, ...] = ("nearest", "linear", "cubic")


def node(name: str, *reads: Read, inputs: Sequence[str] = ()) -> Node:
    """A node with any reads, one per axis."""
    return Node(name=name, op="op", reads=reads, inputs=tuple(inputs))


def one(*reads: Read) -> Network:
    """A network of one node."""
    return assemble("net", [node("op", *reads)])


@dataclass(frozen=True)
class Said:
    """A claim that can be anything."""

    position: tuple[int, ...]
    axes: tuple[Field, ...]
    first: tuple[int | None, ...]
    counts: UsageCounts

    @classmethod
    def of(cls, output: Output) -> Said:
        return cls(output.position, output.axes, output.first, output.counts)


class Case(NamedTuple):
    """A random network and which of its outputs to look at."""

    network: Network
    position: tuple[int, ...] | None

    @property
    def analysis(self) -> Analysis:
        return analyze(self.network, position=self.position)


def random_case(seed: int) -> Case:
    """A network that makes sense: maps that do not become empty, branches that fit together."""
    random = Random(seed)  # noqa: S311
    while True:
        network = _Builder(random, random.choice((1, 1, 1, 2, 2, 3)), bounded=random.random() < 0.5).network()
        try:
            found = Case(network, None).analysis
            size = found.output.sizes[found.output.node] if found.output.sizes else None
        except NetworkError:
            continue
        if random.random() < 0.3:
            return Case(network, None)
        return Case(network, tuple(random.randrange(length) for length in size or (9,) * network.dims))


def random_network(seed: int, *, dims: int, bounded: bool) -> Network:
    """A network that may make no sense."""
    return _Builder(Random(seed), dims, bounded=bounded).network()  # noqa: S311


class _Builder:
    """Adds blocks to one another, as networks are built."""

    def __init__(self, random: Random, dims: int, *, bounded: bool) -> None:
        self.random = random
        self.dims = dims
        size = {1: (8, 40), 2: (8, 24), 3: (5, 9)}[dims]
        self.input = tuple(random.randint(*size) for _ in range(dims)) if bounded else None
        self.nodes: list[Node] = []

    def network(self) -> Network:
        last = INPUT
        blocks = (self.plain, self.plain, self.residual, self.pyramid, self.hourglass, self.gate, self.different)
        for _ in range(self.random.randint(1, {1: 5, 2: 3, 3: 2}[self.dims])):
            last = self.random.choice(blocks)(last)
        outputs = [last] if last != INPUT else []
        return assemble("random", self.nodes, outputs=outputs, input=self.input)

    def add(self, reads: Sequence[Read], *inputs: str) -> str:
        self.nodes.append(node(f"n{len(self.nodes)}", *reads, inputs=inputs))
        return self.nodes[-1].name

    def each(self, read: Read) -> list[Read]:
        return [read] * self.dims

    def plain(self, last: str) -> str:
        """Any layer, often another one along each axis."""
        if self.random.random() < 0.5:
            return self.add(self.each(self.any_read()), last)
        return self.add([self.any_read() for _ in range(self.dims)], last)

    def any_read(self) -> Read:
        makers: list[Callable[[], Read]] = [
            self.window,
            self.window,
            self.transposed,
            self.resize,
            self.crop,
            self.table,
        ]
        if self.input:
            makers += [self.ceiled, lambda: replace(self.window(), padding="same"), self.aligned, self.pooled]
        return self.random.choice(makers)()

    def window(self) -> Window:
        pick = self.random.randint
        dilation = self.random.choice((1, 1, 2, 3, 5))
        return Window(kernel=pick(1, 4), stride=pick(1, 3), dilation=dilation, padding=(pick(-2, 5), pick(-2, 5)))

    def ceiled(self) -> Window:
        pick = self.random.randint
        return Window(kernel=pick(1, 3), stride=pick(1, 4), padding=(pick(0, 1), pick(0, 1)), ceil_mode=True)

    def transposed(self) -> TransposedWindow:
        pick = self.random.randint
        return TransposedWindow(
            kernel=pick(1, 4),
            stride=pick(1, 3),
            dilation=self.random.choice((1, 1, 2, 3)),
            padding=self.random.choice(((0, 0), (1, 1), (pick(-2, 3), pick(-2, 3)), "same")),
            output_padding=self.random.choice((0, 0, 1, 4)),
        )

    def resize(self) -> Resize:
        scale = Fraction(self.random.randint(1, 7), self.random.randint(1, 5))
        return Resize(mode=self.random.choice(MODES), scale=scale)

    def aligned(self) -> Resize:
        size = self.random.randint(1, 20)
        mode, corners = self.random.choice(MODES), self.random.random() < 0.5
        return Resize(mode=mode, align_corners=corners and mode != "nearest", size=size)

    def pooled(self) -> Table:
        """Adaptive pooling fits one size only: most of these are thrown away, but not behind the input."""
        length = self.random.choice(self.input or (1,))
        return adaptive(length, self.random.randint(1, 9))

    def table(self) -> Table:
        """Ranges of any kind, some of them empty."""
        starts = [self.random.randint(-3, 6) for _ in range(self.random.randint(1, 4))]
        stops = [start + self.random.randint(0, 4) for start in starts]
        return Table(starts=tuple(starts), stops=tuple(stops), shift=self.random.randint(1, 5))

    def crop(self) -> Window:
        return Window(padding=(self.random.randint(-3, 4), self.random.randint(-3, 4)))

    def keeping(self) -> Window:
        """A window that keeps the size, the field not always centred."""
        kernel, dilation = self.random.choice((1, 2, 3, 3, 5)), self.random.choice((1, 2, 3, 6))
        total = (kernel - 1) * dilation
        before = self.random.choice((total // 2, total // 2, 0, total))
        return Window(kernel=kernel, dilation=dilation, padding=(before, total - before))

    def residual(self, last: str) -> str:
        behind = last
        for _ in range(self.random.randint(1, 3)):
            behind = self.add([self.keeping() for _ in range(self.dims)], behind)
        return self.add(self.each(Window()), behind, last)

    def pyramid(self, last: str) -> str:
        branches = [self.add(self.each(self.keeping()), last) for _ in range(self.random.randint(2, 4))]
        if self.random.random() < 0.5:
            branches.append(self.add(self.each(Window()), self.add(self.each(Whole()), last)))
        return self.add([self.keeping() for _ in range(self.dims)], *branches)

    def hourglass(self, last: str) -> str:
        """Down and up again, with a path around."""
        factor = self.random.choice((2, 2, 3, 4))
        down = self.add(self.each(Window(kernel=self.random.choice((factor, 1)), stride=factor)), last)
        inside = self.residual(down) if self.random.random() < 0.5 else down
        scale = Resize(mode=self.random.choice(MODES), scale=Fraction(factor))
        ups: list[Read] = [scale, TransposedWindow(kernel=self.random.choice((1, 2, factor, 5)), stride=factor)]
        up = self.random.choice(ups)
        if isinstance(up, TransposedWindow):
            up = replace(up, padding="same")
        return self.add(self.each(self.keeping()), self.add(self.each(up), inside), last)

    def gate(self, last: str) -> str:
        """Squeeze and excite."""
        squeezed = self.add(self.each(Whole()), last)
        return self.add(self.each(Window()), last, self.add(self.each(Window()), squeezed))

    def different(self, last: str) -> str:
        """Branches that end elsewhere, which only an unbounded grid lets pass, or read one map twice."""
        other = self.add([Window(kernel=3, padding=(self.random.randint(0, 3), 1)) for _ in range(self.dims)], last)
        return self.add(self.each(Window(kernel=2, padding=(1, 0))), other, last, other)

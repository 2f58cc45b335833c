"""The largest networks that people bring, in our own words: their wiring, for what they take of memory and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count

from rfscope.network.build import assemble, conv, merge, pool, resize, transposed_conv
from rfscope.network.graph import INPUT, Network, Node
from rfscope.zoo import load

__all__ = ["LARGE"]


class Wires:
    """A network that grows; each method adds a layer behind some map and returns the name of its own."""

    def __init__(self, dims: int = 2) -> None:
        self.dims, self.nodes, self._numbers = dims, list[Node](), count(1)

    def _added(self, node: Node) -> str:
        self.nodes.append(node)
        return node.name

    def _name(self, kind: str) -> str:
        return f"{kind}{next(self._numbers)}"

    def conv(self, source: str, kernel: int = 3, rate: int = 1, stride: int = 1) -> str:
        """A convolution whose output is as large as its input, but for the stride."""
        padding, name = ((kernel - 1) // 2 * rate,) * 2, self._name("conv")
        node = conv(name, kernel=kernel, dilation=rate, stride=stride, padding=padding, dims=self.dims, inputs=[source])
        return self._added(node)

    def pool(self, source: str, kernel: int = 2, stride: int = 2) -> str:
        """Pooling, centred where the kernel is odd."""
        padding = ((kernel - 1) // 2,) * 2
        node = pool(self._name("pool"), kernel=kernel, stride=stride, padding=padding, dims=self.dims, inputs=[source])
        return self._added(node)

    def up(self, source: str, scale: int = 2) -> str:
        """Linear up-sampling."""
        return self._added(resize(self._name("up"), scale=scale, mode="linear", dims=self.dims, inputs=[source]))

    def transposed(self, source: str) -> str:
        """A transposed convolution that doubles the map without overlap."""
        node = transposed_conv(self._name("transposed"), kernel=2, stride=2, dims=self.dims, inputs=[source])
        return self._added(node)

    def merged(self, *sources: str) -> str:
        """Maps added up, or side by side: it is the same to a receptive field."""
        return self._added(merge(self._name("merge"), sources, dims=self.dims))

    def network(self, name: str, *outputs: str) -> Network:
        """The network."""
        return assemble(name, self.nodes, outputs=outputs)


def _nested(wires: Wires, depth: int, source: str) -> str:
    """A U of so many scales within a stage of a larger one."""
    entry = wires.conv(source)
    levels = [wires.conv(entry)]
    for _ in range(depth - 2):
        levels.append(wires.conv(wires.pool(levels[-1])))
    here = wires.conv(levels[-1], rate=2)
    for place, level in enumerate(reversed(levels)):
        here = wires.conv(wires.merged(here, level))
        here = here if place == len(levels) - 1 else wires.up(here)
    return wires.merged(here, entry)


def _flat(wires: Wires, source: str) -> str:
    """The same at one scale, with rates 1, 2, 4 and 8 in the place of pooling."""
    entry = wires.conv(source)
    levels = [wires.conv(entry)]
    levels += [wires.conv(levels[-1], rate=2)]
    levels += [wires.conv(levels[-1], rate=4)]
    here = wires.conv(levels[-1], rate=8)
    for level, rate in zip(reversed(levels), (4, 2, 1), strict=True):
        here = wires.conv(wires.merged(here, level), rate=rate)
    return wires.merged(here, entry)


def u_in_u() -> Network:
    """Six stages that are Us themselves, five more on the way up, and seven outputs at full size."""
    wires, here = Wires(), INPUT
    ways: list[Callable[[str], str]] = [partial(_nested, wires, depth) for depth in (7, 6, 5, 4)]
    ways += [partial(_flat, wires)] * 2
    stages = []
    for place, stage in enumerate(ways):
        here = stage(here if place == 0 else wires.pool(here))
        stages.append(here)
    sides = [stages.pop()]
    for stage, below in zip(reversed(ways[:-1]), reversed(stages), strict=True):
        sides.append(stage(wires.merged(wires.up(sides[-1]), below)))
    heads = [wires.conv(side) for side in reversed(sides)]
    full = [head if place == 0 else wires.up(head, 2**place) for place, head in enumerate(heads)]
    return wires.network("u-in-u", wires.conv(wires.merged(*full), kernel=1), *full)


def residual_152() -> Network:
    """A residual network of 152 layers with rates 2 and 4 in the place of its last two strides."""
    wires = Wires()
    here = wires.pool(wires.conv(INPUT, kernel=7, stride=2), kernel=3, stride=2)
    for blocks, stride, rate in ((3, 1, 1), (8, 2, 1), (36, 1, 2), (3, 1, 4)):
        for block in range(blocks):
            step = stride if block == 0 else 1
            inner = wires.conv(wires.conv(wires.conv(here, 1), 3, rate, step), 1)
            here = wires.merged(inner, here if block else wires.conv(here, 1, stride=step))
    return wires.network("residual-152", here)


def high_resolution() -> Network:
    """Four resolutions side by side that exchange what they see again and again."""
    wires = Wires()
    here = wires.conv(wires.conv(INPUT, stride=2), stride=2)
    for _ in range(4):
        here = wires.merged(wires.conv(here), here)
    rows = [here]
    for stage, times in enumerate((1, 4, 3), start=1):
        rows.append(wires.conv(rows[-1], stride=2))
        for _ in range(times):
            for _ in range(4):
                rows = [wires.merged(wires.conv(wires.conv(row)), row) for row in rows]
            rows = [_exchanged(wires, rows, place) for place in range(stage + 1)]
    full = [row if place == 0 else wires.up(row, 2**place) for place, row in enumerate(rows)]
    return wires.network("high-resolution", wires.up(wires.conv(wires.merged(*full), 1), 4))


def _exchanged(wires: Wires, rows: Sequence[str], place: int) -> str:
    """What one resolution makes of all of them."""
    found = []
    for other, row in enumerate(rows):
        here = row if other <= place else wires.up(wires.conv(row, 1), 2 ** (other - place))
        for _ in range(other, place):
            here = wires.conv(here, stride=2)
        found.append(here)
    return wires.merged(*found)


def u_net_3d() -> Network:
    """A U-Net over three axes with six resolutions."""
    wires, here, levels = Wires(dims=3), INPUT, []
    for place in range(6):
        here = wires.conv(wires.conv(here if place == 0 else wires.pool(here)))
        levels.append(here)
    levels.pop()
    while levels:
        here = wires.conv(wires.conv(wires.merged(wires.transposed(here), levels.pop())))
    return wires.network("u-net-3d", here)


def three_branches() -> Network:
    """A detailed, a coarse and a border branch, with a pyramid of poolings at 1/64."""
    wires = Wires()

    def blocks(source: str, times: int, stride: int = 1) -> str:
        for turn in range(times):
            step = stride if turn == 0 else 1
            inner = wires.conv(wires.conv(source, stride=step))
            source = wires.merged(inner, source if step == 1 else wires.conv(source, 1, stride=step))
        return source

    here = blocks(blocks(wires.conv(wires.conv(INPUT, stride=2), stride=2), 2), 2, 2)
    coarse, detail, border = blocks(here, 3, 2), blocks(here, 2), blocks(here, 1)
    detail, border = wires.merged(detail, wires.up(coarse)), wires.merged(border, wires.up(coarse))
    coarse, detail, border = blocks(coarse, 3, 2), blocks(detail, 2), blocks(border, 1)
    detail, border = wires.merged(detail, wires.up(coarse, 4)), wires.merged(border, wires.up(coarse, 4))
    coarse = blocks(coarse, 2, 2)
    pyramid = [wires.conv(coarse, 1)]
    for kernel, stride in ((5, 2), (9, 4), (17, 8)):
        up = wires.up(wires.conv(wires.pool(coarse, kernel, stride), 1), stride)
        pyramid.append(wires.conv(wires.merged(up, pyramid[-1])))
    last = wires.up(wires.merged(*pyramid), 8)
    whole = wires.conv(wires.merged(last, blocks(detail, 1), blocks(border, 1)))
    return wires.network("three-branches", wires.up(wires.conv(whole, 1), 8))


def small() -> Network:
    """Two layers and a way around them."""
    wires = Wires()
    return wires.network("small", wires.merged(wires.conv(wires.conv(INPUT)), INPUT))


LARGE: Mapping[str, Callable[[], Network]] = {
    "small": small,
    "u-in-u": u_in_u,
    "hdc-duc": lambda: load("hdc-duc"),
    "residual-152": residual_152,
    "high-resolution": high_resolution,
    "u-net-3d": u_net_3d,
    "three-branches": three_branches,
}
"""By name."""

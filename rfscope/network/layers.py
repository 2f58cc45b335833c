"""Write a network down layer by layer, as papers tell it: each layer reads the last one unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rfscope.errors import NetworkError
from rfscope.network.build import assemble, conv
from rfscope.network.graph import INPUT, Network, Node, Origin
from rfscope.network.reads import IDENTITY, Padding, Resize, TransposedWindow, Whole, Window
from rfscope.network.sizes import adaptive, output_size, settled

__all__ = ["Layers"]

_AXES = 2


class Layers:
    """Layers of a 2-D network, being collected.

    Every method adds one layer and returns its name, by which later layers can read it (``after``).

    Args:
        channels: Channels of the network's input.
        input: Spatial size of the network's input along both axes, or None for an unbounded grid.

    Raises:
        NetworkError: There are more or fewer sizes than axes.

    Attributes:
        last: The layer added last, or the network's input.
        origin: Where the layers that are added next were written, if anywhere.
        nodes: The layers so far.

    Example:
        >>> layers = Layers()
        >>> stem = layers.conv("stem", 7, to=64, stride=2)
        >>> block = layers.conv("block", 3)
        >>> layers.merge("sum", "add", stem, block)
        'sum'
        >>> [node.name for node in layers.network().nodes]
        ['stem', 'block', 'sum']
    """

    def __init__(self, channels: int = 3, *, input: Sequence[int] | None = None) -> None:
        if input is not None and len(input) != _AXES:
            raise NetworkError("wrong number of input sizes", got=len(input), expected=f"{_AXES}, one per axis")
        self.nodes: list[Node] = []
        self.last = INPUT
        self.origin: Origin | None = None
        self._channels = {INPUT: channels}
        self._input = None if input is None else tuple(input)
        self._sizes = {INPUT: self._input}
        self._global: set[str] = set()

    def channels(self, name: str) -> int:
        """Channels of a layer's map."""
        return self._channels[name]

    def size(self, name: str) -> tuple[int, ...] | None:
        """Size of a layer's map per axis; None on an unbounded grid and behind a global operation."""
        return self._sizes[name]

    def conv(
        self,
        name: str,
        kernel: int = 3,
        *,
        to: int | None = None,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        padding: int | Padding | None = None,
        after: str | None = None,
    ) -> str:
        """Add a convolution.

        Args:
            name: Its name.
            kernel: Taps along each axis.
            to: Output channels; as many as come in by default.
            stride: Inputs between neighbouring outputs.
            dilation: The rate.
            groups: Groups of channels that do not mix.
            padding: Elements on each side; by default half of what the kernel covers.
            after: What it reads; the last layer by default.
        """
        source = after or self.last
        entering = self._channels[source]
        node = conv(
            name,
            kernel=kernel,
            stride=stride,
            dilation=dilation,
            padding=_sides(padding, kernel, dilation),
            inputs=(source,),
        )
        node = replace(node, in_channels=entering, out_channels=to or entering, groups=groups)
        return self._add(node, to or entering)

    def pool(
        self,
        name: str,
        kernel: int,
        stride: int,
        *,
        padding: int | Padding | None = None,
        after: str | None = None,
        ceil_mode: bool = False,
    ) -> str:
        """Add a pooling layer; padding as for a convolution."""
        source = after or self.last
        window = Window(kernel=kernel, stride=stride, padding=_sides(padding, kernel, 1), ceil_mode=ceil_mode)
        return self._add(Node(name=name, op="pool", reads=(window,) * 2, inputs=(source,)), self._channels[source])

    def pool_to(self, name: str, outputs: int, *, after: str) -> str:
        """Add adaptive pooling to so many outputs along each axis; one output is global.

        Raises:
            NetworkError: There are more, and the size of the map is not known.
        """
        if outputs == 1:
            return self.pool_all(name, after=after)
        reads = tuple(adaptive(length, outputs) for length in self._known_size(after, name))
        return self._add(Node(name=name, op="pool", reads=reads, inputs=(after,)), self._channels[after])

    def resize_like(self, name: str, other: str, *, after: str, align_corners: bool = False) -> str:
        """Add (bi)linear interpolation to the size of another layer's map; nothing where the sizes are the same.

        What lies behind a global operation is spread over any map, and needs none.

        Raises:
            NetworkError: A size is not known.
        """
        if after in self._global:
            return after
        sizes = self._known_size(after, name), self._known_size(other, name)
        if sizes[0] == sizes[1]:
            return after
        reads = tuple(Resize(mode="linear", align_corners=align_corners, size=length) for length in sizes[1])
        return self._add(Node(name=name, op="resize", reads=reads, inputs=(after,)), self._channels[after])

    def scale(self, name: str, factor: int, *, after: str | None = None, align_corners: bool = False) -> str:
        """Add (bi)linear interpolation by a factor."""
        source = after or self.last
        read = Resize(mode="linear", align_corners=align_corners, scale=Fraction(factor))
        return self._add(Node(name=name, op="resize", reads=(read,) * 2, inputs=(source,)), self._channels[source])

    def up(self, name: str, factor: int, *, to: int) -> str:
        """Add a transposed convolution whose kernel is its stride, so that its outputs do not overlap."""
        entering = self._channels[self.last]
        node = Node(
            name=name,
            op="transposed_conv",
            reads=(TransposedWindow(kernel=factor, stride=factor),) * 2,
            inputs=(self.last,),
            in_channels=entering,
            out_channels=to,
        )
        return self._add(node, to)

    def shuffle(self, name: str, factor: int) -> str:
        """Add a pixel shuffle: channels become blocks of positions."""
        reads = (TransposedWindow(kernel=factor, stride=factor),) * 2
        node = Node(name=name, op="pixel_shuffle", reads=reads, inputs=(self.last,))
        return self._add(node, self._channels[self.last] // factor**2)

    def crop(self, name: str, border: int, *, after: str) -> str:
        """Add a crop of as many positions on every side."""
        node = replace(conv(name, kernel=1, padding=(-border, -border), inputs=(after,)), op="pad")
        return self._add(node, self._channels[after])

    def pool_all(self, name: str, *, after: str | None = None) -> str:
        """Add a global pooling layer, which reads everything."""
        source = after or self.last
        return self._add(Node(name=name, op="global", reads=(Whole(),) * 2, inputs=(source,)), self._channels[source])

    def merge(self, name: str, op: str, *sources: str) -> str:
        """Add a sum, a product or a concatenation (``add``, ``multiply``, ``concat``) of several layers."""
        channels = [self._channels[source] for source in sources]
        node = Node(name=name, op=op, reads=(IDENTITY,) * 2, inputs=sources)
        return self._add(node, sum(channels) if op == "concat" else channels[0])

    def network(self) -> Network:
        """The network that ends at the last layer."""
        return assemble("layers", self.nodes, input=self._input)

    def _add(self, node: Node, channels: int) -> str:
        self.nodes.append(replace(node, origin=self.origin))
        self._channels[node.name] = channels
        self._sizes[node.name] = self._output_size(node)
        if node.is_global or self._global.issuperset(node.inputs):
            self._global.add(node.name)
        self.last = node.name
        return node.name

    def _output_size(self, node: Node) -> tuple[int, ...] | None:
        """The size of a map; what does not fit together is found when the network is analyzed."""
        size = next((size for name in node.inputs if (size := self._sizes[name]) is not None), None)
        if size is None or node.is_global:
            return None
        pairs = zip(node.reads, size, strict=True)
        found = tuple(output_size(settled(read, length), length) for read, length in pairs)
        if min(found) < 1:
            raise NetworkError("the map becomes empty", where=node.name, do="enlarge the network's input")
        return found

    def _known_size(self, name: str, needed_by: str) -> tuple[int, ...]:
        size = self._sizes[name]
        if size is None:
            raise NetworkError(f"the size of {name} is needed", where=needed_by, do="give the input's: --input")
        return size


def _sides(padding: int | Padding | None, kernel: int, dilation: int) -> Padding:
    if padding is None:
        padding = (kernel - 1) * dilation // 2
    return (padding, padding) if isinstance(padding, int) else padding

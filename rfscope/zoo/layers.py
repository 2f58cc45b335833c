"""Write a network down layer by layer, as papers tell it: each layer reads the last one unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rfscope.network.build import assemble, conv
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Padding, TransposedWindow, Whole

__all__ = ["Layers"]


class Layers:
    """Layers of a 2-D network, being collected.

    Every method adds one layer and returns its name, by which later layers can read it (``after``).

    Args:
        channels: Channels of the network's input.

    Example:
        >>> layers = Layers()
        >>> stem = layers.conv("stem", 7, to=64, stride=2)
        >>> block = layers.conv("block", 3)
        >>> layers.merge("sum", "add", stem, block)
        'sum'
        >>> [node.name for node in layers.network().nodes]
        ['stem', 'block', 'sum']
    """

    def __init__(self, channels: int = 3) -> None:
        self._nodes: list[Node] = []
        self._channels = {INPUT: channels}
        self.last = INPUT

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
        self, name: str, kernel: int, stride: int, *, padding: int | Padding | None = None, after: str | None = None
    ) -> str:
        """Add a pooling layer; padding as for a convolution."""
        source = after or self.last
        node = conv(name, kernel=kernel, stride=stride, padding=_sides(padding, kernel, 1), inputs=(source,))
        return self._add(replace(node, op="pool"), self._channels[source])

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

    def network(self, *, input: Sequence[int] | None = None) -> Network:
        """The network that ends at the last layer."""
        return assemble("layers", self._nodes, input=input)

    def _add(self, node: Node, channels: int) -> str:
        self._nodes.append(node)
        self._channels[node.name] = channels
        self.last = node.name
        return node.name


def _sides(padding: int | Padding | None, kernel: int, dilation: int) -> Padding:
    if padding is None:
        padding = (kernel - 1) * dilation // 2
    return (padding, padding) if isinstance(padding, int) else padding

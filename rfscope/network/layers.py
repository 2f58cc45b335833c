"""Write a network down layer by layer, as papers tell it: each layer reads the last one unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeAlias

from rfscope import limits
from rfscope.errors import WRONG_SIZES, NetworkError
from rfscope.network.build import assemble, conv
from rfscope.network.graph import INPUT, Network, Node, Origin
from rfscope.network.reads import IDENTITY, Padding, Resize, TransposedWindow, Whole, Window
from rfscope.network.sizes import adaptive, output_size, settled

__all__ = ["Layers", "ResizeMode"]

ResizeMode: TypeAlias = Literal["nearest", "linear", "cubic"]

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
            raise NetworkError(WRONG_SIZES, got=len(input), expected=f"{_AXES}, one per axis")
        self.nodes: list[Node] = []
        self.last = INPUT
        self.origin: Origin | None = None
        self._channels = {INPUT: channels}
        self._input = None if input is None else tuple(input)
        self._sizes = {INPUT: self._input}
        self._steps = {INPUT: Fraction(1)}
        self._global: set[str] = set()
        self._module = ""

    @contextmanager
    def within(self, module: str) -> Iterator[None]:
        """Layers that are added meanwhile belong to a module: their names begin with its name and a dot."""
        outside = self._module
        self._module = f"{outside}{module}."
        try:
            yield
        finally:
            self._module = outside

    def forget(self, since: int) -> None:
        """Take away all layers but the first so many."""
        del self.nodes[since:]
        self.last = self.nodes[-1].name if self.nodes else INPUT

    def channels(self, name: str) -> int:
        """Channels of a layer's map."""
        return self._channels[name]

    def size(self, name: str) -> tuple[int, ...] | None:
        """Size of a layer's map per axis; None on an unbounded grid and behind a global operation."""
        return self._sizes[name]

    def conv(
        self,
        name: str,
        kernel: int | tuple[int, int] = 3,
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
            kernel: Taps along each axis, or along each one.
            to: Output channels; as many as come in by default.
            stride: Inputs between neighbouring outputs.
            dilation: The rate.
            groups: Groups of channels that do not mix.
            padding: Elements on each side; by default half of what the kernel covers.
            after: What it reads; the last layer by default.
        """
        source = after or self.last
        entering = self._channels[source]
        kernels = kernel if isinstance(kernel, tuple) else (kernel,) * _AXES
        node = conv(
            name,
            kernel=kernels,
            stride=stride,
            dilation=[dilation if taps > 1 else 1 for taps in kernels] if isinstance(kernel, tuple) else dilation,
            padding=[_sides(padding, taps, dilation) for taps in kernels],
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

    def resize_like(
        self, name: str, other: str, *, after: str, align_corners: bool = False, mode: ResizeMode = "linear"
    ) -> str:
        """Add interpolation to the size of another layer's map; nothing where the sizes are the same.

        What lies behind a global operation is spread over any map, and needs none. On an unbounded grid the sizes are
        those of maps that every stride divides.

        Raises:
            NetworkError: The grid is unbounded and corners are aligned, which depends on the size.
        """
        if after in self._global:
            return after
        if self._input is None and not align_corners:
            factor = self._steps[after] / self._steps[other]
            return after if factor == 1 else self.scale(name, factor, after=after, mode=mode)
        return self.resize_to(name, self._known_size(other, name), after=after, align_corners=align_corners, mode=mode)

    def resize_to(
        self, name: str, size: Sequence[int], *, after: str, align_corners: bool = False, mode: ResizeMode = "linear"
    ) -> str:
        """Add interpolation to a size; nothing where the map has it.

        Raises:
            NetworkError: The size of the map is not known.
        """
        if self._known_size(after, name) == tuple(size):
            return after
        reads = tuple(Resize(mode=mode, align_corners=align_corners, size=length) for length in size)
        return self._add(Node(name=name, op="resize", reads=reads, inputs=(after,)), self._channels[after])

    def scale(
        self,
        name: str,
        factor: int | Fraction,
        *,
        after: str | None = None,
        align_corners: bool = False,
        mode: ResizeMode = "linear",
    ) -> str:
        """Add interpolation by a factor."""
        source = after or self.last
        read = Resize(mode=mode, align_corners=align_corners, scale=Fraction(factor))
        return self._add(Node(name=name, op="resize", reads=(read,) * 2, inputs=(source,)), self._channels[source])

    def up(self, name: str, factor: int, *, to: int, kernel: int | None = None) -> str:
        """Add a transposed convolution that enlarges by a factor.

        Its kernel is its stride by default, so that its outputs do not overlap; a larger one is cut to the same size.
        """
        taps = kernel or factor
        before = (taps - factor + 1) // 2
        read = TransposedWindow(
            kernel=taps, stride=factor, padding=(before, before), output_padding=2 * before - taps + factor
        )
        node = Node(
            name=name,
            op="transposed_conv",
            reads=(read,) * 2,
            inputs=(self.last,),
            in_channels=self._channels[self.last],
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

    def pool_all(self, name: str, *, after: str | None = None, channels: int | None = None) -> str:
        """Add a global pooling layer, which reads everything."""
        source = after or self.last
        node = Node(name=name, op="global", reads=(Whole(),) * 2, inputs=(source,))
        return self._add(node, channels or self._channels[source])

    def dynamic_conv(self, name: str, kernel: int, *, padding: Padding, after: str) -> str:
        """Add a convolution whose weights are made of the data: the layer behind merges them with it."""
        read = Window(kernel=kernel, padding=padding)
        return self._add(Node(name=name, op="dynamic_conv", reads=(read,) * 2, inputs=(after,)), self._channels[after])

    def attention(self, name: str, *sources: str, axis: int | None = None) -> str:
        """Add attention: a position reads all of its sources, the last the values, or its line along one axis."""
        reads = tuple(Whole() if axis in (None, number) else IDENTITY for number in range(_AXES))
        node = Node(name=name, op="attention", reads=reads, inputs=tuple(dict.fromkeys(sources)))
        return self._add(node, self._channels[sources[-1]])

    def merge(self, name: str, op: str, *sources: str, channels: int | None = None) -> str:
        """Add a sum, a product or a concatenation (``add``, ``multiply``, ``concat``) of several layers."""
        entering = [self._channels[source] for source in sources]
        node = Node(name=name, op=op, reads=(IDENTITY,) * 2, inputs=sources)
        return self._add(node, channels or (sum(entering) if op == "concat" else entering[0]))

    def network(self, *outputs: str) -> Network:
        """The network that ends at these layers, or at the last one."""
        return assemble("layers", self.nodes, outputs=outputs, input=self._input)

    def _add(self, node: Node, channels: int) -> str:
        limits.check("layers", len(self.nodes) + 1, where=str(self.origin or node.name))
        node = replace(node, name=self._module + node.name, origin=self.origin)
        self.nodes.append(node)
        self._channels[node.name] = channels
        self._sizes[node.name] = self._output_size(node)
        self._steps[node.name] = self._step(node)
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

    def _step(self, node: Node) -> Fraction:
        """Positions of the input between neighbouring outputs, along each axis alike."""
        entering = next((name for name in node.inputs if name not in self._global), node.inputs[0])
        step, read = self._steps[entering], node.reads[0]
        if isinstance(read, Window):
            return step * read.stride
        if isinstance(read, TransposedWindow):
            return step / read.stride
        return step / read.scale if isinstance(read, Resize) and read.scale else step

    def _known_size(self, name: str, needed_by: str) -> tuple[int, ...]:
        size = self._sizes[name]
        if size is None:
            raise NetworkError(f"the size of {name} is needed", where=needed_by, do="give the input's: --input")
        return size


def _sides(padding: int | Padding | None, kernel: int, dilation: int) -> Padding:
    if padding is None:
        padding = (kernel - 1) * dilation // 2
    return (padding, padding) if isinstance(padding, int) else padding

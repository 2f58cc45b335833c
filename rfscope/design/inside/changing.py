"""The layers of a network that are to be given other rates, and the network with these.

A layer keeps the size of its map: its padding grows by what its taps cover more. A convolution that is used several
times has one rate, and so have layers that are tied to each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rfscope.design.edits import Edit, widened
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.pieces import Piece
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window

__all__ = ["Changing", "Layer", "Tied"]


@dataclass(frozen=True)
class Layer:
    """A layer whose rate may be changed.

    Attributes:
        name: What the user calls it.
        uses: The nodes that it is: several where a module is called several times.
        padded_by: For each use, the node before it that pads for it; its own name where it pads itself.
        windows: What it reads per axis, and how its input is padded there.
        rate: Its rate now.
    """

    name: str
    uses: tuple[str, ...]
    padded_by: tuple[str, ...]
    windows: tuple[Window, ...]
    rate: int

    @property
    def least(self) -> int:
        """The smallest rate for which no padding falls below 0, or below what it is."""
        now = [window.padding for window in self.windows if isinstance(window.padding, tuple)]
        for rate in range(1, self.rate):
            new = [one.padding for window in self.windows if isinstance((one := widened(window, rate)).padding, tuple)]
            if all(min(new_one) >= min(0, *old) for old, new_one in zip(now, new, strict=True)):
                return rate
        return self.rate

    def edit(self, rate: int) -> Edit:
        """What is to be written for another rate."""
        new = [widened(window, rate) for window in self.windows]
        return Edit(self.name, tuple(one.dilation for one in new), tuple(one.padding for one in new))


@dataclass(frozen=True)
class Tied:
    """Which layers have one rate.

    Attributes:
        together: Patterns of names; the layers that one of them names have one rate.
        period: Layers after which the rates repeat; None if they do not.
    """

    together: tuple[str, ...] = ()
    period: int | None = None


@dataclass(frozen=True, eq=False)
class Changing:
    """A network, and the layers in it that are to be given other rates.

    Attributes:
        analysis: The network as it is, analyzed.
        layers: The layers, first to last.
        variable: For each of them, the number of its rate: layers of one number have one rate.
    """

    analysis: Analysis
    layers: tuple[Layer, ...]
    variable: tuple[int, ...]
    _windows: dict[tuple[str, int], tuple[Window, ...]] = field(default_factory=dict, repr=False)

    @property
    def present(self) -> tuple[int, ...]:
        """The rate of each layer as it is."""
        return tuple(layer.rate for layer in self.layers)

    @property
    def variables(self) -> int:
        """How many rates there are to choose."""
        return max(self.variable) + 1

    def spread(self, rates: Sequence[int]) -> tuple[int, ...]:
        """The rate of each layer from the rates that were chosen."""
        return tuple(rates[number] for number in self.variable)

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of its rate for each node that is changed, and for those that pad for one."""
        pairs = zip(self.layers, self.variable, strict=True)
        return {name: number for layer, number in pairs for name in (*layer.uses, *layer.padded_by)}

    def reads(self, node: Node, rate: int) -> tuple[Window, ...]:
        """What a changed node, or one that pads for it, reads at another rate."""
        if (node.name, rate) not in self._windows:
            self._windows[node.name, rate] = tuple(self._read(node, rate))
        return self._windows[node.name, rate]

    def _read(self, node: Node, rate: int) -> Iterator[Window]:
        layer = self._layer[node.name]
        own_windows = (read for read in node.reads if isinstance(read, Window))  # all of them
        for own, window in zip(own_windows, layer.windows, strict=True):
            new = widened(window, rate)
            pads = node.name in layer.padded_by
            dilation = new.dilation if node.name in layer.uses else 1
            yield replace(own, dilation=dilation, padding=new.padding if pads else own.padding)

    @cached_property
    def _layer(self) -> dict[str, Layer]:
        return {name: layer for layer in self.layers for name in (*layer.uses, *layer.padded_by)}

    @cached_property
    def causal(self) -> bool:
        """Whether no output reads ahead: separate grids are then meant."""
        return self.analysis.judgement.all_causal

    @property
    def given(self) -> Network:
        """The network as it was given."""
        return self.analysis.given or self.analysis.network

    def network(self, rates: Sequence[int]) -> Network:
        """The network with other rates, one for each number."""
        nodes = tuple(
            replace(node, reads=self.reads(node, rates[self.number[node.name]])) if node.name in self.number else node
            for node in self.given.nodes
        )
        return replace(self.given, nodes=nodes)

    def analyzed(self, rates: Sequence[int]) -> Analysis:
        """The network with other rates, analyzed."""
        provenance = replace(self.analysis.provenance, beside=(), notes=(), source=None)
        return analyze(self.network(rates), position=self.analysis.position, provenance=provenance)

    def pieces(self, analysis: Analysis) -> list[Piece]:
        """The pieces with dilation that have a changed layer, in the network with other rates."""
        number = self.number
        return [one for one in analysis.schedules if any(node.name in number for node in one.network.nodes)]

    def edits(self, rates: Sequence[int]) -> tuple[Edit, ...]:
        """What is to be written, layer by layer, where a rate differs from what it is."""
        pairs = zip(self.layers, self.spread(rates), strict=True)
        return tuple(layer.edit(rate) for layer, rate in pairs if rate != layer.rate)

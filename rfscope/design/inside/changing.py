"""The layers of a network that are to be given other rates, and the network with these.

A layer keeps the size of its map: its padding grows by what its taps cover more. A convolution that is used several
times has one rate, and so have layers that are tied to each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

from rfscope.design.edits import Edit, widened
from rfscope.errors import NetworkError, RfscopeError, UnsupportedError, near, shorten
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.pieces import Piece
from rfscope.network.graph import Network, Node
from rfscope.network.parts import ancestors
from rfscope.network.reads import TransposedWindow, Window
from rfscope.wording import first_few

__all__ = ["Changing", "Layer", "Tied", "changing"]

_LEFT_OUT = "leave it out of --change"


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


def changing(analysis: Analysis, patterns: Sequence[str], tied: Tied | None = None) -> Changing:
    """Find the layers that some patterns name.

    Args:
        analysis: The network.
        patterns: Names of layers or modules, in which ``*`` stands for anything.
        tied: Which of them have one rate.

    Raises:
        RfscopeError: A pattern names no layer, or one whose rate cannot be changed.
    """
    if not analysis.outputs:
        raise UnsupportedError("no field to wish", where=analysis.name, got="a network that is global from the start")
    unknown = analysis.unknown_before(analysis.output.node)
    if unknown:
        what = "cannot search through what was not analyzed"
        do = "look at a part before it: --node NAME"
        raise UnsupportedError(what, where=analysis.name, got=first_few(unknown), do=do)
    given = analysis.given or analysis.network
    named = {node.name: None for pattern in patterns for node in _named(given, pattern)}
    leading = ancestors(analysis.network, analysis.output.node)
    layers, used = [], set[str]()
    for node in given.nodes:
        if node.name in named and node.name not in used and _may_change(node, leading, analysis):
            layers.append(_layer(given, node))
            used.update(layers[-1].uses)
    if not layers:
        got = first_few(list(named))
        raise NetworkError("no rate to change", where=analysis.name, got=got, expected="a layer of more than one tap")
    return Changing(analysis, tuple(layers), _variables(layers, tied or Tied()))


def _named(network: Network, pattern: str) -> list[Node]:
    """The layers that a pattern names, and those of the modules that it names."""
    if not pattern.strip():
        raise RfscopeError("an empty pattern", where="--change", expected="names of layers, such as 'layer4.*.conv2'")
    found = [node for node in network.nodes if _matches(node.name, pattern)]
    if found:
        return found
    windows = [node.name for node in network.nodes if node.taps > 1]
    close = near(pattern, network.by_name)
    do = f"did you mean {close!r}?" if close else f"it has {first_few(windows)}"
    raise NetworkError("no layer of this name", where=network.name, got=repr(shorten(pattern)), do=do)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*")


def _may_change(node: Node, leading: Iterable[str], analysis: Analysis) -> bool:
    """Whether a layer has a rate; refuse one whose rate cannot be changed."""
    where = node.place
    if node.is_unknown:
        raise UnsupportedError("cannot change what was not analyzed", where=where, got=node.op, do=_LEFT_OUT)
    if any(isinstance(read, TransposedWindow) and read.kernel > 1 for read in node.reads):
        raise UnsupportedError("cannot change a transposed convolution", where=where, do=_LEFT_OUT)
    windows = [read for read in node.reads if isinstance(read, Window) and read.kernel > 1]
    if not windows or node.op not in ("conv", "deformable_conv", "pool"):
        return False
    stride = max(read.stride for read in windows)
    if stride > 1:
        expected = "stride 1: other rates would move its outputs"
        raise UnsupportedError(
            "cannot change a strided layer", where=where, got=f"stride {stride}", expected=expected, do=_LEFT_OUT
        )
    if len({read.dilation for read in windows}) > 1:
        got = "x".join(str(read.dilation) for read in windows)
        raise UnsupportedError("rates that differ along the axes", where=where, got=got, do=_LEFT_OUT)
    if not_analyzed := analysis.unknown_before(node.name):
        got, do = first_few(not_analyzed), _LEFT_OUT
        raise UnsupportedError("a layer behind what was not analyzed", where=where, got=got, do=do)
    if node.name not in leading or node.name not in analysis.network.local:
        what = f"a layer that {analysis.output.node} sees nothing through"
        raise NetworkError(what, where=where, do=f"{_LEFT_OUT}, or wish for another output: --node NAME")
    return True


def _layer(network: Network, node: Node) -> Layer:
    """A layer, with all its uses and what pads for them."""
    first, _, number = node.name.rpartition(".")

    def alike(name: str) -> bool:
        return name in network.by_name and network.by_name[name].op == node.op

    name = first if number.isdecimal() and int(number) > 1 and alike(first) else node.name
    uses = [one for one in network.nodes if one.name == name or _is_use(one.name, name)]
    uses = [one for one in uses if alike(one.name) and one.reads == node.reads]
    if node not in uses:
        name, uses = node.name, [node]
    pads = [_padded_by(network, use) for use in uses]
    pad = network.by_name[pads[0]]
    windows = [
        replace(own, padding=outer.padding) if isinstance(outer, Window) and isinstance(own, Window) else own
        for own, outer in zip(node.reads, pad.reads, strict=True)
    ]
    taken = tuple(window for window in windows if isinstance(window, Window))
    rate = max(window.dilation for window in taken if window.kernel > 1)
    return Layer(name, tuple(use.name for use in uses), tuple(pads), taken, rate)


def _is_use(name: str, module: str) -> bool:
    first, _, number = name.rpartition(".")
    return first == module and number.isdecimal() and int(number) > 1


def _padded_by(network: Network, node: Node) -> str:
    """The node that pads a convolution's input for it alone; the convolution where there is none."""
    own = [read for read in node.reads if isinstance(read, Window)]
    before = network.by_name.get(node.inputs[0])
    if before is None or before.op != "pad" or len(node.inputs) > 1 or any(read.padding != (0, 0) for read in own):
        return node.name
    windows = [read for read in before.reads if isinstance(read, Window) and read.stride == read.kernel == 1]
    readers = [one.name for one in network.nodes if before.name in one.inputs]
    alone = readers == [node.name] and before.name not in network.outputs
    return before.name if alone and len(windows) == len(before.reads) else node.name


def _variables(layers: Sequence[Layer], tied: Tied) -> tuple[int, ...]:
    """The number of each layer's rate."""
    if tied.period is not None and not 1 <= tied.period <= len(layers):
        expected = f"1 to {len(layers)}, the number of layers that are changed"
        raise RfscopeError("bad pattern of rates", where="--pattern", got=tied.period, expected=expected)
    keys: list[object] = [number % tied.period if tied.period else number for number in range(len(layers))]
    for pattern in tied.together:
        members = [number for number, layer in enumerate(layers) if _matches(layer.name, pattern)]
        if not members:
            expected = f"some of {first_few([layer.name for layer in layers])}"
            raise NetworkError(
                "no changed layer of this name", where="--same-rate-in", got=repr(pattern), expected=expected
            )
        joined = {keys[number] for number in members}
        keys = [pattern if key in joined else key for key in keys]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return tuple(numbers[key] for key in keys)

"""Which layers of a network some names mean, and whether their rates can be changed: refused by name where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from rfscope.design.inside.changing import Changing, Layer, Tied
from rfscope.errors import NetworkError, RfscopeError, UnsupportedError, near, shorten
from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Network, Node
from rfscope.network.parts import ancestors
from rfscope.network.reads import TransposedWindow, Window
from rfscope.wording import first_few

__all__ = ["changing"]

_LEFT_OUT = "leave it out of --change"


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

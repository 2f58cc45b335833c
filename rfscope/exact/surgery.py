"""Where a network whose strides became rates leaves what its trained weights read, and the rates that restore it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.fields import AllGlobal
from rfscope.exact.same import expect
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Window

__all__ = ["Change", "Surgery", "Trained", "surgery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A network that starts from the weights of another.

    Attributes:
        name: The other as the user named it.
        own: What leads to the output of this one that the other has, too.
        original: What leads to that output of the other, which the weights were trained in.
    """

    name: str
    own: Analysis
    original: Analysis


class Change(NamedTuple):
    """A layer whose taps lie elsewhere on the image than those that its weights were trained with.

    Attributes:
        node: The layer.
        rates: Its rates, per axis.
        apart: How far apart its taps lie on the input, per axis.
        apart_then: How far apart they lay in training.
        needed: The rates with which they lie as they did; None where its map is too coarse for that.
    """

    node: str
    rates: tuple[int, ...]
    apart: tuple[Fraction, ...]
    apart_then: tuple[Fraction, ...]
    needed: tuple[int, ...] | None


class Surgery(NamedTuple):
    """How a network differs from the one that its weights were trained in.

    Attributes:
        difference: The first output that reads something else; what it reads here comes before what it read there.
        paired: Whether the layers of the two have the same kernels one by one, so that they can be compared.
        changes: The layers whose taps lie elsewhere, in order.
        restores: Whether the rates that the changes need make it read the same again, by the same exact test.
    """

    difference: str
    paired: bool
    changes: tuple[Change, ...] = ()
    restores: bool = False

    @property
    def only_halves(self) -> bool:
        """Whether each rate that is needed is half of the one there is."""
        return all(change.needed == tuple(rate // 2 for rate in change.rates) for change in self.changes)


def surgery(trained: Trained) -> Surgery | None:
    """Find what the output of a network reads otherwise than it did where its weights were trained; None if nothing.

    Layers are paired by their names, or else by their order. Those with the same kernel read alike where their taps lie
    equally far apart on the input: the rate times the output stride of the map they stand on. The rates that follow
    from that are put in, and what the output reads then is counted anew.

    Raises:
        RfscopeError: The two cannot be compared, or what they read is over a limit.
    """
    own, original = _unbounded(trained.own, trained.original)
    found = expect("same-reads", own, original)
    if found.met:
        return None
    difference = found.first_difference or ""
    pairs = list(_pairs(own, original))
    changes = tuple(change for mine, theirs in pairs if (change := _change(own, mine, original, theirs)) is not None)
    if any(change.needed is None for change in changes):
        return Surgery(difference, paired=True, changes=changes)
    changed = {mine.name: _as_trained(own, mine, original, theirs) for mine, theirs in pairs}
    restores = bool(changes) and _restored(own, changed, original)
    return Surgery(difference, bool(pairs), changes, restores)


def _unbounded(*analyses: Analysis) -> Sequence[Analysis]:
    """Two networks where no border cuts off what they read, so that few outputs stand for all; else as they are."""
    networks = [analysis.given or analysis.network for analysis in analyses]
    if all(network.input is None for network in networks):
        return analyses
    try:
        found = [analyze(replace(network, input=None)) for network in networks]
    except RfscopeError:  # one of them depends on its size
        return analyses
    placed = all(axis.start is not None for analysis in found for axis in analysis.output.axes)
    return found if placed else analyses


def _pairs(own: Analysis, original: Analysis) -> Iterator[tuple[Node, Node]]:
    """The layers with kernels of both, each with its counterpart; none where they are others."""
    mine, theirs = _with_kernels(own), _with_kernels(original)
    order = (
        {node.name: node for node in theirs} if {node.name for node in mine} == {node.name for node in theirs} else {}
    )
    paired = [(node, order.get(node.name, other)) for node, other in zip(mine, theirs, strict=False)]
    if len(mine) == len(theirs) and all(_kernels(one) == _kernels(other) for one, other in paired):
        yield from paired


def _with_kernels(analysis: Analysis) -> list[Node]:
    """The layers that lead to the first output and read more than one position, on a map that has an output stride."""
    return [
        node
        for node in analysis.output.network.nodes
        if all(isinstance(read, Window) for read in node.reads)
        and any(window.kernel > 1 for window in _windows(node))
        and not isinstance(analysis.fields.get(node.inputs[0]), AllGlobal)
    ]


def _kernels(node: Node) -> list[int]:
    return [window.kernel for window in _windows(node)]


def _strides(analysis: Analysis, node: Node) -> tuple[Fraction, ...]:
    """Output strides of the map that a layer reads, per axis."""
    field = None if node.inputs[0] == INPUT else analysis.fields[node.inputs[0]]
    if field is None or isinstance(field, AllGlobal):
        return (Fraction(1),) * len(node.reads)
    return tuple(axis.stride for axis in field)


def _change(own: Analysis, mine: Node, original: Analysis, theirs: Node) -> Change | None:
    """How far apart the taps of a layer lie, if that is not as in training."""
    here, there = _strides(own, mine), _strides(original, theirs)
    apart, apart_then = _apart(mine, here), _apart(theirs, there)
    if apart == apart_then:
        return None
    rates = [window.dilation for window in _windows(mine)]
    needed = [far / stride or Fraction(rate) for far, stride, rate in zip(apart_then, here, rates, strict=True)]
    whole = tuple(map(int, needed)) if all(rate.denominator == 1 for rate in needed) else None
    return Change(mine.name, tuple(rates), apart, apart_then, whole)


def _windows(node: Node) -> list[Window]:
    return [read for read in node.reads if isinstance(read, Window)]


def _apart(node: Node, strides: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """How far apart its taps lie on the input; along an axis of one tap that is nothing, whatever its rate."""
    pairs = zip(_windows(node), strides, strict=True)
    return tuple((window.dilation if window.kernel > 1 else 0) * stride for window, stride in pairs)


def _as_trained(own: Analysis, mine: Node, original: Analysis, theirs: Node) -> tuple[Read, ...]:
    """What a layer would read with taps, and padding before them, as far on the input as in training."""
    return tuple(
        _at_scale(window, then, stride_then / stride)
        for window, then, stride, stride_then in zip(
            _windows(mine), _windows(theirs), _strides(own, mine), _strides(original, theirs), strict=True
        )
    )


def _at_scale(window: Window, then: Window, scale: Fraction) -> Window:
    rate = then.dilation * scale if window.kernel > 1 else Fraction(window.dilation)
    if not isinstance(window.padding, tuple) or not isinstance(then.padding, tuple):
        return replace(window, dilation=int(rate))
    before, after = (side * scale for side in then.padding)
    whole = before.denominator == after.denominator == 1
    return replace(window, dilation=int(rate), padding=(int(before), int(after)) if whole else window.padding)


def _restored(own: Analysis, reads: Mapping[str, tuple[Read, ...]], original: Analysis) -> bool:
    """Whether it reads what the original does with other reads of some layers."""
    given = own.given or own.network
    nodes = tuple(replace(node, reads=reads.get(node.name, node.reads)) for node in given.nodes)
    changed: Network = replace(given, nodes=nodes)
    try:
        return expect("same-reads", analyze(changed, input=given.input), original).met
    except RfscopeError:  # sizes that do not fit any more
        return False

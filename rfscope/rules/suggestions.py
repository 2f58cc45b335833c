"""What to write instead, judged again before it is said: in the whole network, by every rule.

A suggestion changes rates of layers. It is made only if the finding it is for is gone then, there is no new one at
level warning or above, and none at all about the layers that change. Rates inside a residual backbone are left alone,
for its weights were trained with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import lru_cache
from math import gcd

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.pieces import Piece
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window
from rfscope.rules.base import Finding

__all__ = ["KEEP_TRAINED", "RatesByLayer", "alone", "coprime", "first_sound", "instead_of_holes", "lowered", "spared"]

RatesByLayer = Mapping[str, int]
"""New rates by the names of layers."""

KEEP_TRAINED = "other rates would change what weights that were trained with these rates read"

_MOST_TRIED = 12
"""Changes that are judged for one finding; of a large network fewer."""

_LARGE = 500
"""Layers from which judging again takes a while."""

_TOO_LARGE = 2_000
"""Layers of a stage from which its rates are left alone."""

_judging: ContextVar[bool] = ContextVar("judging", default=False)


def first_sound(
    analysis: Analysis, code: str, node: str, axes: Sequence[int], changes: Iterable[RatesByLayer]
) -> RatesByLayer | None:
    """The first of some changes after which a finding is gone and there is no new one; None if none is.

    Args:
        analysis: The analysis of the network as it is.
        code: The finding's rule.
        node: The layer it names.
        axes: The axes along which rates change.
        changes: The changes, the best first.
    """
    if _judging.get():  # no advice for what is itself tried as advice
        return None
    most = _MOST_TRIED if len(analysis.network.nodes) < _LARGE else 2
    for _, change in zip(range(most), changes, strict=False):
        if _sound(analysis, code, node, with_rates(analysis.network, axes, change), change):
            return change
    return None


def _sound(analysis: Analysis, code: str, node: str, network: Network, changed: RatesByLayer) -> bool:
    """Whether a changed network has no longer a finding, and no new one at level warning or above."""
    token = _judging.set(True)
    try:
        before, after = _findings(analysis), _findings_of(network)
    except RfscopeError:  # the changed maps do not fit together
        return False
    finally:
        _judging.reset(token)
    if (code, node) in after:
        return False
    known = {place for place, one in before.items() if _grave(one)}
    return all(place in known and changed.keys().isdisjoint(one.about) for place, one in after.items() if _grave(one))


def _grave(finding: Finding) -> bool:
    return finding.level != "info"


@lru_cache(maxsize=4)
def _findings(analysis: Analysis) -> Mapping[tuple[str, str], Finding]:
    """What the rules find, by rule and layer; of several the gravest."""
    from rfscope.rules import RULES  # which lists the rules that ask for advice

    every = [finding for rule in RULES if rule.default for finding in rule.findings(analysis)]
    return {(finding.code, finding.node): finding for finding in sorted(every, key=_grave)}


@lru_cache(maxsize=8)
def _findings_of(network: Network) -> Mapping[tuple[str, str], Finding]:
    """The same of a changed network; several rules may ask for one network."""
    return _findings(analyze(network))


def with_rates(network: Network, axes: Sequence[int], rates: RatesByLayer) -> Network:
    """A network with other rates along some axes; padding that keeps the size keeps it, and stays on its side."""
    return replace(network, nodes=tuple(_with_rate(node, axes, rates.get(node.name)) for node in network.nodes))


def _with_rate(node: Node, axes: Sequence[int], rate: int | None) -> Node:
    if rate is None:
        return node
    reads = list(node.reads)
    for axis in axes:
        read = reads[axis]
        if isinstance(read, Window):
            before, behind = read.known_padding or (0, 0)
            grown = (rate - read.dilation) * (read.kernel - 1)
            first = grown * before // (before + behind) if before + behind else grown // 2
            padding = read.padding if isinstance(read.padding, str) else (before + first, behind + grown - first)
            reads[axis] = replace(read, dilation=rate, padding=padding)
    return replace(node, reads=tuple(reads))


def spared(schedule: Piece) -> bool:
    """Whether a schedule's rates are left alone: a residual stage behind strides, as in pretrained backbones.

    A stage of very many layers is, too, for it takes long to judge it again.
    """
    residual = schedule.resolution > 1 and any(node.op == "add" for node in schedule.network.nodes)
    return residual or len(schedule.network.nodes) > _TOO_LARGE


def alone(schedule: Piece) -> bool:
    """Whether a schedule is one layer, or a branch beside others: its rates were chosen for their reach.

    Any rates without holes would give that up.
    """
    beside = any(step.name not in schedule.nodes for run in schedule.serial_runs for step in run.steps)
    return beside or len(schedule.taps) == 1


def lowered(schedule: Piece) -> Iterator[RatesByLayer]:
    """Rates without holes, none of them raised: the nearest first, then with the last of the largest lowered on."""
    rates = list(schedule.repair.repaired)
    while True:
        yield dict(zip(schedule.nodes, rates, strict=True))
        place = max(range(len(rates)), key=lambda at: (rates[at], at))
        if rates[place] == 1:
            return
        rates[place] -= 1


def instead_of_holes(analysis: Analysis, schedule: Piece) -> tuple[int, ...] | None:
    """The rates of a schedule with holes, lowered until it has none; None if no such rates pass every rule."""
    place = schedule.repair.first_bad
    if place is None or spared(schedule):
        return None
    found = first_sound(analysis, "RFS101", schedule.nodes[place], schedule.axes, lowered(schedule))
    return None if found is None else tuple(found[name] for name in schedule.nodes)


def coprime(rates: Mapping[str, int]) -> Iterator[RatesByLayer]:
    """One of the rates changed until they share no factor: the last of the largest lowered least first, then raised."""
    for name, rate in sorted(rates.items(), key=lambda one: one[1])[::-1]:
        rest = gcd(*(other for other_name, other in rates.items() if other_name != name))
        nearer = [*range(rate - 1, 0, -1), *range(rate + 1, 2 * rate)]
        found = [value for value in nearer if gcd(value, rest) == 1]
        yield from ({**rates, name: value} for value in found[:3])

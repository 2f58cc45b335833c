"""The rates with which pretrained weights read what they were trained on: computed, and then compared.

Where a stride was taken out of a network, everything behind it stands on a finer grid, and each of its layers must
step as many times farther as the strides in front of it were larger. With kernels of one size no other rates read the
same: what an output reads, and how often, tells the rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from rfscope.design.inside.changing import Changing
from rfscope.design.inside.resolving import changing
from rfscope.errors import NetworkError
from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal
from rfscope.exact.same import Expectation, expect
from rfscope.network.graph import Node
from rfscope.network.reads import Window
from rfscope.wording import first_few

__all__ = ["Kept", "kept"]


@dataclass(frozen=True, eq=False)
class Kept:
    """The rates that keep what pretrained weights read.

    Attributes:
        reference: What the weights were trained in.
        changing: The network, and the layers that may change.
        chosen: The rate of each number.
        expectation: Whether the network with these rates reads the same as the reference.
        others: Further layers that would need other rates, with these.
    """

    reference: Analysis
    changing: Changing
    chosen: tuple[int, ...]
    expectation: Expectation
    others: tuple[tuple[str, int], ...]


def kept(analysis: Analysis, reference: Analysis, patterns: Sequence[str] = ()) -> Kept:
    """Work out the rates.

    Args:
        analysis: The network, some of whose strides were taken out.
        reference: What the weights were trained in: layers of one name are the same layer.
        patterns: Which layers may change; all that must, if none is given.

    Raises:
        RfscopeError: The networks have no layer in common, or no whole rate will do.
    """
    needed = dict(_needed(analysis, reference))
    if not needed:
        expected = "layers of the same names, as in the network that the weights come from"
        raise NetworkError("nothing to keep", where=reference.name, got="no layer in common", expected=expected)
    differing = [name for name, (now, then) in needed.items() if now != then]
    found = changing(analysis, patterns or differing or list(needed))
    chosen: list[int | None] = [None] * found.variables
    for layer, number in zip(found.layers, found.variable, strict=True):
        rates = {needed.get(use, (layer.rate, layer.rate))[1] for use in layer.uses}
        rates |= {chosen[number] or min(rates)}
        if len(rates) > 1:
            got = first_few(sorted(rates))
            raise NetworkError("one rate for layers that need several", where=layer.name, got=got)
        chosen[number] = rates.pop()
    rates_chosen = tuple(rate or 1 for rate in chosen)
    free = {use for layer in found.layers for use in layer.uses}
    others = tuple((name, needed[name][1]) for name in differing if name not in free)
    met = expect("same-reads", reference, found.analyzed(rates_chosen))
    return Kept(reference, found, rates_chosen, met, others)


def _needed(analysis: Analysis, reference: Analysis) -> list[tuple[str, tuple[int, int]]]:
    """Each layer of both networks that has more than one tap: its rate now, and the one that it needs."""
    found = []
    for node in analysis.network.nodes:
        then = reference.network.by_name.get(node.name)
        if then is None or len(then.reads) != len(node.reads):
            continue
        for axis, (own, other) in enumerate(zip(node.reads, then.reads, strict=True)):
            if isinstance(own, Window) and isinstance(other, Window) and own.kernel == other.kernel > 1:
                steps = _step(analysis, node, axis), _step(reference, then, axis)
                if None in steps or own.stride > 1:
                    break
                rate = Fraction(other.dilation) * (steps[1] or 1) / (steps[0] or 1)
                if rate.denominator > 1:
                    expected = "a whole number: the grid must be as fine as the one that the weights were trained on"
                    raise NetworkError("no rate keeps what is read", where=node.name, got=str(rate), expected=expected)
                found.append((node.name, (own.dilation, rate.numerator)))
                break
    return found


def _step(analysis: Analysis, node: Node, axis: int) -> Fraction | None:
    """Input positions from one position of what a layer reads to the next."""
    fields = (analysis.fields[name] for name in node.inputs)
    return next((field[axis].stride for field in fields if not isinstance(field, AllGlobal)), None)

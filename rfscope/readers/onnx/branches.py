"""Branches: an If is read where its condition is constant, or where both of its branches read alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rfscope.network.graph import Node
from rfscope.readers.onnx.operation import Operation, Result
from rfscope.readers.onnx.tensors import Tensors
from rfscope.readers.tracing import Map, Tracer, Value
from rfscope.readers.tracing.tracer import CannotFollowError
from rfscope.readers.tracing.values import Beside, Scores

__all__ = ["known_condition", "of_branches"]


_MOST_PAIRS = 10_000
"""Pairs of nodes that are compared before branches are taken to read unlike things."""


def known_condition(name: str, known: Mapping[Any, Value], tensors: Tensors) -> bool | None:
    """Whether a condition holds; None if that depends on an input."""
    found = None if name in known else tensors.value(name)
    return bool(found.ravel()[0]) if found is not None and found.size == 1 else None


def of_branches(tracer: Tracer, call: Operation) -> Result:
    """What an If makes: what the branch does that is taken, or both of them.

    Raises:
        CannotFollowError: They read unlike things, and which is taken depends on an input.
    """
    condition, *made = call.call.node.input
    holds = known_condition(condition, call.known, call.tensors)
    count = len(call.results)
    if len(made) != 2 * count:
        raise CannotFollowError("its branches make other results than it does")
    then, other = ([call.known.get(name) for name in names] for names in (made[:count], made[count:]))
    if holds is not None:
        return then if holds else other
    if condition in call.known:
        raise CannotFollowError("which of its branches is taken depends on the image")
    for one, two in zip(then, other, strict=True):
        if not _alike(tracer, one, two):
            raise CannotFollowError("its branches read unlike things, and which is taken depends on another input")
    return then


def _alike(tracer: Tracer, one: Value | None, two: Value | None) -> bool:
    """Whether two values read the same of the same image."""
    if one is None or two is None:
        return one is two
    if type(one) is not type(two) or isinstance(one, Beside | Scores) or isinstance(two, Beside | Scores):
        return False
    if isinstance(one, Map) and isinstance(two, Map) and (one.sizes, one.layout) != (two.sizes, two.layout):
        return False
    waiting, seen = [(one.node, two.node)], set[tuple[str, str]]()
    while waiting:
        pair = waiting.pop()
        if pair in seen or pair[0] == pair[1]:
            continue
        seen.add(pair)
        if len(seen) > _MOST_PAIRS:
            return False
        nodes = [tracer.by_name.get(name) for name in pair]
        if nodes[0] is None or nodes[1] is None or _reads(nodes[0]) != _reads(nodes[1]):
            return False
        waiting += zip(nodes[0].inputs, nodes[1].inputs, strict=True)
    return True


def _reads(node: Node) -> tuple[Any, ...]:
    return (node.reads, len(node.inputs), node.padding_mode, node.data_dependent, node.upper_bound)

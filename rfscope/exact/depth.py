"""What is seen at each depth of a network: along its main path, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import TypeVar

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.exact.output import Output
from rfscope.network.graph import Node
from rfscope.network.parts import main_path, up_to
from rfscope.network.reads import Window

__all__ = ["Depth", "Growth", "growth", "is_plain"]

_T = TypeVar("_T")

_WORK = 2**32
"""Positions of maps to go through for all depths of a network together, at most: some seconds."""


@dataclass(frozen=True, slots=True)
class Depth:
    """What is seen behind one layer and the pointwise layers and merges between it and the next one.

    Attributes:
        layer: Its name.
        sizes: Smallest and largest size of the receptive field over the phases; None if unknown.
        spread: Standard deviation of the path counts; None if not computed.
        holes: Part of the pixels of the receptive field that are never read, over all axes; None if not computed.
        share: Part of the layer's input that the network's output reads and the next output reads too; None if not
            computed, or if it reads nothing of it.
    """

    layer: str
    sizes: tuple[int, int] | None
    spread: float | None
    holes: float | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Growth:
    """What is seen at each depth of one network.

    Attributes:
        depths: One for each layer of the main path that has more than one tap, a stride or the like.
        axis: The axis along which the network sees most; the depths are told along it.
        missing: Why some values are not computed.
    """

    depths: tuple[Depth, ...]
    axis: int
    missing: tuple[str, ...]


def growth(analysis: Analysis) -> Growth:
    """Follow the main path of a network to its output, on the unbounded grid.

    The spread and the holes are computed at some depths only, or at none, if all would take too long.

    Raises:
        UnsupportedError: The network has pointwise layers only.
    """
    network = analysis.output.network
    fields = {name: seen for name, seen in analysis.fields.items() if not isinstance(seen, AllGlobal)}
    sizes = {name: tuple(field.size_max or 0 for field in seen) for name, seen in fields.items()}
    last = network.outputs[0]
    axis = max(range(network.dims), key=lambda axis: sizes[last][axis])

    def score(node: Node, so_far: tuple[int, int]) -> tuple[int, int]:
        """Layers that are not plain, then what is seen."""
        return so_far[0] + (not is_plain(node)), sizes[node.name][axis]

    local = [node for node in network.nodes if node.name in sizes]
    steps = list(_steps(main_path(local, score, (0, 1), end=last)))
    if not steps:
        raise UnsupportedError("nothing to draw", where=network.name, got="pointwise layers only")

    number = {node.name: place for place, node in enumerate(network.nodes, start=1)}
    cells = sum if network.is_chain else prod
    chosen, missing = _chosen([number[end] * cells(sizes[end]) for _, end in steps])
    origin = (0,) * network.dims
    whole = Output(network, fields[last], origin if analysis.sizes else analysis.output.position, None)
    shares = _known(partial(_shares, axis=axis), whole if chosen else None, missing) or {}
    depths = []
    for place, (layer, end) in enumerate(steps):
        output = Output(up_to(network, end), fields[end], origin, None) if place in chosen else None
        spread, holes = _known(partial(_spread, axis=axis), output, missing), _known(_holes, output, missing)
        known = [share for name in layer.inputs if (share := shares.get(name)) is not None]
        depths.append(Depth(layer.name, _sizes(fields[end][axis]), spread, holes, max(known, default=None)))
    return Growth(tuple(depths), axis, tuple(missing))


def is_plain(node: Node) -> bool:
    """Whether each output reads the one position it stands at: pointwise layers, merges, padding, cropping."""
    return all(isinstance(read, Window) and read.kernel == read.stride == 1 for read in node.reads)


def _steps(path: Iterable[Node]) -> Iterator[tuple[Node, str]]:
    """Each layer that is not plain, and the name of the last node before the next such layer."""
    layer, end = None, ""
    for node in path:
        if not is_plain(node):
            if layer is not None:
                yield layer, end
            layer = node
        end = node.name
    if layer is not None:
        yield layer, end


def _chosen(work: Sequence[int]) -> tuple[set[int], dict[str, None]]:
    """Every depth, or every second, third and so on with the last one; and a note on what was left out."""
    for every in range(1, len(work) + 1):
        places = range(len(work) - 1, -1, -every)
        if sum(work[place] for place in places) <= _WORK:
            said = f"spread and holes at every {_ordinal(every)} layer only, to save time"
            return set(places), {said: None} if every > 1 else {}
    return set(), {"spread, holes and neighbour share would take too long": None}


def _ordinal(number: int) -> str:
    tens, ones = divmod(number % 100, 10)
    return f"{number}{'th' if tens == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(ones, 'th')}"


def _known(value: Callable[[Output], _T], output: Output | None, missing: dict[str, None]) -> _T | None:
    """A value, or None and the reason."""
    try:
        return None if output is None else value(output)
    except RfscopeError as error:
        missing[error.what] = None
        return None


def _sizes(field: Field) -> tuple[int, int] | None:
    return None if field.size_min is None or field.size_max is None else (field.size_min, field.size_max)


def _spread(output: Output, axis: int) -> float:
    return output.paths.deviations[axis]


def _holes(output: Output) -> float:
    return 1 - output.coverage.share


def _shares(output: Output, axis: int) -> Mapping[str, float | None]:
    return output.shares[axis]

"""Which positions of a tile's maps are which of the whole's, along one axis.

With the same layers, position ``j`` of a tile's map is position ``j + (begin - shift) / scale`` of the whole's, if that
is a whole number. The beginnings for which it is one on every map form a lattice, or there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from math import gcd, lcm
from typing import Literal, NamedTuple, TypeAlias

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Whole, Window, pace
from rfscope.network.sizes import settle

__all__ = [
    "Along",
    "Correspondence",
    "Kind",
    "Place",
    "WhyNot",
    "along",
    "correspond",
    "lattice_of",
    "of_chance",
    "of_the_place",
]

Kind: TypeAlias = Literal["global", "size", "merge", "padding", "unknown", "data", "small", "offset"]
"""What stands in the way of exact tiles."""


_HOW = {"global": "to pool it", "norm": "for its statistics", "linear": "flattened"}
"""What layers read a whole map for, where their name does not say it."""


class WhyNot(NamedTuple):
    """One reason why tiles are not exact.

    Attributes:
        kind: What kind of reason it is.
        node: The layer it is about; None if it is about the whole network.
        message: What is the matter.
        do: What to do about it.
    """

    kind: Kind
    node: str | None
    message: str
    do: str


class Along(NamedTuple):
    """A network along one axis, at one size of its input.

    Attributes:
        network: The network along that axis alone, settled.
        sizes: The size of each map; None behind a global operation.
    """

    network: Network
    sizes: Mapping[str, int | None]

    @property
    def size(self) -> int:
        """The size of the input."""
        return self.sizes[INPUT] or 0


class Place(NamedTuple):
    """Where the positions of a map lie, in positions of the input.

    Attributes:
        scale: From one position to the next.
        shift: From where a tile's map begins to where it would if its paddings were those of the whole.
    """

    scale: Fraction
    shift: Fraction


class Correspondence(NamedTuple):
    """How the maps of a tile lie on those of the whole.

    Attributes:
        places: Of each map; those behind global operations only are missing.
        lattice: Tiles begin at multiples of it, after the offset; None if they can begin nowhere.
        offset: The first place where a tile can begin.
        why_not: What makes a tile differ from the whole, wherever it begins.
    """

    places: Mapping[str, Place]
    lattice: int | None
    offset: int
    why_not: tuple[WhyNot, ...]

    def moved(self, name: str, begin: int) -> int:
        """How far position 0 of a tile's map lies in the whole's.

        Args:
            name: The map.
            begin: Where the tile begins, on the lattice.
        """
        place = self.places[name]
        return int((begin - place.shift) / place.scale)


def along(network: Network, axis: int, size: int) -> Along:
    """A network along one of its axes, at a size.

    Raises:
        NetworkError: It does not take this size.
    """
    nodes = tuple(replace(node, reads=(node.reads[axis],)) for node in network.nodes)
    placed = tuple(one._replace(axis=0) for one in network.placed if one.axis == axis)
    settled, sizes = settle(replace(network, dims=1, nodes=nodes, input=(size,), placed=placed))
    return Along(settled, {name: None if found is None else found[0] for name, found in (sizes or {}).items()})


def correspond(whole: Along, tile: Along | None = None) -> Correspondence:
    """Compare a network on a tile with the same network on the whole, layer by layer.

    Args:
        whole: The network on the whole.
        tile: The network on a tile; without it, the lattice is that of a tile whose layers pad as the whole's do.

    Example:
        >>> from rfscope.network.build import assemble, conv, pool
        >>> net = assemble([conv(3), pool(2, stride=2), conv(3)])
        >>> correspond(along(net, 0, 64), along(net, 0, 32)).lattice
        2
    """
    tile = tile or whole
    places = {INPUT: Place(Fraction(1), Fraction(0))}
    steps, found = [(Fraction(1), Fraction(0))], list[WhyNot]()
    if (other := _first_difference(whole.network, tile.network)) is not None:
        message = f"the module does something else at {tile.size}: layers differ at {other}"
        found.append(WhyNot("size", other, message, "take sizes at which it does the same"))
        return Correspondence(places, None, 0, tuple(found))
    for node, counterpart in zip(whole.network.nodes, tile.network.nodes, strict=True):
        found += _of_itself(node)
        before = [places[name] for name in node.inputs if name in places]
        if node.is_global or not before:
            continue
        if len(set(before)) > 1:
            found.append(_apart(node, before, tile.size))
        (read,), (theirs,) = node.reads, counterpart.reads
        moved = _moved(read, theirs)
        if moved is None:
            found.append(_unlike(node, read, theirs))
        scale, shift = before[0].scale, before[0].shift
        if isinstance(read, Table):
            steps.append((scale * read.shift, shift))
        ratio = pace(read)
        if not ratio or not pace(theirs):  # every output reads the same: there is no place
            continue
        places[node.name] = Place(scale * ratio, shift + (moved or 0) * scale)
        steps.append(places[node.name])
    found += [of_the_place(name) for name in whole.network.placed_along(0)]
    found += [_turned(name) for name in whole.network.outputs if name in whole.network.turned]
    offset, lattice = lattice_of(steps)
    return Correspondence(places, lattice, offset, tuple(found))


def lattice_of(steps: Iterable[tuple[Fraction, Fraction]]) -> tuple[int, int | None]:
    """The whole numbers that lie on several grids at once.

    Args:
        steps: Of each grid the step and a point.

    Returns:
        The least of them that is not negative, and the step from one to the next, or None if there is none.

    Example:
        >>> lattice_of([(Fraction(4), Fraction(1)), (Fraction(3, 2), Fraction(0))])
        (9, 12)
    """
    offset, step = 0, 1
    for scale, shift in set(steps):
        if not scale:
            return 0, None
        across, down = scale.numerator, scale.denominator
        point = shift * down
        if point.denominator > 1:
            return 0, None
        wanted = point.numerator * pow(down, -1, across) % across if across > 1 else 0
        common = gcd(step, across)
        if (wanted - offset) % common:
            return 0, None
        turns = (wanted - offset) // common * pow(step // common, -1, across // common) if across > common else 0
        offset, step = offset + step * turns, lcm(step, across)
        offset %= step
    return offset, step


def _first_difference(whole: Network, tile: Network) -> str | None:
    """The first layer that is another one on a tile."""
    for mine, theirs in zip(whole.nodes, tile.nodes, strict=False):
        alike = (mine.op, mine.inputs, mine.padding_mode, mine.is_global)
        if alike != (theirs.op, theirs.inputs, theirs.padding_mode, theirs.is_global) or mine.name != theirs.name:
            return mine.name
        if not mine.is_global and type(mine.reads[0]) is not type(theirs.reads[0]):
            return mine.name
    if len(whole.nodes) == len(tile.nodes):
        return None
    return max(whole, tile, key=lambda network: len(network.nodes)).nodes[-1].name


def _of_itself(node: Node) -> list[WhyNot]:
    """What makes a layer differ on a tile, whatever the sizes."""
    found, (read,) = [], node.reads
    if node.is_unknown:
        why = f": {node.why}" if node.why else ""
        message = f"what {node.name} ({node.op}) reads is not known{why}"
        found.append(WhyNot("unknown", node.name, message, "tile a part before it (--node)"))
    elif isinstance(read, Whole) and not read.ahead:
        message = f"{node.name} carries a state along the whole axis ({node.op})"
        found.append(WhyNot("global", node.name, message, "run it as a stream, which keeps its state"))
    elif isinstance(read, Whole):
        message = f"{node.name} reads the whole map ({_HOW.get(node.op, node.op)})"
        found.append(WhyNot("global", node.name, message, "no halo cures that; blending hides it"))
    if node.data_dependent:
        message = f"where {node.name} ({node.op}) reads depends on the data"
        found.append(WhyNot("data", node.name, message, "bound how far it may read, and take that for its kernel"))
    if node.padding_mode == "circular" and isinstance(read, Window) and max(read.known_padding or (0, 0)) > 0:
        message = f"{node.name} pads with the other side of the map (circular): the border needs it"
        found.append(WhyNot("padding", node.name, message, "wrap the image by the halo first, and pad no more"))
    return found


def of_the_place(name: str, *, surely: bool = False) -> WhyNot:
    """An operation takes in what is not the same on a tile, though no receptive field shows it; or it may be so."""
    does = "depends" if surely else "may depend"
    do = "give it to the network as an input, and cut it with the image"
    return WhyNot("data", name, f"{name} takes in what {does} on the place or the size", do)


def of_chance(name: str) -> WhyNot:
    """An operation draws random numbers, so that not even the whole equals the whole."""
    return WhyNot(
        "data", name, f"{name} draws random numbers, others in each run", "give them as an input, or leave them out"
    )


def _turned(name: str) -> WhyNot:
    message = f"{name} is given out in another order of dimensions than batch, channels, then the axes of the image"
    return WhyNot("size", name, message, "move the axes to the end (permute), so that slices cut these")


def _apart(node: Node, before: list[Place], size: int) -> WhyNot:
    scales, shifts = {place.scale for place in before}, [place.shift / place.scale for place in before]
    if len(scales) > 1:
        message = f"{node.name} merges maps of different strides"
        return WhyNot("merge", node.name, message, "resize by a factor instead of to a size")
    far = max(shifts) - min(shifts)
    message = f"{node.name}: its inputs lie {far} position{'s' * (far != 1)} further apart in a tile of {size}"
    return WhyNot("merge", node.name, message, "take a tile of the image's size modulo the lattice")


def _unlike(node: Node, read: Read, other: Read) -> WhyNot:
    """A layer whose numbers depend on the size, in words."""
    do = "give it a factor instead of a size; where corners are aligned, take sizes at which the factors agree"
    if isinstance(read, Table) and isinstance(other, Table):
        steps = Fraction(read.shift, read.period), Fraction(other.shift, other.period)
        if node.op == "pool":
            message = f"{node.name} pools by bins of {steps[0]} in the image and {steps[1]} in a tile"
            do = "give it a kernel and a stride instead of a number of bins"
        elif steps[0] == steps[1]:
            message = f"{node.name} ({node.op}) reads other places in a tile than in the image"
            do = "tile a part of the network without it (--node)"
        else:
            message = f"{node.name} samples by {steps[0]} in the image and {steps[1]} in a tile"
        return WhyNot("size", node.name, message, do)
    return WhyNot("size", node.name, f"{node.name} has another kernel or stride in a tile", "make them fixed numbers")


@singledispatch
def _moved(read: Read, other: Read) -> Fraction | None:
    """How many inputs further on a layer's reads begin in a tile than in the whole; None if they differ otherwise."""
    raise TypeError(read, other)


@_moved.register(Window)
def _(read: Window, other: Window) -> Fraction | None:
    alike = (read.kernel, read.stride, read.dilation, read.ceil_mode)
    if alike != (other.kernel, other.stride, other.dilation, other.ceil_mode):
        return None
    return Fraction((other.known_padding or (0, 0))[0] - (read.known_padding or (0, 0))[0])


@_moved.register(TransposedWindow)
def _(read: TransposedWindow, other: TransposedWindow) -> Fraction | None:
    if (read.kernel, read.stride, read.dilation) != (other.kernel, other.stride, other.dilation):
        return None
    return Fraction(read.known_padding[0] - other.known_padding[0], read.stride)


@_moved.register(Table)
def _(read: Table, other: Table) -> Fraction | None:
    same = (read.starts, read.stops, read.shift) == (other.starts, other.stops, other.shift)
    return Fraction(0) if same and read.shift else None

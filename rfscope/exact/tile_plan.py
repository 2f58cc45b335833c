"""The plan for a network, an image and a tile: axis by axis, since what is kept in a box is a product of intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import lcm

from rfscope.errors import WRONG_SIZES, NetworkError, RfscopeError
from rfscope.exact.analysis import Layer
from rfscope.exact.correspondence import Along, Kind, WhyNot, along, correspond
from rfscope.exact.passes import passes
from rfscope.exact.tile_axis import largest_tile, tile_axis
from rfscope.exact.tiling import Plan, TiledAxis
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Adaptive, Resize
from rfscope.network.sizes import settle

__all__ = ["lattices", "multiply_adds", "not_taken", "plan_tiles", "sizes_near", "sizes_taken"]

_TRIED = 20_000
"""Layers that are settled to find the sizes that a network takes."""


def plan_tiles(
    network: Network,
    input: Sequence[int],
    tile: Sequence[int],
    *,
    at: Callable[[tuple[int, ...]], Network] | None = None,
    steps: Sequence[int] = (),
    equal: bool = False,
    allow_inexact: bool = False,
) -> Plan:
    """Cut an image into tiles.

    Args:
        network: The network as it is read at the size of the image, nothing settled.
        input: Size of the image per axis.
        tile: The largest size of a tile per axis; along an axis where it is the image's, nothing is cut.
        at: Reads the network at another size, where that makes a difference; the same network if not given.
        steps: Per axis, a number modulo which a tile must be as long as the image though this network would take
            others, as where it is a part of one.
        equal: Whether tiles must have just the size that is given.
        allow_inexact: Whether tiles may be made though the result would not equal the whole's.

    Raises:
        RfscopeError: There are more or fewer sizes than axes, or one is below 1.

    Example:
        >>> from rfscope.network.build import chain
        >>> plan_tiles(chain([1, 2, 5], dims=1), [100], [40]).count
        4
    """
    size, most = _sized("input", network, input), _sized("tile", network, tile)
    most = tuple(map(min, most, size))
    plan = Plan(
        name=network.name, input=size, outputs=network.outputs, axes=(), asked=tuple(tile), allow_inexact=allow_inexact
    )  # fmt: skip
    try:
        wholes = _lines(network, size)
    except NetworkError as error:
        return replace(plan, axes=_empty(size, most), why_not=(not_taken(network, size, error),))
    axes = [axis for axis, (length, wanted) in enumerate(zip(size, most, strict=True)) if wanted < length]
    plan, cut = replace(plan, passes=passes(network, axes)), [wholes[axis] for axis in axes]
    if any(whole.sizes[name] is None for whole in cut for name in network.outputs):
        return replace(plan, axes=_empty(size, most), why_not=_no_positions(network, cut))
    at = at or (lambda _: network)
    taken, found = list[int](), list[WhyNot]()
    for whole, wanted, step in zip(wholes, most, steps or (1,) * len(size), strict=True):
        lattice = lcm(correspond(whole).lattice or 1, step)
        fits = largest_tile(whole.size, wanted, lattice)
        if fits is None or (equal and fits != wanted):
            found.append(_off_grid(whole.size, wanted, lattice, fits))
        taken.append(fits or wanted)
    if found:
        made = replace(plan, axes=_empty(size, taken), why_not=tuple(dict.fromkeys(found)))
    else:
        made = _cut(plan, network, wholes, tuple(taken), at)
    close = not found and all(2 * one > wanted for one, wanted in zip(taken, most, strict=True))
    if made.exact or close or not any(map(_depends_on_size, network.nodes)):
        return made
    as_asked = _cut(plan, network, wholes, most, at)  # says better why not, where layers depend on the size
    return as_asked if as_asked.axes and any(why.kind == "size" for why in as_asked.why_not) else made


def _cut(
    plan: Plan, network: Network, wholes: Sequence[Along], taken: tuple[int, ...], at: Callable[..., Network]
) -> Plan:
    try:
        cut = at(taken) if taken != plan.input else network
        tiles = _lines(cut, taken)
    except RfscopeError as error:
        message = f"the network does not take a tile of {_text(taken)}: {error.what}"
        kind: Kind = "small" if "empty" in error.what else "size"
        why = WhyNot(kind, error.where, message, "take a larger tile, or one at which the maps fit")
        return replace(plan, axes=_empty(plan.input, taken), why_not=(why,))
    axes, found = list[TiledAxis](), dict[WhyNot, None]()
    for whole, tile in zip(wholes, tiles, strict=True):
        axis, why_not = tile_axis(whole, tile, plan.outputs)
        axes.append(axis)
        found |= dict.fromkeys(why_not)
    done = replace(plan, axes=tuple(axes), why_not=tuple(found))
    works = multiply_adds(network, plan.input), multiply_adds(cut, taken)
    if works[0] is None or works[1] is None:
        return done
    return replace(done, multiply_adds=(works[0], works[1] * done.count))


def lattices(network: Network, size: Sequence[int]) -> tuple[int | None, ...]:
    """Of what number the beginnings of tiles are multiples, per axis.

    Raises:
        NetworkError: The network does not take this size.
    """
    return tuple(correspond(line).lattice for line in _lines(network, size))


def sizes_taken(network: Network, axis: int, size: int, lattice: int) -> list[int] | None:
    """Which sizes a network takes along an axis, modulo the lattice; None where that is too long to find out.

    Args:
        network: The network.
        axis: The axis.
        size: A size that is large enough for it; those from here on are tried.
        lattice: The lattice along that axis.
    """
    if lattice * len(network.nodes) > _TRIED:
        return None
    return [one % lattice for one in range(size, size + lattice) if _takes(network, axis, one)]


def multiply_adds(network: Network, size: tuple[int, ...]) -> int | None:
    """Multiplications of all convolutions on an input of some size; None where channels are not known.

    Raises:
        NetworkError: The network does not take this size.
    """
    settled, sizes = settle(network, size)
    if sizes is None:
        return None
    total = 0
    for node in settled.nodes:
        output = sizes[node.name]
        if node.has_weights and output is not None:
            layer = Layer(node, (), (), output)
            if layer.multiply_adds is None:
                return None
            total += layer.multiply_adds
    return total or None


def _depends_on_size(node: Node) -> bool:
    """Whether what a layer reads is another thing at another size."""
    return any(
        isinstance(read, Adaptive) or (isinstance(read, Resize) and (read.align_corners or read.size is not None))
        for read in node.reads
    )


def _lines(network: Network, size: Sequence[int]) -> list[Along]:
    """The network along each of its axes; once for axes along which it is the same."""
    known: dict[object, Along] = {}
    found = []
    for axis, length in enumerate(size):
        key = length, tuple(node.reads[axis] for node in network.nodes), network.placed_along(axis)
        if key not in known:
            known[key] = along(network, axis, length)
        found.append(known[key])
    return found


def _sized(name: str, network: Network, given: Sequence[int]) -> tuple[int, ...]:
    sizes = tuple(given) * network.dims if len(given) == 1 else tuple(given)
    if len(sizes) != network.dims:
        what = WRONG_SIZES if name == "input" else f"wrong number of {name} sizes"
        raise NetworkError(what, where=network.name, got=len(sizes), expected=str(network.dims))
    if any(type(size) is not int or size < 1 for size in sizes):
        raise RfscopeError(f"bad {name}", where=network.name, got=_text(sizes), expected="integers of 1 or more")
    return sizes


def _empty(size: Sequence[int], tile: Sequence[int]) -> tuple[TiledAxis, ...]:
    return tuple(TiledAxis(size=whole, tile=one, lattice=None) for whole, one in zip(size, tile, strict=True))


def _takes(network: Network, axis: int, size: int) -> bool:
    try:
        along(network, axis, size)
    except NetworkError:
        return False
    return True


def not_taken(network: Network, size: Sequence[int], error: NetworkError) -> WhyNot:
    """Why the whole image is refused, and which sizes next to it are not."""
    found = sizes_near(network, size)
    if found is None:
        message = f"the network does not take {_text(size)}: {error.what}"
        return WhyNot("size", error.where, message, "take another size")
    length, near = found
    message = f"the network does not take {length}" + (f": it takes {near}" if near else f": {error.what}")
    return WhyNot("size", error.where, message, "crop or pad the image; padding changes the result near the border")


def sizes_near(network: Network, size: Sequence[int]) -> tuple[int, str] | None:
    """The first length of an input that a network does not take, and those next to it that it does, in words.

    None if it is none of the lengths alone.
    """
    axis = next((axis for axis, length in enumerate(size) if not _takes(network, axis, length)), None)
    if axis is None:
        return None
    most = max(2, _TRIED // len(network.nodes) // 2)
    length = size[axis]
    steps = range(1, min(most, length) + 1)
    below = next((length - step for step in steps if length > step and _takes(network, axis, length - step)), None)
    above = next((length + step for step in steps if _takes(network, axis, length + step)), None)
    return length, " or ".join(str(one) for one in (below, above) if one is not None)


def _no_positions(network: Network, wholes: Sequence[Along]) -> tuple[WhyNot, ...]:
    """Outputs behind global operations: there is nothing to put together."""
    found = dict.fromkeys(why for whole in wholes for why in correspond(whole).why_not)
    lost = next(name for name in network.outputs if any(whole.sizes[name] is None for whole in wholes))
    do = "tile what lies before the operations that read the whole map: --node"
    return (WhyNot("global", lost, f"{lost} has no positions: it sees the whole image", do), *found)


def _off_grid(size: int, wanted: int, lattice: int, fits: int | None) -> WhyNot:
    if fits is None:
        message = f"no tile of at most {wanted} lies on the image's grid: sizes are {size % lattice} modulo {lattice}"
        return WhyNot("small", None, message, f"take {size % lattice or lattice} or more")
    message = f"{wanted} does not lie on the image's grid: {size} is {size % lattice} modulo {lattice}"
    image = size + (wanted - size) % lattice
    return WhyNot("offset", None, message, f"take {fits}, or an image of {image}")


def _text(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))

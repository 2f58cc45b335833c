"""What holds for tiles of any image: what they lose on each side, where they may begin, which sizes there are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rfscope.errors import RfscopeError
from rfscope.exact.correspondence import Along, WhyNot, along, correspond
from rfscope.exact.kept import kept
from rfscope.exact.tile_axis import shrinkage
from rfscope.exact.tile_plan import sizes_taken
from rfscope.network.graph import Network
from rfscope.network.parts import up_to

__all__ = ["TileRule", "tile_rule", "tile_rules"]

_SIZES = (256, 4096, 2**16, 2**20)
"""Sizes to look at, the first on which a tile keeps something; no map is made, so that they cost nothing."""

_MOST_LAYERS = 2_000
"""Layers of a network whose tiles are told without being asked for."""

_MORE = 64
"""So many sizes from there on are tried, where a network takes only some."""


class TileRule(NamedTuple):
    """What holds for the tiles of any image along one axis.

    Attributes:
        lattice: Tiles begin at multiples of it, and their size is the image's modulo it; None if there is no such
            number.
        halo: Input positions that are lost at an inner side, before and after; None if that is not known.
        sizes: Which sizes the network takes, modulo the lattice; None if all, or if that is not known.
        why_not: What makes tiles differ from the whole.
        lost: How much of a tile with inner sides is not kept in all.
        shrinks: How much shorter than a tile its output is, in input positions: what layers without padding take away.
    """

    lattice: int | None
    halo: tuple[Fraction, Fraction] | None
    sizes: tuple[int, ...] | None
    why_not: tuple[WhyNot, ...]
    lost: Fraction = Fraction(0)
    shrinks: Fraction = Fraction(0)

    @property
    def exact(self) -> bool:
        """Whether tiles can equal the whole."""
        return not self.why_not and self.lattice is not None and self.halo is not None


def tile_rules(network: Network, output: str) -> list[TileRule] | None:
    """What holds along each axis for tiles of one output.

    None where tiles cannot equal the whole, or where there are so many layers that trying sizes would take long.

    Args:
        network: The network as it was given, nothing settled.
        output: The name of the layer whose map is put together.
    """
    leading, found, known = up_to(network, output), list[TileRule](), dict[object, TileRule | None]()
    if len(leading.nodes) > _MOST_LAYERS:
        return None
    for axis in range(network.dims):
        if leading.placed_along(axis):
            return None
        key = tuple(node.reads[axis] for node in leading.nodes)
        if key not in known:
            known[key] = tile_rule(leading, axis, with_sizes=False)
        rule = known[key]
        if rule is None or not rule.exact:
            return None
        found.append(rule)
    return found


def tile_rule(network: Network, axis: int, *, with_sizes: bool = True) -> TileRule | None:
    """What holds for tiles along an axis, whatever the size of the image; None if none is found that it takes.

    Args:
        network: The network, nothing settled.
        axis: The axis.
        with_sizes: Whether to find out which sizes it takes, which takes longer.

    Example:
        >>> from rfscope.network.build import assemble, conv, pool
        >>> rule = tile_rule(assemble([conv(3), pool(2, stride=2), conv(3)]), 0)
        >>> rule.lattice, [str(side) for side in rule.halo]
        (2, ['4', '4'])
    """
    found = None
    for tile in _taken(network, axis):
        lattice = correspond(tile).lattice or 1
        try:
            whole = along(network, axis, tile.size + lattice)
        except RfscopeError:
            whole = tile
        how = correspond(whole, tile)
        found = TileRule(how.lattice, None, None, how.why_not)
        if how.lattice is None or any(name not in how.places for name in network.outputs):
            return found
        inner, sides, lost = kept(whole, tile, how, 0, inner=("before", "after")), [], Fraction(0)
        for name in network.outputs:
            scale, (first, stop) = how.places[name].scale, inner[name]
            if (stop - first) * scale < how.lattice:
                break
            lost = max(lost, tile.size - (stop - first) * scale)
            sides.append((first * scale, ((tile.sizes[name] or 0) - stop) * scale))
        else:
            halo = max(before for before, _ in sides), max(after for _, after in sides)
            sizes = sizes_taken(network, axis, tile.size, how.lattice) if with_sizes else None
            some = None if sizes is None or len(sizes) == how.lattice else tuple(sorted(sizes))
            short = max(tile.size - (tile.sizes[name] or 0) * how.places[name].scale for name in network.outputs)
            return found._replace(halo=halo, sizes=some, lost=lost, shrinks=shrinkage(short, how.lattice))
    return found


def _taken(network: Network, axis: int) -> Iterator[Along]:
    """The network at sizes that it takes, larger and larger."""
    for size in _SIZES:
        for more in range(_MORE):
            try:
                yield along(network, axis, size + more)
            except RfscopeError:
                continue
            break

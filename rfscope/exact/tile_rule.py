"""What holds for tiles of any image: what they lose on each side, where they may begin, which sizes there are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rfscope.errors import RfscopeError
from rfscope.exact.correspondence import Along, WhyNot, along, correspond
from rfscope.exact.kept import kept
from rfscope.exact.tile_plan import sizes_taken
from rfscope.network.graph import Network

__all__ = ["TileRule", "tile_rule"]

_SIZES = (256, 4096, 2**16, 2**20)
"""Sizes to look at, the first on which a tile keeps something; no map is made, so that they cost nothing."""

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
        passes: How many operations that read the whole map lie behind each other.
    """

    lattice: int | None
    halo: tuple[Fraction, Fraction] | None
    sizes: tuple[int, ...] | None
    why_not: tuple[WhyNot, ...]
    passes: int = 0

    @property
    def exact(self) -> bool:
        """Whether tiles can equal the whole."""
        return not self.why_not and self.lattice is not None and self.halo is not None


def tile_rule(network: Network, axis: int) -> TileRule | None:
    """What holds for tiles along an axis, whatever the size of the image; None if none is found that it takes.

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
        found = TileRule(how.lattice, None, None, how.why_not, how.passes)
        if how.lattice is None or any(name not in how.places for name in network.outputs):
            return found
        inner, lost = kept(whole, tile, how, 0, inner=("before", "after")), []
        for name in network.outputs:
            scale, (first, stop) = how.places[name].scale, inner[name]
            if (stop - first) * scale < how.lattice:
                break
            lost.append((first * scale, ((tile.sizes[name] or 0) - stop) * scale))
        else:
            halo = max(before for before, _ in lost), max(after for _, after in lost)
            sizes = sizes_taken(network, axis, tile.size, how.lattice)
            some = None if sizes is None or len(sizes) == how.lattice else tuple(sorted(sizes))
            return found._replace(halo=halo, sizes=some)
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

"""The tiles along one axis: where they begin, what each keeps, and why they cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from rfscope.exact.correspondence import Along, Correspondence, WhyNot, correspond
from rfscope.exact.kept import Kept, kept
from rfscope.exact.tiling import Piece, TiledAxis, plain

__all__ = ["largest_tile", "shrinkage", "tile_axis"]


def largest_tile(size: int, most: int, lattice: int) -> int | None:
    """The largest tile that is no longer than asked for, and whose size is the image's modulo the lattice.

    Example:
        >>> largest_tile(5000, 512, 16), largest_tile(100, 512, 16), largest_tile(20, 3, 16)
        (504, 100, None)
    """
    if most >= size:
        return size
    tile = most - (most - size) % lattice
    return tile if tile > 0 else None


def shrinkage(short: Fraction, lattice: int) -> Fraction:
    """How much layers without padding take away; what strides leave over at the end is not counted.

    Args:
        short: How much shorter than a tile its output is.
        lattice: Where tiles may begin.
    """
    return short if short >= lattice else Fraction(0)


def tile_axis(whole: Along, tile: Along, outputs: Sequence[str]) -> tuple[TiledAxis, tuple[WhyNot, ...]]:
    """Cut one axis of an image into tiles of one size.

    Args:
        whole: The network on the whole image.
        tile: The network on one tile.
        outputs: Names of the maps that are put together.

    Returns:
        The tiles, and why what is put together would not equal the whole's, if it would not.
    """
    if tile.size >= whole.size:
        return _uncut(whole, outputs), ()
    how = correspond(whole, tile)
    found = [*how.why_not]
    axis = TiledAxis(size=whole.size, tile=tile.size, lattice=how.lattice, offset=how.offset)
    if how.lattice is None or any(name not in how.places for name in outputs):
        return axis, tuple(found or [_nowhere(tile.size)])
    last = whole.size - tile.size
    if how.offset or last % how.lattice:
        return axis, (*found, _off(whole.size, tile.size, how))
    sizes = tuple(whole.sizes[name] or 0 for name in outputs)
    inner = kept(whole, tile, how, 0, inner=("before", "after"))
    own = tuple(inner[name] for name in outputs)
    scales = [how.places[name].scale for name in outputs]
    halo = _halo(own, scales, [tile.sizes[name] or 0 for name in outputs])
    short = max(tile.size - (tile.sizes[name] or 0) * how.places[name].scale for name in outputs)
    lost = max(tile.size - (one.stop - one.first) * scale for one, scale in zip(own, scales, strict=True))
    shrinks = shrinkage(short, how.lattice)
    axis = replace(axis, halo=halo, output_sizes=sizes, inner=own, lost=lost, shrinks=shrinks)
    step = min(_step(one, scale, how.lattice) for one, scale in zip(own, scales, strict=True))
    if step <= 0 and last:
        return axis, (*found, _small(whole.size, axis, how.lattice, halo))
    begins = [*range(0, last, step), last] if last else [0]
    pieces, holes = _pieces(whole, tile, how, begins, outputs, own, forced=bool(found))
    if pieces is None:
        return axis, tuple(found or [_uncovered(holes)])
    return replace(axis, pieces=tuple(pieces)), tuple(found)


def _uncut(whole: Along, outputs: Sequence[str]) -> TiledAxis:
    """An axis along which nothing is cut, so that it may hold what reads all of it."""
    sizes = [whole.sizes[name] for name in outputs]
    keep = tuple(None if size is None else Kept(0, size) for size in sizes)
    return TiledAxis(
        size=whole.size,
        tile=whole.size,
        lattice=1,
        halo=(Fraction(0), Fraction(0)),
        output_sizes=tuple(size for size in sizes if size is not None) if None not in sizes else (),
        inner=tuple(one or Kept(0, 0) for one in keep),
        pieces=(Piece(0, whole.size, keep, (0,) * len(outputs)),),
    )


def _step(inner: Kept, scale: Fraction, lattice: int) -> int:
    """How far apart two tiles may begin, so that what they keep joins."""
    return floor((inner.stop - inner.first) * scale / lattice) * lattice


def _halo(inner: Sequence[Kept], scales: Sequence[Fraction], sizes: Sequence[int]) -> tuple[Fraction, Fraction]:
    both = zip(inner, scales, sizes, strict=True)
    lost = [(one.first * scale, (size - one.stop) * scale) for one, scale, size in both]
    return max(before for before, _ in lost), max(after for _, after in lost)


def _pieces(
    whole: Along,
    tile: Along,
    how: Correspondence,
    begins: Sequence[int],
    outputs: Sequence[str],
    inner: Sequence[Kept],
    *,
    forced: bool,
) -> tuple[list[Piece] | None, str]:
    """What each tile keeps: from where the one before ends, so that every output is written exactly once.

    Args:
        whole: The network on the whole image.
        tile: The network on a tile.
        how: How their maps correspond.
        begins: Where the tiles begin.
        outputs: Names of the maps that are put together.
        inner: What a tile inside keeps of each.
        forced: Whether the image's border is kept even if it differs.

    Returns:
        The tiles, or None and the output that they do not cover.
    """
    covered, found = [0] * len(outputs), list[Piece]()
    for begin in begins:
        edge = begin in (0, begins[-1])
        here = kept(whole, tile, how, begin) if edge else None
        keep, write = list[Kept | None](), list[int]()
        for at, name in enumerate(outputs):
            first, stop = inner[at] if here is None else here[name]
            moved, full = how.moved(name, begin), whole.sizes[name] or 0
            if forced and begin == 0:
                first = 0
            if forced and begin == begins[-1]:
                stop = min(tile.sizes[name] or 0, full - moved)
            if first + moved > covered[at]:
                return None, name
            first = covered[at] - moved
            keep.append(Kept(first, max(first, stop)))
            write.append(covered[at])
            covered[at] = max(covered[at], stop + moved)
        found.append(Piece(begin, tile.size, tuple(keep), tuple(write)))
    for name, end in zip(outputs, covered, strict=True):
        if end != whole.sizes[name]:
            return None, name
    return found, ""


def _nowhere(tile: int) -> WhyNot:
    message = f"no place to begin a tile of {tile}: the maps' grids have none in common"
    return WhyNot("offset", None, message, "take a tile of the image's size modulo the strides")


def _off(size: int, tile: int, how: Correspondence) -> WhyNot:
    lattice = how.lattice or 1
    wanted = tile + (size - tile) % lattice
    if how.offset:
        message = f"tiles of {tile} would begin at {how.offset} + {lattice}k: the first could not begin at 0"
    else:
        message = f"{tile} does not lie on the image's grid: the last tile would begin at {size - tile}"
    return WhyNot("offset", None, message, f"take {wanted} ({size} modulo {lattice})")


def _small(size: int, axis: TiledAxis, lattice: int, halo: tuple[Fraction, Fraction]) -> WhyNot:
    before, after = map(plain, halo)
    least = axis.lost + lattice
    wanted = ceil(least) + (size - ceil(least)) % lattice
    beside = f", and its output is {axis.shrinks} smaller" if axis.shrinks else ""
    message = f"a tile of {axis.tile} keeps too little to go on: {before} + {after} are halo{beside}"
    do = f"take {wanted} or more" if wanted < size else "run it on the whole image"
    return WhyNot("small", None, message, do)


def _uncovered(name: str) -> WhyNot:
    return WhyNot("small", name, f"the tiles do not cover {name}", "take a larger tile")

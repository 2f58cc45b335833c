"""How an image is cut into tiles so that what is put together equals the output of the whole image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple, TypeAlias

from rfscope.errors import RfscopeError
from rfscope.exact.correspondence import WhyNot
from rfscope.exact.kept import Kept

__all__ = ["Bytes", "Piece", "Plan", "Slices", "Tile", "TiledAxis", "plain"]

Slices: TypeAlias = tuple[slice, ...]
"""A box of positions, a slice per axis."""


class Piece(NamedTuple):
    """One tile along one axis.

    Attributes:
        begin: Where it begins on the image.
        size: How long it is.
        keep: Of each output, the positions of the tile's map that are kept; None for all of them, along an axis that is
            not cut.
        write: Of each output, where the first of them belongs in the whole's map.
    """

    begin: int
    size: int
    keep: tuple[Kept | None, ...]
    write: tuple[int, ...]


class Tile(NamedTuple):
    """One tile: what to read, what to keep of its output, and where to write that.

    Attributes:
        read: Slices of the input.
        keep: Slices of the first output of the tile.
        write: Slices of the result, of the same size.
        keeps: Slices of each output, by its name.
        writes: The same of each result.
    """

    read: Slices
    keep: Slices
    write: Slices
    keeps: Mapping[str, Slices]
    writes: Mapping[str, Slices]


@dataclass(frozen=True, slots=True, kw_only=True)
class TiledAxis:
    """The tiles along one axis.

    Attributes:
        size: Of the image.
        tile: Of every tile.
        lattice: Tiles begin at multiples of it; None if they can begin nowhere.
        offset: The first place where they can begin.
        halo: Input positions that are lost at an inner side, before and after; None if nothing is known of them.
        output_sizes: Of the map of each output.
        inner: Of each output, what a tile with inner sides could keep.
        pieces: The tiles, first to last; none where they cannot be made.
        lost: How much of a tile with inner sides is not kept in all.
        shrinks: How much shorter than a tile its output is, in input positions; it is part of what is lost.
    """

    size: int
    tile: int
    lattice: int | None
    offset: int = 0
    halo: tuple[Fraction, Fraction] | None = None
    output_sizes: tuple[int, ...] = ()
    inner: tuple[Kept, ...] = ()
    pieces: tuple[Piece, ...] = ()
    lost: Fraction = Fraction(0)
    shrinks: Fraction = Fraction(0)


class Bytes(NamedTuple):
    """Memory that maps take at once.

    Attributes:
        whole: On the whole image; None if unknown.
        tile: On one tile.
        method: ``"meta run"``: counted while the module ran without data; ``"graph"``: from the sizes of the maps
            alone, which is less than what a program takes.
    """

    whole: int | None
    tile: int | None
    method: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How to run a network on an image, tile by tile.

    Attributes:
        name: The network's name.
        input: Size of the image per axis.
        outputs: Names of the network's outputs.
        axes: The tiles along each axis.
        why_not: Why the result would not equal the whole's; empty if it does.
        passes: Passes over the image that gather what operations read of the whole map, before one for the output: as
            many as lie behind each other.
        asked: The tile that was asked for, per axis; None where it was chosen for a budget.
        multiply_adds: Of the whole and of all tiles; None where channels are not known.
        bytes: Memory; None where channels are not known.
        allow_inexact: Whether tiles may be made though the result would not equal the whole's.
        notes: What else is to be said of it.

    Example:
        >>> import rfscope as rf
        >>> plan = rf.tile("1,2,5", input=64, tile=32)
        >>> plan.exact, plan.lattice, plan.halo[0]
        (True, (1, 1), (8, 8))
        >>> [(t.read[0], t.keep[0], t.write[0]) for t in plan][-1]
        (slice(32, 64, None), slice(8, 32, None), slice(40, 64, None))
    """

    name: str
    input: tuple[int, ...]
    outputs: tuple[str, ...]
    axes: tuple[TiledAxis, ...]
    why_not: tuple[WhyNot, ...] = ()
    passes: int = 0
    asked: tuple[int, ...] | None = None
    multiply_adds: tuple[int, int] | None = None
    bytes: Bytes | None = None
    allow_inexact: bool = False
    notes: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the result equals the whole's, on any weights."""
        return not self.why_not

    @property
    def tile(self) -> tuple[int, ...]:
        """Size of every tile per axis."""
        return tuple(axis.tile for axis in self.axes)

    @property
    def output_size(self) -> tuple[int, ...] | None:
        """Size of the first output's map on the whole image per axis; None if unknown."""
        sizes = [axis.output_sizes[0] for axis in self.axes if axis.output_sizes]
        return tuple(sizes) if len(sizes) == len(self.axes) else None

    @property
    def output_sizes(self) -> Mapping[str, tuple[int, ...]]:
        """Size of each output's map on the whole image, by its name; empty if unknown."""
        if self.output_size is None:
            return {}
        return {name: tuple(axis.output_sizes[at] for axis in self.axes) for at, name in enumerate(self.outputs)}

    @property
    def halo(self) -> tuple[tuple[int | Fraction, int | Fraction] | None, ...]:
        """Input positions that are lost at an inner side of a tile, before and after, per axis."""
        return tuple(axis.halo and (plain(axis.halo[0]), plain(axis.halo[1])) for axis in self.axes)

    @property
    def lattice(self) -> tuple[int | None, ...]:
        """Tiles begin at multiples of it, per axis."""
        return tuple(axis.lattice for axis in self.axes)

    @property
    def count(self) -> int:
        """How many tiles there are; 0 where they cannot be made."""
        return prod(len(axis.pieces) for axis in self.axes)

    @property
    def computed(self) -> float | None:
        """The work of all tiles over that of the whole; by positions of the input where channels are not known."""
        if not self.count:
            return None
        if self.multiply_adds and self.multiply_adds[0]:
            return self.multiply_adds[1] / self.multiply_adds[0]
        return self.count * prod(self.tile) / prod(self.input)

    @property
    def waste(self) -> float | None:
        """What is computed more than once, or for nothing, as a part of the whole's work."""
        return None if self.computed is None else self.computed - 1

    def __iter__(self) -> Iterator[Tile]:
        """The tiles, the last axis fastest.

        Raises:
            RfscopeError: The result would not equal the whole's, and ``allow_inexact`` is not set; or there are none.
        """
        if self.why_not and not (self.allow_inexact and self.count):
            first = self.why_not[0]
            more = "" if self.allow_inexact else ", or set allow_inexact=True and check what comes out"
            what, do = "tiles would not equal the whole", first.do + more
            raise RfscopeError(what, where=self.name, got=first.message, do=do)
        return self._tiles()

    def _tiles(self) -> Iterator[Tile]:
        for pieces in product(*(axis.pieces for axis in self.axes)):
            read = tuple(slice(one.begin, one.begin + one.size) for one in pieces)
            keeps = {name: _keep(pieces, at) for at, name in enumerate(self.outputs)}
            writes = {name: _write(pieces, at) for at, name in enumerate(self.outputs)}
            yield Tile(read, _keep(pieces, 0), _write(pieces, 0), keeps, writes)


def _keep(pieces: Sequence[Piece], output: int) -> Slices:
    return tuple(slice(None) if (one := piece.keep[output]) is None else slice(*one) for piece in pieces)


def _write(pieces: Sequence[Piece], output: int) -> Slices:
    return tuple(
        slice(None) if (one := piece.keep[output]) is None else slice(at, at + one.stop - one.first)
        for piece, at in ((piece, piece.write[output]) for piece in pieces)
    )


def plain(number: Fraction) -> int | Fraction:
    """A whole number as an integer, any other as it is."""
    return int(number) if number.denominator == 1 else number

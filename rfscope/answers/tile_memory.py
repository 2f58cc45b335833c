"""What tiles take of memory, and the best tile for what there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, lcm, prod
from typing import TYPE_CHECKING

from rfscope.errors import MissingExtraError, RfscopeError, UnsupportedError
from rfscope.exact.live import live_values
from rfscope.exact.tile_budget import best_tile, choices
from rfscope.exact.tile_plan import plan_tiles
from rfscope.exact.tiling import Bytes, Plan
from rfscope.network.graph import Network
from rfscope.network.provenance import Found
from rfscope.targets import Reading, Target, module_without_data

if TYPE_CHECKING:
    import torch

__all__ = ["Memory", "Wanted", "for_budget"]

_ITEM = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}

_PARTS = (Fraction(1, 2), Fraction(3, 4), Fraction(7, 8), Fraction(15, 16))
"""Parts of an image that are tried to find out what tiles lose."""

_TRIES = 4
"""How often a tile for a budget is made smaller where the count on its size passes the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of a plan.

    Attributes:
        tile: The largest size of a tile per axis, or one for all; None to choose one for the memory.
        memory: Bytes that the maps of one tile may take.
        node: The layer or module whose output is put together, instead of the network's.
        equal: Whether tiles must have just the size that is given.
        dtype: Type of the numbers.
        batch: Images in a batch.
        allow_inexact: Whether tiles may be made though the result would not equal the whole's.
    """

    tile: tuple[int, ...] | None = None
    memory: int | None = None
    node: str | None = None
    equal: bool = False
    dtype: str = "float32"
    batch: int = 1
    allow_inexact: bool = False

    def __post_init__(self) -> None:
        if (self.tile is None) == (self.memory is None):
            raise RfscopeError("a plan needs the size of a tile, or the memory it may take", do="give one of them")
        if self.tile is not None and any(size < 1 for size in self.tile):
            raise RfscopeError("bad tile", got=repr(self.tile), expected="integers of 1 or more")
        if self.memory is not None and self.memory < 1:
            raise RfscopeError("bad memory", got=self.memory, expected="bytes, above 0")
        if self.batch < 1:
            raise RfscopeError("bad batch", got=self.batch, expected="an integer of 1 or more")
        if self.dtype not in _ITEM:
            raise RfscopeError("unknown type of numbers", got=repr(self.dtype), expected="one of " + ", ".join(_ITEM))


class Memory:
    """Counts the bytes that a network's maps take on an input of some size, once each."""

    def __init__(self, target: Target, reading: Reading, wanted: Wanted, found: Found, size: tuple[int, ...]) -> None:
        self._network, self._wanted, self._known = found.network, wanted, dict[tuple[int, ...], int | None]()
        self._module: torch.nn.Module | None = None
        self.method = "graph"
        self._forms, module = found.provenance.forms, module_without_data(target, reading)
        if module is not None and any(form.placed for form in self._forms):
            self._module, self.method = module, "meta run"
            try:
                self.at(size)
            except (MissingExtraError, UnsupportedError):
                self._module, self.method = None, "graph"

    def at(self, size: tuple[int, ...]) -> int | None:
        """Bytes on an input of some size; None where channels are not known."""
        if size not in self._known:
            self._known[size] = self._counted(size)
        return self._known[size]

    def of(self, plan: Plan) -> Bytes | None:
        """Those of a plan."""
        try:
            whole, tile = self.at(plan.input), self.at(plan.tile)
        except RfscopeError:
            return None
        return None if whole is None and tile is None else Bytes(whole, tile, self.method)

    def _counted(self, size: tuple[int, ...]) -> int | None:
        if self._module is not None:
            from rfscope.verification.memory import meta_peak

            shapes = [form.at(size, batch=self._wanted.batch) for form in self._forms]
            return meta_peak(self._module, shapes, self._wanted.dtype, node=self._wanted.node)
        values = live_values(self._network, size)
        return None if values is None else values * _ITEM[self._wanted.dtype] * self._wanted.batch


def for_budget(
    found: Found,
    size: tuple[int, ...],
    at: Callable[[tuple[int, ...]], Network],
    wanted: Wanted,
    memory: Memory,
    steps: Sequence[int] = (),
) -> Plan:
    """The plan of the least work whose tiles fit into a budget.

    Raises:
        RfscopeError: It is not known what tiles take, or the smallest takes more.
    """
    budget = wanted.memory or 0
    whole = memory.at(size)
    if whole is None:
        do = "give the size of a tile: --tile"
        raise RfscopeError("the memory that tiles take is not known", where=found.network.name, do=do)
    if whole <= budget:
        made = plan_tiles(found.network, size, size, at=at, allow_inexact=wanted.allow_inexact)
        return replace(made, asked=None)
    for part_of in _PARTS:  # of the image: as long as tiles of it keep too little, a larger one
        first = plan_tiles(found.network, size, [ceil(length * part_of) for length in size], at=at, steps=steps)
        if first.exact or all(why.kind != "small" for why in first.why_not):
            break
    if not first.exact:
        return replace(first, asked=None, allow_inexact=wanted.allow_inexact)
    grids = [lcm(axis.lattice or 1, step) for axis, step in zip(first.axes, steps or (1,) * len(size), strict=True)]
    axes = [choices(axis.size, grid, axis.lost) for axis, grid in zip(first.axes, grids, strict=True)]
    some = memory.at(first.tile) or 0
    each = Fraction(whole - some, prod(size) - prod(first.tile))
    fixed = some - each * prod(first.tile)
    most = (budget - fixed) / each
    for _ in range(_TRIES):
        tile = best_tile(axes, most)
        if tile is None:
            break
        taken = memory.at(tile) or 0
        if taken <= budget:
            made = plan_tiles(found.network, size, tile, at=at, allow_inexact=wanted.allow_inexact)
            return replace(made, asked=None)
        most = min(most, Fraction(prod(tile))) * budget / taken
    smallest = tuple(axis.tiles[-1][1] for axis in axes)
    got, least = f"{budget} bytes", memory.at(smallest)
    raise RfscopeError("no tile fits into the memory", where=found.network.name, got=got, do=f"allow {least} or more")

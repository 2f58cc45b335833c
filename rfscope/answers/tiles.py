"""A plan of tiles for what a user names: networks are read at the sizes that they run at, and memory is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import ceil, prod
from typing import TYPE_CHECKING, Any

from rfscope.errors import MissingExtraError, NetworkError, RfscopeError, TargetError, UnsupportedError
from rfscope.exact.correspondence import WhyNot
from rfscope.exact.live import entering_channels, live_values
from rfscope.exact.tile_budget import best_tile, choices
from rfscope.exact.tile_plan import not_taken, plan_tiles
from rfscope.exact.tile_rule import TileRule, tile_rule
from rfscope.exact.tiling import Bytes, Plan
from rfscope.network.graph import Network
from rfscope.network.provenance import Found
from rfscope.readers.names import runs_code
from rfscope.targets import Reading, Target, is_module, module_of, part
from rfscope.wording import size_text

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

    from rfscope.verification.tiled import TileVerification

__all__ = ["TilePlan", "Wanted", "make_plan", "rules_of", "verify_plan"]

_ITEM = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}

_STEP = 16
"""Positions from one tile to the next, at least, where tiles are verified."""

_PARTS = (Fraction(1, 2), Fraction(3, 4), Fraction(7, 8), Fraction(15, 16))
"""Parts of an image that are tried to find out what tiles lose."""

_TRIES = 4
"""How often a tile for a budget is made smaller where the count on its size passes the budget."""


class TilePlan(Plan):
    """How to run a network on an image, tile by tile, so that the result equals that of the whole image.

    Printed, it is the answer of the command line. Going through it gives the tiles: ``read`` are slices of the image,
    ``keep`` slices of the tile's output, ``write`` slices of the result.

    Example:
        >>> import rfscope as rf
        >>> plan = rf.tile("1,2,5", input=(64, 64), tile=32)
        >>> plan
        <TilePlan of 1,2,5: 9 tiles of 32x32 for 64x64, EXACT>
        >>> next(iter(plan)).keep
        (slice(0, 24, None), slice(0, 24, None))
    """

    @classmethod
    def of(cls, plan: Plan) -> TilePlan:
        """A plan with everything that Python users ask of it."""
        return cls(**{field.name: getattr(plan, field.name) for field in fields(plan)})

    def plot(self) -> Figure:
        """Draw the tiles on the image.

        Raises:
            RfscopeError: There are none.
        """
        from rfscope.plots.tiles import plot_plan

        return plot_plan(self)

    def __repr__(self) -> str:
        tiles = f"{self.count} tiles of {size_text(self.tile)} for {size_text(self.input)}"
        return f"<TilePlan of {self.name}: {tiles}, {'EXACT' if self.exact else 'NOT EXACT'}>"

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.tile import plan_text

        return printed(lambda console: plan_text(self, console.width))


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


def make_plan(target: Target, reading: Reading, wanted: Wanted) -> TilePlan:
    """Plan the tiles of an image for a network.

    Args:
        target: As for ``resolve``.
        reading: What it leaves open; the size of the image is among it.
        wanted: What is asked of the plan.

    Raises:
        RfscopeError: The target cannot be read, or a number is out of range.
    """
    if reading.input is None:
        raise RfscopeError("tiles need the size of the image", do="give it: input, or --input")
    is_code = is_module(target) or (isinstance(target, str) and runs_code(target))
    try:
        found = part(target, reading, wanted.node)
    except TargetError:
        if not is_code:
            raise
        return TilePlan.of(_refused(target, reading, wanted))
    size = _all_axes(reading.input, found.network)

    def at(other: tuple[int, ...]) -> Network:
        return part(target, replace(reading, input=other), wanted.node).network if is_code else found.network

    memory = _Memory(target, reading, wanted, found, size) if wanted.node is None else None
    if wanted.tile is None:
        made = _for_budget(found, size, at, wanted, memory)
    else:
        made = plan_tiles(
            found.network, size, wanted.tile, at=at, equal=wanted.equal, allow_inexact=wanted.allow_inexact
        )
    others = tuple(name for name in found.provenance.inputs if name != found.provenance.of)
    if others and made.count > 1:
        message = f"the network has other images as inputs, too: {', '.join(others)}"
        why = WhyNot("data", None, message, "cut them likewise, and check what comes out")
        made = replace(made, why_not=(*made.why_not, why))
    if is_code and made.exact and made.count > 1:
        made = replace(made, why_not=_placed(target, reading, made, found, made.tile))
    if memory is not None and made.bytes is None:
        made = replace(made, bytes=memory.of(made))
    return TilePlan.of(replace(made, notes=(*made.notes, *found.provenance.notes)))


def _all_axes(size: tuple[int, ...], network: Network) -> tuple[int, ...]:
    return size * network.dims if len(size) == 1 else size


def _refused(target: Target, reading: Reading, wanted: Wanted) -> Plan:
    """The plan for an image that a module does not take: which sizes it does take.

    Raises:
        RfscopeError: It is not the size that it refuses.
    """
    found = part(target, replace(reading, input=None), wanted.node)
    size = _all_axes(reading.input or (), found.network)
    why = not_taken(found.network, size, NetworkError("its layers do not fit together"))
    plan = plan_tiles(found.network, size, wanted.tile or size, allow_inexact=wanted.allow_inexact)
    return plan if plan.why_not else replace(plan, axes=(), why_not=(why,))


def verify_plan(
    target: Target,
    reading: Reading,
    wanted: Wanted,
    plan: Plan,
    *,
    tolerance: float = 1e-9,
    device: str = "auto",
    allow_import: bool = False,
) -> TileVerification:
    """Run the module of a plan whole and tiled, on a small image that has a first, an inner and a last tile per axis.

    Args:
        target: A torch module, or the name of one.
        reading: As for ``make_plan``.
        wanted: The same.
        plan: What came of it.
        tolerance: The largest difference allowed, over the standard deviation of the output.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        allow_import: Whether torch may load a ``.pt2`` file.

    Raises:
        RfscopeError: There is no module, it cannot be run, or the plan has no tiles.
    """
    from rfscope.verification.tiled import verify_tiles

    module = module_of(target, reading, allow_import=allow_import)
    if module is None:
        do = "name a torch module, package.module:name"
        raise TargetError("only a torch module can be run on tiles", where=plan.name, do=do)
    if not plan.count:
        first = plan.why_not[0]
        raise RfscopeError("there are no tiles to run", where=plan.name, got=first.message, do=first.do)
    small, tile = _small(plan)
    try:
        tried = make_plan(target, replace(reading, input=small), replace(wanted, tile=tile, memory=None, equal=False))
    except RfscopeError:
        tried = None
    if tried is None or not tried.count or tried.exact != plan.exact:
        tried = TilePlan.of(plan)
    found = part(target, replace(reading, input=tried.input), wanted.node)
    channels = entering_channels(found.network)
    if channels is None or len(found.provenance.inputs) > 1:
        raise UnsupportedError("only modules of one image can be run on tiles", where=plan.name)
    ready = replace(tried, allow_inexact=True)
    return verify_tiles(module, ready, channels, node=wanted.node, tolerance=tolerance, device=device)


def _small(plan: Plan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A smaller image, and tiles for it, of the same sizes modulo the lattice."""
    image, tiles = list[int](), list[int]()
    for axis in plan.axes:
        lattice = axis.lattice or 1
        if len(axis.pieces) < 2 or axis.halo is None:
            image.append(axis.size)
            tiles.append(axis.size)
            continue
        steps = -(-_STEP // lattice)
        least = ceil(axis.lost) + steps * lattice
        tile = min(axis.tile, least + (axis.tile - least) % lattice)
        image.append(min(axis.size, tile + (2 * steps + 1) * lattice))
        tiles.append(tile)
    return tuple(image), tuple(tiles)


def rules_of(target: Target, reading: Reading, node: str | None = None) -> tuple[Network, list[TileRule | None]]:
    """What holds for tiles of any image, axis by axis.

    Raises:
        RfscopeError: The target cannot be read.
    """
    found = part(target, reading, node)
    rules = [tile_rule(found.network, axis) for axis in range(found.network.dims)]
    size, lattices = found.provenance.size, [rule.lattice if rule is not None else None for rule in rules]
    if size is not None and all(rule is not None and rule.exact for rule in rules):
        steps = (lattice or 1 for lattice in lattices)
        other = tuple(
            length - step if length > step else length + step for length, step in zip(size, steps, strict=True)
        )
        plan = Plan(name=found.network.name, input=size, outputs=(), axes=())
        placed = _placed(target, reading, plan, found, other)
        rules = [rule._replace(why_not=(*rule.why_not, *placed)) for rule in rules if rule is not None]
    return found.network, rules


def _placed(target: Target, reading: Reading, plan: Plan, found: Found, tile: tuple[int, ...]) -> tuple[WhyNot, ...]:
    """What a module adds to the image that depends on the place or the size, which no receptive field shows."""
    from rfscope.readers.torch.at_two_sizes import unlike_at

    module = _module(target, reading)
    if module is None or not found.provenance.of:
        return ()
    try:
        told = unlike_at(module, plan.input, tile, found.provenance.of, plan.name)
    except TargetError:
        message = f"the network does not take {size_text(tile)} as it takes {size_text(plan.input)}"
        return (WhyNot("size", None, message, "give the sizes: --input and --tile"),)
    do = "give it to the network as an input, and cut it with the image"
    return tuple(WhyNot("data", name, f"{name} takes in what depends on the place or the size", do) for name in told)


class _Memory:
    """Counts the bytes that a network's maps take on an input of some size, once each."""

    def __init__(self, target: Target, reading: Reading, wanted: Wanted, found: Found, size: tuple[int, ...]) -> None:
        self._network, self._wanted, self._known = found.network, wanted, dict[tuple[int, ...], int | None]()
        self._module: torch.nn.Module | None = None
        self.method = "graph"
        module = _module(target, reading)
        entering = entering_channels(found.network)
        if module is not None and entering is not None and len(found.provenance.inputs) < 2:
            self._module, self._front, self.method = module, (wanted.batch, entering), "meta run"
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

            return meta_peak(self._module, [(*self._front, *size)], self._wanted.dtype)
        values = live_values(self._network, size)
        return None if values is None else values * _ITEM[self._wanted.dtype] * self._wanted.batch


def _module(target: Any, reading: Reading) -> torch.nn.Module | None:
    """The module that a target is or names, with or without data; None if it is none."""
    if is_module(target):
        from rfscope.readers.torch.wrapped import unwrapped

        return unwrapped(target)
    if isinstance(target, str) and runs_code(target):
        from rfscope.readers.torch import Factory

        return Factory(target, reading.arguments).build(meta=True)
    return None


def _for_budget(
    found: Found,
    size: tuple[int, ...],
    at: Callable[[tuple[int, ...]], Network],
    wanted: Wanted,
    memory: _Memory | None,
) -> Plan:
    """The plan of the least work whose tiles fit into a budget.

    Raises:
        RfscopeError: It is not known what tiles take, or the smallest takes more.
    """
    budget = wanted.memory or 0
    whole = memory.at(size) if memory is not None else None
    if memory is None or whole is None:
        do = "give the size of a tile: --tile"
        raise RfscopeError("the memory that tiles take is not known", where=found.network.name, do=do)
    if whole <= budget:
        made = plan_tiles(found.network, size, size, at=at, allow_inexact=wanted.allow_inexact)
        return replace(made, asked=None)
    for part_of in _PARTS:  # of the image: as long as tiles of it keep too little, a larger one
        first = plan_tiles(found.network, size, [ceil(length * part_of) for length in size], at=at)
        if first.exact or all(why.kind != "small" for why in first.why_not):
            break
    if not first.exact:
        return replace(first, asked=None, allow_inexact=wanted.allow_inexact)
    axes = [choices(axis.size, axis.lattice or 1, axis.lost) for axis in first.axes]
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

"""A plan of tiles for what a user names: networks are read at the sizes that they run at, and memory is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import ceil
from typing import TYPE_CHECKING

from rfscope.answers.tile_memory import Memory, Wanted, for_budget
from rfscope.errors import NetworkError, RfscopeError, TargetError, UnsupportedError
from rfscope.exact.correspondence import WhyNot, of_chance, of_the_place
from rfscope.exact.tile_plan import lattices, not_taken, plan_tiles, sizes_near
from rfscope.exact.tile_rule import TileRule, tile_rule
from rfscope.exact.tiling import Plan
from rfscope.network.graph import Network
from rfscope.network.provenance import Found
from rfscope.readers.names import runs_code
from rfscope.targets import Reading, Target, is_module, module_of, module_without_data, part
from rfscope.wording import size_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfscope.verification.tiled import TileVerification

__all__ = ["TilePlan", "Wanted", "make_plan", "rules_of", "verify_plan"]

_STEP = 16
"""Positions from one tile to the next, at least, where tiles are verified."""


@dataclass(frozen=True, kw_only=True, repr=False)
class TilePlan(Plan):
    """How to run a network on an image, tile by tile, so that the result equals that of the whole image.

    Printed, it is the answer of the command line. Going through it gives the tiles: ``read`` are slices of the image,
    ``keep`` slices of the tile's output, ``write`` slices of the result.

    Attributes:
        verification: What running the module whole and tiled found; None if nobody asked, or there are no tiles.

    Example:
        >>> import rfscope as rf
        >>> plan = rf.tile("1,2,5", input=(64, 64), tile=32)
        >>> plan
        <TilePlan of 1,2,5: 9 tiles of 32x32 for 64x64, EXACT>
        >>> next(iter(plan)).keep
        (slice(0, 24, None), slice(0, 24, None))
    """

    verification: TileVerification | None = None

    @classmethod
    def of(cls, plan: Plan, verification: TileVerification | None = None) -> TilePlan:
        """A plan with everything that Python users ask of it.

        Args:
            plan: The plan.
            verification: What running it found.
        """
        return cls(**{field.name: getattr(plan, field.name) for field in fields(Plan)}, verification=verification)

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

        said = printed(lambda console: plan_text(self, console.width))
        return said if self.verification is None else f"{said}\n\n{self.verification}"


def make_plan(target: Target, reading: Reading, wanted: Wanted) -> TilePlan:
    """Plan the tiles of an image for a network.

    Args:
        target: As for ``resolve``.
        reading: What it leaves open; the size of the image is among it.
        wanted: What is asked of the plan.

    Raises:
        RfscopeError: The target cannot be read, or a number is out of range.
    """
    if reading.input is None and not reading.shapes:
        raise RfscopeError("tiles need the size of the image", do="give it: input, or --input")
    is_code = _is_code(target)
    try:
        found = _read(target, reading, wanted.node)
    except TargetError as error:
        if not is_code and not str(target).lower().endswith(".onnx"):
            raise
        return TilePlan.of(_refused(target, reading, wanted, error))
    size = _all_axes(reading.input or found.network.input or (), found.network)
    reading = _of_any_size(replace(reading, input=size), found)
    if others := tuple(name for name in found.provenance.inputs if name not in found.provenance.together):
        return TilePlan.of(_of_several_sizes(found, size, wanted, others))

    def at(other: tuple[int, ...]) -> Network:
        return _read(target, replace(reading, input=other), wanted.node).network if is_code else found.network

    memory = Memory(target, reading, wanted, found, size)
    steps = _steps(target, reading, size) if is_code and wanted.node is not None else ()
    if wanted.tile is None:
        made = for_budget(found, size, at, wanted, memory, steps)
    else:
        made = plan_tiles(
            found.network,
            size,
            wanted.tile,
            at=at,
            steps=steps,
            equal=wanted.equal,
            allow_inexact=wanted.allow_inexact,
        )
    if is_code and made.exact and made.count > 1:
        made = replace(made, why_not=_placed(target, reading, made, found, made.tile))
    if made.bytes is None:
        made = replace(made, bytes=memory.of(made))
    return TilePlan.of(replace(made, notes=(*made.notes, *found.provenance.notes)))


def _is_code(target: Target) -> bool:
    """Whether a target can be captured at any size."""
    return is_module(target) or (isinstance(target, str) and runs_code(target))


def _read(target: Target, reading: Reading, node: str | None) -> Found:
    """The network of a target, all its images of one size read as one.

    Of a module, what depends on the place is found by comparing two sizes: ``_placed``.
    """
    found = part(target, replace(reading, together=True), node)
    return found._replace(network=replace(found.network, placed=())) if _is_code(target) else found


def _steps(target: Target, reading: Reading, size: tuple[int, ...]) -> tuple[int, ...]:
    """Modulo which numbers a whole module takes sizes: it is run to its end, whatever part of it is looked at."""
    try:
        return tuple(lattice or 1 for lattice in lattices(_read(target, reading, None).network, size))
    except RfscopeError:
        return ()


def _of_any_size(reading: Reading, found: Found) -> Reading:
    """What is left open, without the shapes of images, which are those of tiles."""
    kept = {name: shape for name, shape in (reading.shapes or {}).items() if name not in found.provenance.together}
    return replace(reading, shapes=kept or None)


def _of_several_sizes(found: Found, size: tuple[int, ...], wanted: Wanted, others: Sequence[str]) -> Plan:
    """The plan for a network whose images have several sizes: none, unless nothing is cut."""
    plan = plan_tiles(found.network, size, wanted.tile or size, allow_inexact=wanted.allow_inexact)
    message = f"its images have other sizes than {found.provenance.of}: {', '.join(others)}"
    why = WhyNot("size", None, message, "resize them before the network, as all are cut alike")
    return plan if plan.count == 1 else replace(plan, why_not=(why, *plan.why_not), notes=found.provenance.notes)


def _all_axes(size: tuple[int, ...], network: Network) -> tuple[int, ...]:
    return size * network.dims if len(size) == 1 else size


def _refused(target: Target, reading: Reading, wanted: Wanted, error: TargetError) -> Plan:
    """The plan for an image that a network does not take: which sizes it does take.

    Raises:
        RfscopeError: It is not the size that it refuses.
    """
    found = _read(target, replace(reading, input=None), wanted.node)
    size = _all_axes(reading.input or (), found.network)
    if not _is_code(target) and sizes_near(found.network, size) is None:
        raise error from None
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
    known = _read(target, replace(reading, input=tried.input, shapes=None), wanted.node).provenance
    if set(known.inputs) - set(known.together):
        raise UnsupportedError("only modules whose images have one size can be run on tiles", where=plan.name)
    ready = replace(tried, allow_inexact=True)
    return verify_tiles(module, ready, known.forms, node=wanted.node, tolerance=tolerance, device=device)


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
    found = _read(target, reading, node)
    rules = [tile_rule(found.network, axis) for axis in range(found.network.dims)]
    size = found.provenance.size
    if size is not None and all(rule is not None and rule.exact for rule in rules):
        steps = (rule.lattice or 1 for rule in rules if rule is not None)
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

    module = module_without_data(target, reading)
    if module is None or not found.provenance.of:
        return ()
    try:
        told = unlike_at(module, plan.input, tile, found.provenance.of, plan.name)
    except TargetError:
        message = f"the network does not take {size_text(tile)} as it takes {size_text(plan.input)}"
        return (WhyNot("size", None, message, "give the sizes: --input and --tile"),)
    return (*(of_the_place(name, surely=True) for name in told.placed), *map(of_chance, told.random))

"""Whether a module's output put together from tiles equals its output on the whole image, by running both."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.tiling import Plan, Slices, Tile
from rfscope.network.forms import Form
from rfscope.readers.torch.parts import evaluating
from rfscope.readers.torch.tape import tensors_of
from rfscope.verification.copied import copied
from rfscope.verification.device import find_device

if TYPE_CHECKING:
    import torch

__all__ = ["TileVerification", "verify_tiles"]

_BARS = " ▁▂▃▄▅▆▇█"

_WIDTH = 60
"""Columns of a seam map in text."""

_COARSE = 1e-4
"""The least tolerance where a module runs in float32 alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileVerification:
    """What running a module whole and tiled showed.

    Attributes:
        device: Where it ran.
        dtype: Type of the numbers.
        torch: Version of torch.
        input: Size of the image that it ran on.
        tile: Size of the tiles.
        tiles: How many there were.
        difference: The largest difference over the standard deviation of the whole's output.
        largest: The largest difference over the largest value of it.
        tolerance: How large the former may be.
        seams: Per axis, the largest difference at each position of the first output along it, over the deviation.
        control: The largest difference where a rule of the plan was broken on purpose; None if none could be.
        broken: Which rule that was.
        exact: Whether the plan says that tiles equal the whole.
        seconds: How long it took.
    """

    device: str
    dtype: str
    torch: str
    input: tuple[int, ...]
    tile: tuple[int, ...]
    tiles: int
    difference: float
    largest: float
    tolerance: float
    seams: tuple[tuple[float, ...], ...]
    control: float | None
    broken: str | None
    exact: bool
    seconds: float

    @property
    def equal(self) -> bool:
        """Whether the two agree within the tolerance."""
        return self.difference <= self.tolerance

    @property
    def as_planned(self) -> bool:
        """Whether what the plan says holds: that they are equal, or that they need not be."""
        return self.equal or not self.exact

    @property
    def shown(self) -> bool:
        """Whether breaking a rule made a difference, so that the comparison could have failed."""
        return self.control is not None and self.control > self.tolerance

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON."""
        found = {field.name: getattr(self, field.name) for field in fields_of(self)}
        return found | {"equal": self.equal, "shown": self.shown}

    def __str__(self) -> str:
        size, tile = ("x".join(map(str, one)) for one in (self.input, self.tile))
        said = "bit for bit equal" if self.difference == 0 else f"differs by {self.difference:.1e} standard deviations"
        verdict = "" if self.as_planned else "; MISMATCH"
        run = f"Run in torch {self.torch} on {self.device}, {self.dtype}: {self.tiles} tiles of {tile} for {size}"
        ends = f"(allowed: {self.tolerance:.0e}), in {self.seconds:.1f} s."
        lines = [f"{run}, put together, against the whole: {said}{verdict} {ends}"]
        if not self.exact:
            pass
        elif self.control is None:
            lines.append("Control: there was no rule to break on this image.")
        elif self.shown:
            lines.append(f"Control: with {self.broken} it differs by {self.control:.1e}.")
        else:
            lines.append(f"Control: {self.broken} makes no difference; not shown to be needed on these weights.")
        if not self.equal:
            lines += [f"Seams along axis {at}: {_sparkline(line)}" for at, line in enumerate(self.seams)]
        return "\n".join(lines)


def verify_tiles(
    module: torch.nn.Module, plan: Plan, forms: Sequence[Form], *, node: str | None, tolerance: float, device: str
) -> TileVerification:
    """Run a module as it is, its own weights in evaluation mode, on random images: whole, and tiled.

    Args:
        module: The module. It is left as it is.
        plan: How to cut.
        forms: Those of its inputs, in order. All images are cut alike.
        node: The part of the module whose output is put together; None for its own.
        tolerance: The largest difference allowed, over the standard deviation of the output.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``.

    Raises:
        UnsupportedError: The module cannot be run, or its outputs are not those of the plan.
        LimitError: It needs more than the limit ``verify-multiply-adds``.
    """
    import torch

    began = time.perf_counter()
    limits.check("verify-multiply-adds", sum(plan.multiply_adds or (0,)), where=plan.name)
    place, refused = find_device(device), None
    for name in ("float64", "float32"):
        kind = getattr(torch, name)
        random = torch.Generator().manual_seed(1)
        try:
            inputs = [torch.randn(form.at(plan.input), generator=random, dtype=kind).to(place) for form in forms]
            runner = _Runner(copied(module).to(place, kind), node, plan, forms, inputs)
            found = _compare(runner, plan)
        except RuntimeError as error:
            refused = refused or error
            continue
        return TileVerification(
            device=str(place),
            dtype=name,
            torch=torch.__version__,
            input=plan.input,
            tile=plan.tile,
            tiles=plan.count,
            tolerance=tolerance if name == "float64" else max(tolerance, _COARSE),
            exact=plan.exact,
            seconds=time.perf_counter() - began,
            **found,
        )
    got = f"{type(refused).__name__}: {' '.join(str(refused).split())}"[:200]
    raise UnsupportedError("cannot run the module in float64 or float32", where=plan.name, got=got)


class _Runner:
    """Runs a module on boxes of its images and picks the outputs of the plan."""

    def __init__(
        self,
        module: torch.nn.Module,
        node: str | None,
        plan: Plan,
        forms: Sequence[Form],
        inputs: Sequence[torch.Tensor],
    ) -> None:
        self._module, self._plan, self._node = module, plan, node
        self._inputs = [(one, form.placed) for one, form in zip(inputs, forms, strict=True)]
        parts = dict(module.named_modules())
        if node is not None and node not in parts:
            do = "name a module, or verify the whole"
            raise UnsupportedError("an output that is no module's cannot be run", where=node, do=do)
        self._part = None if node is None else parts[node]

    def __call__(self, box: Slices) -> dict[str, torch.Tensor]:
        """The outputs of the plan on a box of all images, by name."""
        import torch

        seen: list[Any] = []
        hook = None if self._part is None else self._part.register_forward_hook(lambda *of: seen.append(of[2]))
        try:
            with evaluating(self._module), torch.no_grad():
                made: Any = self._module(*((_cut(one, box) if placed else one).clone() for one, placed in self._inputs))
        except RuntimeError:
            if not seen:  # what stands behind the part may take other sizes alone
                raise
        finally:
            if hook is not None:
                hook.remove()
        dims = len(self._plan.input)
        maps = [one for one in tensors_of(seen[-1] if seen else made) if one.ndim >= dims + 1]
        if len(maps) < len(self._plan.outputs):
            got, expected = f"{len(maps)} maps", f"{len(self._plan.outputs)}, those of the plan"
            raise UnsupportedError(
                "the module returns other outputs", where=self._plan.name, got=got, expected=expected
            )
        return dict(zip(self._plan.outputs, maps, strict=False))


def _compare(run: _Runner, plan: Plan) -> dict[str, Any]:
    """The largest difference, where it is, and what breaking a rule changes."""
    import torch

    whole = run(tuple(slice(0, size) for size in plan.input))
    for name, size in plan.output_sizes.items():
        if tuple(whole[name].shape[-len(size) :]) != size:
            got, expected = "x".join(map(str, whole[name].shape)), "x".join(map(str, size))
            raise UnsupportedError("an output has another size than planned", where=name, got=got, expected=expected)
    pieces = {name: torch.full_like(made, float("nan")) for name, made in whole.items()}
    tiles = list(plan)
    for tile in tiles:
        for name, made in run(tile.read).items():
            _cut(pieces[name], tile.writes[name]).copy_(_cut(made, tile.keeps[name]))
    far = {name: (pieces[name] - made).abs() for name, made in whole.items()}
    spread = {name: float(made.std()) or 1.0 for name, made in whole.items()}
    if any(bool(torch.isnan(one).any()) for one in far.values()):
        raise UnsupportedError("tiles left outputs out, or the module gives no numbers", where=plan.name)
    control, broken = _broken(run, plan, tiles, whole) if plan.exact else (None, None)
    first = plan.outputs[0]
    line = far[first].reshape(-1, *far[first].shape[-len(plan.input) :]) / spread[first]
    return {
        "difference": max(float(one.max()) / spread[name] for name, one in far.items()),
        "largest": max(float(one.max()) / (float(whole[name].abs().max()) or 1.0) for name, one in far.items()),
        "seams": tuple(_along(line, axis + 1) for axis in range(len(plan.input))),
        "control": control,
        "broken": broken,
    }


def _cut(values: torch.Tensor, box: Slices) -> torch.Tensor:
    """A box of a map, all batches and channels."""
    place: Any = (..., *box)
    return values[place]


def _along(values: torch.Tensor, axis: int) -> tuple[float, ...]:
    """The largest value at each position along one axis."""
    found = values.movedim(axis, 0).reshape(values.shape[axis], -1).amax(1)
    return tuple(float(one) for one in found)


def _broken(
    run: _Runner, plan: Plan, tiles: Sequence[Tile], whole: dict[str, torch.Tensor]
) -> tuple[float | None, str | None]:
    """What comes out if a tile begins one off the lattice, or keeps one more output than it may."""
    name, found = plan.outputs[0], list[tuple[float, str]]()
    spread = float(whole[name].std()) or 1.0
    for axis, along in enumerate(plan.axes):
        if len(along.pieces) < 2 or along.lattice is None:
            continue
        first, inner = tiles[0], along.inner[0]
        second = next(tile for tile in tiles if _moved_along(tile, first, axis))
        if along.lattice > 1 and along.size == along.output_sizes[0]:  # the output moves with the tile
            off = _with(first.read, axis, first.read[axis].start + 1, first.read[axis].stop + 1)
            keep = _with(first.keep, axis, inner.first, inner.stop)
            there = _with(first.write, axis, inner.first + 1, inner.stop + 1)
            far = _cut(run(off)[name], keep) - _cut(whole[name], there)
            found.append((float(far.abs().max()) / spread, "a tile that begins one off the lattice"))
        if inner.first > 0:
            keep = _with(second.keep, axis, inner.first - 1, inner.first)
            at = second.write[axis].start - second.keep[axis].start + inner.first - 1
            far = _cut(run(second.read)[name], keep) - _cut(whole[name], _with(second.write, axis, at, at + 1))
            found.append((float(far.abs().max()) / spread, "a halo that is one output short"))
        elif inner.stop < min(along.output_sizes[0], int(whole[name].shape[axis - len(plan.axes)])):
            keep = _with(first.keep, axis, inner.stop, inner.stop + 1)
            made = _cut(run(first.read)[name], keep)
            if made.numel():
                far = made - _cut(whole[name], keep)
                found.append((float(far.abs().max()) / spread, "a halo that is one output short"))
    return max(found) if found else (None, None)


def _moved_along(tile: Tile, first: Tile, axis: int) -> bool:
    """Whether a tile lies beside the first along one axis."""
    return all(
        (one != other) == (at == axis) for at, (one, other) in enumerate(zip(tile.read, first.read, strict=True))
    )


def _with(box: Slices, axis: int, start: int, stop: int) -> Slices:
    """A box with other positions along one axis."""
    return tuple(slice(start, stop) if at == axis else one for at, one in enumerate(box))


def _sparkline(values: Sequence[float]) -> str:
    """A line of bars, each for the largest of some values that lie side by side."""
    each = -(-len(values) // _WIDTH)
    bars = [max(values[at : at + each]) for at in range(0, len(values), each)]
    top = max(bars) or 1.0
    return "".join(_BARS[-(-int(8 * 1000 * bar / top) // 1000)] for bar in bars)

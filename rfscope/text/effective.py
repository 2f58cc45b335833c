"""The answer to ``erf``: what an output can read, what its gradients say it does, and whether they show a grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from rfscope.measured.extent import PARTS
from rfscope.measured.field import EffectiveField, Extent, Grid
from rfscope.measured.replknet import SIZE
from rfscope.measured.samples import called
from rfscope.text.columns import Column, table, wrapped
from rfscope.wording import first_few, percent, size_text, unit

__all__ = ["effective_text", "first_line"]

_MAPS = {"e2": "measured, g²", "counts": "path counts", "e1": "measured, |g|", "root": "root of counts"}
"""What the maps are called. Those that are to be compared stand under each other."""


def effective_text(found: EffectiveField, width: int) -> Iterator[RenderableType]:
    """The whole answer.

    Args:
        found: What was measured.
        width: Signs across.
    """
    yield _heading(found, width)
    for sentence in (first_line(found), *_notes(found)):
        yield from wrapped(sentence, width)
    yield ""
    yield from _extents(found, width)
    if (fitted := _gaussian(found)) is not None:
        yield from wrapped(fitted, width)
    if found.grids:
        yield ""
        yield from _grids(found, width)
    if found.replknet is not None:
        yield ""
        yield from _replknet(found, width)


def first_line(found: EffectiveField) -> str:
    """The answer in short: what it can read and what it does, what is outside, and how much of a grid there is."""
    parts = [_field(found), _outside(found)]
    if (worst := _worst(found.grids)) is not None:
        counts = "" if worst.counts is None else f", path counts {worst.counts:.2f}"
        parts.append(f"Grid share {worst.share:.2f} at {worst.period} {unit(found.dims)}{counts}.")
    return " ".join(parts)


def _worst(grids: Sequence[Grid]) -> Grid | None:
    """The grid that stands out most from what the counts say."""
    return max(grids, key=lambda grid: grid.share - (grid.counts or 0.0), default=None)


def _heading(found: EffectiveField, width: int) -> Text:
    said, colour = _kind(found)
    at = f" at {','.join(map(str, found.at))}" if found.at else ""
    about = f" | {found.node}{at}, input {size_text(found.input)}"
    room = max(4, width - cell_len(about) - cell_len(said) - 2)
    name = found.name if cell_len(found.name) <= room else f"{set_cell_size(found.name, room - 1).rstrip()}…"
    gap = " " * max(2, width - cell_len(name) - cell_len(about) - cell_len(said))
    return Text.assemble(name, about, gap, (said, f"bold {colour}"))


def _kind(found: EffectiveField) -> tuple[str, str]:
    if found.outside.kind == "fault":
        return "FAULT", "red"
    return ("NOISE", "yellow") if found.is_noise else ("MEASURED", "green")


def _field(found: EffectiveField) -> str:
    what = unit(found.dims)
    measured = found.extents["e2"]
    half = size_text([measured.sides[PARTS.index(0.5)]] * found.dims)
    if found.frame is None or found.exact is None:
        return f"Every {what[:-1]} can matter; half of the squared gradient lies within {half} about the middle."
    spans = size_text(size for _, size in found.frame)
    counts = found.extents.get("counts")
    beside = "" if counts is None else f" (path counts: {size_text([counts.sides[PARTS.index(0.5)]] * found.dims)})"
    holes = ""
    inside = _inside(found)
    if (read := int(found.exact.sum())) < inside:
        holes = f" and reads {read} of the {inside} on the input"
    return f"The exact field spans {spans} {what}{holes}; half of the squared gradient lies within {half}{beside}."


def _inside(found: EffectiveField) -> int:
    """Positions of the exact field that lie on the input."""
    total = 1
    for (start, size), length in zip(found.frame or (), found.input, strict=True):
        total *= max(0, min(length, start + size) - max(0, start))
    return total


def _outside(found: EffectiveField) -> str:
    outside = found.outside
    names = first_few(outside.through)
    share = "" if outside.share is None else percent(outside.share)
    if outside.kind == "none":
        return "Outside lies nothing, as must be."
    if outside.kind == "through":
        rest = "with their results held constant, nothing"
        return f"Outside lies {share if outside.share else 'nothing'}, through {names}; {rest}."
    if outside.kind == "global":
        return f"It has no frame: all comes through {names}."
    if outside.kind == "lower bound":
        more = "not all that it reads is known"
        return f"The exact field is a lower bound: {more}{f'; {share} lies outside' if share else ''}."
    if outside.kind == "unchecked":
        return f"Outside lies {share}; not checked: {outside.why}."
    place = ",".join(map(str, outside.place or ()))
    return (
        f"FAULT: there is a gradient at {place}, outside the exact field ({outside.why}): the network was read "
        "wrongly, and what rfscope says of it is not to be trusted. Please report it."
    )


def _notes(found: EffectiveField) -> Iterator[str]:
    things = called(found.dims) if found.samples > 1 else called(found.dims).removesuffix("s")
    what = f"{things} of Gaussian noise and of nothing else"
    number = f"{found.samples} {what}" if found.is_noise else found.images
    yield (
        f"Measured on {number}; the channels of the output are weighted with {_cotangent(found)}; in evaluation mode, "
        f"weights as they are ({found.dtype}, seed {found.seed})."
    )
    if found.outside.kind in ("none", "through") and found.outside.why:
        yield f"Outside there was {found.outside.why}."
    if found.counts_unknown is not None and found.exact is not None:
        yield f"Path counts are not known: {found.counts_unknown}."


def _cotangent(found: EffectiveField) -> str:
    return {"signs": "random signs", "sum": "ones", "relu": "ones where positive"}[found.cotangent]


def _extents(found: EffectiveField, width: int) -> Iterator[Text]:
    rows = {name: found.extents[name] for name in _MAPS if name in found.extents}
    what = unit(found.dims)

    def column(title: str, of: list[str], telling: int = 0) -> Column:
        return Column(title, of, right=True, telling=telling)

    every: list[Extent] = list(rows.values())
    yield from table(
        [
            Column("map", [_MAPS[name] for name in rows]),
            column(f"std, {what}", [" x ".join(f"{one:.2f}" for one in extent.std) for extent in every]),
            *(
                column(f"side {100 * part:.0f} %", [str(extent.sides[place]) for extent in every], 2)
                for place, part in enumerate(PARTS)
            ),
            column("radius 50 %", [f"{extent.half_radius:.1f}" for extent in every], 1),
            column(
                "above 1 %", ["" if extent.above_peak is None else percent(extent.above_peak) for extent in every], 3
            ),
        ],
        width,
    )


def _gaussian(found: EffectiveField) -> str | None:
    """The Gaussian that describes the map along some axes; nothing where none does, or none can be fitted."""
    fitted = {axis: one for axis, one in enumerate(found.gaussians_known or ()) if one is not None}
    if not fitted:
        return None
    std = " x ".join(f"{one.std:.2f}" for one in fitted.values())
    explained = percent(min(one.explained for one in fitted.values()))
    where = "" if len(fitted) == found.dims else f" along axis {first_few(list(map(str, fitted)))}"
    return f"A Gaussian of std {std} {unit(found.dims)} explains {explained} of g²{where}."


def _grids(found: EffectiveField, width: int) -> Iterator[Text]:
    yield from table(
        [
            Column(f"grid of, {unit(found.dims)}", [f"{grid.period} along axis {grid.axis}" for grid in found.grids]),
            Column("share, g²", [f"{grid.share:.3f}" for grid in found.grids], True),
            Column(
                "share, counts", ["" if grid.counts is None else f"{grid.counts:.3f}" for grid in found.grids], True
            ),
            Column("mass by position, g²", [_masses(grid.mass) for grid in found.grids], telling=2),
            Column("counts", [_masses(grid.counts_mass or ()) for grid in found.grids], telling=1),
        ],
        width,
    )


def _masses(values: Sequence[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values[:4]) + (" …" if len(values) > 4 else "")


def _replknet(found: EffectiveField, width: int) -> Iterator[Text]:
    squares = found.replknet or ()
    said = ", ".join(
        f"{100 * one.part:.0f} %: {'none' if one.side is None or one.area is None else f'{one.side} ({one.area:.1%})'}"
        for one in squares
    )
    at = "" if found.input == (SIZE, SIZE) else f"; at {size_text(found.input)} and not {SIZE}x{SIZE}"
    yield from wrapped(
        f"RepLKNet's squares{at}: {said}. They depend on the scale of the gradients: compare with care.", width
    )

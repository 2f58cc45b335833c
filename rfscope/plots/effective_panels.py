"""The panels of a picture of an effective field: its map with frame and holes, and a marginal against path counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from rfscope.measured.field import EffectiveField
from rfscope.measured.moments import marginal, normalised
from rfscope.plots.layout import em, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.style import tick_places
from rfscope.wording import unit

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize

__all__ = ["Shown", "draw_field", "draw_marginal", "framed"]


@dataclass(frozen=True)
class Shown:
    """A field, and the part of the input that is shown.

    Attributes:
        found: The field.
        name: What it is called.
        box: First position and the one behind the last, per axis.
    """

    found: EffectiveField
    name: str
    box: tuple[tuple[int, int], ...]

    @property
    def plane(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The rows and columns shown; a line is one row."""
        return ((0, 1), *self.box)[-2:]  # type: ignore[return-value]

    def cut(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The part of a map over the input that is shown: of three axes the plane through the centre."""
        if values.ndim == 3:
            values = values[min(max(round(self.found.centre[0]), 0), values.shape[0] - 1)]
        (top, bottom), (left, right) = self.plane
        part: np.ndarray[Any, Any] = values.reshape(-1, values.shape[-1])[top:bottom, left:right]
        return part


def draw_field(ax: Axes, one: Shown, norm: Normalize, look: Look, inches: tuple[float, float]) -> None:
    """The measured map in colours, the holes, and the frame."""
    import numpy as np
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    found = one.found
    values = one.cut(found.e2) / found.e2.max()
    exact = np.ones(values.shape, dtype=bool) if found.exact is None else one.cut(found.exact)
    inside = np.ones(values.shape, dtype=bool) if found.frame is None else one.cut(framed(found))
    block = max(1, ceil(max(values.shape) / (max(inches) * ax.figure.dpi)))
    values, exact, holes = (_merged(part, block) for part in (values, exact, inside & ~exact))
    picture = look.colours(norm(np.maximum(values, norm.vmin or 0)))
    picture[~exact & (values == 0)] = to_rgba(look.palette.paper)
    picture[holes & ~(values > 0 if found.outside.kind != "none" else exact)] = to_rgba(look.palette.hole)
    (top, bottom), (left, right) = _from_centre(one)
    rows, columns = (number * block for number in values.shape)
    ax.imshow(
        picture,
        aspect="auto",
        interpolation="nearest",
        origin="upper",
        extent=(left, left + columns, top + rows, top),
    )
    if found.frame is not None:
        spans = [(start - middle - 0.5, size) for (start, size), middle in zip(found.frame, found.centre, strict=True)]
        (up, tall), (aside, broad) = spans[-2:]
        ax.add_patch(Rectangle((aside, up), broad, tall, fill=False, edgecolor=look.palette.ink, linewidth=0.9))
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    _ticks(ax, "x", right - left, inches[1])
    _ticks(ax, "y", bottom - top, inches[0])


def _ticks(ax: Axes, axis: str, size: float, inches: float) -> None:
    """Ticks in pixels from the centre."""
    room = wide(f"\N{MINUS SIGN}{int(size / 2)}", size_of("xtick.labelsize")) + 0.6 * em()
    low, high = ax.get_xlim() if axis == "x" else sorted(ax.get_ylim())
    odd = 2 * int(max(abs(low), abs(high))) + 1
    places = tick_places(odd, inches * odd / size, room, most=7)
    within = [place for place in places if low <= place <= high]
    (ax.set_xticks if axis == "x" else ax.set_yticks)(within)


def framed(found: EffectiveField) -> np.ndarray[Any, Any]:
    """Where the exact field's frame lies on the input."""
    import numpy as np

    inside = np.zeros(found.input, dtype=bool)
    spans = found.frame or ()
    inside[tuple(slice(max(0, start), max(0, start + size)) for start, size in spans)] = True
    return inside


def _merged(values: np.ndarray[Any, Any], block: int) -> np.ndarray[Any, Any]:
    """The largest of each block, where there are more positions than dots."""
    import numpy as np

    for axis in range(2) if block > 1 else ():
        kind: Any = np.logical_or if values.dtype == bool else np.maximum
        values = kind.reduceat(values, range(0, values.shape[axis], block), axis=axis)
    return values


def _from_centre(one: Shown) -> list[tuple[float, float]]:
    """Rows and columns shown, their edges in positions from the centre."""
    centre = (0.0, *one.found.centre)[-2:]
    return [
        (start - middle - 0.5, stop - middle - 0.5) for (start, stop), middle in zip(one.plane, centre, strict=True)
    ]


def draw_marginal(
    ax: Axes, one: Shown, axis: int, ends: tuple[float, float], look: Look, *, log: bool, first: bool, inches: float
) -> None:
    """The sum of the squared gradient at each place of an axis, and that of the path counts as a line."""
    import numpy as np

    found, (start, stop) = one.found, one.box[axis]
    edges = np.arange(start, stop + 1) - found.centre[axis] - 0.5
    floor = ends[0] if log else 0.0
    ax.set_yscale("log" if log else "linear")
    measured = normalised(marginal(found.e2, axis))[start:stop]
    ax.stairs(np.maximum(measured, floor), edges, baseline=floor, fill=True, color=look.palette.bar, linewidth=0)
    if found.counts is not None:
        counts = normalised(marginal(found.counts, axis))[start:stop]
        ax.stairs(np.maximum(counts, floor), edges, baseline=None, color=look.palette.ink, linewidth=0.8)
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylim(floor, ends[1] * (1.6 if log else 1.06))
    _ticks(ax, "x", float(edges[-1] - edges[0]), inches)
    if log:
        from matplotlib.ticker import LogLocator, NullLocator

        ax.yaxis.set_major_locator(LogLocator(numticks=4))
        ax.yaxis.set_minor_locator(NullLocator())
    else:
        ax.set_yticks([0, ends[1]], ["0", f"{ends[1]:.2g}"])
    if not first:
        ax.tick_params(labelleft=False)
    name = "" if found.dims == 1 else ("columns", "rows", "planes")[found.dims - 1 - axis]
    names = (f"{unit(found.dims)} from the centre, {name}", f"{unit(found.dims)}, {name}")
    fits = wide(names[0], size_of("axes.labelsize")) <= inches + 0.2
    ax.set_xlabel(names[not fits].removesuffix(", "), labelpad=1)

"""Effective fields: the measured map with the exact field's frame and holes, and its marginals against path counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError
from rfscope.measured.extent import PARTS
from rfscope.measured.field import EffectiveField
from rfscope.measured.moments import marginal, normalised
from rfscope.measured.samples import called
from rfscope.plots.layout import MARGIN, Page, dots_for, em, fit, line, size_of, wide
from rfscope.plots.look import Look, Width, look_of
from rfscope.plots.maps import TICK
from rfscope.plots.settings import drawing, left_out
from rfscope.plots.style import tick_places
from rfscope.wording import percent, size_text, unit

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

__all__ = ["plot_effective"]

_SIDE = 2.5
"""Inches of a map's longer side, at most."""

_LINE = 0.95
"""Inches of the height of a marginal."""

_NUMBERS = 0.42
"""Inches of the numbers beside an axis."""

_BAR = 0.7
"""Inches of the colour bar and all beside it."""

_FAINTEST = 1e-4
"""The least part of the peak that has a colour of its own on the logarithmic scale."""

_ROOM = 0.08
"""Part of the exact field that is shown beyond it on either side."""

_MOST = 6
"""Fields side by side, at most."""


@dataclass(frozen=True)
class _Shown:
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


def plot_effective(
    *fields: EffectiveField,
    log: bool = True,
    labels: Sequence[str] | None = None,
    title: str | None = None,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
) -> Figure:
    """Draw effective fields side by side: the squared gradient over the input, and its marginals against path counts.

    The frame is the exact field; within it, positions that cannot be read have a colour of their own. Nothing outside
    the frame is coloured but where there is a gradient, as comes through global operations. Of three axes the plane
    through the centre is shown, of one axis the line alone.

    Args:
        fields: What was measured, up to six.
        log: Whether the scales are logarithmic.
        labels: Names to show, one for each.
        title: Above the picture.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether the facts are written under the maps; if not said, where the figure is as wide as a text.

    Raises:
        RfscopeError: There are none or too many, or what is said of the look is out of range.
    """
    if not 1 <= len(fields) <= _MOST:
        raise RfscopeError("bad number of fields to draw", got=str(len(fields)), expected=f"1 to {_MOST}")
    if len({found.dims for found in fields}) > 1:
        raise RfscopeError("fields of different numbers of axes", got=", ".join(str(one.dims) for one in fields))
    names = [found.name for found in fields] if labels is None else list(labels)
    if len(names) != len(fields):
        raise RfscopeError("wrong number of labels", got=str(len(names)), expected=f"{len(fields)}, one per field")
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    both = zip(fields, names, strict=True)
    with drawing(look):
        return _drawn([_Shown(found, name, _box(found)) for found, name in both], look, log=log)


def _box(found: EffectiveField) -> tuple[tuple[int, int], ...]:
    """The part of the input to show: the exact field and a little more."""
    if found.frame is None:
        return tuple((0, size) for size in found.input)
    spans = []
    for (start, size), length in zip(found.frame, found.input, strict=True):
        more = max(1, ceil(_ROOM * size))
        spans.append((max(0, start - more), min(length, start + size + more)))
    return tuple(spans)


def _drawn(shown: Sequence[_Shown], look: Look, *, log: bool) -> Figure:
    flat = shown[0].found.dims == 1
    count = len(shown)
    left, gap, right = MARGIN + line() + _NUMBERS, 0.2 if flat else _NUMBERS, 2 * MARGIN if flat else _BAR
    most = 6.4 if flat else _SIDE
    across = most if look.width is None else (look.width - left - right) / count - gap
    across = max(0.8, min(across, 40.0))
    page_width = look.width or left + count * (across + gap) + right
    sides = [_sides(one, across) for one in shown]
    high = 0.0 if flat else max(height for height, _ in sides)
    size = size_of("axes.titlesize")
    heads = [fit([one.name], across, size, indent=0) for one in shown]
    facts = [fit(_facts(one.found), across + gap / 2, size_of("figure.labelsize"), indent=2) for one in shown]
    head = line("axes.titlesize") * (max(text.count("\n") for text in heads) + 1 + bool(look.title)) + MARGIN
    axes = min(2, shown[0].found.dims)
    step = _LINE + TICK + line("xtick.labelsize") + line() + 0.06
    below = line("figure.labelsize") * (max(text.count("\n") for text in facts) + 1) if look.caption else 0.0
    map_room = 0.0 if flat else high + TICK + line("xtick.labelsize") + 0.18
    legend = line("legend.fontsize") + 0.08
    page_height = look.height or MARGIN + head + map_room + axes * step + legend + below + MARGIN
    page = Page(None, look, width=page_width, height=page_height, dpi=dots_for(look))
    if look.title:
        page.text(left, MARGIN, look.title, "axes.titlesize")
    top = MARGIN + head
    norm = _norm(log=log)
    ends = _ends(shown)
    for place, (one, name) in enumerate(zip(shown, heads, strict=True)):
        start = left + place * (across + gap)
        page.text(start, top - 0.04, name, "axes.titlesize", va="bottom")
        if not flat:
            rows, columns = sides[place]
            ax = page.axes(start + (across - columns) / 2, top, columns, rows)
            _map(ax, one, norm, look, (rows, columns))
        for number in range(axes):  # the last axis stands under the map, along which it runs
            axis = one.found.dims - 1 - number
            ax = page.axes(start, top + map_room + number * step, across, _LINE)
            _marginal(ax, one, axis, ends, look, log=log, first=place == 0, inches=across)
        if look.caption:
            page.text(start, page_height - below, facts[place], "figure.labelsize", multialignment="left")
    if not flat:
        _bar(page, left + count * (across + gap) - gap + 0.1, top, max(high, 0.8), norm)
    _legend(page, left, top + map_room + axes * step, shown, look)
    if not look.caption:
        left_out(page.figure, "\n".join(f"{one.name}: {' '.join(_facts(one.found))}" for one in shown))
    return page.figure  # type: ignore[no-any-return]


def _sides(one: _Shown, across: float) -> tuple[float, float]:
    """Height and width of a map, in inches."""
    rows, columns = (stop - start for start, stop in one.plane)
    cell = min(across / columns, max(across, _SIDE) / rows)
    return max(0.3, rows * cell), max(0.3, columns * cell)


def _norm(*, log: bool) -> Normalize:
    from matplotlib.colors import LogNorm, Normalize

    return LogNorm(_FAINTEST, 1, clip=True) if log else Normalize(0, 1, clip=True)


def _map(ax: Axes, one: _Shown, norm: Normalize, look: Look, inches: tuple[float, float]) -> None:
    """The measured map in colours, the holes, and the frame."""
    import numpy as np
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    found = one.found
    values = one.cut(found.e2) / found.e2.max()
    exact = np.ones(values.shape, dtype=bool) if found.exact is None else one.cut(found.exact)
    framed = np.ones(values.shape, dtype=bool) if found.frame is None else one.cut(_framed(found))
    block = max(1, ceil(max(values.shape) / (max(inches) * ax.figure.dpi)))
    values, exact, holes = (_merged(part, block) for part in (values, exact, framed & ~exact))
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


def _framed(found: EffectiveField) -> np.ndarray[Any, Any]:
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


def _from_centre(one: _Shown) -> list[tuple[float, float]]:
    """Rows and columns shown, their edges in positions from the centre."""
    centre = (0.0, *one.found.centre)[-2:]
    return [
        (start - middle - 0.5, stop - middle - 0.5) for (start, stop), middle in zip(one.plane, centre, strict=True)
    ]


def _ends(shown: Sequence[_Shown]) -> tuple[float, float]:
    """The least and the largest number of all marginals, as far as they are drawn."""
    least, most = [], []
    for one in shown:
        for axis in range(one.found.dims):
            for values in (one.found.e2, one.found.counts):
                if values is not None:
                    part = normalised(marginal(values, axis))
                    least.append(float(part[part > 0].min()))
                    most.append(float(part.max()))
    return max(_FAINTEST * max(most), min(least) / 2), max(most)


def _marginal(
    ax: Axes, one: _Shown, axis: int, ends: tuple[float, float], look: Look, *, log: bool, first: bool, inches: float
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


def _bar(page: Page, left: float, top: float, high: float, norm: Normalize) -> None:
    from matplotlib.cm import ScalarMappable

    ax = page.axes(left, top, 0.11, high)
    bar = page.figure.colorbar(ScalarMappable(norm, page.look.colours), cax=ax)
    bar.solids.set_rasterized(True)
    bar.outline.set_linewidth(0.5)
    ax.set_ylabel(fit(["squared gradient, 1 = most"], high + 0.3, size_of("axes.labelsize"), indent=0), labelpad=2)
    ax.minorticks_off()
    if norm.vmin:
        places = [10.0**power for power in range(-4, 1)]
        least, *others = (f"$10^{{{power}}}$" for power in range(-4, 1))
        ax.set_yticks(places, [f"≤ {least}", *others])


def _legend(page: Page, left: float, top: float, shown: Sequence[_Shown], look: Look) -> None:
    """What the colours and lines mean."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    ink = look.palette.ink
    handles: list[Any] = [Patch(facecolor=look.palette.bar, label="measured")]
    if any(one.found.counts is not None for one in shown):
        handles.append(Line2D([], [], color=ink, linewidth=0.8, label="path counts"))
    if shown[0].found.dims > 1:
        if any(one.found.frame is not None for one in shown):
            handles.append(Patch(facecolor="none", edgecolor=ink, linewidth=0.9, label="exact field"))
        if any(_has_holes(one.found) for one in shown):
            handles.append(Patch(facecolor=look.palette.hole, edgecolor=ink, linewidth=0.4, label="cannot be read"))
    page.figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left / page.width, 1 - top / page.height),
        ncols=len(handles) if page.width > 4 else 2,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1.1,
        handleheight=1,
        handletextpad=0.5,
        columnspacing=1.0,
        fontsize=size_of("legend.fontsize"),
    )


def _has_holes(found: EffectiveField) -> bool:
    return found.frame is not None and found.exact is not None and bool((_framed(found) & ~found.exact).any())


def _facts(found: EffectiveField) -> list[str]:
    """What is said under a map."""
    half = PARTS.index(0.5)
    extents = found.extents
    measured = size_text([extents["e2"].sides[half]] * found.dims)
    counts = f" (path counts {size_text([extents['counts'].sides[half]] * found.dims)})" if "counts" in extents else ""
    said = [f"Half within {measured}{counts}."]
    if found.frame is not None:
        said.insert(0, f"Exact field {size_text(size for _, size in found.frame)}.")
    if found.grids:
        worst = max(found.grids, key=lambda grid: grid.share - (grid.counts or 0))
        beside = "" if worst.counts is None else f" (path counts {worst.counts:.2f})"
        said.append(f"Grid share {worst.share:.2f} at {worst.period}{beside}.")
    outside = found.outside
    if outside.share is not None:
        said.append("Nothing outside." if not outside.share else f"{percent(outside.share)} outside.")
    said.append(f"{found.samples} {called(found.dims)} of noise." if found.is_noise else f"{found.images}.")
    return said

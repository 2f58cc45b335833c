"""Effective fields: the measured map with the exact field's frame and holes, and its marginals against path counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError
from rfscope.measured.extent import PARTS
from rfscope.measured.field import EffectiveField
from rfscope.measured.moments import marginal, normalised
from rfscope.measured.samples import called
from rfscope.plots.effective_panels import Shown, draw_field, draw_marginal, framed
from rfscope.plots.layout import MARGIN, Page, dots_for, fit, line, size_of
from rfscope.plots.look import Look, Width, look_of
from rfscope.plots.maps import TICK
from rfscope.plots.settings import drawing, left_out
from rfscope.wording import percent, size_text

if TYPE_CHECKING:
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
        return _drawn([Shown(found, name, _box(found)) for found, name in both], look, log=log)


def _box(found: EffectiveField) -> tuple[tuple[int, int], ...]:
    """The part of the input to show: the exact field and a little more."""
    if found.frame is None:
        return tuple((0, size) for size in found.input)
    spans = []
    for (start, size), length in zip(found.frame, found.input, strict=True):
        more = max(1, ceil(_ROOM * size))
        spans.append((max(0, start - more), min(length, start + size + more)))
    return tuple(spans)


def _drawn(shown: Sequence[Shown], look: Look, *, log: bool) -> Figure:
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
            draw_field(ax, one, norm, look, (rows, columns))
        for number in range(axes):  # the last axis stands under the map, along which it runs
            axis = one.found.dims - 1 - number
            ax = page.axes(start, top + map_room + number * step, across, _LINE)
            draw_marginal(ax, one, axis, ends, look, log=log, first=place == 0, inches=across)
        if look.caption:
            page.text(start, page_height - below, facts[place], "figure.labelsize", multialignment="left")
    if not flat:
        _bar(page, left + count * (across + gap) - gap + 0.1, top, max(high, 0.8), norm)
    _legend(page, left, top + map_room + axes * step, shown, look)
    if not look.caption:
        left_out(page.figure, "\n".join(f"{one.name}: {' '.join(_facts(one.found))}" for one in shown))
    return page.figure  # type: ignore[no-any-return]


def _sides(one: Shown, across: float) -> tuple[float, float]:
    """Height and width of a map, in inches."""
    rows, columns = (stop - start for start, stop in one.plane)
    cell = min(across / columns, max(across, _SIDE) / rows)
    return max(0.3, rows * cell), max(0.3, columns * cell)


def _norm(*, log: bool) -> Normalize:
    from matplotlib.colors import LogNorm, Normalize

    return LogNorm(_FAINTEST, 1, clip=True) if log else Normalize(0, 1, clip=True)


def _ends(shown: Sequence[Shown]) -> tuple[float, float]:
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


def _legend(page: Page, left: float, top: float, shown: Sequence[Shown], look: Look) -> None:
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
    return found.frame is not None and found.exact is not None and bool((framed(found) & ~found.exact).any())


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

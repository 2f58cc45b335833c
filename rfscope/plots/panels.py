"""Maps of a network as panels over the same pixels of the input."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from rfscope.exact.cells import Cells
from rfscope.plots.layout import MARGIN, Page, em, fit, line, short_or, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.maps import TICK
from rfscope.plots.panel_plan import BAR, ELONGATED, GAP, Panel, PanelPage, plan_panels
from rfscope.plots.style import tick_places
from rfscope.wording import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PanelPage", "draw_panels", "plan_panels"]

_GRID = 0.04
"""Inches of a cell's side from which on cells are framed."""

_SEEN, _CLOSE, _FEW = 1.2, 0.5, 4000
"""Points of the side of a cell that is seen at a glance, the part of the way to the next that it may take for that,
and how many cells are enlarged."""


def draw_panels(plan: PanelPage, page: Page) -> None:
    """Draw maps of two axes, or a plane of each map of three, from the output to the input."""
    (high, wide_), look = plan.side, page.look
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    slot = plan.step
    for place, panel in enumerate(plan.panels):
        row, column = divmod(place, plan.columns)
        top = head + plan.above + row * (high + plan.above + GAP)
        ax = page.axes(plan.left + column * slot, top, wide_, high)
        _draw(ax, panel, plan, plan.blocks[place], look)
        ax.set_title(plan.titles[place], parse_math=False, x=0, ha="left", pad=3)
        _label(ax, plan, left=column == 0, low=place + plan.columns >= len(plan.panels))
        if place:
            _arrow(page, ax, plan, first=column == 0)
    first, last = head + plan.above, head + plan.rows * (high + plan.above + GAP) - GAP
    right = plan.left + plan.columns * slot - GAP
    bar = _colour_bar(page, right + GAP, first, min(last - first, max(high, 2.5)))
    units = unit(2 if plan.panels[0].shown.plane is None else 3)
    name, low = f"{units} from the centre", last + TICK + line("xtick.labelsize")
    page.text((plan.left + right) / 2, low, short_or(name, right - plan.left), ha="center")
    upright = name if last - first + 0.3 > wide(name, size_of("axes.labelsize")) else units
    page.text(MARGIN + em() / 2, (first + last) / 2, upright, ha="center", va="center", rotation=90)
    _legend(page, bar, plan, low + 0.03, merged=max(plan.largest) > 1)
    if look.title:
        page.text(plan.left, MARGIN, look.title, "axes.titlesize")


def _draw(ax: Axes, panel: Panel, plan: PanelPage, block: tuple[int, int], look: Look) -> None:
    import numpy as np
    from matplotlib.patches import Rectangle

    shown, (down, across), palette = panel.shown, plan.reach, look.palette
    pixel = ax.bbox.height / (2 * down), ax.bbox.width / (2 * across)
    dots = [size * panel.stride(axis) for axis, size in enumerate(pixel)]
    cells = shown.cells(block)

    (top, bottom), (left, right) = panel.edges(0), panel.edges(1)
    high, wide_ = (number * block[axis] * panel.stride(axis) for axis, number in enumerate(cells.values.shape))
    image = ax.imshow(
        np.ma.masked_array(cells.values / cells.values.max(), mask=cells.holes if panel.judged else ~cells.read),
        cmap=look.colours.with_extremes(bad=palette.hole if panel.judged else palette.off),
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(left, left + wide_, top + high, top),
    )
    if cells.read.sum() <= _FEW:
        _mark(ax, panel, cells, block, look)
    image.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=ax.transData))
    ax.set_xlim(-across, across)
    ax.set_ylim(down, -down)
    ax.set_aspect("equal" if max(plan.reach) < ELONGATED * min(plan.reach) else "auto")
    if min(dots) >= _GRID * ax.figure.dpi:
        frames: Any = {"color": palette.faint, "linewidth": 0.3}
        ax.vlines(_frames(left, panel.stride(1), across), -down, down, **frames)
        ax.hlines(_frames(top, panel.stride(0), down), -across, across, **frames)


def _mark(ax: Axes, panel: Panel, cells: Cells, block: tuple[int, int], look: Look) -> None:
    """Enlarge cells that would be too small to be seen, where there is room between them."""
    sides = [
        72 * (size / ax.figure.dpi) * panel.stride(axis) * block[axis] / (upper - lower)
        for axis, (size, (lower, upper)) in enumerate(
            ((ax.bbox.height, sorted(ax.get_ylim())), (ax.bbox.width, sorted(ax.get_xlim())))
        )
    ]
    apart = (cells.read.size / cells.read.sum()) ** 0.5
    side = min(_SEEN, _CLOSE * apart * min(sides))
    if side <= max(sides):
        return
    rows, columns = cells.read.nonzero()
    (top, _), (left, _) = panel.edges(0), panel.edges(1)
    ax.scatter(
        left + (columns + 0.5) * panel.stride(1) * block[1],
        top + (rows + 0.5) * panel.stride(0) * block[0],
        side**2,
        look.colours(cells.values[rows, columns] / cells.values.max()),
        marker="s",
        linewidths=0,
        zorder=2,
    )


def _frames(edge: float, stride: float, reach: float) -> list[float]:
    """The edges of all cells in a panel, used or not."""
    first, last = ceil((-reach - edge) / stride), floor((reach - edge) / stride)
    return [edge + number * stride for number in range(first, last + 1)]


def _label(ax: Axes, plan: PanelPage, *, left: bool, low: bool) -> None:
    """Ticks in pixels of what is read of the input; their labels at the edges only, for they are alike."""
    last, (down, across), (high, wide_) = plan.panels[-1], plan.reach, plan.side
    rows, columns = (round(last.edges(axis)[1] - last.edges(axis)[0]) for axis in (0, 1))
    label = wide(f"\N{MINUS SIGN}{columns // 2}", size_of("xtick.labelsize")) + 0.6 * em()
    room = wide_ + GAP - label  # so that the outermost labels of two panels do not meet
    inside = min(columns, 2 * int(across * room / wide_) + 1)
    ax.set_xticks(tick_places(inside, wide_ * inside / (2 * across), label) if room > 0 else [])
    ax.set_yticks(tick_places(rows, high * rows / (2 * down), 1.5 * em("ytick.labelsize")))
    ax.tick_params(labelleft=left, labelbottom=low)


def _arrow(page: Page, ax: Axes, plan: PanelPage, *, first: bool) -> None:
    """Lead the eye from the panel before to this one."""
    from matplotlib.transforms import ScaledTranslation

    figure = page.figure.canvas.figure
    away = ScaledTranslation(-0.05, plan.above / 2 if first else 0, figure.dpi_scale_trans)
    ax.annotate(
        "",
        (0, 1 if first else 0.5),
        xytext=(-10 if not first else 0, 0 if not first else 12),
        xycoords=ax.transAxes + away,
        textcoords="offset points",
        arrowprops={
            "arrowstyle": "-|>",
            "lw": 0.8,
            "color": page.look.palette.ink,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        },
        annotation_clip=False,
    )


def _colour_bar(page: Page, left: float, top: float, high: float) -> Axes:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    ax = page.axes(left, top, BAR, high)
    bar = page.figure.colorbar(ScalarMappable(Normalize(0, 1), page.look.colours), cax=ax, ticks=[0, 0.5, 1])
    bar.solids.set_rasterized(True)
    bar.outline.set_linewidth(0.5)
    label = fit(["paths, 1 = most in the panel"], max(high, 0.7), size_of("axes.labelsize"), indent=0)
    ax.set_ylabel(label, labelpad=2)
    return ax


def _legend(page: Page, bar: Axes, plan: PanelPage, top: float, *, merged: bool) -> None:
    """Explain the colours of what is not read."""
    palette = page.look.palette
    rest = [panel for panel in plan.panels if panel.shown.used < panel.shown.pixels]
    said = []
    if any(not panel.judged for panel in rest):
        said.append((palette.off, "not on a path to this output"))
    if any(panel.judged for panel in rest):
        said.append((palette.hole, "some never read" if merged else "never read"))
    page.legend(bar, page.width - MARGIN, top + line(), said)

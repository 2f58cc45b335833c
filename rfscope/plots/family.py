"""A map of all schedules of a family: how far each sees, and how strong its gridding is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.design.family import family
from rfscope.plots.dots import Dots, Named, Picture, draw_dots
from rfscope.plots.look import Width, look_of
from rfscope.plots.settings import drawing
from rfscope.wording import rates_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_family"]


def plot_family(
    *,
    layers: int,
    max_rate: int,
    kernel: int = 3,
    title: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw all schedules of a number of layers: receptive field against gridding index, sound or not, known ones named.

    One dot for each set of rates; in whatever order they are written, field, holes and index are the same. The verdict
    is that of the rates in rising order, as a network of its own.

    Args:
        layers: How many.
        max_rate: The largest rate.
        kernel: Taps of each layer.
        title: Above the picture.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether remarks are written below the picture; if not said, where it is as wide as a text.
        figure: A figure to draw in, or a part of one, as large as it is; one of its own if not given.

    Raises:
        RfscopeError: A number is out of range, or there are too many schedules to draw.

    Example:
        >>> figure = plot_family(layers=3, max_rate=9)
        >>> figure.axes[0].get_xlabel()
        'receptive field (pixels along an axis)'
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, dark=dark)
    found = family(layers, max_rate, kernel)
    ok = ~found.holes & ~found.gridding
    palette = look.palette
    kinds = (
        ("HOLES", palette.hole, found.holes),
        ("GRIDDING", palette.line, found.gridding),
        ("OK", palette.bar, ok),
    )
    with drawing(look):
        shown = Picture(
            f"Schedules of {layers} layers of {kernel} taps, rates up to {max_rate}",
            "receptive field (pixels along an axis)",
            "gridding index",
            [
                Dots(name, colour, found.fields[kept], found.indices[kept], crossed=name == "GRIDDING")
                for name, colour, kept in kinds
            ],
            [
                Named(
                    f"{rates_text(found.rates[:, number].tolist())}: {who}",
                    float(found.fields[number]),
                    found.indices[number],
                )
                for number, who in found.known().items()
            ],
            [
                f"{len(found.fields):,} sets of rates, each judged as a network of its own with its rates rising.",
                "Gridding index: 0 smooth, 1 separate grids.",
            ],
        )
        return draw_dots(shown, look, figure)

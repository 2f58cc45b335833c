"""How pictures look: colours, ticks, the size of print, and when numbers fit into cells."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from rfscope.plots.settings import setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

__all__ = [
    "COARSEST",
    "DOTS",
    "FINEST",
    "SMALLEST",
    "digit_size",
    "inches",
    "ink",
    "pixel_points",
    "thin",
    "tick_places",
    "ticks",
]

DOTS = 1.5
"""Dots of a figure along each side of a cell, at least: with fewer, cells would get lost."""

COARSEST, FINEST = 300, 600
"""Dots per inch of our own figures: what journals ask of pictures and of line art."""

SMALLEST, _LARGEST = 6.0, 8.0
"""Points of the smallest print that can be read, and of the largest that cells need."""

_DIGIT = 0.64
"""Width of a digit relative to the size of print."""


def ink(*rgb: float) -> str:
    """Black or white, whichever stands out more on a colour (contrast as in WCAG 2, at least 4.5)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


def digit_size(width: float, height: float, largest: int) -> float | None:
    """Size of print at which every count fits its cell with room to spare, or None if that is too small to read.

    Args:
        width: Of a cell, in points.
        height: Of a cell, in points.
        largest: The largest count.

    Example:
        >>> digit_size(20.0, 20.0, 12), digit_size(4.0, 4.0, 1)
        (8.0, None)
    """
    digits = len(str(min(largest, 10**20)))
    size = min(_LARGEST, 0.78 * width / (digits * _DIGIT), 0.8 * height)
    return size if size >= SMALLEST else None


def pixel_points(ax: Axes) -> tuple[float, float]:
    """Width and height of one unit of linear axes that have been laid out, in points."""
    (left, top), (right, bottom) = ax.transData.transform([(0, 1), (1, 2)])
    unit = 72 / ax.figure.dpi
    return abs(right - left) * unit, abs(bottom - top) * unit


def tick_places(size: int, length: float, label: float, most: int = 9) -> list[float]:
    """Ticks in pixels from the centre of an axis, 1, 2 or 5 times a power of ten apart; none where two do not fit.

    Args:
        size: Pixels along the axis.
        length: Inches along the axis.
        label: Inches that a label takes along the axis, with the room beside it.
        most: Ticks, at most.

    Example:
        >>> tick_places(17, 2.0, 0.2), tick_places(17, 0.7, 0.2), tick_places(3, 0.2, 0.2)
        ([-8.0, -6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0], [-5.0, 0.0, 5.0], [])
    """
    steps: Iterator[int] = (digit * 10**power for power in count() for digit in (1, 2, 5))
    for step in steps:
        if step >= size:
            return []
        places = ticks(size, step)
        if 1 < len(places) <= most and step * length / size >= label:
            return places
    raise AssertionError


def ticks(size: int, step: int) -> list[float]:
    """Ticks in pixels from the centre of an axis, alike on both sides.

    Pixels of an even size lie at half-integers. Ticks for each pixel do so too; coarser ones are multiples of the step
    all the same and stand between two pixels.

    Example:
        >>> ticks(17, 5), ticks(4, 1)
        ([-5.0, 0.0, 5.0], [-1.5, -0.5, 0.5, 1.5])
    """
    if step == 1:
        return [place - (size - 1) / 2 for place in range(size)]
    last = (size - 1) // 2 // step
    return [float(step * number) for number in range(-last, last + 1)]


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of axes, before the layout: about what they will have."""
    return ax.bbox.width / ax.figure.dpi, ax.bbox.height / ax.figure.dpi


def thin(axes: Axes) -> None:
    """Give axes the ticks and frame of the settings in force; ticks are made late, when others may be."""
    for axis in ("x", "y"):
        for which in ("major", "minor"):
            axes.tick_params(
                axis=axis,
                which=which,
                width=setting(f"{axis}tick.{which}.width"),
                length=setting(f"{axis}tick.{which}.size"),
            )
        axes.tick_params(
            axis=axis,
            which="both",
            pad=setting(f"{axis}tick.major.pad"),
            labelsize=setting(f"{axis}tick.labelsize"),
            color=setting(f"{axis}tick.color"),
            labelcolor=setting(f"{axis}tick.color"),
        )
    for spine in axes.spines.values():
        spine.set_linewidth(setting("axes.linewidth"))
        spine.set_edgecolor(setting("axes.edgecolor"))

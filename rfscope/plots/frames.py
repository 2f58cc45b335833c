"""How the field grows, layer by layer back to the input, as pictures one after the other: GIF or animated PNG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope.errors import OutputError, RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.network.graph import INPUT
from rfscope.plots.caption import label
from rfscope.plots.lattice import Sheet, sheets
from rfscope.plots.layout import MARGIN, Page, fit, line, size_of
from rfscope.plots.look import Look
from rfscope.plots.maps import TICK
from rfscope.plots.settings import drawing
from rfscope.plots.style import tick_places
from rfscope.plots.tree import draw_tree
from rfscope.plots.tree_paint import paint
from rfscope.plots.view import view
from rfscope.targets import Target, analysis_of
from rfscope.wording import size_text, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from PIL.Image import Image

__all__ = ["FORMATS", "animate_layers", "animation"]

FORMATS: Mapping[str, str] = {"gif": "GIF", "apng": "PNG"}
"""The formats by suffix, as Pillow calls them."""

_SIDE = 3.6
"""Inches of a map's longer side."""

_THINNEST = 0.6
"""Inches of its shorter side, at least."""

_NUMBER = 0.3
"""Inches of a number at an axis."""

_DPI = 150

_FINEST = 1.5
"""Dots along a cell's side, at least."""

_MOST = 24
"""Maps, at most: the middle ones are left out."""

_COLOURS, _WHITE = 128, 247
"""Colours of all frames together, and from which level on all parts of one are white: the paper is not to turn grey."""


def animate_layers(target: Target | Analysis, file: str | Path, *, seconds: float = 1.0, dark: bool = False) -> None:
    """Write how the field of one output grows layer by layer back to the input, as an animated GIF or PNG.

    A frame for each map that is read with more than one tap, a stride or the like, from the output's own to the input,
    over the same pixels of the input; of a 1-D network the tree, growing row by row. The last frame stays three times
    as long, then it begins again. The same network makes the same bytes.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        file: Where to, ending in ``.gif`` or ``.apng``.
        seconds: How long a frame stays, 0.1 to 60.
        dark: Whether on dark paper.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or the time is out of range.
        OutputError: The suffix is another one, or the file cannot be written.
        LimitError: A map is longer than the limit ``axis`` or has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.
    """
    path = Path(file)
    data, _ = animation(analysis_of(target), path.suffix.removeprefix(".").lower(), seconds=seconds, dark=dark)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError("cannot write", where=str(path), got=error.strerror or str(error)) from None


def animation(
    analysis: Analysis, format: str, *, seconds: float = 1.0, dark: bool = False
) -> tuple[bytes, tuple[int, int, int]]:
    """The bytes of an animation, and its frames, width and height in dots.

    Raises:
        RfscopeError: As for ``animate_layers``.
    """
    if format not in FORMATS:
        raise OutputError("unknown format of an animation", got=format or "none", expected=" or ".join(FORMATS))
    if not 0.1 <= seconds <= 60:
        raise RfscopeError("bad time of a frame", got=seconds, expected="0.1 to 60 seconds")
    look = Look(dpi=_DPI, dark=dark)
    with drawing(look):
        frames = list((_tree_frames if analysis.network.dims == 1 else _map_frames)(analysis, look))
    return _encoded(frames, FORMATS[format], round(1000 * seconds)), (len(frames), *frames[0].size)


def _encoded(frames: Sequence[Image], format: str, duration: int) -> bytes:
    """All frames in the colours of the last one and of the first: no other occurs, and a file stays small."""
    from PIL import Image as Images

    both = Images.new("RGB", (frames[0].width, 2 * frames[0].height))
    both.paste(frames[0], (0, 0))
    both.paste(frames[-1], (0, frames[0].height))
    palette = both.quantize(_COLOURS, dither=Images.Dither.NONE)
    shades = palette.getpalette() or []
    palette.putpalette([255 if min(shades[at // 3 * 3 :][:3]) > _WHITE else shades[at] for at in range(len(shades))])
    few = [frame.quantize(palette=palette, dither=Images.Dither.NONE) for frame in frames]
    buffer = BytesIO()
    times = [duration] * (len(few) - 1) + [3 * duration]
    few[0].save(buffer, format, save_all=True, append_images=few[1:], duration=times, loop=0, optimize=True)
    return buffer.getvalue()


def _pixels(figure: Figure) -> Image:
    """A figure as it is now."""
    from PIL import Image as Images

    canvas: Any = figure.canvas
    canvas.draw()
    return Images.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert("RGB")


def _tree_frames(analysis: Analysis, look: Look) -> Iterator[Image]:
    """A tree, row by row."""
    ax, made = draw_tree(analysis, look)
    figure = ax.figure.canvas.figure
    for height in sorted({dot.y for dot in made.read} | {bar.y for bar in (*made.full, *made.mixed)}):
        for artist in list(ax.collections):
            artist.remove()
        paint(ax, made.until(height), look, of=made)
        yield _pixels(figure)


@dataclass(frozen=True, eq=False)
class _Frame:
    """A map over the input.

    Attributes:
        sheet: The map, and who reads it.
        lost: Whether what is skipped of it is lost.
        middle: The middle of what the output reads of the input, per axis shown.
        reach: How far all maps reach from there, per axis shown.
    """

    sheet: Sheet
    lost: bool
    middle: tuple[Fraction, ...]
    reach: tuple[float, ...]

    def edges(self, axis: int) -> tuple[float, float]:
        """First and last edge along an axis shown."""
        first, last = _edges(self.sheet, axis)
        return float(first - self.middle[axis]), float(last - self.middle[axis])


def _edges(sheet: Sheet, axis: int) -> tuple[Fraction, Fraction]:
    start, size, lies = sheet.start[-2:][axis], sheet.counts.size[-2:][axis], sheet.axes[-2:][axis]
    half = Fraction(1, 2)
    return lies.at(start - half), lies.at(start + size - half)


def _frames(analysis: Analysis) -> list[_Frame]:
    found, _ = sheets(analysis, most=_MOST)
    lost = {INPUT, *(skipped.map for skipped in analysis.judgement.skipped)}
    middle = tuple(sum(_edges(found[-1], axis), Fraction(0)) / 2 for axis in (0, 1))
    reach = tuple(
        max(abs(float(edge - middle[axis])) for sheet in found for edge in _edges(sheet, axis)) for axis in (0, 1)
    )
    return [_Frame(sheet, sheet.name in lost, middle, reach) for sheet in found]


def _map_frames(analysis: Analysis, look: Look) -> Iterator[Image]:
    """Maps of two axes, or planes of maps of three, each in the place of the one before."""
    frames = _frames(analysis)
    down, across = frames[0].reach
    cell = _SIDE / (2 * max(down, across))
    wide, high = max(2 * across * cell, _THINNEST), max(2 * down * cell, _THINNEST)
    head, left = 2 * line("axes.titlesize") + 2 * MARGIN, MARGIN + line() + _NUMBER + TICK
    page = Page(
        None,
        look,
        width=left + wide + 2 * MARGIN,
        height=head + high + TICK + line("xtick.labelsize") + line() + MARGIN,
        dpi=_DPI,
    )
    ax = page.axes(left, head, wide, high)
    name = f"{unit(analysis.network.dims)} from the centre"
    ax.set_xlabel(name, labelpad=2)
    ax.set_ylabel(name, labelpad=2)
    ax.set_xticks(tick_places(round(2 * across), wide, _NUMBER))
    ax.set_yticks(tick_places(round(2 * down), high, _NUMBER))
    for place, frame in enumerate(frames):
        words = fit(_words(analysis, frame, place, len(frames)), page.width - 2 * MARGIN, size_of("axes.titlesize"))
        said = page.text(MARGIN, MARGIN, "\n".join(words.split("\n")[:2]), "axes.titlesize")
        image = _draw(ax, frame, look)
        ax.set(xlim=(-across, across), ylim=(down, -down))
        yield _pixels(page.figure)
        said.remove()
        image.remove()


def _words(analysis: Analysis, frame: _Frame, place: int, among: int) -> list[str]:
    sheet = frame.sheet
    used = f"{sheet.counts.used} of {size_text(sheet.counts.size)} read"
    which = "input" if sheet.name == INPUT else f"map {place + 1} of {among}"
    return [f"{label(analysis)}, {which}: {used}", f"by {sheet.names}, {sheet.reads}" if sheet.reads else ""]


def _draw(ax: Axes, frame: _Frame, look: Look) -> AxesImage:
    import numpy as np
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    shown, axes = view(frame.sheet.counts), frame.sheet.axes[-2:]
    dots = [float(axes[axis].stride) * ax.bbox.size[1 - axis] / (2 * frame.reach[axis]) for axis in (0, 1)]
    block = tuple(max(1, ceil(_FINEST / side)) for side in dots)
    cells = shown.cells(block)
    (top, bottom), (left, right) = frame.edges(0), frame.edges(1)
    high, wide = (n * block[axis] * float(axes[axis].stride) for axis, n in enumerate(cells.values.shape))
    picture = look.colours(cells.values / cells.values.max())
    unread = cells.holes if frame.lost else cells.holes & ~cells.read
    picture[np.asarray(unread)] = to_rgba(look.palette.hole if frame.lost else look.palette.off)
    extent = (left, left + wide, top + high, top)
    image = ax.imshow(picture, interpolation="nearest", extent=extent, aspect="auto")
    image.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=ax.transData))
    return image

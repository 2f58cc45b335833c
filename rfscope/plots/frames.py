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
from rfscope.plots.caption import fit, label
from rfscope.plots.lattice import Sheet, sheets
from rfscope.plots.settings import drawing
from rfscope.plots.style import HOLE, colours, inches, new_figure, settle, thin
from rfscope.plots.tree import draw_tree
from rfscope.plots.tree_paint import paint
from rfscope.plots.view import view
from rfscope.targets import Target, analysis_of
from rfscope.wording import size_text, unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

__all__ = ["FORMATS", "animate_layers", "animation"]

FORMATS: Mapping[str, str] = {"gif": "GIF", "apng": "PNG"}
"""The formats by suffix, as Pillow calls them."""

_SIDE = 3.6
"""Inches of a map's longer side."""

_DPI = 150

_FINEST = 1.5
"""Dots along a cell's side, at least."""

_MOST = 24
"""Maps, at most: the middle ones are left out."""

_COLOURS, _WHITE = 128, 247
"""Colours of all frames together, and from which level on all parts of one are white: the paper is not to turn grey."""

_OFF = "#e9e9e9"
"""Positions on no path to this output, which is no loss."""


def animate_layers(target: Target | Analysis, file: str | Path, *, seconds: float = 1.0) -> None:
    """Write how the field of one output grows layer by layer back to the input, as an animated GIF or PNG.

    A frame for each map that is read with more than one tap, a stride or the like, from the output's own to the input,
    over the same pixels of the input; of a 1-D network the tree, growing row by row. The last frame stays three times
    as long, then it begins again. The same network makes the same bytes.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        file: Where to, ending in ``.gif`` or ``.apng``.
        seconds: How long a frame stays, 0.1 to 60.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or the time is out of range.
        OutputError: The suffix is another one, or the file cannot be written.
        LimitError: A map is longer than the limit ``axis`` or has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.
    """
    path = Path(file)
    data, _ = animation(analysis_of(target), path.suffix.removeprefix(".").lower(), seconds=seconds)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError("cannot write", where=str(path), got=error.strerror or str(error)) from None


def animation(analysis: Analysis, format: str, *, seconds: float = 1.0) -> tuple[bytes, tuple[int, int, int]]:
    """The bytes of an animation, and its frames, width and height in dots.

    Raises:
        RfscopeError: As for ``animate_layers``.
    """
    if format not in FORMATS:
        raise OutputError("unknown format of an animation", got=format or "none", expected=" or ".join(FORMATS))
    if not 0.1 <= seconds <= 60:
        raise RfscopeError("bad time of a frame", got=seconds, expected="0.1 to 60 seconds")
    with drawing():
        frames = list(_tree_frames(analysis) if analysis.network.dims == 1 else _map_frames(analysis))
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


def _tree_frames(analysis: Analysis) -> Iterator[Image]:
    """A tree, row by row."""
    ax, made = draw_tree(analysis, dpi=_DPI)
    figure = ax.figure.canvas.figure
    for height in sorted({dot.y for dot in made.read} | {bar.y for bar in (*made.full, *made.mixed)}):
        for artist in list(ax.collections):
            artist.remove()
        paint(ax, made.until(height), of=made)
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


def _map_frames(analysis: Analysis) -> Iterator[Image]:
    """Maps of two axes, or planes of maps of three, each in the place of the one before."""
    frames = _frames(analysis)
    down, across = frames[0].reach
    cell = _SIDE / (2 * max(down, across))
    figure = new_figure(max(2 * across * cell, 1.2) + 0.8, max(2 * down * cell, 0.6) + 1.15, 1.0)
    figure.set_dpi(_DPI)
    ax = figure.subplots()
    thin(ax)
    ax.set_xlabel(f"{unit(analysis.network.dims)} from the centre")
    ax.set_ylabel(f"{unit(analysis.network.dims)} from the centre")
    ax.set_aspect("equal" if max(down, across) < 12 * min(down, across) else "auto")
    ax.set(xlim=(-across, across), ylim=(down, -down))
    ax.set_title("\n\n", loc="left")
    settle(figure)
    for place, frame in enumerate(frames):
        ax.set_title(_words(analysis, frame, place, len(frames), ax), loc="left", parse_math=False)
        _draw(ax, frame)
        ax.set(xlim=(-across, across), ylim=(down, -down))
        yield _pixels(figure)
        for image in list(ax.images):
            image.remove()


def _words(analysis: Analysis, frame: _Frame, place: int, among: int, ax: Axes) -> str:
    sheet = frame.sheet
    used = f"{sheet.counts.used} of {size_text(sheet.counts.size)} read"
    which = "input" if sheet.name == INPUT else f"map {place + 1} of {among}"
    lines = [f"{label(analysis)}, {which}: {used}", f"by {sheet.names}, {sheet.reads}" if sheet.reads else ""]
    return "\n".join(fit(lines, inches(ax)[0] + 0.4, 8.0, indent=0).split("\n")[:3])


def _draw(ax: Axes, frame: _Frame) -> None:
    import numpy as np
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    shown = view(frame.sheet.counts)
    axes = frame.sheet.axes[-2:]
    dots = [float(axes[axis].stride) * ax.bbox.size[1 - axis] / (2 * frame.reach[axis]) for axis in (0, 1)]
    block = tuple(max(1, ceil(_FINEST / side)) for side in dots)
    cells = shown.cells(block)
    (top, bottom), (left, right) = frame.edges(0), frame.edges(1)
    high, wide = (n * block[axis] * float(axes[axis].stride) for axis, n in enumerate(cells.values.shape))
    picture = colours()(cells.values / cells.values.max())
    unread = cells.holes if frame.lost else cells.holes & ~cells.read
    picture[np.asarray(unread)] = to_rgba(HOLE if frame.lost else _OFF)
    extent = (left, left + wide, top + high, top)
    image = ax.imshow(picture, interpolation="nearest", extent=extent, aspect=ax.get_aspect())
    image.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=ax.transData))

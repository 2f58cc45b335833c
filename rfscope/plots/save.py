"""Pictures as files: PNG, SVG or PDF, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rfscope.errors import OutputError
from rfscope.plots.settings import writing

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

__all__ = ["picture_format", "render", "save"]

_METADATA: Mapping[str, Mapping[str, None]] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""The formats, each with the metadata to leave out because it changes from run to run."""


def picture_format(name: str) -> str:
    """The name of a format in lower case.

    Raises:
        OutputError: There is no such format.
    """
    kind = name.lower()
    if kind not in _METADATA:
        raise OutputError("unknown picture format", got=name or "none", expected="png, svg or pdf")
    return kind


def render(figure: Figure | SubFigure, format: str) -> bytes:
    """Make a figure into a file's bytes, the same on every run.

    Args:
        figure: Any matplotlib figure; of a subfigure the whole one.
        format: ``"png"``, ``"svg"`` or ``"pdf"``.

    Raises:
        OutputError: The format is another one.
    """
    kind = picture_format(format)
    buffer = BytesIO()
    whole = figure.canvas.figure
    with writing(whole):
        whole.savefig(buffer, format=kind, metadata=dict(_METADATA[kind]))
    return buffer.getvalue()


def save(figure: Figure | SubFigure, target: str | Path | BinaryIO, format: str | None = None) -> None:
    """Write a figure to a file.

    Args:
        figure: Any matplotlib figure; of a subfigure the whole one.
        target: A path, or a file open for bytes.
        format: ``"png"``, ``"svg"`` or ``"pdf"``; the path's suffix if not given.

    Raises:
        OutputError: The format is another one, or the path cannot be written.
    """
    if isinstance(target, (str, Path)):
        path = Path(target)
        data = render(figure, path.suffix[1:] if format is None else format)
        try:
            path.write_bytes(data)
        except OSError as error:
            raise OutputError("cannot write", where=str(path), got=error.strerror or str(error)) from None
    else:
        target.write(render(figure, format or ""))

"""Options of commands that write pictures, and the writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.activity import doing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["FLAGS", "File", "Style", "write_picture"]

File = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Picture to write: .png, .svg or .pdf.")]
Style = Annotated[
    Path | None,
    typer.Option(
        "--style",
        metavar="FILE",
        help="Style file of matplotlib to draw in; settings of the current folder are not read.",
    ),
]

FLAGS: Mapping[str, Any] = {
    "annotate": Annotated[bool, typer.Option("--annotate", help="Write the count into each cell where it fits.")],
    "log": Annotated[
        bool | None,
        typer.Option(
            "--log/--no-log",
            help="Show the counts on a logarithmic scale, or not; if not given, where they span more than a factor of "
            "ten.",
        ),
    ],
    "own_scales": Annotated[
        bool, typer.Option("--own-scales", help="Give each panel its own size of a pixel and its own scale of counts.")
    ],
    "width": Annotated[
        str | None,
        typer.Option(
            "--width", metavar="WIDTH", help="column (3.35 inches), text (7), slide (10), or a number of inches."
        ),
    ],
    "height": Annotated[float | None, typer.Option("--height", metavar="INCHES", help="Height in inches.")],
    "dpi": Annotated[float | None, typer.Option("--dpi", metavar="N", help="Dots per inch.")],
    "title": Annotated[str | None, typer.Option("--title", metavar="TEXT", help="Title above the picture.")],
    "labels": Annotated[
        str | None,
        typer.Option("--labels", metavar="NAMES", help="Names to show for the networks, such as 'ours,HDC'."),
    ],
    "caption": Annotated[
        bool | None,
        typer.Option(
            "--caption/--no-caption",
            help="Write the facts into the picture, or to standard output; if not given, into pictures as wide as a "
            "text.",
        ),
    ],
    "cmap": Annotated[
        str | None, typer.Option("--cmap", metavar="NAME", help="Colour map of matplotlib's, such as cividis.")
    ],
    "dark": Annotated[bool, typer.Option("--dark", help="Draw on dark paper.")],
}
"""Options of pictures, by the parameters of the functions that draw them."""


def write_picture(path: Path, style: Path | None, draw: Callable[[], Figure]) -> None:
    """Draw a picture, write it to a file and say how large it is."""
    from rfscope.cli.output import confirm, write, write_file
    from rfscope.plots import render, styled
    from rfscope.plots.settings import left_out, load_matplotlib

    with doing("drawing"):
        load_matplotlib()
        with styled(style):
            figure = draw()
            data = render(figure, path.suffix.removeprefix(".").lower())
            width, height = figure.get_size_inches()
    write_file(path, data)
    confirm(path, f"{width:.2f} x {height:.2f} in")
    if caption := left_out(figure):
        write(f"{caption}\n")

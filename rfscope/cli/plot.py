"""``rfscope plot``: pictures for papers, and a heatmap in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rfscope.cli.options import Given, TargetArgument, TargetArguments, Where, add_commands, examine_at
from rfscope.errors import OutputError
from rfscope.targets import examine

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure
    from rich.console import Console, RenderableType

__all__ = ["register"]

_ROWS_OF_A_FILE = 100
"""Lines that a map may take where it is not shown on a screen."""

Annotate = Annotated[bool, typer.Option("--annotate", help="Write the count into each cell where it fits.")]
Log = Annotated[bool, typer.Option("--log", help="Colour the counts on a logarithmic scale.")]
File = Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf.")]
FileOrTerminal = Annotated[
    Path | None, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf; without it, the terminal.")
]
Style = Annotated[
    Path | None,
    typer.Option("--style", help="Style file of matplotlib to draw in; settings of the current folder are not read."),
]


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="Usage heatmaps and comparisons.")
    add_commands(group, words, {"heatmap": _heatmap, "compare": _compare, "layers": _layers, "growth": _growth})
    app.add_typer(group, name="plot")


def _heatmap(
    context: typer.Context,
    target: TargetArgument,
    given: Given,
    place: Where,
    output: FileOrTerminal = None,
    annotate: Annotate = False,
    log: Log = False,
    style: Style = None,
) -> None:
    """Draw how often one output uses each pixel of its receptive field; holes have a colour of their own."""
    analysis = examine_at(target, given, place)
    if output is None:
        if style is not None:
            raise OutputError("a style is for a picture", where=str(style), do="name its file with -o")
        from rfscope.cli.output import show
        from rfscope.text.report import usage_map

        def drawn(console: Console) -> Iterable[RenderableType]:
            rows = console.height - 3 if console.is_terminal else _ROWS_OF_A_FILE
            return usage_map(analysis, console, rows=max(1, rows))

        show(context.obj, drawn, wide=True)
    else:
        from rfscope.plots import plot_heatmap

        _write(output, style, lambda: plot_heatmap(analysis, annotate=annotate, log=log).figure)


def _compare(
    targets: TargetArguments,
    output: File,
    given: Given,
    annotate: Annotate = False,
    log: Log = False,
    style: Style = None,
) -> None:
    """Draw two or more networks side by side on one scale."""
    from rfscope.plots import plot_compare

    analyses = [examine(target, given) for target in targets]
    _write(output, style, lambda: plot_compare(analyses, annotate=annotate, log=log))


def _layers(
    target: TargetArgument,
    output: File,
    given: Given,
    place: Where,
    style: Style = None,
) -> None:
    """Draw which positions of each layer's input one output reads, layer by layer back to the image."""
    from rfscope.plots import plot_layers

    analysis = examine_at(target, given, place)
    _write(output, style, lambda: plot_layers(analysis))


def _growth(
    targets: TargetArguments,
    output: File,
    given: Given,
    style: Style = None,
) -> None:
    """Draw how field, spread, holes and neighbour share grow with depth."""
    from rfscope.plots import plot_growth

    analyses = [examine(target, given) for target in targets]
    _write(output, style, lambda: plot_growth(analyses))


def _write(path: Path, style: Path | None, draw: Callable[[], Figure | SubFigure]) -> None:
    """Draw a picture and write it to a file."""
    from rfscope.cli.output import write_file
    from rfscope.plots import render, styled
    from rfscope.plots.settings import load_matplotlib

    load_matplotlib()
    with styled(style):
        data = render(draw(), path.suffix.removeprefix(".").lower())
    write_file(path, data)

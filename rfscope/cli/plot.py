"""``rfscope plot``: pictures for papers, and a heatmap in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rfscope.cli.options import Given, Target, Targets, Where, add_commands, examine_at
from rfscope.targets import examine

if TYPE_CHECKING:
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


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="Usage heatmaps and comparisons.")
    add_commands(group, words, {"heatmap": _heatmap, "compare": _compare, "layers": _layers, "growth": _growth})
    app.add_typer(group, name="plot")


def _heatmap(
    context: typer.Context,
    target: Target,
    given: Given,
    place: Where,
    output: FileOrTerminal = None,
    annotate: Annotate = False,
    log: Log = False,
) -> None:
    """Draw how often one output uses each pixel of its receptive field; holes have a colour of their own."""
    analysis = examine_at(target, given, place)
    if output is None:
        from rfscope.cli.output import show
        from rfscope.text.report import usage_map

        def drawn(console: Console) -> Iterable[RenderableType]:
            rows = console.height - 3 if console.is_terminal else _ROWS_OF_A_FILE
            return usage_map(analysis, console, rows=max(1, rows))

        show(context.obj, drawn, wide=True)
    else:
        from rfscope.cli.output import write_file
        from rfscope.plots import plot_heatmap, render

        kind = _kind(output)
        write_file(output, render(plot_heatmap(analysis, annotate=annotate, log=log).figure, kind))


def _compare(
    targets: Targets,
    output: File,
    given: Given,
    annotate: Annotate = False,
    log: Log = False,
) -> None:
    """Draw two or more networks side by side on one scale."""
    from rfscope.cli.output import write_file
    from rfscope.plots import plot_compare, render

    analyses = [examine(target, given) for target in targets]
    write_file(output, render(plot_compare(analyses, annotate=annotate, log=log), _kind(output)))


def _layers(
    target: Target,
    output: File,
    given: Given,
    place: Where,
) -> None:
    """Draw which positions of each layer's input one output reads, layer by layer back to the image."""
    from rfscope.cli.output import write_file
    from rfscope.plots import plot_layers, render

    analysis = examine_at(target, given, place)
    write_file(output, render(plot_layers(analysis), _kind(output)))


def _growth(
    targets: Targets,
    output: File,
    given: Given,
) -> None:
    """Draw how field, spread, holes and neighbour share grow with depth."""
    from rfscope.cli.output import write_file
    from rfscope.plots import plot_growth, render

    analyses = [examine(target, given) for target in targets]
    write_file(output, render(plot_growth(analyses), _kind(output)))


def _kind(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()

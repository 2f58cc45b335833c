"""``rfscope plot``: pictures for papers, and a heatmap in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rfscope.cli.options import Dims, Kernel, Target, Targets, shape_of
from rfscope.exact.analysis import analyze
from rfscope.targets import resolve

__all__ = ["register"]

Annotate = Annotated[bool, typer.Option("--annotate", help="Write the count into each cell where it fits.")]
Log = Annotated[bool, typer.Option("--log", help="Colour the counts on a logarithmic scale.")]
File = Annotated[Path, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf.")]
FileOrTerminal = Annotated[
    Path | None, typer.Option("-o", "--output", help="Picture to write: .png, .svg or .pdf; without it, the terminal.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="Usage heatmaps and comparisons.")
    group.command("heatmap")(_heatmap)
    group.command("compare")(_compare)
    app.add_typer(group, name="plot")


def _heatmap(
    context: typer.Context,
    target: Target,
    output: FileOrTerminal = None,
    kernel: Kernel = None,
    dims: Dims = None,
    annotate: Annotate = False,
    log: Log = False,
) -> None:
    """Draw how often one output uses each pixel of its receptive field; holes have a colour of their own."""
    analysis = analyze(resolve(target, shape_of(kernel, dims)))
    if output is None:
        from rfscope.cli.output import show
        from rfscope.text.report import usage_map

        show(context.obj, lambda console: usage_map(analysis, console, rows=console.height - 3), wide=True)
    else:
        from rfscope.cli.output import write_file
        from rfscope.plots import plot_heatmap, render

        kind = _kind(output)
        write_file(output, render(plot_heatmap(analysis, annotate=annotate, log=log).figure, kind))


def _compare(
    targets: Targets,
    output: File,
    kernel: Kernel = None,
    dims: Dims = None,
    annotate: Annotate = False,
    log: Log = False,
) -> None:
    """Draw two or more networks side by side on one scale."""
    from rfscope.cli.output import write_file
    from rfscope.plots import plot_compare, render

    analyses = [analyze(resolve(target, shape_of(kernel, dims))) for target in targets]
    write_file(output, render(plot_compare(analyses, annotate=annotate, log=log), _kind(output)))


def _kind(path: Path) -> str:
    return path.suffix.removeprefix(".").lower()

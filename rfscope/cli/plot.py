"""``rfscope plot``: pictures for papers, and a heatmap in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import rfscope
from rfscope.cli.options import Given, TargetArgument, TargetArguments, Where, add_commands, examine_at
from rfscope.errors import OutputError
from rfscope.exact.analysis import Analysis
from rfscope.targets import examine

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console, RenderableType

__all__ = ["register"]

_IN_TERMINAL = ("heatmap",)
"""The kinds that a terminal can show."""

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

_FLAGS: Mapping[str, Any] = {"annotate": Annotate, "log": Log}
"""Options of pictures, by the parameters of the functions that draw them."""


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="Usage heatmaps and comparisons.")
    kinds = [name.removeprefix("plot_") for name in rfscope.__all__ if name.startswith("plot_")]
    asked = [kind for kind in kinds if kind in words] or kinds
    add_commands(group, words, {kind: _command(kind) for kind in asked})
    app.add_typer(group, name="plot")


def _command(kind: str) -> Callable[..., None]:
    """The command that draws pictures of a kind; its options are the parameters of the function that draws them."""
    draw = getattr(rfscope, f"plot_{kind}")
    taken = signature(draw).parameters
    flags = {name: option for name, option in _FLAGS.items() if name in taken}

    def command(
        context: typer.Context, given: Given, *, output: Path | None, style: Path | None, **options: Any
    ) -> None:
        drawn = {name: options.pop(name) for name in flags}
        if "targets" in options:
            analyses = [examine(target, given) for target in options["targets"]]
        else:
            analyses = [examine_at(options["target"], given, options["place"])]
        if output is None:
            _show(context, analyses[0], style)
        else:
            _write(output, style, lambda: draw(*analyses, **drawn).figure)

    of = {"targets": TargetArguments} if "targets" in taken else {"target": TargetArgument, "place": Where}
    where = FileOrTerminal if kind in _IN_TERMINAL else File
    shown = {"context": typer.Context, "given": Given, **of, "output": where, **flags, "style": Style}
    defaults = {
        "output": None if kind in _IN_TERMINAL else Parameter.empty,
        **dict.fromkeys(flags, False),
        "style": None,
    }
    command.__name__, command.__doc__ = kind, (draw.__doc__ or "").partition("\n")[0]
    command.__signature__ = Signature(  # type: ignore[attr-defined]  # which `inspect` looks for
        [
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=option, default=defaults.get(name, Parameter.empty))
            for name, option in shown.items()
        ]
    )
    return command


def _show(context: typer.Context, analysis: Analysis, style: Path | None) -> None:
    """Draw a heatmap in the terminal."""
    if style is not None:
        raise OutputError("a style is for a picture", where=str(style), do="name its file with -o")
    from rfscope.cli.output import show
    from rfscope.text.report import usage_map

    def drawn(console: Console) -> Iterable[RenderableType]:
        rows = console.height - 3 if console.is_terminal else _ROWS_OF_A_FILE
        return usage_map(analysis, console, rows=max(1, rows))

    show(context.obj, drawn, wide=True)


def _write(path: Path, style: Path | None, draw: Callable[[], Figure]) -> None:
    """Draw a picture and write it to a file."""
    from rfscope.cli.output import write_file
    from rfscope.plots import render, styled
    from rfscope.plots.settings import load_matplotlib

    load_matplotlib()
    with styled(style):
        data = render(draw(), path.suffix.removeprefix(".").lower())
    write_file(path, data)

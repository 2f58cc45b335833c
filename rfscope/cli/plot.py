"""``rfscope plot``: pictures for papers, and a heatmap in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import rfscope
from rfscope.activity import doing
from rfscope.cli.options import Given, TargetArgument, TargetArguments, Where, examine_all, examine_at
from rfscope.cli.plot_tiles import add_tiles
from rfscope.cli.program import Group, examples
from rfscope.cli.unfold import unfolded
from rfscope.errors import OutputError
from rfscope.exact.analysis import Analysis

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console, RenderableType

__all__ = ["register"]

_IN_TERMINAL = ("heatmap",)
"""The kinds that a terminal can show."""

_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "heatmap": ("rfscope plot 2,4,8", "rfscope plot heatmap zoo:deeplab-v1 -o heatmap.pdf"),
    "compare": (
        "rfscope plot compare 2,4,8 1,2,5 -o compare.pdf",
        "rfscope plot compare 1,2 1,2,5 -k 5 -o a.png",
    ),
    "layers": (
        "rfscope plot layers 2,4,8 -o layers.svg",
        "rfscope plot layers 1,2,4 -k 2 --dims 1 --causal -o a.png",
    ),
    "growth": (
        "rfscope plot growth 2,4,8 1,3,8 -o growth.pdf",
        "rfscope plot growth zoo:drn-a-18 zoo:drn-c-26 -o drn.png",
    ),
}
"""In the order of use."""

_ROWS_OF_A_FILE = 100
"""Lines that a map may take where it is not shown on a screen."""

Annotate = Annotated[bool, typer.Option("--annotate", help="Write the count into each cell where it fits.")]
Log = Annotated[bool, typer.Option("--log", help="Colour the counts on a logarithmic scale.")]
File = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Picture to write: .png, .svg or .pdf.")]
FileOrTerminal = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Picture to write: .png, .svg or .pdf; if not given, the terminal."
    ),
]
Style = Annotated[
    Path | None,
    typer.Option(
        "--style",
        metavar="FILE",
        help="Style file of matplotlib to draw in; settings of the current folder are not read.",
    ),
]

_FLAGS: Mapping[str, Any] = {"annotate": Annotate, "log": Log}
"""Options of pictures, by the parameters of the functions that draw them."""


class Plot(Group):
    """``plot TARGET`` is ``plot heatmap TARGET``."""

    default = "heatmap"


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(
        cls=Plot,
        no_args_is_help=True,
        subcommand_metavar="[KIND] TARGET...",
        help="Draw a network: without a kind, the heatmap of how often one output uses each pixel.",
    )
    kinds = [name.removeprefix("plot_") for name in rfscope.__all__ if name.startswith("plot_")]
    ordered = sorted(kinds, key=[*_EXAMPLES, *kinds].index)
    for kind in [kind for kind in kinds if kind in words[1:2]] or ordered:
        group.command(kind, epilog=examples(*_EXAMPLES.get(kind, ())))(unfolded(_command(kind)))
    add_tiles(group)
    app.add_typer(group, name="plot")


def _command(kind: str) -> Callable[..., None]:
    """The command that draws pictures of a kind; its options are the parameters of the function that draws them."""
    draw = getattr(rfscope, f"plot_{kind}")
    taken = signature(draw).parameters
    flags = {name: option for name, option in _FLAGS.items() if name in taken}

    def command(
        context: typer.Context, given: Given, *, output: Path | None, style: Path | None, **options: Any
    ) -> None:
        if output is not None:
            from rfscope.plots.save import picture_format

            picture_format(output.suffix.removeprefix("."))  # before anything is drawn
        drawn = {name: options.pop(name) for name in flags}
        if "targets" in options:
            analyses = examine_all(options["targets"], given)
        else:
            analyses = (examine_at(options["target"], given, options["part"]),)
        if output is None:
            _show(context, analyses[0], style)
        else:
            _write(output, style, lambda: draw(*analyses, **drawn).figure)

    of = {"targets": TargetArguments} if "targets" in taken else {"target": TargetArgument, "part": Where}
    where = FileOrTerminal if kind in _IN_TERMINAL else File
    shown = {"context": typer.Context, **of, "given": Given, "output": where, **flags, "style": Style}
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
    """Draw a picture, write it to a file and say how large it is."""
    from rfscope.cli.output import confirm, write_file
    from rfscope.plots import render, styled
    from rfscope.plots.settings import load_matplotlib

    with doing("drawing"):
        load_matplotlib()
        with styled(style):
            figure = draw()
            data = render(figure, path.suffix.removeprefix(".").lower())
            width, height = figure.get_size_inches()
    write_file(path, data)
    confirm(path, f"{width:.1f} x {height:.1f} in")

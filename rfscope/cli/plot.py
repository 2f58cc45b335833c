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
from rfscope.cli.pictures import FLAGS, File, Style, write_picture
from rfscope.cli.plot_erf import add_erf
from rfscope.cli.plot_tiles import add_tiles
from rfscope.cli.plot_wishes import OF_WISHES, add_wishes
from rfscope.cli.program import Group, examples
from rfscope.cli.unfold import unfolded
from rfscope.errors import OutputError
from rfscope.exact.analysis import Analysis

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["register"]

_IN_TERMINAL = ("heatmap",)
"""The kinds that a terminal can show."""

_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "heatmap": ("rfscope plot 2,4,8", "rfscope plot zoo:deeplab-v1 --width column -o heatmap.pdf"),
    "compare": (
        "rfscope plot compare 2,4,8 1,2,5 -o compare.pdf",
        "rfscope plot compare 2,4,8 1,2,5 --labels before,after --width column -o a.svg",
    ),
    "layers": (
        "rfscope plot layers 2,4,8 -o layers.svg",
        "rfscope plot layers zoo:deeplab-v1 -o field.gif",
    ),
    "tree": (
        "rfscope plot tree 1,2,4,8 -k 2 --dims 1 --causal -o tree.svg",
        "rfscope plot tree 2,4,8 --dims 1 --sample-rate 16000 -o a.png",
    ),
    "growth": (
        "rfscope plot growth 2,4,8 1,3,8 -o growth.pdf",
        "rfscope plot growth zoo:drn-a-18 zoo:drn-c-26 -o drn.png",
    ),
}
"""In the order of use."""

_MOVING = ("layers", "tree")
"""The kinds that also grow layer by layer, in the formats of ``rfscope.plots.frames``."""

_ANYWHERE = ("annotate", "log")
"""Options that are no fault where a map is drawn in the terminal."""

_ROWS_OF_A_FILE = 100
"""Lines that a map may take where it is not shown on a screen."""

FileOrTerminal = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Picture to write: .png, .svg or .pdf; if not given, the terminal."
    ),
]
MovingFile = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Picture to write: .png, .svg or .pdf; or .gif or .apng, in which it grows layer by layer.",
    ),
]


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
    drawn = [name.removeprefix("plot_") for name in rfscope.__all__ if name.startswith("plot_")]
    kinds = [kind for kind in drawn if kind not in OF_WISHES]
    ordered = sorted(kinds, key=[*_EXAMPLES, *kinds].index)
    for kind in [kind for kind in kinds if kind in words[1:2]] or ordered:
        group.command(kind, epilog=examples(*_EXAMPLES.get(kind, ())))(unfolded(_command(kind)))
    add_tiles(group)
    add_wishes(group)
    add_erf(group)
    app.add_typer(group, name="plot")


def _command(kind: str) -> Callable[..., None]:
    """The command that draws pictures of a kind; its options are the parameters of the function that draws them."""
    draw = getattr(rfscope, f"plot_{kind}")
    taken = signature(draw).parameters
    flags = {name: option for name, option in FLAGS.items() if name in taken}

    def command(
        context: typer.Context, given: Given, *, output: Path | None, style: Path | None, **options: Any
    ) -> None:
        if output is not None:
            _check_format(kind, output)
        drawn = {name: options.pop(name) for name in flags}
        if drawn.get("labels") is not None:
            drawn["labels"] = drawn["labels"].split(",") if "targets" in options else [drawn["labels"]]
        if "targets" in options:
            analyses = examine_all(options["targets"], given)
        else:
            analyses = (examine_at(options["target"], given, options["part"]),)
        if output is None:
            said = next((name for name, value in drawn.items() if value != taken[name].default), None)
            _show(context, analyses[0], style, None if said in _ANYWHERE else said)
        elif _moves(kind, output):
            _check_still(drawn, taken)
            _write_moving(output, style, analyses[0], dark=drawn["dark"])
        else:
            write_picture(output, style, lambda: draw(*analyses, **drawn).figure)

    of = {"targets": TargetArguments} if "targets" in taken else {"target": TargetArgument, "part": Where}
    where = FileOrTerminal if kind in _IN_TERMINAL else MovingFile if kind in _MOVING else File
    shown = {"context": typer.Context, **of, "given": Given, "output": where, **flags, "style": Style}
    defaults = {
        "output": None if kind in _IN_TERMINAL else Parameter.empty,
        **{name: taken[name].default for name in flags},
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


def _moves(kind: str, path: Path) -> bool:
    """Whether frames are asked for."""
    return kind in _MOVING and path.suffix.lower() in (".gif", ".apng")


def _check_format(kind: str, path: Path) -> None:
    """Refuse a format before anything is drawn."""
    from rfscope.plots.save import picture_format

    if not _moves(kind, path):
        picture_format(path.suffix.removeprefix("."))


def _check_still(options: Mapping[str, Any], taken: Mapping[str, Parameter]) -> None:
    """Refuse what frames do not have."""
    said = next((name for name, value in options.items() if name != "dark" and value != taken[name].default), None)
    if said is not None:
        raise OutputError(
            "only for a picture that stands still", where=f"--{said.replace('_', '-')}", do="leave it out"
        )


def _write_moving(path: Path, style: Path | None, analysis: Analysis, *, dark: bool) -> None:
    """Draw frames, write them to a file and say how large they are."""
    from rfscope.cli.output import confirm, write_file
    from rfscope.plots.frames import animation
    from rfscope.plots.settings import load_matplotlib, styled

    with doing("drawing"):
        load_matplotlib()
        with styled(style):
            data, (frames, width, height) = animation(analysis, path.suffix.removeprefix(".").lower(), dark=dark)
    write_file(path, data)
    confirm(path, f"{frames} frames, {width} x {height} pixels")


def _show(context: typer.Context, analysis: Analysis, style: Path | None, option: str | None) -> None:
    """Draw a heatmap in the terminal, which has no such options."""
    if style is not None:
        raise OutputError("a style is for a picture", where=str(style), do="name its file with -o")
    if option is not None:
        raise OutputError("only for a picture", where=f"--{option.replace('_', '-')}", do="name its file with -o")
    from rfscope.cli.output import show
    from rfscope.text.report import usage_map

    def drawn(console: Console) -> Iterable[RenderableType]:
        rows = console.height - 3 if console.is_terminal else _ROWS_OF_A_FILE
        return usage_map(analysis, console, rows=max(1, rows))

    show(context.obj, drawn, wide=True)

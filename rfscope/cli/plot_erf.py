"""``rfscope plot erf``: pictures of effective receptive fields, measured now or read from files."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from rfscope.activity import doing
from rfscope.answers.effective import Measured, measured
from rfscope.cli.completion import targets
from rfscope.cli.erf import Measuring
from rfscope.cli.options import GivenModule
from rfscope.cli.program import examples
from rfscope.cli.unfold import unfolded
from rfscope.measured.field import EffectiveField
from rfscope.measured.stored import SUFFIX, load
from rfscope.targets import Reading

__all__ = ["add_erf"]

Fields = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET...",
        help="Each of them package.module:name (a torch module, or what makes one: this runs your code), or a .npz "
        "file that rfscope erf -o has written.",
        autocompletion=targets,
    ),
]
Log = Annotated[bool, typer.Option("--log/--no-log", help="Show logarithmic scales, or not.")]

_TAKEN = ("width", "height", "dpi", "title", "labels", "caption", "cmap", "dark")


def add_erf(group: typer.Typer, flags: Mapping[str, Any], file: Any, style: Any) -> None:
    """Add the kind to the group of pictures.

    Args:
        group: The group.
        flags: Options of pictures, by the parameters of the functions that draw them.
        file: The option that names the picture.
        style: The option that names a style of matplotlib's.
    """

    def command(
        targets: list[str], given: Reading, measuring: Measured, output: Path, style: Path | None, **options: Any
    ) -> None:
        """Draw effective receptive fields side by side: measured maps, the exact fields around them, marginals."""
        _draw(targets, given, measuring, output, style, options)

    shown = {"targets": Fields, "given": GivenModule, "measuring": Measuring, "output": file, "log": Log}
    shown |= {name: flags[name] for name in _TAKEN} | {"style": style}
    defaults = {"log": True, **dict.fromkeys(_TAKEN), "dark": False, "style": None}
    command.__name__ = "erf"
    command.__signature__ = Signature(  # type: ignore[attr-defined]  # which `inspect` looks for
        [
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=option, default=defaults.get(name, Parameter.empty))
            for name, option in shown.items()
        ]
    )
    lines = (
        "rfscope plot erf my.models:build --images photos -o field.png",
        "rfscope plot erf before.npz after.npz --labels before,after -o both.pdf",
    )
    group.command("erf", epilog=examples(*lines))(unfolded(command))


def _draw(
    targets: list[str], given: Reading, measuring: Measured, output: Path, style: Path | None, options: dict[str, Any]
) -> None:
    from rfscope.cli.output import confirm, write, write_file
    from rfscope.plots import render, styled
    from rfscope.plots.effective import plot_effective
    from rfscope.plots.look import look_of
    from rfscope.plots.save import picture_format
    from rfscope.plots.settings import left_out, load_matplotlib

    kind = picture_format(output.suffix.removeprefix("."))
    if options["labels"] is not None:
        options["labels"] = options["labels"].split(",")
    load_matplotlib()
    look_of(**{name: options[name] for name in _TAKEN if name != "labels"})  # before anything is measured
    fields = [_field(target, given, measuring) for target in targets]
    with doing("drawing"), styled(style):
        figure = plot_effective(*fields, **options)
        data = render(figure, kind)
        width, height = figure.get_size_inches()
    write_file(output, data)
    confirm(output, f"{width:.2f} x {height:.2f} in")
    if caption := left_out(figure):
        write(f"{caption}\n")
    if any(found.outside.kind == "fault" for found in fields):
        raise typer.Exit(1)


def _field(target: str, given: Reading, measuring: Measured) -> EffectiveField:
    return load(target) if target.lower().endswith(SUFFIX) else measured(target, given, measuring)

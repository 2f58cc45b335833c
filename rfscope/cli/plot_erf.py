"""``rfscope plot erf``: pictures of effective receptive fields, measured now or read from files."""

from __future__ import annotations

from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from rfscope.answers.effective import Measured, measured
from rfscope.cli.completion import targets
from rfscope.cli.erf import GivenModule, Measuring
from rfscope.cli.pictures import FLAGS, File, Style, write_picture
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


def add_erf(group: typer.Typer) -> None:
    """Add the kind to the group of pictures."""

    def command(
        modules: list[str], given: Reading, measuring: Measured, output: Path, style: Path | None, **options: Any
    ) -> None:
        """Draw effective receptive fields side by side: measured maps, the exact fields around them, marginals."""
        _draw(modules, given, measuring, output, style, options)

    shown = {"modules": Fields, "given": GivenModule, "measuring": Measuring, "output": File, "log": Log}
    shown |= {name: FLAGS[name] for name in _TAKEN} | {"style": Style}
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
    from rfscope.plots.effective import plot_effective
    from rfscope.plots.look import look_of
    from rfscope.plots.save import picture_format
    from rfscope.plots.settings import load_matplotlib

    picture_format(output.suffix.removeprefix("."))
    if options["labels"] is not None:
        options["labels"] = options["labels"].split(",")
    load_matplotlib()
    look_of(**{name: options[name] for name in _TAKEN if name != "labels"})  # before anything is measured
    fields = [_field(target, given, measuring) for target in targets]
    write_picture(output, style, lambda: plot_effective(*fields, **options))
    if any(found.outside.kind == "fault" for found in fields):
        raise typer.Exit(1)


def _field(target: str, given: Reading, measuring: Measured) -> EffectiveField:
    return load(target) if target.lower().endswith(SUFFIX) else measured(target, given, measuring)

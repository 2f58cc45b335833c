"""Options that several commands share, and what the global ones leave behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from rfscope import limits
from rfscope._version import __version__
from rfscope.errors import RfscopeError
from rfscope.targets import Shape

__all__ = [
    "AllLayers",
    "AsJson",
    "Between",
    "Colour",
    "Device",
    "Dims",
    "Input",
    "Kernel",
    "Phase",
    "State",
    "Target",
    "Targets",
    "Verify",
    "WithCounts",
    "add_commands",
    "common",
    "shape_of",
    "sizes",
]

_LONGEST_NUMBER = 10


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass
class State:
    """What the global options say; the one thing that a command is handed besides its own options."""

    colour: Colour = Colour.AUTO
    traceback: bool = False


Target = Annotated[
    str,
    typer.Argument(
        help="Rates (1,2,5 or 1,2,5@3,3,5), a spec file (.toml, .yaml, .json), a config in the style of mmsegmentation "
        "(.py, never run), zoo:NAME, or - for a spec on stdin."
    ),
]
Targets = Annotated[list[str], typer.Argument(help="Rates, spec files, configs, zoo:NAME, or - for a spec on stdin.")]
Kernel = Annotated[
    int | None, typer.Option("-k", "--kernel", help="Taps of each layer of a list of rates.", show_default="3")
]
Dims = Annotated[int | None, typer.Option("--dims", help="Spatial axes of a list of rates.", show_default="2")]
Input = Annotated[
    str | None, typer.Option("--input", help="Spatial size of the input, such as 512,512.", metavar="SIZE")
]
Between = Annotated[
    tuple[str, str] | None,
    typer.Option("--between", help="Only what lies between the outputs of two layers or modules.", metavar="A B"),
]
Phase = Annotated[
    str | None, typer.Option("--phase", help="Output to look at on the unbounded grid: I,J.", metavar="I,J")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
WithCounts = Annotated[bool, typer.Option("--counts", help="Include the usage counts in the JSON.")]
Verify = Annotated[bool, typer.Option("--verify", help="Run real convolutions in torch and compare bit for bit.")]
Device = Annotated[str, typer.Option("--device", help="Where to verify: auto, cpu or cuda.")]
AllLayers = Annotated[bool, typer.Option("--all", help="Show every layer of a long network.")]


def shape_of(kernel: int | None, dims: int | None, stride: str | None = None, *, causal: bool = False) -> Shape:
    """What the options say of a list of rates."""
    return Shape(kernel=kernel, stride=stride, dims=dims, causal=causal)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rfscope {__version__}")
        raise typer.Exit


def add_commands(group: typer.Typer, words: Sequence[str], commands: Mapping[str, Callable[..., None]]) -> None:
    """Add the commands of a group that are among the words typed, or all if none is: typer reads every signature."""
    for name in [name for name in commands if name in words] or commands:
        group.command(name)(commands[name])


def sizes(text: str | None, option: str) -> tuple[int, ...] | None:
    """The whole numbers of an option such as ``--input 512,512``."""
    if text is None:
        return None
    words = text.split(",")
    if not all(word.isascii() and word.isdecimal() and len(word) < _LONGEST_NUMBER for word in words):
        raise RfscopeError(
            f"bad {option}", got=repr(text), expected="whole numbers below 10^9, one per axis, such as 64,64"
        )
    return tuple(map(int, words))


def common(
    context: typer.Context,
    color: Annotated[Colour, typer.Option(help="When to colour.")] = Colour.AUTO,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show the traceback of a bug of ours.")] = False,
    limit: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Raise a limit.")] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Receptive fields, usage counts and the gridding effect of convolutional networks, exactly."""
    context.obj.colour, context.obj.traceback = color, traceback
    context.with_resource(limits.raised(dict(_limit(text) for text in limit or ())))


def _limit(text: str) -> tuple[str, int]:
    name, equals, value = text.partition("=")
    if not equals or not value.isascii() or not value.isdecimal() or len(value) > 18:
        raise RfscopeError(
            "bad --limit", got=repr(text), expected="NAME=VALUE with a whole number, such as axis=50000000"
        )
    return name, int(value)

"""Options that several commands share, and what the global ones leave behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import typer

from rfscope import limits
from rfscope._version import __version__
from rfscope.errors import RfscopeError, shorten
from rfscope.exact.analysis import Analysis
from rfscope.targets import Reading, examine

__all__ = [
    "AllLayers",
    "AllowImport",
    "AllowUnknown",
    "Arguments",
    "AsJson",
    "At",
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
    "arguments_of",
    "common",
    "examine_at",
    "reading_of",
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
        help="Rates (1,2,5 or 1,2,5@3,3,5), a spec file (.toml, .yaml, .json), an .onnx file, a .pt2 program, a config "
        "in the style of mmsegmentation (.py, never run), zoo:NAME, package.module:name (a torch module or a callable "
        "that makes one: this runs your code), or - for a spec on stdin."
    ),
]
Targets = Annotated[
    list[str],
    typer.Argument(
        help="Rates, spec files, .onnx files, .pt2 programs, configs (.py, never run), zoo:NAME, package.module:name "
        "(this runs your code), or - for a spec on stdin."
    ),
]
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
At = Annotated[str | None, typer.Option("--at", help="Output to look at, in a map of known size: I,J.", metavar="I,J")]
Arguments = Annotated[
    str | None, typer.Option("--args", help="Arguments of a factory (package.module:name), as JSON.", metavar="JSON")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
WithCounts = Annotated[bool, typer.Option("--counts", help="Include the usage counts in the JSON.")]
Verify = Annotated[bool, typer.Option("--verify", help="Run real convolutions in torch and compare bit for bit.")]
Device = Annotated[str, typer.Option("--device", help="Where to verify: auto, cpu or cuda.")]
AllowUnknown = Annotated[
    bool, typer.Option("--allow-unknown", help="Go on where an operation is not known; give lower bounds.")
]
AllowImport = Annotated[
    bool, typer.Option("--allow-import", help="Let --verify load a .pt2 file by torch, which runs the code in it.")
]
AllLayers = Annotated[bool, typer.Option("--all", help="Show every layer of a long network.")]


def reading_of(
    kernel: int | None = None,
    dims: int | None = None,
    input: str | None = None,
    arguments: str | None = None,
    *,
    stride: str | None = None,
    causal: bool = False,
    allow_unknown: bool = False,
) -> Reading:
    """What the options say of what a target leaves open."""
    return Reading(
        kernel=kernel,
        stride=stride,
        dims=dims,
        causal=causal,
        input=sizes(input, "--input"),
        arguments=arguments_of(arguments),
        allow_unknown=allow_unknown,
    )


def arguments_of(text: str | None) -> dict[str, Any] | list[Any] | None:
    """What ``--args`` says: a JSON object of named arguments, or a list of them in order."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RfscopeError("bad --args", got=shorten(text), expected=f"JSON ({type(error).__name__})") from None
    if not isinstance(found, dict | list):
        raise RfscopeError("bad --args", got=shorten(text), expected='a JSON object or list, such as {"depth": 50}')
    return found


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


def examine_at(
    target: str,
    reading: Reading,
    phase: str | None,
    at: str | None,
    *,
    output: str | None = None,
    between: tuple[str, str] | None = None,
) -> Analysis:
    """Analyze a target at the output that ``--phase`` or ``--at`` names.

    Raises:
        RfscopeError: As for ``examine``; or a phase was given where the input has a size, or a place where it has none.
    """
    position = sizes(at, "--at") or sizes(phase, "--phase")
    analysis = examine(target, reading, output=output, between=between, position=position)
    bounded = analysis.sizes is not None
    if (phase if bounded else at) is not None:
        wrong, right = ("--phase", "--at") if bounded else ("--at", "--phase")
        raise RfscopeError(f"{wrong} {'with' if bounded else 'without'} an input size", do=f"use {right}")
    return analysis


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

"""Options that several commands share, and the state of the global ones.

A parameter of a command whose annotation holds ``From(make)`` stands for all options that ``make`` takes, and is given
what it makes of them: ``unfolded`` writes them into the command's signature, from which typer reads its options.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, NamedTuple

import typer

from rfscope import limits
from rfscope._version import __version__
from rfscope.errors import RfscopeError, shorten
from rfscope.exact.analysis import Analysis
from rfscope.readers import files_text
from rfscope.readers.numbers import listed
from rfscope.targets import Reading, examine

__all__ = [
    "AllLayers",
    "AllowImport",
    "AllowUnknown",
    "AsJson",
    "Colour",
    "Device",
    "Dims",
    "From",
    "Given",
    "Kernel",
    "State",
    "TargetArgument",
    "TargetArguments",
    "Verify",
    "Where",
    "WithCounts",
    "add_commands",
    "common",
    "examine_at",
    "sizes",
    "unfolded",
]

_LONGEST_NUMBER = 10


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass
class State:
    """The global options; a command gets nothing else but its own options."""

    colour: Colour = Colour.AUTO
    traceback: bool = False


TargetArgument = Annotated[
    str,
    typer.Argument(
        help=f"Rates (1,2,5 or 1,2,5@3,3,5), {files_text()}, zoo:NAME, package.module:name (a torch module or a "
        "callable that makes one: this runs your code), or - for a spec on stdin."
    ),
]
TargetArguments = Annotated[
    list[str],
    typer.Argument(
        help=f"Each of them rates, {files_text()}, zoo:NAME, package.module:name (this runs your code), or - for a "
        "spec on stdin."
    ),
]
Kernel = Annotated[
    str | None,
    typer.Option("-k", "--kernel", help="Taps of a list of rates, one number or one per layer.", show_default="3"),
]
Dims = Annotated[int | None, typer.Option("--dims", help="Spatial axes of a list of rates.", show_default="2")]
Input = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        help="Spatial size of the input, such as 512,512, or 512 along every axis; of a torch module also the shape "
        "of an input by its name, such as sigma=1,1,1,1, as often as it has inputs.",
        metavar="SIZE",
    ),
]
Of = Annotated[
    str | None,
    typer.Option("--of", help="Input that the answer is for, by name, where there are several.", metavar="INPUT"),
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


class From(NamedTuple):
    """A function that makes the value of a command's parameter out of options.

    Attributes:
        make: Takes the options as keywords.
        options: Those that it takes, where its signature does not say it.
    """

    make: Callable[..., object]
    options: tuple[Parameter, ...] = ()

    def parameters(self) -> Iterator[Parameter]:
        """The options that it takes."""
        return iter(self.options or signature(self.make, eval_str=True).parameters.values())


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose signature lists every option, in the place of the parameters made from them."""
    made: dict[str, tuple[From, list[str]]] = {}
    options: list[Parameter] = []
    for parameter in signature(command, eval_str=True).parameters.values():
        origin = next(
            (fact for fact in getattr(parameter.annotation, "__metadata__", ()) if isinstance(fact, From)), None
        )
        own = [parameter] if origin is None else list(origin.parameters())
        options += [option.replace(kind=Parameter.KEYWORD_ONLY) for option in own]
        if origin is not None:
            made[parameter.name] = (origin, [option.name for option in own])

    def called(**given: Any) -> None:
        for name, (origin, names) in made.items():
            given[name] = origin.make(**{option: given.pop(option) for option in names})
        command(**given)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__signature__ = Signature(options)  # type: ignore[attr-defined]  # which `inspect` looks for
    return called


def _reading(
    kernel: Kernel = None, dims: Dims = None, input: Input = None, of: Of = None, arguments: Arguments = None
) -> Reading:
    size, shapes = input_of(input or ())
    return Reading(kernel=kernel, dims=dims, input=size, shapes=shapes, of=of, arguments=arguments_of(arguments))


class PartOptions(NamedTuple):
    """Which part of a network is analyzed, and which of its outputs.

    Attributes:
        between: Two layers or modules.
        phase: The output on the unbounded grid.
        at: The output in a map of known size.
    """

    between: tuple[str, str] | None
    phase: str | None
    at: str | None


def _place(between: Between = None, phase: Phase = None, at: At = None) -> PartOptions:
    return PartOptions(between, phase, at)


Given = Annotated[Reading, From(_reading)]
"""What a target leaves open."""

Where = Annotated[PartOptions, From(_place)]


def input_of(words: Sequence[str]) -> tuple[tuple[int, ...] | None, dict[str, tuple[int, ...]] | None]:
    """What ``--input`` says, all times together: a size, and shapes by name."""
    size, shapes = None, dict[str, tuple[int, ...]]()
    for word in words:
        name, named, shape = word.partition("=")
        found = sizes(shape if named else word, "--input")
        if name in shapes or (not named and size is not None):
            raise RfscopeError("bad --input", got=repr(word), expected="one size, and one shape for each name")
        if named:
            shapes[name] = found or ()
        else:
            size = found
    return size, shapes or None


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
        group.command(name)(unfolded(commands[name]))


def sizes(text: str | None, option: str) -> tuple[int, ...] | None:
    """The whole numbers of an option such as ``--input 512,512``."""
    if text is None:
        return None
    words = listed(text) or listed(text.lower().replace("x", ","))
    if words is None or any(len(word) >= _LONGEST_NUMBER for word in words):
        expected = "whole numbers below 10^9, one per axis, such as 64,64"
        raise RfscopeError(f"bad {option}", got=shorten(text), expected=expected)
    return tuple(map(int, words))


def examine_at(
    target: str,
    reading: Reading,
    place: PartOptions,
    *,
    output: str | None = None,
) -> Analysis:
    """Analyze a target, or the part of it that is meant, at the output that ``--phase`` or ``--at`` names.

    Raises:
        RfscopeError: As for ``examine``; or a phase was given where the input has a size, or a place where it has none.
    """
    between, phase, at = place
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

"""The options that every command has, before it or behind it, and what they set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

import typer

from rfscope import limits
from rfscope._version import __version__
from rfscope.errors import RfscopeError

__all__ = ["Colour", "State", "common", "with_common"]

_PANEL = "Options of every command"
_NAMES = ", ".join(limits.DEFAULTS)
_LONGEST_VALUE = 18


class Colour(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass
class State:
    """What the options of every command set; a command gets nothing else but its own options."""

    colour: Colour = Colour.AUTO
    traceback: bool = False


Color = Annotated[
    Colour | None,
    typer.Option(
        "--color", metavar="auto|always|never", help="When to colour; auto if not given.", rich_help_panel=_PANEL
    ),
]
Traceback = Annotated[
    bool, typer.Option("--traceback", help="Show where a bug in rfscope struck.", rich_help_panel=_PANEL)
]


def _limit_option(says: str) -> Any:
    return typer.Option("--limit", metavar="NAME=N", help=says, rich_help_panel=_PANEL, autocompletion=_limit_names)


def _limit_names(incomplete: str) -> list[str]:
    return [f"{name}=" for name in limits.DEFAULTS if name.startswith(incomplete)]


Limit = Annotated[list[str] | None, _limit_option("Set a limit; rfscope --help lists their names.")]
NamedLimit = Annotated[list[str] | None, _limit_option(f"Set a limit, as often as there are several: {_NAMES}.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rfscope {__version__}")
        raise typer.Exit


def common(
    context: typer.Context,
    color: Color = None,
    traceback: Traceback = False,
    limit: NamedLimit = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool, typer.Option("--version", "-V", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Receptive fields, usage counts and the gridding effect of convolutional networks, exactly."""
    _set(context, color=color, traceback=traceback, limit=limit)


def _set(context: typer.Context, *, color: Colour | None, traceback: bool, limit: list[str] | None) -> None:
    state: State = context.obj
    state.colour = color or state.colour
    state.traceback = traceback or state.traceback
    if limit:
        context.with_resource(limits.raised(dict(map(_limit, limit))))


def with_common(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options of every command, too."""
    own = signature(command, eval_str=True).parameters
    ours = {name: one for name, one in signature(_everywhere, eval_str=True).parameters.items() if name not in own}

    @wraps(command)
    def called(context: typer.Context, **given: Any) -> None:
        _set(context, **{name: given.pop(name) for name in ours if name != "context"})
        command(**given, **({"context": context} if "context" in own else {}))

    both = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in (*own.values(), *ours.values())]
    called.__signature__ = Signature(both)  # type: ignore[attr-defined]  # which `inspect` looks for
    return called


def _everywhere(context: typer.Context, color: Color = None, traceback: Traceback = False, limit: Limit = None) -> None:
    """Only a signature."""


def _limit(text: str) -> tuple[str, int]:
    name, equals, value = text.partition("=")
    if not equals or not value.isascii() or not value.isdecimal() or len(value) > _LONGEST_VALUE:
        raise RfscopeError(
            "bad --limit", got=repr(text), expected="NAME=VALUE with a whole number, such as axis=50000000"
        )
    return name, int(value)

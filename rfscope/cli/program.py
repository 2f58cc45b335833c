"""How the words of a command line are read: what typer alone would not understand, and what its help shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

from typer.core import TyperCommand, TyperGroup

from rfscope.readers import has_reader
from rfscope.readers.names import runs_code
from rfscope.readers.rates import is_rates

__all__ = ["COMMANDS", "Command", "Entry", "Group", "Program", "examples", "is_target"]


class Entry(NamedTuple):
    """How a command stands in the help.

    Attributes:
        panel: The group of commands it is in.
        examples: Two commands as they are typed.
    """

    panel: str
    examples: tuple[str, str]


_LOOK, _RUN, _JUDGE = "Look at networks", "Run networks on large inputs", "Judge networks"
_FIND, _LOOK_UP = "Find dilation rates", "Look something up"

COMMANDS: Mapping[str, Entry] = {
    "analyze": Entry(_LOOK, ("rfscope analyze 2,4,8", "rfscope analyze torchvision.models:resnet50 --input 224")),
    "compare": Entry(_LOOK, ("rfscope compare 2,4,8 1,3,8 1,2,5", "rfscope compare zoo:drn-a-18 zoo:drn-c-26")),
    "plot": Entry(_LOOK, ("rfscope plot 2,4,8", "rfscope plot compare 2,4,8 1,2,5 -o compare.pdf")),
    "report": Entry(_LOOK, ("rfscope report 2,4,8 1,2,5 -o report.html", "rfscope report zoo:u-net -o u-net.html")),
    "play": Entry(_LOOK, ("rfscope play 2,4,8 1,2,5", "rfscope play -o play.html")),
    "erf": Entry(
        _LOOK,
        (
            "rfscope erf torchvision.models:resnet50 --node layer4 --input 512 --samples 10",
            "rfscope erf my.models:build --images photos --weights trained.pt -o field.png",
        ),
    ),
    "tile": Entry(
        _RUN,
        (
            "rfscope tile zoo:u-net",
            "rfscope tile torchvision.models:resnet50 --node layer4 --input 4000,3000 --tile 1024",
        ),
    ),
    "stream": Entry(
        _RUN,
        ("rfscope stream 1,2,4,8 --causal --sample-rate 16000", "rfscope stream my.codec:encoder --sample-rate 24000"),
    ),
    "lint": Entry(_JUDGE, ("rfscope lint 2,4,8", "rfscope lint specs/ --fail-level warning")),
    "suggest": Entry(
        _FIND,
        (
            "rfscope suggest --field 65 --layers 5",
            "rfscope suggest zoo:resnet-v1c-50-d8 --change 'layer4.*.conv2' --field 600 --at-least",
        ),
    ),
    "repair": Entry(_FIND, ("rfscope repair 2,4,8", "rfscope repair zoo:resnet-v1c-50-d8")),
    "survey": Entry(
        _FIND,
        (
            "rfscope survey --layers 2..5 --rates 1..10",
            "rfscope survey --models 'timm:resnet*' -o resnets.csv --jobs 2",
        ),
    ),
    "rule": Entry(_JUDGE, ("rfscope rule", "rfscope rule holes")),
    "explain": Entry(_LOOK_UP, ("rfscope explain", "rfscope explain gridding index")),
    "zoo": Entry(_LOOK_UP, ("rfscope zoo", "rfscope zoo deeplab-v1")),
    "schema": Entry(_LOOK_UP, ("rfscope schema spec", "rfscope schema analysis")),
}
"""In the order of use. Each is a module of this package with a function ``register(app, words)``."""


_BRACES = r"^{(.*?)}(?:\.{3})?$|^(\[.*\.{3}\])\.{3}$"
"""What typer writes around the name of an argument."""


def examples(*lines: str) -> str:
    """The end of a help text."""
    return "\n".join(("Examples:" if len(lines) > 1 else "Example:", *lines))


def is_target(word: str) -> bool:
    """Whether a word looks like a target, whether or not there is one of this name."""
    if is_rates(word) or word.startswith("zoo:") or runs_code(word):
        return True
    return has_reader(Path(word))


class Command(TyperCommand):
    """A command whose help shows no types, and which takes two names as ``A B`` and as ``A,B``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the command."""
        return super().parse_args(ctx, ["--help"] if args == ["help"] else _pairs_apart(args))

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options and arguments."""
        return _without_types(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What stands behind its name in the first line of its help."""
        return [re.sub(_BRACES, r"\1\2", piece) for piece in super().collect_usage_pieces(ctx)]


class Group(TyperGroup):
    """A command of several kinds, one of which is meant where none is named."""

    default = ""
    """The kind that is meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the command."""
        args = _help_asked(args)
        if args and args[0] not in ("-h", "--help") and not self._names_kind(*args[:2]):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The kind that the first word names.

        Raises:
            RfscopeError: It names none.
        """
        if args[0] not in self.commands and not ctx.resilient_parsing:
            from rfscope.cli.mistyped import no_kind

            raise no_kind(args[0], ctx.info_name, self.commands)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """The kinds, and what may stand behind the one that is meant where none is named."""
        found = super().shell_complete(ctx, incomplete)
        if (command := self.commands.get(self.default)) is not None:
            context = command.make_context(self.default, [], parent=ctx, resilient_parsing=True)
            target = next(one for one in command.params if one.param_type_name == "argument")
            found += [*command.shell_complete(context, incomplete), *target.shell_complete(context, incomplete)]
        return found

    def _names_kind(self, word: str, after: str = "-") -> bool:
        """Whether a word is a kind, or one mistyped, and no target; before a target it is meant as one."""
        if word in self.commands:
            return True
        if is_target(word):
            return False
        return bool(get_close_matches(word, self.commands)) or (word.isalpha() and is_target(after))

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options."""
        return _without_types(super().get_params(ctx))


class Program(TyperGroup):
    """The whole program."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the program's name."""
        return super().parse_args(ctx, _help_asked(args))

    def get_params(self, ctx: Any) -> list[Any]:
        """Its options."""
        return _without_types(super().get_params(ctx))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the signature is typer's
        """The commands in the order of use."""
        return [name for name in COMMANDS if name in self.commands]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
        """The command that the first word names.

        Raises:
            RfscopeError: It names none.
        """
        if args[0] not in self.commands and not ctx.resilient_parsing and args[0][:1] != "-":
            from rfscope.cli.mistyped import no_command

            raise no_command(args)
        return super().resolve_command(ctx, args)


def _help_asked(args: list[str]) -> list[str]:
    """``help`` is the word for ``--help``, of the program or of the command behind it."""
    return [*args[1:], "--help"] if args[:1] == ["help"] else args


def _pairs_apart(args: Sequence[str]) -> list[str]:
    """``--between A,B`` is ``--between A B``."""
    apart: list[str] = []
    for word in args:
        name, equals, both = word.partition("=")
        if name == "--between" and equals:
            apart += [name, *both.split(",", 1)]
        elif apart[-1:] == ["--between"] and word.count(",") == 1:
            apart += word.split(",")
        else:
            apart.append(word)
    return apart


def _without_types(params: list[Any]) -> list[Any]:
    """Flags take no value, and arguments say in words what they are: their help shows no type."""
    for param in params:
        if param.param_type_name == "argument":
            param.display_type_rich = _nothing
        elif param.is_flag and param.metavar is None:
            param.metavar = ""
    return params


def _nothing(*, ctx: object) -> None:  # noqa: ARG001 - the signature is typer's
    return None

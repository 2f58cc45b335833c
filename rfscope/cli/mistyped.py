"""What to type instead of a word that is no command, or no kind of one."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from rfscope.cli.program import COMMANDS, is_target
from rfscope.errors import RfscopeError
from rfscope.misnamed import published
from rfscope.readers.numbers import listed

__all__ = ["no_command", "no_kind"]

_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("check", "validate", "test"), "lint"),
    **dict.fromkeys(("info", "show", "summary", "rf", "run"), "analyze"),
    **dict.fromkeys(("diff", "vs"), "compare"),
    **dict.fromkeys(("draw", "heatmap", "visualize"), "plot"),
    **dict.fromkeys(("define", "glossary"), "explain"),
}
"""Commands of other tools, and what they are called here."""


def no_kind(word: str, command: str, kinds: Collection[str]) -> RfscopeError:
    """What to type instead of a word that is no kind of a command that has several."""
    what = f"no such kind of {command}"
    if close := get_close_matches(word, kinds):
        return RfscopeError(what, got=repr(word), do=f"did you mean {' or '.join(map(repr, close))}?")
    return RfscopeError(what, got=repr(word), expected=f"one of {', '.join(kinds)}")


def no_command(args: Sequence[str]) -> RfscopeError:
    """What to type instead of words of which the first is no command."""
    word = args[0]
    if close := get_close_matches(word, COMMANDS):
        return RfscopeError("no such command", got=repr(word), do=f"did you mean {close[0]!r}?")
    if word in _MEANT:
        return RfscopeError("no such command", got=repr(word), do=f"did you mean {_MEANT[word]!r}?")
    if is_folder := word.strip("./") != word and Path(word).is_dir():
        meant: str | None = word
    else:
        meant = word if word.strip() and (is_target(word) or Path(word).suffix) else published(word)
    if meant is not None:
        command = "lint" if is_folder else "compare" if len(args) > 1 and is_target(args[1]) else "analyze"
        do = f"type: rfscope {command} {' '.join(_as_typed(one) for one in [meant, *args[1:]])}"
        return RfscopeError("a target without a command", got=repr(word), do=do)
    return RfscopeError("no such command", got=repr(word), expected=f"one of {', '.join(COMMANDS)}")


def _as_typed(word: str) -> str:
    """A word of the command line as a shell takes it: rates without spaces and brackets, else in quotes if need be."""
    return ",".join(listed(word) or ()) or shlex.quote(word)

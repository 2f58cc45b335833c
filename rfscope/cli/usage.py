"""Words that were typed wrongly: what they mean where that is plain, else what is wrong with them in our own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError, near, shorten

if TYPE_CHECKING:
    import typer

__all__ = ["meant", "usage_error"]

_PAIR = re.compile(r"(?:--between=)?([^,=-][^,]*),([^,]+)")
_NUMBER = re.compile(r"-[0-9]")
_RATES = re.compile(r"[0-9]+")
_EXAMPLES = {
    "rates": "2,4,8",
    "target": "2,4,8",
    "targets": "2,4,8 1,2,5",
    "output": "-o picture.png",
}
"""Values of what may be missing, by the parameters of the commands."""

_EXTRA = "Got unexpected extra argument(s) ("
_NO_COMMAND = re.compile(r"No such command '(.*)'\.", re.DOTALL)


def meant(words: Sequence[str]) -> list[str]:
    """The words with pairs of layers apart: ``--between a,b`` as ``--between a b``.

    Example:
        >>> meant(["--between", "a,b", "net.toml"]), meant(["--between", "a", "b", "net.toml"])
        (['--between', 'a', 'b', 'net.toml'], ['--between', 'a', 'b', 'net.toml'])
    """
    made: list[str] = []
    for word in words:
        is_value = made[-1:] == ["--between"] or word.startswith("--between=")
        pair = _PAIR.fullmatch(word) if is_value else None
        made += (["--between"] if word.startswith("--between=") else []) + list(pair.groups()) if pair else [word]
    return made


def usage_error(error: typer.TyperException, words: Sequence[str]) -> RfscopeError | None:
    """What is wrong with the words, as one of our errors; None if it has been said already.

    Args:
        error: What the parser of the command line says.
        words: What was typed.
    """
    said = " ".join(getattr(error, "format_message", error.__str__)().split())
    context = getattr(error, "ctx", None)
    command = "rfscope" if context is None else context.command_path
    told = {
        "NoSuchOption": lambda: _no_option(error, words, command),
        "MissingParameter": lambda: _missing(error, command),
        "BadParameter": lambda: _bad_value(error),
        "BadOptionUsage": lambda: _bad_use(error, said, command),
        "UsageError": lambda: _other(said, context, command),
    }
    return told.get(type(error).__name__, told["UsageError"])() if said else None


def _bad_use(error: Any, said: str, command: str) -> RfscopeError:
    option = error.option_name
    if "does not take" in said:
        return RfscopeError(f"{option} takes no value", do=f"write {option} alone")
    needed = "two values" if " 2 " in said else "a value"
    return RfscopeError(f"{option} needs {needed}", do=f"see {command} --help")


def _other(said: str, context: Any, command: str) -> RfscopeError:
    if said.startswith(_EXTRA):
        return _too_many(said.removeprefix(_EXTRA).removesuffix(")"), context, command)
    if unknown := _NO_COMMAND.match(said):
        close = near(unknown[1], getattr(context.command, "commands", {}))
        do = f"did you mean {close!r}?" if close else f"see {command} --help"
        return RfscopeError("no such command", got=shorten(unknown[1]), do=do)
    return RfscopeError(said.rstrip("."), do=f"see {command} --help")


def _no_option(error: Any, words: Sequence[str], command: str) -> RfscopeError:
    option = error.option_name
    typed = next((word for word in words if word.startswith(option)), option)
    if _NUMBER.match(typed):
        return RfscopeError("bad number", got=shorten(typed), expected="1 or more", do="no number is below 1")
    close = near(option, error.possibilities or ())
    do = f"did you mean {close}?" if close else f"see {command} --help"
    return RfscopeError("no such option", where=command, got=shorten(typed), do=do)


def _missing(error: Any, command: str) -> RfscopeError:
    own = error.param.name
    required = [one for one in error.ctx.command.params if one.required]
    example = " ".join(_EXAMPLES[one.name] for one in required if one.name in _EXAMPLES)
    name = _longest(error.param.opts) if own == "output" else own
    do = f"write for example {command} {example}" if example else f"see {command} --help"
    return RfscopeError(f"missing {name.rstrip('.')}", where=command, do=do)


def _bad_value(error: Any) -> RfscopeError:
    """What is wrong with a value, from what the library that checks them found."""
    name = _longest(error.param.opts) if error.param is not None else "value"
    details: list[dict[str, Any]] = getattr(error.__cause__, "errors", list)()
    if not details:
        return RfscopeError(f"bad {name}", expected=error.message.rstrip("."))
    detail = details[0]
    got, facts = detail["input"], detail.get("ctx", {})
    choices = list(_choices(detail))
    close = near(got, choices)
    return RfscopeError(
        f"bad {name}",
        got=shorten(got),
        expected=f"one of {', '.join(choices)}" if choices else _expected(detail["type"], facts),
        do=f"did you mean {close!r}?" if close else None,
    )


def _choices(detail: dict[str, Any]) -> Iterator[str]:
    """The values of which one was expected."""
    facts = detail.get("ctx", {})
    if detail["type"] in ("value_error", "enum", "literal_error"):
        quoted = re.findall(r"'((?:[^'\\]|\\.)*)'", str(facts.get("error") or facts.get("expected") or ""))
        yield from (value for value in quoted if value != detail["input"])


def _expected(kind: str, facts: dict[str, Any]) -> str:
    bounds = {"greater_than_equal": "or more", "less_than_equal": "or less"}
    if kind in bounds:
        return f"{facts.get('ge', facts.get('le'))} {bounds[kind]}"
    if kind.startswith("int"):
        return "a whole number"
    if kind.startswith(("float", "finite")):
        return "a number"
    if kind.startswith("bool"):
        return "true or false"
    return "another value"


def _too_many(extra: str, context: Any, command: str) -> RfscopeError:
    typed = (context.params.get(name) for name in ("rates", "target"))
    first = [value for value in typed if isinstance(value, str) and _RATES.fullmatch(value)]
    words = extra.split()
    if first and all(map(_RATES.fullmatch, words)):
        rates = ",".join([*first, *words])
        return RfscopeError("rates apart", got=shorten(" ".join([*first, *words])), do=f"write {rates}")
    return RfscopeError("too many words", where=command, got=shorten(extra), do=f"see {command} --help")


def _longest(options: Sequence[str]) -> str:
    return max(options, key=len)

"""What was typed wrongly, in the words of all other errors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import typer

from rfscope.errors import clean, near, shorten
from rfscope.readers.numbers import listed, numbers_in

__all__ = ["usage_text"]

_MISSING = {
    "target": "no target: expected rates, a file, zoo:NAME or package.module:name, such as {path} 1,2,5",
    "targets": "no target: expected rates, files, zoo:NAME or package.module:name, such as {path} 1,2,5 2,4,8",
    "module": "no target: expected package.module:name or a .pt2 file, such as {path} torchvision.models:resnet18",
    "modules": "no target: expected package.module:name or .npz files that rfscope erf -o has written, such as {path} "
    "before.npz after.npz",
    "output": "no file to draw to; add -o picture.png (or .svg, .pdf)",
    "page": "no file to write to; add -o report.html",
}
"""What to say where a parameter is missing, by its name."""

_MEANT = {
    "--format": ("--output-format", "--json"),
    "--layer": ("--node",),
    "--phase": ("--at",),
    "--kernel-size": ("--kernel",),
    "--size": ("--input",),
    "--input-size": ("--input",),
    "--sr": ("--sample-rate",),
    "--fs": ("--sample-rate",),
}
"""Options of other tools, and what they may be called here."""

_ADVICE = {
    **dict.fromkeys(
        ("--dilation", "--dilations", "--dilation-rates", "--rate", "--rates"), "write the rates as the target: 1,2,5"
    ),
    "--allow-unknown": "lint goes on after unknown operations as it is, and reports them as RFS901",
}
"""What to do instead of giving an option that this command does not have."""

_PICTURES = (".png", ".svg", ".pdf")

_NUMBERS = {"int": "a whole number", "float": "a number"}
"""Types as annotations name them."""


def usage_text(error: typer.TyperException) -> str:
    """One line for an error that typer found in the words."""
    return " ".join(_text(error, getattr(error, "ctx", None)).split())


def _text(error: Any, context: Any) -> str:
    message = str(getattr(error, "format_message", error.__str__)())
    path = context.command_path if context is not None else "rfscope"
    parameter = getattr(error, "param", None)
    if getattr(error, "option_name", None) is not None:
        return _bad_option(error, message, context, path)
    if parameter is not None and message.startswith("Missing"):
        return _MISSING.get(parameter.name, f"{message[0].lower()}{message[1:]}").format(path=path)
    if parameter is not None and message.startswith("Invalid value"):
        return _bad_value(error, parameter)
    if message.startswith("Got unexpected extra argument"):
        return _too_many(message.partition("(s) (")[2].removesuffix(")"), context, path)
    return message


def _bad_option(error: Any, message: str, context: Any, path: str) -> str:
    """What is wrong with an option: there is none of this name, or its values are too few or too many."""
    option = error.option_name
    if re.fullmatch("-[0-9]", option):
        return f"bad number: got {option} at the beginning of a word, expected 1 or more; no number is below 1"
    if message.startswith("No such option"):
        return f"no such option: {clean(option)}; {_instead(option, error.possibilities or (), context, path)}"
    if option == "--between":
        return "--between takes the names of two layers or modules: A B, or A,B"
    return f"{clean(option)} needs a value after it" if "requires" in message else f"{clean(option)} takes no value"


def _bad_value(error: Any, parameter: Any) -> str:
    """What is wrong with the value of an option or argument."""
    kind = parameter.type_descriptor
    expected = error.message.removeprefix("Value error, ").rstrip(".")
    if kind.is_choice:
        expected = f"one of {', '.join(str(getattr(one, 'value', one)) for one in kind.choices)}"
    elif number := next((words for name, words in _NUMBERS.items() if name in str(kind.annotation)), None):
        least, most = parameter.min, parameter.max
        reach = f" from {least} to {most}" if most is not None else f" of {least} or more" if least is not None else ""
        expected = f"{number}{reach}"
    name, value = max(parameter.opts, key=len), _refused(error)
    close = near(value, [str(getattr(one, "value", one)) for one in kind.choices]) if kind.is_choice else None
    said = f"bad {name}: got {'something else' if value is None else shorten(value)}, expected {expected}"
    return f"{said}; did you mean {close!r}?" if close else said


def _refused(error: Any) -> Any:
    """The value that was refused; None if it is not known."""
    cause = error.__cause__ or error.__context__
    details = cause.errors() if hasattr(cause, "errors") else ()
    return details[0]["input"] if details else None


def _too_many(words: str, context: Any, path: str) -> str:
    """What to type where a command that takes one target, or one name, is given several words."""
    target = context.params.get("target")
    if target is None:
        return f"too many words: got {words!r}; see {path} --help"
    both = [target, *words.split(" ")]
    said = " ".join(both)
    if rates := listed(said) or numbers_in(said):
        return f"rates in several words: got {said!r}; write them with commas: {','.join(rates)}"
    if (kind := both[-1]) in getattr(getattr(context.parent, "command", None), "commands", {}):
        plot = context.parent.command_path
        return f"the kind stands before the target: got {said!r}; write {plot} {kind} {' '.join(both[:-1])}"
    if len(both) == 2 and both[1].endswith(_PICTURES) and any("-o" in one.opts for one in context.command.params):
        return f"more than one target: got {said!r}; to draw to a file, write {target} -o {both[1]}"
    return f"more than one target: got {said!r}; rfscope compare takes several"


def _instead(option: str, close: Iterable[str], context: Any, path: str) -> str:
    """What to do about an option that there is not."""
    if option in _ADVICE:
        return _ADVICE[option]
    shown = [one for one in context.command.get_params(context) if not getattr(one, "hidden", False)] if context else []
    has = {name for one in shown for name in one.opts}
    nearest = near(option, close)
    known = [name for name in _MEANT.get(option, ()) if name in has]
    at_front = path == "rfscope"  # where most options that there are not are those of a command
    if meant := known or [name for name in ([nearest] if nearest else () if at_front else close) if name in has]:
        return f"did you mean {' or '.join(meant)}?"
    if at_front:
        return "options stand after the command, such as rfscope analyze 2,4,8 -k 5"
    return f"see {path} --help"

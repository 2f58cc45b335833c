"""What is typed behind options, read: sizes, shapes by name, arguments as JSON, sample rates."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rfscope.errors import RfscopeError, shorten
from rfscope.readers.numbers import listed

__all__ = ["arguments_of", "hertz", "input_of", "sizes"]

_LONGEST_NUMBER = 10
_CROSSED = r"[0-9]++(?:(?:\s*+[xX]\s*+|\s++)[0-9]++)++"
"""A size as it is shown, or with spaces."""


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


_ARGS = """a JSON object or list, in quotes for the shell, such as '{"depth": 50}' or '[50]'"""


def arguments_of(text: str | None) -> dict[str, Any] | list[Any] | None:
    """What ``--args`` says: a JSON object of named arguments, or a list of them in order."""
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise RfscopeError("bad --args", got=shorten(text), expected=_ARGS) from None
    if not isinstance(found, dict | list):
        raise RfscopeError("bad --args", got=shorten(text), expected=_ARGS)
    return found


def hertz(text: str) -> float:
    """What ``--sample-rate`` says: a number, or one with a unit as audio is spoken of, ``44.1k`` or ``16 kHz``."""
    number = text.strip().lower().removesuffix("hz").strip()
    try:
        rate = float(Decimal(number.removesuffix("k")) * (1000 if number.endswith("k") else 1))
    except (ArithmeticError, ValueError):
        rate = float("nan")
    if not 0 < rate < float("inf"):
        expected = "samples a second, above 0, such as 24000 or 44.1k"
        raise RfscopeError("bad --sample-rate", got=shorten(text), expected=expected)
    return rate


def sizes(text: str | None, option: str, *, signed: bool = False) -> tuple[int, ...] | None:
    """The whole numbers of an option such as ``--input 512,512`` or ``512x512``; with ``signed`` also those below 0."""
    if text is None:
        return None
    words = re.findall("[0-9]+", text) if re.fullmatch(_CROSSED, text) else listed(text, signed=signed)
    if words is None or any(len(word) >= _LONGEST_NUMBER for word in words):
        expected = "whole numbers below 10^9, one per axis, such as 64,64"
        raise RfscopeError(f"bad {option}", got=shorten(text), expected=expected)
    return tuple(map(int, words))

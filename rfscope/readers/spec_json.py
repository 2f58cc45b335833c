"""JSON, with the place of each value, and strict where Python's reader is not."""

from __future__ import annotations

import json
import math
import re

from rfscope import limits
from rfscope.errors import TargetError, shorten
from rfscope.readers.spec_document import (
    MARKED,
    Document,
    Marks,
    TextPlaces,
    check_number,
    check_text,
    duplicate_key,
    place,
)

__all__ = ["read_json"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[][{}:,]|[^][{}:,"\s]++', re.DOTALL)


def read_json(text: str, file: str) -> Document:
    """Read JSON.

    Raises:
        TargetError: It is not JSON, a key stands twice, or a number is not finite or too long.
        LimitError: Its brackets are nested too deeply.

    Example:
        >>> read_json('{"layers": [{"op": "conv"}]}', "net.json").where(("layers", 0, "op"))
        'net.json:1:14, layers[0].op'
    """
    lines = TextPlaces(text)
    _check(text, file, lines)
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        where = place(file, lines.place(error.pos))
        raise TargetError(f"invalid JSON ({error.msg})", where=where) from None
    return Document(file, data, _marks(text, file, lines))


def _check(text: str, file: str, lines: TextPlaces) -> None:
    """Refuse what Python's reader would accept, recurse on or take long over."""
    depth = 0
    for token in _TOKEN.finditer(text):
        written = token.group()
        if written in ("[", "{"):
            depth += 1
            if depth > limits.limit("nesting"):
                limits.check("nesting", depth, where=place(file, lines.place(token.start())))
        elif written in ("]", "}"):
            depth -= 1
        elif written[0] in "-0123456789NI":
            _check_number(written, place(file, lines.place(token.start())))


def _check_number(written: str, where: str) -> None:
    check_number(written, where)
    try:
        finite = math.isfinite(float(written))
    except ValueError:
        return  # not a number at all, which the reader will say
    if not finite:
        raise TargetError("not a number", where=where, got=shorten(written), expected="a finite number")


def _marks(text: str, file: str, lines: TextPlaces) -> Marks:
    """Find where each value of a valid text stands: its key in an object, itself in an array."""
    marks: Marks = {}
    path: list[str | int] = []
    awaits_key: list[bool] = []
    for token in _TOKEN.finditer(text):
        written, at = token.group(), lines.place(token.start())
        if written[0] == '"':
            value = json.loads(written)
            check_text(value, place(file, at))
        if written in ("]", "}"):
            path.pop()
            awaits_key.pop()
        elif written == ",":
            awaits_key[-1] = isinstance(path[-1], str)
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else ""
        elif awaits_key and awaits_key[-1]:
            awaits_key[-1] = False
            path[-1] = value
            if len(path) <= MARKED and marks.setdefault(tuple(path), at) != at:
                raise duplicate_key(value, place(file, at))
        elif written != ":":
            if len(path) <= MARKED:
                marks.setdefault(tuple(path), at)
            if written in ("[", "{"):
                path.append(0 if written == "[" else "")
                awaits_key.append(written == "{")
    return marks

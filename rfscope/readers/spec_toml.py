"""TOML, with the line of each layer and key, which the standard reader does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.readers.spec_document import Comment, Document, Marks, Path, TextPlaces, check_number, place

__all__ = ["read_toml", "toml_comments"]

_TOKEN = re.compile(
    r"""
    (?P<skip> \#[^\n]*+ | "{3}(?:[^\\]|\\.)*?(?:"{3,5}|\Z) | '{3}.*?(?:'{3,5}|\Z) )
  | (?P<word> "(?:[^"\\\n]|\\[^\n])*+"? | '[^'\n]*+'? | [A-Za-z0-9_+-]++ )
  | (?P<sign> [][{}=,.\n] )
    """,
    re.VERBOSE | re.DOTALL,
)
_KEY = r"""[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+'"""
_DOTTED = rf"(?:{_KEY}) (?: [ \t]*+ \. [ \t]*+ (?:{_KEY}) )*+"
_STATEMENT = re.compile(
    rf"""
    ^[ \t]*+ (?:
        (?P<key> {_KEY} ) [ \t]*+ = [ \t]*+ (?P<value> \[ )?
      | (?P<header> \[ (?P<array> \[ )? [ \t]*+ (?P<path> {_DOTTED} ) [ \t]*+ \] )
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
_ITEM = 2
"""Depth of the brackets around the keys of an inline table in an array."""

_MESSAGE = re.compile(r"(?P<what>.*) \(at (?:line (?P<row>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def read_toml(text: str, file: str) -> Document:
    r"""Read TOML.

    Raises:
        TargetError: It is not TOML (a key that stands twice is not), or a number is too long.
        LimitError: Its brackets or dotted keys are nested too deeply.

    Example:
        >>> read_toml("[[layers]]\nop = 'conv'", "net.toml").where(("layers", 0, "op"))
        'net.toml:2:1, layers[0].op'
    """
    lines = TextPlaces(text)
    _check(text, file, lines)
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise _syntax_error(str(error), file) from None
    return Document(file, data, _marks(text, lines))


def toml_comments(text: str) -> Iterator[Comment]:
    """The comments of a valid text."""
    lines = TextPlaces(text)
    for token in _TOKEN.finditer(text):
        if token.group().startswith("#"):
            yield lines.comment(text, token.start(), len(token.group()))


def _syntax_error(message: str, file: str) -> TargetError:
    found = _MESSAGE.fullmatch(message)
    if not found:
        return TargetError(f"invalid TOML ({message})", where=file)
    at = place(file, (int(found["row"]), int(found["column"]))) if found["row"] else f"the end of {file}"
    return TargetError(f"invalid TOML ({found['what']})", where=at)


def _check(text: str, file: str, lines: TextPlaces) -> None:
    """Refuse what the standard reader would recurse on or take long over."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        written = token.group()
        if token["sign"]:
            depth += (written in "[{") - (written in "]}")
            dots = dots + 1 if written == "." else 0
            if depth + dots > limits.limit("nesting"):
                limits.check("nesting", depth + dots, where=place(file, lines.place(token.start())))
        elif written[0] in "+-0123456789":
            check_number(written, place(file, lines.place(token.start())))


def _marks(text: str, lines: TextPlaces) -> Marks:
    """Find where tables and keys stand in a valid text, in its headers and in arrays of inline tables."""
    marks: Marks = {}
    table: Path = ()
    lengths: dict[Path, int] = {}
    for statement in _STATEMENT.finditer(_without_blocks(text)):
        if statement["header"]:
            table = _table(statement["path"], lengths, item=statement["array"] is not None)
            marks.setdefault(table, lines.place(statement.start("header")))
            if statement["array"]:  # the whole list stands where its first item does
                marks.setdefault(table[:-1], marks[table])
        else:
            path = (*table, _bare(statement["key"]))
            marks.setdefault(path, lines.place(statement.start("key")))
            if statement["value"]:
                _mark_items(marks, path, text, statement.start("value"), lines)
    return marks


def _table(written: str, lengths: dict[Path, int], *, item: bool) -> Path:
    """The path that a header means: of an array of tables its last, or where the header adds an item, that one."""
    path: Path = ()
    for key in re.findall(_KEY, written):
        if path in lengths:
            path = (*path, lengths[path] - 1)
        path = (*path, _bare(key))
    if item:
        lengths[path] = lengths.get(path, 0) + 1
    return (*path, lengths[path] - 1) if path in lengths else path


def _mark_items(marks: Marks, array: Path, text: str, start: int, lines: TextPlaces) -> None:
    """Find where inline tables and their keys stand in an array that starts there."""
    depth = number = 0
    awaits_key = False
    for token in _TOKEN.finditer(text, start):
        written = token.group()
        if token["sign"] and written in "[{":
            depth += 1
            awaits_key = depth == _ITEM and written == "{"
            if awaits_key:
                marks[(*array, number)] = lines.place(token.start())
        elif token["sign"] and written in "]}":
            depth -= 1
            if not depth:
                return
        elif written == ",":
            number += depth == 1
            awaits_key = depth == _ITEM and (*array, number) in marks
        elif token["word"] and awaits_key:
            marks.setdefault((*array, number, _bare(written)), lines.place(token.start()))
            awaits_key = False


def _without_blocks(text: str) -> str:
    """Blank out comments and strings of several lines, in which anything may look like a statement."""
    return _TOKEN.sub(lambda token: re.sub(r"[^\n]", " ", token.group()) if token["skip"] else token.group(), text)


def _bare(key: str) -> str:
    return next(iter(tomllib.loads(f"{key} = 0"))) if key[0] in "\"'" else key

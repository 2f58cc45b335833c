"""TOML, with the line of each layer and key, which the standard reader does not tell."""

from __future__ import annotations

import re
import tomllib

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.readers.spec_document import Document, Lines, Marks, Path, check_number, place

__all__ = ["read_toml"]

_TOKEN = re.compile(
    r'''
    (?P<skip> \#[^\n]*+ | """(?:[^\\]|\\.)*?(?:"{3,5}|\Z) | \'{3}.*?(?:\'{3,5}|\Z) )
  | (?P<word> "(?:[^"\\\n]|\\[^\n])*+"? | '[^'\n]*+'? | [A-Za-z0-9_+-]++ )
  | (?P<sign> [][{}=,.\n] )
    ''',
    re.VERBOSE | re.DOTALL,
)
_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<row>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def read_toml(text: str, file: str) -> Document:
    """Read TOML.

    Raises:
        TargetError: It is not TOML (a key that stands twice is not), or a number is too long.
        LimitError: Its brackets or dotted keys are nested too deeply.

    Example:
        >>> read_toml("[[layers]]\\nop = 'conv'", "net.toml").where(("layers", 0, "op"))
        'net.toml:2:1, layers[0].op'
    """
    lines = Lines(text)
    _check(text, file, lines)
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise _syntax_error(str(error), file) from None
    return Document(file, data, _marks(text, lines))


def _syntax_error(message: str, file: str) -> TargetError:
    found = _PLACE.fullmatch(message)
    what = found["what"] if found else message
    where = place(file, (int(found["row"]), int(found["column"]))) if found and found["row"] else f"the end of {file}"
    return TargetError(f"invalid TOML ({what})", where=where if found else file)


def _check(text: str, file: str, lines: Lines) -> None:
    """Refuse what the standard reader would recurse on or take long over."""
    depth = dots = 0
    for token in _TOKEN.finditer(text):
        written = token.group()
        if written[0] in "+-0123456789":
            check_number(written, place(file, lines.place(token.start())))
        elif token["sign"]:
            depth += (written in "[{") - (written in "]}")
            dots = dots + 1 if written == "." else 0
            if depth + dots > limits.limit("nesting"):
                limits.check("nesting", depth + dots, where=place(file, lines.place(token.start())))


def _marks(text: str, lines: Lines) -> Marks:
    """Find where the layers and keys of a valid text stand: a layer at its header or brace, a value at its key."""
    scan = _Scan()
    for token in _TOKEN.finditer(text):
        if token["word"]:
            scan.word(token.group(), lines.place(token.start()))
        elif token["sign"]:
            scan.sign(token.group(), lines.place(token.start()))
    return scan.marks

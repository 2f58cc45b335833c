"""The plain data of a spec file, and where in the file it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rfscope.errors import TargetError, shorten
from rfscope.network.graph import Origin
from rfscope.network.source import LINE_END, Comment

__all__ = [
    "MARKED",
    "Comment",
    "Document",
    "LineColumn",
    "Marks",
    "Path",
    "TextPlaces",
    "check_number",
    "check_text",
    "duplicate_key",
    "place",
]

Path = tuple[str | int, ...]
"""The way from the top of a document to a value: keys, and indices from 0."""

LineColumn = tuple[int, int]
"""Row and column, both from 1."""

Marks = dict[Path, LineColumn]
"""The places of the values, as far as they are known."""

MARKED = 3
"""Length of the longest path whose place is kept: ``layers``, number, key. Deeper values stand at their key."""

_LONGEST_NUMBER = 1_000
"""Characters. The time to read a number grows with their square, and above 4,300 Python refuses."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a spec file says.

    Attributes:
        file: Its name, for people.
        data: Dictionaries with text keys, lists, text, numbers, booleans, None, and whatever else its format has.
        marks: Where the values stand.

    Example:
        >>> Document("net.toml", {}, {("layers", 2): (7, 1)}).where(("layers", 2, "kernel"))
        'net.toml:7:1, layers[2].kernel'
    """

    file: str
    data: object
    marks: Mapping[Path, LineColumn] = field(default_factory=dict)

    def origin(self, path: Path, keys: Iterable[str] = ()) -> Origin:
        """Where a value stands, and the keys of a table; the file alone where its format does not tell."""
        row, column = self.marks.get(path, (None, None))
        known = {key: self.marks[*path, key] for key in keys if (*path, key) in self.marks}
        return Origin(file=self.file, row=row, column=column, keys=known)

    def nearest(self, path: Path) -> Origin:
        """Where a value stands, or what holds it: the nearest known place."""
        return self.origin(next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self.marks), ()))

    def where(self, path: Path) -> str:
        """Where a value stands, for an error text: the nearest known place, and the keys that lead to it."""
        keys = "".join(f"[{part}]" if isinstance(part, int) else f".{part:.60}" for part in path).removeprefix(".")
        return f"{self.nearest(path)}, {keys}" if keys else str(self.nearest(path))


class TextPlaces:
    r"""The places of the characters of a text.

    Example:
        >>> TextPlaces("ab\ncd").place(4)
        (2, 2)
    """

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in LINE_END.finditer(text))]

    def place(self, offset: int) -> LineColumn:
        """Row and column of the character at an offset."""
        row = bisect_right(self._starts, offset)
        return row, offset - self._starts[row - 1] + 1

    def comment(self, text: str, offset: int, length: int) -> Comment:
        """The comment of that length at an offset of the text."""
        row, column = self.place(offset)
        before = text[offset - column + 1 : offset]
        return Comment(text[offset : offset + length].rstrip(), row, column, before.strip() in ("", "-"))


def place(file: str, at: LineColumn) -> str:
    """Write a place in a file: ``net.toml:7:1``."""
    return f"{file}:{at[0]}:{at[1]}"


def check_number(written: str, where: str) -> None:
    """Refuse a number that would take long to read.

    Raises:
        TargetError: It has more than 1,000 characters.
    """
    if len(written) > _LONGEST_NUMBER:
        expected = f"at most {_LONGEST_NUMBER}"
        raise TargetError("number too long", where=where, got=f"{len(written)} characters", expected=expected)


def check_text(text: str, where: str) -> None:
    """Refuse half a character, which no terminal or file could take.

    Raises:
        TargetError: The text holds a lone surrogate.
    """
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise TargetError("bad text", where=where, got=shorten(text), expected="whole Unicode characters")


def duplicate_key(key: str, where: str) -> TargetError:
    """The error for a key that stands twice in one table."""
    return TargetError("duplicate key", where=where, got=shorten(key), expected="each key once")

"""YAML without its surprises: only plain decimal numbers and true or false are more than text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from rfscope import limits
from rfscope.errors import MissingExtraError, TargetError, shorten
from rfscope.readers.spec_document import (
    MARKED,
    Comment,
    Document,
    LineColumn,
    Marks,
    Path,
    TextPlaces,
    check_number,
    check_text,
    duplicate_key,
    place,
)

if TYPE_CHECKING:
    from yaml import Event, Mark, ScalarEvent

__all__ = ["read_yaml", "yaml_comments"]

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_HASH = re.compile(r"(?:(?<=\s)|^)#", re.MULTILINE)
_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")
"""Where PyYAML ends a comment, and goes on reading what is behind it."""

_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False} | dict.fromkeys(
    ("", "~", "null", "Null", "NULL")
)


def read_yaml(text: str, file: str) -> Document:
    """Read YAML.

    ``no``, ``012``, ``1:30`` and ``1e3`` stay text, so that they are errors where a number or a boolean belongs.

    Raises:
        TargetError: It is not YAML or more than one document, or has a duplicate key, an alias or a tag.
        LimitError: It is nested too deeply.
        MissingExtraError: PyYAML is not installed.

    Example:
        >>> read_yaml("layers: [{op: conv, kernel: 012}]", "net.yaml").data
        {'layers': [{'op': 'conv', 'kernel': '012'}]}
    """
    try:
        import yaml
    except ModuleNotFoundError:
        raise MissingExtraError("YAML needs PyYAML", where=file, do="pip install pyyaml") from None
    lines = TextPlaces(text)
    builder = _Builder(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), file, lines)
    try:
        return Document(file, builder.document(), builder.marks)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = place(file, lines.place(mark.index)) if mark else file
        raise TargetError(f"invalid YAML ({error.problem or error.context})", where=where) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise TargetError(f"invalid YAML ({str(error).partition(chr(10))[0]})", where=file) from None


def yaml_comments(text: str) -> Iterator[Comment]:
    """The comments of a valid text: whatever begins with ``#`` behind a space and stands in no text."""
    import yaml

    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    scalars = [
        (cast("Mark", event.start_mark).index, cast("Mark", event.end_mark).index)
        for event in events
        if isinstance(event, yaml.ScalarEvent)
    ]
    lines = TextPlaces(text)
    starts = [start for start, _ in scalars]
    end = 0
    for found in _HASH.finditer(text):
        at = found.start()
        before = bisect_right(starts, at) - 1
        if at >= end and (before < 0 or at >= scalars[before][1]):
            end = found_end.start() if (found_end := _BREAK.search(text, at)) else len(text)
            yield lines.comment(text, at, end - at)


class _Builder:
    """Plain data from the parser's events, so that nothing is resolved, expanded or recursed into unasked."""

    def __init__(self, events: Iterator[Event], file: str, lines: TextPlaces) -> None:
        self.marks: Marks = {}
        self._events = events
        self._file = file
        self._lines = lines

    def document(self) -> object:
        """Read the only document; None if there is none."""
        import yaml

        data: object = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise TargetError("a second document", where=self._place(event), expected="one document")
                data = self._value(next(self._events), ())
        return data

    def _value(self, event: Event, path: Path) -> object:
        import yaml

        if len(path) <= MARKED:
            self.marks.setdefault(path, self._at(event))
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse("an alias", f"*{event.anchor}", event, "the value itself")
        if (tag := getattr(event, "tag", None)) is not None:
            raise self._refuse("a tag", tag, event, "a value without a tag")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        limits.check("nesting", len(path) + 1, where=self._place(event))
        return self._sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path)

    def _sequence(self, path: Path) -> list[object]:
        import yaml

        items: list[object] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        import yaml

        table: dict[str, object] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
                raise TargetError("bad key", where=self._place(event), expected="plain text")
            key = event.value
            check_text(key, self._place(event))
            if key == "<<":
                raise self._refuse("a merge key", "<<", event, "the keys themselves")
            if key in table:
                raise duplicate_key(key, self._place(event))
            if len(path) < MARKED:
                self.marks[(*path, key)] = self._at(event)
            table[key] = self._value(next(self._events), (*path, key))
        return table

    def _scalar(self, event: ScalarEvent) -> object:
        text = event.value
        check_text(text, self._place(event))
        if not event.implicit[0]:  # quoted or a block: text whatever it looks like
            return text
        if _INTEGER.fullmatch(text):
            check_number(text, self._place(event))
            return int(text)
        return float(text) if _FRACTION.fullmatch(text) else _WORDS.get(text, text)

    def _refuse(self, what: str, got: str, event: Event, expected: str) -> TargetError:
        return TargetError(f"{what} in YAML", where=self._place(event), got=shorten(got), expected=expected)

    def _place(self, event: Event) -> str:
        return place(self._file, self._at(event))

    def _at(self, event: Event) -> LineColumn:
        """Row and column; PyYAML's own count as YAML 1.1 does, which ended lines with more characters."""
        return self._lines.place(cast("Mark", event.start_mark).index)

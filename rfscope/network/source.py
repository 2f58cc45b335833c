"""The text that a network was read from, with the comments in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["LINE_END", "Comment", "Source", "SpecFormat"]

LINE_END = re.compile(r"\r\n?|\n")
"""What ends a line in every format of specs; Unicode's further line ends do not."""

SpecFormat: TypeAlias = Literal["toml", "yaml", "json"]


class Comment(NamedTuple):
    """A comment, from its ``#`` to the end of its line, and where it stands.

    Attributes:
        text: What it says.
        row, column: Its place, from 1.
        alone: Whether its line holds nothing else, but for the dash of an item in YAML.
    """

    text: str
    row: int
    column: int
    alone: bool


@dataclass(frozen=True)
class Source:
    """The text of a spec, as it was when the network was read from it.

    Attributes:
        file: Its name.
        text: The text.
        format: What it is written in.
        marks: Where its values stand, row and column from 1, by the keys and indices that lead to them.
        lexer: Finds the comments in a text of this format.
    """

    file: str
    text: str
    format: SpecFormat
    marks: Mapping[tuple[str | int, ...], tuple[int, int]] = field(default_factory=dict, repr=False)
    lexer: Callable[[str], Iterable[Comment]] = field(default=lambda _: (), repr=False)

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return LINE_END.split(self.text)

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """Its comments, first to last; looked for when they are first asked for."""
        return tuple(self.lexer(self.text))

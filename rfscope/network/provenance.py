"""What a reader hands on with a network: its remarks, and the text that the network was read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

from rfscope.network.forms import Forms
from rfscope.network.graph import Network
from rfscope.wording import size_text

__all__ = ["LINE_END", "Comment", "Found", "Provenance", "Source", "SpecFormat"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a network comes from.

    Attributes:
        notes: What its reader has to say of it, line by line.
        beside: Networks for a table: a part of the network itself, then others to compare it with.
        from_rates: Whether it was written as a list of rates, so that its schedule is of interest even undilated.
        source: The text it was read from; None if it was not a spec.
        of: The input that it was read from, by the name that its maker gave it; None if the reader knows no names.
        inputs: All inputs that have positions.
        together: Those of them that were read as one, as where all are cut alike.
        forms: The forms of all inputs of a module, in order.
        shapes: Shapes that were given for inputs, or that inputs without positions have.
        states: Inputs that hold what a recurrent network remembers.
        size: Spatial size that it was read at where none was given; then the last of the notes is of it.
        sample_rate: Samples a second of a 1-D input, in Hz; None if nobody said.
    """

    notes: tuple[str, ...] = ()
    beside: tuple[Network, ...] = ()
    from_rates: bool = False
    source: Source | None = None
    of: str | None = None
    inputs: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    forms: Forms = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    size: tuple[int, ...] | None = None
    sample_rate: float | None = None

    def only_at(self, size: Sequence[int], reason: str) -> Provenance:
        """The same of a network that reads otherwise at other sizes: the note of its size says so."""
        note = f"Read at {size_text(size)} only, as it depends on the size: {reason}; --input for another."
        return replace(self, notes=(*self.notes[:-1], note))


class Found(NamedTuple):
    """What a reader makes of a target.

    Attributes:
        network: The network.
        provenance: What the reader says of it.
    """

    network: Network
    provenance: Provenance = Provenance()

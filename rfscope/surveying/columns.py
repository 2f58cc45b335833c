"""What a survey can say of a schedule or of a network: its columns, and how they are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from rfscope.errors import RfscopeError, near

__all__ = ["ERROR", "NETWORKS", "SCHEDULES", "Column", "Table", "chosen", "named"]

Kind: TypeAlias = Literal["text", "int", "float", "bool", "rates"]


class Column(NamedTuple):
    """A column of a survey's table.

    Attributes:
        name: What stands above it.
        kind: What its values are; any may be missing.
        says: What they say.
        asked: Whether it is only there where it is asked for, as it takes longer.
    """

    name: str
    kind: Kind
    says: str
    asked: bool = False


class Table(NamedTuple):
    """Some rows of a survey, column by column.

    Attributes:
        columns: Values by the names of the columns: arrays of numpy for schedules, lists for networks.
        tally: What is counted over all rows, by name.
        again: Whether a row should be tried again when the survey is resumed, as its worker ran out of time or died.
        mistaken: Whether a row has an error.
    """

    columns: dict[str, Any]
    tally: dict[str, int]
    again: bool = False
    mistaken: bool = False


ERROR = Column("error", "text", "why there is no answer")

SCHEDULES = (
    Column("rates", "rates", "rate of each layer, first layer first"),
    Column("field", "int", "receptive field along an axis"),
    Column("hole_free", "bool", "whether every position of the field is read"),
    Column("gcd", "int", "greatest common divisor of the rates"),
    Column("m2", "int", "the published distance M_2, of two or more layers"),
    Column("m2_ok", "bool", "whether M_2 <= K in each group of rates that do not fall; missing where all are single"),
    Column("whole_ok", "bool", "whether M_2 <= K of the whole schedule, groups or not"),
    Column("isolated", "int", "layers back from the exit in which adjacent outputs share no input", asked=True),
    Column("gridding_index", "float", "0 smooth, 1 separate grids", asked=True),
    ERROR,
)

NETWORKS = (
    Column("target", "text", "what was surveyed"),
    Column("field", "text", "receptive field of the first output, or of what enters the global operation"),
    Column("output_stride", "text", "input positions from one such output to the next"),
    Column("verdict", "text", "holes, gridding, ok, global; missing where it is not known"),
    Column("node", "text", "the layer whose field it is"),
    Column("outputs", "int", "how many outputs there are"),
    Column("global_at", "text", "the global operation through which every output sees everything"),
    Column("global_beside", "text", "global operations whose paths the field leaves out"),
    Column("hole_free", "bool", "whether that output reads every position of its field"),
    Column("dilated", "text", "rates of the dilated stages, and where they are"),
    Column("layers", "int", "layers that lead to an output"),
    Column("weights", "int", "weights of all convolutions, biases left out"),
    Column("read_at", "text", "the only size it holds for, where it depends on the size of the input"),
    Column("verified", "text", "whether real convolutions agree", asked=True),
    ERROR,
)


def named(known: Sequence[Column], names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of some names, in their order.

    Raises:
        RfscopeError: There is none of a name.

    Example:
        >>> [column.kind for column in named(SCHEDULES, ["field", "rates"])]
        ['int', 'rates']
    """
    by_name = {column.name: column for column in known}
    for name in names:
        if name not in by_name:
            close = near(name, by_name)
            do = f"did you mean {close!r}?" if close else None
            raise RfscopeError("no such column", got=repr(name), expected=f"one of {', '.join(by_name)}", do=do)
    return tuple(by_name[name] for name in dict.fromkeys(names))


def chosen(known: Sequence[Column], names: Sequence[str] | None, *more: str) -> tuple[Column, ...]:
    """The columns that are asked for; if none is, all that take no longer, and some more by name.

    Raises:
        RfscopeError: There is none of a name.
    """
    usual = [column.name for column in known if not column.asked or column.name in more]
    return named(known, usual if names is None else [*names, *more])

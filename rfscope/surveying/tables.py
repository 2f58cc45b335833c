"""The formats that a survey is written in: rows are encoded job by job, and the parts put together in order at the end.

A part of a CSV or a JSON lines file is its lines; a part of a Parquet file is a small Parquet file, whose rows become a
group of rows of the whole.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from rfscope.errors import MissingExtraError, OutputError
from rfscope.surveying.columns import Column
from rfscope.wording import rates_text

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMATS", "Format", "format_of", "rows"]

Values = Mapping[str, Any]


class Format(NamedTuple):
    """How a table becomes bytes.

    Attributes:
        name: What it is called.
        part: Encodes some rows.
        whole: Writes all of it, given the parts in order.
        check: Raises what is missing for it.
    """

    name: str
    part: Callable[[Sequence[Column], Values], bytes]
    whole: Callable[[Sequence[Column], Iterable[bytes], IO[bytes]], None]
    check: Callable[[], None]


def format_of(file: Path) -> Format:
    """The format that a file's name asks for.

    Raises:
        OutputError: There is none of that name.
        MissingExtraError: A library that it needs is not installed.
    """
    found = FORMATS.get(file.suffix.lower())
    if found is None:
        do = f"such as -o {file.stem or 'survey'}.csv"
        raise OutputError(
            "unknown format", where=str(file), got=repr(file.suffix), expected=f"one of {', '.join(FORMATS)}", do=do
        )
    found.check()
    return found


def rows(columns: Sequence[Column], values: Values) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns, as plain Python values; rates are lists."""
    return zip(*(_plain(column, values[column.name]) for column in columns), strict=True)


def _plain(column: Column, values: Any) -> Iterable[Any]:
    """The values of a column as Python's own."""
    if column.kind == "rates" and isinstance(values, list):
        return chain.from_iterable(block.T.tolist() for block in values)
    found: Iterable[Any] = values if isinstance(values, list) else values.tolist()
    return found


def _csv_part(columns: Sequence[Column], values: Values) -> bytes:
    out = StringIO()
    texts = [_texts(column, _plain(column, values[column.name])) for column in columns]
    csv.writer(out, lineterminator="\n").writerows(zip(*texts, strict=True))
    return out.getvalue().encode("utf-8", "backslashreplace")


def _texts(column: Column, values: Iterable[Any]) -> Iterable[Any]:
    """The values of a column as they stand in a CSV file; None is left empty by its writer."""
    if column.kind == "rates":
        return map(rates_text, values)
    if column.kind == "bool":
        return ({True: "true", False: "false", None: None}[value] for value in values)
    return values


def _csv_whole(columns: Sequence[Column], parts: Iterable[bytes], out: IO[bytes]) -> None:
    out.write((",".join(column.name for column in columns) + "\n").encode())
    out.writelines(parts)


def _lines_part(columns: Sequence[Column], values: Values) -> bytes:
    names = [column.name for column in columns]
    write = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode
    return "".join(write(dict(zip(names, row, strict=True))) + "\n" for row in rows(columns, values)).encode()


def _lines_whole(_: Sequence[Column], parts: Iterable[bytes], out: IO[bytes]) -> None:
    out.writelines(parts)


def _parquet_part(columns: Sequence[Column], values: Values) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    schema = _schema(columns)
    arrays = [
        pa.array(_plain(column, values[column.name]), field.type)
        if isinstance(values[column.name], list) or values[column.name].dtype == object
        else pa.array(values[column.name]).cast(field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    out = BytesIO()
    parquet.write_table(pa.table(arrays, schema=schema), out, compression="zstd")
    return out.getvalue()


def _parquet_whole(columns: Sequence[Column], parts: Iterable[bytes], out: IO[bytes]) -> None:
    from pyarrow import parquet

    with parquet.ParquetWriter(out, _schema(columns), compression="zstd") as writer:
        for part in parts:
            writer.write_table(parquet.read_table(BytesIO(part)))


def _schema(columns: Sequence[Column]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "rates": pa.list_(pa.int64()),
    }
    return pa.schema([pa.field(column.name, types[column.kind]) for column in columns])


def _has_arrow() -> None:
    try:
        import pyarrow as pa  # noqa: F401 - only whether it is there
    except ImportError:
        do = "pip install pyarrow, or write .csv or .jsonl"
        raise MissingExtraError("writing Parquet needs pyarrow", do=do) from None


FORMATS: Mapping[str, Format] = {
    ".csv": Format("csv", _csv_part, _csv_whole, lambda: None),
    ".jsonl": Format("jsonl", _lines_part, _lines_whole, lambda: None),
    ".parquet": Format("parquet", _parquet_part, _parquet_whole, _has_arrow),
}
"""By the ends of the names of files."""

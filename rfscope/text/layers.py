"""The table of layers, as receptive-field tables are known: name, kind, output size, field, jump, start, weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from typing import TypeAlias

from rich.text import Text

from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.network.kinds import kind
from rfscope.network.reads import IDENTITY
from rfscope.text import schedules
from rfscope.text.columns import ELIDED, Column, table, wrapped
from rfscope.wording import size_text, unit

__all__ = ["layer_columns", "layer_table", "meanings", "total"]

_ROWS = 17
"""Rows of a table that is not shown in full."""

_HEADS = ("layer", "kind", "output", "field", "jump", "start", "weights", "safe rates")

_Row: TypeAlias = Mapping[str, str]
"""The cells of a row by their heads; of a note in the place of rows also how many."""

_NOTES = {
    "field": "field: receptive field",
    "jump": "jump: output stride",
    "start": "start: first {one} that output 0 reads",
    "?": "?: depends on the input's size",
    "safe rates": "safe rates: without holes, if the other layers stay",
}


def layer_table(analysis: Analysis, width: int, *, every_layer: bool) -> Iterator[Text]:
    """The table, what its heads mean, and the totals.

    Args:
        analysis: The analysis.
        width: Signs across.
        every_layer: Whether a long table is shown in full.
    """
    columns = layer_columns(analysis, every_layer=every_layer)
    lines = list(table(columns, width))
    yield from lines
    shown = sum(not cell.startswith(ELIDED) for cell in columns[0].cells)
    yield from wrapped(total(analysis) + ("; --all shows each" if shown < len(analysis.layers) else ""), width)
    shown_columns = [column for column in columns if column.title in lines[0].plain]
    yield from wrapped(f"({meanings(analysis, shown_columns)})", width, "dim")


def meanings(analysis: Analysis, columns: Sequence[Column]) -> str:
    """What the heads of those columns of a table that say anything mean, and the signs in it."""
    one, shown = unit(analysis.network.dims).removesuffix("s"), [column for column in columns if any(column.cells)]
    said = {column.title for column in shown} | {
        "?" for column in shown if column.right and any("?" in cell for cell in column.cells)
    }
    return "; ".join(note.format(one=one) for head, note in _NOTES.items() if head in said)


def layer_columns(analysis: Analysis, *, every_layer: bool) -> list[Column]:
    """The columns of the table, one row a layer, or of many layers those that tell most."""
    safe = _safe(analysis)
    layers = analysis.layers
    shown = list(layers) if every_layer or len(layers) <= _ROWS else _telling(layers)
    rows = [_cells(layer, safe.get(layer.node.name, "")) for layer in shown]
    if not every_layer:
        rows = _elided(rows)
    placed = {row["start"] for row in rows} - {"", "?"}  # else where they lie depends on the input's size
    return [
        Column("layer", [row["layer"] for row in rows]),
        Column("kind", [row["kind"] for row in rows], telling=6),
        Column("output", [row["output"] for row in rows], right=True, telling=3),
        Column("field", [row["field"] for row in rows], right=True),
        Column("jump", [row["jump"] for row in rows], right=True, telling=4),
        Column("start", [row["start"] for row in rows] if placed else [""] * len(rows), right=True, telling=1),
        Column("weights", [row["weights"] for row in rows], right=True, telling=2),
        Column("safe rates", [row["safe rates"] for row in rows], telling=5),
    ]


def _safe(analysis: Analysis) -> dict[str, str]:
    """Layer by layer, the rates that leave no holes, of the layers that are dilated."""
    dilated = {node.name for node in analysis.network.nodes if any(_rate(read) > 1 for read in node.reads)}
    return {
        node: text
        for schedule in reversed(analysis.schedules)
        for node, text in schedules.safe_rates(analysis, schedule)
        if node in dilated
    }


def _rate(read: object) -> int:
    return getattr(read, "dilation", 1)


def _telling(layers: Sequence[Layer]) -> list[Layer]:
    """Of many layers those that change what is seen; shortcuts of one tap beside others do not."""
    found, widest = list[Layer](), dict[Fraction, int]()
    for layer in layers:
        if all(read == IDENTITY for read in layer.node.reads):
            continue
        axis = None if isinstance(layer.field, AllGlobal) else layer.field[0]
        size = 0 if axis is None else axis.size_max or 0
        if axis is not None and layer.node.taps == 1 and size <= widest.get(axis.stride, -1):
            continue
        if axis is not None:
            widest[axis.stride] = max(size, widest.get(axis.stride, 0))
        found.append(layer)
    return found or list(layers)


def _elided(rows: Sequence[_Row]) -> list[_Row]:
    """So many rows at most: of layers alike the first and the last, or the first alone; then not the middle."""
    alike = [list(group) for _, group in groupby(rows, key=lambda row: (row["kind"], row["jump"], row["output"]))]
    found = list(rows)
    for most, last in ((4, 1), (3, 0)):
        if len(found) > _ROWS:
            found = [row for group in alike for row in _collapsed(group, most, last)]
    if len(found) <= _ROWS:
        return found
    head, tail = found[: _ROWS // 2], found[-(_ROWS - _ROWS // 2 - 1) :]
    while _is_gap(head[-1]):
        head.pop()
    while _is_gap(tail[0]):
        tail.pop(0)
    count = len(rows) - sum(map(_stands_for, (*head, *tail)))
    return [*head, _gap(count), *tail]


def _collapsed(group: Sequence[_Row], most: int, last: int) -> Sequence[_Row]:
    """Layers alike: the first, how many more, and so many at the end; all of them if they are fewer than ``most``."""
    if len(group) < most:
        return group
    return [group[0], _gap(len(group) - 1 - last, f" like {group[0]['layer']}"), *group[len(group) - last :]]


def _gap(count: int, like: str = "") -> _Row:
    return {**dict.fromkeys(_HEADS, ""), "layer": f"{ELIDED}{count} more{like}", "count": str(count)}


def _is_gap(row: _Row) -> bool:
    return "count" in row


def _stands_for(row: _Row) -> int:
    return int(row.get("count", 1))


def total(analysis: Analysis) -> str:
    """How many layers there are, their weights and what they cost."""
    count = len(analysis.layers)
    text = f"total: {count} {'layer' if count == 1 else 'layers'}"
    if analysis.parameters is not None:
        text += f", {analysis.parameters:,} weights{_cost(analysis)}"
    else:
        per_channel = sum(node.taps for node in analysis.network.nodes if node.has_weights)
        text += f", {per_channel:,} weights per channel" if per_channel else ""
    return text


def _cost(analysis: Analysis) -> str:
    """Multiplications and additions of all convolutions, where every one is known."""
    layers = [layer for layer in analysis.layers if layer.node.has_weights]
    local = [layer.multiply_adds for layer in layers if not isinstance(layer.field, AllGlobal)]
    known = [cost for cost in local if cost is not None]
    if not known or len(known) < len(local):
        return ""
    beside = ", not counting what comes after global operations" if len(local) < len(layers) else ""
    return f", {_rounded(sum(known))} multiply-adds{beside}"


def _rounded(count: int) -> str:
    """A count to four digits, in thousands, millions, ..."""
    for sign, size in (("T", 10**12), ("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.4g} {sign}"
    return str(count)


def _cells(layer: Layer, safe: str) -> _Row:
    fields = () if isinstance(layer.field, AllGlobal) else layer.field
    unknown = isinstance(layer.field, AllGlobal) and layer.field.lower_bound
    return {
        "layer": layer.node.name,
        "kind": kind(layer.node),
        "output": "" if layer.output_size is None else size_text(layer.output_size),
        "field": _same([_span(field) for field in fields]) if fields else "unknown" if unknown else "all",
        "jump": _same([str(field.stride) for field in fields]),
        "start": _same(["?" if field.start is None else str(field.start) for field in fields]),
        "weights": "" if layer.node.parameters is None else f"{layer.node.parameters:,}",
        "safe rates": safe,
    }


def _span(field: Field) -> str:
    """A size, or the sizes of several phases."""
    if field.size_min is None:
        return "?"
    return str(field.size) if field.size_min == field.size_max else f"{field.size_min}-{field.size_max}"


def _same(texts: Sequence[str]) -> str:
    """One text where all axes agree, else one per axis."""
    return texts[0] if len(set(texts)) == 1 else size_text(texts)

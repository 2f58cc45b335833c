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
from rfscope.network.graph import Node
from rfscope.network.reads import IDENTITY, Table, TransposedWindow, Window
from rfscope.text import schedules
from rfscope.text.columns import ELIDED, Column, table, wrapped
from rfscope.wording import size_text, unit

__all__ = ["layer_table"]

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
    safe = _safe(analysis)
    layers = analysis.layers
    shown = list(layers) if every_layer or len(layers) <= _ROWS else _telling(layers)
    rows = [_cells(layer, safe.get(layer.node.name, "")) for layer in shown]
    if not every_layer:
        rows = _elided(rows)
    placed = {row["start"] for row in rows} - {"", "?"}  # else where they lie depends on the input's size
    columns = [
        Column("layer", [row["layer"] for row in rows]),
        Column("kind", [row["kind"] for row in rows], telling=6),
        Column("output", [row["output"] for row in rows], right=True, telling=3),
        Column("field", [row["field"] for row in rows], right=True),
        Column("jump", [row["jump"] for row in rows], right=True, telling=4),
        Column("start", [row["start"] for row in rows] if placed else [""] * len(rows), right=True, telling=1),
        Column("weights", [row["weights"] for row in rows], right=True, telling=2),
        Column("safe rates", [row["safe rates"] for row in rows], telling=5),
    ]
    lines = list(table(columns, width))
    yield from lines
    yield from wrapped(_total(analysis, len(shown) if len(shown) < len(layers) or len(rows) < len(shown) else 0), width)
    one = unit(analysis.network.dims).removesuffix("s")
    unknown = " ?" if any("?" in line.plain for line in lines[1:]) else ""
    notes = [note.format(one=one) for head, note in _NOTES.items() if head in lines[0].plain + unknown]
    yield from wrapped(f"({'; '.join(notes)})", width, "dim")


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


def _total(analysis: Analysis, shown: int) -> str:
    count = len(analysis.layers)
    text = f"total: {count} {'layer' if count == 1 else 'layers'}"
    if analysis.parameters is not None:
        text += f", {analysis.parameters:,} weights{_cost(analysis)}"
    else:
        per_channel = sum(node.taps for node in analysis.network.nodes if node.has_weights)
        text += f", {per_channel:,} weights per channel" if per_channel else ""
    return f"{text}; --all shows each" if shown else text


def _cost(analysis: Analysis) -> str:
    """Multiplications and additions of all convolutions, where every one is known."""
    layers = [layer for layer in analysis.layers if layer.node.has_weights]
    local = [layer.multiply_adds for layer in layers if not isinstance(layer.field, AllGlobal)]
    known = [cost for cost in local if cost is not None]
    if not known or len(known) < len(local):
        return ""
    beside = " without what is behind global operations" if len(local) < len(layers) else ""
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


def kind(node: Node) -> str:
    """What a layer is, in a few signs: ``3x3, s2, d4`` for kernel, stride and dilation.

    Example:
        >>> from rfscope.network.build import conv, merge, pool
        >>> kind(conv("a", dilation=4)), kind(pool("b", kernel=2, stride=2)), kind(conv("c", kernel=5, dims=1))
        ('3x3, d4', 'pool 2x2, s2', 'k5')
    """
    if all(isinstance(read, Window | TransposedWindow) for read in node.reads) and not _is_merge(node):
        reads = [read for read in node.reads if isinstance(read, Window | TransposedWindow)]
        kernel = f"k{reads[0].kernel}" if len(reads) == 1 else size_text(read.kernel for read in reads)
        parts = [kernel]
        for sign, numbers in (("s", [read.stride for read in reads]), ("d", [read.dilation for read in reads])):
            parts += [f"{sign}{_same([str(number) for number in numbers])}"] if max(numbers) > 1 else []
        named = "" if node.op == "conv" else f"{node.op.removesuffix('_conv').replace('_', ' ')} "
        return f"{named}{', '.join(parts)}"
    scales = [str(read.period) for read in node.reads if isinstance(read, Table) and read.shift == 1]
    by = f" x{_same(scales)}" if len(scales) == len(node.reads) else ""
    return f"{node.op.replace('_', ' ')}{by}"


def _is_merge(node: Node) -> bool:
    return node.op not in ("conv", "deformable_conv", "transposed_conv", "pool")


def _span(field: Field) -> str:
    """A size, or the sizes of several phases."""
    if field.size_min is None:
        return "?"
    return str(field.size) if field.size_min == field.size_max else f"{field.size_min}-{field.size_max}"


def _same(texts: Sequence[str]) -> str:
    """One text where all axes agree, else one per axis."""
    return texts[0] if len(set(texts)) == 1 else size_text(texts)

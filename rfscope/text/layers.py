"""The table of layers, as receptive-field tables are known: name, kind, output size, field, jump, start, weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from rich.text import Text

from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.network.graph import Node
from rfscope.network.reads import IDENTITY, Table, TransposedWindow, Window
from rfscope.text import schedules
from rfscope.text.columns import Column, table, wrapped
from rfscope.wording import count_text, size_text, unit

__all__ = ["layer_table"]

_ROWS = 18
"""Rows of a table that is not shown in full."""

_NOTES = {
    "field": "field: receptive field",
    "jump": "jump: output stride",
    "start": "start: first {one} that output 0 reads",
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
    columns = [
        Column("layer", [row["layer"] for row in rows]),
        Column("kind", [row["kind"] for row in rows]),
        Column("output", [row["output"] for row in rows], right=True, telling=3),
        Column("field", [row["field"] for row in rows], right=True),
        Column("jump", [row["jump"] for row in rows], right=True, telling=4),
        Column("start", [row["start"] for row in rows], right=True, telling=1),
        Column("weights", [row["weights"] for row in rows], right=True, telling=2),
        Column("safe rates", [row["safe rates"] for row in rows], telling=5),
    ]
    lines = list(table(columns, width))
    yield from lines
    yield from wrapped(_total(analysis, len(shown) if len(shown) < len(layers) or len(rows) < len(shown) else 0), width)
    one = unit(analysis.network.dims).removesuffix("s")
    notes = [note.format(one=one) for head, note in _NOTES.items() if head in lines[0].plain]
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
    """Of many layers those that change what is seen."""
    return [layer for layer in layers if any(read != IDENTITY for read in layer.node.reads)] or list(layers)


def _elided(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """At most so many rows: of layers alike, one behind the other, the first and the last; then the middle is left out."""
    found = list(rows)
    if len(found) > _ROWS:
        found = []
        for _, alike in groupby(rows, key=lambda row: (row["kind"], row["jump"], row["output"])):
            same = list(alike)
            found += same if len(same) <= 3 else [same[0], _gap(len(same) - 2, f" like {same[0]['layer']}"), same[-1]]
    if len(found) > _ROWS:
        first = _ROWS // 2
        last = _ROWS - first - 1
        found = [*found[:first], _gap(_layers_of(found[first:-last])), *found[-last:]]
    return found


def _layers_of(rows: Sequence[Mapping[str, str]]) -> int:
    return sum(int(row.get("stands for", "1")) for row in rows)


def _gap(count: int, like: str = "") -> Mapping[str, str]:
    empty = dict.fromkeys(("kind", "output", "field", "jump", "start", "weights", "safe rates"), "")
    return {**empty, "layer": f"… {count} more{like}", "stands for": str(count)}


def _total(analysis: Analysis, shown: int) -> str:
    count = len(analysis.layers)
    text = f"total: {count} {'layer' if count == 1 else 'layers'}"
    if analysis.parameters is not None:
        text += f", {analysis.parameters:,} weights{_cost(analysis)}"
    else:
        per_channel = sum(node.taps for node in analysis.network.nodes if node.has_weights)
        text += f", {count_text(per_channel)} weights per channel" if per_channel else ""
    return f"{text}; --all shows each" if shown else text


def _cost(analysis: Analysis) -> str:
    """Multiplications and additions of all convolutions, where every one is known."""
    layers = [layer for layer in analysis.layers if layer.node.has_weights]
    local = [layer.multiply_adds for layer in layers if not isinstance(layer.field, AllGlobal)]
    known = [cost for cost in local if cost is not None]
    if not known or len(known) < len(local):
        return ""
    beside = " without what is behind global operations" if len(local) < len(layers) else ""
    return f", {sum(known):,} multiply-adds{beside}"


def _cells(layer: Layer, safe: str) -> Mapping[str, str]:
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

"""The answer to ``analyze``: words first, then the row, the layers, the rules, what to write instead, and the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.exact.pieces import Piece
from rfscope.network.reads import IDENTITY
from rfscope.text import schedules, words
from rfscope.text.beside import reader_notes
from rfscope.text.rows import row_legend, row_text
from rfscope.text.terminal_map import Palette, draw, fit
from rfscope.wording import percent

__all__ = ["aligned", "palette_of", "report", "usage_map"]

Lines: TypeAlias = Iterator[RenderableType]

_MAP_ROWS = 32
_MANY_LAYERS = 40


def palette_of(console: Console) -> Palette:
    """What a console can show."""
    if console.options.ascii_only:
        return Palette.ASCII
    return Palette.SHADES if console.no_color or console.color_system is None else Palette.COLOUR


def report(analysis: Analysis, console: Console, *, every_layer: bool = False) -> Lines:
    """Everything a person wants to know of a network, in the order in which they want to know it.

    Args:
        analysis: The analysis.
        console: Where it will be shown; asked for its width and colours only.
        every_layer: Whether a long table of layers is shown in full.
    """
    width = console.width
    if not analysis.outputs:
        yield words.everywhere(analysis)
        return
    yield aligned(words.heading(analysis), words.verdict(analysis), width, f"bold {words.COLOURS[analysis.verdict]}")
    yield ""
    yield from words.sentences(analysis)
    yield ""
    yield from reader_notes(analysis.provenance)
    rules = [*_judged(analysis, width)]
    if not analysis.provenance.from_rates:  # of a large network runs and verdicts come first, of a list its rates
        yield from rules
    counts = limits.within(lambda: analysis.output.counts) if analysis.output.is_placed else None
    if isinstance(counts, LimitError):
        yield words.left_out("the counts, their row and map", counts)
        yield ""
    elif counts is not None:
        yield from _row(analysis, width, ascii_only=console.options.ascii_only)
    yield _layers(analysis, every_layer)
    if analysis.shares_unknown is None:
        yield Text("* part of this layer's input that two adjacent outputs both read", style="dim")
    else:
        yield words.left_out("what neighbours share", analysis.shares_unknown)
    yield ""
    if analysis.provenance.from_rates:
        yield from rules
    if counts is not None and not isinstance(counts, LimitError):
        yield from usage_map(analysis, console, rows=_MAP_ROWS)


def _judged(analysis: Analysis, width: int) -> Lines:
    """The verdict on each schedule, and a blank line where there is any."""
    for schedule in analysis.schedules:
        named = len(analysis.schedules) > 1 or not analysis.provenance.from_rates
        try:
            yield from _rules(analysis, schedule, width, named=named)
        except LimitError as error:
            yield words.left_out(f"what else is true of {schedule.label}", error)
    if analysis.schedules:
        yield ""


def usage_map(analysis: Analysis, console: Console, *, rows: int) -> Lines:
    """The usage map in the terminal, as large as the room for it allows.

    Args:
        analysis: The analysis.
        console: Where it will be shown; asked for its width and colours only.
        rows: Lines it may take.
    """
    counts, palette = analysis.output.counts, palette_of(console)
    drawn = draw(counts, palette, fit([counts], palette, columns=console.width, rows=rows))
    yield drawn.body
    yield Text(drawn.caption, style="dim")


def aligned(left: str, right: str, width: int, style: str = "") -> Text:
    """One line with a text at either end, or one text behind the other if the line is too short."""
    gap = max(2, width - len(left) - len(right))
    return Text.assemble(left, " " * gap, (right, style))


def _row(analysis: Analysis, width: int, *, ascii_only: bool) -> Lines:
    line = "centre row" if analysis.network.dims > 1 else "row"
    yield Text(f"{line} ({row_legend([analysis.output.counts])})", style="dim")
    yield Text(row_text(analysis.output.counts, width, ascii_only=ascii_only))
    yield ""


def _layers(analysis: Analysis, every_layer: bool) -> Table:
    """One row a layer; kernel and stride only where they differ from layer to layer."""
    safe = {
        node: text
        for schedule in reversed(analysis.schedules)
        for node, text in schedules.safe_rates(analysis, schedule)
    }
    layers = analysis.layers
    rows = [_cells(layer, safe.get(layer.node.name, "")) for layer in layers]
    hidden = {column for column in ("kernel", "stride") if len({row[column] for row in rows}) == 1}
    hidden |= set() if analysis.shares_unknown is None else {"neighbours share*"}
    columns = [column for column in rows[0] if column not in hidden]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns:
        table.add_column(column, no_wrap=column == "layer")  # a name cut short names nothing
    shown = range(len(rows)) if every_layer or len(rows) <= _MANY_LAYERS else _telling(layers)
    for place in shown:
        table.add_row(*(Text(rows[place][column]) for column in columns))
    if len(shown) < len(rows):
        table.caption = f"{len(shown)} of {len(rows)} layers; --all shows each"
    return table


def _telling(layers: Sequence[Layer]) -> Sequence[int]:
    """The layers to show: of many those that change what is seen, and of too many of these a regular selection."""
    telling = [place for place, layer in enumerate(layers) if any(read != IDENTITY for read in layer.node.reads)]
    chosen = telling[:: -(-len(telling) // _MANY_LAYERS) or 1]
    return list(dict.fromkeys([*chosen, *telling[-1:]]))


def _cells(layer: Layer, safe: str) -> dict[str, str]:
    reads = layer.node.reads
    fields = () if isinstance(layer.field, AllGlobal) else layer.field
    return {
        "layer": layer.node.name,
        "kernel": _same([str(getattr(read, "kernel", "")) for read in reads]),
        "stride": _same([str(getattr(read, "stride", "")) for read in reads]),
        "rate": _same([str(getattr(read, "dilation", "")) for read in reads]),
        "sees": _same([_span(field) for field in fields]) if fields else "all",
        "neighbours share*": _same(["" if share is None else percent(share) for share in layer.neighbour_share]),
        "no holes at": safe,
    }


def _span(field: Field) -> str:
    """A size, or the sizes of several phases."""
    if field.size_min is None:
        return "?"
    return str(field.size) if field.size_min == field.size_max else f"{field.size_min}-{field.size_max}"


def _same(texts: Sequence[str]) -> str:
    """One text where all axes agree, else one per axis."""
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts)


def _rules(analysis: Analysis, schedule: Piece, width: int, *, named: bool) -> Lines:
    """The published rules, the exact test, and what to write instead."""
    if named:
        axes = "" if len(schedule.axes) > 1 else f", axis {schedule.axes[0]}"
        row = "judged in a row, rates " if schedule.rates else ""
        place = f"{schedule.label}, resolution {schedule.resolution}{axes}"
        yield Text(f"{place}: {row}{schedule.written}", style="bold")
    if named or len(schedule.runs) > 1:
        for run in schedule.runs:
            yield f"{schedules.run_facts(run, len(schedule.axes))}."
    if not schedule.taps:
        return
    yield f"Published rules (Wang et al. 2018): {schedules.published_rules(schedule)}"
    exact = f"Exact test: {schedules.exact_test(analysis, schedule)}."
    if schedule.agrees is None:
        yield exact
    else:
        agree, style = ("agree", "") if schedule.agrees else ("differ", "bold yellow")
        yield aligned(exact, agree, width, style)
    instead = schedules.advice(analysis, schedule)
    if instead is not None:
        yield Text(instead, style="bold")

"""The answer to ``analyze``: words first, then the row, the layers, the rules, what to write instead, and the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.verdict import Schedule
from rfscope.text import words
from rfscope.text.terminal_map import Palette, draw, fit, row_text
from rfscope.wording import percent

__all__ = ["aligned", "palette_of", "report", "usage_map"]

Report: TypeAlias = Iterator[RenderableType]

_MAP_ROWS = 32
_MANY_LAYERS = 40


def palette_of(console: Console) -> Palette:
    """What a console can show."""
    if console.options.ascii_only:
        return Palette.ASCII
    return Palette.SHADES if console.no_color or console.color_system is None else Palette.COLOUR


def report(analysis: Analysis, console: Console, *, every_layer: bool = False) -> Report:
    """Everything a person wants to know of a network, in the order in which they want to know it.

    Args:
        analysis: The analysis.
        console: Where it will be shown; asked for its width and colours only.
        every_layer: Whether a long table of layers is shown in full.
    """
    width = console.width
    good = analysis.hole_free
    yield aligned(words.heading(analysis), words.verdict(analysis), width, "bold green" if good else "bold red")
    yield ""
    yield from words.sentences(analysis)
    yield ""
    yield from _row(analysis, width)
    yield _layers(analysis, every_layer)
    yield Text("* part of this layer's input that two adjacent outputs both read", style="dim")
    yield ""
    for schedule in analysis.schedules:
        yield from _rules(schedule, width, named=len(analysis.schedules) > 1)
    yield ""
    yield from usage_map(analysis, console, rows=_MAP_ROWS)


def usage_map(analysis: Analysis, console: Console, *, rows: int) -> Report:
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
    """One line with a text at either end, or the two behind each other where they do not fit."""
    gap = max(2, width - len(left) - len(right))
    return Text.assemble(left, " " * gap, (right, style))


def _row(analysis: Analysis, width: int) -> Report:
    line = "centre row" if analysis.network.dims > 1 else "row"
    yield Text(f"{line} (paths per pixel, . = never read)", style="dim")
    yield Text(row_text(analysis.output.counts, width))
    yield ""


def _layers(analysis: Analysis, every_layer: bool) -> Table:
    """One row a layer; kernel and stride only where they differ from layer to layer."""
    bounds = {
        node: allowed
        for schedule in reversed(analysis.schedules)
        for node, allowed in zip(schedule.nodes, schedule.repair.allowed, strict=True)
    }
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    columns = ["layer", *_varying(analysis.layers), "rate", "sees", "neighbours share*", "no holes if"]
    for column in columns:
        table.add_column(column)
    layers = analysis.layers
    every = 1 if every_layer else -(-len(layers) // _MANY_LAYERS)
    for layer in layers[::every]:
        cells = _cells(layer, bounds.get(layer.node.name))
        table.add_row(*(Text(cells[column]) for column in columns))
    if every > 1:
        table.caption = f"one of every {every} layers; --all shows each"
    return table


def _varying(layers: Sequence[Layer]) -> list[str]:
    kernels = {window.kernel for layer in layers for window in layer.windows}
    strides = {window.stride for layer in layers for window in layer.windows}
    return [name for name, values in (("kernel", kernels), ("stride", strides)) if len(values) > 1]


def _cells(layer: Layer, allowed: int | None) -> dict[str, str]:
    return {
        "layer": layer.node.name,
        "kernel": _same([str(window.kernel) for window in layer.windows]),
        "stride": _same([str(window.stride) for window in layer.windows]),
        "rate": _same([str(window.dilation) for window in layer.windows]),
        "sees": _same([str(field.size) for field in layer.field]),
        "neighbours share*": _same([percent(share) for share in layer.neighbour_share]),
        "no holes if": "" if allowed is None else "rate 1" if allowed == 1 else f"at most {allowed}",
    }


def _same(texts: Sequence[str]) -> str:
    """One text where all axes agree, else one per axis."""
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts)


def _rules(schedule: Schedule, width: int, *, named: bool) -> Report:
    """The published rules beside the exact test, and what to write instead."""
    if named:
        axes = "" if len(schedule.axes) > 1 else f", axis {schedule.axes[0]}"
        yield Text(f"{schedule.piece.label} (resolution {schedule.piece.resolution}{axes})", style="bold")
    if named or len(schedule.runs) > 1:
        for run in schedule.runs:
            yield f"Dilated run {words.run_facts(run, len(schedule.axes))}."
    yield f"Published rules (Wang et al. 2018): {words.published_rules(schedule)}"
    exact = f"Exact test: {words.exact_test(schedule)}."
    if schedule.agrees is None:
        yield exact
    else:
        agree, style = ("agree", "") if schedule.agrees else ("differ", "bold yellow")
        yield aligned(exact, agree, width, style)
    instead = words.advice(schedule)
    if instead is not None:
        yield Text(f"Instead: {instead}", style="bold")

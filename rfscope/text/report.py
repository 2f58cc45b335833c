"""The answer to ``analyze``: the verdict, why, what to write instead; then the layers, the rules and the map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TypeAlias

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece
from rfscope.text import schedules, words
from rfscope.text.beside import reader_notes
from rfscope.text.columns import wrapped
from rfscope.text.headline import causes, global_from, sees
from rfscope.text.instead import instead
from rfscope.text.layers import layer_table
from rfscope.text.rows import are_shares, row_legend, row_text
from rfscope.text.terminal_map import Palette, draw, fit
from rfscope.text.to_tile import to_tile

__all__ = ["aligned", "palette_of", "report", "usage_map"]

Lines: TypeAlias = Iterator[RenderableType]

_MAP_ROWS = 32
_PIPED_ROWS = 40
"""Rows that an answer should not exceed where there is no screen to fit."""
_STAGES, _RUNS = 2, 3
"""Resolutions whose rules are shown, and dilated stages at each of them, unless everything is."""


def palette_of(console: Console) -> Palette:
    """What a console can show."""
    if console.options.ascii_only:
        return Palette.ASCII
    return Palette.SHADES if console.no_color or console.color_system is None else Palette.COLOUR


def report(analysis: Analysis, console: Console, *, every_layer: bool = False, with_map: bool | None = None) -> Lines:
    """Everything a person wants to know of a network, in the order in which they want to know it.

    Args:
        analysis: The analysis.
        console: Where it will be shown; asked for its size and colours only.
        every_layer: Whether a long table of layers is shown in full.
        with_map: Whether the usage map is drawn; None: if it fits the screen with the rest.
    """
    width, lines = console.width, list[RenderableType]()
    size = _size_read(analysis)
    lines += _head(analysis, width)
    lines += _paragraph(_notes(analysis, width))
    if size is not None and max(size) <= width:
        lines += _paragraph(_row(analysis, width))
    lines += _paragraph(layer_table(analysis, width, every_layer=every_layer))
    lines += _paragraph(_judged(analysis, width, every=every_layer))
    small = with_map is None and size is not None and len(size) > 1 and size[-1] <= width  # of one axis, see the row
    if with_map or (small and size is not None and _fits_below(size, console, _height(lines, width))):
        lines += _paragraph(_map(analysis, console))
    elif small:
        lines += _paragraph(wrapped("(--map draws how often each position is read)", width, "dim"))
    yield from lines


def _size_read(analysis: Analysis) -> tuple[int, ...] | None:
    """The size of the usage map; None where there is none that says something."""
    if not analysis.outputs or not analysis.output.is_placed or global_from(analysis) is not None:
        return None
    found = limits.within(lambda: analysis.output.coverage)
    return None if isinstance(found, LimitError) else found.size


def _fits_below(size: tuple[int, ...], console: Console, above: int) -> bool:
    """Whether the map fits the screen as it is, below what stands there."""
    screen = console.height - 2 if console.is_terminal else _PIPED_ROWS  # the command itself, and the next prompt
    rows = -(-size[-2] // 2) if palette_of(console) is Palette.COLOUR else size[-2]
    return above + rows + 2 <= screen


def _map(analysis: Analysis, console: Console) -> Lines:
    if not analysis.outputs or not analysis.output.is_placed:
        return
    counts = limits.within(lambda: analysis.output.counts)
    if isinstance(counts, LimitError):
        yield from wrapped(words.left_out("the counts and their map", counts), console.width)
    else:
        yield from usage_map(analysis, console, rows=_MAP_ROWS)


def _head(analysis: Analysis, width: int) -> Lines:
    """What most people read: the verdict, what one output sees, why, and what to write instead."""
    yield words.heading(analysis, width)
    for sentence in (*sees(analysis), *causes(analysis), *words.remarks(analysis)):
        yield from wrapped(sentence, width)
    cure, cut = list(_paragraph(instead(analysis, width))), [wrapped(said, width) for said in to_tile(analysis)]
    yield from cure
    yield from _paragraph(chain(*cut)) if cure else chain(*cut)


def _notes(analysis: Analysis, width: int) -> Lines:
    """What the reader of the network has to say of it; a line that is set in is a row of a table, and stays."""
    for part in reader_notes(analysis.provenance):
        is_row = isinstance(part, Text) and part.plain.startswith(" ") and part.cell_len <= width
        yield from wrapped(part.plain, width) if isinstance(part, Text) and not is_row else [part]


def _paragraph(lines: Iterable[RenderableType]) -> Lines:
    """A blank line and what follows, if anything does."""
    found = list(lines)
    while found and found[-1] == "":
        del found[-1]
    if found:
        yield ""
        yield from found


def _height(lines: Iterable[RenderableType], width: int) -> int:
    """Rows that lines take."""
    rows = 0
    for line in lines:
        text = line.plain if isinstance(line, Text) else str(line) if isinstance(line, str) else ""
        rows += sum(max(1, -(-cell_len(part) // width)) for part in text.split("\n"))
    return rows


def _judged(analysis: Analysis, width: int, *, every: bool) -> Lines:
    """The published rules and the exact test, stage by stage."""
    shown = analysis.schedules if every else analysis.schedules[:_STAGES]
    for schedule in shown:
        named = len(analysis.schedules) > 1 or not analysis.provenance.from_rates
        try:
            yield from _rules(analysis, schedule, width, named=named, every=every)
        except LimitError as error:
            yield from wrapped(words.left_out(f"what else is true of {schedule.label}", error), width)
    if len(shown) < len(analysis.schedules):
        more = len(analysis.schedules) - len(shown)
        yield from wrapped(f"… {more} more output strides; --all shows each", width)


def _rules(analysis: Analysis, schedule: Piece, width: int, *, named: bool, every: bool) -> Lines:
    """The published rules and the exact test on one stage."""
    if named:
        axes = "" if len(schedule.axes) > 1 or analysis.network.dims == 1 else f", axis {schedule.axes[0]}"
        place = f"Consecutive layers at output stride {schedule.resolution}{axes}: {schedule.label}"
        rates = f", rates {schedules.few_rates(schedule.written)}" if schedule.rates else ""
        yield from wrapped(f"{place}{rates}", width, "bold")
    if named or len(schedule.runs) > 1:
        shown = schedule.runs if every else schedule.runs[:_RUNS]
        for run in shown:
            yield from wrapped(f"{schedules.run_facts(run, alone=named and len(schedule.runs) == 1)}.", width)
        if len(shown) < len(schedule.runs):
            yield from wrapped(f"… {len(schedule.runs) - len(shown)} more dilated stages; --all shows each", width)
    if not schedule.taps:
        return
    yield from wrapped(f"Published rules (Wang et al. 2018): {schedules.published_rules(schedule)}", width)
    exact = f"Exact test: {schedules.exact_test(analysis, schedule)}."
    if schedule.agrees is None:
        yield from wrapped(exact, width)
    else:
        says, style = ("rule and test agree", "") if schedule.agrees else ("rule and test differ", "bold yellow")
        if not schedule.agrees and schedule.factor > 1 and not schedule.hole_free:
            says = "M_2 and test differ"  # the other rule, the gcd, says what the test says
        yield from aligned(exact, says, width, style)


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
    yield from wrapped(drawn.caption, console.width, "dim")


def aligned(left: str, right: str, width: int, style: str = "") -> Iterator[Text]:
    """A line with a text at either end, or two lines if they do not fit into one."""
    gap = width - cell_len(left) - cell_len(right)
    if gap > 1:
        yield Text.assemble(left, " " * gap, (right, style))
    else:
        yield from wrapped(left, width)
        yield Text.assemble(" " * max(0, width - cell_len(right)), (right, style))


def _row(analysis: Analysis, width: int) -> Lines:
    """The centre row of the map, where it fits and its numbers can be read."""
    counts = limits.within(lambda: analysis.output.counts)
    if isinstance(counts, LimitError):
        yield from wrapped(words.left_out("the counts and their row", counts), width)
        return
    row = "" if are_shares(counts) else row_text(counts, 10**9)
    if not row or len(row) > width:
        return
    line = "centre row" if analysis.network.dims > 1 else "samples"
    yield from wrapped(f"{line} ({row_legend([counts])})", width, "dim")
    yield Text(row)

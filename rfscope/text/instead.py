"""What to write instead of a schedule with holes or gridding: the choice, each with its price; or what else helps.

Every line is judged again in the whole network before it is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.gridding import gridding_index
from rfscope.exact.judgement import STRIPED_ABOVE
from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps
from rfscope.network.build import chain
from rfscope.rules.suggestions import RatesByLayer, alone, first_sound, spared, with_rates
from rfscope.text.columns import Column, table, wrapped
from rfscope.text.facts import depth_text
from rfscope.text.headline import APART
from rfscope.wording import rates_text, size_text

if TYPE_CHECKING:
    from rfscope.design.instead import Choice

__all__ = ["choice_columns", "instead", "offered"]

_KINDS: Mapping[str, str] = {"nearest": "nearest", "longer": "one layer more", "lowered": "no rate raised"}


def instead(analysis: Analysis, width: int) -> Iterator[Text]:
    """What to write instead of the worst schedule, in four lines at most; nothing where nothing is wrong.

    Args:
        analysis: The analysis.
        width: Signs across.
    """
    for schedule in analysis.schedules:
        accused = _accused(analysis, schedule)
        if accused is None:
            continue
        found = [] if spared(schedule) or alone(schedule) else _sound(analysis, schedule, *accused)
        if found:
            yield from _choices(analysis, schedule, found, width)
        else:
            yield from wrapped(_dense(analysis, schedule), width, "bold")
        return


def _accused(analysis: Analysis, schedule: Piece) -> tuple[str, str] | None:
    """The rule that a schedule breaks and the layer that it names; None if nothing is wrong that its rates can cure."""
    judgement = analysis.judgement
    place = schedule.repair.first_bad
    if judgement.has_holes(schedule):
        return None if place is None else ("RFS101", schedule.nodes[place])
    runs = {id(run) for run in schedule.runs}
    for apart in judgement.apart:
        if apart.accused and id(apart.run) in runs:
            return "RFS102", apart.run.steps[0].name
    if schedule in judgement.striped:
        return "RFS105", schedule.serial_runs[0].steps[0].name
    return None


def _dense(analysis: Analysis, schedule: Piece) -> str:
    """What helps where rates are kept: dense layers, and a word on weights that were trained with these rates."""
    steps = [step for run in schedule.serial_runs for step in run.steps]
    trained = "Other rates would change what pretrained weights read." if _pretrained(schedule) else ""
    if analysis.judgement.has_holes(schedule):
        most = max(step.taps.rate for step in steps)
        place = steps[0].name if len(steps) == 1 else "this stage"
        cure = f"dense layers (rate 1) with a field of {most} or more before {place} fill the holes"
    elif schedule in analysis.judgement.striped:
        if gridding_index((*schedule.taps, Taps(3, 1))) > STRIPED_ABOVE:
            return trained
        cure = "one more dense layer (3 taps, rate 1) lowers the gridding index enough"
    else:
        cure = f"a dense layer (rate 1) after {steps[-1].name} lets the {APART[analysis.network.dims]} mix"
    return f"Instead: {cure}. {trained}".rstrip()


def _pretrained(schedule: Piece) -> bool:
    """Whether rates are kept for what weights were trained with, and not for the time it takes to judge others."""
    return spared(schedule) and schedule.resolution > 1


def _sound(analysis: Analysis, schedule: Piece, code: str, node: str) -> list[Choice]:
    """The choices that hold in the whole network."""
    from rfscope.design.instead import choices

    offered = limits.within(lambda: choices(schedule.taps, causal=analysis.judgement.all_causal))
    found: list[Choice] = []
    for choice in () if isinstance(offered, LimitError) else offered:
        if choice.kind == "longer":
            good = _is_whole(analysis, schedule) and _clean_alone(analysis, choice)
        else:
            good = first_sound(analysis, code, node, schedule.axes, [_change(schedule, choice)]) is not None
        if good:
            found.append(choice)
    return found


def _clean_alone(analysis: Analysis, choice: Choice) -> bool:
    rates, kernels = ([taps.rate for taps in choice.taps], [taps.kernel for taps in choice.taps])
    causal = analysis.judgement.all_causal
    return analyze(chain(rates, kernel=kernels, dims=analysis.network.dims, causal=causal)).verdict == "ok"


def _is_whole(analysis: Analysis, schedule: Piece) -> bool:
    """Whether a schedule is the whole network, so that a layer more has its place."""
    every_axis = len(schedule.axes) == analysis.network.dims
    return every_axis and schedule.is_all_of(analysis.network) and schedule.resolution == 1


def _change(schedule: Piece, choice: Choice) -> RatesByLayer:
    return dict(zip(schedule.nodes, choice.rates, strict=True))


def _field(analysis: Analysis, schedule: Piece, choice: Choice) -> str:
    """What the network sees then."""
    if _is_whole(analysis, schedule):
        return size_text([choice.field] * len(schedule.axes))
    changed = analyze(with_rates(analysis.network, schedule.axes, _change(schedule, choice)))
    return size_text("?" if length is None else length for length in changed.output.size)


def _kind(kind: str, choice: Choice, schedule: Piece, found: Sequence[Choice]) -> str:
    """What a choice is; the widest is no wider than the schedule was, and others may be."""
    if kind != "widest":
        return _KINDS[kind]
    if choice.field == schedule.extent:
        return "same field"
    others = [one.field for one in found if "longer" not in one.kinds]
    return "widest" if choice.field == max(others) else "no wider"


def _choices(analysis: Analysis, schedule: Piece, found: Sequence[Choice], width: int) -> Iterator[Text]:
    columns = choice_columns(analysis, schedule, found)
    written, kinds, fields = (column.cells for column in columns[:3])
    if max(map(len, written)) + 2 + max(map(len, fields)) > width:  # what is to be written is not cut
        for rates, kind, field, one in zip(written, kinds, fields, found, strict=True):
            price = f"field {field}, gridding index {one.index:.2f}, first common input {depth_text(one.common)}"
            yield from wrapped(f"instead, {kind}: {rates} ({price})", width, "bold")
        return
    head, *rows = table(columns, width, whole=True)
    yield head
    for row in rows:
        row.stylize("bold")
        yield row


def choice_columns(analysis: Analysis, schedule: Piece, found: Sequence[Choice]) -> list[Column]:
    """Choices instead of a schedule, with their prices, as the columns of a table."""
    return [
        Column("instead", [rates_text(one.rates, [taps.kernel for taps in one.taps]) for one in found]),
        Column("", [", ".join(_kind(kind, one, schedule, found) for kind in one.kinds) for one in found], telling=3),
        Column("field", [_field(analysis, schedule, one) for one in found], right=True),
        Column("gridding index", [f"{one.index:.2f}" for one in found], right=True, telling=2),
        Column("first common input", [depth_text(one.common) for one in found], telling=1),
    ]


def offered(analysis: Analysis) -> tuple[Piece, tuple[Choice, ...]] | None:
    """The worst schedule, and what to write instead of it; None where nothing is wrong or no other rates help."""
    for schedule in analysis.schedules:
        accused = _accused(analysis, schedule)
        if accused is not None:
            found = () if spared(schedule) else tuple(_sound(analysis, schedule, *accused))
            return (schedule, found) if found else None
    return None

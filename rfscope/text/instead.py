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
from rfscope.exact.pieces import Piece
from rfscope.network.build import chain
from rfscope.rules.suggestions import first_sound, spared
from rfscope.text.columns import Column, table, wrapped
from rfscope.text.facts import depth_text
from rfscope.wording import rates_text, size_text

if TYPE_CHECKING:
    from rfscope.design.instead import Choice

__all__ = ["advice", "choice_columns", "instead", "offered"]

_KINDS: Mapping[str, str] = {
    "widest": "as wide as possible",
    "nearest": "nearest",
    "longer": "one layer more",
    "lowered": "no rate raised",
}


def instead(analysis: Analysis, width: int) -> Iterator[Text]:
    """What to write instead of the worst schedule, in four lines at most; nothing where nothing is wrong.

    Args:
        analysis: The analysis.
        width: Signs across.
    """
    found = offered(analysis)
    if found:
        head, *rows = table(choice_columns(analysis, found), width)
        yield head
        for row in rows:
            row.stylize("bold")
            yield row
    elif said := advice(analysis):
        yield from wrapped(said, width, "bold")


def offered(analysis: Analysis) -> tuple[Choice, ...]:
    """The choices instead of the worst schedule; none where nothing is wrong, or where no other rates help."""
    for schedule, accused in _worst(analysis):
        return () if spared(schedule) else tuple(_sound(analysis, schedule, *accused))
    return ()


def advice(analysis: Analysis) -> str | None:
    """What helps where no other rates do; None where nothing is wrong, or nothing is known that helps."""
    for schedule, _ in _worst(analysis):
        if spared(schedule):
            return _backbone(analysis, schedule)
        if len(schedule.taps) == 1:
            return (
                f"Instead: layers of rate 1 whose field is {schedule.rates[0]} or more, before or behind "
                f"{schedule.nodes[0]}, fill the holes."
            )
    return None


def _worst(analysis: Analysis) -> list[tuple[Piece, tuple[str, str]]]:
    """The first schedule that breaks a rule, with the rule and the layer that it names; empty if there is none."""
    accused = ((schedule, _accused(analysis, schedule)) for schedule in analysis.schedules)
    return next(([(schedule, found)] for schedule, found in accused if found is not None), [])


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


def _backbone(analysis: Analysis, schedule: Piece) -> str:
    """What helps where the rates are those that the weights were trained with."""
    cure = "a dense layer (3x3, rate 1) behind it lets the images mix again"
    if analysis.judgement.has_holes(schedule):
        cure = "dense layers (rate 1) before or behind it can fill the holes"
    return (
        f"Instead: {cure}. Other rates would change what the layers read: weights that were trained with these rates "
        "would have to be trained again."
    )


def _sound(analysis: Analysis, schedule: Piece, code: str, node: str) -> list[Choice]:
    """The choices that hold in the whole network."""
    from rfscope.design.instead import choices

    offered = limits.within(lambda: choices(schedule.taps)) if len(schedule.taps) > 1 else ()
    found: list[Choice] = []
    for choice in () if isinstance(offered, LimitError) else offered:
        if choice.kind == "longer":
            good = schedule.is_all_of(analysis.network) and _clean_alone(choice, len(schedule.axes))
        else:
            change = dict(zip(schedule.nodes, choice.rates, strict=True))
            good = first_sound(analysis, code, node, schedule.axes, [change]) is not None
        if good:
            found.append(choice)
    return found


def _clean_alone(choice: Choice, axes: int) -> bool:
    rates, kernels = ([taps.rate for taps in choice.taps], [taps.kernel for taps in choice.taps])
    return analyze(chain(rates, kernel=kernels, dims=axes)).verdict == "ok"


def choice_columns(analysis: Analysis, found: Sequence[Choice]) -> list[Column]:
    """Choices and their prices as a table."""
    axes = max((len(schedule.axes) for schedule, _ in _worst(analysis)), default=analysis.network.dims)
    return [
        Column("instead", [rates_text(one.rates, [taps.kernel for taps in one.taps]) for one in found]),
        Column("", [", ".join(_KINDS[kind] for kind in one.kinds) for one in found], telling=3),
        Column("field", [size_text([one.field] * axes) for one in found], right=True),
        Column("gridding index", [f"{one.index:.2f}" for one in found], right=True, telling=2),
        Column("first common input", [depth_text(one.common) for one in found], telling=1),
    ]

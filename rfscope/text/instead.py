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
from rfscope.rules.suggestions import RatesByLayer, first_sound, spared, with_rates
from rfscope.text.columns import Column, table, wrapped
from rfscope.text.facts import depth_text
from rfscope.wording import rates_text, size_text

if TYPE_CHECKING:
    from rfscope.design.instead import Choice

__all__ = ["advice", "choice_columns", "instead", "offered"]

_KINDS: Mapping[str, str] = {
    "widest": "widest",
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
    schedule = _worst(analysis)
    accused = None if schedule is None else _accused(analysis, schedule)
    if schedule is None or accused is None or spared(schedule):
        return ()
    return tuple(_sound(analysis, schedule, *accused))


def advice(analysis: Analysis) -> str | None:
    """What helps where no other rates do; None where nothing is wrong, or nothing is known that helps."""
    schedule = _worst(analysis)
    if schedule is None:
        return None
    if spared(schedule):
        return _backbone(analysis, schedule)
    if len(schedule.taps) > 1:
        return None
    field, layer = schedule.rates[0], schedule.nodes[0]
    return f"Instead: layers of rate 1 whose field is {field} or more, before or behind {layer}, fill the holes."


def choice_columns(analysis: Analysis, found: Sequence[Choice]) -> list[Column]:
    """Choices instead of the worst schedule, and their prices, as a table."""
    schedule = _worst(analysis)
    return [
        Column("instead", [rates_text(one.rates, [taps.kernel for taps in one.taps]) for one in found]),
        Column("", [", ".join(_KINDS[kind] for kind in one.kinds) for one in found], telling=3),
        Column("field", ["" if schedule is None else _field(analysis, schedule, one) for one in found], right=True),
        Column("gridding index", [f"{one.index:.2f}" for one in found], right=True, telling=2),
        Column("first common input", [depth_text(one.common) for one in found], telling=1),
    ]


def _worst(analysis: Analysis) -> Piece | None:
    """The first schedule that breaks a rule; None if there is none."""
    return next((one for one in analysis.schedules if _accused(analysis, one) is not None), None)


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
    steps = [step.name for run in schedule.serial_runs for step in run.steps]
    cure = f"a dense layer (rate 1) behind {steps[-1]} lets the images mix"
    if analysis.judgement.has_holes(schedule):
        most = max(taps.rate for taps in schedule.taps)
        cure = f"dense layers (rate 1) with a field of {most} or more before {steps[0]} fill the holes"
    return f"Instead: {cure}. Other rates would change what pretrained weights read."


def _sound(analysis: Analysis, schedule: Piece, code: str, node: str) -> list[Choice]:
    """The choices that hold in the whole network."""
    from rfscope.design.instead import choices

    offered = limits.within(lambda: choices(schedule.taps, causal=analysis.judgement.all_causal))
    found: list[Choice] = []
    for choice in () if isinstance(offered, LimitError) else offered:
        if choice.kind == "longer":
            good = _alone(analysis, schedule) and _clean_alone(choice, len(schedule.axes))
        else:
            good = first_sound(analysis, code, node, schedule.axes, [_change(schedule, choice)]) is not None
        if good:
            found.append(choice)
    return found


def _clean_alone(choice: Choice, axes: int) -> bool:
    rates, kernels = ([taps.rate for taps in choice.taps], [taps.kernel for taps in choice.taps])
    return analyze(chain(rates, kernel=kernels, dims=axes)).verdict == "ok"


def _alone(analysis: Analysis, schedule: Piece) -> bool:
    """Whether a schedule is the whole network, so that a layer more has its place."""
    return schedule.is_all_of(analysis.network) and schedule.resolution == 1


def _change(schedule: Piece, choice: Choice) -> RatesByLayer:
    return dict(zip(schedule.nodes, choice.rates, strict=True))


def _field(analysis: Analysis, schedule: Piece, choice: Choice) -> str:
    """What the network sees then."""
    if _alone(analysis, schedule):
        return size_text([choice.field] * len(schedule.axes))
    changed = analyze(with_rates(analysis.network, schedule.axes, _change(schedule, choice)))
    return size_text("?" if length is None else length for length in changed.output.size)

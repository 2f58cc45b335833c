"""The answer to ``suggest``: what to write, what else there is, and how this is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.design.answer import Answer
from rfscope.design.suggestion import Suggestion
from rfscope.design.wish import Refusal
from rfscope.wording import percent, rates_text, size_text, unit

__all__ = ["columns", "layers_text", "suggestion"]

_NOTE = "These are structural measures of schedules without holes, not of trained networks."

_GRIDDING = (
    "Its verdict is GRIDDING all the same: outputs of its dilated layers fall apart into separate grids. "
    "One dense layer behind them mends that."
)

_LEGEND = (
    "In the middle half of the field, along an axis: step, the largest difference of adjacent usage counts relative to "
    "their sum; paths, the smallest count."
)


def suggestion(found: Suggestion) -> Iterator[RenderableType]:
    """What was found for a wish."""
    if found.refusal is not None:
        yield Text("\n".join(_refusal(found, found.refusal)))
        return
    yield Text(_headline(found), style="bold")
    if not found.answers:
        return
    yield ""
    yield Text(_advice(found.answers[0], found.wish.dims))
    if found.answers[0].verdict == "gridding":
        yield Text(_GRIDDING, style="yellow")
    yield ""
    yield from _table(found)
    yield ""
    if found.front:
        yield Text(f"* no other is better in one of {_listed(found)} and as good in all")
    if found.longer is not None:
        yield from map(Text, _one_more(found.answers[0], found.longer))
    yield Text(_proof(found))
    yield Text(f"{_LEGEND} {_NOTE}", style="dim")


def layers_text(kernels: Sequence[int], dims: int) -> str:
    """Layers by number and kernel: 5 layers of 3x3."""
    of = size_text([kernels[0]] * dims) if len(set(kernels)) == 1 else "kernels " + ",".join(map(str, kernels))
    return f"{len(kernels)} layer{'s' * (len(kernels) != 1)} of {of if dims > 1 or ',' in of else f'{of} taps'}"


def _headline(found: Suggestion) -> str:
    wish, certificate = found.wish, found.certificate
    layers = layers_text(found.layers.kernels, wish.dims)
    if wish.near is not None:
        return f"The nearest to {rates_text(wish.near)} without holes has field {found.field} in {layers}."
    many = certificate.candidates or 0
    beginning = f"Field {found.field} in {layers}: "
    if not found.answers:
        return f"{beginning}none of {many:,} schedules without holes keeps M_2 to the kernel."
    if certificate.claim == "best-found":
        return f"{beginning}{many:,} schedules have no holes; {certificate.examined:,} drawn at random were compared."
    if many == 1:
        return f"{beginning}one schedule has no holes."
    return f"{beginning}{many:,} schedules have no holes; all were compared."


def _advice(best: Answer, dims: int) -> str:
    known = f" ({best.known_as})" if best.known_as else ""
    common = "never have an input in common"
    if best.common is not None:
        common = f"first have an input in common {best.common} layer{'s' * (best.common != 1)} back"
    even = "use is even" if best.step == 0 else f"adjacent {unit(dims)} in the middle differ by at most "
    if best.step:
        even += f"{percent(best.step)} of their usage"
    paths = f"each has {best.paths} path{'s' * (best.paths != 1)} or more along an axis"
    moved = f" It is {best.distance} step{'s' * (best.distance != 1)} of rates away." if best.distance else ""
    rates = rates_text(best.rates, best.kernels)
    if best.paths == 1 and best.step == 0:
        paths = "each has a single path: nothing is smoothed"
    read = f"All {unit(dims)} of the field are read"
    return f"Write {rates}{known}. {read}; adjacent outputs {common}; {even}; {paths}.{moved}"


def _table(found: Suggestion) -> Iterator[RenderableType]:
    shown = list(found.answers)
    taken = {answer.taps for answer in shown}
    for answer in (*(found.front or ()), *found.known):
        if answer.taps not in taken:
            taken.add(answer.taps)
            shown.append(answer)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    ranked = any(answer.rank for answer in shown)
    for name in ("", *(("rank",) if ranked else ()), *columns()):
        table.add_column(name, justify="left" if name in ("", "rates") else "right", no_wrap=name == "rates")
    for answer in shown:
        rank = (str(answer.rank or ""),) if ranked else ()
        table.add_row("*" if answer.front else "", *rank, *_cells(answer))
    yield table
    for answer in shown:
        if answer.known_as is not None:
            yield Text(f"{rates_text(answer.rates, answer.kernels)}: {answer.known_as}", style="dim")


def columns() -> tuple[str, ...]:
    """The heads of the columns that a schedule has in a table."""
    return ("rates", "common input", "gridding index", "step", "paths", "largest", "M_2")


def _cells(answer: Answer) -> tuple[str, ...]:
    common = "none" if answer.common is None else f"{answer.common} back"
    index = "unknown" if answer.index is None else f"{answer.index:.2f}"
    m2 = "" if answer.schedule.m2 is None else str(answer.schedule.m2)
    step, rates = f"{answer.step:.2f}", rates_text(answer.rates, answer.kernels)
    return (rates, common, index, step, str(answer.paths), str(answer.max_rate), m2)


def _listed(found: Suggestion) -> str:
    names = ["gridding index", "step"] if found.wish.causal else ["common input", "gridding index", "step"]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _one_more(best: Answer, longer: Answer) -> Iterator[str]:
    """What one layer more makes better, if anything."""
    measures = {"gridding index": (best.index or 0, longer.index or 0), "step": (best.step, longer.step)}
    better = {name: (f"{old:.2f}", f"{new:.2f}") for name, (old, new) in measures.items() if new < old}
    lowered = [f"the {name} from {old} to {new}" for name, (old, new) in better.items() if old != new]
    if lowered:
        rates = rates_text(longer.rates, longer.kernels)
        yield f"One layer more: {rates} (field {longer.field}) lowers {' and '.join(lowered)}."


def _proof(found: Suggestion) -> str:
    proof = found.certificate
    if proof.claim == "best-found":
        share, sure = (proof.better_share_below or 0) * 100, (proof.confidence or 0) * 100
        return (
            f"Best found: with {sure:.0f} % confidence fewer than {share:.2g} % of all schedules are better. "
            "Add --max-rate or --near to prove."
        )
    if proof.method == "all":
        return f"Proved: a recurrence counts {proof.candidates:,}, and {proof.examined:,} were examined."
    how = {
        "deepening": "every schedule with fewer changes was ruled out",
        "milp": f"{proof.solver.name if proof.solver else 'a solver'}, gap 0; checked in integers",
        "dynamic-program": "by a dynamic program over all of them; checked in integers",
    }
    return f"Proved: none without holes is nearer ({how[proof.method]})."


def _refusal(found: Suggestion, why: Refusal) -> Iterator[str]:
    wish, kernels = found.wish, found.layers.kernels
    layers = layers_text(kernels, wish.dims)
    limited = "" if wish.max_rate is None else f" with rates of at most {wish.max_rate}"
    if why.why == "too wide":
        yield f"No. {layers} without holes see at most {why.widest}{limited or ', whatever the rates'}."
    elif why.why == "too narrow":
        yield f"No. {layers} see at least {why.narrowest}."
    else:
        near = f" near to {rates_text(wish.near)}" if wish.near else ""
        yield f"No. {layers}{near}{limited} have no schedule of field {wish.field} without holes."
    if why.fields:
        yield f"They can have {' or '.join(map(str, why.fields))}."
    if why.layers is not None and why.layers != len(kernels) and wish.field is not None:
        other = wish.of_one_kernel(why.layers)
        below = wish.field - (wish.field - 1) % other.step
        fields = str(wish.field) if below == wish.field else f"{below} or {below + other.step}"
        yield f"For {fields} take {layers_text(other.kernels, wish.dims)} (up to {other.widest})."

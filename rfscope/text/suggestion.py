"""The answer to ``suggest``: what to write, what else there is, and how this is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.design.answer import Answer
from rfscope.design.axes import PerAxis
from rfscope.design.suggestion import Suggestion
from rfscope.design.wish import Refusal, Wish
from rfscope.text.suggestion_headline import headline, layers_text
from rfscope.wording import percent, rates_text, size_text, unit

__all__ = ["columns", "suggestion"]

_NOTE = "These are structural measures of schedules without holes, not of trained networks."

_GRIDDING = (
    "Its verdict is GRIDDING all the same: outputs of its dilated layers fall apart into separate grids. "
    "One dense layer behind them mends that."
)

_GRIDS = "GRIDDING, as outputs of the dilated layers fall apart into separate grids"

_SAID = {
    "isolated": "common input",
    "index": "gridding index",
    "step": "step",
    "paths": "paths",
    "max_rate": "largest rate",
    "wide": "width",
    "near": "width",
}
"""The criteria, as the heads of columns call them."""

_LEGEND = (
    "In the middle half of the field, along an axis: step, the largest difference of adjacent usage counts relative to "
    "their sum; paths, the smallest count."
)


_STRIDED = (
    "With strides, the gridding index and M_2 are not told, and schedules are not ranked by them: they are of layers "
    "at one resolution. Schedules that skip positions of a map that dilated layers behind a stride read are left out."
)

_SHORT = 44
"""Characters of rates that are kept on one line of the table."""

_HALF = "A kernel of an even size shifts its output by half a step, and cannot be padded alike on both sides."


def suggestion(found: Suggestion | PerAxis) -> Iterator[RenderableType]:
    """What was found for a wish; for a wish per axis, first what to write, then what was found along each."""
    if isinstance(found, Suggestion):
        yield from _alone(found)
        return
    if found.rates is not None:
        fields = size_text(axis.field for axis in found.axes)
        along = found.axes[0].layers
        layers = layers_text(along.written, len(found.axes), along.strides)
        yield Text(f"Field {fields} in {layers}, dilation by axis: {_per_layer(found.rates)}.", style="bold")
    for number, axis in enumerate(found.axes, 1):
        yield ""
        first = found.axes.index(axis) + 1
        if first < number:
            yield Text(f"Axis {number}: as axis {first}.")
            continue
        yield Text(f"Axis {number}:", style="bold")
        yield from _alone(axis, note=number == len(found.axes))


def _per_layer(rates: Sequence[Sequence[int]]) -> str:
    return ", ".join(f"({','.join(map(str, one))})" for one in rates)


def _alone(found: Suggestion, *, note: bool = True) -> Iterator[RenderableType]:
    if found.refusal is not None:
        yield Text("\n".join([*_refusal(found, found.refusal), *_of_one_tap(found.wish)]))
        return
    yield Text(headline(found), style="bold")
    if not found.answers:
        return
    yield ""
    yield Text(_advice(found.answers[0], found.wish.dims))
    if found.answers[0].verdict == "gridding":
        yield Text(_GRIDDING, style="yellow")
    yield ""
    yield from _table(found)
    yield ""
    grids = [one for one in _shown(found)[1:] if one.verdict == "gridding"]
    if grids:
        yield Text(f"{_GRIDS}: {' and '.join(rates_text(one.rates, one.kernels) for one in grids)}", style="yellow")
    if found.front:
        yield Text(f"* no other is better in one of {_listed(found)} and as good in all")
    if found.longer is not None:
        yield from map(Text, _one_more(found.answers[0], found.longer))
    yield Text(_proof(found))
    if found.wish.among and any(kernel % 2 == 0 for kernel in found.layers.written):
        yield Text(_HALF)
    yield from map(Text, _of_one_tap(found.wish))
    if found.layers.strides:
        yield Text(_STRIDED)
    if note:
        yield Text(f"{_LEGEND} {_NOTE}", style="dim")


def _advice(best: Answer, dims: int) -> str:
    known = f" ({best.known_as})" if best.known_as else ""
    common = "never have an input in common"
    if best.common is not None:
        common = f"first have an input in common {best.common} layer{'s' * (best.common != 1)} back"
    even = f"the use of {unit(dims)} in the middle is even" if best.strides else "use is even"
    if best.step:
        most = percent(best.step)
        most = most if most.startswith("under") else f"at most {most}"
        even = f"adjacent {unit(dims)} in the middle differ by {most} of their usage"
    paths = f"each has {best.paths} path{'s' * (best.paths != 1)} or more along an axis"
    moved = f" It is {best.distance} step{'s' * (best.distance != 1)} of rates away." if best.distance else ""
    rates = rates_text(best.rates, best.kernels)
    if best.paths == 1 and best.step == 0:
        paths = "each has a single path: nothing is smoothed"
    read = f"All {unit(dims)} of the field are read"
    return f"Write {rates}{known}. {read}; adjacent outputs {common}; {even}; {paths}.{moved}"


def _shown(found: Suggestion) -> list[Answer]:
    """The best, then what no other beats, then what is published, each once."""
    return list({answer.taps: answer for answer in (*found.answers, *(found.front or ()), *found.known)}.values())


def _table(found: Suggestion) -> Iterator[RenderableType]:
    shown = _shown(found)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    ranked = any(answer.rank for answer in shown)
    reach = found.wish.prefer is not None
    width_of = ("width",) if reach else ()
    short = all(len(rates_text(answer.rates, answer.kernels)) <= _SHORT for answer in shown)
    for name in ("", *(("rank",) if ranked else ()), *columns(at_one_resolution=not found.layers.strides), *width_of):
        left = name in ("", "rates")
        kept = name == "rates" and short
        table.add_column(name, justify="left" if left else "right", no_wrap=kept, overflow="fold")
    for answer in shown:
        rank = (str(answer.rank or ""),) if ranked else ()
        width = (f"{answer.width:.2f}",) if reach else ()
        table.add_row("*" if answer.front else "", *rank, *_cells(answer), *width)
    yield table
    for answer in shown:
        if answer.known_as is not None:
            yield Text(f"{rates_text(answer.rates, answer.kernels)}: {answer.known_as}", style="dim")


def columns(*, at_one_resolution: bool = True) -> tuple[str, ...]:
    """The heads of the columns that a schedule has in a table; gridding index and M_2 are of one resolution."""
    if not at_one_resolution:
        return ("rates", "common input", "step", "paths", "largest")
    return ("rates", "common input", "gridding index", "step", "paths", "largest", "M_2")


def _cells(answer: Answer) -> tuple[str, ...]:
    common = "none" if answer.common is None else f"{answer.common} back"
    index = "unknown" if answer.index is None else f"{answer.index:.2f}"
    m2 = str(max((group.m2 for group in answer.schedule.groups if group.m2 is not None), default=""))
    step, rates = f"{answer.step:.2f}", rates_text(answer.rates, answer.kernels)
    rest = (step, str(answer.paths), str(answer.max_rate))
    return (rates, common, *rest) if answer.strides else (rates, common, index, *rest, m2)


def _of_one_tap(wish: Wish) -> Iterator[str]:
    if 1 in wish.among:
        yield "Kernels of one tap are left out of the choice: they add nothing to a field."


def _listed(found: Suggestion) -> str:
    names = ["common input"] * (not found.wish.causal) + ["gridding index"] * (not found.wish.strided) + ["step"]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


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
    if proof.method == "drawn":
        return (
            f"Best of those drawn, by {' and '.join(_SAID[one] for one in proof.criteria)}; nothing is known of the "
            "others. Add --max-rate or --near, or wish for a smaller field, to know more."
        )
    if proof.claim == "best-found":
        share, sure = (proof.better_share_below or 0) * 100, (proof.confidence or 0) * 100
        more = "" if proof.why is None else f" ({proof.why}; --limit search-seconds=N gives more)"
        return (
            f"Best found{more}: with {sure:.0f} % confidence fewer than {share:.2g} % of all schedules are better. "
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


def _residue(found: Suggestion) -> str:
    """Why no rates at all have the field: each adds a multiple of the same number to one position."""
    step = found.layers.step
    sizes = "odd" if step == 2 else f"1 more than a multiple of {step}"
    return f"Whatever the rates, their field is {sizes}."


def _asked(found: Suggestion, field: int) -> str:
    """A field that can be had, with the best rates that have it and how to ask for more of them."""
    if found.refusal is None or found.refusal.why != "no such field":
        return str(field)
    rates = "".join(f" with {rates_text(one.rates, one.kernels)}" for one in found.beside if one.field == field)
    return f"{field}{rates} ({'--at-least' if field > found.wish.wanted else '--at-most'})"


def _refusal(found: Suggestion, why: Refusal) -> Iterator[str]:
    wish, kernels = found.wish, found.layers.written
    layers = layers_text(kernels, wish.dims, found.layers.strides)
    if why.why == "always holes":
        leave = "leaves" if len(kernels) == 1 else "leave"
        why_so = "behind the strides even taps at rate 1 lie farther apart than what the layers before cover"
        yield f"No. {layers} {leave} holes whatever the rates: {why_so}."
        return
    if wish.among and why.why == "no such field":
        sizes = f"kernels {' and '.join(map(str, wish.choice))}"
        many = "No layers" if wish.layers is None else f"No {wish.layers} layers"
        yield f"No. {many} of {sizes} have a schedule of field {wish.field} without holes."
        if why.fields:
            yield f"They can have {' or '.join(map(str, why.fields))}."
        return
    limited = "" if wish.max_rate is None else f" with rates of at most {wish.max_rate}"
    see = "sees" if len(kernels) == 1 else "see"
    if why.why == "too wide":
        yield f"No. {layers} without holes {see} at most {why.widest}{limited or ', whatever the rates'}."
    elif why.why == "too narrow":
        yield f"No. {layers} {see} at least {why.narrowest}."
    else:
        near = f" near to {rates_text(wish.near)}" if wish.near else ""
        has = "has" if len(kernels) == 1 else "have"
        yield f"No. {layers}{near}{limited} {has} no schedule of field {wish.field} without holes."
    if why.why == "no such field" and (wish.wanted - 1) % found.layers.step:
        yield _residue(found)
    if why.fields:
        yield f"They can have {' or '.join(_asked(found, one) for one in why.fields)}."
    if why.layers is not None and why.layers != len(kernels) and wish.field is not None:
        other = wish.of(why.layers)
        below = wish.field - (wish.field - 1) % other.step
        fields = str(wish.field) if below == wish.field else f"{below} or {below + other.step}"
        yield f"For {fields} take {layers_text(other.written, wish.dims, other.strides)} (up to {other.widest})."

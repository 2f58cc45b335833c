"""The answer to ``suggest`` for a network: what to write at which layer, what else there is, and how this is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.design.edits import Edit
from rfscope.design.inside.answer import InsideAnswer, InsideSuggestion
from rfscope.design.inside.keeping import Kept
from rfscope.network.reads import Padding
from rfscope.text.words import COLOURS
from rfscope.wording import first_few, rates_text, size_text

__all__ = ["edit_text", "inside_text"]

_NOTE = (
    "These are structural measures, not of trained networks. Other rates change what pretrained weights read; "
    "--keep-reads TARGET tells the rates that do not."
)
_WORDS = ("", "rates", "verdict", "lint")


def inside_text(found: InsideSuggestion) -> Iterator[RenderableType]:
    """What was found for a wish."""
    yield Text(_present(found))
    if found.kept is not None:
        yield from _of_kept(found, found.kept)
        return
    yield Text(_headline(found), style="bold")
    if not found.answers:
        return
    yield ""
    yield from _advice(found.answers[0], "Write" if found.feasible else "The first of them would be")
    yield ""
    yield _table(found)
    yield ""
    if found.front:
        no_other = "no other" if found.certificate.claim == "optimal" else "none of those that were looked at"
        yield Text(f"* {no_other} is better in one of common input and steps and as good in both")
    yield Text(_proof(found))
    yield Text(_NOTE, style="dim")


def edit_text(edit: Edit) -> str:
    """What is to be written at a layer.

    Example:
        >>> edit_text(Edit("layer4.0.conv2", (6, 6), ((6, 6), (6, 6))))
        'layer4.0.conv2: dilation=(6, 6), padding=(6, 6)'
        >>> edit_text(Edit("conv", (4,), ((12, 0),)))
        'conv: dilation=4, padding 12 before and 0 after'
    """
    return f"{edit.node}: dilation={_tuple(edit.dilation)}, {_padding(edit.padding)}"


def _tuple(numbers: Sequence[object]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"


def _padding(padding: Sequence[Padding]) -> str:
    pairs = [one for one in padding if isinstance(one, tuple)]
    if len(pairs) < len(padding):
        return "padding as it is (the size is kept)"
    if all(before == after for before, after in pairs):
        return f"padding={_tuple([before for before, _ in pairs])}"
    return "padding " + " and ".join(dict.fromkeys(f"{before} before and {after} after" for before, after in pairs))


def _present(found: InsideSuggestion) -> str:
    changing = found.changing
    analysis, names = changing.analysis, [layer.name for layer in changing.layers]
    rates = f"rate {changing.present[0]}"
    if len(set(changing.present)) > 1:
        rates = f"rates {rates_text(changing.present)}"
    tied = "" if changing.variables == len(names) else f", {_many(changing.variables, 'rate')} to choose"
    verdict = (analysis.verdict or "unknown").upper()
    return (
        f"{analysis.name}: {_many(len(names), 'layer')} may change ({first_few(names)}; {rates}{tied}). "
        f"Now it sees {_size(analysis.output.size)}, {verdict}."
    )


def _headline(found: InsideSuggestion) -> str:
    wish, proof = found.wish, found.certificate
    limited = "" if wish.max_rate is None else f" of at most {wish.max_rate}"
    limited += " in the order of the present ones" if wish.keep_order else ""
    bad = "holes" if found.changing.causal else "holes or separate grids"
    free = "no holes" if found.changing.causal else "no holes and no separate grids"
    if not found.answers:
        near = f" They can have {' or '.join(map(str, found.fields))}." if found.fields else ""
        more = " Add --at-least or --at-most to take the nearest." if len(found.fields) > 1 else ""
        has = "has" if proof.claim == "infeasible" else "was found that has"
        return f"No choice of rates{limited} {has} field {_wished(found)}.{near}{more}"
    many = proof.candidates or 0
    have = f"{many:,} choices of rates{limited} have" if many != 1 else f"one choice of rates{limited} has"
    nearest = "" if found.field == wish.field else f" (the nearest possible to {wish.field})"
    sound = found.sound or 0
    if not sound and found.feasible:
        those = "they leave" if many != 1 else "it leaves"
        mixed = "separate grids in their run, which layers behind mix again"
        return f"Field {found.field}{nearest}: {have} it; {those} no holes, but {mixed}."
    if not sound:
        those = f"all {proof.judged:,} that were judged leave" if proof.judged != many else "all of them leave"
        return f"Field {found.field}{nearest}: {have} it, but {those if many != 1 else 'it leaves'} {bad}."
    judged = "" if proof.judged == many else f" of the {proof.judged:,} nearest, which were judged,"
    leave = f"{sound:,}{judged} leave{'s' * (sound == 1)}" if many != 1 else "it leaves"
    return f"Field {found.field}{nearest}: {have} it; {leave} {free}."


def _wished(found: InsideSuggestion) -> str:
    words = {"exactly": "", "at-least": " or more", "at-most": " or less"}
    return f"{found.wish.field}{words[found.wish.how]}"


def _advice(best: InsideAnswer, first: str) -> Iterator[Text]:
    if not best.edits:
        yield Text("Change nothing: no other rates come before the present ones.")
        return
    yield Text(first)
    for edit in best.edits:
        yield Text(f"  {edit_text(edit)}")
    if best.is_config:
        yield Text(_options(best))
    common = "never have an input in common"
    if best.common is not None:
        common = f"first have an input in common {_many(best.common, 'layer')} back"
    said = "lint finds nothing" if not best.findings else f"lint: {_said(best)}"
    verdict = (best.verdict or "unknown").upper()
    yield Text(f"It then sees {_size(best.field)}, {verdict}; adjacent outputs {common}; {said}.")
    if best.through and len(best.through) < len(best.rates):
        yield Text(f"The field is reached through {first_few(best.through)}; through the others less is seen.")


def _options(best: InsideAnswer) -> str:
    if best.options is None:
        return "This cannot be written as a config; set it on the modules."
    return f"In the config: {', '.join(f'{key}={value}' for key, value in best.options.items())}"


def _table(found: InsideSuggestion) -> Table:
    shown = list(found.answers)
    taken = {answer.chosen for answer in shown}
    shown += [one for one in found.front or () if one.chosen not in taken]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("", "rank", "rates", "changed by", "common input", "largest", "verdict", "lint"):
        table.add_column(name, justify="left" if name in _WORDS else "right", overflow="fold")
    for answer in shown:
        common = "none" if answer.common is None else f"{answer.common} back"
        verdict = answer.verdict or "unknown"
        table.add_row(
            "*" if answer.front else "",
            str(answer.rank or ""),
            rates_text(answer.rates),
            _many(answer.distance, "step"),
            common,
            str(answer.max_rate),
            Text(verdict.upper(), style=COLOURS.get(verdict, "")),
            _said(answer) or "nothing",
        )
    return table


def _said(answer: InsideAnswer) -> str:
    return first_few([f"{code} at {node}" for _, code, node in answer.findings or ()], 2)


def _proof(found: InsideSuggestion) -> str:
    proof = found.certificate
    examined, combinations = f"{proof.examined or 0:,}", f"{proof.combinations or 0:,}"
    if proof.claim == "optimal":
        beyond = "larger rates pass the field" if found.wish.max_rate is None else "larger rates pass it or the largest"
        rest = "" if proof.judged == proof.candidates else "; choices that were not judged change more"
        choices = f"all {combinations} choices" if proof.combinations != 1 else "the one choice"
        return f"Proved: the field of {choices} of rates was worked out ({proof.counted_by}); {beyond}{rest}."
    return (
        f"Best found: {examined} of {combinations} choices of rates were looked at. "
        "To prove it, tie rates (--pattern N, --same-rate-in GLOB) or give --max-rate."
    )


def _of_kept(found: InsideSuggestion, kept: Kept) -> Iterator[Text]:
    """What keeps the reads of pretrained weights, and whether the wish does."""
    answer = InsideAnswer(kept.changing, kept.chosen)
    reference, wished = kept.reference.name, found.wish.field
    if not kept.expectation.met:
        if wished is not None:
            yield Text(f"Your wish changes what the pretrained weights read: field {_wished(found)}.", style="bold")
        yield Text(f"No rates of these layers read what weights of {reference} were trained on.", style="bold")
        yield Text(f"{kept.expectation.first_difference}.".capitalize())
        if kept.others:
            others = first_few([f"{name}: {rate}" for name, rate in kept.others])
            yield Text(f"Further layers would need other rates: {others}.")
        return
    if not found.answers:
        what = f"{_wished(found)} against {_size(answer.field)}"
        yield Text(f"Your wish changes what the pretrained weights read: {what}.", style="bold")
    if answer.edits:
        yield Text(f"To read what weights of {reference} were trained on, write", style="bold")
        for edit in answer.edits:
            yield Text(f"  {edit_text(edit)}")
    else:
        yield Text(f"The present rates read what weights of {reference} were trained on.", style="bold")
    verdict = (answer.verdict or "unknown").upper()
    yield Text(f"The network then sees {_size(answer.field)}, {verdict}.")
    if wished is not None and found.answers:
        yield Text(f"That is the wished field, {_wished(found)}.")
    yield Text("Computed: the rates times the strides that were taken out; each pixel is read as often (same-reads).")


def _size(size: Sequence[int | None]) -> str:
    return size_text("?" if length is None else length for length in size)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"

"""Checks what ``suggest --json`` wrote, from nothing but the definitions.

It shares no code with the search, and uses no closed form: whether a schedule reads every position is found by
reading, its gridding index by the Fourier transform of its usage counts, and how many schedules there are by writing
down every way to share out the rates. Where that is too much, it checks the answers alone, and says so.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rfscope.design.inside.checker import check_inside
from rfscope.design.placed import Chain, measured
from rfscope.errors import TargetError, shorten

__all__ = ["Checked", "check", "check_file"]

_WAYS = 1_000_000
"""Ways to share out the rates, or to change them, that are gone through."""

_MEASURED = 5_000
"""Schedules that are all measured, to find the best again."""

_EXPECTED = "what rfscope suggest --json wrote"
_WIDEST = 2**16
"""Positions of the widest field: each is gone through for every frequency."""

_LARGEST_FILE = 2**24
_ROUNDED = {"index": 2, "step": 3, "wide": 2, "near": 2}
_KEYS = {
    "isolated": "isolated",
    "index": "gridding_index",
    "step": "step",
    "paths": "paths",
    "max_rate": "max_rate",
    "near": "width",
}


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes:
        lines: Each claim with what was found.
        holds: Whether every claim that was checked holds.
    """

    lines: tuple[str, ...]
    holds: bool


def check_file(file: Path) -> Checked:
    """Check a file.

    Raises:
        TargetError: It cannot be read, or is not what ``suggest --json`` writes.
    """
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise TargetError("too long to be an answer of suggest", where=str(file), expected="at most 16 MiB")
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise TargetError("cannot read", where=str(file), got=error.strerror) from None
    except (ValueError, RecursionError):
        raise TargetError("not JSON", where=str(file), expected=_EXPECTED) from None
    try:
        return check(data)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        got = f"{type(error).__name__} {shorten(str(error))}"
        raise TargetError("not an answer of suggest", where=str(file), got=got, expected=_EXPECTED) from None


def check(data: Mapping[str, Any]) -> Checked:
    """Check an answer.

    Raises:
        KeyError, TypeError, ValueError: It is not one.
    """
    if "axes" in data:
        along = [check(axis) for axis in data["axes"]]
        lines = tuple(f"axis {number}: {line}" for number, axis in enumerate(along, 1) for line in axis.lines)
        return Checked(lines, all(axis.holds for axis in along))
    if "network" in data:
        return _checked([*check_inside(data)])
    for answer in data["answers"]:
        if answer["field"] < 1:
            raise ValueError(f"a field of {answer['field']}")
        if _chain(answer).field != answer["field"]:
            raise ValueError(f"a field of {answer['field']} with rates {answer['rates']}")
        if min(answer["kernels"]) < 2 or min(*answer["rates"], *_chain(answer).strides) < 1:
            raise ValueError(f"kernels {answer['kernels']} with rates {answer['rates']}")
    if any(answer["field"] > _WIDEST for answer in data["answers"]):
        return Checked(
            (f"not checked: a field of more than {_WIDEST} positions takes too long to go through",), holds=True
        )
    found = [*_answers(data)]
    claim, wish = data["certificate"], data["wish"]
    if wish["near"] is not None:
        found += _distance(data)
    elif claim["method"] in ("all", "closed-form"):
        found += _all(data)
    else:
        found.append((True, "that no more than a share of all is better follows from the sample: not checked"))
    return _checked(found)


def _checked(found: Sequence[tuple[bool, str]]) -> Checked:
    lines = tuple(text if holds else f"WRONG: {text}" for holds, text in found)
    return Checked(lines, all(holds for holds, _ in found))


def _answers(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """Each answer: the field, no holes, and what is said of it."""
    wish = data["wish"]
    for answer in data["answers"]:
        chain = _chain(answer)
        rates = chain.rates
        text = ",".join(map(str, rates))
        yield chain.reads_all(), f"{text} reads all {answer['field']} positions of its field"
        if chain.hop > 1:
            yield chain.reads_all_behind(), f"{text} skips no position of a map that dilated layers read"
        facts = measured(chain)
        said = {name: answer[key] for name, key in _KEYS.items() if answer[key] is not None}
        close = all(abs(facts[name] - value) < 1e-9 * max(1, abs(value)) for name, value in said.items())
        yield close, f"{text}: isolated layers, gridding index, step, paths, largest rate and width are as said"
        tooth = wish.get("sawtooth")
        if tooth is not None:
            yield rates == rates[:tooth] * (len(rates) // tooth), f"{text} begins again after {tooth} layers"
        largest = wish["max_rate"]
        if largest is not None:
            yield max(rates) <= largest, f"{text} has no rate above {largest}"
        field, how = wish["field"], wish["how"]
        if field is not None:
            fits = {"exactly": answer["field"] == field, "at-least": answer["field"] >= field}
            yield fits.get(how, answer["field"] <= field), f"{text} has the wished field"


def _all(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That so many schedules have no holes, these, and none is better."""
    claim, wish = data["certificate"], data["wish"]
    kernels = [int(one) for one in wish["kernels"]]
    fields = {answer["field"] for answer in data["answers"]} or {wish["field"]}
    if len(fields) != 1 or (not data["answers"] and wish["how"] != "exactly"):
        yield len(fields) == 1, "all answers have one field"
        return
    field = fields.pop()
    teeth = 1 if wish.get("sawtooth") is None else len(kernels) // wish["sawtooth"]
    tooth = kernels[: len(kernels) // teeth]
    strides = [int(one) for one in wish.get("strides", [1] * len(kernels))]
    if wish.get("among"):
        yield True, "that no other kernels have fewer weights is not checked"
    found = []
    even = (field - 1) % teeth == 0  # else the layers of one rate do not make up the field
    shared = _shared(tooth, (field - 1) // teeth, wish["max_rate"], strides[: len(tooth)])
    for ways, rates in enumerate(shared if even else (), 1):
        if ways > _WAYS:
            yield True, "there are too many schedules to write down: their number and order are not checked"
            return
        if 1 in rates and Chain(kernels, rates * teeth, strides).reads_all():
            found.append(_layers(rates, tooth, strides))
    yield len(found) == claim["candidates"], f"{len(found):,} schedules of field {field} have no holes"
    if claim["digest"] is not None:
        numbers = [number for one in sorted(found) for layer in one for number in layer]
        digest = hashlib.sha256(struct.pack(f"<{len(numbers)}i", *numbers)).hexdigest()
        yield digest == claim["digest"], "they are those that were examined, by their digest"
    if len(found) > _MEASURED or wish["hdc"] or not data["answers"]:
        if found:
            yield True, "which of them is best is not checked"
        return
    chains = [_of_layers(one * teeth, strides) for one in found]
    values = sorted(_value(chain, claim["criteria"]) for chain in chains if chain.reads_all_behind())
    best = [
        _value(
            _of_layers(_layers(one["rates"][: len(tooth)], one["kernels"][: len(tooth)], strides) * teeth, strides),
            claim["criteria"],
        )
        for one in data["answers"]
    ]
    yield best == values[: len(best)], f"none is better by {', '.join(claim['criteria'])}"


def _chain(answer: Mapping[str, Any]) -> Chain:
    kernels, rates = [int(one) for one in answer["kernels"]], [int(one) for one in answer["rates"]]
    return Chain(kernels, rates, [int(one) for one in answer.get("strides", [1] * len(rates))])


def _layers(rates: Sequence[int], kernels: Sequence[int], strides: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Rate and kernel of each layer: rising, or with strides in the order of the layers."""
    layers = tuple(zip(rates, kernels, strict=True))
    return layers if max(strides) > 1 else tuple(sorted(layers))


def _of_layers(layers: Sequence[tuple[int, int]], strides: Sequence[int]) -> Chain:
    return Chain([kernel for _, kernel in layers], [rate for rate, _ in layers], strides)


def _value(chain: Chain, criteria: Sequence[str]) -> tuple[float, ...]:
    facts = measured(chain)
    facts["paths"], facts["wide"] = -facts["paths"], -facts["near"]
    return tuple(round(facts[name] + 1e-12, _ROUNDED.get(name, 0)) for name in criteria)


def _distance(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That nothing nearer to the given rates has no holes."""
    wish = data["wish"]
    near, kernels = [int(one) for one in wish["near"]], [int(one) for one in wish["kernels"]]
    strides = [int(one) for one in wish.get("strides", [1] * len(near))]
    if not data["answers"]:
        yield True, "that there is none at any distance is not checked"
        return
    (answer,) = data["answers"]
    apart = sum(abs(one - other) for one, other in zip(near, answer["rates"], strict=True))
    yield apart == answer["distance"], f"it is {apart} steps away"
    for ways, rates in enumerate(_nearer(near, apart - 1), 1):
        if ways > _WAYS:
            yield True, "there are too many nearer schedules to write down: that all have holes is not checked"
            return
        chain = Chain(kernels, rates, strides)
        field = chain.field
        wished, how = wish["field"], wish["how"]
        allowed = wished is None or {"exactly": field == wished, "at-least": field >= wished}.get(how, field <= wished)
        if (
            allowed
            and max(rates) <= (wish["max_rate"] or max(rates))
            and chain.reads_all()
            and chain.reads_all_behind()
        ):
            yield False, f"{','.join(map(str, rates))} is nearer and has no holes"
            return
    yield True, "every nearer schedule has holes, or is not what was wished"


def _shared(
    kernels: Sequence[int], left: int, largest: int | None, strides: Sequence[int] = ()
) -> Iterator[tuple[int, ...]]:
    """Every way to share out a field among layers; the rates of layers of equal kernels and places rise."""
    jumps = Chain(kernels, [1] * len(kernels), strides or [1] * len(kernels)).on_input()
    order = sorted(range(len(kernels)), key=lambda layer: (jumps[layer], kernels[layer]))
    alike = [(jumps[layer], kernels[layer]) for layer in order]
    steps = [(kernel - 1) * jump for jump, kernel in alike]

    def go(layer: int, left: int, rates: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if layer == len(kernels):
            if left == 0:
                yield tuple(rates[order.index(place)] for place in range(len(rates)))
            return
        step = steps[layer]
        first = rates[-1] if layer and alike[layer - 1] == alike[layer] else 1
        if layer == len(kernels) - 1:
            first = max(first, -(-left // step))  # the last takes all that is left
        rest = sum(steps[layer + 1 :])
        if largest is not None:  # those that follow can take no more than this
            first = max(first, -(-(left - rest * largest) // step))
        for rate in range(first, min((left - rest) // step, largest or left) + 1):
            yield from go(layer + 1, left - step * rate, (*rates, rate))

    yield from go(0, left, ())


def _nearer(near: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """All rates at most so many steps away."""
    if most < 0:
        return
    if not near:
        yield ()
        return
    for rate in range(max(1, near[0] - most), near[0] + most + 1):
        for rest in _nearer(near[1:], most - abs(rate - near[0])):
            yield (rate, *rest)

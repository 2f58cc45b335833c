"""Whether what ``suggest`` says of all schedules is so: found again by writing all of them down, if they are few.

It shares no code with the search; see ``checker``.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from operator import le
from typing import Any

from rfscope.design.brute import Chain, TooMany, measured, nearer, shared

__all__ = ["chain_of", "check_all", "check_distance", "check_nearest_field", "fits", "given_in"]

_WAYS = 1_000_000
"""Ways to share out the rates, or to change them, that are gone through; fewer of a field above
``_LONG`` positions, as each is read."""

_LONG = 1_000

_MEASURED = 5_000
"""Schedules that are all measured, to find the best again."""

_PRODUCTS = 5_000_000
"""Positions of all these schedules, times their layers: more are not measured."""

_FIELDS = 1_000
"""Fields that are looked through for one that is nearer."""

_ALIKE = 9
"""Decimals within which two schedules are as good as each other."""

_ROUNDED = {"index": 2, "step": 3, "wide": 2, "near": 2}


def given_in(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every schedule that stands in the answer, once."""
    found = []
    for answer in (*data["answers"], *(data["front"] or ()), *data["known"]):
        if answer not in found:
            found.append(answer)
    return found


def chain_of(answer: Mapping[str, Any]) -> Chain:
    """The layers of an answer."""
    kernels, rates = [int(one) for one in answer["kernels"]], [int(one) for one in answer["rates"]]
    return Chain(kernels, rates, _strides(answer, len(rates)))


def fits(wish: Mapping[str, Any], field: int) -> bool:
    """Whether a field is one that was wished for."""
    wished = wish["field"]
    return wished is None or {"exactly": field == wished, "at-least": field >= wished}.get(wish["how"], field <= wished)


def _strides(said: Mapping[str, Any], layers: int) -> list[int]:
    return [int(one) for one in said.get("strides") or [1] * layers]


def _layers(rates: Sequence[int], kernels: Sequence[int], strides: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Rate and kernel of each layer: rising, or with strides in the order of the layers."""
    layers = tuple(zip(rates, kernels, strict=True))
    return layers if max(strides) > 1 else tuple(sorted(layers))


def _tooth(wish: Mapping[str, Any]) -> tuple[list[int], int]:
    """The kernels of the layers that have rates of their own, and how often these rates come."""
    kernels = [int(one) for one in wish["kernels"]]
    teeth = 1 if wish.get("sawtooth") is None else len(kernels) // wish["sawtooth"]
    return kernels[: len(kernels) // teeth], teeth


def _sound(wish: Mapping[str, Any], field: int) -> Iterator[tuple[int, ...]]:
    """The rates of all schedules without holes that have a field, those of one tooth.

    Raises:
        TooMany: They take too long.
    """
    tooth, teeth = _tooth(wish)
    kernels = tooth * teeth
    strides = _strides(wish, len(kernels))
    if (field - 1) % teeth or field > prod(kernels):  # each position has a path of its own
        return
    most = _WAYS // (1 + field // _LONG)
    for rates in shared(tooth, strides[: len(tooth)], (field - 1) // teeth, wish["max_rate"], most):
        if 1 in rates and Chain(kernels, rates * teeth, strides).reads_all():
            yield rates


def check_nearest_field(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That no field nearer to the wished one can be had, where others than that would do."""
    wish, wished = data["wish"], data["wish"]["field"]
    if wish["how"] == "exactly":
        return
    kernels = [int(one) for one in wish["kernels"]]
    found = data["answers"][0]["field"] if data["answers"] else None
    if wish["how"] == "at-least":
        largest = prod(kernels)  # each position has a path of its own
        if wish["max_rate"] is not None:
            rates = [wish["max_rate"]] * len(kernels)
            largest = min(largest, Chain(kernels, rates, _strides(wish, len(kernels))).field)
        others = range(wished, largest + 1 if found is None else found)
    else:
        others = range(1 if found is None else found + 1, wished + 1)
    text = "no field nearer to the wished one can be had" if data["answers"] else "no field that would do can be had"
    if len(others) > _FIELDS:
        yield True, f"that {text} is not checked: there are too many fields"
        return
    try:
        better = next((field for field in others if next(_sound(wish, field), None) is not None), None)
    except TooMany:
        yield True, f"that {text} is not checked: there are too many schedules to write down"
        return
    yield better is None, text if better is None else f"{text}: {better} can"


def check_all(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That so many schedules have no holes, these, and none is better."""
    claim, wish = data["certificate"], data["wish"]
    fields = {answer["field"] for answer in given_in(data)}
    if len(fields) > 1:
        yield False, "all answers have one field"
        return
    if wish.get("among"):
        yield True, "that no other kernels have fewer weights is not checked"
    if not fields and wish["how"] != "exactly":
        return  # no field that would do can be had: nothing is left to count
    field = fields.pop() if fields else wish["field"]
    tooth, teeth = _tooth(wish)
    try:
        rates = [*_sound(wish, field)]
    except TooMany:
        yield True, "there are too many schedules to write down: their number and order are not checked"
        return
    strides = _strides(wish, len(wish["kernels"]))
    found = [_layers(one, tooth, strides) for one in rates]
    yield len(found) == claim["candidates"], f"{len(found):,} schedules of field {field} have no holes"
    if claim["digest"] is not None:
        numbers = [number for one in sorted(found) for layer in one for number in layer]
        digest = hashlib.sha256(struct.pack(f"<{len(numbers)}i", *numbers)).hexdigest()
        yield digest == claim["digest"], "they are those that were examined, by their digest"
    products = len(found) * field * len(tooth)
    if len(found) > _MEASURED or products > _PRODUCTS or wish["hdc"] or not data["answers"]:
        if found:
            yield True, "which of them is best is not checked"
        return
    yield from _ranked(data, found, teeth)


def _ranked(
    data: Mapping[str, Any], found: Sequence[tuple[tuple[int, int], ...]], teeth: int
) -> Iterator[tuple[bool, str]]:
    """That the answers are the first of all, and that what is starred is what no other beats."""
    criteria = data["certificate"]["criteria"]
    strides = _strides(data["wish"], len(data["wish"]["kernels"]))
    chains = {
        one: Chain(*zip(*((kernel, rate) for rate, kernel in one * teeth), strict=True), strides) for one in found
    }
    measures = {one: measured(chain) for one, chain in chains.items() if chain.reads_all_behind()}
    if any(value is None for measure in measures.values() for value in measure.values()):
        yield True, "which of them is best is not checked"
        return

    def own(answer: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
        many = len(answer["rates"]) // teeth
        return _layers(answer["rates"][:many], answer["kernels"][:many], strides)

    values = {one: _value(measure, criteria) for one, measure in measures.items()}
    order = sorted((value, one) for one, value in values.items())
    best = [(values.get(own(answer)), own(answer)) for answer in data["answers"]]
    yield best == order[: len(best)], f"none is better by {', '.join(criteria)}"
    places = {one: place for place, (_, one) in enumerate(order, 1)}
    right = all(answer["rank"] in (None, places.get(own(answer))) for answer in given_in(data))
    yield right, "each has the rank that is said"
    if data["front"] is None:
        return
    compared = ("index", "step") if data["wish"]["causal"] else ("isolated", "index", "step")
    points = {one: tuple(round(measure[name] or 0, _ALIKE) for name in compared) for one, measure in measures.items()}
    unbeaten = {
        one
        for one, point in points.items()
        if not any(other != point and all(map(le, other, point)) for other in points.values())
    }
    yield {own(answer) for answer in data["front"]} == unbeaten, "those with a star, and no others, are beaten by none"


def _value(measure: Mapping[str, float | None], criteria: Sequence[str]) -> tuple[float, ...]:
    signed = {name: value or 0.0 for name, value in measure.items()}
    signed["paths"], signed["wide"] = -signed["paths"], -signed["near"]
    return tuple(round(signed[name] + 1e-12, _ROUNDED.get(name, 0)) for name in criteria)


def check_distance(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That nothing nearer to the given rates has no holes."""
    wish = data["wish"]
    near, kernels = [int(one) for one in wish["near"]], [int(one) for one in wish["kernels"]]
    if not data["answers"]:
        yield True, "that there is none at any distance is not checked"
        return
    (answer,) = data["answers"]
    apart = sum(abs(one - other) for one, other in zip(near, answer["rates"], strict=True))
    yield apart == answer["distance"], f"it is {apart} steps away"
    for ways, rates in enumerate(nearer(near, apart - 1), 1):
        if ways > _WAYS // (1 + answer["field"] // _LONG):
            yield True, "there are too many nearer schedules to write down: that all have holes is not checked"
            return
        chain = Chain(kernels, rates, _strides(wish, len(rates)))
        allowed = fits(wish, chain.field) and max(rates) <= (wish["max_rate"] or max(rates))
        if allowed and chain.reads_all() and chain.reads_all_behind():
            yield False, f"{','.join(map(str, rates))} is nearer and has no holes"
            return
    yield True, "every nearer schedule has holes, or is not what was wished"

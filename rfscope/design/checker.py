"""Checks what ``suggest --json`` wrote, from nothing but the definitions.

It shares no code with the search, and uses no closed form: whether a schedule reads every position is found by
reading, its gridding index by the Fourier transform of its usage counts, and how many schedules there are by writing
down every way to share out the rates. Where that is too much, it checks the answers alone, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rfscope.design.brute import measured
from rfscope.design.checker_all import chain_of, check_all, check_distance, check_nearest_field, fits, given_in
from rfscope.design.inside.checker import check_inside
from rfscope.errors import TargetError, shorten

__all__ = ["Checked", "check", "check_file"]

_EXPECTED = "what rfscope suggest --json wrote"
_WIDEST = 2**16
"""Positions of the widest field: each is gone through for every frequency."""

_LARGEST_FILE = 2**24
_PROOFS = {
    "optimal": ("all", "deepening", "milp", "dynamic-program"),
    "best-found": ("sample", "drawn"),
    "infeasible": ("all", "closed-form"),
}
"""What must have been done for what is claimed."""

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
    given = given_in(data)
    for answer in given:
        if answer["field"] < 1:
            raise ValueError(f"a field of {answer['field']}")
        if chain_of(answer).field != answer["field"]:
            raise ValueError(f"a field of {answer['field']} with rates {answer['rates']}")
        if min(answer["kernels"]) < 2 or min(*answer["rates"], *chain_of(answer).strides) < 1:
            raise ValueError(f"kernels {answer['kernels']} with rates {answer['rates']}")
    found = [*_claimed(data)]
    if any(answer["field"] > _WIDEST for answer in given):
        found.append((True, f"not checked: a field of more than {_WIDEST} positions takes too long to go through"))
        return _checked(found)
    for answer in given:
        found += _answer(data["wish"], answer)
    if data["wish"]["near"] is not None:
        found += check_distance(data)
    else:
        found += check_nearest_field(data)
        if data["certificate"]["method"] in ("all", "closed-form"):
            found += check_all(data)
        else:
            found.append((True, "that no more than a share of all is better follows from the sample: not checked"))
    found.append((True, "verdicts, M_2, names, and that one layer more can do no better are not checked"))
    return _checked(found)


def _checked(found: Sequence[tuple[bool, str]]) -> Checked:
    lines = tuple(text if holds else f"WRONG: {text}" for holds, text in found)
    return Checked(lines, all(holds for holds, _ in found))


def _claimed(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That what is claimed, what was done for it, and what is given go together."""
    claim, method = data["certificate"]["claim"], data["certificate"]["method"]
    there = bool(data["answers"])
    right = data["feasible"] == there and (claim == "best-found" or there == (claim == "optimal"))
    many = len(data["answers"])
    yield right, f"it claims {claim}, and gives {many} {'schedule' if many == 1 else 'schedules'}"
    yield method in _PROOFS[claim], f"it claims {claim} by the method {method}"
    if method == "all":
        many, seen = data["certificate"]["candidates"], data["certificate"]["examined"]
        yield many == seen, f"it claims that all were examined: {seen:,} of {many:,}"


def _answer(wish: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """A schedule: the field, no holes, and what is said of it."""
    chain = chain_of(answer)
    rates, text = chain.rates, ",".join(map(str, chain.rates))
    yield chain.reads_all(), f"{text} reads all {answer['field']} positions of its field"
    if chain.hop > 1:
        yield chain.reads_all_behind(), f"{text} skips no position of a map that dilated layers read"
    found = measured(chain)
    said = {name: answer[key] for name, key in _KEYS.items() if answer[key] is not None}
    close = all(
        truth is None or abs(truth - value) < 1e-9 * max(1, abs(value))
        for truth, value in ((found[name], value) for name, value in said.items())
    )
    common = None if found["isolated"] == len(rates) else (found["isolated"] or 0) + 1
    about = "isolated layers, gridding index, step, paths, largest rate and width are as said"
    yield close and answer["first_common_input"] == common, f"{text}: {about}"
    if found["index"] is None:
        yield True, f"{text}: its gridding index takes too long to work out: not checked"
    tooth = wish.get("sawtooth")
    if tooth is not None:
        yield rates == rates[:tooth] * (len(rates) // tooth), f"{text} begins again after {tooth} layers"
    largest = wish["max_rate"]
    if largest is not None:
        yield max(rates) <= largest, f"{text} has no rate above {largest}"
    if wish["field"] is not None:
        yield fits(wish, answer["field"]), f"{text} has the wished field"

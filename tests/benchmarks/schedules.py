"""How fast many schedules are judged, beside one after the other, and how long a wish takes.

Run it as ``python -m tests.benchmarks.schedules``.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import islice, product
from time import perf_counter
from typing import Any

import numpy as np

import rfscope as rf
from rfscope.exact import batch
from rfscope.exact.judged import judge
from rfscope.exact.taps import Taps
from rfscope.surveying.columns import SCHEDULES, named
from rfscope.surveying.schedules import schedules
from tests.benchmarks.pairs import compare

WISH: dict[str, Any] = {"field": 511, "layers": 8}
"""Of 8,714,753 schedules without holes."""

_LAYERS = 6
_BLOCK = 2**15


def columns(rates: np.ndarray[Any, Any]) -> int:
    """Field, holes, common factor, M_2 and groups of many schedules; how many have no holes."""
    free = 0
    for first in range(0, rates.shape[1], _BLOCK):
        block = np.ascontiguousarray(rates[:, first : first + _BLOCK])
        kernels = [3] * len(block)
        batch.fields(kernels, block), batch.factors(block), batch.m2(block), batch.group_rule(kernels, block)
        free += int(batch.hole_free(kernels, block).sum())
    return free


def surveyed(many: int) -> int:
    """The same as the jobs of a survey do it; how many have no holes."""
    names = ["field", "hole_free", "gcd", "m2", "m2_ok"]
    space = schedules([_LAYERS], range(1, 11), named(SCHEDULES, names))
    jobs = (space.job(first, min(first + space.chunk, many)) for first in range(0, many, space.chunk))
    return sum(job.table().tally["hole_free"] for job in jobs)


def one_by_one(schedules: list[tuple[int, ...]]) -> int:
    """The same in plain Python."""
    free = 0
    for rates in schedules:
        one = judge([Taps(3, rate) for rate in rates])
        _ = one.extent, one.factor, one.m2, one.m2_ok
        free += one.hole_free
    return free


def analyzed(schedules: list[tuple[int, ...]]) -> int:
    """The same by ``rf.analyze``."""
    free = 0
    for rates in schedules:
        (one,) = rf.analyze(list(rates)).schedules
        _ = one.extent, one.factor, one.m2, one.m2_ok
        free += one.hole_free
    return free


def process(*words: str) -> None:
    """Run the program once."""
    subprocess.run([sys.executable, "-m", "rfscope", *words], check=True, stdout=subprocess.DEVNULL)


def main(repeat: int = 5, many: int = 1_000_000) -> None:
    """Print every figure."""
    rates = np.array(list(islice(product(range(1, 11), repeat=_LAYERS), many)), np.int32).T
    began = perf_counter()
    free = columns(rates)
    took = perf_counter() - began
    print(f"{many:,} schedules of {_LAYERS} layers, {free:,} without holes: {many / took:,.0f} a second")
    began = perf_counter()
    free = surveyed(many)
    took = perf_counter() - began
    print(f"the same by the jobs of a survey, {free:,} without holes: {many / took:,.0f} a second")
    few = [tuple(row) for row in rates.T[:: max(1, many // 3_000)].tolist()]
    some = np.array(few, np.int32).T
    compare("columns against plain Python", lambda: columns(some), lambda: one_by_one(few), "at most 0.1", repeat)
    fewer = few[:: max(1, len(few) // 100)]
    less = np.array(fewer * 30, np.int32).T
    compare(
        "30 times as many columns against analyze",
        lambda: columns(less),
        lambda: analyzed(fewer),
        "at most 0.15",
        repeat,
    )
    words = ("suggest", "--field", "65", "--layers", "5")
    compare(
        "suggest 65 in 5 against analyze 1,2,5",
        lambda: process(*words),
        lambda: process("analyze", "rates", "1,2,5"),
        "at most 2.5",
        repeat,
    )
    began = perf_counter()
    found = rf.suggest(**WISH)
    print(f"{found.certificate.candidates} proved in {perf_counter() - began:.1f} s: {found.answers[0].rates}")


if __name__ == "__main__":
    main()

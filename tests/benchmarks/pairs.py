"""Paired timing: two jobs turn by turn in one run, their medians and the ratio of these."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

Job = Callable[[], object]


def seconds(job: Job) -> float:
    """How long a job takes once."""
    began = perf_counter()
    job()
    return perf_counter() - began


def compare(name: str, ours: Job, theirs: Job, bound: str, repeat: int) -> float:
    """Run both jobs in turn, print the medians and their ratio beside what was asked for, and return the ratio."""
    ours(), theirs()  # what is loaded on first use is loaded now
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeat)]
    mine, other = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    print(f"{name}: {mine * 1e3:.3f} ms against {other * 1e3:.3f} ms, ratio {mine / other:.3f} (asked: {bound})")
    return mine / other

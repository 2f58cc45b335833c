"""How cost grows with the network: processor time and memory of fresh processes, and the exponents between the sizes.

Run it with ``python -m tests.benchmarks.scaling``. With another interpreter as its argument, whose environment has an
older rfscope, the same jobs are run by both, turn by turn: ``python -m tests.benchmarks.scaling old/bin/python``.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from math import log
from typing import NamedTuple

PROCESSES = 3

COMMON = """
import json, resource, sys, time
from rfscope.exact.analysis import analyze
from rfscope.linting.run import judge
from rfscope.network.build import chain
from rfscope.readers.spec import read_spec

def blocks(count):
    layers, last = [], "input"
    for block in range(count):
        for rate in (1, 2):
            layers.append({"op": "conv", "kernel": 3, "padding": rate, "dilation": rate, "name": f"{block}.{rate}",
                           "inputs": [last]})
        last = f"{block}.sum"
        layers.append({"op": "add", "name": last, "inputs": [f"{block}.1", f"{block}.2"]})
    found = read_spec(json.dumps({"rfscope": 1, "dims": 1, "layers": layers}).encode(), file="n.json", format="json")
    return getattr(found, "network", found)

def whole(analysis):
    for found in analysis.schedules:
        found.groups, found.hole_free, found.repair, [run.isolated for run in found.runs]

size = int(sys.argv[1])
network = {network}
before = time.process_time()
{job}
print(time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


class Job(NamedTuple):
    """One row of the table.

    Attributes:
        network: An expression that makes the network, or its analysis where that is not timed.
        job: What is timed.
        sizes: Sizes that both interpreters run.
        more: Larger ones, which only this one runs.
    """

    network: str
    job: str
    sizes: tuple[int, ...]
    more: tuple[int, ...] = ()


JOBS = {
    "schedules of 1,2,5 again and again": Job(
        "analyze(chain(([1, 2, 5] * size)[:size]))", "whole(network)", (1000, 2000, 4000), (10_000,)
    ),
    "schedules of 2,2,2": Job("analyze(chain([2] * size))", "whole(network)", (1000, 2000, 4000), (10_000,)),
    "exact counts of a chain": Job(
        "chain(([1, 2, 5] * size)[:size], dims=1)", "analyze(network).output.counts", (500, 1000, 2000), (4000,)
    ),
    "schedules and findings of two branches": Job(
        "blocks(size)", "a = analyze(network); whole(a); judge('net', a)", (100, 400, 1000), (3000,)
    ),
    "shares of two branches": Job("blocks(size)", "analyze(network).layers", (100, 400, 1000), (3000,)),
}


def measured(python: str, job: Job, size: int) -> tuple[float, float]:
    """Seconds on the processor and peak MiB of one job: the least of some fresh processes."""
    code = COMMON.replace("{network}", job.network).replace("{job}", job.job)
    found = []
    for _ in range(PROCESSES):
        done = subprocess.run([python, "-P", "-c", code, str(size)], check=True, capture_output=True, text=True)
        seconds, memory = map(float, done.stdout.split())
        found.append((seconds, memory))
    return min(found)


def main(other: str | None = None) -> None:
    """Run all of it."""
    for name, job in JOBS.items():
        print(name)
        found: list[tuple[int, float]] = []
        for size in (*job.sizes, *job.more):
            seconds, memory = measured(sys.executable, job, size)
            found.append((size, seconds))
            line = f"  {size:>6}: {seconds:8.3f} s {memory:7.0f} MiB"
            if other is not None and size in job.sizes:
                theirs, held = measured(other, job, size)
                line += f"   before {theirs:8.3f} s {held:7.0f} MiB   ratio {seconds / max(theirs, 1e-9):.3f}"
            print(line, flush=True)
        for (small, first), (large, second) in [*pairwise(found), (found[0], found[-1])]:
            grown = log(max(second, 1e-6) / max(first, 1e-6)) / log(large / small)
            print(f"  exponent from {small} to {large}: {grown:.2f}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

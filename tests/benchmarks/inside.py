"""How fast many choices of rates for a whole network are looked at, beside the engine on one after the other.

Run it as ``python -m tests.benchmarks.inside``.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np  # noqa: TID253

from rfscope.design.inside.intervals import recursion
from rfscope.design.inside.judging import Judge
from rfscope.design.inside.resolving import changing
from rfscope.design.inside.search import suggest_inside
from rfscope.design.inside.wish import InsideWish
from rfscope.targets import examine
from tests.benchmarks.pairs import compare

TARGET, PATTERN = "zoo:resnet-v1c-50-d8", "layer4.*.conv2"

LARGEST = 46
"""Of each of three rates: 97,336 choices."""

_FEW = 20


def main(repeat: int = 5) -> None:
    """Print every figure."""
    found = changing(examine(TARGET), [PATTERN])
    fields, judge = recursion(found), Judge(found)
    rates = np.indices((LARGEST,) * found.variables).reshape(found.variables, -1) + 1
    fields.sizes(rates[:, :9])
    began = perf_counter()
    sizes = fields.sizes(rates)
    took = perf_counter() - began
    many = rates.shape[1]
    print(f"fields of {many:,} choices of rates by the interval recursion: {many / took:,.0f} a second")
    few = np.ascontiguousarray(rates[:, :: max(1, many // _FEW)])
    compare(
        f"fields of {many:,} choices against analyze of {few.shape[1]}",
        lambda: fields.sizes(rates),
        lambda: [found.analyzed(one).output.size for one in few.T.tolist()],
        "at most 10",
        repeat,
    )
    wanted = rates[:, sizes[0] == np.sort(sizes[0])[-min(300, many // 2)]].T.tolist()[:300]
    judge.facts(wanted[0])
    began = perf_counter()
    for one in wanted:
        judge.facts(one)
    print(
        f"holes, grids and isolated layers by sets of positions: {len(wanted) / (perf_counter() - began):,.0f} a second"
    )
    began = perf_counter()
    best = suggest_inside(found, InsideWish(field=600, how="at-least"))
    print(f"{best.certificate.candidates} candidates proved in {perf_counter() - began:.2f} s: {best.answers[0].rates}")


if __name__ == "__main__":
    main()

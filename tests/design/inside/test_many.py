"""Fields, holes and isolated layers of many choices of rates at once, against the engine one by one."""

from __future__ import annotations

import os

import numpy as np  # noqa: TID253
import pytest

from rfscope.design.inside.changing import Changing
from rfscope.design.inside.intervals import recursion
from rfscope.design.inside.judging import Judge
from rfscope.design.inside.resolving import changing
from rfscope.errors import NetworkError, RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from tests.exact.dags import random_of, random_spec, read

NETWORKS = int(os.environ.get("RFSCOPE_INSIDE_NETWORKS", "24"))


def _changed(analysis: Analysis, seed: int) -> Changing | None:
    """Up to three layers of a network, drawn at random."""
    may = [node.name for node in analysis.network.nodes if node.taps > 1 and _can(analysis, node.name)]
    random = random_of(seed)
    return changing(analysis, random.sample(may, min(len(may), random.randint(1, 3)))) if may else None


def _can(analysis: Analysis, name: str) -> bool:
    try:
        return bool(changing(analysis, [name]))
    except RfscopeError:
        return False


@pytest.mark.parametrize("part", range(4))
def test_columns_against_the_engine(part: int) -> None:
    compared = 0
    for seed in range(part, NETWORKS, 4):
        try:
            analysis = analyze(read(random_spec(random_of(seed))))
        except NetworkError:
            continue
        found = _changed(analysis, seed)
        if found is not None:
            compared += _compare(found, seed)
    assert compared >= NETWORKS // 4


def _compare(found: Changing, seed: int) -> int:
    random, compared = random_of(seed), 0
    fields, judge = recursion(found), Judge(found)
    low = [1] * found.variables
    for layer, number in zip(found.layers, found.variable, strict=True):
        low[number] = max(low[number], layer.least)
    rates = np.array([[random.randint(least, least + 5) for least in low] for _ in range(4)], np.int64).T
    sizes = fields.sizes(rates)
    for column, chosen in enumerate(rates.T.tolist()):
        try:
            analysis = found.analyzed(chosen)
        except NetworkError:  # repeated padding is longer than the map
            continue
        assert tuple(sizes[:, column]) == tuple(-1 if one is None else one for one in analysis.output.size), seed
        if found.causal or analysis.judgement.unknown:
            continue
        facts, judgement = judge.facts(chosen), analysis.judgement
        assert facts.holes == bool(judgement.skipped or judgement.empty), (seed, chosen)
        isolated = max((piece.meeting.isolated for piece in found.pieces(analysis)), default=0)
        assert facts.isolated == isolated, (seed, chosen)
        compared += 1
    return compared

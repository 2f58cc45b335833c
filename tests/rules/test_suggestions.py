"""Whatever a finding tells to write is clean: tried on random schedules and networks.

RFSCOPE_SUGGESTED=20000 tries so many schedules, and 500 networks; it takes some minutes.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.graph import Network
from rfscope.rules import Finding
from rfscope.rules.suggestions import with_rates
from tests.exact.dags import random_of, random_spec, read

SCHEDULES = int(os.environ.get("RFSCOPE_SUGGESTED", "400"))
NETWORKS = max(40, SCHEDULES // 40)
WRITTEN = re.compile(r"([0-9][0-9,]*)(?:@[0-9,]+)? instead of ([0-9][0-9,]*)(?:@[0-9,]+)?")


def some_schedules() -> Iterator[tuple[str, dict[str, Any]]]:
    draw = random.Random(31)  # noqa: S311 - the same schedules every time
    for number in range(SCHEDULES):
        length = draw.randint(1, 6)
        rates = [draw.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 9, 12)) for _ in range(length)]
        kernels = [draw.randint(2, 5)] * length if number % 2 else [draw.randint(2, 5) for _ in range(length)]
        text = f"{','.join(map(str, rates))}@{','.join(map(str, kernels))}"
        yield text, {"dims": 1, "causal": draw.random() < 0.15}


def grave(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(one.code, one.node) for one in found if one.level != "info"}


def applied(analysis: Analysis, finding: Finding) -> Network | None:
    """The network with what a finding tells to write; None if it names no rates."""
    match = WRITTEN.search(finding.help)
    if match is None:
        return None
    after, before = ([int(rate) for rate in part.split(",")] for part in match.groups())
    axes = range(analysis.network.dims) if finding.axis is None else [finding.axis]
    for schedule in analysis.schedules:
        candidates = [(list(schedule.nodes), list(schedule.rates))]
        candidates += [([s.name for s in run.steps], [s.taps.rate for s in run.steps]) for run in schedule.runs]
        for names, rates in candidates:
            if rates == before and finding.node in names and set(axes) <= set(schedule.axes):
                return with_rates(analysis.network, schedule.axes, dict(zip(names, after, strict=True)))
    raise AssertionError(finding.help)


def check(analysis: Analysis) -> int:
    """Apply every suggestion; how many there were."""
    before, tried = rf.lint(analysis), 0
    for finding in before:
        changed = applied(analysis, finding)
        if changed is not None:
            after = rf.lint(analyze(changed))
            assert (finding.code, finding.node) not in {(one.code, one.node) for one in after}, finding.help
            assert grave(after) <= grave(before), (finding.help, after)
            tried += 1
    return tried


def test_suggestions_for_schedules_are_clean() -> None:
    tried = sum(check(rf.analyze(text, **shape)) for text, shape in some_schedules())
    assert tried > SCHEDULES // 4
    print(tried, "suggestions for", SCHEDULES, "schedules")  # noqa: T201 - the figure


def test_suggestions_in_networks_are_clean() -> None:
    tried = judged = 0
    for seed in range(NETWORKS * 3):
        try:
            analysis = analyze(read(random_spec(random_of(seed))))
            tried += check(analysis)
        except RfscopeError:
            continue
        judged += 1
        if judged == NETWORKS:
            break
    assert judged == NETWORKS
    print(tried, "suggestions in", judged, "networks")  # noqa: T201 - the figure


SAID = [
    ("2,2,1,6", {"kernel": 2, "dims": 1}, "RFS101", None),
    ("1,2,4", {}, "RFS102", "2,3 instead of 2,4"),
    ("2,2,2", {}, "RFS101", "write 1,2,1 instead of 2,2,2"),
    ("4,8,16", {}, "RFS101", "write 1,3,8 instead of 4,8,16"),
    ("1,1,1,1,1,11", {}, "RFS105", "write 1,1,1,1,1,9 instead of 1,1,1,1,1,11"),
]


@pytest.mark.parametrize(("rates", "shape", "code", "expected"), SAID)
def test_what_is_said(rates: str, shape: dict[str, Any], code: str, expected: str | None) -> None:
    helps = {one.code: one.help for one in rf.lint(rf.analyze(rates, **shape))}
    assert (code in helps) == (expected is not None)
    assert expected is None or expected in helps[code]


def test_rates_of_a_backbone_are_left_alone() -> None:
    [finding] = rf.lint("zoo:resnet-v1c-50-d8")
    assert finding.code == "RFS102"
    assert "instead of" not in finding.help


def test_parallel_branches_are_not_listed_in_a_row() -> None:
    [finding] = [one for one in rf.lint("zoo:deeplab-v3-os16") if one.code == "RFS102"]
    assert "then side by side" in finding.details
    assert "instead of" not in finding.help


def test_nothing_is_advised_where_nothing_is_wrong() -> None:
    for target in ("zoo:wavenet", "zoo:drn-c-26", "zoo:context-module", "1,5,2"):
        assert [one.help for one in rf.lint(target) if one.code != "RFS104"] in ([""], [])


def test_padding_stays_on_its_side() -> None:
    net = rf.chain([2, 4], dims=1, causal=True)
    changed = with_rates(net, [0], {"conv2": 3})
    assert [node.reads[0].known_padding for node in changed.nodes] == [(4, 0), (6, 0)]  # type: ignore[union-attr]
    centred = with_rates(rf.chain([2, 4], dims=1), [0], {"conv2": 3})
    assert centred == replace(rf.chain([2, 3], dims=1), name="2,4")

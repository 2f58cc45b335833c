"""How work and memory grow with a network, by counting: calls and bytes, not seconds, which depend on the machine."""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable
from math import log
from typing import Any

import pytest

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact import runs, shares, taps
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.packed import copies, product
from rfscope.exact.taps import Taps, axis_counts
from rfscope.exact.walk import walk
from rfscope.linting.run import judge
from rfscope.network.build import chain
from rfscope.network.graph import Network
from rfscope.readers.spec import read_spec

LINEAR = 1.15
"""A little more than 1, for n log n."""


def spec_network(layers: list[dict[str, Any]], **keys: Any) -> Network:
    spec = {"rfscope": 1, "dims": 1, "layers": layers, **keys}
    return read_spec(json.dumps(spec).encode(), file="net.json", format="json").network


def two_branches(blocks: int) -> Network:
    """Blocks of two convolutions side by side, one of them dilated, and their sum."""
    layers, last = list[dict[str, Any]](), "input"
    for block in range(blocks):
        for rate in (1, 2):
            one = {"op": "conv", "kernel": 3, "padding": rate, "dilation": rate, "name": f"{block}.{rate}"}
            layers.append({**one, "inputs": [last]})
        last = f"{block}.sum"
        layers.append({"op": "add", "name": last, "inputs": [f"{block}.1", f"{block}.2"]})
    return spec_network(layers)


def outputs_in_a_row(layers: int) -> Network:
    """Each output is judged by itself, so there are as many however long the network is; their number has a limit."""
    rows = [{"op": "conv", "kernel": 3, "padding": 1, "name": f"n{place}"} for place in range(layers)]
    return spec_network(rows, outputs=[row["name"] for row in rows[:: max(1, layers // 10)]])


def calls(job: Callable[[], object]) -> int:
    """Calls of functions, those written in C among them."""
    found = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal found
        found += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        job()
    finally:
        sys.setprofile(before)
    return found


def peak(job: Callable[[], object]) -> int:
    """Bytes held at once, at most."""
    tracemalloc.start()
    try:
        job()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def exponent(cost: Callable[[int], int], small: int, times: int = 4) -> float:
    """The power of the size with which a cost grows."""
    return log(cost(small * times) / cost(small)) / log(times)


def schedules(analysis: Analysis) -> None:
    """Everything that is said of the schedules of a network."""
    for found in analysis.schedules:
        _ = found.groups, found.m2_ok, analysis.judgement.has_holes(found), found.repair, found.meeting, found.coverage
        for run in found.runs:
            _ = run.isolated, run.splits, run.lead_in, run.lead_out


JOBS: dict[str, tuple[Callable[[int], Network], Callable[[Analysis], object], int]] = {
    "schedules of 1,2,5 again and again": (lambda size: chain([1, 2, 5] * size), schedules, 80),
    "schedules of 2,2,2": (lambda size: chain([2] * size), schedules, 200),
    "schedules of two branches": (two_branches, schedules, 80),
    "findings in two branches": (two_branches, lambda analysis: judge("net", analysis), 80),
    "findings at ten outputs in a row": (outputs_in_a_row, lambda analysis: judge("net", analysis), 60),
    "shares of two branches": (two_branches, lambda analysis: analysis.layers, 60),
}


def cost_in_calls(name: str, size: int) -> int:
    build, job, _ = JOBS[name]
    network = build(size)
    return calls(lambda: job(analyze(network)))


@pytest.mark.parametrize("name", JOBS)
def test_calls_grow_no_faster_than_the_network(name: str) -> None:
    cost_in_calls(name, 9)  # what is imported is imported
    assert exponent(lambda size: cost_in_calls(name, size), JOBS[name][2]) < LINEAR


@pytest.mark.parametrize("name", ["schedules of two branches", "shares of two branches"])
def test_memory_grows_no_faster_than_the_network(name: str) -> None:
    build, job, small = JOBS[name]

    def cost(size: int) -> int:
        network = build(size)
        return peak(lambda: job(analyze(network)))

    cost(9)
    assert exponent(cost, small) < LINEAR


def test_counting_finds_a_quadratic_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    cost_in_calls("schedules of 2,2,2", 9)
    monkeypatch.setattr(runs, "cache", lambda function: function)  # lead-outs worked out anew for each run
    assert exponent(lambda size: cost_in_calls("schedules of 1,2,5 again and again", size), 80) > LINEAR


def test_counting_finds_maps_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = list[object]()

    def keeping(*arguments: Any, **keys: Any) -> Any:
        for found in walk(*arguments, **keys):
            kept.append(found)
            yield found

    def cost(blocks: int) -> int:
        kept.clear()
        network = two_branches(blocks)
        return peak(lambda: analyze(network).layers)

    monkeypatch.setattr(shares, "shared_parts", lambda *_: None)  # maps and not lines
    cost(9)
    assert exponent(cost, 60) < LINEAR
    monkeypatch.setattr(shares, "walk", keeping)
    assert exponent(cost, 60) > LINEAR


def digits(layers: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bits written for the counts of a chain."""
    written = 0

    def shifted(line: int, *how: Any) -> int:
        nonlocal written
        found = copies(line, *how)
        written += found.bit_length()
        return found

    def multiplied(*lines: Any) -> tuple[int, ...]:
        nonlocal written
        found = product(*lines)
        written += len(found) * max(found).bit_length()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(taps, "copies", shifted)
        patch.setattr(taps, "product", multiplied)
        axis_counts([Taps(3, (1, 2, 5)[place % 3]) for place in range(layers)])
    return written


def test_exact_counts_are_written_once_and_not_once_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taps, "_SHIFTED", 8)
    assert exponent(lambda layers: digits(layers, monkeypatch), 40) < 2.1  # as the counts themselves, of 2 n^2 bits
    monkeypatch.setattr(taps, "_SHIFTED", 10**9)
    assert exponent(lambda layers: digits(layers, monkeypatch), 40) > 2.8


def test_more_cells_than_can_be_gone_through_are_refused() -> None:
    analysis = analyze(two_branches(30))
    with limits.raised({"walk": 5_000}), pytest.raises(LimitError, match="over the limit 'walk'"):
        _ = analysis.output.counts
    assert analysis.output.counts.max > 2**62

"""As many random networks as asked for, every fact against brute force: RFSCOPE_DAGS=20000 takes some minutes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from rfscope.exact import dense, fields, finite, marginals, neighbours, partition, products, walk
from rfscope.exact.field import Field, through
from rfscope.exact.meeting import Meeting
from rfscope.exact.pieces import Run
from rfscope.exact.runs import find_runs
from rfscope.network import sizes
from rfscope.network.graph import Network
from rfscope.readers.spec_model import OPS
from tests.exact.comparing_dags import differences, facts
from tests.exact.dags import graph_of, random_of, random_spec, read

DAGS = int(os.environ.get("RFSCOPE_DAGS", "150"))
SHARES = 10


@pytest.mark.parametrize("part", range(SHARES))
def test_every_fact_of_random_networks_equals_brute_force(part: int) -> None:
    for seed in range(part, DAGS, SHARES):
        spec = random_spec(random_of(seed))
        assert differences(read(spec), random_of(seed)) == [], (seed, spec)


@cache
def sample() -> Sequence[tuple[int, dict[str, Any], Network]]:
    specs = [(seed, random_spec(random_of(seed))) for seed in range(150)]
    return [(seed, spec, read(spec)) for seed, spec in specs]


def test_the_sample_holds_what_it_should() -> None:
    layers = [layer for _, spec, _ in sample() for layer in spec["layers"]]
    ops = Counter(layer["op"] for layer in layers)
    assert set(ops) == set(OPS)
    assert {len(spec["layers"]) for _, spec, _ in sample()} >= set(range(1, 13))
    for key, values in (
        ("padding", {"same", "same_lower", "valid"}),
        ("mode", {"nearest", "linear", "cubic"}),
        ("align_corners", {True, False}),
        ("ceil_mode", {True, False}),
    ):
        assert values <= {layer[key] for layer in layers if isinstance(layer.get(key), str | bool)}
    graphs = [graph_of(network) for _, _, network in sample()]
    valid = [graph for graph in graphs if graph is not None]
    assert 0.9 * len(graphs) < len(valid) < len(graphs)
    assert {(graph.network.dims, bool(graph.sizes)) for graph in valid} == {(d, s) for d in (1, 2) for s in (0, 1)}
    patterns = {graph.pattern(name, 0) for graph in valid for name in graph.nodes}
    assert len({period for period, _ in filter(None, patterns)}) > 6
    assert sum(len(node.inputs) > 1 for graph in valid for node in graph.network.nodes) > 100
    named = {what.split(" of ")[0] for seed, _, network in sample() for what, _, _ in facts(network, random_of(seed))}
    assert {"counts", "field", "meeting", "never read", "padding share", "runs", "main path", "aligned"} <= {
        name.split(" along ")[0] for name in named
    }


def one_phase(read: Any, field: Field, outputs: int | None = None) -> Field:
    found = through(read, field, outputs)
    return replace(found, phases=found.phases[:1], period=1, shift=max(1, found.shift // found.period))


def half_of(network: Any, stride: int) -> tuple[Run, ...]:
    return find_runs(network, stride)[:1]


@cache
def known() -> frozenset[int]:
    """The networks of the sample on which the engine as it is disagrees."""
    return frozenset(seed for seed, _, network in sample() if differences(network, random_of(seed)))


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        pytest.param(fields, "through", one_phase, id="one-field-for-all-phases"),
        pytest.param(fields, "merged", lambda branches, _: branches[0], id="first-branch-only"),
        pytest.param(walk, "clipped", lambda region, _sizes, _name: region, id="no-clipping"),
        pytest.param(walk, "folded", lambda region, _node, _sizes: region, id="no-folding"),
        pytest.param(walk, "summed", lambda regions, _name: regions[0], id="one-reader-only"),
        pytest.param(sizes, "share_out", lambda total, _: (total // 2, total - total // 2), id="one-kind-of-same"),
        pytest.param(neighbours, "network_meeting", lambda *_: Meeting(0, 1), id="neighbours-always-meet"),
        pytest.param(dense, "positions", lambda bits: range(bits.bit_length()), id="all-is-read"),
        pytest.param(products, "common", lambda one, _: one.bits.bit_count(), id="neighbours-share-all"),
        pytest.param(products, "_is_product", lambda _: True, id="every-union-is-a-product"),
        pytest.param(marginals, "even_taps", lambda _: 1, id="one-path-a-layer"),
        pytest.param(finite, "padding_shares", lambda network, _: {network.nodes[0].name: 0.0}, id="no-padding"),
        pytest.param(partition, "find_runs", half_of, id="only-the-first-run"),
    ],
)
def test_a_wrong_engine_is_caught(monkeypatch: pytest.MonkeyPatch, module: object, name: str, wrong: object) -> None:
    right = [(seed, network) for seed, _, network in sample() if seed not in known()]
    monkeypatch.setattr(module, name, wrong)
    assert any(differences(network, random_of(seed)) for seed, network in right)

"""As many random chains as asked for, every fact against brute force: RFSCOPE_CHAINS=100000 takes some minutes."""

from __future__ import annotations

import os
from random import Random

import pytest

from rfscope.exact import closed_form, coverage, meeting, neighbours, output, paths, pieces, taps
from rfscope.network.reads import Window
from tests.exact.comparing import differences, facts, random_window

CHAINS = int(os.environ.get("RFSCOPE_CHAINS", "300"))
SHARES = 10


def chain_of(seed: int) -> tuple[list[Window], int]:
    """A chain of 1 to 6 layers and an output to look at."""
    random = Random(seed)  # noqa: S311 (a repeatable sample, not a secret)
    return [random_window(random) for _ in range(random.randint(1, 6))], random.randint(-9, 9)


@pytest.mark.parametrize("part", range(SHARES))
def test_every_fact_of_random_chains_equals_brute_force(part: int) -> None:
    for seed in range(part, CHAINS, SHARES):
        windows, far = chain_of(seed)
        assert differences(windows, far) == [], (seed, windows)


def test_the_sample_holds_what_it_should() -> None:
    chains = [chain_of(seed)[0] for seed in range(300)]
    windows = [window for chain in chains for window in chain]
    assert {len(chain) for chain in chains} == set(range(1, 7))
    assert {window.kernel for window in windows} == set(range(1, 8))
    assert {window.dilation for window in windows} == set(range(1, 13))
    assert {window.stride for window in windows} == {1, 2, 3}
    assert {"same", "same_lower"} <= {window.padding for window in windows}
    assert any(isinstance(window.padding, tuple) and min(window.padding) < 0 for window in windows)
    named = {name for chain in chains for name, _, _ in facts(chain, 0)}
    assert {"counts", "closed form", "sub-grids", "meeting", "index", "radius"} <= named


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        pytest.param(taps, "hole_free", lambda _: True, id="closed-form-always-true"),
        pytest.param(closed_form, "axis_counts", lambda layers: taps.axis_counts(layers[1:]), id="one-layer-forgotten"),
        pytest.param(neighbours, "network_meeting", lambda *_: meeting.Meeting(0, 1), id="neighbours-always-meet"),
        pytest.param(pieces, "meeting", lambda _: meeting.Meeting(0, 1), id="neighbours-always-meet-in-runs"),
        pytest.param(paths, "axes_coverage", lambda axes, _: coverage.axes_coverage(axes, [1]), id="stride-lost"),
        pytest.param(output, "gridding_index", lambda _: 0.5, id="constant-index"),
    ],
)
def test_a_wrong_engine_is_caught(monkeypatch: pytest.MonkeyPatch, module: object, name: str, wrong: object) -> None:
    monkeypatch.setattr(module, name, wrong)
    assert any(differences(*chain_of(seed)) for seed in range(100))

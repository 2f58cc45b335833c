"""The experiment on gridding: what its tables compute, and that it goes on where it was stopped."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from examples import gridding_tables as tables


def test_holm_is_the_step_down_of_bonferroni() -> None:
    assert tables.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert tables.holm([0.6, 0.001, 0.5]) == pytest.approx([1.0, 0.003, 1.0])


def test_tau_is_kendall_s_tau_b_with_ties() -> None:
    import numpy as np
    from scipy import stats

    random = np.random.default_rng(3)
    first, second = random.integers(0, 4, (20, 7)).astype(float), random.random((20, 7))
    expected = [stats.kendalltau(one, other).statistic for one, other in zip(first, second, strict=True)]
    assert tables.tau(first, second).tolist() == pytest.approx(expected)
    assert math.isnan(tables.tau(np.ones((1, 3)), np.arange(3.0)[None])[0])


def test_shares_of_grids() -> None:
    import numpy as np

    assert tables.grid_share(np.array([1.0, 0, 2, 0, 1])) == pytest.approx(1)
    assert tables.grid_share(np.array([1.0, 0, 0, 1, 0, 0, 1])) == pytest.approx(1)
    bell = np.exp(-((np.arange(33) - 16.0) ** 2) / 50)
    assert tables.grid_share(bell) < 0.01
    assert tables.width(bell) == pytest.approx(5, rel=0.01)


@pytest.mark.parametrize(
    ("schedule", "group"),
    [("1,2,5,8", "sound"), ("1,3,3,9", "sound"), ("1,5,5,5", "holes"), ("2,2,4,8", "factor"), ("1,1,1,1", "dense")],
)
def test_groups_are_told_by_the_exact_answer(schedule: str, group: str) -> None:
    found = tables.facts(schedule)
    assert found.group == group
    assert found.counts.sum() == pytest.approx(1)


def test_only_complete_seeds_count(tmp_path: Path) -> None:
    head = {"seeds": 2}
    runs = [{"schedule": name, "seed": seed} for seed in (0, 1) for name in ("1,2", "2,2")][:3]
    (tmp_path / "runs.jsonl").write_text("\n".join(map(json.dumps, [head, *runs])), encoding="utf-8")
    found = tables.read(tmp_path / "runs.jsonl")
    assert found.seeds == [0]
    assert {name: [run["seed"] for run in runs] for name, runs in found.of.items()} == {"1,2": [0], "2,2": [0]}


def test_it_goes_on_where_it_was_stopped_and_refuses_runs_of_another_kind(tmp_path: Path) -> None:
    import torch

    import rfscope as rf
    from examples import does_gridding_matter as experiment

    head = experiment.made_with(experiment.PRESETS["quick"], "cpu")
    assert (head["torch"], head["rfscope"]) == (torch.__version__, rf.__version__)
    file = tmp_path / "runs.jsonl"
    assert experiment.finished(file, head) == set()
    whole = json.dumps({"schedule": "1,2,5,8", "seed": 0})
    file.write_text(f"{file.read_text(encoding='utf-8')}{whole}\n{whole[:9]}", encoding="utf-8")
    assert experiment.finished(file, head) == {("1,2,5,8", 0)}
    assert file.read_text(encoding="utf-8") == f"{json.dumps(head)}\n{whole}\n"
    file.write_text(f"{json.dumps({**head, 'steps': 5})}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"error: .*runs\.jsonl holds runs of another kind"):
        experiment.finished(file, head)

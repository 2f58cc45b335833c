"""Dask: one small cluster of two processes, whose workers are killed, and the same bytes as those of one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope.errors import MissingExtraError, RfscopeError
from rfscope.surveying.cluster import dask_crew
from rfscope.surveying.journal import Begin
from rfscope.surveying.run import here, run
from rfscope.surveying.space import Piece
from tests.surveying.spaces import Rows

pytest.importorskip("distributed")

ROWS = 40


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Any]:
    import dask
    from distributed import LocalCluster

    settings = {"distributed.scheduler.allowed-failures": 0, "distributed.logging.distributed": "critical"}
    with (
        dask.config.set(settings),
        LocalCluster(  # type: ignore[no-untyped-call]  # distributed
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=60
        ) as cluster,
    ):
        yield cluster


@pytest.fixture(name="whole", scope="module")
def _whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What one process makes."""
    out = tmp_path_factory.mktemp("whole") / "t.csv"
    with here(1, processes=False) as crew:
        run(Rows(rows=ROWS), out, crew)
    return out.read_bytes()


def _pids(cluster: Any) -> list[int]:
    return [worker.pid for worker in cluster.workers.values()]


def test_a_worker_that_is_killed_half_way_changes_nothing(cluster: Any, whole: bytes, tmp_path: Path) -> None:
    killed: list[int] = []

    def show(done: int, _: int) -> None:
        if done >= ROWS // 2 and not killed:
            killed.append(_pids(cluster)[0])
            os.kill(killed[0], signal.SIGKILL)

    with dask_crew(cluster.scheduler_address) as crew:
        outcome = run(Rows(rows=ROWS, pause=0.05), tmp_path / "t.csv", crew, show=show)
    assert killed
    assert outcome.lost == ()
    assert (tmp_path / "t.csv").read_bytes() == whole


_DYING = """
import os, sys
from pathlib import Path
from rfscope.surveying.cluster import dask_crew
from rfscope.surveying.journal import Begin
from rfscope.surveying.run import run
from tests.surveying.spaces import Rows
def show(done, total):
    if done >= total // 2:
        os._exit(9)
with dask_crew(sys.argv[1]) as crew:
    run(Rows(rows=40), Path(sys.argv[2]), crew, show=show)
"""


def test_a_parent_that_dies_is_followed_by_another(cluster: Any, whole: bytes, tmp_path: Path) -> None:
    out = tmp_path / "t.csv"
    words = [sys.executable, "-c", _DYING, cluster.scheduler_address, str(out)]
    assert subprocess.run(words, check=False, timeout=60).returncode == 9
    journal, data = out.with_name("t.csv.journal"), out.with_name("t.csv.data")
    assert not out.exists()
    journal.write_bytes(journal.read_bytes()[:-5])
    with data.open("ab") as file:
        file.write(b"garbage\n" * 5)
    begun: list[int] = []
    with dask_crew(cluster.scheduler_address) as crew:
        run(Rows(rows=ROWS), out, crew, Begin(resume=True), lambda done, _: begun.append(done))
    assert begun[0] == ROWS // 2 - 2
    assert out.read_bytes() == whole


def test_schedules_and_networks_are_the_same_on_a_cluster(cluster: Any, tmp_path: Path) -> None:
    """Of schedules a sample, and networks, which a worker hands on to processes of its own."""
    spaces: dict[str, dict[str, Any]] = {
        "schedules": {"layers": 4, "rates": [1, 2, 3, 5], "sample": 500},
        "networks": {"targets": ["1,2,5", "2,4,8", "zoo:u-net", "missing.toml"]},
    }
    for name, given in spaces.items():
        rf.survey(**given, out=tmp_path / f"{name}-here.csv")
        rf.survey(**given, out=tmp_path / f"{name}-there.csv", scheduler=cluster.scheduler_address)
        assert (tmp_path / f"{name}-here.csv").read_bytes() == (tmp_path / f"{name}-there.csv").read_bytes()


def test_a_job_that_always_kills_its_worker_is_named_and_all_else_is_there(
    cluster: Any, whole: bytes, tmp_path: Path
) -> None:
    with dask_crew(cluster.scheduler_address) as crew:
        outcome = run(Rows(rows=ROWS, deadly=(6,)), tmp_path / "t.csv", crew)
    assert outcome.lost == (Piece(6, 8),)
    expected = whole.decode().splitlines()
    expected[7:9] = ["6,its worker died", "7,its worker died"]
    assert (tmp_path / "t.csv").read_text().splitlines() == expected


def test_a_scheduler_that_is_not_there_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rfscope.surveying.cluster._PATIENCE", 1)
    with pytest.raises(RfscopeError, match=r"no Dask scheduler at tcp://127.0.0.1:9.*dask scheduler"):
        rf.survey("1,2", out=tmp_path / "t.csv", scheduler="tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install distributed"):
        rf.survey("1,2", out=tmp_path / "t.csv", scheduler="tcp://127.0.0.1:9")
    assert list(tmp_path.iterdir()) == []

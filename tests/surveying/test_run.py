"""A survey's file is the same bytes whoever did the jobs, in what order, and however often they died on the way."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rfscope.errors import MissingExtraError, OutputError, RfscopeError
from rfscope.surveying.columns import SCHEDULES, named
from rfscope.surveying.journal import Begin, Journal
from rfscope.surveying.run import Crew, here, run, work
from rfscope.surveying.schedules import Schedules, schedules
from rfscope.surveying.space import Piece
from rfscope.surveying.tables import FORMATS
from tests.surveying.spaces import Rows

RESUME, RESTART = Begin(resume=True), Begin(restart=True)


class Shuffled(Executor):
    """Does what it is handed late, in an order of its own."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []
        self._order = random.Random(0)  # noqa: S311 - an order, no secret

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self._waiting.append((future, fn, args))
        if len(self._waiting) > 3:
            self._order.shuffle(self._waiting)
            for one, call, given in self._waiting:
                one.set_result(call(*given))
            self._waiting.clear()
        return future


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def small() -> Schedules:
    made = schedules([3], range(1, 9), named(SCHEDULES, [column.name for column in SCHEDULES]))
    return Schedules(**{name: getattr(made, name) for name in Schedules.__slots__ if name != "chunk"}, chunk=64)


@pytest.fixture(name="one", scope="module")
def _one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process makes of all rows, in every format."""
    folder = tmp_path_factory.mktemp("one")
    for end in ("csv", "jsonl", "parquet"):
        with here(1, processes=True) as crew:
            run(small(), folder / f"t.{end}", crew)
    return folder


@pytest.mark.parametrize(
    ("who", "end"), [("processes", "parquet"), ("threads", "jsonl"), ("threads", "parquet"), ("shuffled", "csv")]
)
def test_the_bytes_are_the_same_whoever_does_it(who: str, end: str, one: Path, tmp_path: Path) -> None:
    out = tmp_path / f"t.{end}"
    if who == "processes":
        with here(2, processes=True) as crew:
            outcome = run(small(), out, crew)
    elif who == "threads":
        with ThreadPoolExecutor(3) as threads:
            outcome = run(small(), out, Crew(threads, 3, work))
    else:
        outcome = run(small(), out, Crew(Shuffled(), 1, work))
    assert out.read_bytes() == (one / f"t.{end}").read_bytes()
    assert _names(tmp_path) == {f"t.{end}"}
    assert (outcome.rows, outcome.tally["schedules"], outcome.lost) == (512, 512, ())


def test_all_formats_say_the_same(one: Path) -> None:
    import csv

    from pyarrow import parquet

    lines = [json.loads(line) for line in (one / "t.jsonl").read_text().splitlines()]
    assert parquet.read_table(one / "t.parquet").to_pylist() == lines
    words = {None: "", True: "true", False: "false"}
    with (one / "t.csv").open(newline="") as file:
        for row, line in zip(csv.DictReader(file), lines, strict=True):
            assert row.pop("rates") == ",".join(map(str, line.pop("rates")))
            assert float(row.pop("gridding_index")) == line.pop("gridding_index")
            assert row == {
                name: words[value] if value in words and type(value) is not int else str(value)
                for name, value in line.items()
            }


_DYING = """
import sys
from pathlib import Path
from rfscope.surveying.journal import Begin
from rfscope.surveying.run import here, run
from tests.surveying.spaces import Rows
import os
def show(done, total):
    if done >= int(sys.argv[2]):
        os._exit(9)
with here(1, processes=False) as crew:
    run(Rows(), Path(sys.argv[1]), crew, Begin(resume=True), show)
"""


def whole(folder: Path) -> bytes:
    with here(1, processes=False) as crew:
        run(Rows(), folder / "whole.csv", crew)
    return (folder / "whole.csv").read_bytes()


@pytest.fixture(name="dead", scope="module")
def _dead(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a parent leaves that died after 6 of 10 jobs."""
    folder = tmp_path_factory.mktemp("dead")
    words = [sys.executable, "-c", _DYING, str(folder / "t.csv"), "12"]
    assert subprocess.run(words, check=False, timeout=60).returncode == 9
    assert _names(folder) == {"t.csv.data", "t.csv.journal", "t.csv.lock"}
    return folder


def _copies(dead: Path, folder: Path) -> Iterator[tuple[Path, bytes, bytes]]:
    """The files of a dead survey with the journal torn at every byte, or garbage behind data or journal."""
    data, journal = ((dead / f"t.csv.{end}").read_bytes() for end in ("data", "journal"))
    head = journal.index(b"\n") + 1
    ends = [*range(head, len(journal) + 1, 41), len(journal)]
    cases = [(data, journal[:end]) for end in ends]
    cases += [(data + b"garbage\n" * 9, journal), (data, journal + b'{"first": 12, "sto'), (data, journal + b"\0" * 50)]
    cases += [(data[:-3], journal), (b"", journal)]
    for number, (some, lines) in enumerate(cases):
        out = folder / f"{number}" / "t.csv"
        out.parent.mkdir()
        out.with_name("t.csv.data").write_bytes(some)
        out.with_name("t.csv.journal").write_bytes(lines)
        yield out, some, lines


def test_a_survey_is_gone_on_with_whatever_was_left(dead: Path, tmp_path: Path) -> None:
    expected = whole(tmp_path)
    done: set[int] = set()
    with here(1, processes=False) as crew:
        for out, _, _ in _copies(dead, tmp_path):
            at: list[int] = []
            run(Rows(), out, crew, RESUME, lambda count, _, at=at: at.append(count))  # type: ignore[misc]
            assert out.read_bytes() == expected
            assert _names(out.parent) == {"t.csv"}
            assert at[-1] == 20
            done.add(at[0])
    assert done == {0, 2, 4, 6, 8, 10, 12}


def test_a_lock_that_a_dead_process_left_is_taken_over_and_no_other(dead: Path, tmp_path: Path) -> None:
    for end in ("data", "journal", "lock"):
        (tmp_path / f"t.csv.{end}").write_bytes((dead / f"t.csv.{end}").read_bytes())
    lock = tmp_path / "t.csv.lock"
    with here(1, processes=False) as crew:
        lock_of_the_dead = lock.read_text()
        lock.write_text(f"{os.getppid()}\n")
        with pytest.raises(OutputError, match=f"another process writes this survey.*process {os.getppid()}"):
            run(Rows(), tmp_path / "t.csv", crew, RESUME)
        assert lock.exists()
        lock.write_text(lock_of_the_dead)
        run(Rows(), tmp_path / "t.csv", crew, RESUME)
    assert _names(tmp_path) == {"t.csv"}


def test_a_lock_of_our_own_number_is_the_dead_ones_unless_we_hold_it(tmp_path: Path) -> None:
    out = tmp_path / "t.csv"  # each container counts its processes from 1
    (tmp_path / "t.csv.lock").write_text(f"{os.getpid()}\n")

    def again(_done: int, _total: int) -> None:
        with pytest.raises(OutputError, match=f"another process writes this survey.*process {os.getpid()}"):
            run(Rows(), out, crew, RESUME)

    with here(1, processes=False) as crew:
        run(Rows(), out, crew, show=again)
    assert _names(tmp_path) == {"t.csv"}


def test_what_is_there_is_not_lost_unasked(dead: Path, tmp_path: Path) -> None:
    out = tmp_path / "t.csv"
    for end in ("data", "journal"):
        (tmp_path / f"t.csv.{end}").write_bytes((dead / f"t.csv.{end}").read_bytes())
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with here(1, processes=False) as crew:
        with pytest.raises(OutputError, match=r"a survey was begun here, with 6 of its jobs done.*--resume goes on"):
            run(Rows(), out, crew)
        with pytest.raises(
            OutputError, match=r"another survey.*got 20 rows, number, error, expected 22 rows.*--restart"
        ):
            run(Rows(rows=22), out, crew, RESUME)
        assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
        run(Rows(rows=22), out, crew, RESTART)
        assert out.read_text().count("\n") == 23
        with pytest.raises(OutputError, match=r"the file is there already.*--restart makes it anew"):
            run(Rows(), out, crew, RESUME)
    out.with_name("t.csv.journal").write_text("notes of mine\n")
    with here(1, processes=False) as crew, pytest.raises(OutputError, match="no journal of a survey"):
        run(Rows(), out, crew, RESUME)


def test_data_that_others_changed_is_not_written(dead: Path, tmp_path: Path) -> None:
    data = bytearray((dead / "t.csv.data").read_bytes())
    data[3] ^= 1
    (tmp_path / "t.csv.data").write_bytes(data)
    (tmp_path / "t.csv.journal").write_bytes((dead / "t.csv.journal").read_bytes())
    with here(1, processes=False) as crew, pytest.raises(OutputError, match="the data was changed by others"):
        run(Rows(), tmp_path / "t.csv", crew, RESUME)


def test_a_disk_that_is_full_at_the_end_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(_columns: Any, _parts: Any, file: Any) -> None:
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, ".csv", FORMATS[".csv"]._replace(whole=whole))
    with here(1, processes=False) as crew, pytest.raises(OutputError, match=r"No space.*--resume"):
        run(Rows(), tmp_path / "t.csv", crew)
    assert _names(tmp_path) == {"t.csv.data", "t.csv.journal"}


def test_a_full_disk_stops_it_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected, left = whole(tmp_path), [12]
    flush = sys.modules["rfscope.surveying.journal"].__dict__["_flush"]

    def full(file: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        flush(file)

    monkeypatch.setattr("rfscope.surveying.journal._flush", full)
    out = tmp_path / "t.csv"
    with here(1, processes=False) as crew, pytest.raises(OutputError, match=r"No space left.*go on with --resume"):
        run(Rows(), out, crew)
    monkeypatch.undo()
    assert not out.exists()
    with here(1, processes=False) as crew:
        run(Rows(), out, crew, RESUME)
    assert out.read_bytes() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_worker_that_dies_once_costs_nothing_and_one_that_dies_each_time_its_rows(tmp_path: Path) -> None:
    expected = whole(tmp_path)
    with here(2, processes=True) as crew:
        once = run(Rows(deadly=(4,), flag=str(tmp_path / "flag")), tmp_path / "once.csv", crew)
        each = run(Rows(deadly=(4,)), tmp_path / "each.csv", crew)
        assert (tmp_path / "once.csv").read_bytes() == expected
        assert once.lost == ()
        assert each.lost == (Piece(4, 6),)
        lines = expected.decode().splitlines()
        lines[5:7] = ["4,its worker died", "5,its worker died"]
        assert (tmp_path / "each.csv").read_text().splitlines() == lines
        again = run(Rows(), tmp_path / "each.csv", crew, RESUME)
    assert (again.lost, again.mistaken) == ((), 0)
    assert (tmp_path / "each.csv").read_bytes() == expected
    assert not (tmp_path / "each.csv.journal").exists()


def test_a_journal_gone_on_with_twice_forgets_what_was_done_anew(tmp_path: Path) -> None:
    """Bytes of a job that was done again are not taken for those of the first time."""
    out, key = tmp_path / "t.csv", {"survey": "x", "version": "y", "about": "z"}
    with Journal.opened(out, key, Begin()) as journal:
        journal.add(Piece(0, 1), b"first\n", {}, again=False, mistaken=True)
        journal.add(Piece(1, 2), b"second, longer\n", {}, again=False, mistaken=True)
    with Journal.opened(out, key, Begin(resume=True, retry=True)) as journal:
        assert journal.done == {}
        journal.add(Piece(1, 2), b"2\n", {}, again=False, mistaken=False)
    with Journal.opened(out, key, RESUME) as journal:
        assert list(journal.parts()) == [b"2\n"]


def test_what_a_format_needs_is_said_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with here(1, processes=False) as crew:
        with pytest.raises(OutputError, match=r"unknown format.*got '.txt', expected one of .csv, .jsonl, .parquet"):
            run(Rows(), tmp_path / "t.txt", crew)
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(MissingExtraError, match=r"pip install pyarrow"):
            run(Rows(), tmp_path / "t.parquet", crew)
        with pytest.raises(OutputError, match="cannot write the survey"):
            run(Rows(), tmp_path / "missing" / "t.csv", crew)
    assert list(tmp_path.iterdir()) == []


def test_those_who_do_it_may_be_gone(tmp_path: Path) -> None:
    class Gone(Executor):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(RfscopeError, match=r"those who do the jobs are gone.*--resume"):
        run(Rows(), tmp_path / "t.csv", Crew(Gone(), 1, work))

"""Do the jobs of a survey, wherever that is, and write its table: the same bytes whoever does them, and in what order.

There is one way: jobs are handed to an executor of ``concurrent.futures``, a few more at a time than it has workers,
and what comes back goes to the journal. The first result of a job wins.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from rfscope.errors import RfscopeError
from rfscope.surveying.children import away, dismissed, killed
from rfscope.surveying.columns import Table
from rfscope.surveying.journal import Begin, Journal, key_of
from rfscope.surveying.space import Job, Piece, Space, pieces
from rfscope.surveying.tables import FORMATS, Format, format_of

__all__ = ["Crew", "Outcome", "here", "run", "tables"]


class Outcome(NamedTuple):
    """What a survey came to.

    Attributes:
        out: The file that was written.
        rows: Rows in it.
        tally: What was counted over them.
        lost: The rows whose workers died each time.
        again: Rows' jobs that --resume would try again.
        mistaken: Jobs that --retry would do again.
    """

    out: Path
    rows: int
    tally: Mapping[str, int]
    lost: tuple[Piece, ...] = ()
    again: int = 0
    mistaken: int = 0


class Crew(NamedTuple):
    """Who does the jobs.

    Attributes:
        executor: Where they are handed to.
        workers: How many can be done at once.
        call: Works out the table of a job there.
    """

    executor: Executor
    workers: int
    call: Callable[[_Task], _Part]


class _Task(NamedTuple):
    """A job as it is handed out: the end of the file's name stands for its format, as functions do not travel."""

    job: Job
    end: str | None
    columns: Any


class _Part(NamedTuple):
    data: bytes
    table: Table | None
    tally: Mapping[str, int]
    again: bool
    mistaken: bool


def work(task: _Task) -> _Part:
    """Work out some rows and encode them."""
    return _encoded(task, task.job.table())


def _encoded(task: _Task, table: Table) -> _Part:
    kept = table if task.end is None else None
    data = b"" if task.end is None else FORMATS[task.end].part(task.columns, table.columns)
    return _Part(data, kept, table.tally, table.again, table.mistaken)


@contextmanager
def here(jobs: int, *, processes: bool) -> Iterator[Crew]:
    """A crew on this machine.

    Args:
        jobs: How many jobs are done at once.
        processes: Whether each is done in another process; if not, a job sees to that itself.
    """
    call = partial(away, work) if processes and jobs > 1 else work
    with dismissed(), ThreadPoolExecutor(jobs) as threads:
        try:
            yield Crew(threads, jobs, call)
        except BaseException:  # nobody wants the rest
            threads.shutdown(wait=False, cancel_futures=True)
            killed()
            raise


def run(
    space: Space,
    out: Path,
    crew: Crew,
    begin: Begin = Begin(),  # noqa: B008 - it is frozen
    show: Callable[[int, int], None] = lambda _done, _total: None,
) -> Outcome:
    """Survey a space and write its table.

    Args:
        space: What is surveyed.
        out: The file: .csv, .jsonl or .parquet. It is written whole at the end; until then a journal is beside it.
        crew: Who does it.
        begin: What to do where something is there already.
        show: Called with how many rows are done, and how many there are.

    Raises:
        RfscopeError: The file cannot be written, or the crew is gone; what is done is kept.
    """
    written = format_of(out)
    every = pieces(space)
    what = {**space.key, "columns": [column.name for column in space.columns], "format": written.name}
    names = ", ".join(what["columns"])
    key = key_of({**what, "rows": space.rows, "chunk": space.chunk}, f"{space.words}, {names}")
    with Journal.opened(out, key, begin) as journal:
        todo = [piece for piece in every if piece not in journal.done]
        count = _Count(space.rows - sum(piece.stop - piece.first for piece in todo), space.rows, show)
        task = partial(_task, space, out.suffix.lower())
        suspects = [piece for piece, part in _done(todo, crew, task) if not _kept(journal, piece, part, count)]
        lost = tuple(sorted(_alone(suspects, crew, task, journal, count)))
        _write(journal, space, written)
        done = journal.done.values()
        outcome = Outcome(
            out,
            space.rows,
            _summed(done_one.tally for done_one in done),
            lost,
            sum(one.again for one in done),
            sum(one.mistaken for one in done),
        )
        if not outcome.mistaken:
            journal.drop()
    return outcome


def tables(space: Space, crew: Crew) -> Iterator[Table]:
    """The tables of a space's jobs, in order; nothing is written.

    Raises:
        RfscopeError: A worker died.
    """
    waiting: dict[Piece, Table] = {}
    every = pieces(space)
    found = _done(every, crew, partial(_task, space, None))
    for piece in every:
        while piece not in waiting:
            done, part = next(found)
            table = None if isinstance(part, Exception) else part.table
            waiting[done] = table or space.job(*done).failed(_said(part) if isinstance(part, Exception) else "lost")
        yield waiting.pop(piece)


def _task(space: Space, end: str | None, piece: Piece) -> _Task:
    return _Task(space.job(*piece), end, tuple(space.columns))


class _Count:
    """Rows that are done."""

    def __init__(self, done: int, total: int, show: Callable[[int, int], None]) -> None:
        self._done, self._total, self._show = done, total, show
        show(done, total)

    def add(self, piece: Piece) -> None:
        self._done += piece.stop - piece.first
        self._show(self._done, self._total)


def _done(todo: list[Piece], crew: Crew, task: Callable[[Piece], _Task]) -> Iterator[tuple[Piece, _Part | Exception]]:
    """What comes of each job, as soon as it is done; an exception where its worker died or it cannot be done."""
    left, running = iter(todo), dict[Future[_Part], Piece]()
    try:
        while True:
            for piece in islice(left, 2 * crew.workers + 2 - len(running)):
                running[crew.executor.submit(crew.call, task(piece))] = piece
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), _result(future)
    finally:
        for future in running:
            future.cancel()


def _result(future: Future[_Part]) -> _Part | Exception:
    """What came of a job.

    Raises:
        RfscopeError: It was given up with all others.
    """
    try:
        return future.result()
    except CancelledError:
        do = "--resume goes on with what is left"
        raise RfscopeError("those who do the jobs are gone", expected="a scheduler that stays", do=do) from None
    except Exception as error:  # noqa: BLE001 - whatever a worker dies of, the others go on
        return error


def _kept(journal: Journal, piece: Piece, part: _Part | Exception, count: _Count) -> bool:
    """Whether a job came to something, which is then kept."""
    if isinstance(part, Exception):
        return False
    if piece not in journal.done:
        journal.add(piece, part.data, part.tally, again=part.again, mistaken=part.mistaken)
        count.add(piece)
    return True


def _alone(
    suspects: list[Piece], crew: Crew, task: Callable[[Piece], _Task], journal: Journal, count: _Count
) -> Iterator[Piece]:
    """Try each job again whose worker died, one after the other, so that none dies of another; those that fail still.

    Their rows say why they are empty.
    """
    for piece in suspects:
        ((_, part),) = _done([piece], crew, task)
        if isinstance(part, Exception):
            own = task(piece)
            _kept(journal, piece, _encoded(own, own.job.failed(_said(part))), count)
            yield piece
        else:
            _kept(journal, piece, part, count)


def _said(error: Exception) -> str:
    """Why a job was not done, in the same words whoever tried it."""
    if isinstance(error, RfscopeError):
        return error.line
    known = {"KilledWorker": "its worker died", "BrokenProcessPool": "its worker died"}
    return known.get(type(error).__name__, f"its worker fails: {type(error).__name__}: {error}")


def _write(journal: Journal, space: Space, format: Format) -> None:
    """Write the whole table, in the order of its rows, in the place of what was there."""
    new = journal.out.with_name(f"{journal.out.name}.new")
    try:
        with new.open("wb") as file:
            format.whole(space.columns, journal.parts(), file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(journal.out)
    except BaseException:  # on a full disk its room is needed
        new.unlink(missing_ok=True)
        raise


def _summed(tallies: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for tally in tallies:
        for name, number in tally.items():
            found[name] = found.get(name, 0) + number
    return found

"""Worker processes that call a function, and import nothing from the current folder.

That folder may hold a stranger's files, and a ``pickle.py`` among them must not run. The processes of multiprocessing
search it before any code of ours runs. So these processes are started without it, search where this process does, and
talk through pipes.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar, cast

if TYPE_CHECKING:
    from queue import SimpleQueue

__all__ = ["Raised", "asked", "elsewhere", "serve", "started"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_LIFE = """\
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever started this process is interrupted, too, and says so
sys.path[:] = {path!r}
from rfscope.linting.workers import serve
serve()
"""


def elsewhere(call: Callable[[Item], Answer], items: Iterable[Item], processes: int) -> Iterator[Answer | None]:
    """Call a function with each item in other processes, started afresh so that nothing of this one leaks into them.

    Args:
        call: The function. It, what it is called with and what it returns are pickled.
        items: What it is called with.
        processes: How many processes there may be. One that dies is replaced.

    Yields:
        What each call returns, in the order of the items; None where the process died.

    Raises:
        Exception: What a call raises.
    """
    from concurrent.futures import ThreadPoolExecutor

    crew = _Crew(processes)
    with ThreadPoolExecutor(processes) as threads:
        try:
            waiting = [threads.submit(crew.answer, call, item) for item in items]
            for future in waiting:
                yield future.result()
        except BaseException:  # interrupted, or nobody wants the rest
            threads.shutdown(wait=False, cancel_futures=True)
            crew.kill()
            raise
    crew.dismiss()


def serve() -> None:
    """Call what comes by standard input and answer by standard output until there is no more: a process's whole life.

    What the called code reads or prints itself does not get in between.
    """
    with _own(0, os.devnull, "rb") as questions, _own(1, 2, "wb") as answers, suppress(EOFError, BrokenPipeError):
        while True:
            call, item = pickle.load(questions)  # noqa: S301 - from the process that started this one
            answers.write(_answer(call, item))
            answers.flush()


class Raised(NamedTuple):
    """What a call raised."""

    error: Exception


class _Crew:
    """Processes, each started when there is first something to do for it.

    Args:
        most: How many there may be.
    """

    def __init__(self, most: int) -> None:
        from queue import SimpleQueue

        self._running: set[Popen[bytes]] = set()
        self._idle: SimpleQueue[Popen[bytes] | None] = SimpleQueue()
        for _ in range(most):
            self._idle.put(None)

    def answer(self, call: Callable[[Item], Answer], item: Item) -> Answer | None:
        """What a call returns in the next process that is free; None if that process died."""
        process = self._idle.get() or self._new()
        kept: Popen[bytes] | None = None
        try:
            answer = asked(process, (call, item))
            kept = process
        except (EOFError, OSError, pickle.UnpicklingError):
            self._end(process)
            return None
        finally:
            self._idle.put(kept)
        if isinstance(answer, Raised):
            raise answer.error
        return answer  # type: ignore[no-any-return]  # what the call returned, by way of a pipe

    def kill(self) -> None:
        """End all processes at once, whatever they do."""
        for process in tuple(self._running):
            process.kill()
            self._end(process)

    def dismiss(self) -> None:
        """Let the processes end, as each has answered its last call."""
        for process in tuple(self._running):
            self._end(process)

    def _new(self) -> Popen[bytes]:
        process = started()
        self._running.add(process)
        return process

    def _end(self, process: Popen[bytes]) -> None:
        self._running.discard(process)
        with suppress(BrokenPipeError), process:  # closes its standard input and waits
            pass


def started(*, apart: bool = False) -> Popen[bytes]:
    """A process that answers what it is asked, until its standard input is closed.

    Args:
        apart: Whether what the called code prints is dropped, and no interrupt of a terminal reaches it.
    """
    silent = DEVNULL if apart else None
    return Popen(_words(), stdin=PIPE, stdout=PIPE, stderr=silent, start_new_session=apart)  # noqa: S603 - our own words


def _words() -> list[str]:
    """The command that starts a process: it skips the current folder, then searches where this process does."""
    flags = {"-P": True, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    home = str(Path(__file__).parents[2])
    path = [*sys.path, *([] if home in sys.path else [home])]
    return [
        sys.executable,
        *(flag for flag, given in flags.items() if given),
        *("-X", f"utf8={sys.flags.utf8_mode}"),
        *("-c", _LIFE.format(path=path)),
    ]


def asked(process: Popen[bytes], question: object) -> Any:
    """What a process answers to a function and what it is called with; ``Raised`` if the function raises.

    Raises:
        EOFError, OSError, pickle.UnpicklingError: It died.
    """
    questions, answers = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    pickle.dump(question, questions)
    questions.flush()
    return pickle.load(answers)  # noqa: S301 - from a process of our own


def _answer(call: Callable[[Any], object], item: object) -> bytes:
    try:
        return pickle.dumps(call(item))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it was asked for
        error.add_note(traceback.format_exc())
        return pickle.dumps(Raised(error))


def _own(number: int, instead: str | int, mode: str) -> BinaryIO:
    """A standard stream for this module alone; all other code gets a substitute."""
    own = cast("BinaryIO", os.fdopen(os.dup(number), mode))
    with suppress(OSError), open(instead, mode, closefd=isinstance(instead, str)) as other:
        os.dup2(other.fileno(), number)
    return own

"""Processes that are asked things, and children of theirs that each judge one thing and may be stopped or die.

A process that is asked is started once and keeps what it has imported, such as torch. A child is forked from it for one
question: it has everything at once, leaves nothing behind, and the system itself ends it where it takes too long.
Where there is no fork, the process answers itself, and nothing is stopped.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.linting.workers import Raised, asked, started
from rfscope.wording import bytes_text

if TYPE_CHECKING:
    from subprocess import Popen

__all__ = ["DiedError", "StoppedError", "away", "dismissed", "in_child", "killed"]

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_all: set[Popen[bytes]] = set()
_idle: list[Popen[bytes]] = []
_lock = Lock()


class DiedError(RfscopeError):
    """The process that was asked is gone."""


class StoppedError(RfscopeError):
    """A child was ended before it had answered: it may have an answer on another day."""


def away(call: Callable[[Item], Answer], item: Item) -> Answer:
    """What a call returns in another process, which is kept for the next call.

    Raises:
        DiedError: It died.
        Exception: What the call raises.
    """
    with _lock:
        process = _idle.pop() if _idle else started(apart=True)
        _all.add(process)
    try:
        answer = asked(process, (call, item))
    except (EOFError, OSError, pickle.UnpicklingError):
        _end(process)
        raise DiedError("its worker died") from None
    except BaseException:  # interrupted: whatever comes from it later would be taken for another answer
        _kill(process)
        _end(process)
        raise
    with _lock:
        _idle.append(process)
    if isinstance(answer, Raised):
        raise answer.error
    return answer  # type: ignore[no-any-return]  # what the call returned, by way of a pipe


@contextlib.contextmanager
def dismissed() -> Iterator[None]:
    """Let all processes that wait for questions end behind the block."""
    try:
        yield
    finally:
        with _lock:
            waiting = [_idle.pop() for _ in range(len(_idle))]
        for process in waiting:
            _end(process)


def killed() -> None:
    """End all processes at once, and their children, whatever they do."""
    for process in tuple(_all):
        _kill(process)


def _kill(process: Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _end(process: Popen[bytes]) -> None:
    _all.discard(process)
    with contextlib.suppress(BrokenPipeError), process:  # closes its standard input and waits
        pass


def in_child(call: Callable[[Item], Answer], item: Item) -> Answer:
    """What a call returns in a child of this process, within the limits ``seconds`` and ``child-bytes``.

    Raises:
        StoppedError: The child took too long, or was ended by the system.
        Exception: What the call raises.
    """
    if not hasattr(os, "fork"):
        return call(item)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        _answer(write, call, item)
    os.close(write)
    with os.fdopen(read, "rb") as answers:
        data = answers.read()
    _, status = os.waitpid(child, 0)
    if not data or status:
        raise StoppedError(_why(status), do="--resume tries it again, --limit raises what it may take")
    found: Any = pickle.loads(data)  # noqa: S301 - from a child of our own
    if isinstance(found, Exception):
        raise found
    answer: Answer = found
    return answer


def _answer(write: int, call: Callable[[Any], object], item: object) -> None:
    """A child's whole life."""
    code = 1
    try:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, limits.limit("seconds"))
        _bound(limits.limit("child-bytes"))
        data = pickle.dumps(_outcome(call, item))
        with os.fdopen(write, "wb") as answers:
            answers.write(data)
        code = 0
    finally:
        os._exit(code)  # nothing of the parent's is flushed or ended twice


def _outcome(call: Callable[[Any], object], item: object) -> object:
    try:
        return call(item)
    except RfscopeError as error:
        return error
    except MemoryError:
        return RfscopeError("out of memory", do="raise --limit child-bytes=N")
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is said in the row
        said = " ".join(str(error).split())
        return RfscopeError("the worker fails", got=f"{type(error).__name__}: {said}"[:300])


def _bound(more: int) -> None:
    """Let this process take so many bytes more than it has."""
    try:
        import resource
        from pathlib import Path

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError, ValueError):  # not on Linux: there the limit is not kept
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + more
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _why(status: int) -> str:
    """Why a child gave no answer."""
    if not os.WIFSIGNALED(status):
        return "its worker ended without an answer"
    number = os.WTERMSIG(status)
    if number == signal.SIGALRM:
        return f"over the limit 'seconds': it took more than {limits.limit('seconds')} s"
    killed = " by the system, perhaps for want of memory" if number == signal.SIGKILL else ""
    most = bytes_text(limits.limit("child-bytes"))
    return f"its worker was ended{killed} ({signal.Signals(number).name}, at most {most})"

"""One line on standard error that says what takes so long: only on a terminal, and only after a second."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size
from threading import Event, Lock, Thread
from time import monotonic

from rfscope.activity import Activity, heard
from rfscope.errors import clean

__all__ = ["shown", "wiped"]

_PATIENCE = 1.0
"""Seconds of work before anything is shown."""

_PATIENCE_FOR_THE_REST = 3.0
"""Seconds after which it can be told how long the rest takes."""

_STEP = 0.2
"""Seconds after which it is shown anew."""

_WIPE = "\r\x1b[K"


class _Line:
    """The line, as it stands on the terminal; written by a thread, as the work may not come back for long.

    Attributes:
        stack: What is being done.
        began: When the work began.
        text: What stands there.
        over: Set when the work is over.
        lock: Held while the terminal is written to.
    """

    def __init__(self, stack: Sequence[Activity]) -> None:
        self.stack, self.began, self.text = stack, monotonic(), ""
        self.over, self.lock = Event(), Lock()

    def run(self) -> None:
        """Keep the line up to date until the work is over."""
        while not self.over.wait(_STEP):
            with self.lock:
                self.show(self.wanted(monotonic()))

    def wanted(self, now: float) -> str:
        """What should stand there."""
        current = next(reversed(self.stack), None)
        if current is None or now - self.began < _PATIENCE:
            return ""
        return clean(f"{current} ({_times(current, now)})")[: get_terminal_size().columns - 1]

    def show(self, text: str) -> None:
        """Write it if it is not there; a terminal that is gone is no reason to stop working."""
        if text != self.text:
            self.text = text
            with contextlib.suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(f"{_WIPE}{text}")
                sys.stderr.flush()


def _times(current: Activity, now: float) -> str:
    """How long it has taken, and where it is known how much is done of work that takes long, about how long is left."""
    gone = now - current.began
    if not current.done or not current.total or gone < _PATIENCE_FOR_THE_REST:
        return f"{gone:.0f} s"
    return f"{gone:.0f} s, about {gone * (current.total - current.done) / current.done:.0f} s left"


_lines: list[_Line] = []


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show what is being done inside the block, wherever it takes long, and leave nothing of it behind."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    with heard() as stack:
        line = _Line(stack)
        thread = Thread(target=line.run, daemon=True)
        _lines.append(line)
        thread.start()
        try:
            yield
        finally:
            line.over.set()
            thread.join()
            line.show("")
            _lines.remove(line)


def wiped() -> None:
    """Take away what is shown, so that something else can be written; called outside all that is being done."""
    for line in _lines:
        with line.lock:
            line.show("")

"""What is being done right now, for whoever wants to show it: nobody, unless a listener is set.

Work that may take long says so in a ``with`` block: ``with doing("importing torch"): ...``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from time import monotonic

__all__ = ["Activity", "doing", "heard"]


class Activity:
    """Something that is being done.

    Attributes:
        what: In a few words, such as ``counting``.
        done, total: How far it is, as far as that is known.
        began: When it began, by ``time.monotonic``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.done = 0
        self.total: int | None = None
        self.began = monotonic()

    def __str__(self) -> str:
        return self.what if self.total is None else f"{self.what}: {self.done} of {self.total}"

    def at(self, done: int, total: int) -> None:
        """Say how far it is."""
        self.done, self.total = done, total


_stack: ContextVar[list[Activity] | None] = ContextVar("activity", default=None)


@contextlib.contextmanager
def doing(what: str) -> Iterator[Callable[[int, int], None]]:
    """Say what is done inside the block, and give a function to call with how much is done and how much there is."""
    activity, stack = Activity(what), _stack.get()
    if stack is None:
        yield activity.at
        return
    stack.append(activity)
    try:
        yield activity.at
    finally:
        stack.remove(activity)


@contextlib.contextmanager
def heard() -> Iterator[list[Activity]]:
    """Give the list of what is being done inside the block, what began last at the end."""
    stack: list[Activity] = []
    token = _stack.set(stack)
    try:
        yield stack
    finally:
        _stack.reset(token)

"""A progress bar on standard error, only on a terminal and only for work that takes over a second."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

__all__ = ["progress"]

_PATIENCE = 1.0
"""Seconds before the bar appears."""


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function to call with how much is done and how much there is.

    Args:
        title: What is being done.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    began = time.monotonic()
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(title, total=None, visible=False)

        def show(done: int, total: int) -> None:
            late = time.monotonic() - began > _PATIENCE
            bar.update(task, completed=done, total=total, visible=late, refresh=late)

        yield show

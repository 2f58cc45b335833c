"""Run something in a process of its own, so that neither its memory nor what it imports is left to the next."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

__all__ = ["alone"]


def alone(run: Callable[..., Any], *given: Any, folder: Path | None = None) -> Any:
    """What a function of a module gives, run with a folder as working folder and first place to import from.

    Raises:
        ChildProcessError: The process ended without an answer; what it raised stands in its standard error.
    """
    context = get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(tell, run, given, folder))
    child.start()
    tell.close()
    try:
        return told.recv()
    except EOFError:
        child.join()
        raise ChildProcessError(f"{run.__name__} ended with {child.exitcode}") from None


def _child(tell: Any, run: Callable[..., Any], given: Sequence[Any], folder: Path | None) -> None:
    warnings.filterwarnings("ignore")  # of other people's code
    if folder is not None:
        sys.path[:0] = [str(folder)]
        os.chdir(folder)
    tell.send(run(*given))

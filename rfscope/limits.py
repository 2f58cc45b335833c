"""How large a job may be before it is refused with a clear error instead of a crash or a swap storm.

The limits in force are a context variable: they bind what runs inside ``raised(...)`` and nothing else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import TypeVar

from rfscope.errors import LimitError, RfscopeError, shorten
from rfscope.wording import bytes_text

__all__ = ["DEFAULTS", "check", "in_force", "limit", "raised", "shared", "within"]

_T = TypeVar("_T")

DEFAULTS: Mapping[str, int] = {
    "spec-bytes": 2**20,  # size of a spec file, a config, a configuration
    "nesting": 100,  # depth of brackets in a spec file
    "layers": 10_000,
    "files": 100_000,  # names in a folder that is searched, and in all folders below
    "onnx-bytes": 2**30,  # size of an ONNX file
    "onnx-function-bytes": 2**27,  # size of the operations in functions of an ONNX file, written out once a call
    "onnx-nodes": 100_000,  # operations in an ONNX file, its functions written out
    "pt2-bytes": 2**25,  # size of the graph in a .pt2 file, unpacked
    "pt2-entries": 20_000,  # entries of its archive
    "pt2-operations": 100_000,  # operations in its graph, writes into views written out
    "kernel": 1_025,
    "rate": 1_000_000,
    "stride": 1_000_000,
    "cells": 2**26,  # cells of a dense map over all axes
    "map-bytes": 3 * 2**28,  # memory of all dense maps that are alive at once
    "judged": 2**31,  # cells of all maps, over all phases, that a verdict takes
    "verify-cells": 2**22,  # cells of the input that a verification runs on
    "verify-bytes": 6 * 2**30,  # memory of a user's module that is run to verify it
    "verify-multiply-adds": 10**12,  # work of one run of it
    "walk": 2**33,  # cells of all dense maps that are gone through for one output, digit by digit
    "outputs": 256,
    "axis": 2**24,  # positions along one axis
    "phases": 2**16,  # outputs after which a field repeats
    "axis-bits": 2**33,  # positions along one axis times the bits of one count
    "import-seconds": 60,  # how long a factory that is named as a target may take
    "try-seconds": 4,  # how long example inputs of other shapes are tried on a module
    "seconds": 120,  # how long one network of a survey may take
    "child-bytes": 4 * 2**30,  # memory that it may take beside what its worker has
    "index-terms": 10**8,  # factors evaluated for one gridding index
    "candidates": 10_000_000,  # schedules that are looked at to find the best; of more a sample is
    "search-seconds": 60,  # how long schedules are looked at; after that a sample is
    "counting": 2**33,  # bytes that are added to count schedules; of more than can be counted, some are drawn
}

_current: ContextVar[Mapping[str, int]] = ContextVar("limits", default=DEFAULTS)


def limit(name: str) -> int:
    """The limit of that name now in force."""
    return _current.get()[name]


def in_force() -> dict[str, int]:
    """All limits now in force."""
    return dict(_current.get())


def check(name: str, value: int, *, where: str | None = None) -> None:
    """Refuse a value above its limit.

    Raises:
        LimitError: ``value`` is above the limit called ``name``.
    """
    if value > limit(name):
        raise LimitError(
            f"over the limit {name!r}",
            where=where,
            got=_quantity(name, value),
            expected=f"at most {_quantity(name, limit(name))}",
            do=f"raise it with --limit {name}=N, or rfscope.limits.raised in Python, if this is meant",
        )


def within(value: Callable[[], _T]) -> _T | LimitError:
    """A value, or the limit that it is over, for those who can do without it."""
    try:
        return value()
    except LimitError as error:
        return error


def _quantity(name: str, value: int) -> str:
    return f"{value} ({bytes_text(value)})" if name == "map-bytes" and value < 2**80 else shorten(value)


@contextlib.contextmanager
def raised(changes: Mapping[str, int]) -> Iterator[None]:
    """Put other limits in force inside a ``with`` block.

    Raises:
        RfscopeError: A name is not a limit or a value is below 1.
    """
    for name, value in changes.items():
        if name not in DEFAULTS:
            raise RfscopeError("unknown limit", got=repr(name), expected="one of " + ", ".join(DEFAULTS))
        if type(value) is not int or value < 1:
            raise RfscopeError(f"bad value for limit {name!r}", got=value, expected="an integer of 1 or more")
    token = _current.set({**_current.get(), **changes})
    try:
        yield
    finally:
        _current.reset(token)


@contextlib.contextmanager
def shared(name: str, among: int) -> Iterator[None]:
    """Give each of several jobs, all of whose results are alive at once, an equal part of a limit."""
    with raised({name: max(1, limit(name) // among)}):
        yield

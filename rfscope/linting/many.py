"""Judge many targets: in turn or in several processes, with the same result in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from rfscope import limits
from rfscope.errors import RfscopeError, clean
from rfscope.exact.analysis import Analysis
from rfscope.linting.run import Judgement, judge
from rfscope.linting.settings import Settings
from rfscope.linting.sources import Source
from rfscope.linting.workers import elsewhere

__all__ = ["Read", "Request", "judge_all"]

_MOST_AT_ONCE, _ROUNDS = 128, 8
"""Targets handed to a process at once, at most; times it comes back for more, so that none is left with slow ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A target to judge.

    Attributes:
        target: The network as the user named it.
        settings: What is asked of the rules.
        reading: What the target leaves open: ``input``, ``kernel``, ``stride``, ``dims``, ``causal``, ``args``.
        refused: Why it must not even be read; None if it may be.
    """

    target: str
    settings: Settings = field(default_factory=Settings)
    reading: Mapping[str, Any] = field(default_factory=dict)
    refused: str | None = None


Read: TypeAlias = Callable[[Request], tuple[Analysis, Source | None]]
"""Reads and analyzes a target; gives its text, too, if that cannot be read again."""


def judge_all(requests: Sequence[Request], read: Read, *, jobs: int = 1) -> Iterator[Judgement]:
    """Judge targets, each as soon as those before it are judged.

    A target that cannot be read or judged does not keep the others from being judged.

    Args:
        requests: What to judge.
        read: Reads a target; a function of a module, so that other processes find it.
        jobs: How many processes to use.
    """
    one = partial(_judged, read=read)
    away = [request for request in requests if request.target != "-"]  # standard input is this process's own
    if min(jobs, len(away)) <= 1:
        yield from map(one, requests)
        return
    found = _elsewhere(away, one, min(jobs, len(away)))
    yield from (one(request) if request.target == "-" else next(found) for request in requests)


def _judged(request: Request, read: Read) -> Judgement:
    if request.refused is not None:
        return Judgement(target=clean(request.target), failure=request.refused)
    try:
        analysis, source = read(request)
        return judge(request.target, analysis, request.settings, source)
    except RfscopeError as error:
        return Judgement(target=clean(request.target), failure=str(error))


def _elsewhere(requests: Sequence[Request], one: Callable[[Request], Judgement], jobs: int) -> Iterator[Judgement]:
    """Judge in other processes, many requests at once; those during which a process dies once more, one by one."""
    at_once = max(1, min(_MOST_AT_ONCE, len(requests) // (jobs * _ROUNDS)))
    chunks = [requests[first : first + at_once] for first in range(0, len(requests), at_once)]
    call = partial(_limited, one=one, values=limits.in_force())
    for chunk, found in zip(chunks, elsewhere(call, chunks, jobs), strict=True):
        if found is not None:
            yield from found
        else:
            yield from _unjudged(chunk) if len(chunk) == 1 else _elsewhere(chunk, one, 1)


def _unjudged(requests: Sequence[Request]) -> Iterator[Judgement]:
    for request in requests:
        target = clean(request.target)
        text = f"a process died before {target} was judged; judge it alone to see whether it is the cause"
        yield Judgement(target=target, failure=text)


def _limited(
    requests: Sequence[Request], one: Callable[[Request], Judgement], values: Mapping[str, int]
) -> list[Judgement]:
    with limits.raised(values):
        return list(map(one, requests))

"""Judge many targets: in turn or in several processes, with the same result in the same order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rfscope import limits
from rfscope.errors import RfscopeError, shorten
from rfscope.exact.analysis import Analysis
from rfscope.exact.surgery import Trained
from rfscope.linting.paths import as_shown, as_text
from rfscope.linting.pretrained import Pretrained
from rfscope.linting.run import TargetFindings, judge
from rfscope.linting.settings import Settings
from rfscope.linting.workers import elsewhere
from rfscope.network.graph import Origin
from rfscope.rules.reads_differ import reads_differ
from rfscope.targets import Reading, examine

__all__ = ["Request", "judge_all"]

_MOST_AT_ONCE, _ROUNDS = 128, 8
"""Targets handed to a process at once, at most; times it comes back for more, so that none is left with slow ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A target to judge.

    Attributes:
        target: The network as the user named it.
        settings: Settings of the rules.
        reading: What the target leaves open, as far as it is given.
        refused: Why it must not even be read; None if it may be.
        place: The line of the configuration that names it, if one does.
        pretrained: The network that its weights come from, if the configuration says so.
    """

    target: str
    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    refused: str | None = None
    place: Origin | None = None
    pretrained: Pretrained | None = None


def judge_all(requests: Sequence[Request], *, jobs: int = 1) -> Iterator[TargetFindings]:
    """Judge targets, each as soon as those before it are judged.

    A target that cannot be read or judged does not keep the others from being judged.

    Args:
        requests: What to judge.
        jobs: How many processes to use.
    """
    away = [request for request in requests if request.target != "-"]  # standard input is this process's own
    if min(jobs, len(away)) <= 1:
        yield from map(_judged, requests)
        return
    found = _elsewhere(away, min(jobs, len(away)))
    yield from (_judged(request) if request.target == "-" else next(found) for request in requests)


def _judged(request: Request) -> TargetFindings:
    if request.refused is not None:
        return TargetFindings(target=as_text(request.target), failure=request.refused)
    try:
        reading = replace(request.reading, allow_unknown=True)
        analysis = examine(request.target, reading)
    except RfscopeError as error:
        return TargetFindings(target=as_text(request.target), failure=_said(error, request.place))
    try:
        trained = _trained(request, reading, analysis)
        return judge(request.target, analysis, request.settings, request.place, trained)
    except RfscopeError as error:
        return TargetFindings(target=as_text(request.target), failure=str(error))


def _trained(request: Request, reading: Reading, analysis: Analysis) -> Trained | None:
    """The network that its weights come from, read where the rule about it is on."""
    if request.pretrained is None or not request.settings.applies(reads_differ):
        return None
    return request.pretrained.read(request.target, reading, analysis)


def _said(error: RfscopeError, place: Origin | None) -> str:
    """What is wrong with a target; if it is not there, with the line of the configuration that names it."""
    if place is None or error.others or not error.what.startswith("no such file"):
        return str(error)
    got = error.got or shorten(error.where)
    return str(RfscopeError(error.what, where=str(place), got=got, expected=error.expected, do=error.do))


def _elsewhere(requests: Sequence[Request], jobs: int) -> Iterator[TargetFindings]:
    """Judge in other processes, many requests at once; if a process dies, its requests are tried again one by one."""
    at_once = max(1, min(_MOST_AT_ONCE, len(requests) // (jobs * _ROUNDS)))
    chunks = [requests[first : first + at_once] for first in range(0, len(requests), at_once)]
    call = partial(_limited, values=limits.in_force())
    for chunk, found in zip(chunks, elsewhere(call, chunks, jobs), strict=True):
        if found is not None:
            yield from found
        else:
            yield from _unjudged(chunk) if len(chunk) == 1 else _elsewhere(chunk, 1)


def _unjudged(requests: Sequence[Request]) -> Iterator[TargetFindings]:
    for request in requests:
        target = as_text(request.target)
        what = f"a process died before {as_shown(target)} was judged"
        text = f"{what}; judge it alone to see whether it is the cause"
        yield TargetFindings(target=target, failure=text)


def _limited(requests: Sequence[Request], values: Mapping[str, int]) -> list[TargetFindings]:
    with limits.raised(values):
        return list(map(_judged, requests))

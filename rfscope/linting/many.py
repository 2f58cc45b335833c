"""Judge many targets: in turn or in several processes, with the same result in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.linting.paths import as_shown, as_text
from rfscope.linting.run import Judgement, judge
from rfscope.linting.settings import Settings
from rfscope.network.graph import Origin
from rfscope.targets import Reading, examine

__all__ = ["Request", "judge_all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A target to judge.

    Attributes:
        target: The network as the user named it.
        settings: What is asked of the rules.
        reading: What the target leaves open, as far as it is given.
        refused: Why it must not even be read; None if it may be.
        place: The line of the configuration that names it, if one does.
    """

    target: str
    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    refused: str | None = None
    place: Origin | None = None


def judge_all(requests: Sequence[Request], *, jobs: int = 1) -> Iterator[Judgement]:
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
    found = _elsewhere(away, _judged, min(jobs, len(away)))
    yield from (_judged(request) if request.target == "-" else next(found) for request in requests)


def _judged(request: Request) -> Judgement:
    if request.refused is not None:
        return Judgement(target=as_text(request.target), failure=request.refused)
    try:
        analysis = examine(request.target, replace(request.reading, allow_unknown=True))
        return judge(request.target, analysis, request.settings, request.place)
    except RfscopeError as error:
        return Judgement(target=as_text(request.target), failure=str(error))


def _elsewhere(requests: Sequence[Request], one: Callable[[Request], Judgement], jobs: int) -> Iterator[Judgement]:
    """Judge in other processes, started anew so that nothing of this one leaks into them."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_end_when_interrupted)
    try:
        waiting = [pool.submit(_limited, one, request, limits.in_force()) for request in requests]
        for request, future in zip(requests, waiting, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                target = as_text(request.target)
                what = f"a process died before {as_shown(target)} was judged"
                text = f"{what}; judge it alone to see whether it is the cause"
                yield Judgement(target=target, failure=text)
    finally:
        pool.shutdown(cancel_futures=True)


def _limited(one: Callable[[Request], Judgement], request: Request, values: Mapping[str, int]) -> Judgement:
    with limits.raised(values):
        return one(request)


def _end_when_interrupted() -> None:
    """End at Ctrl-C without a word; the process that started this one has them all."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)

"""The same facts of many schedules or networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, SupportsIndex

from rfscope import limits
from rfscope.answers.survey import Survey
from rfscope.api.given import each_of, input_of
from rfscope.errors import RfscopeError
from rfscope.linting.discovery import expand
from rfscope.network import build
from rfscope.network.given import whole
from rfscope.readers.names import runs_code
from rfscope.surveying.columns import NETWORKS, SCHEDULES, chosen
from rfscope.surveying.journal import Begin
from rfscope.surveying.networks import Networks, Subject
from rfscope.surveying.run import Crew, here, run, work
from rfscope.surveying.schedules import Schedules, schedules
from rfscope.surveying.space import Space
from rfscope.targets import Reading, readings

__all__ = ["survey", "surveyed"]

Show = Callable[[int, int], None]


def survey(
    targets: str | Sequence[str] = (),
    *,
    layers: SupportsIndex | Sequence[SupportsIndex] | None = None,
    rates: Sequence[SupportsIndex] | None = None,
    models: str | Sequence[str] = (),
    sample: int | None = None,
    seed: int = 0,
    kernel: build.Numbers | None = None,
    stride: build.Numbers | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: build.Numbers | None = None,
    allow_unknown: bool = False,
    columns: Sequence[str] | None = None,
    verify: bool = False,
    out: str | Path | None = None,
    jobs: int = 1,
    scheduler: Any = None,
    executor: Executor | None = None,
    resume: bool = True,
    restart: bool = False,
    retry: bool = False,
    show: Show = lambda _done, _total: None,
) -> Survey:
    """Survey all schedules of some layers, or many networks.

    Args:
        targets: Networks: targets as for ``analyze``, folders and globs of specs and configs.
        layers: Of all schedules: how many layers, one number or several.
        rates: The rates that each layer may have.
        models: Models of timm or torchvision, such as ``"timm:resnet*"``, or a file with such lines. They are made
            by that library's code, without trained weights.
        sample: How many of the schedules are drawn at random, instead of all.
        seed: Which sample it is.
        kernel: Taps of every layer, or one number per layer; 3 if not given.
        stride: As for ``analyze``, for targets that are rates; likewise ``dims``, ``causal``.
        dims: As for ``analyze``.
        causal: As for ``analyze``.
        input: Size of the input of networks; without it the grid is unbounded.
        allow_unknown: Whether to go on where an operation is not known; fields are then lower bounds.
        columns: What is said of each, see ``rfscope survey --help``; the quick ones if not given.
        verify: Whether real convolutions are to agree; of networks.
        out: File to write: ``.csv``, ``.jsonl`` or ``.parquet``. Without one, columns are worked out when asked for.
        jobs: How many processes to use.
        scheduler: Address of a Dask scheduler, or a client of one, whose workers are used instead.
        executor: Any executor of ``concurrent.futures`` that is used instead; ``jobs`` is how many it does at once.
        resume: Whether to go on with what was begun at ``out``.
        restart: Whether to throw away what is there.
        retry: Whether to do networks again that had an error, too.
        show: Called with how many rows are done, and how many there are.

    Raises:
        RfscopeError: Something cannot be read, is contradictory or too large, or the file cannot be written.

    Example:
        >>> found = survey(layers=[2, 3], rates=range(1, 5))
        >>> found.tally["hole_free"], len(found)
        (39, 80)
        >>> survey(["1,2,5", "2,4,8"])["verdict"]
        ['ok', 'holes']
    """
    reading = Reading(
        kernel=None if kernel is None else each_of("kernel", kernel),
        stride=None if stride is None else each_of("stride", stride),
        dims=whole(dims),
        causal=causal,
        input=input_of(input)[0],
        allow_unknown=allow_unknown,
    )
    return surveyed(
        [targets] if isinstance(targets, str) else list(targets),
        reading,
        layers=layers,
        rates=rates,
        models=[models] if isinstance(models, str) else list(models),
        sample=sample,
        seed=seed,
        columns=columns,
        verify=verify,
        out=out,
        jobs=jobs,
        scheduler=scheduler,
        executor=executor,
        resume=resume,
        restart=restart,
        retry=retry,
        show=show,
    )


def surveyed(
    targets: Sequence[str],
    reading: Reading,
    *,
    layers: SupportsIndex | Sequence[SupportsIndex] | None = None,
    rates: Sequence[SupportsIndex] | None = None,
    models: Sequence[str] = (),
    sample: int | None = None,
    seed: int = 0,
    columns: Sequence[str] | None = None,
    verify: bool = False,
    out: str | Path | None = None,
    jobs: int = 1,
    scheduler: Any = None,
    executor: Executor | None = None,
    resume: bool = True,
    restart: bool = False,
    retry: bool = False,
    show: Show = lambda _done, _total: None,
) -> Survey:
    """The same, with what targets leave open said together.

    Raises:
        RfscopeError: As for ``survey``.
    """
    globs = [one for one in models if one]
    space = _space(targets, globs, layers, rates, reading, columns, sample, seed, verify=verify)
    _check_jobs(jobs)
    if out is None:
        if scheduler is not None or executor is not None:
            raise RfscopeError("a survey elsewhere without a file", expected="a file", do="name one with out (-o)")
        return Survey(space, jobs)
    begin = Begin(resume=resume, restart=restart, retry=retry)
    with _crew(space, jobs, scheduler, executor) as crew:
        return Survey(space, jobs, run(space, Path(out), crew, begin, show))


def _check_jobs(jobs: int) -> None:
    if type(jobs) is not int or not 1 <= jobs <= 256:
        raise RfscopeError("bad jobs", got=jobs, expected="a whole number from 1 to 256")


@contextmanager
def _crew(space: Space, jobs: int, scheduler: Any, executor: Executor | None) -> Iterator[Crew]:
    if scheduler is not None and executor is not None:
        raise RfscopeError("a scheduler and an executor", do="give one of them")
    if executor is not None:
        yield Crew(executor, jobs, work)
    elif scheduler is not None:
        from rfscope.surveying.cluster import dask_crew

        with dask_crew(scheduler) as crew:
            yield crew
    else:
        with here(jobs, processes=isinstance(space, Schedules)) as crew:
            yield crew


def _space(
    targets: Sequence[str],
    models: Sequence[str],
    layers: SupportsIndex | Sequence[SupportsIndex] | None,
    rates: Sequence[SupportsIndex] | None,
    reading: Reading,
    columns: Sequence[str] | None,
    sample: int | None,
    seed: int,
    *,
    verify: bool,
) -> Space:
    """What is surveyed."""
    if (layers is None) != (rates is None):
        missing = "rates" if rates is None else "layers"
        raise RfscopeError(f"schedules without {missing}", expected="both", do="such as --layers 6 --rates 1..10")
    if layers is not None and rates is not None:
        if targets or models or verify:
            what = (
                "a space of schedules beside networks" if targets or models else "a space of schedules is not verified"
            )
            raise RfscopeError(what, do="leave out --layers and --rates, or the rest")
        return _schedules(layers, rates, reading, columns, sample, seed)
    if sample is not None:
        raise RfscopeError("a sample of networks", do="--sample is for --layers and --rates")
    if not targets and not models:
        do = "such as --layers 6 --rates 1..10, a folder of specs, or --models 'timm:resnet*'"
        raise RfscopeError("nothing to survey", do=do)
    subjects = _subjects(targets, models, reading)
    known = chosen(NETWORKS, columns, *(["verified"] if verify else []))
    return Networks(subjects=subjects, columns=known)


def _schedules(
    layers: SupportsIndex | Sequence[SupportsIndex],
    rates: Sequence[SupportsIndex],
    reading: Reading,
    columns: Sequence[str] | None,
    sample: int | None,
    seed: int,
) -> Schedules:
    left = {name: value for name, value in reading.given.items() if name not in ("kernel", "dims")}
    if left:
        do = "leave it out: schedules are judged along one axis, at stride 1"
        raise RfscopeError(f"{next(iter(left))} of a space of schedules", do=do)
    counts = [whole(layers)] if isinstance(layers, SupportsIndex) else [whole(one) for one in layers]
    kernels = reading.kernel if isinstance(reading.kernel, tuple) else (reading.kernel or 3,)
    numbers = [whole(rate) for rate in rates]
    return schedules(counts, numbers, chosen(SCHEDULES, columns), kernels=kernels, sample=sample, seed=seed)


def _subjects(targets: Sequence[str], models: Sequence[str], reading: Reading) -> tuple[Subject, ...]:
    """The networks that are named, each once."""
    if "-" in targets:
        raise RfscopeError("a spec on standard input among many networks", got="-", do="save it as a file")
    sightings = [one for target in targets for one in expand(target) if not one.passed_over]
    given = readings([one.target for one in sightings], reading)
    both = zip(sightings, given, strict=True)
    found = [Subject(one.target, one.target, own, _imports(one.target), refused=one.refused) for one, own in both]
    if models:
        from rfscope.surveying.models import models as named

        of_models = Reading(input=reading.input, allow_unknown=reading.allow_unknown)
        found += named(models, of_models)
    limits.check("files", len(found))
    return tuple({one.name: one for one in found}.values())


def _imports(target: str) -> tuple[str, ...]:
    """What is imported once for all targets of its kind."""
    return ("torch",) if runs_code(target) else ()

"""Dask: its workers do a survey's jobs. This is the only file that knows it.

Dask runs a job at least once: a worker may die behind it, and it is then run again elsewhere. The journal keeps the
first result, so the table holds each row once all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rfscope._version import __version__
from rfscope.errors import MissingExtraError, RfscopeError
from rfscope.surveying.run import Crew, work

__all__ = ["dask_crew"]

_PATIENCE = 10
"""Seconds until a scheduler, or its workers, are taken for not there."""


@contextmanager
def dask_crew(scheduler: Any) -> Iterator[Crew]:
    """The workers of a cluster.

    Args:
        scheduler: The address of its scheduler, such as ``tcp://10.0.0.1:8786``, or a client of it.

    Raises:
        MissingExtraError: Dask is not installed.
        RfscopeError: There is no scheduler, it has no workers, or a worker lacks rfscope or has another version.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("--scheduler needs dask.distributed", do="pip install distributed") from None
    if isinstance(scheduler, Client):
        yield _crew(scheduler)
        return
    try:
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]  # distributed
    except (OSError, ValueError) as error:
        do = "start one with: dask scheduler"
        raise RfscopeError("no Dask scheduler", where=str(scheduler), got=str(error) or "no answer", do=do) from None
    with client:
        yield _crew(client)


def _crew(client: Any) -> Crew:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        where = str(client.scheduler.address)
        do = f"start some: dask worker {where}"
        raise RfscopeError("a Dask scheduler without workers", where=where, do=do) from None
    workers = client.scheduler_info(n_workers=-1)["workers"]
    for worker, version in client.run(_version, on_error="return").items():
        if version != __version__:
            got = f"{type(version).__name__}: {version}" if isinstance(version, Exception) else str(version)
            do = "install the same rfscope on every worker"
            raise RfscopeError("a Dask worker with another rfscope", where=worker, got=got, expected=__version__, do=do)
    logging.getLogger("distributed.cfexecutor").setLevel(logging.CRITICAL)  # a lost scheduler is said in one line
    threads = sum(one["nthreads"] for one in workers.values())
    return Crew(client.get_executor(pure=False, retries=2), threads, work)


def _version() -> str:
    """The version of rfscope on a worker."""
    from rfscope._version import __version__ as version

    return version

"""Try rfscope on networks of public repositories: ``python -m tests.real_networks.public.table FOLDER [WORD...]``.

What is cloned and what is found is kept in FOLDER: a run that was stopped goes on, and ``--again`` begins anew.
``--local MIRROR`` takes the repositories from bare clones ``MIRROR/OWNER+NAME/repo`` (or ``.../repo/.git``);
``--write FILE`` writes the table as Markdown; ``--only-table`` runs nothing. The summary counts what is asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Lock
from typing import Any

from tests.real_networks.public.checkout import checkout
from tests.real_networks.public.report import markdown, summary
from tests.real_networks.public.rows import ROWS, Row
from tests.real_networks.public.seen import Seen, asked

__all__ = ["main", "started"]

STAGES = {"answer": 120, "oracle": 240, "verify": 300}
"""What is done with each network, in this order, and for how many CPU seconds at most."""

_MEMORY = 4 * 2**30
"""Bytes that a child may hold; far above what is allowed, so that it is known by how much."""


_FETCHING = Lock()
"""Networks of one repository share its files."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.real_networks.public.child"])


def started(*given: Any) -> None:
    """The child, whose module only the children import."""
    from tests.real_networks.public.child import main as work

    work(*given)


def main(words: Sequence[str]) -> int:
    options = _options(words)
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}  # CPU seconds are those of the work
    rows = [row for row in ROWS if not options.words or any(w.lower() in _searched(row) for w in options.words)]
    if not options.only_table:
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(partial(_tried, options), rows))
    table = [_seen(options.folder, row) for row in rows]
    if options.write:
        options.write.parent.mkdir(exist_ok=True)
        options.write.write_text(markdown(table))
    print(summary(table))
    return int(not all(one.held for one in asked(table)))


def _seen(folder: Path, row: Row) -> Seen:
    """What was kept of a network: nothing where its row was another one then."""
    file = _kept(folder, row)
    found = json.loads(file.read_text()) if file.exists() else {}
    if found.get("typed") != _typed(row):
        found = {}
    return Seen(row, *(found.get(stage, {}) for stage in ("answer", "oracle", "verify")))


def _typed(row: Row) -> str:
    return hashlib.sha256(repr((row, row.commit)).encode()).hexdigest()[:12]


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.real_networks.public.table", description=__doc__)
    parser.add_argument("folder", type=lambda text: Path(text).resolve(), help="where clones and results are kept")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only rows whose name or repository has one of them")
    parser.add_argument("--local", type=lambda text: Path(text).resolve(), help="a folder of bare clones")
    parser.add_argument("--stages", default="answer,oracle,verify", help="which of them, with commas")
    parser.add_argument("--again", action="store_true", help="forget what was found before")
    parser.add_argument("--jobs", type=int, default=1, help="networks at a time")
    parser.add_argument("--write", type=Path, help="a Markdown file")
    parser.add_argument("--only-table", action="store_true", help="run nothing, show what was found")
    return parser.parse_intermixed_args(words)


def _searched(row: Row) -> str:
    return f"{row.name} {row.repository}".lower()


def _kept(folder: Path, row: Row) -> Path:
    return folder / "results" / f"{''.join(c if c.isalnum() else '_' for c in row.name)}.json"


def _tried(options: argparse.Namespace, row: Row) -> None:
    """Do what is not done yet, and keep what is found."""
    file = _kept(options.folder, row)
    typed = _typed(row)
    found = json.loads(file.read_text()) if file.exists() else {}
    if options.again or found.get("typed") != typed:
        found = {"typed": typed}
    missing = [stage for stage in options.stages.split(",") if stage not in found]
    if not missing:
        return
    begun = time.monotonic()
    try:
        with _FETCHING:
            folder = checkout(row.repository, row.commit, options.folder, options.local)
    except OSError as error:
        print(f"{row.name}: not fetched: {error}", flush=True)
        return
    stages = missing if "oracle" not in missing else ["answer", *(stage for stage in missing if stage != "answer")]
    found |= {stage: result for stage, result in _child(row, folder, stages) if stage in missing}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1))
    print(f"{time.monotonic() - begun:4.0f} s  {row.name}: {_line(_seen(options.folder, row))}", flush=True)


def _child(row: Row, folder: Path, stages: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each stage found; a stage that took too much of something is its last."""
    told = _kept(folder.parent.parent, row).with_suffix(".out")
    told.parent.mkdir(parents=True, exist_ok=True)
    told.write_text("")
    noise = told.with_suffix(".err")
    child = _PROCESSES.Process(target=started, args=(row, str(folder), stages, str(told), str(noise)))
    child.start()
    stopped = _watched(child, sum(STAGES[stage] for stage in stages))
    lines = [json.loads(line) for line in told.read_text().splitlines() if line.startswith("{")]
    for line in lines:
        yield from line.items()
    if len(lines) < len(stages):
        yield stages[len(lines)], {"code": None, "stopped": stopped or f"the process ended, see {noise}"}


def _watched(child: ForkServerProcess, seconds: float) -> str:
    """Wait for it; stop it where it takes too long or too much, and say so."""
    while child.is_alive():
        used, held = _taken(child.pid)
        stopped = f"stopped at {held / 2**30:.1f} GiB" if held > _MEMORY else ""
        if used > seconds:
            stopped = f"stopped after {used:.0f} s of CPU"
        if stopped:
            child.kill()
            child.join()
            return stopped
        child.join(0.2)
    return ""


def _taken(process: int | None) -> tuple[float, int]:
    """CPU seconds and bytes of a process; nothing once it has ended."""
    try:
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        pages = Path(f"/proc/{process}/statm").read_text().split()
    except OSError:
        return 0, 0
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"), int(pages[1]) * os.sysconf("SC_PAGE_SIZE")


def _line(seen: Seen) -> str:
    """What to look at while it runs."""
    answer, verify, oracle = seen.answer, seen.verify, seen.oracle
    said = answer.get("stopped") or answer.get("error") or f"{answer.get('verdict')}"
    proof = "" if not verify else verify.get("stopped") or verify.get("error") or "verified"
    gradient = {key: oracle[key] for key in oracle if key not in ("cpu", "peak")} or ""
    return f"{said.strip()[-300:]} [{answer.get('cpu')} s, {answer.get('peak')} MiB] {proof.strip()[-300:]} {gradient}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Try rfscope on networks of public repositories: ``python -m tests.real_networks.public.table FOLDER [WORD...]``.

What is cloned and what is found is kept in FOLDER: a run that was stopped goes on, and ``--again`` begins anew.
``--local MIRROR`` takes the repositories from bare clones ``MIRROR/OWNER+NAME/repo`` (or ``.../repo/.git``);
``--write FILE`` writes the table as Markdown; ``--only-table`` runs nothing. The summary counts what is asked for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tests.real_networks.public.checkout import checkout
from tests.real_networks.public.report import markdown, summary
from tests.real_networks.public.rows import ROWS, Row

__all__ = ["main"]

STAGES = {"answer": 200, "verify": 600, "oracle": 600}
"""What is done with each network, in this order, and for how many seconds at most."""

_MEMORY = 4 * 2**30
"""Bytes that a child may hold; far above what is allowed, so that it is known by how much."""


def main(words: Sequence[str]) -> int:
    options = _options(words)
    rows = [row for row in ROWS if not options.words or any(w.lower() in _searched(row) for w in options.words)]
    if not options.only_table:
        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(partial(_tried, options), rows))
    found = [(row, json.loads(file.read_text()) if (file := _kept(options.folder, row)).exists() else {}) for row in rows]
    if options.write:
        options.write.parent.mkdir(exist_ok=True)
        options.write.write_text(markdown(found))
    print(summary(found))
    return 0


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.real_networks.public.table", description=__doc__)
    parser.add_argument("folder", type=lambda text: Path(text).resolve(), help="where clones and results are kept")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only rows whose name or repository has one of them")
    parser.add_argument("--local", type=lambda text: Path(text).resolve(), help="a folder of bare clones")
    parser.add_argument("--stages", default="answer,verify,oracle", help="which of them, with commas")
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
    typed = hashlib.sha256(repr((row, row.commit)).encode()).hexdigest()[:12]
    found = json.loads(file.read_text()) if file.exists() else {}
    if options.again or found.get("typed") != typed:
        found = {"typed": typed}
    missing = [stage for stage in options.stages.split(",") if stage not in found]
    if not missing:
        return
    try:
        folder = checkout(row.repository, row.commit, options.folder, options.local)
    except OSError as error:
        found["answer"] = {"code": None, "error": f"not fetched: {error}"}
    else:
        begun = time.monotonic()
        stages = missing if "oracle" not in missing else ["answer", *(stage for stage in missing if stage != "answer")]
        for stage, result in _child(row, folder, stages):
            if stage in missing:
                found[stage] = result
        print(f"{row.name}: {time.monotonic() - begun:.0f} s  {_line(found)}", flush=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1))


def _child(row: Row, folder: Path, stages: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each stage found; a stage that took too much of something is its last."""
    root = Path(__file__).parents[3]
    told = folder.parent.parent / "results" / f"{_kept(folder, row).stem}.out"
    told.parent.mkdir(parents=True, exist_ok=True)
    with told.open("w") as out, told.with_suffix(".err").open("w") as err:
        command = [sys.executable, "-m", "tests.real_networks.public.child", row.name, str(folder), *stages]
        child = subprocess.Popen(command, cwd=root, stdout=out, stderr=err)
        stopped = _watched(child, sum(STAGES[stage] for stage in stages))
    lines = [json.loads(line) for line in told.read_text().splitlines() if line.startswith("{")]
    for line in lines:
        yield from line.items()
    if len(lines) < len(stages):
        last = (told.with_suffix(".err").read_text().strip().splitlines() or [""])[-1]
        yield stages[len(lines)], {"code": None, "stopped": stopped or f"the process ended: {last[:300]}"}


def _watched(child: subprocess.Popen[bytes], seconds: float) -> str:
    """Wait for it; stop it where it takes too long or too much, and say so."""
    end, stopped = time.monotonic() + seconds, ""
    while child.poll() is None:
        try:
            held = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1]) * 4096
        except (OSError, IndexError):
            held = 0
        if held > _MEMORY:
            stopped = f"stopped at {held / 2**30:.1f} GiB"
        elif time.monotonic() > end:
            stopped = f"stopped after {seconds:.0f} s"
        if stopped:
            child.kill()
            child.wait()
            return stopped
        time.sleep(0.2)
    return stopped


def _line(found: dict[str, Any]) -> str:
    answer, oracle = found.get("answer", {}), found.get("oracle", {})
    said = answer.get("stopped") or answer.get("error", "")[-300:].strip() or answer.get("verdict")
    verified = found.get("verify", {})
    proof = verified.get("stopped") or (f"module {(verified.get('module') or {}).get('equal')}" if verified.get("code") == 0 else f"verify {verified.get('code')}: {verified.get('error', '')[-300:]}")
    return f"[{said}; {answer.get('cpu')} s, {answer.get('peak')} MiB] [{proof}; {verified.get('cpu')} s] {oracle}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

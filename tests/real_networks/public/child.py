"""One row of the table, in a process of its own.

Every stage writes one line of JSON as soon as it is done, so that what a later stage does to the process loses nothing.
The process is forked from one that has torch and rfscope imported, for an import takes longer than most answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
import torch._dynamo
import torch.export

import rfscope.cli.analyze
import rfscope.readers.torch  # noqa: F401 - as above
from rfscope.cli import run
from tests.real_networks.public import factories, stubs
from tests.real_networks.public.compared import compared
from tests.real_networks.public.rows import Row
from tests.real_networks.table import define_missing_operators

__all__ = ["main"]

define_missing_operators()
with contextlib.suppress(ImportError):
    import torchvision  # noqa: F401 - what most repositories import


def main(row: Row, folder: str, stages: Sequence[str], told: str, noise: str) -> None:
    """Do the stages.

    Args:
        row: Which network.
        folder: Its repository.
        stages: What to do, in this order.
        told: The file for what is found.
        noise: The file for whatever else is printed.
    """
    with Path(noise).open("w") as loud:
        for stream in (1, 2):
            os.dup2(loud.fileno(), stream)
        _settle(row, Path(folder))
        answer: dict[str, Any] = {}
        for stage in stages:
            found = _STAGES[stage](row, answer)
            with Path(told).open("a") as quiet:
                quiet.write(json.dumps({stage: found}) + "\n")


def _settle(row: Row, folder: Path) -> None:
    """Stand in the repository's folder, with everything imported that a user's own process would have imported."""
    root = sys.path[0]
    os.chdir(folder / row.folder)
    sys.path[:1] = [str(folder / row.folder), *(str(folder / more) for more in row.path)]
    sys.path.append(root)
    sys.modules["factories"] = factories
    stubs.install(row.stubs)
    with contextlib.suppress(Exception):  # rfscope says what fails
        import_module(row.target.partition(":")[0])
        if row.target.startswith("factories:"):
            _imported_by_factory(row)


def _imported_by_factory(row: Row) -> None:
    """Call it once without data, for what it imports."""
    with torch.device("meta"):
        getattr(factories, row.target.partition(":")[2])(**json.loads(row.args or "{}"))


def _answer(row: Row, answer: dict[str, Any]) -> dict[str, Any]:
    before = _peak()
    cpu = time.process_time()
    code, out, err = _rfscope("analyze", "model", *row.words, "--json")
    cpu = time.process_time() - cpu
    found = {
        "code": code,
        "cpu": round(cpu, 1),
        "peak": _peak(),
        "before": before,
        "error": err[-1500:] if code else "",
    }
    if code == 0:
        answer.update(json.loads(out))
        found["outputs"] = [_output(output) for output in answer["outputs"]]
        found |= {key: answer[key] for key in ("verdict", "unknown", "left_out", "dims", "input")}
        found["global_layers"] = sum("global" in str(layer.get("op")) for layer in answer["layers"])
    return found


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kept = ("size", "start", "stride", "period", "shift", "size_min", "size_max", "lower_bound", "bounded")
    axes = [{key: axis[key] for key in kept} | {"global": axis["global_through"][:2]} for axis in output["axes"]]
    return {
        "node": output["node"],
        "axes": axes,
        "coverage": {k: (output["coverage"] or {}).get(k) for k in ("used", "holes")},
    }


def _verify(row: Row, _: dict[str, Any]) -> dict[str, Any]:
    cpu = time.process_time()
    code, out, err = _rfscope("analyze", "model", *row.words, "--verify", "--json")
    proof = (json.loads(out).get("verification") or {}) if code in (0, 1) and out.strip() else {}
    return {
        "code": code, "cpu": round(time.process_time() - cpu, 1), "peak": _peak(), "error": err[-1500:],
        "equal": proof.get("equal"), "module": proof.get("module"),
    }  # fmt: skip


def _oracle(row: Row, answer: dict[str, Any]) -> dict[str, Any]:
    cpu = time.process_time()
    try:
        said = compared(row, answer)
    except Exception as error:  # noqa: BLE001 - a foreign module under a foreign mode may raise anything
        import traceback

        where = traceback.extract_tb(error.__traceback__)[-1]
        said = {"not compared": f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"[:300]}
    return said | {"cpu": round(time.process_time() - cpu, 1), "peak": _peak()}


_STAGES: dict[str, Callable[[Row, dict[str, Any]], dict[str, Any]]] = {
    "answer": _answer, "verify": _verify, "oracle": _oracle,
}  # fmt: skip


def _rfscope(*words: str) -> tuple[int, str, str]:
    """What the program prints for these words, and its exit code."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words)
    return code, out.getvalue(), err.getvalue()


def _peak() -> int:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

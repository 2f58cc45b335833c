"""What each command takes of memory and time on the largest networks: ``python -m tests.benchmarks.memory``.

Every line is a process of its own. Its peak is what it had in memory at most, less what it had when all modules were
imported. That is read from ``/proc``, so this runs on Linux alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from time import process_time

import rfscope
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, analyze
from tests.benchmarks.large import LARGE

__all__ = ["COMMANDS", "LARGE", "main", "measured"]

MOST = 1.0
"""GB that no command may take."""


def _report(analysis: Analysis) -> None:
    from rich.console import Console

    from rfscope.text.report import report

    console = Console(file=StringIO(), width=100)
    for part in report(analysis, console, every_layer=True):
        console.print(part)


def _json(analysis: Analysis) -> None:
    from rfscope.text.as_json import analysis_data, dump

    dump(analysis_data(analysis))


def _counts(analysis: Analysis) -> None:
    from rfscope.text.as_json import analysis_data, dump

    dump(analysis_data(analysis, counts=True))


def _lint(analysis: Analysis) -> None:
    from rfscope.linting.run import judge
    from rfscope.linting.settings import Settings

    judge(analysis.name, analysis, Settings())


def _compare(analysis: Analysis) -> None:
    from rich.console import Console

    from rfscope.text.comparison import comparison
    from rfscope.text.facts import Comparison

    console = Console(file=StringIO(), width=100)
    for part in comparison(Comparison((analysis, analyze(LARGE["hdc-duc"]()))), console):
        console.print(part)


def _same(analysis: Analysis) -> None:
    from rfscope.exact.same import expect

    expect("same-field", analysis, analyze(LARGE[analysis.name]()))


def _plot(kind: str) -> Callable[[Analysis], None]:
    def draw(analysis: Analysis) -> None:
        from rfscope.plots import render

        render(getattr(rfscope, f"plot_{kind}")(analysis).figure, "png")

    return draw


COMMANDS: Mapping[str, Callable[[Analysis], None]] = {
    "analyze": _report,
    "analyze --json": _json,
    "analyze --json --counts": _counts,
    "lint": _lint,
    "compare": _compare,
    "compare --expect": _same,
    "plot heatmap": _plot("heatmap"),
    "plot layers": _plot("layers"),
    "plot growth": _plot("growth"),
}


def one(command: str, name: str) -> dict[str, float | str]:
    """What one command takes of this process, in GB and seconds, and what it says if it refuses."""
    import matplotlib.backends.backend_agg
    import matplotlib.figure
    import numpy as np
    import rich.table

    COMMANDS[command](analyze(LARGE["small"]()))  # what is imported and cached is there
    loaded = np, rich.table, matplotlib.figure, matplotlib.backends.backend_agg
    before, start = _resident("VmRSS"), process_time()
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the highest so far begins anew
    said = ""
    try:
        COMMANDS[command](analyze(LARGE[name]()))
    except LimitError as error:
        said = f"{error.what}: {error.got}"
    del loaded
    return {"gb": (_resident("VmHWM") - before) / 10**9, "seconds": process_time() - start, "said": said}


def _resident(key: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def measured(command: str, name: str) -> dict[str, float | str]:
    """The same in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.memory", command, name]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float | str] = json.loads(done.stdout)
    return found


def main() -> bool:
    """Measure all; whether none takes more than it may."""
    within = True
    print(f"{'network':16} {'command':24} {'GB':>5} {'CPU s':>6}")
    for name in LARGE:
        for command in COMMANDS:
            found = measured(command, name)
            within &= float(found["gb"]) <= MOST
            print(f"{name:16} {command:24} {found['gb']:5.2f} {found['seconds']:6.1f}  {found['said']}", flush=True)
    print(f"None above {MOST:g} GB." if within else f"Above {MOST:g} GB!")
    return within


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(one(*sys.argv[1:])))
    else:
        sys.exit(not main())

"""How fast rfscope is on chains, each time beside a floor or a peer in the same run.

Run it with ``python -m tests.benchmarks.chains``; the machine should have nothing else to do. It needs torch for the
comparison with autograd.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import rfscope as rf
from rfscope.exact.analysis import analyze
from rfscope.linting.run import judge
from rfscope.network.build import chain
from tests.benchmarks.pairs import Job, compare

FLOOR = """\
import typer
app = typer.Typer()
@app.command()
def main(words: list[str]) -> None:
    print(words)
app()
"""

DEEP = [1, 2, 5, 9, 17, 33, 65, 127, 131, 191, 203, 215]
"""Twelve layers whose field is 1999 pixels."""

LONG = [int(1.352**power) for power in range(40)]
"""Forty layers, without holes, whose field is about a million pixels."""


def process(*words: str) -> Job:
    """A whole process: the interpreter with some arguments."""
    return lambda: subprocess.run([sys.executable, *words], check=True, capture_output=True)


def start_up(repeat: int) -> None:
    """The whole program, compiled as an installation leaves it, against one that does nothing with the same library."""
    compileall.compile_dir(Path(rf.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        floor = Path(folder) / "floor.py"
        floor.write_text(FLOOR, encoding="utf-8")
        ours = process(str(Path(sys.executable).with_name("rfscope")), "analyze", "rates", "1,2,5", "--json")
        compare("start-up", ours, process(str(floor), "1,2,5"), "at most 1.35", repeat)


def plain_numpy(rates: list[int]) -> Any:
    """The counts of a chain of 3x3 layers in a dozen lines of numpy, int64."""
    import numpy as np

    axis = np.ones(1, dtype=np.int64)
    for rate in rates:
        wider = np.zeros(len(axis) + 2 * rate, dtype=np.int64)
        wider[: len(axis)] += axis
        wider[rate : rate + len(axis)] += axis
        wider[2 * rate :] += axis
        axis = wider
    return np.outer(axis, axis)


def autograd(rates: list[int], size: int) -> Any:
    """The counts of a chain of 3x3 layers as the gradient of one output, float64."""
    import torch

    image = torch.zeros(1, 1, size, size, dtype=torch.float64, requires_grad=True)
    weight = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    value = image
    for rate in rates:
        value = torch.nn.functional.conv2d(value, weight, dilation=rate)
    (gradient,) = torch.autograd.grad(value.sum(), image)
    return gradient[0, 0]


def counts(repeat: int) -> None:
    """Usage counts against plain numpy and against autograd; all three must be equal."""
    network = chain(DEEP)
    size = analyze(network).output.counts.size[0]
    expected = plain_numpy(DEEP)
    assert (analyze(network).output.counts.map() == expected).all()
    assert (autograd(DEEP, size).numpy() == expected).all()

    def ours() -> object:
        return analyze(network).output.counts.map()

    name = f"counts of 12 layers, field {size}"
    compare(name, ours, partial(plain_numpy, DEEP), "at most 2.0", repeat)
    compare(f"{name}, against autograd", ours, partial(autograd, DEEP, size), "at most 0.01", max(1, repeat // 10))


def verdict(rates: list[int]) -> object:
    """Field, verdict and rules of a chain."""
    analysis = analyze(chain(rates))
    return analysis.output.size, analysis.hole_free, judge("chain", analysis)


def long_chain(repeat: int) -> None:
    """Field, verdict and rules of a long chain against those of a short one."""
    size = rf.analyze(rf.chain(LONG)).output.size[0]
    name = f"verdict of 40 layers, field {size}"
    compare(name, partial(verdict, LONG), partial(verdict, [1, 2, 5]), "below 50", repeat)


def main(repeat: int = 31) -> None:
    """Run all of it."""
    start_up(repeat)
    counts(repeat)
    long_chain(repeat)


if __name__ == "__main__":
    main()

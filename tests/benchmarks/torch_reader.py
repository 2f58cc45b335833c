"""How long it takes to read and analyze torch modules, beside what people do otherwise, in one run.

``python -m tests.benchmarks.torch_reader [ROUNDS]``. The other ways are: one forward and one backward pass, from which
plain tools take the receptive field of the weights at hand; ``torch.export.export``, which captures the module as well;
and for the whole program, importing torch and torchvision. Without torchvision, modules of the same shape are taken.
Everything is timed in turn, round by round, and ratios are medians of rounds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Job", "jobs", "main"]

SIZE = 512
"""Pixels of the gradient pass."""


class Job(NamedTuple):
    """Something of ours, and what it is compared with.

    Attributes:
        name: What is done.
        base: What it is compared with.
        asked: The largest ratio of the two.
        ours: Does it.
        theirs: Does the other.
    """

    name: str
    base: str
    asked: float
    ours: Callable[[], object]
    theirs: Callable[[], object]


def jobs(built: dict[str, Any], target: str, size: int) -> list[Job]:
    """What is timed.

    Args:
        built: Modules by name: the first is ResNet-50 or of its shape.
        target: How the command line names the first.
        size: Pixels of the gradient pass.
    """
    names = list(built)
    found = [
        Job(f"rf.analyze({name})", f"gradient pass at {size}", 0.25 if name == names[0] else 0.35, *_pair(module, size))
        for name, module in built.items()
    ]
    first = built[names[0]]
    found.append(
        Job(f"capture of {names[0]}", "torch.export", 0.25, lambda: _captured(first), lambda: _exported(first))
    )
    library = "import torch, torchvision" if "torchvision" in sys.modules else "import torch"
    started = f"from tests.benchmarks import torch_models; {library}"
    whole = ["-m", "rfscope", "analyze", "model", target]
    found.append(
        Job(f"rfscope analyze model {target}", library, 1.25, lambda: _process(*whole), lambda: _process("-c", started))
    )
    return found


def _pair(module: Any, size: int) -> tuple[Callable[[], object], Callable[[], object]]:
    return lambda: _analyzed(module), lambda: _gradient(module, size)


def _analyzed(module: Any) -> object:
    import rfscope as rf

    analysis = rf.analyze(module)
    rates = [[run.own_share(2) for run in schedule.runs] for schedule in analysis.schedules]
    return [output.size for output in analysis.outputs], analysis.hole_free, rates


def _gradient(module: Any, size: int) -> object:
    """The gradient of the middle output, as plain tools take it."""
    import torch

    image = torch.rand(1, 3, size, size, requires_grad=True)
    made = module(image)
    made = made["out"] if isinstance(made, dict) else made
    made[(0, 0, *(length // 2 for length in made.shape[2:]))].backward()
    return image.grad


def _captured(module: Any) -> object:
    from rfscope.readers.torch import capture

    return capture(module, input=(224, 224), name="module")


def _exported(module: Any) -> object:
    import torch

    return torch.export.export(module, (torch.rand(1, 3, 224, 224),), strict=False)


def _process(*arguments: str) -> object:
    return subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=Path(__file__).parents[2])


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(rounds: int = 5, size: int = SIZE) -> None:
    """Print, for each job, the medians and their ratio."""
    from tests.benchmarks import torch_models

    print(f"modules: {torch_models.SOURCE}; {rounds} rounds, after one that is not counted")
    built = {name: build().eval() for name, build in torch_models.MODELS.items()}
    for job in jobs(built, torch_models.TARGET, size):
        both = [(_seconds(job.ours), _seconds(job.theirs)) for _ in range(rounds + 1)][1:]
        ours, theirs = (statistics.median(times) for times in zip(*both, strict=True))
        ratio = statistics.median(one / other for one, other in both)
        print(f"{job.name:48} {ours:6.2f} s, {job.base:28} {theirs:6.2f} s, ratio {ratio:.2f} (asked {job.asked})")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))

"""Analyze and verify real networks, and write a table: ``python -m tests.real_networks.table [WORD...] [--no-verify]``.

The libraries are no dependencies of rfscope; ``tests/real_networks/environment.sh`` makes an environment that has them.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.readers.torch import read_module
from rfscope.verification.module import verify_module
from tests.real_networks.networks import Real, networks

__all__ = ["define_missing_operators", "main"]


@cache
def define_missing_operators() -> None:
    """Torchvision asks for two operators of its compiled part, which does not load beside a torch for the CPU."""
    import torch

    with suppress(ImportError, RuntimeError):
        import torchvision  # noqa: F401 - whether it loads is what is asked

        return
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]  # torch
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]
    _kept.append(library)


_kept: list[object] = []


def main(words: Sequence[str]) -> int:
    """Print a row a network; the exit code is 1 if a module disagrees with what was predicted."""
    define_missing_operators()
    warnings.filterwarnings("ignore")
    wanted = [word for word in words if not word.startswith("-")]
    done: Counter[str] = Counter()
    print("| library | network | field | global through | runs | unknown | read s | verified on the module |")
    print("|---|---|---|---|---|---|---|---|")
    for real in networks():
        if not wanted or any(word in f"{real.library}/{real.name}" for word in wanted):
            row, outcome = _row(real, verify="--no-verify" not in words)
            print(f"| {real.library} | {real.name} | {' | '.join(row)} |", flush=True)
            done.update([f"{real.library} read", f"{real.library} {outcome}"] if outcome != "not read" else [outcome])
    print("\n" + ", ".join(f"{what}: {count}" for what, count in sorted(done.items())))
    return int(any("DIFFERS" in what for what in done))


def _row(real: Real, *, verify: bool) -> tuple[list[str], str]:
    module = real.build()
    began = time.perf_counter()
    try:
        analysis = analyze(read_module(module, input=real.size, name=real.name, allow_unknown=True).network)
        facts = [_fields(analysis), _through(analysis), _runs(analysis), _unknown(analysis)]
    except RfscopeError as error:
        return [f"not read: {error}", *[""] * 4, ""], "not read"
    facts.append(f"{time.perf_counter() - began:.1f}")
    if not verify or facts[3] != "none":
        return [*facts, "-"], "not verified"
    try:
        found = verify_module(module, input=real.size)
    except RfscopeError as error:
        return [*facts, f"refused: {error}"], "not verified"
    said = "agrees" if found.equal else f"DIFFERS: {found.first_difference}"
    beside = " with and without globals" if found.through_global else ""
    return [*facts, f"{said} ({found.gradients} gradients{beside}, {found.seconds:.0f} s)"], (
        "verified" if found.equal else "DIFFERS"
    )


def _fields(analysis: Analysis) -> str:
    ends = [f"{'x'.join(map(str, output.size))} at {output.node}" for output in analysis.outputs]
    return "; ".join(ends[:2]) + (f" and {len(ends) - 2} more" if len(ends) > 2 else "") if ends else "everything"


def _through(analysis: Analysis) -> str:
    names = [node.name for node in analysis.network.nodes if node.is_global and not node.is_unknown]
    return f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}" if names else "-"


def _runs(analysis: Analysis) -> str:
    return "; ".join(_run_texts(analysis)) or "-"


def _run_texts(analysis: Analysis) -> Iterator[str]:
    for schedule in analysis.schedules:
        for run in schedule.runs:
            rates = ",".join(str(taps.rate) for taps in run.taps)
            yield f"{run.steps[0].name} .. {run.steps[-1].name} ({rates}{', parallel' if run.pyramid else ''})"


def _unknown(analysis: Analysis) -> str:
    names = [f"{node.op} at {node.name}" for node in analysis.network.nodes if node.is_unknown]
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "") if names else "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

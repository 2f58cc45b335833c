"""What lies outside the exact field, and whether it may: on each measurement, a proof with the module's own weights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.measured.field import Outside
from rfscope.measured.samples import Samples
from rfscope.measuring.holding import Calls, Held
from rfscope.measuring.passes import Runner, direct
from rfscope.measuring.subject import Subject
from rfscope.network.parts import up_to
from rfscope.verification.copied import copied

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Sums", "outside_of"]

_RUNS = 4
"""Runs that have to agree before a reader is accused."""


@dataclass
class Sums:
    """What is added up over images."""

    e1: Any
    e2: Any
    positive: Any
    held: Any
    offender: int | None = None
    held_offender: int | None = None
    all_held: bool = True
    finite: bool = True
    done: int = field(default=0)


def outside_of(
    runner: Runner, samples: Samples, sums: Sums, exact: np.ndarray[Any, Any] | None, calls: Calls | None
) -> Outside:
    """What lies outside the exact field, and why it may.

    Fast convolutions leave of each gradient some steps of its type, so of squares far less than one: what is more and
    is gone when the same image runs again was no rounding.
    """
    import numpy as np
    import torch

    subject = runner.subject
    share = None if exact is None else float(sums.e2[~exact].sum() / sums.e2.sum())
    if exact is None or share is None or subject.lower_bound:
        return Outside("lower bound" if subject.lower_bound else "global", share, through=subject.through)
    offender = sums.offender if calls is None else sums.held_offender
    held = None if calls is None else float(sums.held[~exact].sum() / max(sums.held.sum(), np.finfo(float).tiny))
    kind = Outside("none" if calls is None else "through", share, held, subject.through)
    if offender is None:
        return kind
    if calls is not None and not (sums.all_held and _all_known(subject, calls)):
        return kind._replace(kind="unchecked", why="not every global operation could be held constant")
    place = _confirmed(runner, samples, offender, exact, calls)
    if place is not None:
        return kind._replace(kind="fault", place=place, why=f"on {samples.name(offender)}")
    if (share if held is None else held) > torch.finfo(runner.dtype).eps:
        return kind._replace(kind="unchecked", why="the module does not read the same each time it runs")
    return kind._replace(why="rounding of fast convolutions; in float64 with plain ones nothing lies outside")


def _all_known(subject: Subject, calls: Calls) -> bool:
    """Whether each global operation on the way is one of the calls."""
    inside = {node.name for node in up_to(subject.analysis.network, subject.value.node).nodes if node.is_global}
    made = zip(subject.captured.program.calls, subject.translation.made, strict=True)
    known = {name for call, names in made for name in names}
    return bool(calls) and inside <= known


def _confirmed(
    runner: Runner, samples: Samples, number: int, exact: np.ndarray[Any, Any], calls: Calls | None
) -> tuple[int, ...] | None:
    """The first place outside that has a gradient in float64, too, convolutions being plain sums of products.

    It has to be there in every one of some runs: a module that decides by chance is not read wrongly for that. One that
    makes tensors of a type of its own may run in that alone: plain sums tell then as well.
    """
    import numpy as np
    import torch

    def again(slow: Runner) -> torch.Tensor:
        with slow.ready(), direct():
            runs = (
                slow.gradient([samples[number]], number, None if calls is None else Held(calls)) for _ in range(_RUNS)
            )
            return torch.stack([run != 0 for run in runs]).all(0)

    try:
        found = again(replace(runner, module=copied(runner.module).to(torch.float64), dtype=torch.float64))
    except UnsupportedError:
        found = again(runner)
    seen = np.asarray(found.reshape(-1, *exact.shape).any(0).cpu().numpy()) & ~exact
    return tuple(map(int, np.argwhere(seen)[0])) if seen.any() else None

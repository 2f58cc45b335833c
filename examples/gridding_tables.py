"""The tables of docs/evidence.md: what the runs of does_gridding_matter.py say, and how sure that is.

``python examples/gridding_tables.py RUNS.jsonl`` prints them. Only seeds with all their runs are looked at.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

import rfscope as rf

RUNS = Path(__file__).resolve().parent.parent / "docs" / "evidence.jsonl"
NAMES = {"sound": "no holes", "holes": "holes", "factor": "common factor", "dense": "dense", "wide": "dense, 5x5"}
"""Groups of schedules; a dense one is a control, and the one of 5x5 kernels takes no part in what is tested."""
PLANNED = (("holes", "sound"), ("factor", "holes"), ("dense", "sound"))
EXPLORED = ("index", "isolated", "step")
LEVEL, RESAMPLES, PERIODS = 0.05, 10_000, (2, 3, 4, 5)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """What rfscope says of a schedule before anything is trained."""

    group: str
    verdict: str
    holes: int
    index: float
    isolated: int
    step: float
    counts: Numbers


class Runs(NamedTuple):
    """The runs of all complete seeds: of each schedule one a seed, and what they were made with."""

    head: dict[str, Any]
    seeds: list[int]
    of: dict[str, list[dict[str, Any]]]

    def mean(self, schedule: str, key: str) -> float:
        return fmean(run[key] for run in self.of[schedule])


def read(path: Path) -> Runs:
    head, *runs = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    names = list(dict.fromkeys(run["schedule"] for run in runs))
    whole = [seed for seed in range(head["seeds"]) if sum(run["seed"] == seed for run in runs) == len(names)]
    order = sorted((run for run in runs if run["seed"] in whole), key=lambda run: run["seed"])
    return Runs(head, whole, {name: [run for run in order if run["schedule"] == name] for name in names})


def facts(schedule: str) -> Facts:
    """The exact answers for a schedule; its counts along an axis are given as shares of their sum."""
    analysis = rf.analyze(schedule)
    output = analysis.output
    along = np.asarray(output.counts.map(), dtype=np.float64).sum(1)
    middle = along[len(along) // 4 : -(len(along) // 4)]
    both = np.maximum(np.add(middle[1:], middle[:-1]), 1)
    rates = [int(rate) for rate in schedule.partition("@")[0].split(",")]
    if set(rates) == {1}:
        group = "wide" if "@" in schedule else "dense"
    else:
        group = "sound" if not output.coverage.holes else "holes" if math.gcd(*rates) == 1 else "factor"
    index = output.gridding_index[0] if output.gridding_index else math.nan
    step = float((np.abs(np.diff(middle)) / both).max())
    holes = output.coverage.holes
    isolated = output.meeting.isolated if output.meeting else 0
    return Facts(group, str(analysis.verdict), holes, index, isolated, step, along / along.sum())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows))


def width(shares: Numbers) -> float:
    """Standard deviation of a distribution over adjacent pixels."""
    at = np.arange(len(shares))
    return float(np.sqrt(np.average((at - np.average(at, weights=shares)) ** 2, weights=shares)))


def grid_share(shares: Numbers) -> float:
    """The largest share of a grid of period 2 to 5 in a distribution: 0 if it is smooth, 1 if it is that grid."""
    turns = np.array([m / period for period in PERIODS for m in range(1, period // 2 + 1)])
    waves = np.exp(-2j * np.pi * turns[:, None] * np.arange(len(shares)))
    return float(np.abs(waves @ shares).max() / shares.sum())


def schedules(runs: Runs, known: dict[str, Facts]) -> str:
    """What is known of each schedule, and how its networks err, on the mean over the seeds."""
    rows = []
    for name, fact in known.items():
        errors = [run["error"] for run in runs.of[name]]
        rest = (runs.mean(name, key) for key in ("error_inside", "disagree", "fine"))
        told = [str(fact.holes), f"{fact.index:.3f}", str(fact.isolated), f"{fact.step:.2f}"]
        found = [f"**{fmean(errors):.4f}**", f"{stdev(errors):.4f}", *(f"{value:.3f}" for value in rest)]
        rows.append([f"`{name}`", NAMES[fact.group], fact.verdict.upper(), *told, *found])
    heads = ("schedule", "group", "verdict", "holes", "index", "isolated", "step", "error", "sd", "in the middle")
    return table((*heads, "disagree", "fine"), rows)


def fields(runs: Runs, known: dict[str, Facts]) -> str:
    """The measured field of each schedule beside its counts."""
    rows = []
    for name, fact in known.items():
        energy = np.mean([run["marginal"] for run in runs.of[name]], axis=0)
        outside = max(run["outside"] for run in runs.of[name])
        pairs = [(width(energy), width(fact.counts)), (grid_share(energy), grid_share(fact.counts))]
        rows.append([f"`{name}`", *(f"{value:.2f}" for pair in pairs for value in pair), f"{outside:g}"])
    heads = ("schedule", "width, measured", "by counts", "grid share, measured", "by counts", "gradient outside")
    return table(heads, rows)


def contrasts(runs: Runs, known: dict[str, Facts]) -> str:
    """The planned contrasts: differences of pixel error within each seed, with intervals that hold for all together."""
    found = []
    for more, less in PLANNED:
        means = [_of_group(runs, known, group) for group in (more, less)]
        found.append(stats.ttest_1samp(means[0] - means[1], 0))
    adjusted = holm([one.pvalue for one in found])
    rows = []
    for (more, less), test, p in zip(PLANNED, found, adjusted, strict=True):
        difference = _of_group(runs, known, more) - _of_group(runs, known, less)
        low, high = test.confidence_interval(1 - LEVEL / len(PLANNED))
        each = ", ".join(f"{value:+.4f}" for value in difference)
        said = [f"{difference.mean():+.4f}", f"{low:+.4f} to {high:+.4f}", f"{p:.2g}", each]
        rows.append([f"{NAMES[more]} minus {NAMES[less]}", *said])
    return table(("contrast", "difference of error", "98.3 % interval", "p (Holm)", "each seed"), rows)


def _of_group(runs: Runs, known: dict[str, Facts], group: str) -> Numbers:
    """The mean error of a group in each seed."""
    errors = [[run["error"] for run in runs.of[name]] for name, fact in known.items() if fact.group == group]
    mean: Numbers = np.mean(errors, axis=0)
    return mean


def holm(values: Sequence[float]) -> list[float]:
    """Holm's adjustment of p values.

    Source:
        Holm, "A simple sequentially rejective multiple test procedure", 1979.
    """
    order, found, worst = np.argsort(values), [0.0] * len(values), 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - rank) * values[place]))
        found[place] = worst
    return found


def explored(runs: Runs, known: dict[str, Facts]) -> str:
    """Whether measures of schedules without holes go along with the error: Kendall's tau-b over the schedules."""
    sound = [name for name, fact in known.items() if fact.group == "sound"]
    errors = np.array([runs.mean(name, "error") for name in sound])
    again = np.random.default_rng(0).integers(len(sound), size=(RESAMPLES, len(sound)))
    rows = []
    for measure in EXPLORED:
        values = np.array([getattr(known[name], measure) for name in sound], dtype=float)
        taus = tau(values[again], errors[again])
        low, high = np.nanquantile(taus, (LEVEL / 2, 1 - LEVEL / 2))
        rows.append([measure, f"{tau(values[None], errors[None])[0]:+.2f}", f"{low:+.2f} to {high:+.2f}"])
    return table(("measure", f"tau over {len(sound)} schedules", "95 % by bootstrap"), rows)


def tau(first: Numbers, second: Numbers) -> Numbers:
    """Kendall's tau-b of each row of two arrays (rows, items); nan where all items of a row are alike."""
    one, other = (np.sign(values[:, :, None] - values[:, None, :]) for values in (first, second))
    with np.errstate(invalid="ignore"):
        found: Numbers = (one * other).sum((1, 2)) / np.sqrt((one**2).sum((1, 2)) * (other**2).sum((1, 2)))
    return found


def every_run(runs: Runs) -> str:
    rows = [[f"`{name}`", *(f"{run['error']:.4f}" for run in found)] for name, found in runs.of.items()]
    return table(("schedule", *(f"seed {seed}" for seed in runs.seeds)), rows)


def parts(path: Path = RUNS) -> Iterator[str]:
    """All of it, part by part."""
    runs = read(path)
    known = {name: facts(name) for name in runs.of}
    head, seconds = runs.head, sum(run["seconds"] for found in runs.of.values() for run in found)
    done = f"{len(runs.seeds)} of {head['seeds']} seeds ({', '.join(map(str, runs.seeds))})"
    yield (
        f"{done}, {len(known)} schedules, {head['steps']} steps of {head['batch']} images, {head['tests']} images to "
        f"judge by; torch {head['torch']}, rfscope {head['rfscope']}, {head['device']}, {seconds / 60:.0f} minutes of "
        f"one core."
    )
    yield "### Error and schedule"
    yield schedules(runs, known)
    yield "### What was planned to be tested"
    yield contrasts(runs, known)
    yield "### What was only looked at"
    yield explored(runs, known)
    yield "### Measured fields"
    yield fields(runs, known)
    yield "### Every run"
    yield every_run(runs)


if __name__ == "__main__":
    print("\n\n".join(parts(Path(sys.argv[1]) if len(sys.argv) > 1 else RUNS)))

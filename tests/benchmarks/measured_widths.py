"""Measured fields of chains with random weights against what path counts predict: the table of docs/measured.md.

Run by hand, from the root of the repository; it takes some minutes:

    python -m tests.benchmarks.measured_widths [DRAWS]

Each draw is a chain of 3x3 convolutions of some channels with independent normal weights and no activation, measured on
one image of noise by ``rf.erf``. Draws are put on one scale, each over its sum, and added up. The error is that of the
mean over draws; ``off`` is the difference in such errors.
"""

from __future__ import annotations

import sys
from math import sqrt
from typing import Any

import numpy as np
import torch
from torch import nn

import rfscope as rf
from rfscope.measured.grids import grid_share
from rfscope.measured.moments import marginal, normalised

CHANNELS = 16
DEPTHS = (5, 10, 20, 40, 80)
GRIDS = (("1,2,4", 2), ("1,2,4", 4), ("1,2,5", 2), ("1,2,5", 5), ("2,4,8", 2))


def chain(rates: list[int], seed: int) -> nn.Module:
    """A linear chain whose gradients neither grow nor shrink."""
    random = torch.Generator().manual_seed(seed)
    layers = []
    for place, rate in enumerate(rates):
        layer = nn.Conv2d(CHANNELS if place else 1, CHANNELS, 3, padding=rate, dilation=rate, bias=False)
        layer.weight.data = torch.randn(layer.weight.shape, generator=random) / sqrt(9 * CHANNELS)
        layers.append(layer)
    return nn.Sequential(*layers)


def fields(rates: list[int], draws: int) -> list[Any]:
    """The field of each draw."""
    size = 2 * sum(rates) + 3
    return [rf.erf(chain(rates, seed), input=size, samples=1, seed=seed, device="cpu") for seed in range(draws)]


def lines(found: list[Any], name: str) -> Any:
    """The marginals of a map over its sum, both axes of every draw."""
    return np.array([[normalised(marginal(getattr(one, name), axis)) for axis in (0, 1)] for one in found])


def width(several: Any) -> tuple[float, float]:
    """Standard deviation about the middle of the sum of all draws, and its error."""
    places = np.arange(several.shape[-1]) - several.shape[-1] // 2
    variances = (several @ places**2).mean(1)
    std = sqrt(variances.mean())
    return std, float(variances.std(ddof=1)) / sqrt(len(variances)) / (2 * std)


def main(draws: int) -> None:
    """Print the tables."""
    print("| layers | counts | by g² | error | off | root of counts | by the absolute gradient | error | off |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for depth in DEPTHS:
        found = fields([1] * depth, draws)
        counts, root = (found[0].extents[name].std[0] for name in ("counts", "root"))
        cells = [f"{depth}"]
        for wanted, name in ((counts, "e2"), (root, "e1")):
            std, error = width(lines(found, name))
            cells += [f"{wanted:.3f}", f"{std:.3f}", f"{error:.3f}", f"{(std - wanted) / error:+.1f}"]
        print(f"| {' | '.join(cells)} |", flush=True)
    print("\n| rates | period | counts | by g² | error | off |\n|---|---:|---:|---:|---:|---:|")
    for rates, period in GRIDS:
        found = fields([int(rate) for rate in rates.split(",")], draws)
        several = lines(found, "e2")
        wanted = grid_share(marginal(found[0].counts, 0), period)
        own = grid_share(several.mean((0, 1)), period)
        halves = [grid_share(np.delete(several, place, 0).mean((0, 1)), period) for place in range(draws)]
        error = sqrt((draws - 1) * float(np.var(halves)))  # jackknife
        off = "" if error < 1e-9 else f"{(own - wanted) / error:+.1f}"
        print(f"| {rates} | {period} | {wanted:.3f} | {own:.3f} | {error:.3f} | {off} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

"""What people do instead of a plan: each usual recipe differs from the whole, and the plan does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
import torch
from torch import nn

import rfscope as rf
from rfscope.exact.correspondence import along
from rfscope.exact.tile_axis import tile_axis
from rfscope.exact.tiling import Slices
from rfscope.readers.torch import read_module
from tests.verification.test_tiled import difference, image_of, made
from tests.verification.tiled_modules import (
    MODULES,
    Global,
    Milesial,
    Same,
    UNet,
    half_as_large_again,
    up_and_down,
)

SEEN = 1e-3
"""Of the standard deviation: above it, a result is another one."""


class Tile(NamedTuple):
    read: Slices
    keep: Slices
    write: Slices


def cut(image: torch.Tensor, box: Slices) -> torch.Tensor:
    place: Any = (..., *box)
    return image[place]


def by_recipe(size: int, tile: int, halo: int, begins: Sequence[int], width: int) -> list[Tile]:
    """Tiles along the first axis as people cut them: the same halo on both sides, borders kept."""
    found, covered = [], 0
    for begin in begins:
        stop = tile if begin + tile >= size else tile - halo
        keep = slice(covered - begin, stop)
        found.append(
            Tile(
                (slice(begin, begin + tile), slice(0, width)),
                (keep, slice(None)),
                (slice(covered, begin + stop), slice(None)),
            )
        )
        covered = begin + stop
    return found


@torch.no_grad()
def far(module: nn.Module, image: torch.Tensor, tiles: Sequence[Tile]) -> float:
    """The largest difference over the standard deviation; rows of an output that is coarser or finer are rounded to."""
    whole, worst = module(image), 0.0
    by = Fraction(image.shape[-2], whole.shape[-2])
    for one in tiles:
        part, at = module(cut(image, one.read)), round(one.write[0].start / by)
        part = part[..., round(one.keep[0].start / by) : round(one.keep[0].stop / by), :]
        rows = min(part.shape[-2], whole.shape[-2] - at)
        worst = max(worst, float((part[..., :rows, :] - whole[..., at : at + rows, :]).abs().max()))
    return worst / float(whole.std())


Mistake = tuple[Callable[[], nn.Module], tuple[int, int], int, int, list[int]]

MISTAKES: dict[str, Mistake] = {
    "origins off the lattice": (UNet, (128, 32), 80, 22, [0, 34, 48]),
    "the same with more halo": (UNet, (128, 32), 80, 26, [0, 26, 48]),
    "equal steps, rounded": (UNet, (124, 32), 80, 22, [0, 22, 44]),
    "steps of three quarters of a tile": (UNet, (360, 32), 180, 22, [0, 135, 180]),
    "halo too small": (UNet, (128, 32), 80, 6, [0, 36, 48]),
    "a last tile flush with the end": (MODULES["ceil mode"].make, (66, 24), 40, 14, [0, 26]),
    "the same with SAME padding": (Same, (129, 33), 64, 12, [0, 40, 65]),
    "half of an even field on both sides": (MODULES["even kernels"].make, (40, 24), 24, 4, [0, 16]),
    "output padding": (up_and_down, (128, 32), 66, 12, [0, 42, 62]),
    "up-sampling that pads to the skip": (Milesial, (67, 32), 43, 11, [0, 21, 24]),
    "a scale of 3/2": (half_as_large_again, (96, 32), 48, 8, [0, 23, 46, 48]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_usual_recipe_differs_and_the_plan_does_not(mistake: str) -> None:
    make, size, tile, halo, begins = MISTAKES[mistake]
    module, image = made(make), image_of(1, size)
    plan = rf.tile(module, input=size, tile=(tile, size[1]))
    assert plan.exact
    assert difference(module, image, plan) < 1e-10
    assert far(module, image, by_recipe(size[0], tile, halo, begins, size[1])) > SEEN


@pytest.mark.parametrize(
    ("size", "tile", "begins"), [((124, 32), 80, [0, 20, 44]), ((308, 32), 176, [0, 132])], ids=["steps", "quarters"]
)
def test_on_the_lattice_by_luck(size: tuple[int, int], tile: int, begins: list[int]) -> None:
    """The same rules are exact at sizes at which they happen to hit the lattice: the halo is not what differs."""
    module = made(UNet)
    assert all(begin % 4 == 0 for begin in begins)
    assert far(module, image_of(1, size), by_recipe(size[0], tile, 22, begins, size[1])) < 1e-10


def test_tiles_that_can_begin_nowhere_but_off_the_border() -> None:
    """SAME padding on a tile of another parity: all of its maps lie on the image's grid one further on."""
    module, image = made(Same), image_of(1, (129, 33))
    whole, tile = (along(read_module(module, input=(size, 33), name="same").network, 0, size) for size in (129, 64))
    [output] = whole.network.outputs
    why = tile_axis(whole, tile, [output])[1][0]
    assert (why.kind, why.message) == ("offset", "tiles of 64 would begin at 1 + 4k: the first could not begin at 0")
    assert why.do == "take 65 (129 modulo 4)"
    with torch.no_grad():
        all_, at_40, at_41 = module(image), *(module(image[..., begin : begin + 64, :]) for begin in (40, 41))
    inner = slice(3, 13)  # tile rows whose fields lie inside: those at 41 are the whole's from 11 on
    rows = [all_[..., first + 3 : first + 13, :] for first in (9, 10, 11, 12)]
    assert min(float((at_40[..., inner, :] - one).abs().max() / all_.std()) for one in rows) > SEEN
    assert min(float((at_41[..., inner, :] - one).abs().max() / all_.std()) for one in rows) < 1e-10
    refused = rf.tile(module, input=(129, 33), tile=(64, 33), equal=True).why_not[0]
    assert (refused.kind, refused.do) == ("offset", "take 61, or an image of 132")


def test_a_valid_network_crops_otherwise_in_a_tile_of_another_size() -> None:
    """It runs without an error, and the skip is cropped elsewhere."""
    module, image = made(lambda: UNet(padding=0)), image_of(1, (108, 64))
    with torch.no_grad():
        whole, odd, even = module(image), module(image[..., :82, :]), module(image[..., :80, :])
    assert float((odd - whole[..., : odd.shape[-2], :]).abs().max() / whole.std()) > SEEN
    assert float((even - whole[..., : even.shape[-2], :]).abs().max() / whole.std()) < 1e-10
    assert rf.tile(module, input=(108, 64), tile=(82, 64)).tile == (80, 64)
    assert rf.tile(module, input=(108, 64), tile=(82, 64), equal=True).why_not[0].do == "take 80, or an image of 110"


def test_aligned_corners_differ_whatever_the_halo() -> None:
    module, image = made(lambda: Global("corners")), image_of(1, (96, 48))
    assert not rf.tile(module, input=(96, 48), tile=48).exact
    for halo in (8, 16):
        assert far(module, image, by_recipe(96, 48, halo, [0, 48 - 2 * halo, 48], 48)) > SEEN


def test_chunks_of_a_vocoder_with_too_little_beside() -> None:
    """Each frame more on either side makes less of a difference, and what the plan says makes none."""
    case = MODULES["vocoder"]
    module, signal = made(case.make), image_of(1, case.size)
    lost = -(-case.inner[0] // 8)
    with torch.no_grad():
        whole = module(signal)
        found = [
            float((module(signal[..., 20 - beside : 40 + beside]) - whole[..., 8 * (20 - beside) : 8 * (40 + beside)])
                  [..., 8 * beside : 8 * (20 + beside)].abs().max() / whole.std())
            for beside in (1, 2, lost)
        ]  # fmt: skip
    assert found[0] > found[1] > found[2]
    assert found[0] > SEEN
    assert found[2] < 1e-10

"""Tiles of modules, run by their own code: equal to the whole by the plan, and not by the usual recipes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import rfscope as rf
from rfscope.answers.tiles import Wanted, make_plan, rules_of, verify_plan
from rfscope.errors import RfscopeError
from rfscope.exact.correspondence import along
from rfscope.exact.tile_axis import tile_axis
from rfscope.network.forms import Form
from rfscope.targets import Reading, part
from rfscope.verification.memory import LiveStorages, counted, meta_peak
from tests.verification.tiled_modules import MODULES, Global, Pair, Placed, UNet, put_together


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return make().double().eval()


def image_of(channels: int, size: Sequence[int]) -> torch.Tensor:
    return torch.randn((1, channels, *size), generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@torch.no_grad()
def difference(module: nn.Module, image: torch.Tensor, tiles: Any) -> float:
    """The largest difference over the standard deviation."""
    return float(put_together(module, image, tiles).abs().max() / module(image).std())


@pytest.mark.parametrize("name", MODULES)
def test_tiles_equal_the_whole(name: str) -> None:
    case = MODULES[name]
    module = made(case.make)
    plan = rf.tile(module, input=case.size, tile=case.tile)
    axis = plan.axes[0]
    assert plan.exact, plan.why_not
    assert (axis.lattice, [piece.begin for piece in axis.pieces]) == (case.lattice, case.begins)
    assert axis.inner == (case.inner,)
    assert difference(module, image_of(case.channels, case.size), plan) < 1e-10


GLOBAL = {
    "group": ("global", "reads the whole map (for its statistics)"),
    "instance": ("global", "reads the whole map (for its statistics)"),
    "squeeze": ("global", "reads the whole map"),
    "bins": ("size", "bins of 16 in the image and 8 in a tile"),
    "corners": ("size", "samples by 11/95 in the image and 5/47 in a tile"),
    "circular": ("padding", "pads with the other side of the map (circular)"),
}


@pytest.mark.parametrize("kind", GLOBAL)
def test_what_cannot_be_tiled_is_refused_and_differs(kind: str) -> None:
    module = made(lambda: Global(kind))
    plan = rf.tile(module, input=(96, 48), tile=48)
    assert not plan.exact
    assert plan.why_not[0].kind == GLOBAL[kind][0]
    assert GLOBAL[kind][1] in plan.why_not[0].message
    with pytest.raises(RfscopeError, match="tiles would not equal the whole"):
        iter(plan)
    if kind == "corners":  # no tile of the same grid is smaller than the image: see test_tile_mistakes
        return
    found = verify_plan(module, Reading(input=(96, 48)), Wanted(tile=(48,)), plan)
    assert found.difference > 1e-3
    assert found.as_planned
    assert not found.equal


@pytest.mark.parametrize(
    "kind",
    [
        *("coordinates", "a map of weights", "a map that is resized", "the size"),
        *("counted ones", "a number made of the size", "places of maxima"),
    ],
)
def test_what_depends_on_the_place_is_refused(kind: str) -> None:
    """No receptive field shows it; run on tiles, the module differs."""
    module = made(lambda: Placed(kind))
    plan = rf.tile(module, input=(64, 32), tile=(40, 32))
    assert [why.kind for why in plan.why_not] == ["data"]
    assert "depends on the place or the size" in plan.why_not[0].message
    assert not rules_of(module, Reading())[1][0].exact  # type: ignore[union-attr]
    loose = rf.tile(module, input=(64, 32), tile=(40, 32), allow_inexact=True)
    assert difference(module, image_of(1, (64, 32)), loose) > 1e-3


def test_random_numbers_are_refused() -> None:
    plan = rf.tile(made(lambda: Placed("dropout that stays")), input=(64, 32), tile=(40, 32))
    assert ["dropout draws random numbers" in why.message for why in plan.why_not] == [True]
    assert not rf.tile(made(lambda: Placed("noise")), input=(64, 32), tile=(40, 32)).exact


@pytest.mark.parametrize("kind", ["axes in another order", "channels last"])
def test_outputs_that_do_not_end_in_the_axes_are_refused(kind: str) -> None:
    """Slices of a plan count from the end: of a square image, others would be cut without an error."""
    plan = rf.tile(made(lambda: Placed(kind)), input=64, tile=40)
    assert [(why.kind, why.node) for why in plan.why_not] == [("size", "a")]
    assert "another order of dimensions" in plan.why_not[0].message


@pytest.mark.parametrize(
    ("kind", "node"),
    [("channels last", "a"), ("places of maxima", "max_pool2d_with_indices"), ("dropout that stays", "dropout")],
)
def test_so_it_is_in_files(kind: str, node: str, tmp_path: Path) -> None:
    file = tmp_path / "net.pt2"
    torch.export.save(torch.export.export(made(lambda: Placed(kind)).float(), (image_of(1, (64, 32)).float(),)), file)
    plan = rf.tile(file, input=(64, 32), tile=(40, 32))
    assert [(plan.exact, why.node) for why in plan.why_not] == [(False, node)]


@pytest.mark.parametrize("kind", ["a scale", "a scale that is spread out", "ones", "maxima given back"])
def test_what_is_alike_everywhere_is_not(kind: str) -> None:
    module = made(lambda: Placed(kind))
    plan = rf.tile(module, input=(64, 32), tile=(40, 32))
    assert plan.exact, plan.why_not
    assert difference(module, image_of(1, (64, 32)), plan) < 1e-10


@pytest.mark.parametrize("room", [{"tile": 70}, {"memory": 300 * 2**10}], ids=["a tile", "memory"])
def test_tiles_for_a_part_are_taken_by_the_whole_module(room: dict[str, int]) -> None:
    """The part alone would take multiples of 2; behind it, the module takes multiples of 8."""

    class Deeper(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 8, 3, padding=1), nn.Conv2d(8, 8, 3, stride=2, padding=1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            made: torch.Tensor = self.b(self.a(x))
            return made + nn.functional.interpolate(nn.functional.max_pool2d(made, 4), scale_factor=4)

    plan = rf.tile(made(Deeper), input=264, output="b", **room, verify=True)  # type: ignore[arg-type]
    assert (plan.exact, plan.lattice, [size % 8 for size in plan.tile]) == (True, (2, 2), [0, 0])
    assert plan.verification is not None
    assert plan.verification.equal


def test_corners_that_agree_at_both_sizes_are_exact() -> None:
    class Aligned(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 2, 3, padding=1, stride=8), nn.Conv2d(2, 2, 3, padding=1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return nn.functional.interpolate(self.b(self.a(x)), x.shape[2:], mode="bilinear", align_corners=True)

    module = made(Aligned)
    plan = rf.tile(module, input=(129, 33), tile=(65, 33))
    assert (plan.exact, plan.lattice[0]) == (True, 8)
    assert difference(module, image_of(1, (129, 33)), plan) < 1e-10


def test_a_size_that_a_module_does_not_take() -> None:
    plan = rf.tile(made(UNet), input=(126, 128), tile=64)
    assert plan.why_not[0].message == "the network does not take 126: it takes 124 or 128"
    assert plan.why_not[0].do.startswith("crop or pad the image")


@pytest.mark.parametrize("name", ["U-Net", "super-resolution", "causal TCN"])
def test_verification_says_what_it_saw(name: str) -> None:
    case = MODULES[name]
    module = made(case.make).float()
    wanted, reading = Wanted(tile=case.tile), Reading(input=case.size)
    plan = make_plan(module, reading, wanted)
    found = verify_plan(module, reading, wanted, plan, device="cpu")
    assert (found.equal, found.shown, found.as_planned, found.dtype) == (True, True, True, "float64")
    assert all(value <= found.tolerance for line in found.seams for value in line)
    assert found.record()["equal"]
    assert "MISMATCH" not in str(found)
    assert next(module.parameters()).dtype == torch.float32


def test_verified_when_asked_for() -> None:
    module = made(UNet)
    plan = rf.tile(module, input=128, tile=64, verify=True)
    assert plan.verification is not None
    assert plan.verification.equal
    assert "Run in torch" in str(plan)
    grouped = rf.tile(made(lambda: Global("group")), input=96, tile=48, verify=True)
    assert len(grouped.axes) == 2  # convolutions along two axes take an image without a batch, too
    assert grouped.verification is not None
    assert (grouped.verification.equal, grouped.verification.as_planned) == (False, True)


def test_a_plan_that_is_wrong_is_caught() -> None:
    """A module that does not do what was read: the comparison says so."""
    from dataclasses import replace

    from rfscope.verification.tiled import verify_tiles

    module = made(MODULES["U-Net"].make)
    plan = rf.tile(nn.Sequential(nn.Conv2d(1, 4, 3, padding=1)), input=(96, 32), tile=(48, 32))
    found = verify_tiles(module, replace(plan), [Form("x", (1, 1))], node=None, tolerance=1e-9, device="cpu")
    assert not found.equal
    assert not found.as_planned
    assert "MISMATCH" in str(found)
    assert "Seams along axis 0" in str(found)


def test_memory_is_counted_without_data_as_with_it() -> None:
    """The run without data counts the storages that a real run has alive at its peak."""
    for name, case in MODULES.items():
        module = made(case.make).float()
        image = image_of(case.channels, case.size).float()
        live = LiveStorages()
        live.ignore([*module.parameters(), *module.buffers()])
        live.add(image)
        with torch.no_grad():
            counted(lambda run=module, x=image: run(x), live)
        assert meta_peak(module, [image.shape], "float32") == pytest.approx(live.peak, rel=0.02), name


def test_the_tile_of_least_work_for_a_memory() -> None:
    module = made(UNet).float()
    whole = rf.tile(module, input=512, tile=512).bytes
    assert whole is not None
    assert whole.whole is not None
    budget = whole.whole // 10
    plan = rf.tile(module, input=512, memory=budget)
    assert plan.exact
    assert plan.bytes is not None
    assert plan.bytes.method == "meta run"
    assert (plan.bytes.tile or budget + 1) <= budget
    square = rf.tile(module, input=512, tile=156)
    assert plan.computed is not None
    assert plan.computed < (square.computed or 0)
    assert rf.tile(module, input=512, memory=whole.whole).count == 1
    with pytest.raises(RfscopeError, match="no tile fits into the memory"):
        rf.tile(module, input=512, memory=1000)


def test_two_images_are_cut_alike() -> None:
    """One plan for both, with the halo of the one that needs more; run on both, it equals the whole."""
    module = made(Pair)
    plan = rf.tile(module, input=(40, 32), tile=(24, 32))
    assert (plan.exact, plan.halo[0], plan.bytes and plan.bytes.method) == (True, (3, 3), "meta run")
    assert "All of image and mask are cut alike." in plan.notes
    reading, wanted = Reading(input=(40, 32)), Wanted(tile=(24, 32))
    found = verify_plan(module, reading, wanted, plan, device="cpu")
    assert (found.equal, found.shown) == (True, True)
    named = rf.tile(module, input={"image": (1, 3, 40, 32), "mask": (1, 1, 40, 32)}, tile=(24, 32))
    assert named.axes == plan.axes
    torch.manual_seed(1)
    image, mask = image_of(3, (40, 32)), image_of(1, (40, 32))
    with torch.no_grad():
        whole, result = module(image, mask), torch.full((1, 2, 40, 32), float("nan"), dtype=torch.float64)
        for tile in list[Any](plan):
            one = module(image[..., *tile.read], mask[..., *tile.read])
            result[..., *tile.write] = one[..., *tile.keep]
    assert float((whole - result).abs().max()) < 1e-10


def test_images_of_two_sizes_are_refused() -> None:
    module = made(lambda: Pair(half=True))
    shapes = {"image": (1, 3, 64, 32), "mask": (1, 1, 32, 16)}
    plan = rf.tile(module, input=shapes, tile=(32, 32))
    assert (plan.exact, plan.why_not[0].kind) == (False, "size")
    assert plan.why_not[0].message == "its images have other sizes than image: mask"


def test_memory_up_to_a_part() -> None:
    """What stands behind it is not counted, and may take other sizes alone."""
    module = made(UNet).float()
    whole, part = (meta_peak(module, [(1, 1, 64, 64)], "float32", node=node) for node in (None, "down.0"))
    assert part < whole
    assert meta_peak(module.get_submodule("down.0"), [(1, 1, 64, 64)], "float32") == part
    assert meta_peak(module, [(1, 1, 63, 64)], "float32", node="down.0") < part
    plan = rf.tile(module, input=64, tile=32, output="down.0")
    assert plan.bytes is not None
    assert (plan.bytes.whole, plan.bytes.method) == (part, "meta run")


def test_a_tile_in_which_a_skip_is_cropped_otherwise() -> None:
    module = made(lambda: UNet(padding=0))
    whole, tile = (along(part(module, Reading(input=(size, 100))).network, 0, size) for size in (188, 62))
    why = tile_axis(whole, tile, whole.network.outputs)[1][0]
    assert (why.kind, why.node) == ("merge", "concat.2")
    assert why.message == "concat.2: its inputs lie 1 position further apart in a tile of 62"
    plan = rf.tile(module, input=(188, 100), tile=(62, 100))
    assert (plan.exact, plan.tile) == (True, (60, 100))
    assert not rf.tile(module, input=(188, 100), tile=(62, 100), equal=True).exact


def test_a_module_that_does_something_else_on_a_tile() -> None:
    class Unlike(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 5, padding=2)

        def forward(self, x: torch.Tensor) -> Any:
            return self.a(x) if x.shape[2] > 40 else self.b(self.a(x))

    (why,) = rf.tile(made(Unlike), input=64, tile=32).why_not
    assert (why.kind, why.message) == ("size", "the module does something else at 32: layers differ at b")


def test_tiles_of_a_volume_along_some_axes() -> None:
    """Three dimensions, tiles of other sizes along each, one axis not cut, each with a halo of its own; run."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv3d(1, 2, (1, 3, 5), padding=(0, 1, 2)), nn.MaxPool3d((1, 2, 1)), nn.ReLU(),
                           nn.Conv3d(2, 1, (3, 3, 1), padding=(1, 1, 0))).double().eval()  # fmt: skip
    plan = rf.tile(module, input=(8, 24, 20), tile=(8, 14, 12))
    assert (plan.exact, plan.lattice, plan.tile) == (True, (1, 2, 1), (8, 14, 12))
    assert [len(axis.pieces) for axis in plan.axes] == [1, 3, 2]
    assert plan.halo[1:] == ((4, 4), (2, 2))
    image = torch.randn((1, 1, 8, 24, 20), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert difference(module, image, plan) < 1e-10

"""Plans for tiles: against brute force on random networks, and against numbers found by running the networks."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod

import pytest

from rfscope.errors import RfscopeError
from rfscope.exact.correspondence import along, correspond, lattice_of
from rfscope.exact.kept import Kept
from rfscope.exact.tile_axis import largest_tile, tile_axis
from rfscope.exact.tile_budget import best_tile, choices
from rfscope.exact.tile_plan import plan_tiles, sizes_taken
from rfscope.exact.tiling import Piece, Plan
from rfscope.network.build import assemble, chain, conv, merge, pool, resize, transposed_conv
from rfscope.network.graph import Network, Node
from rfscope.network.reads import IDENTITY, Adaptive, Unknown, Whole
from tests.exact.dags import random_of, random_spec, read
from tests.exact.tiled import random_sizes, wrong

FIRST, MANY = 10_000, int(os.environ.get("RFSCOPE_TILE_PLANS", "15"))
"""How many exact plans of more than one tile are run; 5,000 take some minutes."""


def unet(depth: int = 2, *, up: str = "transposed", dims: int = 1, padding: str = "same") -> Network:
    """Two convolutions a level, pooling by 2, and the way back with skips."""
    nodes, skips, last = list[Node](), list[str](), "input"

    def add(node: Node) -> str:
        nodes.append(node)
        return node.name

    def twice(name: str, after: str) -> str:
        after = add(conv(f"{name}a", kernel=3, padding=padding, dims=dims, inputs=after))
        return add(conv(f"{name}b", kernel=3, padding=padding, dims=dims, inputs=after))

    for level in range(depth):
        last = twice(f"down{level}", last)
        skips.append(last)
        last = add(pool(f"pool{level}", kernel=2, stride=2, dims=dims, inputs=last))
    last = twice("bottom", last)
    for level in reversed(range(depth)):
        if up == "transposed":
            last = add(transposed_conv(f"up{level}", kernel=2, stride=2, dims=dims, inputs=last))
        else:
            last = add(resize(f"up{level}", scale=2, mode="linear", dims=dims, inputs=last))
        last = add(merge(f"concat{level}", [skips[level], last], op="concat", dims=dims))
        last = twice(f"back{level}", last)
    return assemble(f"U-Net of depth {depth}", nodes)


def begins(plan: Plan) -> list[int]:
    return [piece.begin for piece in plan.axes[0].pieces]


def kept_by(piece: Piece) -> Kept:
    (keep,) = piece.keep
    assert keep is not None
    return keep


def test_random_plans_equal_the_whole() -> None:
    """Every output is written once, with what the whole has there; where a plan is refused, a reason is named."""
    seen, seed = Counter[str](), FIRST
    while seen["run"] < MANY:
        random = random_of(seed)
        seed += 1
        network = replace(read(random_spec(random)), input=None)
        for _ in range(4):
            size, tile = random_sizes(random, network, 120 if network.dims == 1 else 24)
            plan = plan_tiles(network, size, tile)
            seen[plan.why_not[0].kind if plan.why_not else "exact"] += 1
            if plan.exact and plan.count > 1:
                assert wrong(network, plan) == {}, f"seed {seed - 1}, {size}, {tile}"
                seen["run"] += 1
                seen[f"{network.dims}-D"] += 1
    assert min(seen[kind] for kind in ("1-D", "2-D", "size", "small")) > 0, seen


def test_the_comparison_can_fail() -> None:
    """A halo one short, and a tile off the lattice."""
    plan = plan_tiles(chain([1, 1], dims=1), [40], [17])
    axis = plan.axes[0]
    first, second, *rest = axis.pieces
    keep, write, before = kept_by(second), second.write[0], kept_by(first)
    early = second._replace(keep=(keep._replace(first=keep.first - 1),), write=(write - 1,))
    short = first._replace(keep=(before._replace(stop=before.stop - 1),))
    pieces = (short, early, *rest)
    assert wrong(chain([1, 1], dims=1), plan) == {}
    assert wrong(chain([1, 1], dims=1), replace(plan, axes=(replace(axis, pieces=pieces),))) == {"conv2": 1}
    plan = plan_tiles(unet(1), [64], [32])
    axis = plan.axes[0]
    begin, moved = axis.pieces[0], [one._replace(begin=one.begin - 1) for one in axis.pieces[1:]]
    later = [one._replace(keep=(Kept(*(at + 1 for at in kept_by(one))),)) for one in moved[:-1]]
    assert wrong(unet(1), replace(plan, axes=(replace(axis, pieces=(begin, *later, axis.pieces[-1])),)))


def test_sizes_modulo_the_lattice_are_taken_alike() -> None:
    """The second clause: a size is legal if and only if it is so a lattice further on."""
    tried = 0
    for seed in range(40):
        network = replace(read(random_spec(random_of(seed))), input=None)
        large = 200
        lattice = next((step for size in range(large, large + 40) if (step := _lattice(network, size))), None)
        if lattice is None or any(isinstance(read, Whole) for node in network.nodes for read in node.reads):
            continue
        if any(getattr(read, "size", None) is not None for node in network.nodes for read in node.reads):
            continue  # a size that is written as a number
        if any(getattr(read, "align_corners", False) for node in network.nodes for read in node.reads):
            continue
        one, other = (sizes_taken(network, 0, size, lattice) for size in (large, large + 3 * lattice))
        assert one is not None
        assert other is not None
        assert sorted(one) == sorted(other), seed
        tried += 1
    assert tried > 10


def _lattice(network: Network, size: int) -> int | None:
    try:
        return correspond(along(network, 0, size)).lattice
    except RfscopeError:
        return None


@pytest.mark.parametrize(
    ("network", "size", "tile", "lattice", "halo", "starts", "inner"),
    [
        (unet(4), 1024, 400, 16, (94, 94), [0, 208, 416, 624], (94, 306)),
        (unet(4, up="bilinear"), 1024, 512, 16, (109, 109), [0, 288, 512], (109, 403)),
        (chain([1, 2, 4, 8, 16], dims=1), 512, 256, 1, (31, 31), [0, 194, 256], (31, 225)),
        (chain([1, 2, 4, 8, 16], dims=1, causal=True), 512, 256, 1, (62, 0), [0, 194, 256], (62, 256)),
    ],
    ids=["U-Net, transposed", "U-Net, bilinear", "TCN", "causal TCN"],
)
def test_published_plans(  # the numbers are those at which real modules, run in torch, equalled their whole
    network: Network,
    size: int,
    tile: int,
    lattice: int,
    halo: tuple[int, int],
    starts: list[int],
    inner: tuple[int, int],
) -> None:
    plan = plan_tiles(network, [size], [tile])
    assert plan.exact
    assert (plan.lattice, plan.halo, begins(plan), plan.axes[0].inner) == ((lattice,), (halo,), starts, (inner,))
    assert wrong(network, plan) == {}


def test_tiles_in_three_dimensions_and_along_some_axes() -> None:
    network = unet(1, dims=3)
    plan = plan_tiles(network, [12, 40, 16], [12, 30, 16])
    assert (plan.exact, plan.count, [len(axis.pieces) for axis in plan.axes]) == (True, 2, [1, 2, 1])
    both = plan_tiles(unet(1, dims=2), [44, 40], [32, 30])
    assert both.exact
    assert both.count == 4
    assert wrong(unet(1, dims=2), both) == {}


def test_what_is_global_along_one_axis_can_be_tiled_along_the_other() -> None:
    attention = Node(name="rows", op="attention", reads=(IDENTITY, Whole()), inputs=("c",))
    network = assemble([conv("c", kernel=3), attention, conv("d", kernel=3)])
    assert plan_tiles(network, [32, 32], [16, 32]).exact
    assert next(iter(plan_tiles(network, [32, 32], [16, 32]))).keep == (slice(0, 14), slice(None))
    assert {why.kind for why in plan_tiles(network, [32, 32], [16, 16]).why_not} == {"global"}


def test_several_outputs_have_one_grid() -> None:
    network = replace(unet(2), outputs=("bottomb", "back0b"))
    plan = plan_tiles(network, [128], [72])
    assert plan.exact
    assert set(next(iter(plan)).keeps) == {"bottomb", "back0b"}
    assert plan.output_sizes == {"bottomb": (32,), "back0b": (128,)}
    assert wrong(network, plan) == {}


def test_an_image_that_fits_in_one_tile_is_not_cut() -> None:
    plan = plan_tiles(assemble([conv(3), Node(name="g", op="attention", reads=(Whole(),) * 2, inputs=())]), [9], [16])
    assert (plan.exact, plan.count) == (True, 1)  # the whole equals the whole
    plan = plan_tiles(chain([1]), [9], [16])
    assert (plan.exact, plan.count, plan.waste) == (True, 1, 0)


def _beside(node: Node) -> Network:
    """A convolution, and a layer behind it that is merged with it."""
    return assemble([conv("c", kernel=3, dims=1), node, merge(["c", node.name], dims=1)])


REFUSED: dict[str, tuple[Callable[[], Network], int, int, str, str, int]] = {
    "global": (
        lambda: _beside(Node(name="se", op="global", reads=(Whole(),), inputs=("c",))),
        64, 32, "global", "se reads the whole map", 1,
    ),
    "two behind each other": (
        lambda: assemble([conv("c", kernel=3, dims=1), Node(name="g", op="attention", reads=(Whole(),), inputs=("c",)),
                          merge("m", ["c", "g"], dims=1), Node(name="h", op="norm", reads=(Whole(),), inputs=("m",)),
                          merge("n", ["m", "h"], dims=1)]),
        64, 32, "global", "g reads the whole map", 2,
    ),
    "recurrence": (
        lambda: _beside(Node(name="l", op="lstm", reads=(Whole(ahead=False),), inputs=("c",))),
        64, 32, "global", "l carries a state", 0,
    ),
    "unknown": (
        lambda: _beside(Node(name="u", op="odd", reads=(Unknown(),), inputs=("c",), why="odd")),
        64, 32, "unknown", "what u (odd) reads is not known", 0,
    ),
    "data": (
        lambda: assemble([replace(conv("d", kernel=3, dims=1), data_dependent=True, inputs=("input",))]),
        64, 32, "data", "where d", 0,
    ),
    "circular": (
        lambda: assemble([replace(conv("c", kernel=7, dims=1), padding_mode="circular", inputs=("input",))]),
        64, 32, "padding", "c pads with the other side", 0,
    ),
    "bins": (
        lambda: assemble([conv("c", kernel=3, dims=1), Node(name="p", op="pool", reads=(Adaptive(6),), inputs=("c",)),
                          resize("r", size=96, dims=1), merge(["c", "r"], dims=1)]),
        96, 48, "size", "the network does not take a tile of 48", 0,
    ),
    "corners": (
        lambda: assemble([resize("r", scale=8, mode="linear", align_corners=True, dims=1)]),
        32, 16, "size", "r samples by 31/255 in the image and 15/127 in a tile", 0,
    ),
    "image": (lambda: unet(2), 50, 24, "size", "the network does not take 50: it takes 48 or 52", 0),
    "small tile": (lambda: unet(4), 1024, 176, "small", "a tile of 176 keeps too little to go on: 94 + 94 are halo", 0),
    "no tile on the grid": (lambda: unet(4), 1024, 12, "small", "no tile of at most 12", 0),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_are_named(case: str) -> None:
    make, size, tile, kind, message, passes = REFUSED[case]
    network = make()
    plan = plan_tiles(network, [size], [tile])
    assert not plan.exact
    assert (plan.why_not[0].kind, plan.passes) == (kind, passes)
    assert plan.why_not[0].message.startswith(message)
    assert plan.why_not[0].do
    with pytest.raises(RfscopeError, match="tiles would not equal the whole"):
        iter(plan)


def test_passes_are_those_of_the_longest_chain() -> None:
    """Three operations, of which two lie behind each other; what is global along the other axis counts if it is cut."""

    def reads_all(name: str, after: str, across: bool = True) -> Node:
        return Node(name=name, op="attention", reads=(Whole(), Whole() if across else IDENTITY), inputs=(after,))

    nodes = [conv("c", kernel=3), reads_all("a", "c"), merge("m", ["c", "a"]), reads_all("b", "m"), reads_all("d", "c"),
             merge("e", ["m", "b", "d"])]  # fmt: skip
    network = assemble(nodes)
    assert plan_tiles(network, [32, 32], [16, 16]).passes == 2
    assert plan_tiles(network, [32, 32], [32, 32]).passes == 0
    columns = assemble([conv("c", kernel=3), reads_all("a", "c", across=False), merge("m", ["c", "a"])])
    assert [plan_tiles(columns, [32, 32], tile).passes for tile in ([16, 32], [32, 16])] == [1, 0]


def test_what_a_refusal_says_to_do_helps() -> None:
    assert "204" not in plan_tiles(unet(4), [1024], [176]).why_not[0].do
    assert plan_tiles(unet(4), [1024], [176]).why_not[0].do == "take 208 or more"
    assert plan_tiles(unet(4), [1024], [208]).exact
    why = plan_tiles(unet(4), [1024], [500], equal=True).why_not[0]
    assert (why.kind, why.do) == ("offset", "take 496, or an image of 1028")
    aligned = assemble([resize("r", scale=8, mode="linear", align_corners=True, dims=1)])
    assert not plan_tiles(aligned, [32], [16]).exact


def test_inexact_tiles_are_made_when_they_are_asked_for() -> None:
    network = REFUSED["global"][0]()
    plan = plan_tiles(network, [64], [32], allow_inexact=True)
    assert not plan.exact
    assert [tile.write for tile in plan] == [(slice(0, 31),), (slice(31, 61),), (slice(61, 64),)]
    assert wrong(network, plan)


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([(Fraction(1), Fraction(0))], (0, 1)),
        ([(Fraction(2), Fraction(1)), (Fraction(4), Fraction(3))], (3, 4)),
        ([(Fraction(2), Fraction(1)), (Fraction(4), Fraction(0))], (0, None)),
        ([(Fraction(2, 3), Fraction(0)), (Fraction(3), Fraction(0))], (0, 6)),
        ([(Fraction(2), Fraction(1, 2))], (0, None)),
        ([(Fraction(0), Fraction(0))], (0, None)),
    ],
)
def test_grids_in_common(steps: list[tuple[Fraction, Fraction]], found: tuple[int, int | None]) -> None:
    assert lattice_of(steps) == found
    if found[1] is not None:  # by going through them
        hits = [at for at in range(60) if all(((at - shift) / scale).denominator == 1 for scale, shift in steps)]
        assert hits == list(range(found[0], 60, found[1]))


@pytest.mark.parametrize(("size", "tile"), [((0,), (4,)), ((9, 9), (4,)), ((9,), (0,)), ((9,), (4, 4))])
def test_bad_sizes(size: tuple[int, ...], tile: tuple[int, ...]) -> None:
    with pytest.raises(RfscopeError):
        plan_tiles(chain([1], dims=1), size, tile)


def test_work_is_counted() -> None:
    plan = plan_tiles(chain([1, 1], dims=2), [40, 40], [20, 40])
    assert plan.computed == pytest.approx(plan.count * 20 / 40)
    assert plan.multiply_adds is None
    nodes = [replace(node, in_channels=2, out_channels=2) for node in chain([1, 1], dims=2).nodes]
    counted = plan_tiles(assemble(nodes), [40, 40], [20, 40])
    assert counted.multiply_adds == (2 * 36 * 1600, counted.count * 2 * 36 * 800)
    assert prod(counted.tile) == 800


@pytest.mark.parametrize(
    ("size", "most", "lattice", "found"), [(5000, 512, 16, 504), (100, 512, 16, 100), (20, 3, 16, None)]
)
def test_the_largest_tile(size: int, most: int, lattice: int, found: int | None) -> None:
    assert largest_tile(size, most, lattice) == found


def test_a_tile_that_begins_elsewhere_or_whose_branches_lie_apart() -> None:
    """What comes of a tile that a plan would not choose: each reason by its name."""
    same = assemble([conv("a", kernel=3, stride=2, padding="same", dims=1),
                     conv("b", kernel=3, stride=2, padding="same", dims=1)])  # fmt: skip
    whole = along(same, 0, 129)
    (why,) = tile_axis(whole, along(same, 0, 64), ["b"])[1]
    assert (why.kind, why.message) == ("offset", "tiles of 64 would begin at 1 + 4k: the first could not begin at 0")
    assert why.do == "take 65 (129 modulo 4)"
    assert tile_axis(whole, along(same, 0, 65), ["b"])[1] == ()
    (why,) = tile_axis(whole, along(assemble([same.nodes[0]]), 0, 64), ["b"])[1]
    assert (why.kind, why.node) == ("size", "b")
    assert why.message == "the module does something else at 64: layers differ at b"


BUDGETS = [  # of a U-Net with 1,536 bytes a pixel: GiB, tile, tiles, work at most
    (1, (880, 736), 49, 1.65),
    (2, (1168, 1152), 20, 1.38),
    (4, (1808, 1472), 9, 1.24),
    (8, (2608, 2096), 4, 1.11),
    (16, (2608, 4000), 2, 1.05),
]


@pytest.mark.parametrize(("gib", "tile", "count", "work"), BUDGETS, ids=str)
def test_the_best_tile_for_a_budget(gib: int, tile: tuple[int, int], count: int, work: float) -> None:
    """It fits, its plan has as many tiles, and no square and no rectangle of the lattice takes less work."""
    size, network, most = (5008, 4000), unet(4, dims=2), Fraction(gib * 2**30, 1536)
    axes = [choices(length, 16, Fraction(188)) for length in size]
    assert best_tile(axes, most) == tile
    assert prod(tile) <= most
    plan = plan_tiles(network, size, tile)
    assert (plan.exact, plan.tile, plan.count) == (True, tile, count)
    assert plan.computed == pytest.approx(count * prod(tile) / prod(size))
    assert (plan.computed or 2) <= work

    def tiles(length: int, one: int) -> int:
        return 1 if one >= length else 1 - -(length - one) // ((one - 188) // 16 * 16)

    sides = [[*range(208 + (length - 208) % 16, length, 64), length] for length in size]
    least = min(prod(map(tiles, size, one)) * prod(one) for one in product(*sides) if prod(one) <= most)
    assert count * prod(tile) <= least

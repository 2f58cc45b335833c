"""Run a network by brute force, whole and by a plan, and compare every output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import product
from random import Random

from rfscope.exact.tiling import Plan, Slices
from rfscope.network.graph import Network
from tests import oracle


def image_of(size: oracle.Position, seed: int = 0) -> dict[oracle.Position, int]:
    """An image whose values all differ."""
    return {place: hash((seed, place)) for place in product(*map(range, size))}


def box(slices: Slices) -> list[oracle.Position]:
    return list(product(*(range(one.start, one.stop) for one in slices)))


def wrong(network: Network, plan: Plan, at: Callable[[tuple[int, ...]], Network] | None = None) -> Mapping[str, int]:
    """Per output how many of its positions are not written exactly once with the value that the whole has."""
    image = image_of(plan.input)
    whole = oracle.run(network, image)
    cut = at(plan.tile) if at else network
    written = {name: Counter[oracle.Position]() for name in plan.outputs}
    differ = dict.fromkeys(plan.outputs, 0)
    for tile in plan:
        corner = tuple(one.start for one in tile.read)
        part = {tuple(a - b for a, b in zip(place, corner, strict=True)): image[place] for place in box(tile.read)}
        maps = oracle.run(cut, part)
        for name in plan.outputs:
            for keep, write in zip(box(tile.keeps[name]), box(tile.writes[name]), strict=True):
                written[name][write] += 1
                differ[name] += maps[name][keep] != whole[name].get(write)
    for name in plan.outputs:
        differ[name] += sum(written[name][place] != 1 for place in whole[name])
        differ[name] += sum(place not in whole[name] for place in written[name])
    return {name: count for name, count in differ.items() if count}


def random_sizes(random: Random, network: Network, longest: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """An image and a tile."""
    image = tuple(random.randint(longest // 3, longest) for _ in range(network.dims))
    return image, tuple(random.randint(1, size) if random.random() < 0.9 else size for size in image)

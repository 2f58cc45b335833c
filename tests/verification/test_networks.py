"""Whole networks: branches, phases, inputs of a given size, many paths; and random ones of every kind."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from rfscope import limits
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact.analysis import analyze
from rfscope.exact.dense_counts import DenseCounts
from rfscope.exact.output import Output
from rfscope.network.build import assemble, conv
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Padding, Read, Resize, Table, TransposedWindow, Whole, Window
from rfscope.verification import Difference, check, verify, verify_claim
from rfscope.verification.canvas import a_period_further, make_canvas, positions
from rfscope.verification.residues import EXACT, moduli
from tests.verification.networks import node, random_case

MANY = int(os.environ.get("RFSCOPE_VERIFY", "60"))
"""Random networks verified in one run of the tests."""

SMALL = {"verify-cells": 2**15, "cells": 2**22}
"""Keeps random networks to some milliseconds each; few are above it."""


def unet(levels: int, dims: int) -> Network:
    """Convolutions without padding, skips cropped: as published."""
    nodes, skips, last, crop = [], [], "input", 4

    def double(name: str) -> None:
        nonlocal last
        for half in "ab":
            nodes.append(conv(f"{name}{half}", padding=(0, 0), dims=dims, inputs=[last]))
            last = f"{name}{half}"

    for level in range(levels):
        double(f"down{level}.")
        skips.append(last)
        last = f"pool{level}"
        nodes.append(node(last, *[Window(kernel=2, stride=2)] * dims, inputs=[skips[-1]]))
    double("middle.")
    for level in reversed(range(levels)):
        up, cut = f"up{level}", f"crop{level}"
        nodes.append(node(up, *[TransposedWindow(kernel=2, stride=2)] * dims, inputs=[last]))
        nodes.append(node(cut, *[Window(padding=(-crop, -crop))] * dims, inputs=[skips[level]]))
        last = f"concat{level}"
        nodes.append(node(last, *[Window()] * dims, inputs=[up, cut]))
        double(f"up{level}.")
        crop = 2 * crop + 8
    return assemble("unet", nodes)


def residual(blocks: Sequence[int], dims: int) -> Network:
    """Residual blocks of two convolutions; a block above 1 is strided, its shortcut a strided 1x1."""
    nodes: list[Node] = [conv("stem", kernel=7, stride=2, padding=(3, 3), dims=dims)]
    for number, stride in enumerate(blocks):
        last, name = nodes[-1].name, f"block{number}"
        nodes.append(conv(f"{name}.conv1", stride=stride, padding=(1, 1), dims=dims, inputs=[last]))
        nodes.append(conv(f"{name}.conv2", dims=dims))
        nodes.append(conv(f"{name}.short", kernel=1, stride=stride, padding=(0, 0), dims=dims, inputs=[last]))
        nodes.append(node(f"{name}.add", *[Window()] * dims, inputs=[f"{name}.conv2", f"{name}.short"]))
    return assemble("residual", nodes)


def aspp(rates: Sequence[int]) -> Network:
    """A convolution, then parallel branches and image pooling, then a convolution."""
    branches = [conv(f"rate{rate}", dilation=rate, inputs=["stem"]) for rate in rates]
    pooled = node("image", Whole(), Whole(), inputs=["stem"])
    joined = node("concat", Window(), Window(), inputs=["stem", *(node.name for node in branches), "image"])
    return assemble("aspp", [conv("stem"), *branches, pooled, joined, conv("head")])


def transposed(size: int) -> Network:
    up = node("up", *[TransposedWindow(kernel=4, stride=2, padding=(1, 1))] * size)
    first = conv("c1", stride=2, padding=(1, 1), dims=size)
    return assemble("up", [first, conv("c2", dims=size), up, conv("c3", dims=size)])


@pytest.mark.parametrize(
    ("network", "size"),
    [
        pytest.param(unet(1, 3), (20, 22, 24), id="U-Net in 3-D"),
        pytest.param(unet(3, 1), (108,), id="U-Net of 3 levels"),
        pytest.param(unet(2, 2), (52, 60), id="U-Net in 2-D"),
        pytest.param(residual([1, 2, 1, 2], 2), (30, 41), id="residual"),
        pytest.param(aspp([6, 12, 18]), (33, 40), id="ASPP"),
        pytest.param(transposed(2), (17, 20), id="down and up"),
        pytest.param(
            assemble("parity", [conv("a", kernel=2), conv("b", inputs=["input"]), conv("c", inputs=["a", "b"])]),
            (9, 9),
            id="branches of different parity",
        ),
        pytest.param(
            assemble("twice", [conv("a"), node("sum", Window(), Window(), inputs=["a", "a", "input"])]),
            (5, 6),
            id="one map read twice",
        ),
    ],
)
def test_network(network: Network, size: tuple[int, ...]) -> None:
    found = verify(analyze(network), device="cpu")
    assert found.equal, found.first_difference
    for place in (None, (0,) * network.dims, (1,) * network.dims):
        found = verify(analyze(network, input=size, position=place), device="cpu")
        assert found.equal, found.first_difference


@pytest.mark.parametrize("position", [(0, 0), (1, 3), (-1, 2), (50, 7)])
def test_any_phase_may_be_asked_for(position: tuple[int, int]) -> None:
    analysis = analyze(unet(1, 2), position=position)
    assert analysis.output.axes[0].period == 2
    found = verify(analysis, device="cpu")
    assert found.equal, found.first_difference
    assert found.phases == 4 + 3


def test_same_padding_with_a_size() -> None:
    nodes = [conv("c1", stride=2), conv("c2", kernel=4, stride=3, padding="same_lower"), conv("c3", dilation=2)]
    for length in range(7, 19):
        found = verify(analyze(assemble("same", nodes), input=(length, length + 3)), device="cpu")
        assert found.equal, found.first_difference


def test_paths_beyond_float64_in_a_graph() -> None:
    analysis = analyze(residual([1] * 30, 1))
    assert analysis.output.counts.max > 2**62
    found = verify(analysis, device="cpu")
    assert found.equal, found.first_difference
    assert len(found.moduli) >= 3
    counts = analysis.output.counts
    assert isinstance(counts, DenseCounts)
    assert counts.map().dtype == object
    counts.planes[0, counts.size[0] // 2] += 1
    found = verify_claim(analysis.network, [analysis.output], device="cpu")
    assert isinstance(found.first_difference, Difference)
    assert found.first_difference.modulus == found.moduli[0]
    assert (found.first_difference.predicted - found.first_difference.measured) % found.moduli[0] == 1


def test_random_networks() -> None:
    """Of every kind: the numbers below say that none is missing from those that were verified."""
    kinds: Counter[object] = Counter()
    for seed in range(MANY):
        case = random_case(seed)
        with limits.raised(SMALL):
            try:
                found = verify(case.analysis, device="cpu")
            except LimitError:
                kinds["too large"] += 1
                continue
        assert found.equal, (seed, str(found.first_difference))
        kinds.update({type(read) for layer in case.network.nodes for read in layer.reads})
        kinds.update([case.network.dims, "bounded" if case.network.input else "unbounded"])
        kinds["branches"] += not case.network.is_chain
    assert kinds["too large"] <= MANY // 10
    wanted = (Window, TransposedWindow, Table, Resize, Whole, 1, 2, 3, "bounded", "unbounded", "branches")
    assert min(kinds[kind] for kind in wanted) >= MANY // 20, kinds


def test_random_networks_by_residues(monkeypatch: pytest.MonkeyPatch) -> None:
    """Residues are used where paths are many; here they are used although paths are few."""
    monkeypatch.setattr(check, "moduli", lambda largest, added: moduli(max(largest, EXACT), added))
    verified = 0
    for seed in range(MANY // 3):
        with limits.raised(SMALL), contextlib.suppress(LimitError):
            found = verify(random_case(seed).analysis, device="cpu")
            assert found.equal, (seed, str(found.first_difference))
            assert len(found.moduli) == 3
            verified += 1
    assert verified >= MANY // 4


# Wrong networks


def claim_of(one: Network, for_other: Network, size: tuple[int, ...] | None) -> bool:
    """Whether the analysis of one network is borne out by another."""
    other = for_other if size is None else replace(for_other, input=size)
    output = analyze(one, input=size).output
    claims = [replace(output, position=place) for place in positions(output)]
    return verify_claim(other, claims, device="cpu").equal


def around(read: Read, *, before: Padding = (1, 1), skip: bool = True) -> Network:
    """A layer in the middle of a network, with a path around it where sizes allow it."""
    nodes = [conv("c1", padding=before, dims=1), node("op", read), conv("c2", dims=1, dilation=2)]
    if skip:
        nodes.append(node("sum", Window(), inputs=["c2", "op"]))
    return assemble("net", nodes)


def merged(*inputs: str, gate: Read = Window(), dilation: int = 1) -> Network:  # noqa: B008
    nodes = [conv("a", dims=1), conv("b", dims=1, dilation=2), node("gate", gate, inputs=["a"])]
    return assemble("net", [*nodes, node("sum", Window(dilation=dilation), inputs=inputs)])


@pytest.mark.parametrize(
    ("claimed", "built"),
    [
        pytest.param(around(Window(kernel=3, stride=2)), around(Window(kernel=3, stride=1)), id="stride"),
        pytest.param(around(Window(kernel=2, dilation=2)), around(Window(kernel=2, dilation=1)), id="dilation"),
        pytest.param(around(Window(padding=(-2, 0))), around(Window(padding=(-1, 0))), id="crop"),
        pytest.param(around(Window(padding=(-2, 0))), around(Window(padding=(2, 0))), id="pad for crop"),
        pytest.param(
            around(TransposedWindow(kernel=3, stride=2)), around(TransposedWindow(kernel=2, stride=2)), id="up: kernel"
        ),
        pytest.param(
            around(TransposedWindow(kernel=3, stride=2)), around(TransposedWindow(kernel=3, stride=3)), id="up: stride"
        ),
        pytest.param(
            around(TransposedWindow(kernel=3, stride=2)),
            around(TransposedWindow(kernel=3, stride=2, dilation=3)),
            id="up: dilation",
        ),
        pytest.param(
            around(TransposedWindow(kernel=3, stride=2, padding=(1, 0))),
            around(TransposedWindow(kernel=3, stride=2, padding=(0, 1))),
            id="up: crop",
        ),
        pytest.param(around(Resize(size=9)), around(Resize(size=8)), id="resize: size"),
        pytest.param(around(Resize(size=9)), around(Resize(size=9, mode="linear")), id="resize: mode"),
        pytest.param(
            around(Resize(size=9, mode="linear")), around(Resize(size=9, mode="cubic")), id="resize: linear for cubic"
        ),
        pytest.param(
            around(Resize(size=9, mode="linear")),
            around(Resize(size=9, mode="linear", align_corners=True)),
            id="resize: corners",
        ),
        pytest.param(
            around(Table(starts=(0, 2), stops=(3, 4), shift=4)),
            around(Table(starts=(0, 2), stops=(3, 5), shift=4)),
            id="table: range",
        ),
        pytest.param(
            around(Table(starts=(0, 2), stops=(3, 4), shift=4)),
            around(Table(starts=(0, 2), stops=(3, 4), shift=3)),
            id="table: shift",
        ),
        pytest.param(merged("a", "b", "gate"), merged("a", "b"), id="missing branch"),
        pytest.param(merged("a", "b"), merged("a", "b", "gate"), id="one branch more"),
        pytest.param(merged("a", "b", "b"), merged("a", "b"), id="branch read once"),
        pytest.param(merged("a", "b", "gate", gate=Whole()), merged("a", "b", "gate"), id="global"),
        pytest.param(merged("a", "b", "gate"), merged("a", "b", "gate", gate=Whole()), id="not global"),
        pytest.param(merged("a", "b", "input"), merged("a", "b", "a"), id="shortcut from elsewhere"),
    ],
)
def test_the_claim_of_another_network_is_caught(claimed: Network, built: Network) -> None:
    resized = any(isinstance(layer.reads[0], Resize) for layer in claimed.nodes)
    for size in [(12,)] if resized else [None, (12,)]:  # resizing to a size needs one
        assert claim_of(claimed, claimed, size)
        assert claim_of(built, built, size)
        assert not claim_of(claimed, built, size)


@pytest.mark.parametrize(
    ("claimed", "built"),
    [
        pytest.param(around(Window(kernel=4), before="same"), around(Window(kernel=4), before="same_lower"), id="same"),
        pytest.param(
            around(Window(kernel=2, stride=2, padding=(1, 0))), around(Window(kernel=2, stride=2)), id="padding"
        ),
    ],
)
def test_a_wrong_border_is_caught(claimed: Network, built: Network) -> None:
    nodes = (replace(claimed.nodes[0], reads=(Window(kernel=3, stride=2, padding="same"),)), *claimed.nodes[1:])
    claimed = replace(claimed, nodes=nodes)
    assert claim_of(claimed, claimed, (12,))
    assert not claim_of(claimed, built, (12,))


def test_clipping_at_the_input_alone_is_not_enough() -> None:
    """Positions outside a map on the way are not there either: a field cut to the image counts too many paths."""
    network = assemble("net", [conv("c1", dims=1), conv("c2", dims=1)])
    free, real = analyze(network, position=(0,)).output, analyze(network, input=(8,), position=(0,)).output
    assert [count for at, count in enumerate(free.counts.map(), start=-2) if at >= 0] == [3, 2, 1]
    assert list(real.counts.map()) == [2, 2, 1]
    bounded = replace(network, input=(8,))
    assert verify_claim(bounded, [real], device="cpu").equal
    assert not verify_claim(bounded, [free], device="cpu").equal


def changed(network: Network, random: Random) -> Network:
    """The network with one number of one layer changed."""
    place = random.randrange(len(network.nodes))
    layer = network.nodes[place]
    axis = random.randrange(network.dims)
    read = layer.reads[axis]
    if isinstance(read, Window | TransposedWindow):
        name = random.choice(["kernel", "stride", "dilation"])
        other: Read = replace(read, **{name: getattr(read, name) + 1})
    elif isinstance(read, Table):
        other = replace(read, stops=(read.stops[0] + 1, *read.stops[1:]))
    elif isinstance(read, Resize):
        other = replace(read, mode="linear" if read.mode == "nearest" else "nearest")
    else:
        other = Window()
    reads = (*layer.reads[:axis], other, *layer.reads[axis + 1 :])
    return replace(network, nodes=(*network.nodes[:place], replace(layer, reads=reads), *network.nodes[place + 1 :]))


def sees(output: Output, place: tuple[int, ...]) -> object:
    """What an output sees, anywhere."""
    here = replace(output, position=place)
    return (here.first, here.counts.map().tolist()) if here.counts.max else None


def test_a_change_of_any_one_number_is_caught() -> None:
    """A claim holds for a changed network if, and only if, the change makes no difference to what is claimed."""
    tried, same = 0, 0
    for seed in range(MANY):
        case, random = random_case(seed), Random(seed)  # noqa: S311
        right = case.analysis.output
        periods = [field.period for field in right.axes]
        with limits.raised(SMALL):
            try:
                wrong = analyze(changed(case.network, random), position=right.position).output
                places = (
                    [right.position] if right.sizes else [right.position, *a_period_further(right.position, periods)]
                )
                canvas = make_canvas(wrong.network, places, periods)
                alike = all(sees(right, place) == sees(wrong, place) for place in canvas.outputs)
                found = verify_claim(wrong.network, [right], device="cpu")
            except RfscopeError:
                continue  # it fits together no longer
        assert found.equal == alike, seed
        tried, same = tried + 1, same + alike
    assert tried >= MANY // 3
    assert same < tried

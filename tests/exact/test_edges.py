"""Edges where a number was once wrong and not marked: starts without a size, maps that fit no pattern, padding."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

import pytest

from rfscope.errors import NetworkError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.fields import AllGlobal
from rfscope.text.as_json import analysis_data
from rfscope.text.words import sentences
from tests.exact.dags import read

STRIDED = {"op": "conv", "kernel": 3, "stride": 2, "padding": "same", "name": "s"}


def conv(name: str, source: str, *padding: int, **keys: Any) -> dict[str, Any]:
    return {"op": "conv", "kernel": 3, "padding": [list(padding)], "name": name, "inputs": [source], **keys}


def add(*names: str) -> dict[str, Any]:
    return {"op": "add", "name": "sum", "inputs": list(names)}


def network(layers: Iterable[dict[str, Any]], size: int | None = None, **keys: Any) -> Analysis:
    spec: dict[str, Any] = {"rfscope": 1, "dims": 1, "layers": list(layers), **keys}
    return analyze(read(spec if size is None else spec | {"input": [size]}))


BRANCHES = [STRIDED, conv("a", "s", 0, 2), conv("b", "s", 2, 0), add("a", "b")]


def test_branches_behind_one_layer_of_unknown_padding_are_moved_alike() -> None:
    [field] = network(BRANCHES).output.axes
    assert (field.size, field.start, field.lower_bound) == (11, None, False)
    for size in (40, 41):
        assert [field.size for field in network(BRANCHES, size).output.axes] == [11]


def test_a_shortcut_within_the_other_branch_is_no_lower_bound() -> None:
    shortcut = {"op": "conv", "kernel": 1, "stride": 2, "padding": "same", "name": "short", "inputs": ["input"]}
    [field] = network([STRIDED, shortcut, add("s", "short")]).output.axes
    assert (field.size, field.start, field.lower_bound) == (3, None, False)


def test_branches_behind_different_layers_of_unknown_padding_are_a_lower_bound() -> None:
    other = {**STRIDED, "kernel": 4, "name": "t", "inputs": ["input"]}
    found = network([STRIDED, other, conv("a", "s", 0, 2), conv("b", "t", 2, 0), add("a", "b")])
    [field] = found.output.axes
    assert (field.size, field.lower_bound) == (8, True)
    assert "sees at least 8 samples" in " ".join(sentences(found))


def same_network(random: Random) -> list[dict[str, Any]]:
    """Layers with SAME padding and strides, some of them side by side and padded differently, and their sums."""
    layers, last, number = list[dict[str, Any]](), "input", 0

    def window(source: str, stride: int) -> str:
        nonlocal number
        number += 1
        total = random.choice((1, 2, 3)) * 2
        name = f"n{number}"
        same = random.random() < 0.5 or stride > 1
        before = random.randint(0, total)
        padding = random.choice(("same", "same_lower")) if same else [[before, total - before]]
        one = {"kernel": total // 2 + 1, "dilation": 2, "stride": stride, "padding": padding}
        layers.append({"op": "conv", "name": name, "inputs": [source], **one})
        return name

    for _ in range(random.randint(1, 3)):
        stride = random.choice((1, 2, 3))
        apart = random.random() < 0.5
        last = last if apart else window(last, stride)
        ends = [window(last, stride if apart else 1) for _ in range(random.randint(1, 2))]
        if random.random() < 0.5:
            ends = [window(end, 1) for end in ends]
        if len(ends) > 1:
            number += 1
            layers.append({"op": "add", "name": f"n{number}", "inputs": ends})
        last = layers[-1]["name"]
    return layers


def sizes(found: Analysis) -> dict[str, tuple[int | None, bool]]:
    local = {name: seen for name, seen in found.fields.items() if not isinstance(seen, AllGlobal)}
    return {name: (seen[0].size, seen[0].lower_bound) for name, seen in local.items()}


def test_without_a_size_same_padding_gives_the_size_at_any_size_or_a_lower_bound() -> None:
    marked = exact = 0
    for seed in range(150):
        layers = same_network(Random(seed))  # noqa: S311 (a repeatable sample)
        known = sizes(network(layers))
        at = [sizes(network(layers, length)) for length in (240, 241, 242, 243, 719)]
        for name, (size, lower_bound) in known.items():
            true = {found[name][0] for found in at}
            marked, exact = marked + lower_bound, exact + (not lower_bound)
            assert size is not None
            assert (max(filter(None, true)) >= size) if lower_bound else true == {size}, (seed, name, layers)
    assert exact > 5 * marked > 0


UNET: list[dict[str, Any]] = [
    conv("a", "input", 1, 1),
    conv("down", "a", 1, 1, stride=2),
    conv("b", "down", 1, 1),
    {"op": "resize", "size": 13, "mode": "linear", "name": "up"},
    {"op": "concat", "name": "both", "inputs": ["a", "up"]},
]


def test_a_field_within_the_maps_of_one_input_says_so() -> None:
    found = network(UNET, 13)
    [axis] = analysis_data(found)["outputs"][0]["axes"]
    assert axis["bounded"] is True
    assert "within the maps of this input" in " ".join(sentences(found))
    even = network([*UNET[:3], {**UNET[3], "size": 14}, UNET[4]], 14)
    assert analysis_data(even)["outputs"][0]["axes"][0]["bounded"] is False
    assert "within the maps" not in " ".join(sentences(even))


@pytest.mark.parametrize("mode", ["linear", "cubic"])
def test_a_map_of_one_sample_is_read_by_all_alike(mode: str) -> None:
    resize = {"op": "resize", "size": 1, "mode": mode, "align_corners": True, "name": "one"}
    output = network([resize, {"op": "conv", "kernel": 5, "padding": 2}], 4).output
    assert output.finite is not None
    assert (output.size, output.axes[0].start, output.finite.halo, output.finite.extent) == (
        (1,), 0, ((0, 0),), ((0, 0),),
    )  # fmt: skip


def test_what_reads_nothing_along_one_axis_has_no_extent_along_the_other() -> None:
    layers: list[dict[str, Any]] = [
        {"op": "conv", "kernel": 3, "padding": [[6, 6], [1, 1]]},
        {"op": "pad", "padding": [[0, -4], [0, 0]]},
    ]
    output = network(layers, dims=2, input=[8, 8]).output
    corner = analyze(output.network, position=(0, 3)).output
    assert corner.finite is not None
    assert (corner.coverage.used, corner.finite.extent, corner.first) == (0, (None, None), (None, None))


@pytest.mark.parametrize(
    ("mode", "padding", "error"),
    [
        ("reflect", 3, None),
        ("reflect", 4, "reflect padding longer than the map .*got 4 on a map of 4, expected at most 3"),
        ("circular", 4, None),
        ("circular", 5, "circular padding longer than the map .*got 5 on a map of 4, expected at most 4"),
        ("replicate", 6, None),
    ],
)
def test_padding_repeats_no_more_than_there_is(mode: str, padding: int, error: str | None) -> None:
    layer = {"op": "conv", "kernel": 3, "padding": padding, "padding_mode": mode}
    if error is None:
        finite = network([layer], 4).output.finite
        assert finite is not None
        assert finite.padding_share == {"conv1": 0.0}
    else:
        with pytest.raises(NetworkError, match=error):
            network([layer], 4)


@pytest.mark.parametrize("mode", ["reflect", "circular", "replicate"])
def test_torch_takes_and_refuses_the_same_paddings(mode: str) -> None:
    torch = pytest.importorskip("torch")
    for padding in range(1, 8):
        layer = {"op": "conv", "kernel": 3, "padding": padding, "padding_mode": mode}
        try:
            torch.nn.functional.pad(torch.zeros(1, 1, 4), (padding, padding), mode=mode)
            theirs = True
        except RuntimeError:
            theirs = False
        try:
            network([layer], 4)
            ours = True
        except NetworkError:
            ours = False
        assert ours == theirs, padding

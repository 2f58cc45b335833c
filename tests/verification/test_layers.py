"""Every kind of layer, on an unbounded grid and on inputs of a given size, and beside torch's own layers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from rfscope.exact.analysis import analyze
from rfscope.network.build import assemble, conv
from rfscope.network.graph import Network
from rfscope.network.reads import Read, Resize, Table, TransposedWindow, Whole, Window
from rfscope.network.sizes import adaptive, output_size, settled
from rfscope.verification import verify
from tests.verification.networks import MODES, Mode, node, one

FRACTIONS = [Fraction(2), Fraction(3), Fraction(1, 2), Fraction(2, 3), Fraction(3, 2), Fraction(7, 5), Fraction(1, 4)]

READS = {
    "transposed": TransposedWindow(kernel=3, stride=2, padding=(1, 1)),
    "transposed, kernel below stride": TransposedWindow(kernel=2, stride=3),
    "transposed, kernel 1": TransposedWindow(kernel=1, stride=2),
    "transposed, dilated": TransposedWindow(kernel=3, stride=2, dilation=3, padding=(2, 1)),
    "transposed, rate and stride share a factor": TransposedWindow(kernel=4, stride=4, dilation=2),
    "transposed, output padding": TransposedWindow(kernel=3, stride=2, padding=(1, 1), output_padding=1),
    "transposed, output padding as torch has none": TransposedWindow(kernel=3, stride=2, output_padding=5),
    "transposed, zeros added": TransposedWindow(kernel=2, stride=2, padding=(-3, -1)),
    "transposed, cropped": TransposedWindow(kernel=4, stride=2, padding=(3, 0)),
    "transposed, same": TransposedWindow(kernel=5, stride=2, padding="same"),
    "transposed, same, kernel below stride": TransposedWindow(kernel=1, stride=3, padding="same"),
    "pixel shuffle": TransposedWindow(kernel=3, stride=3),
    "pixel unshuffle": Window(kernel=3, stride=3),
    "crop": Window(padding=(-2, -1)),
    "pad": Window(padding=(2, 3)),
    "table": Table(starts=(-1, 0, 3), stops=(2, 1, 5), shift=4),
    "table with nothing in it": Table(starts=(0, 2), stops=(0, 4), shift=2),
    "table running backwards": Table(starts=(3, 0), stops=(5, 1), shift=1),
    **{
        f"{mode} by {scale}": Resize(mode=mode, scale=scale) for mode, scale in product(MODES, FRACTIONS)
    },
}  # fmt: skip


def between(read: Read, dims: int) -> Network:
    """The layer between two convolutions."""
    return assemble("net", [conv("c1", dims=dims), node("op", *[read] * dims), conv("c2", kernel=2, dims=dims)])


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
def test_layer(read: Read, dims: int) -> None:
    found = verify(analyze(between(read, dims)), device="cpu")
    assert found.equal, found.first_difference


BOUNDED = {
    **READS,
    "same, strided": Window(kernel=3, stride=2, padding="same"),
    "same_lower, strided": Window(kernel=4, stride=3, padding="same_lower"),
    "ceil mode": Window(kernel=2, stride=2, padding=(1, 0), ceil_mode=True),
    "ceil mode, kernel below stride": Window(kernel=1, stride=4, ceil_mode=True),
    "all crop": Window(kernel=2, padding=(-30, 40)),
    "all padding": Window(kernel=2, padding=(40, -30)),
    "nothing but padding": Window(kernel=2, dilation=60, padding=(50, 50)),
    **{f"{mode} to {size}": Resize(mode=mode, size=size) for mode in MODES for size in (1, 7, 19)},
    **{
        f"{mode}, corners, to {n}": Resize(mode=mode, size=n, align_corners=True)
        for mode in MODES[1:]
        for n in (1, 7, 19)
    },
}


@pytest.mark.parametrize("read", BOUNDED.values(), ids=BOUNDED.keys())
@pytest.mark.parametrize("length", [11, 12])
def test_layer_at_every_place_of_an_input(read: Read, length: int) -> None:
    network = between(read, 1)
    analysis = analyze(network, input=(length,))
    assert analysis.sizes is not None
    (outputs,) = analysis.sizes["c2"] or (0,)
    for place in {0, 1, outputs // 2, outputs - 1} & set(range(outputs)):
        found = verify(analyze(network, input=(length,), position=(place,)), device="cpu")
        assert found.equal, found.first_difference


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("length", [5, 9])
@pytest.mark.parametrize("outputs", [1, 2, 3, 7, 12])
def test_adaptive_pooling(length: int, outputs: int, dims: int) -> None:
    found = verify(analyze(between(adaptive(length, outputs), dims), input=(length,) * dims), device="cpu")
    assert found.equal, found.first_difference


@pytest.mark.parametrize(
    "reads",
    [
        pytest.param((Window(kernel=3, dilation=2, padding=(2, 2)), TransposedWindow(kernel=3, stride=2)), id="2-D"),
        pytest.param((Resize(scale=Fraction(1, 2)), Window(kernel=2, stride=2)), id="table and window"),
        pytest.param(
            (Resize(mode="linear", scale=Fraction(3, 2)), TransposedWindow(kernel=2, stride=2), Window(kernel=3)),
            id="3-D, all kinds",
        ),
        pytest.param((Table(starts=(0, 5), stops=(3, 6), shift=3), Resize(scale=Fraction(3))), id="tables"),
    ],
)
def test_axes_may_differ(reads: tuple[Read, ...]) -> None:
    network = one(*reads)
    assert verify(analyze(network), device="cpu").equal
    assert verify(analyze(network, input=(8, 7, 6)[: len(reads)]), device="cpu").equal


def test_a_global_operation_leaves_the_paths_around_it() -> None:
    nodes = [
        conv("c1"),
        node("squeeze", Whole(), Whole()),
        conv("excite"),
        node("gate", Window(), Window(), inputs=["c1", "excite"]),
        conv("c2", dilation=2),
    ]
    network = assemble("gated", nodes)
    for size in (None, (9, 12)):
        analysis = analyze(network, input=size)
        assert verify(analysis, device="cpu").equal
        assert analysis.output.counts.paths > 0


def test_all_outputs_are_verified() -> None:
    nodes = [conv("a", dims=1), conv("b", dims=1, stride=2, padding=(0, 0)), conv("c", dims=1, inputs=["a"])]
    seen: list[tuple[int, int]] = []
    analysis = analyze(assemble("net", nodes, outputs=["b", "c"]))
    found = verify(analysis, device="cpu", progress=lambda done, of: seen.append((done, of)))
    assert found.equal
    assert found.phases == 4
    assert seen == [(done, 12) for done in range(1, 13)]


# What a layer reads and the size of what it makes, beside torch's own layers: from nothing of ours.


def gradient(operation: Any, size: int, dims: int = 1) -> Any:
    """Of every output of a 1-D operation, whether its gradient is not 0 at each input: (outputs, inputs)."""
    import torch

    image = torch.rand(1, 1, *[size] * dims, dtype=torch.float64, requires_grad=True)
    result = operation(image)
    lines = result if dims == 1 else result.sum(dim=-1)
    rows = [
        torch.autograd.grad(lines[0, 0, place], image, retain_graph=True)[0][0, 0] for place in range(lines.shape[2])
    ]
    return torch.stack([row if dims == 1 else row.abs().sum(dim=-1) for row in rows]).abs() > 1e-12


def claimed(read: Read, size: int) -> Any:
    """The same, of what we say that is read."""
    import torch

    table = settled(read, size)
    assert isinstance(table, Table)
    found = torch.zeros(output_size(table, size), size, dtype=torch.bool)
    for place in range(len(found)):
        for at in table.range(place):
            if 0 <= at < size:
                found[place, at] = True
    return found


@pytest.mark.parametrize(
    ("mode", "corners"),
    [("nearest", False), ("linear", False), ("linear", True), ("cubic", False), ("cubic", True)],
)
def test_resizing_reads_what_torch_reads(mode: Mode, corners: bool) -> None:
    import torch
    from torch.nn.functional import interpolate

    names = {"nearest": "nearest", "linear": "linear", "cubic": "bicubic"}
    dims = 2 if mode == "cubic" else 1
    for size, outputs in product((1, 2, 3, 5, 8), (1, 2, 3, 4, 7, 11)):
        read = Resize(mode=mode, size=outputs, align_corners=corners)
        options = {} if mode == "nearest" else {"align_corners": corners}

        def resized(image: Any) -> Any:
            return interpolate(image, size=(outputs,) * dims, mode=names[mode], **options)  # noqa: B023

        assert torch.equal(gradient(resized, size, dims), claimed(read, size)), (size, outputs)


@pytest.mark.parametrize("outputs", range(1, 9))
def test_adaptive_pooling_reads_what_torch_reads(outputs: int) -> None:
    import torch
    from torch.nn.functional import adaptive_avg_pool1d

    for size in range(1, 12):
        ours = claimed(adaptive(size, outputs), size)
        assert torch.equal(gradient(lambda image: adaptive_avg_pool1d(image, outputs), size), ours), size


def test_sizes_are_those_of_torch() -> None:
    import torch
    from torch.nn import functional as f

    for size, kernel, stride, dilation in product((5, 8, 13), (1, 2, 3), (1, 2, 3), (1, 2)):
        image, weight = torch.zeros(1, 1, size), torch.zeros(1, 1, kernel)
        options: dict[str, Any] = {"stride": stride, "padding": kernel // 2, "dilation": dilation}
        numbers: dict[str, Any] = {**options, "kernel": kernel, "padding": (kernel // 2, kernel // 2)}
        assert output_size(Window(**numbers), size) == f.conv1d(image, weight, **options).shape[2]
        pooled = f.max_pool1d(image, kernel, ceil_mode=True, **options)
        assert output_size(Window(ceil_mode=True, **numbers), size) == pooled.shape[2]
        for more in range(max(stride, dilation)):
            up = f.conv_transpose1d(image, weight, output_padding=more, **options)
            assert output_size(TransposedWindow(output_padding=more, **numbers), size) == up.shape[2]

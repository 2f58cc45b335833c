"""How fast rfscope is on networks with branches, each time beside a peer or a floor in the same run.

Run it with ``python -m tests.benchmarks.graphs``; the machine should have nothing else to do. It needs torch.
"""

from __future__ import annotations

import resource
from dataclasses import replace
from functools import partial
from typing import Any

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import chain
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window
from rfscope.zoo import load
from tests.benchmarks.pairs import Job, compare, seconds

CANVAS = 481
"""Pixels of the image that the peer computes a gradient for: more than the field of ResNet-50."""

Part = tuple[list[int], Any]
"""Where a map begins along each axis, and the map."""


def windows_of(network: Network) -> dict[str, tuple[Window, ...]]:
    """What each layer reads, of a network of windows."""
    nodes = analyze(network).network.nodes
    return {node.name: tuple(read for read in node.reads if isinstance(read, Window)) for node in nodes}


def one_channel_copy(network: Network) -> Any:
    """A network of convolutions and pooling as torch modules of one channel, each convolution with norm and ReLU.

    All weights are 1 and norms are the identity, as one writes it to read the receptive field off a gradient.
    """
    import torch
    from torch import nn

    class Copy(nn.Module):
        """The modules, called in the order of the network."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.ModuleDict()
            for name, (row, column) in windows_of(network).items():
                shape: Any = {"stride": (row.stride, column.stride), "dilation": (row.dilation, column.dilation)}
                padding = ((row.known_padding or (0, 0))[0], (column.known_padding or (0, 0))[0])
                conv = nn.Conv2d(1, 1, (row.kernel, column.kernel), padding=padding, bias=False, **shape)
                nn.init.ones_(conv.weight)
                self.layers[name.replace(".", "_")] = nn.Sequential(conv, nn.BatchNorm2d(1, eps=0.0), nn.ReLU())

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            maps = {INPUT: image}
            for node in network.nodes:
                values = [maps[name] for name in node.inputs]
                merge, layer = node.op == "add", node.name.replace(".", "_")
                maps[node.name] = sum(values[1:], values[0]) if merge else self.layers[layer](values[0])
            return maps[network.outputs[0]]

    return Copy().double().eval()


def autograd(model: Any) -> Any:
    """The gradient of the middle output with respect to the image, float64, as everybody writes it."""
    import torch

    image = torch.ones(1, 1, CANVAS, CANVAS, dtype=torch.float64, requires_grad=True)
    last = model(image)
    last[0, 0, last.shape[2] // 2, last.shape[3] // 2].backward()
    return image.grad


def autograd_of_image(model: Any) -> Any:
    """The same without the gradients of the weights, which nobody asked for."""
    import torch

    image = torch.ones(1, 1, CANVAS, CANVAS, dtype=torch.float64, requires_grad=True)
    last = model(image)
    (gradient,) = torch.autograd.grad(last[0, 0, last.shape[2] // 2, last.shape[3] // 2], image)
    return gradient


def shift_add(network: Network) -> Any:
    """The counts of a network as plain numpy adds them up in float64: quick, and wrong beyond 2^53."""
    import numpy as np

    windows = windows_of(network)
    pending: dict[str, list[Part]] = {network.outputs[0]: [([0, 0], np.ones((1, 1)))]}
    for node in reversed(network.nodes):
        start, here = add_up(pending.pop(node.name))
        for axis, window in enumerate(windows[node.name]):
            if window != Window():
                here = np.moveaxis(here, axis, 0)
                wider = np.zeros(((len(here) - 1) * window.stride + window.extent, *here.shape[1:]))
                for tap in range(window.kernel):
                    first = tap * window.dilation
                    wider[first : first + (len(here) - 1) * window.stride + 1 : window.stride] += here
                here = np.moveaxis(wider, 0, axis)
                start = [*start]
                start[axis] = start[axis] * window.stride - (window.known_padding or (0, 0))[0]
        for name in node.inputs:
            pending.setdefault(name, []).append((start, here))
    return add_up(pending[INPUT])[1]


def add_up(parts: list[Part]) -> Part:
    """The sum of maps that begin at different places."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    start = [min(part[0][axis] for part in parts) for axis in (0, 1)]
    stop = [max(part[0][axis] + part[1].shape[axis] for part in parts) for axis in (0, 1)]
    total = np.zeros([last - first for first, last in zip(start, stop, strict=True)])
    for (row, column), values in parts:
        rows = slice(row - start[0], row - start[0] + values.shape[0])
        total[rows, column - start[1] : column - start[1] + values.shape[1]] += values
    return start, total


def field_and_layers(network: Network) -> tuple[Any, ...]:
    """The field of every layer."""
    analysis = analyze(network)
    return analysis.output.size, analysis.fields


def counts(network: Network) -> Analysis:
    """The exact counts."""
    analysis = analyze(network)
    _ = analysis.output.counts
    return analysis


def resnet_50(repeat: int) -> None:
    """Field and counts of ResNet-50 against autograd."""
    import torch

    torch.set_num_threads(1)
    network = load("resnet-50")
    model, analysis = one_channel_copy(network), analyze(network)
    ours, theirs = counts(network).output, autograd(model)
    assert ours.counts.paths == int(theirs.sum()), "too small a canvas"

    def counted() -> object:
        return replace(analysis.output).counts  # a fresh record, so that nothing is remembered

    name = f"ResNet-50, field {ours.size[0]}"
    compare(
        f"{name}: field and layers", partial(field_and_layers, network), partial(autograd, model), "at most 0.2", repeat
    )
    compare(f"{name}: exact counts", counted, partial(autograd, model), "at most 0.1", repeat)
    whole, least = partial(counts, network), partial(autograd_of_image, model)
    compare(f"{name}: analysis and counts, against the image's gradient alone", whole, least, "nothing", repeat)


def resnet_152(repeat: int) -> None:
    """Counts of the deepest network of the zoo against inexact float64."""
    network = replace(load("resnet-v1-152"), input=(2049, 2049))  # large enough for the whole field
    exact, floats = counts(network).output.counts, shift_add(network)
    assert abs(exact.max / floats.max() - 1) < 1e-9
    name = f"ResNet-152, field {len(floats)}, {exact.max.bit_length()} bits"
    compare(f"{name}: exact counts", partial(counts, network), partial(shift_add, network), "at most 10", repeat)
    print(f"{name}: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB at most (asked: below 1)")


def growth() -> None:
    """Cost against depth, and against the size of the field: both linear for chains."""
    job: Job
    for layers in (125, 250, 500, 1000):
        job = partial(field_and_layers, chain([1] * layers))
        took = min(seconds(job) for _ in range(5))
        print(f"field of {layers} layers: {took * 1e3:.2f} ms, {took * 1e6 / layers:.1f} us a layer")
    for reach in (1_000, 10_000, 100_000, 1_000_000):
        job = partial(counts, chain([1, 3, reach // 8, reach // 4]))
        took = min(seconds(job) for _ in range(5))
        print(f"counts of a chain with a field of {reach // 8 * 6 + 9}: {took * 1e3:.2f} ms")


def main(repeat: int = 15) -> None:
    """Run all of it; the memory of ResNet-152 first, as the largest use so far is what the system tells."""
    resnet_152(max(1, repeat // 3))
    resnet_50(repeat)
    growth()


if __name__ == "__main__":
    main()

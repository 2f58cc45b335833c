"""Random networks, as the spec format writes them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from rfscope.network.graph import Network
from rfscope.readers.spec import read_spec
from tests import oracle
from tests.exact.graphs import Graph

LARGEST_PERIOD = 16
LARGEST_STRIDE = 12
LARGEST_SIDE = {1: 160, 2: 26}
MOST_CELLS = {1: 160, 2: 500}


def read(spec: dict[str, Any]) -> Network:
    return read_spec(json.dumps(spec).encode(), file="net.json", format="json").network


def random_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (a repeatable sample, not a secret)


def random_spec(random: Random) -> dict[str, Any]:
    """A network of 1 to 12 layers, most of whose branches agree."""
    return _Growing(random).spec()


class _Growing:
    """A network to which layers are added that fit what is there."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.dims = 2 if random.random() < 0.3 else 1
        self.layers: list[dict[str, Any]] = []
        self.input = None
        if random.random() < 0.5:
            longest = 40 if self.dims == 1 else 14
            self.input = [random.choice((8, 16, random.randint(1, longest))) for _ in range(self.dims)]

    def spec(self) -> dict[str, Any]:
        wanted = self.random.randint(1, 12)
        for _ in range(6 * wanted):
            layer = self._layer(wanted - len(self.layers))
            if layer is not None and self._fits(layer):
                self.layers.append(layer)
            if len(self.layers) == wanted:
                break
        if not self.layers:
            self.layers.append({"op": "pointwise", "name": "n0", "inputs": ["input"]})
        if self.random.random() < 0.05 and len(self.layers) < 12:  # a merge that may not fit
            names = [self.random.choice(["input", *self._names()]) for _ in range(2)]
            self.layers.append({"op": "add", "name": "odd", "inputs": names})
        return self._written() | ({"outputs": self._ends()} if self.random.random() < 0.5 else {})

    def _written(self) -> dict[str, Any]:
        spec = {"rfscope": 1, "dims": self.dims, "layers": self.layers}
        return spec if self.input is None else spec | {"input": self.input}

    def _ends(self) -> list[str]:
        """Every layer that no other reads."""
        read = {name for layer in self.layers for name in layer["inputs"]}
        return [name for name in self._names() if name not in read]

    def _names(self) -> list[str]:
        return [layer["name"] for layer in self.layers]

    def _fits(self, layer: dict[str, Any]) -> bool:
        """Whether the network with this layer is valid, and small enough for brute force."""
        network = read(self._written() | {"layers": [*self.layers, layer]})
        graph = graph_of(network)
        if graph is None:
            return False
        name = layer["name"]
        sides: list[int] = []
        for axis in range(self.dims):
            pattern = graph.pattern(name, axis)
            whole = graph.bounded(name, axis)  # whose period is the map
            if (
                pattern is not None
                and not whole
                and (pattern[0] > LARGEST_PERIOD or pattern[1] > LARGEST_STRIDE * pattern[0])
            ):
                return False
            seen = graph.seen(name, axis, 0) or {0}
            sides.append(max(seen) - min(seen) + 1)
        size = graph.sizes.get(name)
        cells = max(1, *(size or (1,)))
        return max(sides) <= LARGEST_SIDE[self.dims] and cells <= MOST_CELLS[self.dims]

    def _layer(self, left: int) -> dict[str, Any] | None:
        name = f"n{len(self.layers)}"
        known = ["input", *self._names()]
        recent = self.random.choice(known[-3:])
        inputs = [recent if self.random.random() < 0.7 else self.random.choice(known)]
        makers = (
            (10, self._conv), (4, self._atrous), (2, self._pool), (3, self._up), (1, self._shuffle),
            (1 if self.input is None else 3, self._resize),
            (1, self._unshuffle), (1, self._pad), (1, self._pointwise), (0.5 if left > 1 else 0, self._global),
        )  # fmt: skip
        if len(known) > 2 and self.random.random() < 0.3:
            return self._merge(name, known)
        (make,) = self.random.choices([make for _, make in makers], [weight for weight, _ in makers])
        return {"name": name, "inputs": inputs, **make()}

    def _merge(self, name: str, known: list[str]) -> dict[str, Any] | None:
        graph = graph_of(read(self._written()))
        assert graph is not None
        first = self.random.choice(known[1:])
        fitting = [other for other in known if self._agree(graph, first, other) and other != first]
        if not fitting:
            return None
        others = self.random.sample(fitting, min(len(fitting), self.random.choice((1, 1, 2))))
        inputs = self.random.sample([first, *others], 1 + len(others))
        if self.random.random() < 0.05:
            inputs.append(first)
        return {"op": self.random.choice(("add", "multiply", "concat")), "name": name, "inputs": inputs}

    def _agree(self, graph: Graph, one: str, other: str) -> bool:
        """Whether two maps may be merged; what is behind a global operation fits anything."""
        sizes = {size for name in (one, other) if (size := graph.sizes.get(name)) is not None}
        strides = [
            {stride for name in (one, other) if (stride := graph.stride(name, axis)) is not None}
            for axis in range(self.dims)
        ]
        return len(sizes) <= 1 and (bool(graph.sizes) or all(len(found) <= 1 for found in strides))

    def _each(self, make: Any) -> Any:
        """One number for all axes, or now and then one for each."""
        return [make() for _ in range(self.dims)] if self.random.random() < 0.3 else make()

    def _padding(self, kernel: Any, dilation: Any, *, keep: float = 0.6) -> Any:
        """Padding that keeps the size at stride 1, or any other."""
        chance = self.random.random()
        kernels = kernel if isinstance(kernel, list) else [kernel] * self.dims
        rates = dilation if isinstance(dilation, list) else [dilation] * self.dims
        totals = [(taps - 1) * rate for taps, rate in zip(kernels, rates, strict=True)]
        if chance < keep:
            before = [self.random.choice((total // 2, total // 2, total)) for total in totals]
            return [[first, total - first] for first, total in zip(before, totals, strict=True)]
        if chance < keep + 0.2:
            return [[self.random.randint(0, total + 1), self.random.randint(0, total + 1)] for total in totals]
        return self.random.choice(("same", "same_lower", "valid"))

    def _window(self, strides: tuple[int, ...], rates: tuple[int, ...]) -> dict[str, Any]:
        kernel = self._each(lambda: self.random.choice((1, 2, 3, 3, 3, 4, 5) if self.dims == 1 else (1, 2, 3, 3)))
        dilation = self._each(lambda: self.random.choice(rates))
        stride = self._each(lambda: self.random.choice(strides))
        padding = self._padding(kernel, dilation)
        if self.input is None and isinstance(padding, str) and padding != "valid":
            stride = 1
        return {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}

    def _padding_mode(self) -> str:
        return self.random.choice(("zeros", "zeros", "zeros", "reflect", "replicate", "circular"))

    def _conv(self) -> dict[str, Any]:
        window = self._window((1, 1, 1, 1, 2, 3), (1, 1, 1, 2, 3))
        return {"op": "conv", **window, "padding_mode": self._padding_mode()}

    def _atrous(self) -> dict[str, Any]:
        rates = (2, 2, 4, 6) if self.dims == 1 else (2, 2, 3, 4)
        return {"op": self.random.choice(("conv", "conv", "deformable_conv")), **self._window((1, 1, 1, 1, 2), rates)}

    def _pool(self) -> dict[str, Any]:
        ceil = self.random.random() < 0.3
        window = self._window((1, 2, 2, 3), (1, 1, 2))
        return {"op": "pool", **window, "ceil_mode": ceil}

    def _up(self) -> dict[str, Any]:
        kernel = self._each(lambda: self.random.choice((1, 2, 3, 4)))
        stride = self._each(lambda: self.random.choice((1, 2, 2, 3)))
        dilation = self._each(lambda: self.random.choice((1, 1, 1, 2)))
        chance = self.random.random()
        if chance < 0.3:
            return {
                "op": "transposed_conv",
                "kernel": kernel,
                "stride": stride,
                "dilation": dilation,
                "padding": "same",
            }
        sides = [[self.random.randint(0, 2), self.random.randint(0, 2)] for _ in range(self.dims)]
        strides = stride if isinstance(stride, list) else [stride] * self.dims
        more = [self.random.randint(0, step - 1) for step in strides] if chance < 0.6 else 0
        return {
            "op": "transposed_conv", "kernel": kernel, "stride": stride, "dilation": dilation, "padding": sides,
            "output_padding": more,
        }  # fmt: skip

    def _resize(self) -> dict[str, Any]:
        mode = self.random.choice(("nearest", "linear", "cubic"))
        layer: dict[str, Any] = {"op": "resize", "mode": mode}
        if mode != "nearest" and self.input is not None:
            layer["align_corners"] = self.random.random() < 0.3
        if self.input is not None and self.random.random() < 0.6:
            graph = graph_of(read(self._written())) if self.layers else None
            known = [size for size in graph.sizes.values() if size] if graph else [self.input]
            if known and self.random.random() < 0.7:  # to be merged with what has that size, as in a U-Net
                return layer | {"size": list(self.random.choice(known))}
            return layer | {"size": self._each(lambda: self.random.randint(1, 16))}
        return layer | {"scale": self._each(lambda: self.random.choice((2, 2, 3, 0.5, "1/3", 1.5, "2/3", 1)))}

    def _shuffle(self) -> dict[str, Any]:
        return {"op": "pixel_shuffle", "factor": self.random.choice((1, 2, 2, 3))}

    def _unshuffle(self) -> dict[str, Any]:
        return {"op": "pixel_unshuffle", "factor": self.random.choice((1, 2, 2, 3))}

    def _pad(self) -> dict[str, Any]:
        sides = [[self.random.randint(-2, 3), self.random.randint(-2, 3)] for _ in range(self.dims)]
        return {"op": "pad", "padding": sides, "padding_mode": self._padding_mode()}

    def _pointwise(self) -> dict[str, Any]:
        return {"op": "pointwise"}

    def _global(self) -> dict[str, Any]:
        return {"op": "global"}


def graph_of(network: Network) -> Graph | None:
    """The network with the sizes of its maps; None if it is not valid."""
    try:
        graph = Graph(network, oracle.sizes(network, network.input) if network.input else {})
        for name in graph.nodes:
            for axis in range(network.dims):
                graph.pattern(name, axis)
    except ValueError:
        return None
    return graph

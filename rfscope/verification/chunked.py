"""A network fed in chunks, with nothing kept but the predicted buffers, against the same network on the whole signal.

The numbers are not the user's: one channel, random weights, tanh behind every layer. What is tested is when outputs
come, what is remembered, and that the two agree. What a layer reads is told position by position here, and sizes are
counted forwards: of the algebra that predicts, nothing is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.network.sizes import output_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]
    Places = NDArray[np.int64]

__all__ = ["ForgottenError", "in_chunks", "sizes", "whole"]


class ForgottenError(Exception):
    """A layer reads what was not kept.

    Args:
        node: The layer.
        name: The map.
        place: The position that it reads.
        base: The first that was kept.
    """

    def __init__(self, node: str, name: str, place: int, base: int) -> None:
        super().__init__(f"{node} reads position {place} of {name}, and only those from {base} on were kept")


@dataclass
class _Map:
    """The last values of a map.

    Attributes:
        values: Those that are kept.
        base: The position of the first of them.
    """

    values: Values
    base: int = 0

    @property
    def stop(self) -> int:
        """The first position that is not there yet."""
        return self.base + len(self.values)

    def add(self, values: Values) -> None:
        import numpy as np

        self.values = np.concatenate([self.values, values])

    def keep(self, positions: int) -> None:
        gone = max(0, len(self.values) - positions)
        self.values, self.base = self.values[gone:], self.base + gone


@dataclass
class _Running:
    """One layer on its way along the signal.

    Attributes:
        node: The layer.
        seed: Of its weights.
        is_recurrent: Whether it remembers, besides.
        hidden: What it remembers.
    """

    node: Node
    seed: int
    is_recurrent: bool = False
    hidden: float = 0.0
    weights: Values = field(init=False)

    def __post_init__(self) -> None:
        import numpy as np

        read, random = self.node.reads[0], np.random.default_rng(self.seed)
        rows, taps = _shape(read)
        spread = 1 / (taps * len(self.node.inputs)) ** 0.5
        self.weights = random.normal(0, spread, (len(self.node.inputs), rows, taps))

    def outputs(self, places: Places, maps: Mapping[str, _Map], ends: Mapping[str, int] | None) -> Values:
        """Some outputs, one behind the other.

        Args:
            places: Which ones.
            maps: What there is.
            ends: The sizes of the maps, once the signal has ended.

        Raises:
            ForgottenError: It reads what was not kept.
        """
        import numpy as np

        read = self.node.reads[0]
        at, reads = positions(read, places)
        rows = places % self.weights.shape[1]
        total = np.full(len(places), 0.3)
        for number, name in enumerate(self.node.inputs):
            inside, folded = _folded(self.node, at, reads, None if ends is None else ends[name])
            wanted = np.where(inside, folded, maps[name].base)
            if inside.any() and (oldest := int(folded[inside].min())) < maps[name].base:
                raise ForgottenError(self.node.name, name, oldest, maps[name].base)
            if not len(maps[name].values):
                continue
            values = np.where(inside, maps[name].values[wanted - maps[name].base], 0.0)
            total += (self.weights[number][rows] * values).sum(1)
        return self._remembered(total) if self.is_recurrent else np.tanh(total)

    def _remembered(self, values: Values) -> Values:
        import numpy as np

        found = []
        for value in values.tolist():
            self.hidden = float(np.tanh(value + 0.5 * self.hidden))
            found.append(self.hidden)
        return np.array(found)


def _shape(read: Read) -> tuple[int, int]:
    """Outputs that have weights of their own, and how many weights each has."""
    if isinstance(read, Table):
        return read.period, max(stop - start for start, stop in zip(read.starts, read.stops, strict=True))
    if not isinstance(read, Window | TransposedWindow):
        raise TypeError(read)
    return 1, read.kernel


def positions(read: Read, places: Places) -> tuple[Places, NDArray[np.bool_]]:
    """The positions that outputs read, a row each, and which of them are read at all."""
    import numpy as np

    if isinstance(read, Window):
        first = places * read.stride - (read.known_padding or (0, 0))[0]
        at = first[:, None] + np.arange(read.kernel) * read.dilation
        return at, np.ones_like(at, dtype=bool)
    if isinstance(read, TransposedWindow):
        moved = (places + read.known_padding[0])[:, None] - np.arange(read.kernel) * read.dilation
        return moved // read.stride, moved % read.stride == 0
    if not isinstance(read, Table):
        raise TypeError(read)
    starts, stops = np.array(read.starts), np.array(read.stops)
    turns, phases = places // read.period, places % read.period
    steps = np.arange(int((stops - starts).max()))
    at = (starts[phases] + turns * read.shift)[:, None] + steps
    return at, steps < (stops - starts)[phases][:, None]


def _folded(node: Node, at: Places, reads: NDArray[np.bool_], end: int | None) -> tuple[NDArray[np.bool_], Places]:
    """Where padding repeats the map, the positions that it repeats; and which positions are on the map."""
    import numpy as np

    mode = "replicate" if isinstance(node.reads[0], Table) else node.padding_mode
    if mode == "reflect":
        at = np.abs(at)
        at = at if end is None else np.where(at >= end, 2 * (end - 1) - at, at)
    elif mode == "replicate":
        at = np.maximum(at, 0) if end is None else np.clip(at, 0, end - 1)
    inside = reads & (at >= 0)
    return inside if end is None else inside & (at < end), at


def sizes(network: Network, samples: int) -> dict[str, int]:
    """The sizes of all maps of a signal; the inputs of a merge are cut to the shortest."""
    found = {INPUT: samples}
    for node in network.nodes:
        found[node.name] = max(0, output_size(node.reads[0], min(found[name] for name in node.inputs)))
    return found


def _layers(network: Network, recurrent: Sequence[str], seed: int) -> list[_Running]:
    return [_Running(node, seed + number, node.name in recurrent) for number, node in enumerate(network.nodes)]


def _signal(samples: int, seed: int) -> Values:
    import numpy as np

    return np.random.default_rng(seed).normal(size=samples)


def whole(network: Network, samples: int, *, recurrent: Sequence[str] = (), seed: int = 0) -> Values:
    """The network's first output over a whole signal.

    Args:
        network: One that ``as_stream`` made.
        samples: The signal's length.
        recurrent: The layers that remember what has passed.
        seed: Of the weights and the signal.
    """
    import numpy as np

    ends, maps = sizes(network, samples), {INPUT: _Map(_signal(samples, seed))}
    for layer in _layers(network, recurrent, seed):
        name = layer.node.name
        maps[name] = _Map(layer.outputs(np.arange(ends[name]), maps, ends))
    return maps[network.outputs[0]].values


def in_chunks(
    network: Network,
    chunks: Iterable[int],
    kept: Mapping[str, int],
    *,
    settled: int = 0,
    recurrent: Sequence[str] = (),
    seed: int = 0,
    came: Callable[[int, int], Any] | None = None,
) -> Values:
    """The same, chunk by chunk, with so many positions of each map kept in between.

    Args:
        network: One that ``as_stream`` made.
        chunks: The lengths of the chunks. A last one that is shorter than the first brings the signal's end with it.
        kept: Positions of the maps that are kept; of the others, none.
        settled: Samples until which everything is kept.
        recurrent: The layers that remember what has passed.
        seed: Of the weights and the signal.
        came: Called after each chunk with the samples that have come and the outputs that there are.

    Raises:
        ForgottenError: A layer reads what was not kept.
    """
    import numpy as np

    lengths = list(chunks)
    signal, name = _signal(sum(lengths), seed), network.outputs[0]
    maps = {at: _Map(np.empty(0)) for at in (INPUT, *(node.name for node in network.nodes))}
    layers, found = _layers(network, recurrent, seed), list[Any]()
    for stop, length in zip(accumulate(lengths), lengths, strict=True):
        maps[INPUT].add(signal[stop - length : stop])
        _advance(layers, maps, sizes(network, stop), ended=False)
        ends = stop == len(signal) and length < lengths[0]
        _collect(maps, name, kept if stop >= settled and not ends else None, found)
        if came is not None:
            came(stop, sum(map(len, found)))
    _advance(layers, maps, sizes(network, sum(lengths)), ended=True)
    _collect(maps, name, kept, found)
    return np.concatenate(found)


def _collect(maps: Mapping[str, _Map], output: str, kept: Mapping[str, int] | None, found: list[Any]) -> None:
    """Take what is new of the output, and forget all that is not to be kept; nothing, where that is None."""
    done = sum(map(len, found))
    found.append(maps[output].values[done - maps[output].base :])
    if kept is not None:
        for name, one in maps.items():
            one.keep(kept.get(name, 0))


def _advance(layers: Sequence[_Running], maps: Mapping[str, _Map], ends: Mapping[str, int], *, ended: bool) -> None:
    """Let every layer make the outputs that can be made.

    Args:
        layers: The layers in topological order.
        maps: What there is.
        ends: The sizes of the maps if the signal ends here.
        ended: Whether it does.
    """
    import numpy as np

    for layer in layers:
        own = maps[layer.node.name]
        places = np.arange(own.stop, ends[layer.node.name])
        if not ended and len(places):
            at, reads = positions(layer.node.reads[0], places)
            inside, at = _folded(layer.node, at, reads, None)
            come = min(maps[name].stop for name in layer.node.inputs)
            late = (inside & (at >= come)).any(1)
            places = places[: int(late.argmax()) if late.any() else len(places)]
        if len(places):
            own.add(layer.outputs(places, maps, ends if ended else None))


def random_chunks(samples: int, longest: int, seed: int) -> list[int]:
    """Lengths of chunks at random that add up to a signal's."""
    random, found = Random(seed), list[int]()  # noqa: S311 - no secret
    while (left := samples - sum(found)) > 0:
        found.append(min(left, random.randint(1, longest)))
    return found

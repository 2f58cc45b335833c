"""The receptive fields of a network for many choices of rates at once: intervals, node by node, in columns.

Every other fact about the graph is the same for all choices: strides, phases, and what lies before the layers that
change. Only behind these are intervals worked out, one column of numbers a phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from rfscope.design.inside.changing import Changing
from rfscope.exact.field import INPUT_FIELD, Field
from rfscope.exact.fields import AllGlobal
from rfscope.exact.packed import positions
from rfscope.exact.position_sets import Positions, used_by
from rfscope.network.graph import Node
from rfscope.network.reads import IDENTITY, Read, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

__all__ = ["OneByOne", "Recursion", "recursion"]

_FAR = 2**60
"""Beyond any position: the first of nothing, and with a minus its last."""


class _Seen(NamedTuple):
    """What the outputs of a node see along one axis, for many choices of rates.

    Attributes:
        first, last: The first and last position, one row a phase, one column a choice, or a single one for all.
        shift: Input positions from the outputs of one period to those of the next.
    """

    first: Numbers
    last: Numbers
    shift: int


def recursion(changing: Changing) -> Recursion | OneByOne:
    """What tells the field for many choices of rates: in columns where that is possible, else one choice at a time."""
    fields = changing.analysis.fields
    leading = {node.name for node in changing.analysis.output.network.nodes}
    seen = [one for name in leading if not isinstance(one := fields[name], AllGlobal)]
    return Recursion(changing) if all(map(_placed, chain.from_iterable(seen))) else OneByOne(changing)


def _placed(field: Field) -> bool:
    """Whether it is known where all outputs read, on a grid that repeats."""
    known = all(phase.size == 0 or None not in phase for phase in field.phases)
    return known and not field.bounded and field.unplaced is None


class OneByOne:
    """The field of one choice of rates after the other, from the engine: right everywhere, and slow."""

    name = "analysis of each choice"
    most = 2_000
    """Choices that are looked at."""

    def __init__(self, changing: Changing) -> None:
        self.changing = changing

    def sizes(self, rates: Numbers) -> Numbers:
        """As of ``Recursion``; -1 where it is not known."""
        import numpy as np

        rows = [self.changing.analyzed(row).output.size for row in rates.T.tolist()]
        return (
            np.array([[-1 if size is None else size for size in row] for row in rows], np.int64)
            .reshape(len(rows), -1)
            .T
        )


class Recursion:
    """The interval recursion in columns.

    Args:
        changing: A network whose fields are all placed, and the layers that change.
    """

    name = "interval recursion"
    most: int | None = None

    def __init__(self, changing: Changing) -> None:
        self.changing = changing
        self.output = changing.analysis.output.node
        nodes = changing.analysis.output.network.nodes
        behind: set[str] = set()
        for node in nodes:
            if node.name in changing.number or not behind.isdisjoint(node.inputs):
                behind.add(node.name)
        self.nodes = [node for node in nodes if node.name in behind and node.name in changing.analysis.network.local]
        axes = range(changing.analysis.network.dims)
        self.axis_like = [next(one for one in axes if self._reads(one) == self._reads(axis)) for axis in axes]

    def _reads(self, axis: int) -> tuple[object, ...]:
        """What tells an axis from another."""
        nodes = self.changing.analysis.output.network.nodes
        settled = self.changing.layers
        return (*(node.reads[axis] for node in nodes), *(layer.windows[axis] for layer in settled))

    def sizes(self, rates: Numbers) -> Numbers:
        """The size of the receptive field of the first phase.

        Args:
            rates: One row for each number of a rate, one column a choice.

        Returns:
            One row an axis, one column a choice.
        """
        import numpy as np

        found = {axis: self._size(axis, rates) for axis in set(self.axis_like)}
        return np.stack([np.broadcast_to(found[axis], rates.shape[1]) for axis in self.axis_like])

    def _size(self, axis: int, rates: Numbers) -> Numbers:
        known: dict[str, _Seen] = {}
        for node in self.nodes:
            sources = [
                self._source(name, axis, known) for name in node.inputs if name in self.changing.analysis.network.local
            ]
            known[node.name] = self._behind(node, axis, _merged(sources), rates)
        seen = known[self.output]
        size: Numbers = (seen.last[0] - seen.first[0] + 1).clip(0)
        return size

    def _source(self, name: str, axis: int, known: dict[str, _Seen]) -> _Seen:
        """What a map sees: worked out before, or the same for all choices."""
        if name not in known:
            known[name] = _fixed(self._field(name, axis))
        return known[name]

    def _field(self, name: str, axis: int) -> Field:
        seen = self.changing.analysis.fields[name]
        return INPUT_FIELD if isinstance(seen, AllGlobal) else seen[axis]  # never of what is local

    def _behind(self, node: Node, axis: int, before: _Seen, rates: Numbers) -> _Seen:
        """What a node sees, from what all that it reads sees."""
        own, read = self._field(node.name, axis), node.reads[axis]
        if node.name not in self.changing.number:
            return before if read == IDENTITY else _through(read, before, own)
        number = self.changing.number[node.name]
        return _through_changed(self.changing, node, axis, before, own, rates[number])


def _fixed(field: Field) -> _Seen:
    import numpy as np

    first = [_FAR if phase.start is None else phase.start for phase in field.phases]
    last = [-_FAR if one.start is None or one.size is None else one.start + one.size - 1 for one in field.phases]
    return _Seen(np.array(first, np.int64)[:, None], np.array(last, np.int64)[:, None], field.shift)


def _merged(sources: Sequence[_Seen]) -> _Seen:
    import numpy as np

    if len(sources) == 1:
        return sources[0]
    period = lcm(*(len(one.first) for one in sources))
    parts = [_rows(one, [divmod(output, len(one.first)) for output in range(period)]) for one in sources]
    first, last = parts[0]
    for more, further in parts[1:]:
        first, last = np.minimum(first, more), np.maximum(last, further)
    return _Seen(first, last, sources[0].shift * (period // len(sources[0].first)))


def _rows(seen: _Seen, places: Sequence[tuple[int, int]]) -> tuple[Numbers, Numbers]:
    """What some outputs see, each given by its turn and its phase."""
    import numpy as np

    turns = np.array([turn * seen.shift for turn, _ in places], np.int64)[:, None]
    phases = [phase for _, phase in places]
    return seen.first[phases] + turns, seen.last[phases] + turns


def _through(read: Read, before: _Seen, own: Field) -> _Seen:
    """Behind a layer that does not change."""
    import numpy as np

    if len(before.first) == 1 and isinstance(read, Window):
        padding = (read.known_padding or (0, 0))[0]
        return _Seen(
            before.first - padding * before.shift, before.last + (read.extent - 1 - padding) * before.shift, own.shift
        )
    first, last = [], []
    for output in range(own.period):
        line = used_by(read, Positions(output, 1))
        places = [divmod(line.start + place, len(before.first)) for place in positions(line.bits)]
        if not places:
            places = [(0, 0)]
            rows = (np.full((1, 1), _FAR), np.full((1, 1), -_FAR))
        else:
            rows = _rows(before, places)
        first.append(rows[0].min(axis=0))
        last.append(rows[1].max(axis=0))
    return _Seen(np.stack(np.broadcast_arrays(*first)), np.stack(np.broadcast_arrays(*last)), own.shift)


def _through_changed(changing: Changing, node: Node, axis: int, before: _Seen, own: Field, rates: Numbers) -> _Seen:
    """Behind a layer of another rate for each choice; it is a window of stride 1."""
    import numpy as np

    windows = {
        rate: changing.reads(changing.given.by_name[node.name], rate)[axis] for rate in np.unique(rates).tolist()
    }
    size = max(windows) + 1
    padding, step = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for rate, window in windows.items():
        padding[rate], step[rate] = (window.known_padding or (0, 0))[0], window.dilation
    padding, step = padding[rates], step[rates]
    (kernel,) = {window.kernel for window in windows.values()}
    if len(before.first) == 1:
        return _Seen(
            before.first - padding * before.shift,
            before.last + ((kernel - 1) * step - padding) * before.shift,
            own.shift,
        )
    period, many = len(before.first), len(rates)
    starts, ends = (np.broadcast_to(one, (period, many)) for one in (before.first, before.last))
    columns = np.arange(many)
    first, last = np.full((own.period, many), _FAR), np.full((own.period, many), -_FAR)
    for output in range(own.period):
        for tap in {*range(min(kernel, period)), *range(max(0, kernel - period), kernel)}:  # the outermost see most
            turns, phases = np.divmod(output - padding + tap * step, period)
            moved = turns * before.shift
            np.minimum(first[output], starts[phases, columns] + moved, out=first[output])
            np.maximum(last[output], ends[phases, columns] + moved, out=last[output])
    return _Seen(first, last, own.shift)

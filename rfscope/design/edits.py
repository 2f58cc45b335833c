"""What to write into the layers of a network, for a schedule of it to become another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Padding, Window

__all__ = ["Edit", "edits"]


@dataclass(frozen=True)
class Edit:
    """What to write into a layer; the size of its map stays.

    Attributes:
        node: Its name.
        dilation: The rate along each axis.
        padding: Elements added before and after, along each axis, or how they are found.
    """

    node: str
    dilation: tuple[int, ...]
    padding: tuple[Padding, ...]


def edits(network: Network, schedule: Piece, taps: Sequence[Taps]) -> tuple[Edit, ...]:
    """The edits that make another schedule of one; layers that are added at its end are none.

    Args:
        network: The network.
        schedule: A schedule of it.
        taps: Kernel and rate of each layer of the other schedule, in the same unit.

    Example:
        >>> import rfscope as rf
        >>> found = rf.analyze("1,2,9")
        >>> edits(found.network, found.schedules[0].piece, [Taps(3, 1), Taps(3, 3), Taps(3, 9)])
        (Edit(node='conv2', dilation=(3, 3), padding=((3, 3), (3, 3))),)
    """
    return tuple(_edits(network, schedule, taps))


def _edits(network: Network, schedule: Piece, taps: Sequence[Taps]) -> Iterator[Edit]:
    for name, old, new in zip(schedule.nodes, schedule.taps, taps, strict=False):
        node: Node = network.by_name[name]
        if old.rate == new.rate or not node.reads:
            continue
        reads = [
            _with(read, old.rate, new.rate) if axis in schedule.axes else read for axis, read in enumerate(node.reads)
        ]
        windows = [read for read in reads if isinstance(read, Window)]
        if len(windows) == len(reads):
            yield Edit(name, tuple(one.dilation for one in windows), tuple(one.padding for one in windows))


def _with(read: object, old: int, new: int) -> Window | None:
    """A window of another rate, padded by as much more as it covers more; None if it cannot be said."""
    if not isinstance(read, Window) or read.dilation * new % old:
        return None
    dilation = read.dilation * new // old
    if not isinstance(read.padding, tuple):
        return replace(read, dilation=dilation)
    before, after = read.padding
    covered, more = read.extent - 1, (dilation - read.dilation) * (read.kernel - 1)
    if min(before, after) >= 0 and before + after == covered:  # grows on each side alike: causal layers stay so
        first = before * new // old
        return replace(read, dilation=dilation, padding=(first, covered + more - first))
    return replace(read, dilation=dilation, padding=(before + more // 2, after + more - more // 2))

"""What to write into the layers of a network, for a schedule of it to become another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Padding, Window

__all__ = ["Edit", "edits", "widened"]


@dataclass(frozen=True)
class Edit:
    """What to write into a layer; the size of its map stays.

    Attributes:
        node: Its name, or that of the module that it is.
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
    """A window of another rate; None if it cannot be said."""
    if not isinstance(read, Window) or read.dilation * new % old:
        return None
    return widened(read, read.dilation * new // old)


def widened(window: Window, rate: int) -> Window:
    """A window of another rate that keeps the size of its map.

    Where the padding is all that the kernel needs it grows on each side in proportion, so that a causal layer stays
    one; else half of what the taps cover more goes on each side.

    Example:
        >>> widened(Window(kernel=3, dilation=4, padding=(4, 4)), 6).padding
        (6, 6)
        >>> widened(Window(kernel=2, dilation=4, padding=(4, 0)), 6).padding
        (6, 0)
        >>> widened(Window(kernel=3), 2).padding
        (1, 1)
    """
    if window.kernel == 1:
        return window
    if not isinstance(window.padding, tuple):
        return replace(window, dilation=rate)
    before, after = window.padding
    covered = window.extent - 1
    more = (window.kernel - 1) * (rate - window.dilation)
    if min(before, after) >= 0 and before + after == covered:
        first = before * rate // window.dilation
        new = (first, covered + more - first)
    else:
        new = (before + more // 2, after + more - more // 2)
    return replace(window, dilation=rate, padding=new)

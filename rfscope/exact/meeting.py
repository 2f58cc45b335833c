"""Meeting depth: how many layers back from the exit two neighbouring outputs first read a common position.

A network can read every pixel and still be striped, because neighbouring outputs live on different sub-grids for most
of its layers. Walking back from the exit, a layer of more than one tap is *isolated* if on its input two neighbouring
outputs share nothing. Sharing never ends once it begins, so the isolated layers are the last ones on every path.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import gcd
from operator import or_
from typing import NamedTuple

from rfscope import limits
from rfscope.exact.packed import copies, spread_out
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window

__all__ = ["Meeting", "latest", "meeting", "neighbour_shares", "network_meeting"]


class Meeting(NamedTuple):
    """Where neighbouring outputs first meet.

    Attributes:
        isolated: Layers of more than one tap, back from the exit, on whose input they share nothing.
        depth: Layers back at which they first meet; None if they never do.
    """

    isolated: int
    depth: int | None


def latest(found: Iterable[Meeting]) -> Meeting:
    """The latest of several meetings: the one with the most isolated layers, or one that never happens."""
    meetings = list(found)
    depths = [one.depth for one in meetings if one.depth is not None]
    return Meeting(max(one.isolated for one in meetings), max(depths) if len(depths) == len(meetings) else None)


def neighbour_shares(windows: Sequence[Window]) -> tuple[float, ...]:
    """The part of each layer's input positions that one output reads and the next output reads too.

    Args:
        windows: A chain along one axis, entry first; the outputs are those of the last window.

    Returns:
        One share per window, 0 to 1, of the positions of its input.

    Raises:
        LimitError: A field is longer than the limit ``axis``.

    Example:
        >>> neighbour_shares([Window(kernel=3, dilation=rate) for rate in (2, 4, 8)])
        (0.0, 0.0, 0.0)
    """
    if _never_share(windows):
        limits.check("axis", 1 + sum(window.extent - 1 for window in windows))
        return (0.0,) * len(windows)
    shares = []
    reads, step, size = 1, 1, 1  # what an output reads, how far its neighbour is, the length of what it spans
    for window in reversed(windows):
        size = (size - 1) * window.stride + window.extent
        limits.check("axis", size)
        reads = copies(spread_out(reads, window.stride), window.dilation, window.kernel, or_)
        step *= window.stride
        shares.append((reads & reads << step).bit_count() / reads.bit_count() if step < size else 0.0)
    return tuple(reversed(shares))


def _never_share(windows: Sequence[Window]) -> bool:
    """Whether all that each output reads lies multiples of a common factor apart, and its neighbour one position on."""
    return gcd(*(window.dilation for window in windows if window.kernel > 1)) > 1 and all(
        window.stride == 1 for window in windows
    )


def meeting(windows: Sequence[Window]) -> Meeting:
    """Count the isolated layers of a chain along one axis.

    Raises:
        LimitError: A field is longer than the limit ``axis``.

    Example:
        >>> meeting([Window(kernel=3, dilation=rate) for rate in (1, 2, 5)])
        Meeting(isolated=1, depth=2)
    """
    shares = neighbour_shares(windows)
    isolated = sum(window.kernel > 1 and share == 0 for window, share in zip(windows, shares, strict=True))
    meet = bool(shares) and shares[0] > 0
    return Meeting(isolated, isolated + 1 if meet else None)


def network_meeting(network: Network, axis: int, shares: Mapping[str, float | None]) -> Meeting:
    """Count the isolated layers on the path to an output that has the most of them.

    Args:
        network: A settled network that ends at the output.
        axis: The axis along which its neighbour is the next one.
        shares: What its two outputs share of every map: see ``shares``.
    """
    isolated = {INPUT: 0}
    for node in network.nodes:
        before = [isolated[name] for name in node.inputs if name in isolated]
        if before and not node.is_global:
            read = node.reads[axis]
            alone = all(not shares.get(name) for name in node.inputs)
            isolated[node.name] = max(before) + (isinstance(read, Window) and read.kernel > 1 and alone)
    most = isolated.get(network.outputs[0], 0)
    return Meeting(most, most + 1 if shares.get(INPUT) else None)

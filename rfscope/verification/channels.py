"""Channels taken together: where a module takes some channels of a map, it is made to take something of all of them.

What is said of a network is said of positions. Where a module reads some channels only, and these see less than others
do, that is an upper bound. With its channels taken together, the module reads all that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rfscope.verification.flowing import carries

__all__ = ["of_all_channels"]

_CONVOLUTIONS = tuple(f"conv{way}{count}d" for way in ("", "_transpose") for count in (1, 2, 3))
_WHOLE = frozenset([*_CONVOLUTIONS, "convolution", "pixel_shuffle"])
"""What reads channels by groups, or makes positions of them."""
_ALONG = frozenset(["chunk", "split", "split_with_sizes", "tensor_split", "unsafe_split", "unsafe_chunk"])
"""What says second into what parts, and then along what."""
_AT = frozenset(["narrow", "select", "index_select", "unbind", "slice", "glu"])


def of_all_channels(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], rank: int) -> tuple[Any, ...]:
    """The arguments of an operation that takes channels apart: each channel has something of all in it.

    Args:
        name: What the operation is called.
        args: Its arguments; the first is the map.
        kwargs: Those that are named.
        rank: Dimensions of a map: batch, channels, and one for each axis.
    """
    first: Any = args[0] if args else None
    if not carries(first) or first.ndim != rank or not _takes_apart(name, args, kwargs, rank):
        return args
    return (first + first.mean(1, keepdim=True), *args[1:])


def _takes_apart(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], rank: int) -> bool:
    if name in _WHOLE:
        return True
    if name == "__getitem__":
        index = args[1] if isinstance(args[1], tuple) else (args[1],)
        return len(index) > 1 and index[0] is not Ellipsis and index[1] not in (slice(None), Ellipsis)
    place = 2 if name in _ALONG else 1 if name in _AT else None
    if place is None:
        return False
    dim = kwargs.get("dim", args[place] if len(args) > place else 0)
    return isinstance(dim, int) and dim % rank == 1

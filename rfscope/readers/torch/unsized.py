"""Modules that were given no size: read at a stand-in size, and asked whether it stands for all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope.errors import NetworkError, TargetError, clean
from rfscope.network.graph import Network
from rfscope.readers.torch.translate import translate
from rfscope.readers.tracing.tracer import SizeNeededError
from rfscope.readers.tracing.unbounded import LARGER, contradiction, has_absolute_places, unlike
from rfscope.wording import first_few, size_text

if TYPE_CHECKING:
    from rfscope.readers.torch import Captured

__all__ = ["Unsized", "read_captured", "read_open", "read_unsized"]


class Unsized(NamedTuple):
    """The network that a module is, without a size given.

    Attributes:
        network: The network: on an unbounded grid, or at one size where what it reads depends on that.
        sizes: The size that it was read at.
        note: What there is to say of that.
    """

    network: Network
    sizes: tuple[int, ...]
    note: str


def read_captured(found: Captured, name: str, *, meant: bool, allow_unknown: bool, needs_data: bool = False) -> Network:
    """The network of a capture; ``meant`` is whether its size was given, or only served to capture it."""
    return translate(
        found.program,
        name=name,
        dims=len(found.sizes),
        input=found.sizes if meant else None,
        allow_unknown=allow_unknown,
        of=found.of,
        needs_data=needs_data,
    ).network


def read_open(read: Callable[[bool], Network]) -> tuple[Network, str | None]:
    """A network on an unbounded grid; where what it reads depends on the size, at one size, and what depends on it.

    Args:
        read: Reads it, given whether its size is meant.
    """
    try:
        return read(False), None
    except SizeNeededError as error:
        return read(True), clean(str(error))


def read_unsized(
    found: Captured, again: Callable[[Sequence[int]], Captured], read: Callable[[Captured, bool], Network]
) -> Unsized:
    """The network that a module is at any size: at a larger one than was tried, if its maps become too small.

    Args:
        found: The capture.
        again: Captures it at another size.
        read: The network of a capture, and whether its size is meant.

    Raises:
        NetworkError: Branches are not in step at any size.
        UnsupportedError: It has operations that cannot be followed.
    """
    first = found
    network, depends = read_open(lambda meant: read(first, meant))
    tried, wrong = [found.sizes], contradiction(network)
    for length in LARGER[len(found.sizes)]:
        if wrong is None:
            break
        if length > max(found.sizes):
            try:
                found = larger = again([length] * len(found.sizes))
            except TargetError:
                continue  # it does not take this one
            tried.append(found.sizes)
            network, depends = read_open(lambda meant, larger=larger: read(larger, meant))  # type: ignore[misc]
            wrong = contradiction(network)
    if wrong is not None:
        shown, option = ", ".join(map(size_text, tried)), ",".join(map(str, found.sizes))
        do = f"it is so at {shown}; give the size that it runs at: --input {option}"
        raise NetworkError(wrong.what, where=wrong.where, got=wrong.got, expected=wrong.expected, do=do)
    if depends is None and has_absolute_places(network):
        other = read(again([2 * size for size in found.sizes]), False)
        if (node := unlike(network, other)) is not None:
            depends = f"{node.place}: which positions it takes depends on the input's size"
            network = read(found, True)
    why = _why(tried[:-1], "too small for its maps") or _why(first.refused, "refused")
    return Unsized(network, found.sizes, _note(found.sizes, why, depends, refused=bool(first.refused)))


def _note(sizes: Sequence[int], why: str, depends: str | None, *, refused: bool) -> str:
    if depends is not None:
        return f"Read at {size_text(sizes)} only{why}: {depends} (--input for another one)."
    alike = "that it takes" if refused else "that its strides divide"
    return f"Read at {size_text(sizes)}{why}, and taken to be alike at any size {alike}; see --input."


def _why(sizes: Sequence[Sequence[int]], what: str) -> str:
    """Why others are not the size that it was read at."""
    if not sizes:
        return ""
    return f", as {first_few([size_text(size) for size in sizes], 3)} {'is' if len(sizes) == 1 else 'are'} {what}"

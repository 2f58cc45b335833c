"""Modules that were given no size: read at a stand-in size, and asked whether it stands for all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope.errors import NetworkError, RfscopeError, TargetError, UnsupportedError, clean
from rfscope.network.graph import Network
from rfscope.readers.torch.translate import translate
from rfscope.readers.tracing.tracer import SizeNeededError
from rfscope.readers.tracing.unbounded import LARGER, contradiction, has_absolute_places, unlike
from rfscope.wording import first_few, size_text

if TYPE_CHECKING:
    from rfscope.readers.torch import Captured

__all__ = ["Unsized", "read_captured", "read_unsized"]

_TRIES = 3
"""How many sizes are compared with their doubles to find one beyond which nothing changes."""
_FURTHER = 8
"""How much larger each of them is than the one before."""


class Unsized(NamedTuple):
    """The network that a module is where no size was given.

    Attributes:
        network: The network: at any size, or at the one that it was read at.
        sizes: That size.
        why: Why it is not the first that was tried; empty if it is.
        depends: What depends on the size; None if nothing does.
    """

    network: Network
    sizes: tuple[int, ...]
    why: str = ""
    depends: str | None = None


def read_captured(
    found: Captured, *, name: str, meant: bool, allow_unknown: bool, needs_data: bool = False, together: bool = False
) -> Network:
    """The network of a capture.

    Args:
        found: The capture.
        name: The network's name.
        meant: Whether its size was given, or only served to capture it.
        allow_unknown: As for ``translate``.
        needs_data: As for ``translate``.
        together: Whether all images of the size of the one that is looked at are read as one.
    """
    return translate(
        found.program,
        name=name,
        dims=len(found.sizes),
        input=found.sizes if meant else None,
        allow_unknown=allow_unknown,
        of=found.of,
        needs_data=needs_data,
        alike=[at for at, form in enumerate(found.forms) if form.placed] if together else (),
    ).network


def read_unsized(found: Captured, again: Callable[[Sequence[int]], Captured], read: Callable[..., Network]) -> Unsized:
    """The network that a module is at any size: at a larger one than was tried, if its maps become too small.

    What depends on the size is read at one size, which the network then has.

    Args:
        found: The capture.
        again: Captures it at another size.
        read: ``read_captured`` with all that is left open but whether the size is meant.

    Raises:
        NetworkError: Branches are not in step at any size.
        UnsupportedError: It has operations that cannot be followed.
    """
    first = found
    try:
        network = read(found, meant=False)
        tried, wrong = [found.sizes], contradiction(network)
        for length in LARGER[len(found.sizes)]:
            if wrong is None:
                break
            if length > max(found.sizes):
                try:
                    found = again([length] * len(found.sizes))
                except TargetError:
                    continue  # it does not take this one
                tried.append(found.sizes)
                network = read(found, meant=False)
                wrong = contradiction(network)
        if wrong is not None:
            shown = ", ".join(map(size_text, tried))
            do = f"it is so at {shown}; give the size that it runs at: --input {','.join(map(str, found.sizes))}"
            raise NetworkError(wrong.what, where=wrong.where, got=wrong.got, expected=wrong.expected, do=do)
        why = _why(tried[:-1], "too small for its maps") or _why(first.refused, "refused")
        if has_absolute_places(network):
            network, found = _alike_when_larger(network, found, again, read)
    except (SizeNeededError, UnsupportedError) as error:
        return _at_one_size(found, read, error)
    return Unsized(network, found.sizes, why)


def _alike_when_larger(
    network: Network, found: Captured, again: Callable[[Sequence[int]], Captured], read: Callable[..., Network]
) -> tuple[Network, Captured]:
    """The network at a size beyond which it reads alike: small maps may be single positions, which are left alone.

    Raises:
        SizeNeededError: It reads elsewhere at every size.
    """
    node = None
    for turn in range(_TRIES):
        try:
            if turn:
                found = again([_FURTHER * size for size in found.sizes])
                network = read(found, meant=False)
            other = read(again([2 * size for size in found.sizes]), meant=False)
        except TargetError:
            if node is None:
                raise
            break
        differs = unlike(network, other)
        if differs is None:
            return network, found
        node = node or differs
    raise SizeNeededError(f"{node.place if node else found.sizes}: what it reads depends on the input's size")


def _at_one_size(found: Captured, read: Callable[..., Network], error: Exception) -> Unsized:
    """The network at the size of a capture, where only a size was missing.

    Raises:
        UnsupportedError: A size does not help.
    """
    try:
        network = read(found, meant=True)
    except RfscopeError as other:
        raise (error if isinstance(error, UnsupportedError) else other) from None
    what = f"{error.what} at {error.where}" if isinstance(error, UnsupportedError) else str(error)
    return Unsized(network, found.sizes, depends=clean(what))


def _why(sizes: Sequence[Sequence[int]], what: str) -> str:
    """Why others are not the size that it was read at."""
    if not sizes:
        return ""
    return f", as {first_few([size_text(size) for size in sizes], 3)} {'is' if len(sizes) == 1 else 'are'} {what}"

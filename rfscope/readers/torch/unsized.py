"""Modules that were given no size: read at a stand-in size, and asked whether it stands for all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rfscope.errors import NetworkError, RfscopeError, TargetError, UnsupportedError
from rfscope.network.graph import Network
from rfscope.readers.torch.translate import translate
from rfscope.readers.tracing.unbounded import LARGER, check_alike, contradiction, has_absolute_places
from rfscope.wording import first_few, size_text

if TYPE_CHECKING:
    from rfscope.readers.torch import Captured

__all__ = ["read_captured", "read_unsized"]


def read_captured(found: Captured, name: str, *, meant: bool, allow_unknown: bool) -> Network:
    """The network of a capture; ``meant`` is whether its size was given, or only served to capture it."""
    sizes = found.sizes if meant else None
    dims = len(found.sizes)
    return translate(found.program, name=name, dims=dims, input=sizes, allow_unknown=allow_unknown, of=found.of).network


def read_unsized(
    found: Captured, again: Callable[[Sequence[int]], Captured], name: str, *, allow_unknown: bool
) -> tuple[Network, tuple[int, ...], str]:
    """The network that a module is at any size: at a larger one than was tried, if its maps become too small.

    Args:
        found: The capture.
        again: Captures it at another size.
        name: What the network is called.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.

    Returns:
        The network, the size that it was read at, and why it is not the first.

    Raises:
        NetworkError: Branches are not in step at any size.
        UnsupportedError: It has operations that cannot be followed, or whose places depend on the size.
    """
    first, network = found, _open(found, name, allow_unknown=allow_unknown)
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
            network = _open(found, name, allow_unknown=allow_unknown)
            wrong = contradiction(network)
    shown = ", ".join(map(size_text, tried))
    if wrong is not None:
        do = f"it is so at {shown}; give the size that it runs at: {_option(found.sizes)}"
        raise NetworkError(wrong.what, where=wrong.where, got=wrong.got, expected=wrong.expected, do=do)
    if has_absolute_places(network):
        _check_larger(network, found, again, name, allow_unknown=allow_unknown)
    why = _why(tried[:-1], "too small for its maps")
    return network, found.sizes, why or _why(first.refused, "refused")


def _why(sizes: Sequence[Sequence[int]], what: str) -> str:
    """Why others are not the size that it was read at."""
    if not sizes:
        return ""
    return f", as {first_few([size_text(size) for size in sizes], 3)} {'is' if len(sizes) == 1 else 'are'} {what}"


def _open(found: Captured, name: str, *, allow_unknown: bool) -> Network:
    """The network at no size in particular; where only the size is missing, the error says which would do."""
    try:
        return read_captured(found, name, meant=False, allow_unknown=allow_unknown)
    except UnsupportedError as error:
        raise _advised(error, found, name, allow_unknown=allow_unknown) from None


def _check_larger(
    network: Network, found: Captured, again: Callable[[Sequence[int]], Captured], name: str, *, allow_unknown: bool
) -> None:
    """Refuse a network that reads elsewhere on an image of twice the size."""
    larger = again([2 * size for size in found.sizes])
    other = read_captured(larger, name, meant=False, allow_unknown=allow_unknown)
    try:
        check_alike(network, other, name)
    except UnsupportedError as error:
        raise _advised(error, found, name, allow_unknown=allow_unknown) from None


def _advised(error: UnsupportedError, found: Captured, name: str, *, allow_unknown: bool) -> UnsupportedError:
    """The error, and where that would be the cure, a size at which the network can be read."""
    try:
        read_captured(found, name, meant=True, allow_unknown=allow_unknown)
    except RfscopeError:
        return error
    do = f"give the size of the input, such as {_option(found.sizes)}"
    return UnsupportedError(error.what, where=error.where, got=error.got, expected=error.expected, do=do)


def _option(sizes: Sequence[int]) -> str:
    return f"--input {','.join(map(str, sizes))}"

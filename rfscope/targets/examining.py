"""From what a user names to the analysis of it, or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rfscope.activity import doing
from rfscope.errors import (
    WRONG_SIZES,
    MergeSizesError,
    NetworkError,
    RfscopeError,
    SizeNeededError,
    TargetError,
    UnsupportedError,
)
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.graph import Network
from rfscope.network.parts import find, part_of, up_to
from rfscope.network.provenance import Found
from rfscope.targets.modules import Target
from rfscope.targets.reading import Reading
from rfscope.targets.resolving import resolve

__all__ = ["analysis_of", "examine", "part"]


def analysis_of(target: Target | Analysis) -> Analysis:
    """The analysis of a target, as it is; or the one given.

    Raises:
        RfscopeError: As for ``examine``.
    """
    return target if isinstance(target, Analysis) else examine(target)


def examine(
    target: Target,
    reading: Reading | None = None,
    *,
    output: str | None = None,
    between: tuple[str, str] | None = None,
    position: Sequence[int] | None = None,
) -> Analysis:
    """Analyze what a target names, or a part of it.

    Args:
        target: As for ``resolve``.
        reading: What it leaves open.
        output: The layer or module whose output is analyzed, instead of the network's outputs.
        between: Two layers or modules: only what lies between their outputs is analyzed.
        position: Which output to look at, per axis: a phase on the unbounded grid, a place in the map of a finite one.

    Raises:
        RfscopeError: The target cannot be read or analyzed.
    """
    reading = reading or Reading()
    refused: RfscopeError | None = None
    for given in reading.sized():
        try:
            return _examined(target, given, output, between, position)
        except (NetworkError, TargetError) as error:
            if error.what != WRONG_SIZES:
                raise
            refused = refused or error
    raise refused or TargetError(WRONG_SIZES)


def _examined(
    target: Target,
    reading: Reading,
    output: str | None,
    between: tuple[str, str] | None,
    position: Sequence[int] | None,
) -> Analysis:
    with doing(f"reading {target}" if isinstance(target, str) else "reading"):
        network, provenance = _part(target, reading, output, between)
    provenance = replace(provenance, sample_rate=reading.sample_rate)
    try:
        return analyze(network, input=reading.input, position=position, provenance=provenance)
    except MergeSizesError as error:
        raise _with_sizes_taken(network, reading.input, error) from None
    except SizeNeededError as error:
        if (size := provenance.size) is None:
            raise
        provenance = provenance.only_at(size, f"{error.where}: {error.got}")
        return analyze(network, input=size, position=position, provenance=provenance)


def _with_sizes_taken(network: Network, input: tuple[int, ...] | None, error: MergeSizesError) -> MergeSizesError:
    """The same error with sizes of the input, next to the one that was given, at which merges fit."""
    from rfscope.exact.tile_plan import sizes_near

    size = input or network.input
    near = None if size is None else sizes_near(network, size)
    do = f"take {near[1]} instead of {near[0]}" if near is not None and near[1] else None
    return MergeSizesError(error.what, where=error.where, got=error.got, expected=error.expected, do=do)


def part(target: Target, reading: Reading, output: str | None = None) -> Found:
    """The network that a target names, or what leads to one of its layers, and what its reader says of it.

    Raises:
        RfscopeError: As for ``examine``.
    """
    refused: RfscopeError | None = None
    for given in reading.sized():
        try:
            return _part(target, given, output, None)
        except (NetworkError, TargetError) as error:
            if error.what != WRONG_SIZES:
                raise
            refused = refused or error
    raise refused or TargetError(WRONG_SIZES)


def _part(target: Target, reading: Reading, output: str | None, between: tuple[str, str] | None) -> Found:
    """The part of a network that is asked for: what cannot be followed elsewhere does not matter.

    Raises:
        RfscopeError: As for ``examine``.
    """
    ends = [name for name in (output, between and between[1]) if name is not None]
    try:
        network, provenance = resolve(target, reading)
    except RfscopeError:
        if not ends or reading.allow_unknown:
            raise
        network, provenance = resolve(target, replace(reading, allow_unknown=True))
        for end in ends:
            _check_known(up_to(network, find(network, end)))
    return Found(part_of(network, output, between), provenance)


def _check_known(network: Network) -> None:
    """Refuse what leads to a part of a network, if something of it was not analyzed.

    Raises:
        UnsupportedError: Something was not.
    """
    unknown = next((node for node in network.nodes if node.is_unknown), None)
    if unknown is not None:
        do = f"it leads to {network.outputs[0]}: look at a part before it, or give --allow-unknown for lower bounds"
        raise UnsupportedError(f"cannot follow {unknown.op} ({unknown.why})", where=unknown.place, do=do)

"""How to run a network on inputs that are larger than memory, or have no end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, SupportsIndex

from rfscope.answers.stream import Stream, make_stream
from rfscope.api.given import input_of, numbers_of, rate_of
from rfscope.api.networks import analyze
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.network import build
from rfscope.network.given import listed, whole
from rfscope.readers.rates import is_rates
from rfscope.targets import Reading, Target

if TYPE_CHECKING:
    from rfscope.answers.tiles import TilePlan

__all__ = ["stream", "tile"]


def stream(
    target: Target | Numbers,
    *,
    sample_rate: float | None = None,
    chunk: int | None = None,
    kernel: build.Numbers | str | None = None,
    stride: build.Numbers | str | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None = None,
    of: str | None = None,
    output: str | None = None,
    arguments: Mapping[str, Any] | Sequence[Any] | None = None,
    allow_unknown: bool = False,
    verify: bool = False,
    allow_import: bool = False,
) -> Stream:
    """Say with what latency a network in time runs on a stream, in what chunks, and what it has to remember.

    Args:
        target: A target as for ``analyze``, with one axis, or an analysis; a list of rates has one if not told else.
        sample_rate: Samples a second of its input, in Hz: lengths are then also given as times.
        chunk: Samples that come at once, if also to be told for these.
        kernel: Taps of a list of rates, as for ``analyze``.
        stride: Stride of a list of rates.
        dims: Number of axes of a list of rates; 1 by default.
        causal: Whether no layer of a list of rates reads ahead.
        input: Length of the signal, or shapes of inputs by name: a module is read at it, and SAME padding follows it.
        of: The input that comes as a stream, where there are several.
        output: The layer or module whose output is asked for, instead of the network's.
        arguments: What a factory is called with.
        allow_unknown: Whether to go on where an operation is not known, which then is told as what is in the way.
        verify: Whether to run it in chunks, and a torch module on beginnings of a signal: ``verification`` says what
            came out. What cannot run on a stream is not run.
        allow_import: Whether torch may load a ``.pt2`` file to run it, which runs whatever code is in it.

    Returns:
        The facts: printed, they are the answer of the command line. Where it cannot run on a stream, ``why_not`` says
        why, and lengths are None.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or it has more than one axis.

    Example:
        >>> tcn = stream("1,2,4,8", sample_rate=16_000)
        >>> tcn.causal, tcn.lookahead, tcn.latency_ms, tcn.positions
        (False, 15, 1.0, 30)
    """
    rate = rate_of(sample_rate)
    if chunk is not None and (type(whole(chunk)) is not int or whole(chunk) < 1):
        raise RfscopeError("bad chunk", got=repr(chunk), expected="samples, an integer of 1 or more")
    if isinstance(target, Numbers):
        known = target.provenance if rate is None else replace(target.provenance, sample_rate=rate)
        return make_stream(replace(target, provenance=known), None, Reading(), chunk=whole(chunk), verify=verify)
    if dims is None and _is_of_rates(target):
        dims = 1
    analysis = analyze(
        target,
        kernel=kernel,
        stride=stride,
        dims=dims,
        causal=causal,
        input=input,
        of=of,
        output=output,
        arguments=arguments,
        allow_unknown=allow_unknown,
        sample_rate=rate,
    )
    return make_stream(
        analysis,
        target,
        Reading(arguments=arguments),
        chunk=whole(chunk),
        is_part=output is not None,
        verify=verify,
        allow_import=allow_import,
    )


def _is_of_rates(target: Any) -> bool:
    """Whether a target is a list of rates, as text or as numbers."""
    if isinstance(target, str):
        return is_rates(target)
    items = listed(target)
    return bool(items) and all(type(item) is int for item in items or ())


def tile(
    target: Target,
    *,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]],
    tile: build.Numbers | None = None,
    memory: int | None = None,
    output: str | None = None,
    equal: bool = False,
    dtype: str = "float32",
    batch: int = 1,
    allow_inexact: bool = False,
    verify: bool = False,
) -> TilePlan:
    """Plan how to run a network on an image tile by tile, so that the result equals that of the whole image.

    Args:
        target: As for ``analyze``.
        input: Size of the image: one number for all axes or one per axis; or shapes of inputs by name, batch and
            channels included. All images of one size are cut alike.
        tile: The largest size of a tile; along an axis where it is the image's, nothing is cut.
        memory: Bytes that the maps of one tile may take, instead of a size: the tile of the least work is taken.
        output: The layer or module whose output is put together, instead of the network's.
        equal: Whether tiles must have just the size that is given.
        dtype: Type of the numbers, for what is said of memory.
        batch: Images in a batch, for what is said of memory.
        allow_inexact: Whether a plan may be gone through though the result would not equal the whole's.
        verify: Whether to run the module whole and tiled on a small image: ``verification`` says what came out. Where
            there are no tiles, nothing is run.

    Returns:
        The plan. Going through it gives the tiles; that raises where they would not equal the whole.

    Raises:
        RfscopeError: The target cannot be read, a number is out of range, or nothing fits into the memory.

    Example:
        >>> plan = tile("1,2,5", input=100, tile=64)
        >>> [one.write[1] for one in plan][:2]
        [slice(0, 56, None), slice(56, 100, None)]
    """
    from rfscope.answers.tiles import TilePlan, Wanted, make_plan, verify_plan

    wanted = Wanted(
        tile=None if tile is None else numbers_of("tile", tile),
        memory=whole(memory),
        node=output,
        equal=equal,
        dtype=dtype,
        batch=whole(batch),
        allow_inexact=allow_inexact,
    )
    size, shapes = input_of(input)
    reading = Reading(input=size, shapes=shapes)
    plan = make_plan(target, reading, wanted)
    return TilePlan.of(plan, verify_plan(target, reading, wanted, plan)) if verify and plan.count else plan

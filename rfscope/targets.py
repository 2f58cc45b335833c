"""From what a user names to a network and its analysis: rates, files, published networks, or a network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeGuard

from rfscope.activity import doing
from rfscope.errors import (
    WRONG_SIZES,
    MergeSizesError,
    NetworkError,
    RfscopeError,
    SizeNeededError,
    TargetError,
    UnsupportedError,
    shorten,
)
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble
from rfscope.network.given import listed
from rfscope.network.graph import Network, Node
from rfscope.network.parts import find, part_of, up_to
from rfscope.network.provenance import Found, Provenance
from rfscope.readers import has_reader, read_file
from rfscope.readers.entries import no_shapes, unnamed
from rfscope.readers.files import standard_input
from rfscope.readers.names import runs_code
from rfscope.readers.rates import is_rates, read_rates

if TYPE_CHECKING:
    import torch

__all__ = [
    "Reading",
    "Target",
    "analysis_of",
    "examine",
    "is_module",
    "module_of",
    "module_without_data",
    "part",
    "readings",
    "resolve",
]

Target: TypeAlias = "str | Path | Network | Sequence[SupportsIndex] | Sequence[Node] | torch.nn.Module"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a target leaves open; None takes the default.

    Attributes:
        kernel: Taps of a list of rates, one number or one per layer; 3 by default. A file says these four things
            itself.
        stride: Stride, one number or one per layer; 1 by default.
        dims: Number of spatial axes; 2 by default.
        causal: Whether no layer reads ahead.
        input: Spatial size of the input per axis, or one size for all axes; None for an unbounded grid, or the size
            that a file gives.
        shapes: Shapes of inputs of a torch module, batch and channels included, by the names of its parameters.
        of: The input that the answer is for, by name, where there are several; the first if not given.
        arguments: What a factory is called with: by name, or in order.
        allow_unknown: Whether an unknown operation becomes a node whose reads are unknown.
        sample_rate: Samples a second of a 1-D input, in Hz: answers then also give times.
        together: Whether all images of one size are read as one, as where all are cut alike.
    """

    kernel: int | str | Sequence[int] | None = None
    stride: int | str | Sequence[int] | None = None
    dims: int | None = None
    causal: bool = False
    input: tuple[int, ...] | None = None
    shapes: Mapping[str, tuple[int, ...]] | None = None
    of: str | None = None
    arguments: Mapping[str, Any] | Sequence[Any] | None = None
    allow_unknown: bool = False
    sample_rate: float | None = None
    together: bool = False

    @property
    def is_of_rates(self) -> bool:
        """Whether an option is set that only applies to a list of rates."""
        return (self.kernel, self.stride, self.dims, self.causal) != (None, None, None, False)

    @property
    def given(self) -> dict[str, Any]:
        """The options that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None and value is not False}

    def sized(self) -> Iterator[Reading]:
        """These options as they are, and where one size is given for all axes, with as many as there may be."""
        yield self
        if self.input is not None and len(self.input) == 1:
            yield from (replace(self, input=self.input * axes) for axes in (2, 3))

    def over(self, other: Reading) -> Reading:
        """These options, and another reading's where these leave one open.

        Example:
            >>> Reading(dims=1).over(Reading(dims=2, kernel=5)).given
            {'kernel': 5, 'dims': 1}
        """
        return replace(other, **self.given)


def readings(targets: Sequence[str], reading: Reading) -> list[Reading]:
    """What is said of several targets together, for each of them: options for a list of rates go to the lists alone.

    Where there is no list among them, each is given all of it, and refuses what it says itself; likewise the arguments
    of a factory.

    Example:
        >>> [one.given for one in readings(["net.toml", "1,2,5"], Reading(kernel=5, input=(64,)))]
        [{'input': (64,)}, {'kernel': 5, 'input': (64,)}]
    """
    lists, factories = list(map(is_rates, targets)), list(map(runs_code, targets))
    of_others = replace(reading, kernel=None, stride=None, dims=None, causal=False) if any(lists) else reading
    found = [reading if is_list else of_others for is_list in lists]
    if any(factories):
        both = zip(found, factories, strict=True)
        found = [one if is_factory else replace(one, arguments=None) for one, is_factory in both]
    return found


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


def resolve(target: Target, reading: Reading | None = None) -> Found:
    """Find the network that a target names, and what its reader says of it.

    Args:
        target: Rates (``1,2,5`` or ``1,2,5@3,3,5``, or a list of numbers), a list of layers, which is a chain,
            the path of a file that one of ``rfscope.readers.READERS`` reads, ``-`` for a spec on standard input,
            ``zoo:NAME`` for a published network,
            ``package.module:name`` for a torch module or a callable that makes one, which runs that code, a network,
            or a torch module.
        reading: What it leaves open.

    Raises:
        TargetError: It names nothing that can be read, or something was given for it that it says itself.
    """
    _check_kind(target)
    reading = reading or Reading()
    if (items := _items(target)) is not None:
        target = assemble(items) if any(isinstance(item, Node) for item in items) else _rates_text(items)
    if reading.arguments is not None and not (isinstance(target, str) and runs_code(target)):
        what = "arguments (--args) are for a factory, package.module:name"
        raise TargetError(what, got=target.name if isinstance(target, Network) else str(target), do="leave them out")
    if isinstance(target, str) and is_rates(target):
        unnamed(target, reading.of, reading.shapes)
        return _from_rates(target, reading)
    if reading.is_of_rates:
        raise _of_rates_alone(target, reading)
    if isinstance(target, Network):
        unnamed(target.name, reading.of, reading.shapes)
        return Found(target)
    if is_module(target):
        return _of_module(target, reading, None)
    return _named(target if isinstance(target, str) else str(target), reading)


def module_of(target: Target, reading: Reading | None = None, *, allow_import: bool = False) -> torch.nn.Module | None:
    """The torch module that a target names, with weights that have data; None if it names something else.

    Args:
        target: As for ``resolve``.
        reading: What it leaves open.
        allow_import: Whether torch may load a ``.pt2`` file, which runs whatever code is in it.

    Raises:
        RfscopeError: It cannot be made, or may not be.
    """
    if is_module(target):
        from rfscope.readers.torch.wrapped import unwrapped

        return unwrapped(target)
    if isinstance(target, str) and runs_code(target):
        from rfscope.readers.torch import Factory

        return Factory(target, (reading or Reading()).arguments).build(meta=False)
    if isinstance(target, str | Path) and Path(target).suffix.lower() == ".pt2":
        from rfscope.readers.torch import module_in

        if not allow_import:
            do = "add --allow-import (allow_import=True in Python) if you trust it"
            what = "loading a .pt2 file runs the code that is in it"
            raise TargetError(what, where=str(target), expected="leave to do so", do=do)
        return module_in(Path(target))
    return None


def module_without_data(target: Any, reading: Reading) -> torch.nn.Module | None:
    """The module that a target is or names, with or without data; None if it is none."""
    if is_module(target):
        from rfscope.readers.torch.wrapped import unwrapped

        return unwrapped(target)
    if isinstance(target, str) and runs_code(target):
        from rfscope.readers.torch import Factory

        return Factory(target, reading.arguments).build(meta=True)
    return None


def _named(target: str, reading: Reading) -> Found:
    """The network that a word other than a list of rates names."""
    if target.startswith("zoo:"):
        unnamed(target, reading.of, reading.shapes)
        from rfscope.zoo import find

        return find(target.removeprefix("zoo:")).found()
    if runs_code(target):
        from rfscope.readers.torch import Factory

        factory = Factory(target, reading.arguments)
        return _of_module(factory.build(meta=True), reading, target, partial(factory.build, meta=False))
    if target == "-":
        unnamed("standard input", reading.of, reading.shapes)
        return _from_standard_input(allow_unknown=reading.allow_unknown)
    return _from_file(target, reading)


def _of_module(
    module: torch.nn.Module,
    reading: Reading,
    name: str | None,
    rebuild: Callable[[], torch.nn.Module] | None = None,
) -> Found:
    from rfscope.readers.torch import read_module

    return read_module(
        module,
        input=reading.input,
        shapes=reading.shapes,
        of=reading.of,
        name=name,
        allow_unknown=reading.allow_unknown,
        rebuild=rebuild,
        together=reading.together,
    )


def is_module(target: object) -> TypeGuard[torch.nn.Module]:
    """Whether it is a torch module; torch is not loaded to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(target, torch.nn.Module)


def _items(target: object) -> tuple[Any, ...] | None:
    """The numbers or layers of a list; None of a target that is none."""
    return None if is_module(target) else listed(target)


def _of_rates_alone(target: object, reading: Reading) -> TargetError:
    """Options are for a list of rates, and this target, which is none, says itself what they would say."""
    options = [name for name in ("kernel", "stride", "dims", "causal") if name in reading.given]
    are, them = ("is an option", "it") if len(options) == 1 else ("are options", "them")
    so = ", the answer says how far it looks ahead" if options == ["causal"] else ""
    return TargetError(
        f"{' and '.join(options)} {are} for a list of rates",
        got=target.name if isinstance(target, Network) else str(target),
        do=f"leave {them} out{so}",
    )


def _rates_text(items: Sequence[Any]) -> str:
    """The rates of a list as they are typed."""
    if not all(type(item) is int for item in items):
        if any(map(is_module, items)):
            raise TargetError("a list of torch modules", expected="one module", do="put them into torch.nn.Sequential")
        expected = "integers such as [1, 2, 5], or layers such as [rf.conv(3), rf.conv(3, dilation=2)]"
        raise TargetError("bad rates", got=repr(list(items)), expected=expected)
    return ",".join(map(shorten, items))


def _check_kind(target: object) -> None:
    if not isinstance(target, str | Path | Network) and _items(target) is None and not is_module(target):
        if isinstance(target, Node):
            raise TargetError("a layer alone", expected="a list of layers", do="put it into [ ]")
        if isinstance(target, type):
            name = target.__name__
            raise TargetError("a class", got=name, expected="an object of it", do=f"make one: {name}(...)")
        kinds = "rates, as text or as a list, a list of layers, a path, a network, or a torch module"
        raise TargetError("unknown kind of target", got=type(target).__name__, expected=kinds)


def _from_rates(target: str, reading: Reading) -> Found:
    network = read_rates(
        target,
        kernel=3 if reading.kernel is None else reading.kernel,
        stride=1 if reading.stride is None else reading.stride,
        dims=2 if reading.dims is None else reading.dims,
        causal=reading.causal,
    )
    return Found(network, Provenance(from_rates=True))


def _from_standard_input(*, allow_unknown: bool) -> Found:
    from rfscope.readers.spec import read_spec

    return read_spec(standard_input(), file="standard input", format=None, allow_unknown=allow_unknown)


def _from_file(target: str, reading: Reading) -> Found:
    path = Path(target)
    if not has_reader(path) or ("://" in target and not path.exists()):
        from rfscope.misnamed import misnamed

        raise misnamed(target)
    no_shapes(target, reading.shapes)
    return read_file(
        path, input=reading.input, of=reading.of, allow_unknown=reading.allow_unknown, together=reading.together
    )

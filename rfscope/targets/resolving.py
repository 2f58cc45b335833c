"""From what a user names to a network: rates, files, published networks, modules, or a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope.errors import TargetError, shorten
from rfscope.network.build import assemble
from rfscope.network.given import listed
from rfscope.network.graph import Network, Node
from rfscope.network.provenance import Found, Provenance
from rfscope.readers import has_reader, read_file
from rfscope.readers.entries import no_shapes, unnamed
from rfscope.readers.files import standard_input
from rfscope.readers.names import runs_code
from rfscope.readers.rates import is_rates, read_rates
from rfscope.targets.modules import Target, is_module
from rfscope.targets.reading import Reading

if TYPE_CHECKING:
    import torch

__all__ = ["resolve"]


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

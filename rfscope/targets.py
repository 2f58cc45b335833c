"""From what a user names to a network: rates, spec files, published networks, or a network that is there already."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rfscope.errors import TargetError, shorten
from rfscope.network.graph import Network
from rfscope.readers.rates import is_rates, read_rates

__all__ = ["Shape", "Target", "resolve", "standard_input"]

Target: TypeAlias = str | Path | Network | Sequence[int]

_SPECS = (".toml", ".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a list of rates leaves open; None takes the default. A file says these things itself.

    Attributes:
        kernel: Taps of each layer; 3 by default.
        stride: Stride, one number or one per layer; 1 by default.
        dims: Number of spatial axes; 2 by default.
        causal: Whether no layer reads ahead.
    """

    kernel: int | None = None
    stride: int | str | Sequence[int] | None = None
    dims: int | None = None
    causal: bool = False


def resolve(target: Target, shape: Shape | None = None) -> Network:
    """Find the network that a target names.

    Args:
        target: Rates (``1,2,5`` or ``1,2,5@3,3,5``, or a list of numbers), the path of a spec file, ``-`` for a spec
            on standard input, ``zoo:NAME`` for a published network, or a network.
        shape: What a list of rates leaves open.

    Raises:
        TargetError: It names nothing that can be read, or a shape was given for a target that has its own.
    """
    _check_kind(target)
    shape = shape or Shape()
    if isinstance(target, list | tuple):
        target = ",".join(map(shorten, target))
    if isinstance(target, str) and is_rates(target):
        return _from_rates(target, shape)
    if shape != Shape():
        raise TargetError(
            "kernel, stride, axes and causality are options for a list of rates",
            got=target.name if isinstance(target, Network) else str(target),
            do="leave them out",
        )
    if isinstance(target, Network):
        return target
    if isinstance(target, str) and target.startswith("zoo:"):
        from rfscope.zoo import load

        return load(target.removeprefix("zoo:"))
    return _from_standard_input() if target == "-" else _from_file(Path(str(target)))


def _check_kind(target: object) -> None:
    if not isinstance(target, str | Path | Network | list | tuple):
        kinds = "rates, as text or as a list, a path, or a network"
        raise TargetError("unknown kind of target", got=type(target).__name__, expected=kinds)


def _from_rates(target: str, shape: Shape) -> Network:
    return read_rates(
        target,
        kernel=3 if shape.kernel is None else shape.kernel,
        stride=1 if shape.stride is None else shape.stride,
        dims=2 if shape.dims is None else shape.dims,
        causal=shape.causal,
    )


def standard_input() -> bytes:
    """What stands on standard input.

    Raises:
        TargetError: It cannot be read.
        LimitError: It is larger than a spec may be.
    """
    from rfscope import limits

    if sys.stdin is None:  # closed by whoever started us
        raise TargetError("standard input is closed", do="pipe a spec into it, or name a file")
    try:
        data = sys.stdin.buffer.read(limits.limit("spec-bytes") + 1)
    except OSError as error:
        raise TargetError("cannot read standard input", got=error.strerror or str(error)) from None
    limits.check("spec-bytes", len(data), where="standard input")
    return data


def _from_standard_input() -> Network:
    from rfscope.readers.spec import read_spec

    return read_spec(standard_input(), file="standard input", format=None)


def _from_file(path: Path) -> Network:
    if path.suffix.lower() not in _SPECS:
        raise TargetError(
            "unknown kind of target",
            got=repr(str(path)),
            expected=f"rates such as 1,2,5, a spec file ({', '.join(_SPECS)}), zoo:NAME, or - for standard input",
        )
    from rfscope.readers.spec import read_spec_file

    return read_spec_file(path)

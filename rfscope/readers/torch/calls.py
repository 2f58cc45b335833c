"""A captured torch program: the operations that ran, one after the other, and the tensors between them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rfscope.network.graph import Origin

__all__ = ["Call", "Program", "Tensor", "frames_in", "numbers_in", "tensors_in"]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor in a program.

    Attributes:
        key: What tells it from the others.
        shape: Its shape.
    """

    key: Hashable
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation.

    Attributes:
        name: Its name without overload: ``"conv2d"``; outside of ``aten`` with the namespace: ``"torchvision::nms"``.
        arguments: All arguments by their names in the schema, with ``Tensor`` records for tensors.
        results: The tensors it makes.
        pointwise: Whether torch calls it pointwise: every element is made from those at the same index.
        module: Path of the module it was called in.
        origin: The line of the user's own code that called it, if known.
    """

    name: str
    arguments: Mapping[str, Any]
    results: tuple[Tensor, ...]
    pointwise: bool = False
    module: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """What a module does with its inputs.

    Attributes:
        calls: The operations in order.
        inputs: The tensors it is called with.
        outputs: The tensors it returns, in order.
        constants: The values of tensors that do not depend on the inputs, by their keys, as far as they are at hand:
            weights, buffers, what ``forward`` makes of them and of nothing.
        blanks: The module's own tensors that have no data, by their keys.
    """

    calls: Sequence[Call]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    constants: Mapping[Hashable, Any] = field(default_factory=dict)
    blanks: Mapping[Hashable, Any] = field(default_factory=dict)


def tensors_in(value: Any) -> Iterator[Tensor]:
    """The tensors in an argument, in lists and dictionaries too."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_in(entry)
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from tensors_in(entry)


_FRAME = re.compile(r'File "([^"]+)", line (\d{1,9})(?!\d)')


def frames_in(trace: str) -> list[tuple[str, int]]:
    r"""The files and rows of a stack as Python prints it, torch's own left out, innermost last.

    Example:
        >>> frames_in('File "/a/net.py", line 7, in forward\n  File "/lib/torch/nn/modules/conv.py", line 5, in f')
        [('/a/net.py', 7)]
    """
    found = ((file, int(row)) for file, row in _FRAME.findall(trace))
    return [(file, row) for file, row in found if "/torch/" not in file.replace("\\", "/")]


def numbers_in(value: Any) -> Iterator[float]:
    """The numbers in the arguments of a call."""
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from numbers_in(entry)
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from numbers_in(entry)

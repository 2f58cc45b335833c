"""What makes a module's output on a tile differ from that on the whole though no receptive field shows it.

Maps of positions, numbers made of sizes, random numbers: they are read from no image. It is found by comparing what the
module does at two sizes.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from rfscope.readers.torch.beside import is_random, of_indices
from rfscope.readers.torch.calls import Call, Program, Tensor, numbers_in, tensors_in
from rfscope.readers.torch.constants import Constants

if TYPE_CHECKING:
    import torch

__all__ = ["Longer", "Unlike", "depends_on_size", "longer", "unlike_at"]

_MOST = 2**22
"""Elements of a tensor that are looked at."""


class Unlike(NamedTuple):
    """What is not the same at two sizes, though what is read of the image is.

    Attributes:
        placed: Operations that take in what depends on the place or the size; module paths and operations.
        random: Operations that draw random numbers.
    """

    placed: tuple[str, ...] = ()
    random: tuple[str, ...] = ()


class Longer(NamedTuple):
    """What is not the same where a signal is longer.

    Attributes:
        placed: As of ``Unlike``.
        random: As of ``Unlike``.
        apart: Layers that read other places, or that other layers stand for.
    """

    placed: tuple[str, ...]
    random: tuple[str, ...]
    apart: tuple[str, ...]


def unlike_at(
    module: torch.nn.Module,
    one: Sequence[int],
    other: Sequence[int],
    of: str | None,
    name: str,
) -> Unlike:
    """Where a module takes in what depends on the place, the size or chance.

    Args:
        module: The module.
        one: A size of its image per axis.
        other: Another.
        of: The input that is looked at.
        name: What the module is called in error texts.

    Raises:
        RfscopeError: It cannot be captured.
    """
    from rfscope.readers.torch import capture

    first = capture(module, input=one, of=of, name=name)
    second = capture(module, input=other, of=of, name=name, like=first)
    placed = depends_on_size(first.program, second.program)
    return Unlike(tuple(placed), tuple(_random(first.program)))


def longer(module: torch.nn.Module, length: int, more: int, of: str | None, name: str) -> Longer:
    """What a module does otherwise where its signal is longer.

    Args:
        module: A module whose input has one axis.
        length: Of a signal.
        more: How much longer the other is.
        of: The input that is looked at.
        name: What the module is called in error texts.

    Raises:
        RfscopeError: It cannot be captured.
    """
    from rfscope.readers.torch import capture
    from rfscope.readers.torch.unsized import read_captured

    first = capture(module, input=(length,), of=of, name=name)
    second = capture(module, input=(length + more,), of=of, name=name, like=first)
    one, other = (read_captured(found, name=name, meant=True, allow_unknown=True) for found in (first, second))
    pairs = zip(one.nodes, other.nodes, strict=False)
    apart = tuple(mine.name for mine, theirs in pairs if (mine.name, mine.reads) != (theirs.name, theirs.reads))
    placed = depends_on_size(first.program, second.program)
    return Longer(tuple(placed), tuple(_random(first.program)), apart)


def depends_on_size(one: Program, other: Program) -> list[str]:
    """The operations on an image that take in something else in one program than in the other.

    Where they do other things to the image, the first of these is named.
    """
    found = dict[str, None]()
    made = {tensor.key for tensor in one.inputs}
    constants = Constants(one), Constants(other)
    pairs = zip_longest(_on_image(one, made), _on_image(other, {tensor.key for tensor in other.inputs}))
    for mine, theirs in pairs:
        if mine is None or theirs is None or mine.name != theirs.name:
            found[_title(mine or theirs)] = None
            break
        tensors = zip(tensors_in(mine.arguments), tensors_in(theirs.arguments), strict=False)
        unlike = any(_unlike(pair, made, *constants) for pair in tensors)
        numbers = mine.pointwise and list(numbers_in(mine.arguments)) != list(numbers_in(theirs.arguments))
        if unlike or numbers:
            found[_title(mine)] = None
    found |= dict.fromkeys(_title(call) for call in of_indices(one))
    return list(found)


def _on_image(program: Program, made: set[Hashable]) -> list[Call]:
    """The operations on the image and on what is made of it, whose keys are added to those that are made."""
    found = []
    for call in program.calls:
        if not _takes_shape_only(call) and any(tensor.key in made for tensor in tensors_in(call.arguments)):
            made |= {tensor.key for tensor in call.results}
            found.append(call)
    return found


def _takes_shape_only(call: Call) -> bool:
    """Whether an operation takes nothing but the shape of a tensor."""
    return call.name.endswith("_like") or call.name.startswith("new_")


def _random(program: Program) -> Iterator[str]:
    """The operations that draw random numbers, each once."""
    yield from dict.fromkeys(_title(call) for call in program.calls if is_random(call))


def _title(call: Call | None) -> str:
    if call is None:
        return ""
    return f"{call.module}.{call.name}" if call.module else call.name


def _unlike(pair: tuple[Tensor, Tensor], made: set[Hashable], one: Constants, other: Constants) -> bool:
    """Whether a tensor that is not made from the image is another one at the other size."""
    mine, theirs = pair
    if mine.key in made:
        return False
    if mine.shape != theirs.shape:
        axes = [axis for axis, (a, b) in enumerate(zip(mine.shape, theirs.shape, strict=False)) if a != b]
        return len(mine.shape) != len(theirs.shape) or not (one.is_even(mine, axes) and other.is_even(theirs, axes))
    return _differ(one.value(mine), other.value(theirs))


def _differ(one: torch.Tensor | None, other: torch.Tensor | None) -> bool:
    """Whether two tensors of one shape are known to differ; weights are the same at both sizes."""
    import torch

    if one is None or other is None or one.numel() > _MOST or one.data_ptr() == other.data_ptr():
        return False
    return not torch.equal(one, other)

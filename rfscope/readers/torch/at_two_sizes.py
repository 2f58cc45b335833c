"""What a module adds to its image that depends on the place or on the size: maps of positions, numbers made of sizes.

Receptive fields do not show it, as it is read from no image. A tile gets other numbers than the whole image all the
same. It is found by comparing what the module does at two sizes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.calls import Call, Program, Tensor, numbers_in, tensors_in
from rfscope.readers.torch.constants import is_even

if TYPE_CHECKING:
    import torch

__all__ = ["depends_on_size", "unlike_at"]

_MOST = 2**22
"""Elements of a tensor that are looked at."""


def unlike_at(
    module: torch.nn.Module, one: Sequence[int], other: Sequence[int], of: str | None, name: str
) -> list[str]:
    """Where a module takes in what depends on the place or the size, at two sizes; module paths and operations.

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
    return depends_on_size(first.program, second.program)


def depends_on_size(one: Program, other: Program) -> list[str]:
    """The operations on an image that take in something else in one program than in the other.

    Where they do other things to the image, the first of these is named.
    """
    found = dict[str, None]()
    made = {tensor.key for tensor in one.inputs}
    pairs = zip_longest(_on_image(one, made), _on_image(other, {tensor.key for tensor in other.inputs}))
    for mine, theirs in pairs:
        if mine is None or theirs is None or mine.name != theirs.name:
            found[_title(mine or theirs)] = None
            break
        tensors = zip(tensors_in(mine.arguments), tensors_in(theirs.arguments), strict=False)
        unlike = any(_unlike(pair, made, one.constants, other.constants) for pair in tensors)
        numbers = mine.pointwise and list(numbers_in(mine.arguments)) != list(numbers_in(theirs.arguments))
        if unlike or numbers:
            found[_title(mine)] = None
    return list(found)


def _on_image(program: Program, made: set[Hashable]) -> list[Call]:
    """The operations on the image and on what is made of it, whose keys are added to those that are made."""
    found = []
    for call in program.calls:
        if any(tensor.key in made for tensor in tensors_in(call.arguments)):
            made |= {tensor.key for tensor in call.results}
            found.append(call)
    return found


def _title(call: Call | None) -> str:
    if call is None:
        return ""
    return f"{call.module}.{call.name}" if call.module else call.name


def _unlike(
    pair: tuple[Tensor, Tensor], made: set[Hashable], one: Mapping[Hashable, Any], other: Mapping[Hashable, Any]
) -> bool:
    """Whether a tensor that is not made from the image is another one at the other size."""
    mine, theirs = pair
    if mine.key in made:
        return False
    values = one.get(mine.key), other.get(theirs.key)
    if mine.shape != theirs.shape:
        axes = [axis for axis, (a, b) in enumerate(zip(mine.shape, theirs.shape, strict=False)) if a != b]
        return len(mine.shape) != len(theirs.shape) or not all(is_even(value, axes) for value in values)
    return _differ(*values)


def _differ(one: Any, other: Any) -> bool:
    """Whether two tensors of one shape are known to differ; weights are the same object at both sizes."""
    import torch

    if one is other or not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor):
        return False
    if one.is_meta or other.is_meta or one.numel() > _MOST or one.data_ptr() == other.data_ptr():
        return False
    return not torch.equal(one, other)

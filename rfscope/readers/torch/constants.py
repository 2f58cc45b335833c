"""The data of tensors that do not depend on the image: indices, grids, kernels. Computed only where it is asked for.

What a program computes from its own constants (``arange``, a weight times a mask) is computed here by the same
operations. Which taps of a kernel are zero is read from its data. What is trained has no data to rely on: there, only
taps count that were masked when the module was built.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.readers.torch.calls import Call, Program, Tensor, tensors_in

if TYPE_CHECKING:
    import torch

__all__ = ["Constants", "DataNeededError", "is_even", "masked", "present_taps"]

Taps: TypeAlias = frozenset[tuple[int, ...]]
"""Places in a kernel, from 0 along each axis."""

_CHANNELS = 2
"""Dimensions of a kernel in front of its taps."""
_SCATTERED = 0.1
"""Of the channels that a tap joins: where fewer have numbers, nobody has masked the others."""
_MOST = 2**26
"""Elements of a constant that is computed."""
_FILLING = frozenset(f"{before}{what}{like}" for what in ("zeros", "ones", "full")
                     for before, like in (("", ""), ("new_", ""), ("", "_like")))  # fmt: skip
"""Operations that make a tensor of one number."""
_REPEATING = frozenset(["broadcast_to", "expand", "expand_as", "detach", "alias", "clone", "contiguous", "to"])
"""Operations that keep what they are given, or repeat what has one element along a dimension."""
_MOST_COMPARED = 2**22
"""Elements of a constant that are compared with each other."""


class DataNeededError(UnsupportedError):
    """What is read depends on constants that have no data."""


class Constants:
    """The constants of a program.

    Args:
        program: The program; none for one without constants.
        needs_data: Whether to refuse those that are asked for and have no data.
    """

    def __init__(self, program: Program | None = None, *, needs_data: bool = False) -> None:
        self._needs_data = needs_data
        self._held: dict[Hashable, Any] = {}
        self._made_by: dict[Hashable, tuple[Call, int]] = {}
        self._found: dict[tuple[Hashable, bool], Any] = {}
        self._taps: dict[Hashable, Taps | None] = {}
        calls = program.calls if program is not None else ()
        self._calls = {tensor.key: call for call in calls for tensor in call.results}
        if program is not None and (program.constants or program.blanks):
            images = {tensor.key for tensor in program.inputs}
            self._held = {key: one for key, one in {**program.blanks, **program.constants}.items() if key not in images}
            self._made_by = {
                tensor.key: (call, place) for call in program.calls for place, tensor in enumerate(call.results)
            }

    def value(self, tensor: Tensor) -> torch.Tensor | None:
        """The data of a tensor; None if it is not known.

        Raises:
            DataNeededError: It has none, and that is refused.
        """
        found: torch.Tensor | None = self._value(tensor.key, trained=True)
        return found

    def is_even(self, tensor: Tensor, dims: Sequence[int]) -> bool:
        """Whether a tensor is known to hold the same all along some of its dimensions."""
        if self._is_filled(tensor, {dim - len(tensor.shape) for dim in dims}):
            return True
        try:
            found = self.value(tensor)
        except DataNeededError:
            return False
        return found is not None and is_even(found, dims)

    def _is_filled(self, tensor: Tensor, dims: Collection[int]) -> bool:
        """Whether a tensor repeats what has one element along some dimensions, counted from the back."""
        waiting, seen = [tensor], set[Hashable]()
        while waiting:
            one = waiting.pop()
            if one.key in seen or all(-dim > len(one.shape) or one.shape[dim] == 1 for dim in dims):
                continue
            seen.add(one.key)
            call = self._calls.get(one.key)
            if call is None or not (call.pointwise or call.name in (*_FILLING, *_REPEATING)):
                return False
            if call.name not in _FILLING:
                waiting += tensors_in(call.arguments)
        return True

    def taps(self, kernel: Tensor) -> Taps | None:
        """The taps of a kernel (out, in, taps along each axis) that are read; None if all are.

        Raises:
            DataNeededError: As for ``value``.
        """
        if kernel.key not in self._taps:
            several = any(size > 1 for size in kernel.shape[_CHANNELS:])
            self._taps[kernel.key] = self._present(kernel) if several else None
        return self._taps[kernel.key]

    def _present(self, kernel: Tensor) -> Taps | None:
        leaf = self._held.get(kernel.key) if kernel.key not in self._made_by else None
        if leaf is not None and _is_trained(leaf):
            return None if leaf.is_meta else present_taps(leaf, trained=True)
        if leaf is None and not self._may_hold_zeros(kernel):
            return None
        found = self._value(kernel.key, trained=False)
        return None if found is None else present_taps(found, trained=False)

    def _may_hold_zeros(self, kernel: Tensor) -> bool:
        """Whether more goes into a kernel than what is trained, and the vectors that normalize it."""
        leaves = list(self._leaves_of(kernel.key))
        fixed = [leaf for leaf in leaves if leaf is not None and not _is_trained(leaf)]
        return None not in leaves and (
            len(fixed) == len(leaves)
            or any(leaf.ndim >= _CHANNELS or tuple(leaf.shape) == kernel.shape[-1:] for leaf in fixed)
            or any(present_taps(leaf, trained=True) for leaf in leaves if not leaf.is_meta)
        )

    def _leaves_of(self, key: Hashable) -> list[Any]:
        """The constants that a tensor is computed from, or it itself; None among them for what is not known."""
        waiting, seen, found = [key], set(), []
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            if key in self._made_by:
                waiting += [tensor.key for tensor in tensors_in(self._made_by[key][0].arguments)]
            else:
                found.append(self._held.get(key))
        return found

    def _value(self, key: Hashable, *, trained: bool) -> Any:
        """The data of a tensor; or, if not trained, with other numbers for what is, none of which is zero."""
        if (key, trained) not in self._found:
            self._found[key, trained] = None  # until it is known
            self._found[key, trained] = self._computed(key, trained=trained)
        return self._found[key, trained]

    def _computed(self, key: Hashable, *, trained: bool) -> Any:
        held = self._held.get(key)
        if held is not None and (trained or key not in self._made_by):
            if not trained and _is_trained(held):
                return _any_numbers(held)
            if not held.is_meta:
                return held.detach().cpu()
        if key not in self._made_by:
            return None if held is None else self._missing()
        call, place = self._made_by[key]
        if any(prod(result.shape) > _MOST for result in call.results):
            return None
        made = _run(call.name, {name: self._with_data(one, trained=trained) for name, one in call.arguments.items()})
        return made[place] if isinstance(made, list | tuple) else made

    def _with_data(self, argument: Any, *, trained: bool) -> Any:
        if isinstance(argument, Tensor):
            held = self._value(argument.key, trained=trained)
            return _UNKNOWN if held is None else held.clone()
        if isinstance(argument, list | tuple):
            entries = [self._with_data(entry, trained=trained) for entry in argument]
            return _UNKNOWN if any(entry is _UNKNOWN for entry in entries) else entries
        return argument

    def _missing(self) -> None:
        if self._needs_data:
            raise DataNeededError("what it reads is said by constants without data", do="build it on the CPU")


_UNKNOWN = object()
"""Stands for an argument that is not known."""


def _run(name: str, arguments: Mapping[str, Any]) -> Any:
    """What an operation makes of constants; None if it is not known."""
    import torch
    from torch.utils._python_dispatch import _disable_current_modes

    if any(one is _UNKNOWN for one in arguments.values()):
        return None
    home = torch.device("cpu")
    given = {name: home if isinstance(one, torch.device) else one for name, one in arguments.items()}
    try:
        with _disable_current_modes(), torch.no_grad():
            return getattr(torch.ops.aten, name)(**given)
    except Exception:  # noqa: BLE001 - whatever torch raises: then it is not known
        return None


def is_even(value: Any, axes: Sequence[int]) -> bool:
    """Whether a tensor is known to hold the same all along some axes."""
    import torch

    if not isinstance(value, torch.Tensor) or value.is_meta or value.numel() > _MOST_COMPARED:
        return False
    return all(value.stride(axis) == 0 or bool((value == value.narrow(axis, 0, 1)).all()) for axis in axes)


def _is_trained(tensor: Any) -> bool:
    import torch

    return isinstance(tensor, torch.nn.Parameter) or bool(tensor.requires_grad)


def present_taps(kernel: torch.Tensor, *, trained: bool) -> Taps | None:
    """The taps of a kernel that are not zero for all of its channels; None if all are read.

    A kernel that is wholly zero waits to be trained or loaded: it has no structure. Nor has one that is trained and
    starts from the identity, all of whose taps but the middle one are zero, or from memory that nobody has set.

    Args:
        kernel: (out, in, taps along each axis).
        trained: Whether its numbers are trained, and not constants.
    """
    if not kernel.is_floating_point() or kernel.ndim <= _CHANNELS or bool((kernel[:1, :1] != 0).all()):
        return None
    pairs = (kernel != 0).flatten(0, 1)
    taps = pairs.any(0)
    if bool(taps.all()) or not bool(taps.any()):
        return None
    found = frozenset(tuple(place) for place in taps.nonzero().tolist())
    if not trained:
        return found
    middle = tuple((size - 1) / 2 for size in taps.shape)
    set_by_chance = bool((pairs.float().mean(0)[taps] < _SCATTERED).any())
    return None if found == {middle} or set_by_chance else found


def masked(weight: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    """Other numbers for a weight that is trained: zero at the taps that were masked when it was made."""
    import torch

    taps = None if weight.is_meta else present_taps(weight.detach(), trained=True)
    if taps is None:
        return numbers
    mask = torch.zeros(weight.shape[_CHANNELS:], dtype=numbers.dtype)
    for tap in taps:
        mask[tap] = 1
    return numbers * mask


def _any_numbers(weight: torch.Tensor) -> torch.Tensor:
    """Numbers in place of a weight's: none is zero, but for taps that were masked when it was made."""
    import torch

    random = torch.Generator().manual_seed(1)
    return masked(weight, torch.rand(weight.shape, generator=random) + 0.5).to(weight.dtype)

"""The data of tensors that do not depend on the image: indices, grids, kernels. Computed only where it is asked for.

What a program computes from its own constants (``arange``, a weight times a mask) is computed here by the same
operations. Which taps of a kernel are zero is read from its data, and what is trained has no data to rely on: there only
taps count that were masked when the module was built.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.readers.torch.calls import Call, Program, Tensor, tensors_in

if TYPE_CHECKING:
    import torch

__all__ = ["Constants", "DataNeededError", "present_taps"]

_CHANNELS = 2
"""Dimensions of a kernel in front of its taps."""
_MOST = 2**26
"""Elements of a constant that is computed."""


class DataNeededError(UnsupportedError):
    """What is read depends on constants that have no data."""


class Constants:
    """The constants of a program.

    Args:
        program: The program; none for one without constants.
        needs_data: Whether to refuse those that are asked for and have no data.
    """

    def __init__(self, program: Program | None = None, *, needs_data: bool = False) -> None:
        self._leaves = {} if program is None else program.constants
        calls: Iterator[Call] = iter(() if program is None else program.calls)
        self._made_by = {tensor.key: (call, place) for call in calls for place, tensor in enumerate(call.results)}
        self._entering = {tensor.key for tensor in (() if program is None else program.inputs)}
        self._needs_data = needs_data
        self._found: dict[tuple[Hashable, bool], Any] = {}
        self._taps: dict[Hashable, frozenset[tuple[int, ...]] | None] = {}

    def value(self, tensor: Tensor) -> torch.Tensor | None:
        """The data of a tensor; None if it is not known.

        Raises:
            DataNeededError: It has none, and that is refused.
        """
        return self._value(tensor, trained=True)

    def taps(self, kernel: Tensor) -> frozenset[tuple[int, ...]] | None:
        """The taps of a kernel (out, in, taps along each axis) that are read; None if all are.

        Raises:
            DataNeededError: As for ``value``.
        """
        if kernel.key not in self._taps:
            self._taps[kernel.key] = self._present(kernel)
        return self._taps[kernel.key]

    def _present(self, kernel: Tensor) -> frozenset[tuple[int, ...]] | None:
        leaf = self._leaves.get(kernel.key)
        if all(size == 1 for size in kernel.shape[_CHANNELS:]) or (leaf is not None and _is_trained(leaf) and leaf.is_meta):
            return None
        if leaf is None and not self._may_hold_zeros(kernel):
            return None
        found = leaf if leaf is not None and _is_trained(leaf) else self._value(kernel, trained=False)
        return None if found is None else present_taps(found, trained=leaf is not None and _is_trained(leaf))

    def _may_hold_zeros(self, kernel: Tensor) -> bool:
        """Whether more goes into a kernel than what is trained, and the vectors that normalize it."""
        leaves = list(self._leaves_of(kernel))
        if any(leaf is None for leaf in leaves):
            return False
        fixed = [leaf for leaf in leaves if not _is_trained(leaf)]
        return len(fixed) == len(leaves) or any(
            leaf.ndim >= _CHANNELS or tuple(leaf.shape) == kernel.shape[-1:] for leaf in fixed
        )

    def _leaves_of(self, tensor: Tensor) -> Iterator[Any]:
        """The constants that a tensor is computed from; None among them for what is not known."""
        waiting, seen = [tensor], set()
        while waiting:
            one = waiting.pop()
            if one.key in seen:
                continue
            seen.add(one.key)
            if one.key in self._leaves:
                yield self._leaves[one.key]
            elif one.key in self._made_by:
                waiting += tensors_in(self._made_by[one.key][0].arguments)
            else:
                yield None

    def _value(self, tensor: Tensor, *, trained: bool) -> Any:
        """The data of a tensor, or with numbers in place of those that are trained, none of which is zero."""
        key = (tensor.key, trained)
        if key not in self._found:
            self._found[key] = self._computed(tensor, trained=trained)
        return self._found[key]

    def _computed(self, tensor: Tensor, *, trained: bool) -> Any:
        leaf = self._leaves.get(tensor.key)
        if leaf is not None:
            if leaf.is_meta and (trained or not _is_trained(leaf)):
                return self._missing()
            return leaf.detach().cpu() if trained or not _is_trained(leaf) else _any_numbers(leaf)
        if tensor.key in self._entering or tensor.key not in self._made_by:
            return None
        call, place = self._made_by[tensor.key]
        if call.target is None or any(prod(result.shape) > _MOST for result in call.results):
            return None
        made = self._called(call, trained=trained)
        return made[place] if isinstance(made, list | tuple) else made

    def _called(self, call: Call, *, trained: bool) -> Any:
        import torch

        given = {}
        for name, argument in call.arguments.items():
            held = self._with_data(argument, trained=trained)
            if held is _UNKNOWN:
                return None
            given[name] = torch.device("cpu") if isinstance(held, torch.device) else held
        from torch.utils._python_dispatch import _disable_current_modes

        try:
            with _disable_current_modes(), torch.no_grad():
                return call.target(**given)
        except Exception:  # noqa: BLE001 - whatever torch raises: then it is not known
            return None

    def _with_data(self, argument: Any, *, trained: bool) -> Any:
        if isinstance(argument, Tensor):
            held = self._value(argument, trained=trained)
            return _UNKNOWN if held is None else held.clone()
        if isinstance(argument, list | tuple):
            entries = [self._with_data(entry, trained=trained) for entry in argument]
            return _UNKNOWN if any(entry is _UNKNOWN for entry in entries) else entries
        return argument

    def _missing(self) -> None:
        if self._needs_data:
            raise DataNeededError("what it reads is said by constants without data", do="build it on the CPU")


_UNKNOWN = object()


def _is_trained(tensor: Any) -> bool:
    import torch

    return isinstance(tensor, torch.nn.Parameter) or bool(tensor.requires_grad)


def present_taps(kernel: torch.Tensor, *, trained: bool) -> frozenset[tuple[int, ...]] | None:
    """The taps of a kernel that are not zero for all of its channels; None if all are read.

    A kernel that is wholly zero waits to be trained or loaded: it has no structure. Nor has one that is trained from the
    identity, all of whose taps but the middle one are zero.

    Args:
        kernel: (out, in, taps along each axis).
        trained: Whether its numbers are trained, and not constants.
    """
    if not kernel.is_floating_point() or kernel.ndim <= _CHANNELS or bool((kernel[0, 0] != 0).all()):
        return None
    taps = (kernel != 0).flatten(0, 1).any(0)
    if bool(taps.all()) or not bool(taps.any()):
        return None
    found = frozenset(tuple(place) for place in taps.nonzero().tolist())
    middle = tuple((size - 1) / 2 for size in taps.shape)
    return None if trained and found == {middle} else found


def _any_numbers(weight: torch.Tensor) -> torch.Tensor:
    """Numbers in place of a weight's: none is zero, but for taps that were masked when it was made."""
    import torch

    random = torch.Generator().manual_seed(1)
    found = torch.rand(weight.shape, generator=random) + 0.5
    taps = None if weight.is_meta else present_taps(weight.detach(), trained=True)
    if taps is not None:
        mask = torch.zeros(weight.shape[_CHANNELS:])
        for tap in taps:
            mask[tap] = 1
        found *= mask
    return found.to(weight.dtype)

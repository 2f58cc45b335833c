"""The layers that a wished schedule is made of: how many of each kernel, and what they can reach."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd, prod
from typing import NamedTuple

from rfscope import limits
from rfscope.design.strides import jumps_of

__all__ = ["Alike", "Layers"]


_STATE = 2**16
"""Bytes that could be counted in the time that a state of the search for the widest field takes."""


class Alike(NamedTuple):
    """Layers that can stand for each other.

    Attributes:
        kernel: Their taps.
        jump: The strides before them, multiplied: at rate ``r`` they act at ``r * jump`` positions of the input.
        many: How many there are.
    """

    kernel: int
    jump: int
    many: int


@dataclass(frozen=True)
class Layers:
    """The layers of a schedule without their rates: a chain along one axis.

    Where the same rates come again and again, as the teeth of a saw do, the layers of one rate are taken for one:
    ``t`` layers of ``k`` taps and rate ``r`` read what one of ``t (k - 1) + 1`` taps does.

    Attributes:
        kernels: Taps of each, at least 2, in rising order; with strides, in the order of the layers.
        max_rate: The largest rate that is wanted; None if any will do.
        teeth: How often each rate comes.
        strides: The stride of each layer; none if all are 1. Each layer then has its place.

    Example:
        >>> layers = Layers.of([3, 3, 3])
        >>> layers.narrowest, layers.widest, layers.step
        (7, 27, 2)
        >>> layers = Layers.of([3, 3, 3], strides=(1, 2, 1))
        >>> layers.jumps, layers.narrowest, layers.widest
        ((1, 1, 2), 9, 25)
    """

    kernels: tuple[int, ...]
    max_rate: int | None = None
    teeth: int = 1
    strides: tuple[int, ...] = ()

    @classmethod
    def of(
        cls, kernels: Iterable[int], max_rate: int | None = None, teeth: int = 1, strides: tuple[int, ...] = ()
    ) -> Layers:
        """Layers of these kernels, so many times; those of one tap are passed over.

        Example:
            >>> twice = Layers.of([3, 3, 3], teeth=2)
            >>> twice.kernels, twice.written, twice.widest
            ((5, 5, 5), (3, 3, 3, 3, 3, 3), 125)
        """
        if any(stride > 1 for stride in strides):
            return cls(tuple(kernels), max_rate, strides=strides)
        return cls(tuple(sorted(teeth * (kernel - 1) + 1 for kernel in kernels if kernel > 1)), max_rate, teeth)

    def __len__(self) -> int:
        return len(self.kernels)

    @property
    def tooth(self) -> tuple[int, ...]:
        """Taps of the layers that are written once, each of its own rate."""
        return tuple((kernel - 1) // self.teeth + 1 for kernel in self.kernels)

    @property
    def written(self) -> tuple[int, ...]:
        """Taps of all layers."""
        return self.tooth * self.teeth

    @cached_property
    def jumps(self) -> tuple[int, ...]:
        """The strides before each layer, multiplied."""
        return jumps_of(self.strides) if self.strides else (1,) * len(self)

    @cached_property
    def classes(self) -> tuple[Alike, ...]:
        """The layers, those that can stand for each other together."""
        alike = Counter(zip(self.kernels, self.jumps, strict=True))
        return tuple(Alike(kernel, jump, many) for (kernel, jump), many in sorted(alike.items()))

    def allows(self, number: int, rate: int) -> bool:
        """Whether the layers of a class can act at a rate, which is in positions of the input."""
        jump = self.classes[number].jump
        return rate % jump == 0 and (self.max_rate is None or rate <= self.max_rate * jump)

    def in_order(self, numbers: Sequence[int]) -> list[int]:
        """Where each layer of a chain with strides is among layers given by their classes.

        Example:
            >>> Layers.of([3, 3, 3], strides=(1, 2, 1)).in_order([0, 1, 0])
            [0, 2, 1]
        """
        places = defaultdict[tuple[int, int], deque[int]](deque)
        for place, number in enumerate(numbers):
            places[self.classes[number][:2]].append(place)
        return [places[own].popleft() for own in zip(self.kernels, self.jumps, strict=True)]

    @property
    def narrowest(self) -> int:
        """The smallest field: all rates 1."""
        return 1 + sum(self.each)

    @cached_property
    def each(self) -> tuple[int, ...]:
        """What each layer adds to the field at rate 1."""
        return tuple((kernel - 1) * jump for kernel, jump in zip(self.kernels, self.jumps, strict=True))

    @cached_property
    def widest(self) -> int:
        """The largest field without holes: the product of the kernels, unless the largest rate is met before.

        Each layer multiplies the field by at most its kernel, ``L + (k - 1) r <= k L`` as ``r <= L``; where rates are
        limited to R, the layers of small kernels come first, while the field is below R. Behind strides, rates are
        multiples of their product. It is 0 if the layers leave holes whatever their rates.
        """
        dense = max(self.jumps, default=1) == 1
        if dense and (self.max_rate is None or self.max_rate >= prod(self.kernels)):
            return prod(self.kernels)
        if dense and self.max_rate is not None and len(self.classes) == 1:
            return self._widest_alike(self.max_rate)
        states = prod(alike.many + 1 for alike in self.classes)
        limits.check("counting", _STATE * states, where="the widest field")
        fields = {(0,) * len(self.classes): 1}  # a largest field in any order: how many of each kernel are placed
        for _ in self.kernels:
            longer: dict[tuple[int, ...], int] = {}
            for placed, reach in fields.items():
                for number, (kernel, jump, many) in enumerate(self.classes):
                    if placed[number] < many and jump <= reach:
                        after = (*placed[:number], placed[number] + 1, *placed[number + 1 :])
                        wider = reach + (kernel - 1) * jump * min(reach // jump, self.max_rate or reach)
                        longer[after] = max(longer.get(after, 0), wider)
            fields = longer
        return max(fields.values(), default=0)

    def _widest_alike(self, max_rate: int) -> int:
        kernel, reach = self.kernels[0], 1
        for placed in range(len(self)):
            if reach >= max_rate:
                return reach + (len(self) - placed) * (kernel - 1) * max_rate
            reach *= kernel
        return reach

    @cached_property
    def step(self) -> int:
        """All fields lie multiples of this apart: 2 for kernels of 3."""
        return gcd(*self.each) or 1

    def largest_rate(self, field: int) -> int:
        """No layer of a schedule of this field without holes acts at a larger rate, in positions of the input."""
        left = field - self.narrowest
        return max(
            jump * min(1 + left // own, self.max_rate or field) for own, jump in zip(self.each, self.jumps, strict=True)
        )

"""The layers that a wished schedule is made of: how many of each kernel, and what they can reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import gcd, prod

__all__ = ["Layers"]


@dataclass(frozen=True)
class Layers:
    """The layers of a schedule without their rates: a chain at stride 1, along one axis.

    Where the same rates come again and again, as the teeth of a saw do, the layers of one rate are taken for one:
    ``t`` layers of ``k`` taps and rate ``r`` read what one of ``t (k - 1) + 1`` taps does.

    Attributes:
        kernels: Taps of each, at least 2, in rising order.
        max_rate: The largest rate that is wanted; None if any will do.
        teeth: How often each rate comes.

    Example:
        >>> layers = Layers.of([3, 3, 3])
        >>> layers.narrowest, layers.widest, layers.step
        (7, 27, 2)
    """

    kernels: tuple[int, ...]
    max_rate: int | None = None
    teeth: int = 1

    @classmethod
    def of(cls, kernels: Iterable[int], max_rate: int | None = None, teeth: int = 1) -> Layers:
        """Layers of these kernels, so many times; those of one tap are passed over.

        Example:
            >>> twice = Layers.of([3, 3, 3], teeth=2)
            >>> twice.kernels, twice.written, twice.widest
            ((5, 5, 5), (3, 3, 3, 3, 3, 3), 125)
        """
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
    def classes(self) -> tuple[tuple[int, int], ...]:
        """Each kernel and how many layers have it."""
        return tuple(sorted(Counter(self.kernels).items()))

    @property
    def narrowest(self) -> int:
        """The smallest field: all rates 1."""
        return 1 + sum(kernel - 1 for kernel in self.kernels)

    @cached_property
    def widest(self) -> int:
        """The largest field without holes: the product of the kernels, unless the largest rate is met before.

        Each layer multiplies the field by at most its kernel, ``L + (k - 1) r <= k L`` as ``r <= L``; where rates are
        limited to R, the layers of small kernels come first, while the field is below R.
        """
        if self.max_rate is None or self.max_rate >= prod(self.kernels):
            return prod(self.kernels)
        if len(self.classes) == 1:
            return self._widest_alike(self.max_rate)
        fields = {(0,) * len(self.classes): 1}  # a largest field in any order: how many of each kernel are placed
        for _ in self.kernels:
            longer: dict[tuple[int, ...], int] = {}
            for placed, reach in fields.items():
                for number, (kernel, many) in enumerate(self.classes):
                    if placed[number] < many:
                        after = (*placed[:number], placed[number] + 1, *placed[number + 1 :])
                        wider = reach + (kernel - 1) * min(reach, self.max_rate)
                        longer[after] = max(longer.get(after, 0), wider)
            fields = longer
        return max(fields.values())

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
        return gcd(*(kernel - 1 for kernel in self.kernels)) or 1

    def largest_rate(self, field: int) -> int:
        """No layer of a schedule of this field without holes has a larger rate."""
        others = self.narrowest - 1
        largest = max((field - 1 - (others - (kernel - 1))) // (kernel - 1) for kernel in self.kernels)
        return min(largest, self.max_rate) if self.max_rate is not None else largest

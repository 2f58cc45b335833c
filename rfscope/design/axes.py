"""Schedules for a field that is not the same along each axis: axes are separable, and each has rates of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rfscope.design.suggestion import Suggestion, suggest
from rfscope.design.wish import Wish
from rfscope.errors import RfscopeError
from rfscope.network.graph import Network

__all__ = ["PerAxis", "per_axis"]


@dataclass(frozen=True)
class PerAxis:
    """The best schedules of as many layers along each axis.

    Attributes:
        axes: What was found along each.
    """

    axes: tuple[Suggestion, ...]

    @property
    def feasible(self) -> bool:
        """Whether there is an answer along each axis."""
        return all(axis.feasible for axis in self.axes)

    @property
    def rates(self) -> tuple[tuple[int, ...], ...] | None:
        """The dilation of each layer, one number per axis, of the best; None if there is no answer."""
        return tuple(zip(*(axis.answers[0].rates for axis in self.axes), strict=True)) if self.feasible else None

    def network(self) -> Network:
        """The best as a network.

        Raises:
            RfscopeError: There is no answer.
        """
        if self.rates is None:
            raise RfscopeError("no schedule", where="a field per axis", expected="a wish that can be met")
        from rfscope.network.build import assemble, conv

        first, causal = self.axes[0].answers[0], self.axes[0].wish.causal
        padding, dims = "causal" if causal else "same", len(self.axes)
        layers = zip(first.kernels, self.rates, first.strides or [1] * len(self.rates), strict=True)
        name = " x ".join(",".join(map(str, axis.answers[0].rates)) for axis in self.axes)
        return assemble(
            name,
            [conv(kernel, stride=stride, dilation=rate, padding=padding, dims=dims) for kernel, rate, stride in layers],
        )


def per_axis(wishes: Sequence[Wish]) -> PerAxis:
    """Find schedules for a wish along each axis, all of as many layers: each distinct wish is searched for once.

    Args:
        wishes: One per axis; where the number of layers is left open, the most that any of them needs are taken.

    Raises:
        RfscopeError: Kernels are to be chosen, which have one size along all axes.

    Example:
        >>> found = per_axis([Wish(field=17, layers=3), Wish(field=13, layers=3)])
        >>> found.rates
        ((1, 1), (3, 2), (4, 3))
    """
    if any(wish.among for wish in wishes):
        expected = "one field for all axes, or --kernel"
        raise RfscopeError("kernels to choose from, and a field per axis", where="the wish", expected=expected)
    found = {wish: suggest(wish) for wish in dict.fromkeys(wishes)}
    most = max(len(one.layers.written) for one in found.values())
    for wish, one in found.items():
        if wish.layers is None and len(one.layers.written) < most:
            found[wish] = suggest(replace(wish, layers=most))
    return PerAxis(tuple(found[wish] for wish in wishes))

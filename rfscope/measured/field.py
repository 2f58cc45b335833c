"""The record of an effective receptive field: what was measured, and the exact field around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rfscope.errors import MissingExtraError
from rfscope.measured.extent import above_peak, half_radius, sides
from rfscope.measured.grids import grid_share, mass_by_position
from rfscope.measured.moments import EXPLAINED, Gaussian, gaussian, marginal, moments, normalised
from rfscope.measured.replknet import Square, high_contribution

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EffectiveField", "Extent", "Grid", "Kind", "Outside"]

Kind = Literal["none", "through", "global", "lower bound", "fault", "unchecked"]


class Outside(NamedTuple):
    """What lies outside the exact field, and why it may.

    Attributes:
        kind: ``"none"``: nothing, as must be. ``"through"``: what comes through global operations, and with their
            results held constant nothing. ``"global"``: the output itself belongs to no position, so there is no exact
            field. ``"lower bound"``: not all is known of what the output reads. ``"fault"``: the reader is wrong.
            ``"unchecked"``: global operations could not be held constant.
        share: The part of E2 that lies outside; None without an exact field.
        held: The same with the results of global operations held constant; None if that was not measured.
        through: The global operations on the way to the output.
        place: The first position outside that has a gradient and may not, of a fault.
        why: More about it, in words.
    """

    kind: Kind
    share: float | None
    held: float | None = None
    through: tuple[str, ...] = ()
    place: tuple[int, ...] | None = None
    why: str | None = None


class Extent(NamedTuple):
    """How far a map spreads.

    Attributes:
        std: Standard deviation of its marginal along each axis, in positions.
        sides: Side of the smallest square about the centre that holds 20, 30, 50 and 99 %.
        half_radius: Distance from the centre within which half of it lies.
        above_peak: Share of the exact field with 1 % of the peak or more; None without an exact field.
    """

    std: tuple[float, ...]
    sides: tuple[int, ...]
    half_radius: float
    above_peak: float | None


class Grid(NamedTuple):
    """How much of a map repeats along an axis.

    Attributes:
        axis: The axis.
        period: Positions after which it repeats: a common factor of rates, or an output stride.
        share: The grid share of E2's marginal, 0 to 1.
        counts: That of the path counts; None where these are not known.
        mass: The part of E2 at each position modulo the period.
        counts_mass: That of the path counts.
    """

    axis: int
    period: int
    share: float
    counts: float | None
    mass: tuple[float, ...]
    counts_mass: tuple[float, ...] | None


@dataclass(frozen=True, eq=False, kw_only=True)
class EffectiveField:
    """What the gradients of one output on some images say, beside what the output can read.

    Maps have one axis per axis of the input, and its size: the first axis is that of the rows.

    Attributes:
        name: The network.
        node: The output, or the layer or module whose output was looked at.
        at: Which of its positions; empty if it belongs to none.
        e1: Mean over images of the absolute gradient, summed over input channels.
        e2: Mean over images of the squared gradient, summed over input channels: what path counts predict.
        positive: Mean over images of the positive gradient, summed over input channels; only with the cotangent
            ``"relu"``, for RepLKNet's numbers.
        counts: Path counts over their sum, clipped to the input; None where they are not known.
        counts_unknown: Why they are not.
        exact: Where the output can read, paths through global operations left out; None without an exact field.
        frame: Per axis, first position and size of the exact field, beyond the input's border, too; None without one.
        centre: Middle of the exact field per axis; of the input where there is none.
        periods: Per axis, the periods at which there may be a grid.
        outside: What lies outside the exact field.
        samples: How many images.
        images: What images, in words; empty if they are noise.
        cotangent: What the output's channels are weighted with: ``"signs"``, ``"sum"`` or ``"relu"``.
        seed: Where random numbers began.
        device: Where it ran.
        dtype: Type of the numbers.
        torch: Version of torch.
        batch: Images at once.
        seconds: How long the passes took, the reading of the network left out.
    """

    name: str
    node: str
    at: tuple[int, ...]
    e1: np.ndarray[Any, Any]
    e2: np.ndarray[Any, Any]
    positive: np.ndarray[Any, Any] | None = None
    counts: np.ndarray[Any, Any] | None = None
    counts_unknown: str | None = None
    exact: np.ndarray[Any, Any] | None = None
    frame: tuple[tuple[int, int], ...] | None = None
    centre: tuple[float, ...]
    periods: tuple[tuple[int, ...], ...] = ()
    outside: Outside
    samples: int
    images: str = ""
    cotangent: str = "signs"
    seed: int = 0
    device: str = "cpu"
    dtype: str = "float32"
    torch: str = ""
    batch: int = 1
    seconds: float = 0.0

    @property
    def input(self) -> tuple[int, ...]:
        """Size of the input per axis."""
        return tuple(self.e2.shape)

    @property
    def dims(self) -> int:
        """Axes of the input."""
        return self.e2.ndim

    @property
    def is_noise(self) -> bool:
        """Whether it was measured on noise."""
        return not self.images

    @cached_property
    def map(self) -> np.ndarray[Any, Any]:
        """E2 over its sum."""
        return normalised(self.e2)

    @cached_property
    def extents(self) -> dict[str, Extent]:
        """How far each map spreads: ``e2`` and ``counts``, which predict it; ``e1`` and ``root``, of the counts."""
        import numpy as np

        found = {"e2": self.extent(self.e2), "e1": self.extent(self.e1)}
        if self.counts is not None:
            found |= {"counts": self.extent(self.counts), "root": self.extent(np.sqrt(self.counts))}
        return found

    def extent(self, values: np.ndarray[Any, Any]) -> Extent:
        """How far a map over the input spreads."""
        return Extent(
            std=tuple(moments(marginal(values, axis)).std for axis in range(values.ndim)),
            sides=sides(values, self.centre),
            half_radius=half_radius(values, self.centre),
            above_peak=None if self.exact is None else above_peak(values, self.exact),
        )

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """How much repeats along each axis, at each period."""
        return tuple(self.grid(axis, period) for axis, periods in enumerate(self.periods) for period in periods)

    def grid(self, axis: int, period: int) -> Grid:
        """How much repeats along an axis with a period of positions, 2 or more."""
        line = marginal(self.e2, axis)
        counts = None if self.counts is None else marginal(self.counts, axis)
        return Grid(
            axis=axis,
            period=period,
            share=grid_share(line, period),
            counts=None if counts is None else grid_share(counts, period),
            mass=mass_by_position(line, period),
            counts_mass=None if counts is None else mass_by_position(counts, period),
        )

    @cached_property
    def gaussians(self) -> tuple[Gaussian | None, ...]:
        """Per axis, the Gaussian that fits E2's marginal; None where it explains less than 90 %.

        Raises:
            MissingExtraError: Scipy is not installed.
        """
        found = (gaussian(self._cut(marginal(self.e2, axis), axis)) for axis in range(self.dims))
        return tuple(None if one is None or one.explained < EXPLAINED else one for one in found)

    @property
    def gaussians_known(self) -> tuple[Gaussian | None, ...] | None:
        """The Gaussians; None where scipy is not there to fit them."""
        try:
            return self.gaussians
        except MissingExtraError:
            return None

    def _cut(self, line: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
        """The part of a line that lies in the frame: outside of it there is nothing to explain."""
        if self.frame is None:
            return line
        start, size = self.frame[axis]
        return line[max(0, start) : max(0, start + size)]

    @cached_property
    def replknet(self) -> tuple[Square, ...] | None:
        """RepLKNet's numbers; None but with the cotangent ``"relu"`` on images of two axes."""
        if self.positive is None or self.dims != 2:
            return None
        return high_contribution(self.positive)

    def __repr__(self) -> str:
        size = "x".join(map(str, self.input))
        return f"<EffectiveField of {self.name}: {self.samples} images of {size}>"

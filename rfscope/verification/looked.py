"""What one output of an analysis and its neighbours were measured to read; each part is worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add
from typing import TYPE_CHECKING, Any

from rfscope.exact.analysis import Analysis
from rfscope.exact.output import Output
from rfscope.network.graph import INPUT
from rfscope.verification.canvas import Canvas, Position, units
from rfscope.verification.measured import Measured

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["Looked", "box_of", "gaps_of", "projected"]


@dataclass(frozen=True, eq=False)
class Looked:
    """An output of an analysis, and the run on which it is measured.

    Attributes:
        analysis: What is claimed.
        output: What is claimed of the output.
        canvas: The network as it is run; its first output is measured.
        device: Where it runs.
    """

    analysis: Analysis
    output: Output
    canvas: Canvas
    device: torch.device

    @property
    def node(self) -> str:
        """Name of the node."""
        return self.canvas.steps[-1].name

    @property
    def place(self) -> Position:
        """Where the output lies on the canvas."""
        return self.canvas.outputs[0]

    @property
    def where(self) -> str:
        """What the facts are about."""
        return f"{self.node} at {self.place}"

    @cached_property
    def measured(self) -> Measured:
        """The network after it has run."""
        return Measured(self.canvas.steps, self.canvas.size, self.device)

    @cached_property
    def reads(self) -> dict[str, np.ndarray[Any, Any]]:
        """What the output reads of every map."""
        return self.measured.reads(self.node, self.place)

    @cached_property
    def seen(self) -> np.ndarray[Any, Any]:
        """What the output reads of the input: booleans."""
        found: np.ndarray[Any, Any] = self.reads[INPUT] != 0
        return found

    @cached_property
    def lines(self) -> list[list[int]]:
        """Per axis, the positions of the input at which the output reads anything."""
        return projected(self.seen)

    @cached_property
    def box(self) -> np.ndarray[Any, Any]:
        """What it reads, from the first position to the last."""
        found: np.ndarray[Any, Any] = self.seen[box_of(self.lines)]
        return found

    @cached_property
    def paths_inside(self) -> np.ndarray[Any, Any]:
        """The paths to it, from the first pixel that it reads to the last."""
        counted = Measured(self.canvas.steps, self.canvas.size, self.device, exact=True).paths(self.node, self.place)
        found: np.ndarray[Any, Any] = counted[box_of(self.lines)]
        return found

    @cached_property
    def shares(self) -> list[dict[str, float | None] | None]:
        """Per axis, the part of what it reads of each map that the next output reads too; None if there is no next."""
        found: list[dict[str, float | None] | None] = []
        for unit in units(len(self.place)):
            beside = tuple(map(add, self.place, unit))
            last = self.measured.size(self.node)
            if any(at >= size for at, size in zip(beside, last, strict=True)):
                found.append(None)
                continue
            other = self.measured.reads(self.node, beside)
            found.append({name: _shared(mine, other[name]) for name, mine in self.reads.items() if name != self.node})
        return found


def _shared(mine: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float | None:
    read = int((mine != 0).sum())
    return int(((mine != 0) & (other != 0)).sum()) / read if read else None


def projected(seen: np.ndarray[Any, Any]) -> list[list[int]]:
    """Per axis, the positions at which anything is set."""
    import numpy as np

    axes = range(seen.ndim)
    found: list[list[int]] = []
    for axis in axes:
        line = np.flatnonzero(seen.any(axis=tuple(other for other in axes if other != axis)))
        found.append(line.tolist())
    return found


def box_of(lines: Sequence[Sequence[int]]) -> tuple[slice, ...]:
    """From the first position to the last, per axis."""
    return tuple(slice(line[0], line[-1] + 1) for line in lines)


def gaps_of(box: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """Per axis, the largest distance between neighbours that are set, on lines along it; 1 where none is missing."""
    import numpy as np

    found = []
    for axis in range(box.ndim):
        lines = np.moveaxis(box, axis, -1).reshape(-1, box.shape[axis])
        found.append(max((int(np.diff(line.nonzero()[0]).max(initial=1)) for line in lines), default=1))
    return tuple(found)

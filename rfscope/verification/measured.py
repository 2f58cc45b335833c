"""What positions of a network's maps read: the support of gradients of real convolutions.

Every number on the way that is not 0 is replaced by 1, so that none can overflow. What is left is a set.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import INPUT
from rfscope.verification.canvas import CanvasStep, Position
from rfscope.verification.layers import forward, run_step
from rfscope.verification.methods import METHODS

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["Measured", "own_taps", "reads_of_many"]


class Measured:
    """A network that has run, and can be asked what its positions read.

    Args:
        steps: Its nodes in topological order.
        size: Size of its input per axis.
        device: Where it runs.
        exact: Whether gradients are left as they are: paths, and not only whether there is one.

    Attributes:
        maps: Its maps by name, the input among them, of shape (1, 1, *sizes).
    """

    def __init__(
        self, steps: Sequence[CanvasStep], size: Sequence[int], device: torch.device, *, exact: bool = False
    ) -> None:
        import torch

        image = torch.zeros(1, 1, *size, dtype=torch.float64, device=device, requires_grad=True)
        self.steps = steps
        self.maps = forward(steps, image, METHODS[0], (lambda _: None) if exact else _as_set)

    def size(self, name: str) -> tuple[int, ...]:
        """Size of a map per axis."""
        return tuple(self.maps[name].shape[2:])

    def reads(self, node: str, position: Position) -> dict[str, np.ndarray[Any, Any]]:
        """What one position of a map reads of every map before it, by name, the input among them."""
        return self._gradients(self.maps[node][(0, 0, *position)], list(self.maps))

    def paths(self, node: str, position: Position) -> np.ndarray[Any, Any]:
        """The gradient of one position of a map with respect to the input."""
        return self._gradients(self.maps[node][(0, 0, *position)], [INPUT])[INPUT]

    def read_by_all(self, node: str) -> np.ndarray[Any, Any]:
        """What all positions of a map together read of the input."""
        return self._gradients(self.maps[node].sum(), [INPUT])[INPUT]

    def _gradients(self, value: torch.Tensor, names: Sequence[str]) -> dict[str, np.ndarray[Any, Any]]:
        import torch

        asked = [self.maps[name] for name in names]
        found: Sequence[torch.Tensor | None] = torch.autograd.grad(value, asked, retain_graph=True, allow_unused=True)
        return {name: one[0, 0].cpu().numpy() for name, one in zip(names, found, strict=True) if one is not None}


def _as_set(value: torch.Tensor) -> None:
    value.register_hook(lambda gradient: gradient.ne(0).to(gradient.dtype))  # type: ignore[no-untyped-call]


def reads_of_many(
    steps: Sequence[CanvasStep], length: int, wanted: Sequence[tuple[str, int]], device: torch.device, room: int
) -> list[tuple[int, int] | None]:
    """The first and the last input that positions of any maps of a 1-D network read; None where one reads nothing.

    Every position has a row of its own, so that one run serves all of them.

    Args:
        steps: The nodes in topological order.
        length: Length of the input.
        wanted: Maps, and positions in them.
        device: Where it runs.
        room: Cells that may be held at once.
    """
    import torch

    found: list[tuple[int, int] | None] = []
    rows = max(1, room // (length + sum(prod(step.after) for step in steps)))
    for begin in range(0, len(wanted), rows):
        part = wanted[begin : begin + rows]
        image = torch.zeros(len(part), 1, length, dtype=torch.float64, device=device, requires_grad=True)
        maps = forward(steps, image, METHODS[0], _as_set)
        asked = [maps[name][row, 0, position] for row, (name, position) in enumerate(part)]
        (gradient,) = torch.autograd.grad(torch.stack(asked).sum(), image)
        for row in gradient[:, 0]:
            places = row.nonzero()[:, 0]
            found.append((int(places[0]), int(places[-1])) if len(places) else None)
    return found


def own_taps(step: CanvasStep) -> int:
    """The taps of a layer along its one axis that fall on its map, over all of its outputs."""
    import torch

    return int(run_step(torch.ones(1, 1, *step.before, dtype=torch.float64, device="cpu"), step, METHODS[0]).sum())

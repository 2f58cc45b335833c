"""The forms of a network's inputs: what stays of their shapes, whatever the size of the images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

__all__ = ["Form", "Forms"]


class Form(NamedTuple):
    """The form of one input, whatever the size of the images.

    Attributes:
        name: The parameter of ``forward``.
        front: Its shape; where it is an image, the dimensions before those of the positions.
        placed: Whether it is an image of the size that all images have.
    """

    name: str
    front: tuple[int, ...]
    placed: bool = True

    def at(self, sizes: Sequence[int], *, batch: int = 1) -> tuple[int, ...]:
        """Its shape where images have some size.

        Args:
            sizes: The size.
            batch: Images in a batch, where its form has one.
        """
        front = (batch, *self.front[1:]) if batch != 1 and self.front[:1] == (1,) else self.front
        return (*front, *sizes) if self.placed else front


Forms: TypeAlias = tuple[Form, ...]
"""One example per input."""

"""The layers of an analysis: a tuple that shows itself as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from rfscope.exact.analysis import Analysis, Layer

__all__ = ["Layers"]


class Layers(tuple[Layer, ...]):  # noqa: SLOT001 - carries what they are the layers of
    """Layers in topological order, each with its field.

    Attributes:
        analysis: What they are the layers of.

    Example:
        >>> import rfscope as rf
        >>> len(rf.analyze("1,2,5").layers)
        3
    """

    analysis: Analysis

    def __new__(cls, layers: Iterable[Layer], analysis: Analysis) -> Self:
        """The layers of an analysis."""
        made = super().__new__(cls, layers)
        made.analysis = analysis
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self), self.analysis

    def __repr__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.layers import layer_table

        return printed(lambda console: layer_table(self.analysis, console.width, every_layer=True))

    def _repr_html_(self) -> str:
        from rfscope.answers.pages import of_layers

        return of_layers(self.analysis)

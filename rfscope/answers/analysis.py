"""An analysis that answers by name, prints the text of the command line, plots, and shows itself in a notebook."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from functools import cached_property
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from rfscope.answers.layers import Layers
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.exact.analysis import Layer
from rfscope.network.parts import find

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rfscope.design.instead import Choice

__all__ = ["Analysis", "Kind"]

Kind: TypeAlias = Literal["heatmap", "layers", "tree", "growth"]
"""A kind of picture of one network."""


class Analysis(Numbers):
    """What is known of a network.

    Printed, it is the answer of the command line; in a notebook it shows itself. Everything else is an attribute:
    ``output`` and ``outputs`` are what outputs see, ``layers`` all layers, ``schedules`` the stages with dilated
    layers, ``verdict`` one word.

    Example:
        >>> import rfscope as rf
        >>> analysis = rf.analyze("2,4,8")
        >>> analysis
        <Analysis of 2,4,8: sees 29x29, HOLES>
        >>> analysis.verdict, analysis.output.size, analysis["conv2"].size
        ('holes', (29, 29), (13, 13))
    """

    @classmethod
    def of(cls, found: Numbers) -> Analysis:
        """An analysis with everything that Python users ask of it."""
        if isinstance(found, cls):
            return found
        return cls(**{field.name: getattr(found, field.name) for field in fields(found)})

    def __getitem__(self, name: str) -> Layer:
        """A layer by its name; of a module, the last of its layers.

        Raises:
            RfscopeError: There is none of that name that leads to an output.

        Example:
            >>> import rfscope as rf
            >>> rf.analyze("1,2,5")["conv3"]
            <Layer conv3: 3x3, d5; sees 17x17, output stride 1>
        """
        if not isinstance(name, str):
            raise RfscopeError("bad layer name", got=repr(name), expected="a name, such as 'conv1'", do="see layers")
        return self._by_name[find(self.network, name)]

    @cached_property
    def layers(self) -> Layers:
        """Every layer that leads to an output, with its field, in topological order; shown as a table."""
        return Layers(super().layers, self)

    @cached_property
    def _by_name(self) -> dict[str, Layer]:
        return {layer.node.name: layer for layer in self.layers}

    @property
    def history(self) -> int | None:
        """Of a network with one axis, the samples before its own that the first output needs; None if unknown.

        Example:
            >>> import rfscope as rf
            >>> tcn = rf.analyze("1,2,4,8", kernel=2, dims=1, causal=True)
            >>> tcn.history, tcn.lookahead, tcn.hop
            (15, 0, Fraction(1, 1))
        """
        return self.outputs[0].history if self.outputs else None

    @property
    def lookahead(self) -> int | None:
        """Of a network with one axis, the samples after its own that the first output needs; None if unknown."""
        return self.outputs[0].lookahead if self.outputs else None

    @property
    def hop(self) -> Fraction | None:
        """Of a network with one axis, the samples from one output to the next."""
        return self.outputs[0].hop if self.outputs else None

    @cached_property
    def suggestions(self) -> tuple[Choice, ...]:
        """What to write instead of the worst schedule, each with its price; empty where no other rates help.

        Each was judged again in the whole network.

        Example:
            >>> import rfscope as rf
            >>> [choice.rates for choice in rf.analyze("2,4,8").suggestions]
            [(1, 3, 8), (2, 4, 8, 1)]
            >>> rf.analyze("1,2,5").suggestions
            ()
        """
        from rfscope.text.instead import offered

        offer = offered(self)
        return () if offer is None else offer[1]

    def plot(
        self,
        kind: Kind = "heatmap",
        *,
        annotate: bool = False,
        log: bool | None = None,
        ax: Axes | None = None,
        figure: Figure | None = None,
    ) -> Axes | Figure:
        """Draw a picture: how often each pixel is used, what each layer reads, or how the field grows.

        Args:
            kind: ``"heatmap"``, ``"layers"``, ``"tree"`` or ``"growth"``: as ``rfscope.plot_heatmap`` and so on.
            annotate: Whether a heatmap has each count in its cell.
            log: Whether the scale of a heatmap is logarithmic; if not said, where counts span a decade.
            ax: Where a heatmap or a tree is drawn; a figure of its own if not given.
            figure: Where the other kinds are drawn; one of their own if not given.

        Returns:
            The axes of a heatmap or a tree, the figure of another kind.

        Raises:
            RfscopeError: There is no such kind, it has no such option, or it cannot be drawn.

        Example:
            >>> import rfscope as rf
            >>> rf.analyze("2,4,8").plot().get_title(loc="left")
            '2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %)'
        """
        kinds = get_args(Kind)
        if kind not in kinds:
            raise RfscopeError("unknown kind of plot", got=repr(kind), expected=f"one of {', '.join(kinds)}")
        draw = getattr(import_module(f"rfscope.plots.{kind}"), f"plot_{kind}")
        options = {"annotate": annotate, "log": log, "ax": ax, "figure": figure}
        given = {name: value for name, value in options.items() if value is not None and value is not False}
        for name in given.keys() - signature(draw).parameters.keys():
            own = [option for option in options if option in signature(draw).parameters]
            raise RfscopeError(f"no option {name!r} of a plot of {kind}", expected=f"one of {', '.join(own)}")
        drawn: Axes | Figure = draw(self, **given)
        return drawn

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.report import report

        return printed(lambda console: report(self, console))

    def _repr_html_(self) -> str:
        from rfscope.answers.pages import of_analysis

        return of_analysis(self)

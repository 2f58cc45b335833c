"""``rfscope plot front`` and ``rfscope plot family``: pictures of many schedules, which take no target."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter
from typing import Annotated, Any

import typer

from rfscope.cli.pictures import FLAGS, File, Style, write_picture
from rfscope.cli.program import examples
from rfscope.cli.unfold import From, unfolded
from rfscope.cli.wishes import Wished
from rfscope.errors import RfscopeError

__all__ = ["OF_WISHES", "add_wishes"]

OF_WISHES = ("front", "family")
"""The kinds that are drawn of a wish or a family, in the order of use."""

_EXAMPLES = {
    "front": ("rfscope plot front --field 65 --layers 5 -o front.pdf", "rfscope plot front --field 17 -o front.png"),
    "family": (
        "rfscope plot family --layers 4 --max-rate 16 -o family.pdf",
        "rfscope plot family --layers 5 --max-rate 12 -k 2 -o family.png",
    ),
}

_OF_FAMILY = ("title", "dark", "width", "height", "dpi", "caption")
_OF_FRONT = (*_OF_FAMILY, "cmap")
"""Options by the parameters of the functions that draw."""


def _looks(names: Sequence[str]) -> From:
    """The options of a picture, as keywords of the function that draws it."""
    defaults = {"dark": False}
    return From(
        dict,
        tuple(
            Parameter(name, Parameter.KEYWORD_ONLY, annotation=FLAGS[name], default=defaults.get(name))
            for name in FLAGS
            if name in names
        ),
    )


FrontLook = Annotated[dict[str, Any], _looks(_OF_FRONT)]
FamilyLook = Annotated[dict[str, Any], _looks(_OF_FAMILY)]
Layers = Annotated[int, typer.Option("--layers", metavar="N", help="How many layers.")]
MaxRate = Annotated[int, typer.Option("--max-rate", metavar="R", help="The largest rate.")]
Kernel = Annotated[int, typer.Option("-k", "--kernel", metavar="K", help="Kernel size.")]


def add_wishes(group: typer.Typer) -> None:
    """Add the kinds to the group of pictures."""
    group.command("front", epilog=examples(*_EXAMPLES["front"]))(unfolded(_front))
    group.command("family", epilog=examples(*_EXAMPLES["family"]))(unfolded(_family))


def _front(wished: Wished, output: File, look: FrontLook, style: Style = None) -> None:
    """Draw all schedules for a wish: gridding index against step; those that no other beats are named."""
    from rfscope.api.schedules import suggest
    from rfscope.design.suggestion import Suggestion
    from rfscope.plots.front import plot_front
    from rfscope.plots.save import picture_format

    picture_format(output.suffix.removeprefix("."))  # before anything is searched
    found = suggest(**wished)
    if not isinstance(found, Suggestion):
        raise RfscopeError("one picture of a field per axis", where="--field", do="draw one for each")
    write_picture(output, style, lambda: plot_front(found, **look))


def _family(
    layers: Layers, max_rate: MaxRate, output: File, look: FamilyLook, kernel: Kernel = 3, style: Style = None
) -> None:
    """Draw all schedules of a number of layers: field against gridding index, sound or not, known ones named."""
    from rfscope.plots.family import plot_family
    from rfscope.plots.save import picture_format

    picture_format(output.suffix.removeprefix("."))
    write_picture(output, style, lambda: plot_family(layers=layers, max_rate=max_rate, kernel=kernel, **look))

"""``rfscope plot tiles``: a picture of how an image is cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rfscope.activity import doing
from rfscope.cli.options import Given, NodeName, TargetArgument, untimed
from rfscope.cli.program import examples
from rfscope.cli.unfold import unfolded
from rfscope.cli.values import sizes

__all__ = ["add_tiles"]

Tile = Annotated[
    str, typer.Option("--tile", metavar="SIZE", help="Largest size of a tile: one number, or one per axis.")
]
File = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Picture to write: .png, .svg or .pdf.")]


def add_tiles(group: typer.Typer) -> None:
    """Add the kind to the group of pictures."""
    shown = (
        "rfscope plot tiles 1,2,5 --input 300,200 --tile 90 -o tiles.png",
        "rfscope plot tiles zoo:u-net --input 1020 --tile 400 -o tiles.pdf",
    )
    group.command("tiles", epilog=examples(*shown))(unfolded(_tiles))


def _tiles(target: TargetArgument, given: Given, tile: Tile, output: File, node: NodeName = None) -> None:
    """Draw how an image is cut into tiles: what each writes, and what one of them reads."""
    from rfscope.answers.tiles import Wanted, make_plan
    from rfscope.cli.output import confirm, write_file
    from rfscope.plots.save import picture_format, render
    from rfscope.plots.settings import load_matplotlib

    untimed(given)
    picture_format(output.suffix.removeprefix("."))  # before anything is drawn
    plan = make_plan(target, given, Wanted(tile=sizes(tile, "--tile"), node=node))
    with doing("drawing"):
        load_matplotlib()
        figure = plan.plot()
        data = render(figure, output.suffix.removeprefix(".").lower())
        width, height = figure.get_size_inches()
    write_file(output, data)
    confirm(output, f"{width:.1f} x {height:.1f} in")

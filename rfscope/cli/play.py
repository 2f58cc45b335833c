"""``rfscope play``: the page on which rates are tried."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rfscope.cli.options import Given, OptionalTargets, examine_all
from rfscope.cli.unfold import unfolded
from rfscope.errors import OutputError

__all__ = ["register"]

File = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="File to write the page to, .html, instead of opening it."),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("play")(unfolded(_play))


def _play(given: Given, targets: OptionalTargets = None, output: File = None) -> None:
    """Try rates in the browser: fields, holes and pictures change as you type. One or two chains to begin with."""
    from rfscope.cli.output import confirm, write_file
    from rfscope.play import page, state_of

    networks = [analysis.network for analysis in examine_all(targets or [], given)]
    text = page(state_of(networks, given.sample_rate) if networks else "")
    if output is not None:
        if output.suffix.lower() not in (".html", ".htm"):
            raise OutputError("the page is an HTML file", got=repr(output.name), do="end its name in .html")
        write_file(output, text.encode())
        confirm(output, f"{len(text.encode()) / 1e6:.2f} MB")
        return
    import tempfile
    import webbrowser

    file = Path(tempfile.mkdtemp(prefix="rfscope-")) / "play.html"
    file.write_text(text, encoding="utf-8")
    if not webbrowser.open(file.as_uri()):
        raise OutputError("no browser could be opened", do=f"open {file} in one, or write the page with -o FILE")

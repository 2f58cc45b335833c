"""``rfscope explain``: what the words of the answers mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.cli.completion import terms
from rfscope.cli.options import AsJson
from rfscope.cli.output import in_colour, text_width, write
from rfscope.errors import RfscopeError

if TYPE_CHECKING:
    from rfscope.text.glossary import Term

__all__ = ["register"]

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="TERM...", help="A word of an answer; without one, all are listed.", autocompletion=terms),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("explain")(_explain)


def _explain(context: typer.Context, term: Words = None, as_json: AsJson = False) -> None:
    """Say what a term means, such as "gridding index" or "output stride"."""
    from rfscope.text.glossary import find_term
    from rfscope.text.glossary import terms as known

    asked = " ".join(term or ())
    if asked.upper().startswith("RFS"):
        raise RfscopeError("a rule is not a term", got=repr(asked), do=f"rfscope rule {asked.split()[0]} explains it")
    if as_json:
        data = _record(find_term(asked)) if asked else [_record(one) for one in known()]
        write(json.dumps(data) + "\n")
        return
    from rfscope.text.glossary.pages import contents, page

    if not asked:
        write("\n".join(contents(text_width())) + "\n")
        return
    found = find_term(asked)
    text = "\n".join(page(found, text_width())) + "\n"
    write(in_colour(context.obj, text, {rf"\A{_escaped(found.name)}": "1"}))


def _escaped(name: str) -> str:
    import re

    return re.escape(name)


def _record(term: Term) -> dict[str, Any]:
    return {
        "name": term.name,
        "means": term.means,
        "more": term.more,
        "picture": None if term.picture is None else term.picture(),
        "tells": term.tells,
        "also": list(term.also),
        "example": term.example,
        "source": term.source,
        "see": list(term.see),
    }

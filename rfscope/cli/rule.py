"""``rfscope rule``: the manual page of a design rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from textwrap import fill, wrap
from typing import Annotated, Any

import typer

from rfscope.cli.completion import rules
from rfscope.cli.options import AsJson
from rfscope.cli.output import text_width, write
from rfscope.errors import RfscopeError
from rfscope.rules import RULES, Rule, find_rule

__all__ = ["register"]

_WIDTH = 88
_NARROWEST_SUMMARY = 30

Key = Annotated[
    str | None,
    typer.Argument(help="A rule's code or name; without one, the rules are listed.", autocompletion=rules),
]
All = Annotated[bool, typer.Option("--all", help="Every page.")]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("rule")(_rule)


def _rule(rule: Key = None, every: All = False, as_json: AsJson = False) -> None:
    """Explain a design rule."""
    if rule and every:
        raise RfscopeError("a rule and --all together", got=repr(rule), do="give one of them")
    chosen = (find_rule(rule),) if rule else RULES
    if as_json:
        records = [_record(one) for one in chosen]
        write(json.dumps(records[0] if rule else records) + "\n")
    elif rule or every:
        width = min(_WIDTH, text_width())
        write("\n\n".join("\n".join(_page(one, width)) for one in chosen) + "\n")
    else:
        write("\n".join(_listed(text_width())) + "\n")


def _listed(width: int) -> Iterator[str]:
    """One rule after the other; what it says stands beside it, or below it where there is no room."""
    names = max(len(rule.name) for rule in RULES)
    levels = max(len(rule.level) for rule in RULES)
    for rule in RULES:
        head = f"{rule.code}  {rule.name:<{names}}  {rule.level:<{levels}}  "
        if width - len(head) < _NARROWEST_SUMMARY:
            yield head.rstrip()
            head = " " * (len(rule.code) + 2)
        indent = " " * len(head)
        yield from wrap(rule.page.summary, width, initial_indent=head, subsequent_indent=indent)


def _page(rule: Rule, width: int) -> Iterator[str]:
    page = rule.page
    yield f"{rule.code} {rule.name} ({rule.level})"
    yield from ("", fill(page.summary, width))
    for paragraph in page.explanation.split("\n\n"):
        yield from ("", fill(" ".join(paragraph.split()), width))
    yield from ("", *_example("Bad", page.bad), *_example("Good", page.good))
    yield fill(f"Source: {' '.join(page.source.split())}", width, subsequent_indent="        ")


def _example(title: str, text: str) -> Iterator[str]:
    """Rates as a command; the layers of a spec as they are."""
    if "\n" in text:
        yield f"{title}:"
        yield from (f"        {line}" for line in text.splitlines())
    else:
        yield f"{title + ':':<8}rfscope lint {text}"


def _record(rule: Rule) -> dict[str, Any]:
    page = rule.page
    return {
        "code": rule.code,
        "name": rule.name,
        "level": rule.level,
        "summary": page.summary,
        "explanation": page.explanation,
        "bad": page.bad,
        "good": page.good,
        "source": page.source,
    }

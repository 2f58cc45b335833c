"""The terms as pages of plain text, and as the glossary of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill, wrap

from rfscope.text.glossary import GROUPS, Term

__all__ = ["contents", "glossary", "page"]

_INDENT = "    "


def page(term: Term, width: int) -> Iterator[str]:
    """What ``explain`` says of one term, line by line; the first is its name."""
    yield term.name
    for paragraph in term.paragraphs:
        yield from ("", *wrap(paragraph, width))
    if term.picture is not None:
        yield from ("", *wrap(f"{_capital(term.tells)}:", width))
        yield from (f"{_INDENT}{line}".rstrip() for line in term.picture().splitlines())
    beside = {
        "Try": term.example,
        "Also called": ", ".join(term.also),
        "See": ", ".join(term.see),
        "Source": term.source,
    }
    if any(beside.values()):
        yield ""
    for title, text in beside.items():
        if text:
            indent = " " * (len(title) + 2)
            yield from wrap(f"{title}: {text}", width, subsequent_indent=indent, break_on_hyphens=False)


def contents(width: int) -> Iterator[str]:
    """All terms by subject, as ``explain`` lists them."""
    across = max(map(len, GROUPS)) + 2
    room, indent = max(width, across + 20), " " * across
    for subject, group in GROUPS.items():
        names = ", ".join(term.name.replace(" ", "\0") for term in group)
        lines = wrap(names, room, initial_indent=f"{subject:<{across}}", subsequent_indent=indent)
        yield from (line.replace("\0", " ") for line in lines)
    yield ""
    yield from wrap("rfscope explain TERM says what one means, also by other names, such as atrous or jump.", width)


def glossary() -> str:
    """All terms in Markdown: ``docs/glossary.md``."""
    return "\n".join(_markdown())


def _markdown() -> Iterator[str]:
    yield "# Glossary"
    yield from ("", "What the words of the answers mean. `rfscope explain TERM` prints the same in a terminal;")
    yield "the pictures are computed by rfscope itself."
    for subject, group in GROUPS.items():
        yield from ("", f"## {_capital(subject)}")
        for term in group:
            yield from ("", f"### {term.name}")
            for paragraph in term.paragraphs:
                yield from ("", fill(_escaped(paragraph), 120))
            if term.picture is not None:
                yield from ("", f"{_escaped(_capital(term.tells))}:", "", "```text", term.picture(), "```")
            if term.example:
                yield from ("", f"Try `{term.example}`.")
            if term.also:
                yield from ("", fill(f"Also called: {_escaped(', '.join(term.also))}.", 120))
            if term.see:
                yield from ("", fill(f"See: {', '.join(f'[{name}](#{_anchor(name)})' for name in term.see)}.", 240))
            if term.source:
                yield from ("", fill(f"Source: {term.source}.", 120))
    yield ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _escaped(text: str) -> str:
    for sign in "*_":
        text = text.replace(sign, f"\\{sign}")
    return text


def _anchor(name: str) -> str:
    """How forges name the place of a heading."""
    return "".join(sign for sign in name.casefold().replace(" ", "-") if sign.isalnum() or sign in "-_")

"""The terms of the answers, explained: ``rfscope explain`` and the glossary of the documentation show the same text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rfscope.errors import RfscopeError, near
from rfscope.text.glossary.fields import FIELDS
from rfscope.text.glossary.gridding import GRIDDING_TERMS, RULES
from rfscope.text.glossary.layers import LAYERS
from rfscope.text.glossary.measured import MEASURED
from rfscope.text.glossary.streams import BOUNDS, STREAMS
from rfscope.text.glossary.term import Term
from rfscope.text.glossary.verdicts import VERDICTS

__all__ = ["GROUPS", "Term", "find_term", "terms"]

GROUPS: Mapping[str, tuple[Term, ...]] = {
    "the verdict": VERDICTS,
    "what an output sees": FIELDS,
    "layers and rates": LAYERS,
    "gridding": GRIDDING_TERMS,
    "published rules": RULES,
    "what training makes of it": MEASURED,
    "time and tiles": STREAMS,
    "what is known": BOUNDS,
}
"""The terms by subject, in the order in which they are listed."""


def terms() -> Iterator[Term]:
    """Every term."""
    for group in GROUPS.values():
        yield from group


def find_term(text: str) -> Term:
    """The term of that name, however it is written, or one that is also called so.

    Raises:
        RfscopeError: There is none.

    Example:
        >>> find_term("Atrous").name, find_term("effective stride").name, find_term("sub grids").name
        ('dilation', 'output stride', 'sub-grid')
    """
    known = _by_name()
    for key in (_key(text), _key(text).removesuffix("s"), f"{_key(text)}s"):
        if key in known:
            return known[key]
    close = near(_key(text), known, cutoff=0.7)
    do = f"did you mean {known[close].name!r}?" if close else "rfscope explain lists them"
    raise RfscopeError("unknown term", got=repr(text), expected="a term of the answers", do=do)


@cache
def _by_name() -> Mapping[str, Term]:
    """Names before other names: "stage" the synonym never hides a term of that name."""
    others = {_key(name): term for term in terms() for name in (*term.also, *term.finds)}
    return {**others, **{_key(term.name): term for term in terms()}}


def _key(text: str) -> str:
    """A name without what people write in different ways: capitals, hyphens, spaces, marks."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())

"""What is said of a term."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Term"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of the answers, and what it means.

    Attributes:
        name: As the answers write it.
        means: What it is, in one sentence.
        more: What else is worth knowing; a blank line divides paragraphs.
        picture: Draws it in signs, as the engine computes it.
        tells: What the picture shows.
        also: Other names.
        finds: Words that lead here: headings of answers, what other tools say, what is nearly the same.
        example: What to type to see it.
        source: Where it comes from, if it was published.
        see: Terms to read next.
    """

    name: str
    means: str
    more: str = ""
    picture: Callable[[], str] | None = None
    tells: str = ""
    also: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    example: str = ""
    source: str = ""
    see: tuple[str, ...] = ()

    @property
    def paragraphs(self) -> list[str]:
        """What it means and what else is worth knowing."""
        return [self.means, *filter(None, self.more.split("\n\n"))]

"""A comparison that prints the text of the command line and shows itself in a notebook."""

from __future__ import annotations

from rfscope.text.facts import Comparison as Facts

__all__ = ["Comparison"]


class Comparison(Facts):
    """Several networks side by side: ``analyses``, and label by label their facts, ``rows``.

    Example:
        >>> import rfscope as rf
        >>> rf.compare("1,2,5", "2,4,8")
        <Comparison of 1,2,5: sees 17x17, OK; 2,4,8: sees 29x29, HOLES>
    """

    def __repr__(self) -> str:
        told = (repr(analysis).removeprefix("<Analysis of ").removesuffix(">") for analysis in self.analyses)
        return f"<Comparison of {'; '.join(told)}>"

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.comparison import comparison

        return printed(lambda console: comparison(self, console))

    def _repr_html_(self) -> str:
        from rfscope.answers.pages import of_comparison

        return of_comparison(self)

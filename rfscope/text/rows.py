"""Usage counts along the row of pixels through the centre, as a line of text."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.exact.counts import UsageCounts
from rfscope.wording import count_text, unit

__all__ = ["are_shares", "row_legend", "row_text"]

_SHARES_FROM = 10**6


def are_shares(counts: UsageCounts) -> bool:
    """Whether counts are shown as shares of the largest, as their own digits would say nothing."""
    return counts.max >= _SHARES_FROM


def row_text(counts: UsageCounts, columns: int, *, shares: bool = False, ascii_only: bool = False) -> str:
    """The row of pixels through the centre: paths from each pixel, ``.`` where it is never read.

    Where the row does not fit, its middle is shown between signs of ellipsis. The counts of a deep network are shown as
    tenths of the largest.

    Args:
        counts: The usage counts.
        columns: Characters it may take.
        shares: Whether to show tenths anyway, to be like other rows.
        ascii_only: Whether ``<`` and ``>`` must stand for the ellipsis.
    """
    tenths = shares or are_shares(counts)
    row = counts.row
    signs = [(str(min(9, 10 * count // counts.max)) if tenths else str(count)) if count else "." for count in row]
    gap = " " if any(len(sign) > 1 for sign in signs) else ""
    width = max(map(len, signs), default=0)
    if len(signs) * (width + len(gap)) - len(gap) <= columns:
        return gap.join(sign.rjust(width) for sign in signs)
    fitting = max(1, (columns - 4 + len(gap)) // (width + len(gap)))
    cut = (len(signs) - fitting + 1) // 2
    before, behind = ("<", ">") if ascii_only else ("…", "…")
    return f"{before} {gap.join(sign.rjust(width) for sign in signs[cut : len(signs) - cut])} {behind}"


def row_legend(maps: Sequence[UsageCounts]) -> str:
    """What the signs of some rows mean.

    Example:
        >>> from rfscope.exact.counts import Counts
        >>> row_legend([Counts(((1, 2, 1), (1, 2, 1)))])
        'paths per pixel, . = never read'
    """
    one = unit(len(maps[0].size)).removesuffix("s")
    if not any(map(are_shares, maps)):
        return f"paths per {one}, . = never read"
    its = count_text(maps[0].max) if len(maps) == 1 else "each network's own"
    return f"paths per {one}, 0 to 9 = tenths of the largest count, {its}; . = never read"

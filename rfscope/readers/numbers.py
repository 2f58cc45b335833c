"""Lists of whole numbers as people write them: ``1,2,5``, ``1, 2, 5``, ``[1, 2, 5]``, ``(1,2,5,)``."""

from __future__ import annotations

import re

__all__ = ["integer", "listed", "numbers_in"]

_LIST = re.compile(r"\s*+-?[0-9]++(?:\s*+,\s*+-?[0-9]++)*+\s*+(?:,\s*+)?")
_WRAPPED = ("''", '""'), ("[]", "()")
_SEPARATED = r"[0-9]+(?:\.0+)?(?:(\s|\s*[;/|:x-]\s*|\s*,\s*)[0-9]+(?:\.0+)?(?:\1[0-9]+(?:\.0+)?)*)?"
_LONGEST = 1_000
"""Characters of a text whose intended numbers are looked for."""


def listed(text: str, *, signed: bool = False) -> list[str] | None:
    """The numbers of a list, as they are written; None if it is no list of whole numbers.

    They may stand in quotes and one pair of brackets, have spaces about them, and end in a comma.

    Args:
        text: What is written.
        signed: Whether they may be below 0.

    Example:
        >>> listed("[1, 2, 5]"), listed("1,2,5,"), listed("1,,5"), listed("1 2 5")
        (['1', '2', '5'], ['1', '2', '5'], None, None)
    """
    for pairs in _WRAPPED:
        text = text.strip()
        if len(text) > 1 and text[0] + text[-1] in pairs:
            text = text[1:-1]
    if not _LIST.fullmatch(text) or ("-" in text and not signed):
        return None
    return re.findall("-?[0-9]+", text)


def numbers_in(text: str) -> list[str]:
    """The numbers that were meant by a text that is no list: those between signs of one kind, else none.

    Example:
        >>> numbers_in("2 4 8"), numbers_in("1-2-5"), numbers_in("1.0, 2.0"), numbers_in("1,,2"), numbers_in("-1,2")
        (['2', '4', '8'], ['1', '2', '5'], ['1', '2'], [], [])
    """
    if len(text) > _LONGEST or not re.fullmatch(_SEPARATED, text.strip("[](){} ")):
        return []
    return re.findall(r"([0-9]+)(?:\.0+)?", text)


def integer(digits: str) -> int:
    """The number that digits stand for; ``int`` refuses more than 4,300 of them."""
    if len(digits) <= _LONGEST:
        return int(digits)
    from decimal import Decimal

    return int(Decimal(digits))

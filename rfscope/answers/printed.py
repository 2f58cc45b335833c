"""What the command line writes, as text for ``print``: as wide as the terminal, without colours."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from io import StringIO
from shutil import get_terminal_size
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["printed", "width"]

_NARROWEST, _WIDEST = 20, 100


class _Page(StringIO):
    """Text for standard output, which may not have every sign."""

    encoding = "utf-8"


def width() -> int:
    """Columns for text: those of the terminal, within what reads well; 80 where there is none."""
    return max(_NARROWEST, min(get_terminal_size((80, 24)).columns, _WIDEST))


def printed(make: Callable[[Console], Iterable[RenderableType]]) -> str:
    """Lay out what ``make`` returns as plain text, without the end of its last line.

    Args:
        make: Takes the console, to ask for its width, and returns what to show.
    """
    from rich.console import Console

    page = _Page()
    page.encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    console = Console(
        file=page,
        width=width(),
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        no_color=True,
        markup=False,
        emoji=False,
        highlight=False,
    )
    for part in make(console):
        console.print(part)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())

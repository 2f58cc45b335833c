"""Where results go: standard output, all at once, or a file."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from errno import EBADF
from io import TextIOBase, TextIOWrapper
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TextIO

from rfscope.activity import doing
from rfscope.cli.progress import wiped
from rfscope.cli.state import Colour, State
from rfscope.errors import OutputError, clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = [
    "complain",
    "confirm",
    "drop_output",
    "fill_closed_streams",
    "in_colour",
    "show",
    "text_width",
    "write",
    "write_file",
]

_WIDEST = 100
_PIPED = 80
"""What a console takes for its width where there is no terminal."""
_NARROWEST = 20
_LAST_STREAM = 2
"""The number of standard error; the other two come before it."""


def show(state: State, make: Callable[[Console], Iterable[RenderableType]], *, wide: bool = False) -> None:
    """Lay out what ``make`` returns for the terminal, and write it once it is complete.

    Args:
        state: The global options.
        make: Takes the console, to ask for its width and colours, and returns what to show.
        wide: Whether to use the whole width of a wide terminal; text reads better in narrower columns.
    """
    console = _console(state.colour)
    console.width = max(_NARROWEST, console.width if wide else min(console.width, _WIDEST))
    with doing("counting"), console.capture() as captured:
        for part in make(console):
            console.print(part)
    write("".join(f"{line.rstrip(' ')}\n" for line in captured.get().split("\n")[:-1]))


def text_width() -> int:
    """Columns for running text: what the terminal has or ``COLUMNS`` says, within what reads well."""
    known = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return max(_NARROWEST, min(get_terminal_size().columns if known else _PIPED, _WIDEST))


def in_colour(state: State, text: str, colours: Mapping[str, str]) -> str:
    """Colour what stands at the beginnings of lines, where the output is to be coloured at all.

    Args:
        state: The global options.
        text: The text.
        colours: Patterns, each with the codes of its colour.
    """
    if state.colour is not Colour.ALWAYS and not sys.stdout.isatty():
        return text
    if _console(state.colour).color_system is None:
        return text
    for pattern, codes in colours.items():
        text = re.sub(f"^{pattern}", f"\x1b[{codes}m\\g<0>\x1b[0m", text, flags=re.MULTILINE)
    return text


def complain(text: str) -> None:
    """Say on standard error what went wrong, each mistake in a line of its own."""
    _say("".join(f"error: {clean(line)}\n" for line in text.split("\n")))


def confirm(path: Path, *facts: str) -> None:
    """Say on standard error that a file is written."""
    _say(f"{clean(', '.join((f'wrote {path}', *facts)))}\n")


def _say(text: str) -> None:
    if sys.stderr is None:
        return
    wiped()
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:  # the exit code is all that is left, and must not become Python's own for what it cannot write
        sys.stderr = _nowhere()


def write(text: str, *, encoding: str | None = None) -> None:
    """Write a result to standard output. Whoever closes the pipe has read enough: that is no error.

    Args:
        text: The result.
        encoding: What its reader expects, if not what the terminal has.
    """
    wiped()
    if encoding and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()


def drop_output() -> None:
    """Forget what cannot be written, so that the interpreter does not try again when it ends."""
    sys.stdout = _nowhere()


def fill_closed_streams() -> None:
    """Stand in for streams that whoever started us has closed.

    What is written to standard error then goes nowhere, and results come all the same; writing to standard output is
    an error. The streams' numbers are taken, so that no file opened later gets one and is written to by mistake.
    """
    while (taken := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
        pass
    os.close(taken)
    if sys.stderr is None:
        sys.stderr = _nowhere()
    if sys.stdout is None:
        sys.stdout = _Closed()


class _Closed(TextIOBase):
    def write(self, _text: str) -> int:
        raise OSError(EBADF, "standard output is closed")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process


def write_file(path: Path, data: bytes) -> None:
    """Write a complete result to a file.

    Raises:
        OutputError: It cannot be written, or its name is an option for which a name was forgotten.
    """
    if str(path).startswith("-"):
        raise OutputError(
            "no file name", got=repr(str(path)), do=f"write it before the option, or ./{path} if it is meant"
        )
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(
            "cannot write the file", where=str(path), got=error.strerror, do="name another with -o"
        ) from None


def _console(colour: Colour) -> Console:
    from rich.console import Console

    forced = {Colour.AUTO: None, Colour.ALWAYS: True, Colour.NEVER: False}[colour]
    return Console(
        file=sys.stdout,
        force_terminal=forced,
        no_color=True if colour is Colour.NEVER else False if colour is Colour.ALWAYS else None,
        markup=False,
        emoji=False,
        highlight=False,
    )

"""Where networks come from: one module or package for each kind of text, file or object.

How to add a reader of files: write a module here with a function that takes a path and the keywords ``input`` and
``allow_unknown`` (and ``of``, where networks may have several inputs: ``entries`` has what all readers say of them),
opens it with ``files`` and returns ``Found``; and add one line to ``READERS``. From that table come
which files of a folder are networks, the texts of errors and the help of the command line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from rfscope.errors import TargetError
from rfscope.network.provenance import Found
from rfscope.readers.entries import unnamed
from rfscope.readers.files import is_regular, read_head

__all__ = ["READERS", "Reader", "files_text", "has_reader", "is_network", "read_file", "suffixes"]


class Reader(NamedTuple):
    """A kind of file that networks are read from.

    Attributes:
        suffixes: How the names of such files end, in lower case.
        words: What it is called in help and error texts.
        read: ``module:function`` in this package that reads a path.
        look: ``module:function`` in this package that takes what a file holds and its name, and tells whether it is
            meant for this reader; empty if its suffix says so.
        searched: Whether such files are looked for in folders.
        inputs: Whether a network may have several inputs, so that ``read`` takes ``of``, the name of one, and
            ``together``.
    """

    suffixes: tuple[str, ...]
    words: str
    read: str
    look: str = ""
    searched: bool = True
    inputs: bool = False

    def is_meant(self, data: bytes, name: str) -> bool:
        """Whether a file with this suffix is meant for this reader."""
        return not self.look or bool(_function(self.look)(data, name))


_SPECS = (".toml", ".yaml", ".yml", ".json")
_CONFIG = "a config in the style of mmsegmentation (.py, never run)"

READERS: tuple[Reader, ...] = (
    Reader(_SPECS, f"a spec file ({', '.join(_SPECS)})", "spec:read_spec_file", "spec_look:is_meant"),
    Reader((".onnx",), "an .onnx file", "onnx:read_onnx", inputs=True),
    Reader((".pt2",), "a .pt2 program", "torch:read_program", inputs=True),
    Reader((".py",), _CONFIG, "mmseg:read_config", searched=False),
)
"""Of several for one suffix, the first that a file is meant for reads it."""


def read_file(
    path: Path,
    *,
    input: Sequence[int] | None = None,
    of: str | None = None,
    allow_unknown: bool = False,
    together: bool = False,
) -> Found:
    """Read the network in a file.

    Args:
        path: The file; its suffix tells what it is, and where several readers share one, what it holds.
        input: Spatial size of the input per axis, if one is given.
        of: The input that the answer is for, by name, where a network may have several.
        allow_unknown: Whether an unknown operation becomes a node whose reads are unknown.
        together: Whether all its images of one size are read as one, where it may have several.

    Raises:
        TargetError: No reader is for it.
        RfscopeError: As its reader says.
    """
    readers = _fitting(path)
    if not readers:
        raise TargetError("unknown kind of file", got=repr(str(path)), expected=files_text())
    if len(readers) > 1:
        with contextlib.suppress(TargetError):  # which the reader will say
            data = read_head(path, "spec-bytes")
            readers = [reader for reader in readers if reader.is_meant(data, path.name)] or readers
    named: dict[str, Any] = {"of": of, "together": together} if readers[0].inputs else {}
    if not named:
        unnamed(str(path), of)
    found: Found = _function(readers[0].read)(path, input=input, allow_unknown=allow_unknown, **named)
    return found


def has_reader(path: Path) -> bool:
    """Whether there is a reader for files with this suffix."""
    return bool(_fitting(path))


def is_network(path: Path) -> bool | None:
    """Whether a file that was found, and not named, is meant as a network; None if its suffix is no network's.

    What cannot be opened counts as one, so that its reader says why; what is no regular file does not.
    """
    readers = [reader for reader in _fitting(path) if reader.searched]
    if not readers:
        return None
    try:
        if not is_regular(path):
            return False
        data = read_head(path, "spec-bytes") if any(reader.look for reader in readers) else b""
    except (OSError, TargetError):
        return True
    return any(reader.is_meant(data, path.name) for reader in readers)


def files_text(*, searched: bool = False) -> str:
    """The kinds of files that networks are read from, in words; with ``searched``, those found in folders."""
    return ", ".join(reader.words for reader in READERS if reader.searched or not searched)


def suffixes() -> tuple[str, ...]:
    """How the names of files end that networks are read from."""
    return tuple(dict.fromkeys(suffix for reader in READERS for suffix in reader.suffixes))


def _fitting(path: Path) -> list[Reader]:
    return [reader for reader in READERS if path.suffix.lower() in reader.suffixes]


def _function(name: str) -> Callable[..., Any]:
    """The function called ``module:function``; its module is loaded when it is first needed."""
    module, _, function = name.partition(":")
    made: Callable[..., Any] = getattr(import_module(f"{__name__}.{module}"), function)
    return made

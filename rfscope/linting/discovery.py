"""Find the networks in folders and behind globs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from itertools import dropwhile
from pathlib import Path
from typing import NamedTuple

from rfscope import limits
from rfscope.errors import RfscopeError, TargetError
from rfscope.readers import files_text, has_reader, is_network
from rfscope.readers.names import as_file
from rfscope.readers.rates import is_rates

__all__ = ["Sighting", "expand"]

_SETTINGS = ("pyproject.toml", "rfscope.toml")
_PASSED_OVER = ("node_modules", "__pycache__")
_VIRTUAL = ("proc", "sys", "dev")
"""Folders that are no files at all where something is mounted on them."""

_WILD = re.compile(r"[*?[]")


class Sighting(NamedTuple):
    """What a search came upon.

    Attributes:
        target: A target: a file's name, or what the user wrote.
        refused: Why it cannot be judged; None if it can be read.
        passed_over: Whether it is a file in a format of specs that is no spec.
    """

    target: str
    refused: str | None = None
    passed_over: bool = False


def expand(target: str, *, only_specs: bool = False, base: Path | None = None) -> Iterator[Sighting]:
    """The targets that a word names: the networks in a folder or behind a glob, else the word itself.

    Folders are searched to the bottom, names in order; hidden ones, links to folders and mounted views of the system
    are left out. Of what is found there, files that are not meant as networks are passed over, and so are the settings
    of rfscope; a file that is named is never.

    Args:
        target: What the user wrote.
        only_specs: Whether a file that is named is passed over, too, if it is not meant as a network.
        base: The folder that files are named from, if it is not the working directory.

    Raises:
        TargetError: There is no network in the folder, or none that the glob fits.
        LimitError: There are more names in it than the limit ``files``.
    """
    place = _place(target, base)
    if place is None:
        yield Sighting(target)
    elif _is_folder(place):
        yield from _some(_Search().inside(place), target, "folder")
    elif _WILD.search(target) and not os.path.lexists(place):
        yield from _some(_Search().fitting(place), target, "glob")
    elif only_specs and not _is_network(place):
        yield Sighting(as_file(target), passed_over=True)
    else:
        yield Sighting(as_file(str(place) if base else target))


def _place(target: str, base: Path | None) -> Path | None:
    """The file, folder or glob that a target is, if it is one."""
    if target == "-" or "\0" in target or target.startswith("zoo:") or is_rates(target):
        return None
    place = (base or Path()) / target
    return place if os.path.lexists(place) or _WILD.search(target) or has_reader(place) else None


def _some(found: Iterable[Sighting], target: str, kind: str) -> Iterator[Sighting]:
    """What a search came upon; refused if it passed over every file."""
    anything = False
    for sighting in found:
        anything = anything or not sighting.passed_over
        yield sighting
    if not anything:
        expected = f"one of {files_text(searched=True)}; a spec says rfscope = 1, in YAML rfscope: 1"
        raise TargetError(f"no network in the {kind}", where=target, expected=expected)


class _Search:
    """A search through folders, which ends: it counts every name it sees."""

    def __init__(self) -> None:
        self._names = 0

    def inside(self, folder: Path) -> Iterator[Sighting]:
        """What is in a folder and below, in the order of names, the files of a folder before its folders."""
        for here, entries in self._walk(folder):
            if isinstance(entries, OSError):
                yield _unreadable(here, entries)
            else:
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        yield from _seen(here / entry.name)

    def fitting(self, pattern: Path) -> Iterator[Sighting]:
        """The files that fit a pattern, in the order of names, and those in folders that fit it."""
        first = next(place for place, part in enumerate(pattern.parts) if _WILD.search(part))
        refused: list[Sighting] = []
        matches = set(self._matches(Path(*pattern.parts[:first]), pattern.parts[first:], refused))
        paths = sorted(matches, key=str)
        inside = (sighting for path in paths for sighting in (self.inside(path) if _is_folder(path) else _seen(path)))
        yield from dict.fromkeys((*refused, *inside))

    def _matches(self, folder: Path, parts: Sequence[str], refused: list[Sighting]) -> Iterator[Path]:
        """The paths that begin with a folder and go on as the parts of a pattern say."""
        if not parts:
            yield folder
            return
        head, *rest = parts
        if not _WILD.search(head):
            if os.path.lexists(folder / head):
                yield from self._matches(folder / head, rest, refused)
        elif head == "**":
            rest = list(dropwhile("**".__eq__, rest)) or ["*"]
            for here, _ in self._walk(folder) if _is_folder(folder) else ():
                yield from self._matches(here, rest, refused)
        elif _is_folder(folder):
            entries = self._entries(folder, hidden=head.startswith("."))
            if isinstance(entries, OSError):
                refused.append(_unreadable(folder, entries))
                return
            for entry in entries:
                if fnmatch(entry.name, head) and entry.name not in _PASSED_OVER and not _is_link_to_folder(entry):
                    yield from self._matches(folder / entry.name, rest, refused)

    def _walk(self, folder: Path) -> Iterator[tuple[Path, list[os.DirEntry[str]] | OSError]]:
        """A folder and the folders below that a search enters, each with its entries, or why it cannot be read."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            entries = self._entries(here)
            yield here, entries
            if not isinstance(entries, OSError):
                waiting += [here / entry.name for entry in reversed(entries) if _is_entered(entry)]

    def _entries(self, folder: Path, *, hidden: bool = False) -> list[os.DirEntry[str]] | OSError:
        """What is in a folder, in the order of names, or why it cannot be read."""
        found, most = [], limits.limit("files")
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._names += 1
                    if self._names > most:
                        break
                    if hidden or not entry.name.startswith("."):
                        found.append(entry)
        except OSError as error:
            return error
        limits.check("files", self._names, where=str(folder))
        return sorted(found, key=lambda entry: entry.name)


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - Path's own raises where a folder above cannot be entered


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and entry.is_dir()


def _is_entered(entry: os.DirEntry[str]) -> bool:
    """Whether a search goes on in a folder."""
    if not entry.is_dir(follow_symlinks=False) or entry.name in _PASSED_OVER:
        return False
    return entry.name not in _VIRTUAL or not os.path.ismount(entry.path)


def _seen(path: Path) -> Iterator[Sighting]:
    network = _is_network(path)
    if network is not None:
        yield Sighting(as_file(str(path)), passed_over=not network)


def _is_network(path: Path) -> bool | None:
    """Whether a file is meant as a network; None if no reader reads files of its name."""
    return None if path.name in _SETTINGS else is_network(path)


def _unreadable(folder: Path, error: OSError) -> Sighting:
    said = RfscopeError("cannot read the folder", where=str(folder), got=error.strerror or str(error))
    return Sighting(str(folder), refused=str(said))

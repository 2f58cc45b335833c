"""Find the targets to judge from the names on the command line or in the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rfscope.errors import RfscopeError, TargetError
from rfscope.linting.config import Config, NetworkEntry
from rfscope.linting.discovery import Sighting, expand
from rfscope.linting.many import Request
from rfscope.linting.settings import Settings
from rfscope.readers.names import runs_code
from rfscope.targets import Reading, readings

__all__ = ["Asked", "Work", "requests"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says, which outranks the configuration.

    Attributes:
        targets: Targets, folders and globs; if there are none, the networks of the configuration.
        settings: Settings of the rules.
        reading: What the targets leave open, as far as it is given.
        allow_import: Whether to import the modules that targets in the configuration name.
        only_specs: Whether files that are no specs are passed over even where they are named.
    """

    targets: Sequence[str] = ()
    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    allow_import: bool = False
    only_specs: bool = False


class Work(NamedTuple):
    """What there is to do.

    Attributes:
        requests: What to judge, in order.
        passed_over: Files in formats of specs that were found and are no specs.
    """

    requests: tuple[Request, ...]
    passed_over: tuple[str, ...]


def requests(asked: Asked, config: Config) -> Work:
    """What to judge. A network in the configuration lends its settings to the same target named here.

    Raises:
        RfscopeError: There is nothing to judge.
    """
    base = _from_here(config.file.parent) if config.file else Path()
    if not asked.targets and not config.networks:
        where = str(config.file) if config.file else None
        expected = "a target, or [[networks]] in a configuration"
        raise RfscopeError("nothing to lint", where=where, expected=expected, do="see rfscope lint --help")
    found = _named(asked, config, base) if asked.targets else _configured(asked, config, base)
    judged: list[tuple[Sighting, NetworkEntry | None]] = []
    passed_over: dict[str, None] = {}
    for sighting, entry in found:
        if sighting.passed_over:
            passed_over[sighting.target] = None
        else:
            judged.append((sighting, entry))
    given = readings([sighting.target for sighting, _ in judged], asked.reading)
    made = (_request(*one, reading, asked, config) for one, reading in zip(judged, given, strict=True))
    return Work(tuple(made), tuple(passed_over))


def _from_here(folder: Path) -> Path:
    try:
        return Path(os.path.relpath(folder))
    except FileNotFoundError:  # the current folder is gone
        return folder


def _named(asked: Asked, config: Config, base: Path) -> Iterator[tuple[Sighting, NetworkEntry | None]]:
    """What is named on the command line, each with the networks of the configuration that lend it their settings."""
    entries: dict[str, list[NetworkEntry | None]] = {}
    for sighting, entry in _configured(asked, config, base):
        entries.setdefault(_same(sighting.target), []).append(entry)
    seen: set[str] = set()
    for word in asked.targets:
        for sighting in _expanded(word, only_specs=asked.only_specs):
            same = _same(sighting.target)
            if same not in seen:
                seen |= {same} - {sighting.target}  # a file is judged once, however it is named
                for lender in entries.get(same, [None]):
                    yield sighting, lender


def _configured(asked: Asked, config: Config, base: Path) -> Iterator[tuple[Sighting, NetworkEntry]]:
    """What the networks of the configuration name."""
    for entry in config.networks:
        if runs_code(entry.target, base) and not asked.allow_import:
            do = "add --allow-import to import it, which runs its code"
            error = TargetError("an import that is not allowed", where=entry.where, got=repr(entry.target), do=do)
            yield Sighting(entry.target, refused=str(error)), entry
        else:
            for sighting in _expanded(entry.target, base=base):
                refused = sighting.refused and f"{sighting.refused} (named at {entry.where})"
                yield sighting._replace(refused=refused), entry


def _expanded(word: str, *, only_specs: bool = False, base: Path | None = None) -> Iterator[Sighting]:
    """The targets that a word names, or the word itself and why it names none."""
    try:
        yield from list(expand(word, only_specs=only_specs, base=base))
    except RfscopeError as error:
        yield Sighting(word, refused=str(error))


def _same(target: str) -> str:
    """The identity of a target however it is named: for a file, its real path."""
    try:
        return os.path.realpath(target) if os.path.exists(target) else target  # noqa: PTH110 - a name may hold anything
    except ValueError:
        return target


def _request(sighting: Sighting, entry: NetworkEntry | None, given: Reading, asked: Asked, config: Config) -> Request:
    settings, reading = config.settings, Reading()
    if entry is not None:
        settings, reading = settings.after(entry.settings), entry.reading
    pretrained, refused = None, sighting.refused
    if entry is not None and entry.pretrained is not None:
        base = _from_here(config.file.parent) if config.file else Path()
        try:
            pretrained = entry.pretrained.found(base, allow_import=asked.allow_import)
        except RfscopeError as error:
            refused = refused or str(error)
    return Request(
        target=sighting.target,
        settings=settings.after(asked.settings),
        reading=given.over(reading),
        refused=refused,
        place=entry.origin if entry else None,
        pretrained=pretrained,
    )

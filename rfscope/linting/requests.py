"""From what is named, on the command line or in the configuration, to the targets that are judged."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rfscope.errors import RfscopeError, TargetError
from rfscope.linting.config import Config, Entry
from rfscope.linting.discovery import expand, runs_code
from rfscope.linting.many import Request
from rfscope.linting.settings import Choice, Settings

__all__ = ["Asked", "requests"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line says, which outranks the configuration.

    Attributes:
        targets: Targets, folders and globs; if there are none, the networks of the configuration.
        choice: What is asked of the rules.
        reading: What the targets leave open, as far as it is given.
        allow_import: Whether to import the modules that targets in the configuration name.
        only_specs: Whether files that are no specs are passed over even where they are named.
    """

    targets: Sequence[str] = ()
    choice: Choice = field(default_factory=Choice)
    reading: Mapping[str, Any] = field(default_factory=dict)
    allow_import: bool = False
    only_specs: bool = False


def requests(asked: Asked, config: Config) -> Iterator[Request]:
    """What to judge, in order. A network in the configuration lends its settings to the same target named here.

    Raises:
        RfscopeError: There is nothing to judge.
    """
    base = Path(os.path.relpath(config.file.parent)) if config.file else Path()
    if not asked.targets and not config.networks:
        where = str(config.file) if config.file else None
        expected = "a target, or [[networks]] in a configuration"
        raise RfscopeError("nothing to lint", where=where, expected=expected, do="see rfscope lint --help")
    if not asked.targets:
        for entry in config.networks:
            yield from _configured(entry, base, asked, config)
        return
    entries = _entries(config, base)
    seen: set[str] = set()
    for word in asked.targets:
        for target, refused in _expanded(word, only_specs=asked.only_specs):
            same = _same(target)
            if same not in seen:
                seen |= {same} - {target}  # a file is judged once, however it is named
                for lender in entries.get(same, [None]):
                    yield _request(target, lender, asked, config, refused)


def _configured(entry: Entry, base: Path, asked: Asked, config: Config) -> Iterator[Request]:
    if runs_code(entry.target) and not asked.allow_import:
        do = "add --allow-import to import it, which runs its code"
        error = TargetError("an import that is not allowed", where=entry.where, got=repr(entry.target), do=do)
        yield _request(entry.target, entry, asked, config, str(error))
        return
    for target, refused in _expanded(entry.target, base=base):
        yield _request(target, entry, asked, config, refused)


def _expanded(word: str, *, only_specs: bool = False, base: Path | None = None) -> Iterator[tuple[str, str | None]]:
    """The targets that a word names, or the word with the reason why it names none."""
    try:
        for target in expand(word, only_specs=only_specs, base=base):
            yield target, None
    except RfscopeError as error:
        yield word, str(error)


def _entries(config: Config, base: Path) -> dict[str, list[Entry | None]]:
    """The networks of the configuration by what they name."""
    entries: dict[str, list[Entry | None]] = {}
    for entry in config.networks:
        for target, _ in _expanded(entry.target, base=base):
            entries.setdefault(_same(target), []).append(entry)
    return entries


def _same(target: str) -> str:
    """What a target has in common with every other way to name it: a file's real path."""
    try:
        return os.path.realpath(target) if os.path.exists(target) else target  # noqa: PTH110 - a name may hold anything
    except ValueError:
        return target


def _request(target: str, entry: Entry | None, asked: Asked, config: Config, refused: str | None) -> Request:
    settings = Settings().after(config.choice)
    if entry is not None:
        settings = settings.after(entry.choice)
    return Request(
        target=target,
        settings=settings.after(asked.choice),
        reading={**(entry.reading if entry else {}), **asked.reading},
        refused=refused,
        place=entry.origin if entry else None,
    )

"""The settings in force, written as a configuration that says the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from rfscope.errors import clean
from rfscope.linting.config import Config
from rfscope.linting.settings import Settings
from rfscope.rules import RULES, Level

__all__ = ["settings_text"]

_KEYS = {"arguments": "args"}
"""Names that are others in a configuration."""


def settings_text(settings: Settings, fail_level: Level, config: Config) -> str:
    """The settings as TOML: a valid ``rfscope.toml``, with the rules that are on and their levels as comments.

    Args:
        settings: Settings of the rules, the command line's included.
        fail_level: The level from which findings fail the run.
        config: The configuration that was read, for its file and its networks.
    """
    return "\n".join([*_lines(settings, fail_level, config), *_rules(settings)]) + "\n"


def _lines(settings: Settings, fail_level: Level, config: Config) -> Iterator[str]:
    yield f"# settings from {clean(str(config.file)) if config.file else 'no file'} and the command line"
    yield f"select = {_value(settings.selected)}"
    yield f"ignore = {_value(settings.ignored)}"
    yield f"level = {_value(settings.level)}"
    yield f"fail-level = {_value(fail_level)}"
    yield from _keys(settings.thresholds)
    for entry in config.networks:
        yield from ("", "[[networks]]", f"target = {_value(entry.target)}")
        yield from _keys({_KEYS.get(name, name): value for name, value in entry.reading.given.items()})
        if entry.pretrained is not None:
            yield f"pretrained-from = {_value(entry.pretrained.written)}"
        yield from _changes(entry.settings)


def _changes(settings: Settings) -> Iterator[str]:
    """The settings of one network as they are written."""
    if settings.select is not None:
        yield f"select = {_value(settings.select)}"
    if settings.ignore is not None:
        yield f"ignore = {_value(settings.ignore)}"
    extended = {name: getattr(settings, name) for name in ("extend_select", "extend_ignore", "level")}
    yield from _keys({key: value for key, value in extended.items() if value})
    yield from _keys(settings.thresholds)


def _rules(settings: Settings) -> Iterator[str]:
    yield from ("", "# rules that are on, and their levels")
    for rule in RULES:
        if settings.applies(rule):
            yield f"# {rule.code} {rule.name}: {settings.level_for(rule)}"


def _keys(table: Mapping[str, object]) -> Iterator[str]:
    yield from (f"{key.replace('_', '-')} = {_value(value)}" for key, value in table.items())


def _key(key: str) -> str:
    return key if key.isascii() and key.isalnum() else _value(key)


def _value(value: object) -> str:
    """A value as TOML writes it. A JSON string is a TOML string but for one control character."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

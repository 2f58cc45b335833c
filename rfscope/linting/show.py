"""The settings in force, written as a configuration that says the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from rfscope.errors import clean
from rfscope.linting.config import Config, Entry
from rfscope.linting.settings import Choice, Settings
from rfscope.rules import RULES, Level

__all__ = ["settings_text"]


def settings_text(settings: Settings, fail_level: Level, config: Config) -> str:
    """The settings as TOML: a valid ``rfscope.toml``, with the rules that are on and their levels as comments.

    Args:
        settings: What is asked of the rules, the command line included.
        fail_level: The level from which findings fail the run.
        config: The configuration that was read, for its file and its networks.
    """
    return "\n".join([*_lines(settings, fail_level, config), *_rules(settings)]) + "\n"


def _lines(settings: Settings, fail_level: Level, config: Config) -> Iterator[str]:
    yield f"# settings from {clean(str(config.file)) if config.file else 'no file'} and the command line"
    yield f"select = {_list(settings.select)}"
    yield f"ignore = {_table(settings.ignore)}"
    yield f"level = {_table(settings.level)}"
    yield f'fail-level = "{fail_level}"'
    yield from _numbers(settings.thresholds)
    for entry in config.networks:
        yield from _network(entry)


def _network(entry: Entry) -> Iterator[str]:
    yield from ("", "[[networks]]", f"target = {_text(entry.target)}")
    if entry.input:
        yield f"input = {list(entry.input)}"
    for key, value in entry.shape.items():
        if value:
            yield f"{key} = {json.dumps(value)}"
    yield from _choice(entry.choice)


def _choice(choice: Choice) -> Iterator[str]:
    if choice.select is not None:
        yield f"select = {_list(choice.select)}"
    if choice.ignore is not None:
        yield f"ignore = {_table(choice.ignore)}"
    if choice.extend_select:
        yield f"extend-select = {_list(choice.extend_select)}"
    if choice.extend_ignore:
        yield f"extend-ignore = {_table(choice.extend_ignore)}"
    if choice.level:
        yield f"level = {_table(choice.level)}"
    yield from _numbers(choice.thresholds)


def _rules(settings: Settings) -> Iterator[str]:
    yield from ("", "# rules that are on, and their levels")
    for rule in RULES:
        if settings.applies(rule):
            yield f"# {rule.code} {rule.name}: {settings.level_for(rule)}"


def _numbers(thresholds: Mapping[str, float]) -> Iterator[str]:
    yield from (f"{name.replace('_', '-')} = {value}" for name, value in thresholds.items())


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, words))}]"


def _table(table: Mapping[str, str]) -> str:
    pairs = (f"{key} = {_text(value)}" for key, value in table.items())
    return f"{{{', '.join(pairs)}}}"


def _text(text: str) -> str:
    """A TOML string, which a JSON string is but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

"""The configuration: the nearest rfscope.toml, or pyproject.toml with [tool.rfscope]; files are never merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError
from rfscope.linting.pretrained import Pretrained
from rfscope.linting.selection import as_prefix
from rfscope.linting.settings import Settings
from rfscope.network.graph import Origin
from rfscope.readers.files import read_bytes
from rfscope.rules import THRESHOLDS, Level
from rfscope.targets import Reading

if TYPE_CHECKING:
    from rfscope.linting.config_model import Network, Rules
    from rfscope.readers.spec_document import Document
    from rfscope.readers.spec_document import Path as Place

__all__ = ["Config", "NetworkEntry", "find_config", "read_config", "schema"]

_PYPROJECT, _OWN = "pyproject.toml", "rfscope.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkEntry:
    """A network in the configuration.

    Attributes:
        target: What to lint, as written.
        where: The place of its entry, for error texts.
        origin: The line that names its target.
        settings: Its settings.
        reading: What the target leaves open and is given.
        pretrained: The network that its weights come from, if it says so.
    """

    target: str
    where: str = field(compare=False)
    origin: Origin = field(compare=False)
    settings: Settings = field(default_factory=Settings)
    reading: Reading = field(default_factory=Reading)
    pretrained: Pretrained | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a configuration file says; without a file, nothing.

    Attributes:
        file: The file.
        settings: Settings for all networks.
        fail_level: The level from which findings fail the run.
        networks: What to lint where no target is named.
    """

    file: Path | None = None
    settings: Settings = field(default_factory=Settings)
    fail_level: Level | None = None
    networks: tuple[NetworkEntry, ...] = ()


def find_config(folder: Path) -> Path | None:
    """The configuration nearest to a folder: in it or in one of those that hold it.

    Raises:
        RfscopeError: A ``pyproject.toml`` on the way cannot be read.
    """
    for place in (folder, *folder.parents):
        if (place / _OWN).is_file():
            return place / _OWN
        file = place / _PYPROJECT
        if file.is_file() and b"rfscope" in _bytes(file) and _own_table(_document(file)) is not None:
            return file
    return None


def read_config(file: Path) -> Config:
    """Read a configuration.

    Raises:
        RfscopeError: It cannot be read, or something in it is unknown or does not fit.
    """
    document = _document(file)
    base: Place = ("tool", "rfscope") if file.name == _PYPROJECT else ()
    data = _own_table(document) if base else document.data
    if data is None:
        raise RfscopeError("no configuration", where=document.file, expected="a table [tool.rfscope]")
    if not isinstance(data, dict):
        raise RfscopeError("bad configuration", where=document.where(base), got=data, expected="a table")
    from rfscope.linting.config_check import checked

    model = checked(data, document, base)
    return Config(
        file=file,
        settings=_settings(model, document, base),
        fail_level=model.fail_level,
        networks=tuple(
            NetworkEntry(
                target=network.named,
                where=document.where((*base, "networks", number)),
                origin=document.nearest((*base, "networks", number, "target")),
                settings=_settings(network, document, (*base, "networks", number)),
                reading=network.reading(),
                pretrained=_pretrained(network, document, (*base, "networks", number, "pretrained-from")),
            )
            for number, network in enumerate(model.networks)
        ),
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of configurations."""
    from rfscope.linting.config_model import Config as Model

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Model.model_json_schema(by_alias=True)}


def _settings(model: Rules, document: Document, base: Place) -> Settings:
    thresholds = {threshold.name: getattr(model, threshold.name) for threshold in THRESHOLDS}

    def prefixes(key: str, rules: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(as_prefix(rule, document.where((*base, key))) for rule in rules or ())

    def reasons(key: str, rules: Sequence[str] | Mapping[str, str] | None) -> dict[str, str]:
        written = rules if isinstance(rules, Mapping) else dict.fromkeys(rules or (), "")
        return dict(zip(prefixes(key, tuple(written)), written.values(), strict=True))

    return Settings(
        select=None if model.select is None else prefixes("select", model.select),
        ignore=None if model.ignore is None else reasons("ignore", model.ignore),
        extend_select=prefixes("extend-select", model.extend_select),
        extend_ignore=reasons("extend-ignore", model.extend_ignore),
        level=dict(zip(prefixes("level", tuple(model.level)), model.level.values(), strict=True)),
        thresholds={name: value for name, value in thresholds.items() if value is not None},
    )


def _pretrained(network: Network, document: Document, place: Place) -> Pretrained | None:
    said = network.pretrained_from
    if said is None:
        return None
    where = document.where(place)
    if isinstance(said, str):
        return Pretrained(target=said, where=where)
    return Pretrained(target=said.target, node=said.node, own=said.own, arguments=said.args, where=where)


def _own_table(document: Document) -> object:
    """The table [tool.rfscope]; None if there is none."""
    tool = document.data.get("tool") if isinstance(document.data, dict) else None
    return tool.get("rfscope") if isinstance(tool, dict) else None


def _document(file: Path) -> Document:
    from rfscope.readers.spec_toml import read_toml

    shown = _shown(file)
    try:
        return read_toml(_bytes(file).decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        got = f"the byte 0x{error.object[error.start]:02x} at offset {error.start}"
        raise RfscopeError("not UTF-8 text", where=shown, got=got, do="save it as UTF-8") from None
    except RecursionError:
        raise RfscopeError("nested too deeply", where=shown) from None


def _bytes(file: Path) -> bytes:
    return read_bytes(file, "spec-bytes", where=_shown(file), expected="a configuration")


def _shown(file: Path) -> str:
    """A file as people find it from where they are."""
    try:
        return str(file.relative_to(Path.cwd()))
    except (FileNotFoundError, ValueError):  # the current folder is gone, or the file lies elsewhere
        return str(file)

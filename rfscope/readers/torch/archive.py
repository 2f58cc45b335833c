"""``.pt2`` archives: from a zip to the JSON of its graph. No torch, no pickle, and nothing in it is run.

Weights, constants and sample inputs lie in the same archive as the graph, some as pickles, which run whatever
code they name when they are loaded. They are never opened.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from rfscope import limits
from rfscope.errors import RfscopeError, TargetError, shorten
from rfscope.readers.files import opened

__all__ = ["bad", "graph_json"]

_FLAT = "serialized_exported_program.json"
"""Where torch up to 2.7 keeps the graph; later ones have a folder ``models``."""
_ENTRY = 256
"""Bytes that an entry of the archive's directory may take, on average."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def graph_json(path: Path) -> Any:
    """The JSON of the exported program in a file.

    Raises:
        TargetError: The file cannot be read, or holds no exported program.
        LimitError: It is larger than the limits "pt2-bytes" or "pt2-entries", or nested too deeply.
    """
    where = str(path)
    try:
        with opened(path, expected="an exported program") as file:
            text = _graph_text(_Guarded(file, where), where)
    except RfscopeError:
        raise
    except Exception as error:  # noqa: BLE001 - zipfile and zlib raise much on damaged archives
        raise bad(where, str(error) or type(error).__name__) from None
    try:
        return json.loads(text)
    except RecursionError:
        raise bad(where, "JSON that is nested too deeply") from None
    except ValueError as error:
        raise bad(where, f"invalid JSON ({error})") from None


def bad(where: str, got: str) -> TargetError:
    """The error for a file that is no exported program."""
    do = "write it with torch.export.save"
    return TargetError("not an exported program", where=where, got=" ".join(got.split())[:200], do=do)


class _Guarded(io.BufferedIOBase):
    """A file that gives no more at once than the directory of an archive may take: zipfile reads that whole."""

    def __init__(self, file: BinaryIO, where: str) -> None:
        self._file = file
        self._where = where

    def read(self, size: int | None = -1, /) -> bytes:
        most = limits.limit("pt2-entries") * _ENTRY
        if size is None or size < 0:
            size = most + 1
        if size > most:
            limits.check("pt2-entries", size // _ENTRY, where=self._where)
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _graph_text(file: _Guarded, where: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        limits.check("pt2-entries", len(names), where=where)
        info = archive.getinfo(_graph_name(names, where))
        limits.check("pt2-bytes", info.file_size, where=where)
        if info.compress_type not in _METHODS or info.flag_bits & 1:
            raise bad(where, "a graph that is encrypted, or compressed in another way than deflate")
        with archive.open(info) as stream:
            text = stream.read(limits.limit("pt2-bytes") + 1)
    limits.check("pt2-bytes", len(text), where=where)
    return text


def _graph_name(names: list[str], where: str) -> str:
    """The entry with the graph: the one model, or the one called model, which torch.export.load takes."""
    parts = {name: name.split("/") for name in names}
    models = [name for name, found in parts.items() if found[-2:-1] == ["models"] and name.endswith(".json")]
    own = [name for name in models if parts[name][-1] == "model.json"]
    flat = [name for name, found in parts.items() if found[-1] == _FLAT]
    found = own or models or flat
    if not found:
        raise bad(where, "an archive without a graph: no models/*.json")
    if len(found) > 1:
        several = ", ".join(shorten(name) for name in found[:3])
        raise bad(where, f"{len(found)} graphs ({several}{', ...' if len(found) > 3 else ''})")
    return found[0]

"""Tell whether a file that nobody named is meant as a spec: it is if the reader takes it, or nearly does."""

from __future__ import annotations

import json
import re

from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.network.source import SpecFormat
from rfscope.readers.spec import document_of, encoding_of, format_of

__all__ = ["edits", "is_meant"]

_MARKER = "rfscope"
_MOST_EDITS = 2

_USUAL: dict[SpecFormat, re.Pattern[str]] = {
    "toml": re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*rfscope[ \t]*=[ \t]*1\b"),
    "yaml": re.compile(r"(?:(?:#[^\n]*|---)?\r?\n)*rfscope:[ \t]+1\b"),
    "json": re.compile(r'\s*\{\s*"rfscope"\s*:\s*1\b'),
}
"""How a spec usually begins. That its first key is the marker is plain without parsing it."""

_BROKEN = re.compile(r"""(?:^|[,{])[ \t]*["']?rfscope["']?[ \t]*[:=][ \t]*[0-9]""", re.MULTILINE)
"""The marker in a text that cannot be parsed: its reader says why."""

_WORD = re.compile(r"(?<![\w.-])[\w-]{5,9}(?![\w-])")
_ESCAPED_KEY = re.compile(r'"[^"\\\n]{0,9}\\[uUx][^"\n]{0,90}"\s*[:=]')


def is_meant(data: bytes, name: str) -> bool:
    """Tell whether a file is meant as a spec of a network.

    It is if the top of it has the key ``rfscope`` or one within two edits of it, with a number as its value; or a list
    ``layers`` of tables, at least one with an ``op``: one of ours, or any beside other keys of our layers. What would
    take long to parse is not parsed where no word in it could be such a key.

    Args:
        data: What the file holds, at most one byte more than a spec may.
        name: Its name, which tells its format.

    Example:
        >>> [is_meant(data, "net.toml") for data in (b"rfscope = 1", b"rfscop = 1", b"[tool.rfscope]")]
        [True, True, False]
    """
    kind = format_of(name)
    if kind is None:
        return False
    text = data.decode(encoding_of(data), "replace")
    if _USUAL[kind].match(text):
        return True
    if kind != "json" and not _may_be(text):
        return False
    if len(data) > limits.limit("spec-bytes"):
        return _BROKEN.search(text) is not None
    try:
        top = json.loads(text) if kind == "json" else document_of(text, name, kind).data
    except (RfscopeError, ValueError, RecursionError):
        return _BROKEN.search(text) is not None
    return isinstance(top, dict) and (any(map(_is_marker, top, top.values())) or _has_our_layers(top.get("layers")))


def edits(one: str, other: str) -> int:
    """How many letters are to be put in, taken out or changed to make one word of another.

    Example:
        >>> edits("rfscop", "rfscope"), edits("rf_scope", "rfscope"), edits("layers", "rfscope")
        (1, 1, 7)
    """
    before = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, wanted in enumerate(other, start=1):
            changed = before[column - 1] + (letter != wanted)
            here.append(min(changed, before[column] + 1, here[-1] + 1))
        before = here
    return before[-1]


def _may_be(text: str) -> bool:
    """Whether any word in a text could be a key that makes it a spec; a key may also be written with escapes."""
    words = set(_WORD.findall(text))
    return "layers" in words or any(map(_is_near, words)) or _ESCAPED_KEY.search(text) is not None


def _is_near(word: str) -> bool:
    """Whether a word is within two edits of the marker; then one of its three parts is still there."""
    word = word.lower()
    return any(part in word for part in ("rf", "sc", "ope")) and edits(word, _MARKER) <= _MOST_EDITS


def _is_marker(key: object, value: object) -> bool:
    return isinstance(key, str) and type(value) in (int, float) and _is_near(key)


def _has_our_layers(layers: object) -> bool:
    from rfscope.readers.spec_model import OPS

    keys = {key for model in OPS.values() for key in model.model_fields} - {"op", "name", "inputs"}
    tables = [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
    ops = [(layer["op"], keys & layer.keys()) for layer in tables if isinstance(layer.get("op"), str)]
    return any(op in OPS or beside for op, beside in ops)

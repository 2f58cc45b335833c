"""Spec files: a network written down in TOML, YAML or JSON."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import NetworkError, TargetError, together
from rfscope.network.provenance import Found, Provenance
from rfscope.network.source import Source, SpecFormat
from rfscope.readers.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rfscope.network.graph import Network
    from rfscope.network.source import Comment
    from rfscope.readers.spec_document import Document

__all__ = [
    "SpecFormat",
    "comments",
    "decoded",
    "document_of",
    "encoding_of",
    "format_of",
    "read_spec",
    "read_spec_file",
    "schema",
    "sniffed",
]

_SUFFIXES: dict[str, SpecFormat] = {".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
_TOML = re.compile(r"""\[|[\w.\-"' \t]+=""")
_YAML = re.compile(r"""---|%|[\w.\-"']+[ \t]*:(\s|$)""")


def read_spec_file(
    path: Path,
    *,
    input: Sequence[int] | None = None,  # noqa: ARG001 - every reader is called alike
    allow_unknown: bool = False,
) -> Found:
    """Read a spec file; its suffix tells the format.

    Args:
        path: A file that ends in ``.toml``, ``.yaml``, ``.yml`` or ``.json``.
        input: Has no effect: a spec is read alike at any size.
        allow_unknown: As in ``read_spec``.

    Raises:
        TargetError: The file cannot be read or understood.
        RfscopeError: As in ``read_spec``.
    """
    file, kind = str(path), format_of(str(path))
    if kind is None and path.is_file():
        expected = "a name that ends in " + ", ".join(_SUFFIXES)
        raise TargetError("unknown kind of file", where=file, expected=expected)
    data = read_bytes(path, "spec-bytes", expected="a spec file")
    return read_spec(data, file=file, format=kind, allow_unknown=allow_unknown)


def read_spec(data: bytes, *, file: str, format: SpecFormat | None = None, allow_unknown: bool = False) -> Found:
    """Read a spec.

    Args:
        data: What the file holds: text in UTF-8, or in UTF-16 with a byte order mark.
        file: Its name, for error texts and for the origins of the layers.
        format: What it is written in; None takes it from the first line that says something.
        allow_unknown: Whether a layer of an unknown op becomes a node whose reads are unknown.

    Raises:
        TargetError: It is not text in that format.
        NetworkError: It does not describe a network; the text names line and key.
        LimitError: It is too large, nested too deeply, or holds a number above its limit.
        MissingExtraError: It is YAML, and PyYAML is not installed.

    Example:
        >>> spec = b'{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "repeat": 2}]}'
        >>> [f"{node.name} at {node.origin}" for node in read_spec(spec, file="net.json").network.nodes]
        ['conv1 at net.json:1:27', 'conv2 at net.json:1:27']
    """
    limits.check("spec-bytes", len(data), where=file)
    text = decoded(data, file)
    try:
        kind = format or sniffed(text, file)
        document = document_of(text, file, kind)
        network = _network(document, PurePath(file).stem or file, allow_unknown=allow_unknown)
    except RecursionError:
        raise TargetError("nested too deeply", where=file, do="lower the limit 'nesting'") from None
    source = Source(file, text, kind, document.marks, partial(comments, format=kind))
    return Found(network, Provenance(source=source))


def _network(document: Document, name: str, *, allow_unknown: bool) -> Network:
    """The network of a document. Where something else is wrong, unknown ops are told with it, allowed or not.

    Raises:
        RfscopeError: As for ``read_spec``.
    """
    from rfscope.readers.spec_check import Lenient, check, in_order, set_aside, unknown_ops
    from rfscope.readers.spec_network import build

    known, unknown = set_aside(document) if allow_unknown else Lenient(document, {})
    try:
        return build(check(known), known, name=name, unknown=unknown)
    except NetworkError as error:
        if not unknown:
            raise
        raise together(in_order([error, *error.others, *unknown_ops(document)])) from None


def schema() -> dict[str, Any]:
    """The JSON Schema of spec files."""
    from rfscope.readers.spec_model import Spec

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Spec.model_json_schema()}


def format_of(file: str) -> SpecFormat | None:
    """The format of a file by its suffix; None if it is no spec."""
    return _SUFFIXES.get(PurePath(file).suffix.lower())


def comments(text: str, format: SpecFormat) -> Iterator[Comment]:
    """The comments of a valid spec, first to last; JSON has none."""
    if format == "toml":
        from rfscope.readers.spec_toml import toml_comments

        yield from toml_comments(text)
    elif format == "yaml":
        from rfscope.readers.spec_yaml import yaml_comments

        yield from yaml_comments(text)


def decoded(data: bytes, file: str) -> str:
    """The text of a spec.

    Raises:
        TargetError: It is neither UTF-8 nor UTF-16 with its mark, or blank.
    """
    try:
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError as error:
        got = f"the byte 0x{data[error.start]:02x} at offset {error.start}"
        raise TargetError("not UTF-8 text", where=file, got=got, do="save it as UTF-8") from None
    if not text.strip():
        raise TargetError("an empty spec", where=file, expected="rfscope = 1 and one or more layers")
    return text


def encoding_of(data: bytes) -> str:
    """What a text is encoded in: UTF-8, or UTF-16 where it begins with the mark of that."""
    return "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"


def sniffed(text: str, file: str) -> SpecFormat:
    """The format that the first line shows which is neither blank nor a comment.

    Raises:
        TargetError: It shows none.
    """
    stripped = (line.strip() for line in text.splitlines())
    first = next((line for line in stripped if line and not line.startswith("#")), "")
    if first.startswith("{"):
        return "json"
    if _TOML.match(first):
        return "toml"
    if _YAML.match(first):
        return "yaml"
    expected = "TOML (key = value), YAML (key: value) or JSON ({...})"
    raise TargetError("a text in no known format", where=file, got=repr(first[:60]), expected=expected)


def document_of(text: str, file: str, format: SpecFormat) -> Document:
    """The plain data of a text, and where in it its values stand.

    Raises:
        TargetError: It is not text in that format.
        LimitError: It is nested too deeply.
        MissingExtraError: It is YAML, and PyYAML is not installed.
    """
    if format == "json":
        from rfscope.readers.spec_json import read_json

        return read_json(text, file)
    if format == "toml":
        from rfscope.readers.spec_toml import read_toml

        return read_toml(text, file)
    from rfscope.readers.spec_yaml import read_yaml

    return read_yaml(text, file)

"""Effective receptive fields in files, so that they are measured once: ``.npz``, arrays and one text of JSON."""

from __future__ import annotations

import json
import zipfile
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import Any

from rfscope.errors import TargetError
from rfscope.measured.field import EffectiveField, Outside

__all__ = ["SUFFIX", "load", "packed"]

SUFFIX = ".npz"

_FORMAT = "rfscope effective field 1"
_MAPS = ("e1", "e2", "positive", "counts", "exact")


def packed(found: EffectiveField) -> bytes:
    """The bytes of a file that ``load`` reads."""
    import numpy as np

    values = {field.name: getattr(found, field.name) for field in fields(EffectiveField)}
    maps = {name: values.pop(name) for name in _MAPS}
    text = json.dumps({**values, "outside": found.outside._asdict(), "format": _FORMAT})
    file = BytesIO()
    np.savez_compressed(file, facts=np.array(text), **{key: one for key, one in maps.items() if one is not None})
    return file.getvalue()


def load(path: str | Path) -> EffectiveField:
    """Read a file.

    Raises:
        TargetError: It cannot be read, or is another file.
    """
    import numpy as np

    expected = "a .npz file that rfscope erf -o has written"
    try:
        with np.load(BytesIO(Path(path).read_bytes()), allow_pickle=False) as file:
            facts: dict[str, Any] = json.loads(str(file["facts"]))
            maps = {name: file[name] for name in _MAPS if name in file.files}
        if facts.pop("format") != _FORMAT:
            raise TargetError("not an effective field", where=str(path), expected=expected)
        facts["outside"] = Outside(**{**facts["outside"], **_tuples(facts["outside"], "through", "place")})
        facts |= _tuples(facts, "at", "frame", "centre", "periods")
        return EffectiveField(**facts, **maps)
    except OSError as error:
        raise TargetError("cannot read", where=str(path), got=error.strerror or str(error), expected=expected) from None
    except (AttributeError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile):
        raise TargetError("not an effective field", where=str(path), expected=expected) from None


def _tuples(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """Some values with tuples where JSON has lists."""
    return {name: _tuple(values[name]) for name in names}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value

"""Damaged ``.pt2`` archives: bytes of the zip changed, and the JSON in it changed where it hurts."""

from __future__ import annotations

import io
import json
import zipfile
from random import Random
from typing import Any

__all__ = ["graph_of", "mutant", "with_graph"]

_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2, 7, 2**31, 2**63, -(2**70), 1.5, 1e308, "", "x", "x" * 300, "\x00\n\ud800", [], {}),
    *([[]], [0, 0], [-1] * 5, [10**6] * 4, {"as_int": -3}, {"as_none": True}, {"as_tensor": {"name": "x"}}),
    *({"as_expr": {"expr_str": "__import__('os').abort()", "hint": None}}, {"as_ints": [0, 2**40]}),
)


def graph_of(data: bytes) -> tuple[str, Any]:
    """The name of the entry with the graph, and the graph."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(name for name in archive.namelist() if "/models/" in name)
        return name, json.loads(archive.read(name))


def with_graph(data: bytes, graph: Any, *, packed: bool = False) -> bytes:
    """The archive with another graph."""
    text = graph if isinstance(graph, bytes) else json.dumps(graph).encode()
    made, (own, _) = io.BytesIO(), graph_of(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(made, "w") as other:
        for name in archive.namelist():
            method = zipfile.ZIP_DEFLATED if packed and name == own else zipfile.ZIP_STORED
            other.writestr(name, text if name == own else archive.read(name), method)
    return made.getvalue()


def mutant(data: bytes, random: Random) -> bytes:
    """An archive with some damage: half of the time to its bytes, else to the structure of its graph."""
    if random.random() < 0.4:
        return _damaged(bytearray(data), random)
    _, graph = graph_of(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        _change(graph, random)
    return with_graph(data, graph, packed=random.random() < 0.2)


def _damaged(data: bytearray, random: Random) -> bytes:
    for _ in range(random.choice((1, 3, 20))):
        at = random.choice((random.randrange(len(data)), len(data) - 1 - random.randrange(min(len(data), 2000))))
        kind = random.randrange(4)
        if kind == 0:
            data[at] = random.randrange(256)
        elif kind == 1:
            del data[at : at + random.randint(1, 40)]
        elif kind == 2:
            data[at:at] = data[at : at + random.randint(1, 200)]
        else:
            data[at : at + 4] = b"\xff\xff\xff\xff"
    return bytes(data[: random.randrange(len(data))] if random.random() < 0.1 else data)


def _change(graph: Any, random: Random) -> None:
    """Change one value somewhere: another value, one from elsewhere, gone, or twice."""
    places: list[tuple[Any, Any]] = []
    waiting = [graph]
    while waiting:
        entry = waiting.pop()
        keys = list(entry) if isinstance(entry, dict) else range(len(entry))
        for key in keys:
            places.append((entry, key))
            if isinstance(entry[key], dict | list):
                waiting.append(entry[key])
    deep = [(entry, key) for entry, key in places if key not in ("metadata", "strides", "requires_grad", "device")]
    entry, key = random.choice(deep)
    kind = random.randrange(5)
    if kind == 0:
        entry[key] = random.choice(_VALUES)
    elif kind == 1 and type(entry[key]) is int:
        entry[key] += random.choice((-1, 1, 3, 100, 10**7))
    elif kind == 2 and isinstance(entry, list):
        entry.insert(random.randrange(len(entry) + 1), entry[key])
    elif kind == 3:
        del entry[key]
    else:
        other, there = random.choice(deep)
        entry[key] = json.loads(json.dumps(other[there]))

"""Damaged specs in the three formats: each is read or refused in a few lines, soon.

``python -m tests.readers.spec_mutants 3000`` runs so many and prints what came of them.
"""

from __future__ import annotations

import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from rfscope.errors import RfscopeError
from rfscope.readers.spec import SpecFormat, read_spec

SECONDS = 20
LINES = 21
"""Mistakes that are told, and how many more there are."""

_LAYERS: list[dict[str, Any]] = [
    {"name": "stem", "op": "conv", "kernel": [3, 5], "stride": 2, "padding": "same"},
    {"name": "body", "op": "conv", "kernel": 3, "dilation": 2, "repeat": 2},
    {"name": "pool", "op": "pool", "kernel": 3, "stride": 2, "ceil_mode": True, "inputs": ["stem"]},
    {"name": "up", "op": "transposed_conv", "kernel": 4, "stride": 2, "padding": [1, 1]},
    {"op": "add", "inputs": ["up", "body"]},
]

_PARTS = (
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    ":",
    "=",
    ",",
    "\n",
    "  ",
    "#",
    "&a ",
    "*a",
    "!!",
    "|",
    ">",
    "-",
    "- ",
    "<<: ",
    "\\",
)
_VALUES = (
    "0",
    "-1",
    "1e999",
    "9" * 5000,
    "0x10",
    "1_0",
    "true",
    "null",
    "nan",
    '"' + "x" * 500 + '"',
    "1979-05-27",
    "[[]]",
)
_WORDS = (
    "\ufeff",
    "\x00",
    "\u2028",
    "\x85",
    "\r",
    "\ud7ff",
    "\U0001f469",
    "kernel",
    "op",
    "rfscope",
    "layers",
    "inputs",
)


def seeds() -> dict[SpecFormat, str]:
    """A spec in each format."""
    spec = {"rfscope": 1, "name": "net", "dims": 2, "layers": _LAYERS}
    plain = "\n".join(f"{key} = {json.dumps(value)}" for key, value in spec.items() if key != "layers")
    tables = "\n".join(
        "[[layers]]  # one\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in layer.items())
        for layer in _LAYERS
    )
    flow = "\n".join("  - " + json.dumps(layer) for layer in _LAYERS[:2])
    block = "\n".join(
        "  - " + "\n    ".join(f"{key}: {json.dumps(value)}" for key, value in layer.items()) for layer in _LAYERS[2:]
    )
    yaml = f"rfscope: 1  # marker\nname: net\ndims: 2\nlayers:\n{flow}\n{block}\n"
    return {"toml": f"{plain}\n\n{tables}\n", "yaml": yaml, "json": json.dumps(spec, indent=1)}


def mutant(text: str, chance: random.Random) -> bytes:
    """A damaged copy of a text."""
    for _ in range(chance.choice([1, 1, 2, 3])):
        text = chance.choice(_CHANGES)(text, chance)
    data = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        place = chance.randrange(len(data) + 1)
        data = data[:place] + bytes([chance.randrange(256)]) + data[place:]
    return data


def _inserted(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.choice(chance.choice([_PARTS, _VALUES, _WORDS])) + text[place:]


def _replaced(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(chance.choice([_PARTS, _VALUES, _WORDS]))
    return " ".join(words)


def _cut(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + text[place + chance.choice([1, 1, 5, 40]) :]


def _doubled(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    place = chance.randrange(len(lines))
    return "".join([*lines[:place], lines[place] * chance.choice([2, 2, 500]), *lines[place:]])


def _swapped(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return "".join(lines)


def _nested(text: str, chance: random.Random) -> str:
    place, depth = chance.randrange(len(text) + 1), chance.choice([3, 99, 5000])
    return text[:place] + chance.choice(["[", "{", "{a: ", "- ", "a.", "((", '{"a":', "[["]) * depth + text[place:]


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (_inserted, _replaced, _cut, _doubled, _swapped, _nested)


def outcomes(count: int, first: int = 0) -> Iterator[tuple[int, SpecFormat, str]]:
    """What the reader makes of so many mutants; each has some seconds, behind which the process ends.

    Yields:
        Its number, its format, and ``read``, ``refused``, or what went wrong.
    """
    texts = sorted(seeds().items())
    for number in range(first, first + count):
        chance = random.Random(number)  # noqa: S311 - not for secrets
        kind, text = chance.choice(texts)
        data = mutant(text, chance)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            read_spec(data, file="net", format=kind)
            result = "read"
        except RfscopeError as error:
            said = str(error).split("\n")
            good = len(said) <= LINES and all(line.isprintable() and len(line) < 1000 for line in said)
            result = "refused" if good else f"a bad text: {said[:3]!r}"
        except Exception as error:  # noqa: BLE001 - whatever else comes is what is looked for
            result = f"{type(error).__name__}: {error}"[:300]
        yield number, kind, result
    signal.setitimer(signal.ITIMER_PROF, 0)


def main() -> None:
    """Run as many mutants as the command line says."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    found: Counter[str] = Counter()
    for number, kind, result in outcomes(count, first):
        found[f"{kind} {result}" if result in ("read", "refused") else "wrong"] += 1
        if result not in ("read", "refused"):
            sys.stdout.write(f"{number} {kind}: {result}\n")
    sys.stdout.write(", ".join(f"{result}: {times}" for result, times in sorted(found.items())) + "\n")


if __name__ == "__main__":
    main()

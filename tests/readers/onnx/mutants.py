"""Damaged ONNX files: small models with bytes, fields and names changed, each given to the real program.

``python -m tests.readers.onnx.mutants 20000`` runs so many and prints what came of them.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.readers.onnx.seeds import seeds

SECONDS = 20
MEMORY = 2**30
REFUSED_OR_READ = frozenset(["exit 0", "exit 1", "exit 2"])

_NUMBERS = (0, 1, -1, 2, 3, 7, 64, 4096, 2**16, 2**31 - 1, 2**31, -(2**31), 2**40, 2**62, 2**63 - 1, -(2**63))
_BITS_32 = frozenset([5, 14, 17])
"""Kinds of protobuf fields that hold 32 bits: int32, enum, sint32."""


def mutant(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A damaged copy of a model: by bytes, or by its structure."""
    if chance.random() < 0.3:
        return _bytes_changed(data, chance)
    from onnx import ModelProto

    made, other = ModelProto(), ModelProto()
    made.ParseFromString(data)
    other.ParseFromString(chance.choice(others))
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        _change(made, other, chance)
    found: bytes = made.SerializeToString()
    return found


def _bytes_changed(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(found))
        match chance.randrange(4):
            case 0 | 1:
                found[place] = chance.randrange(256)
            case 2:
                found[place:place] = found[place : place + chance.randint(1, 30)]
            case _:
                del found[place : place + chance.randint(1, 4)]
                found = found or bytearray(b"\0")
    return bytes(found)


def _messages(message: Any) -> Iterator[Any]:
    yield message
    for field, value in message.ListFields():
        if field.message_type:
            for inner in [value] if not _repeated(field) else value:
                yield from _messages(inner)


def _repeated(field: Any) -> bool:
    return bool(getattr(field, "is_repeated", False) or getattr(field, "label", 0) == field.LABEL_REPEATED)


def _change(made: Any, other: Any, chance: random.Random) -> None:
    """One change of a field somewhere."""
    kinds: dict[str, list[Any]] = {}
    for message in _messages(made):
        kinds.setdefault(message.DESCRIPTOR.name, []).append(message)
    likely = [name for name in ("NodeProto", "AttributeProto", "TensorProto", "Dimension") if name in kinds]
    chosen = chance.choice(kinds[chance.choice(likely)]) if likely and chance.random() < 0.7 else None
    chosen = chosen or chance.choice(kinds[chance.choice(sorted(kinds))])
    fields = chosen.DESCRIPTOR.fields
    set_ones = [field for field, _ in chosen.ListFields()]
    field = chance.choice(set_ones if set_ones and chance.random() < 0.75 else fields)
    names = sorted({name for one in kinds.get("NodeProto", []) for name in (*one.input, *one.output)} | {"", "no"})
    if field.message_type:
        given = [one for one in _messages(chance.choice([made, other])) if one.DESCRIPTOR is field.message_type]
        _change_message(chosen, field, given, chance)
    else:
        _change_plain(chosen, field, names, chance)


def _change_message(chosen: Any, field: Any, given: list[Any], chance: random.Random) -> None:
    if not _repeated(field):
        if given and chance.random() < 0.7:
            copy = type(given[0])()
            copy.CopyFrom(chance.choice(given))
            getattr(chosen, field.name).CopyFrom(copy)
        else:
            chosen.ClearField(field.name)
        return
    entries = getattr(chosen, field.name)
    match chance.randrange(4):
        case 0 if len(entries):
            entries.add().CopyFrom(chance.choice(list(entries)))
        case 1 if len(entries):
            del entries[chance.randrange(len(entries))]
        case 2 if len(entries) > 1:
            copies = [type(entry)() for entry in entries]
            for copy, entry in zip(copies, chance.sample(list(entries), len(entries)), strict=True):
                copy.CopyFrom(entry)
            del entries[:]
            entries.extend(copies)
        case _ if given:
            entry = type(given[0])()
            entry.CopyFrom(chance.choice(given))
            entries.add().CopyFrom(entry)


def _change_plain(chosen: Any, field: Any, names: list[str], chance: random.Random) -> None:
    if not _repeated(field):
        if chance.random() < 0.1:
            chosen.ClearField(field.name)
        else:
            setattr(chosen, field.name, _plain(field, names, chance))
        return
    entries = getattr(chosen, field.name)
    match chance.randrange(5):
        case 0 if len(entries):
            del entries[chance.randrange(len(entries))]
        case 1 if len(entries) > 1:
            shuffled = chance.sample(list(entries), len(entries))
            del entries[:]
            entries.extend(shuffled)
        case 2 if len(entries):
            entries[chance.randrange(len(entries))] = _plain(field, names, chance)
        case 3 if len(entries):
            entries.extend(list(entries) * chance.choice([1, 1, 20]))
        case _:
            entries.append(_plain(field, names, chance))


def _plain(field: Any, names: list[str], chance: random.Random) -> Any:
    if field.enum_type:
        return chance.choice([value.number for value in field.enum_type.values])
    if field.cpp_type == field.CPPTYPE_STRING:
        text = chance.choice(
            [*names, "SAME_LOWER", "VALID", "linear", "cubic", "axis", "Conv", "Loop", "If", "ai.onnx"]
        )
        return text if field.type == field.TYPE_STRING else chance.choice([text.encode(), bytes(8), b"\xff" * 16])
    if field.cpp_type in (field.CPPTYPE_FLOAT, field.CPPTYPE_DOUBLE):
        return chance.choice([0.0, 1.0, -1.0, 0.5, 1e30, float("inf"), float("nan")])
    number = chance.choice(_NUMBERS)
    if field.cpp_type in (field.CPPTYPE_UINT32, field.CPPTYPE_UINT64):
        return abs(number)
    return max(-(2**31), min(2**31 - 1, number)) if field.cpp_type == field.CPPTYPE_INT32 else number


def outcomes(files: Sequence[bytes], folder: Path) -> Iterator[str]:
    """What the program makes of each file: in one child process, and a new one behind each that died.

    Yields:
        ``exit 0`` and the like, ``signal 11``, ``too long``, ``too much memory``.
    """
    done = 0
    while done < len(files):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _run(files[done:], folder, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            codes = stream.read()
        _, status, used = os.wait4(child, 0)
        for code in codes:
            yield f"exit {code}"
        done += len(codes)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            yield "too long" if number in (signal.SIGPROF, signal.SIGALRM) else f"signal {number}"
            done += 1
        elif used.ru_maxrss * 1024 > MEMORY:
            yield "too much memory"


def _run(files: Sequence[bytes], folder: Path, writing: int) -> None:
    """Lint the files, write the exit codes to the pipe, and leave the process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        from rfscope.cli import run

        stream = os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        path = folder / "mutant.onnx"
        for data in files:
            path.write_bytes(data)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            signal.alarm(6 * SECONDS)
            code = run(["lint", "--isolated", str(path)])
            os.write(writing, bytes([code]))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def made(numbers: Iterable[int]) -> list[bytes]:
    """The mutants of these numbers."""
    models = seeds()
    names, all_data, found = sorted(models), list(models.values()), []
    for number in numbers:
        chance = random.Random(number)  # noqa: S311 - not for secrets
        found.append(mutant(models[chance.choice(names)], all_data, chance))
    return found


def main() -> None:
    """Run as many mutants as the command line says."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(first, first + count, 100):
            numbers = range(start, min(start + 100, first + count))
            for number, result in enumerate(outcomes(made(numbers), Path(folder)), start):
                found[result] += 1
                if result not in REFUSED_OR_READ:
                    sys.stdout.write(f"{number}: {result}\n")
    sys.stdout.write(", ".join(f"{result}: {times}" for result, times in sorted(found.items())) + "\n")


if __name__ == "__main__":
    main()

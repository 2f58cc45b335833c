"""What is done of a survey, on disk: it outlives whoever writes it, and is gone on with by the next.

Only one process writes. Beside the file OUT that is wished for stand, until it is complete,

* ``OUT.data``: the encoded rows of each job, in the order in which the jobs were finished;
* ``OUT.journal``: a first line that says which survey it is, then a line per finished job: its rows, where its
  bytes stand in the data, and their checksum. A line is written once the bytes are safely there;
* ``OUT.lock``: the number of the process that writes.

So whatever dies, and whenever: at most a torn last line and bytes that no line speaks of are left, and are cut off.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zlib import crc32

from rfscope._version import __version__
from rfscope.errors import OutputError
from rfscope.surveying.space import Piece

__all__ = ["Begin", "Done", "Journal", "key_of"]

_RESUME = "free some space, then go on with --resume"

_HELD = set[Path]()
"""The locks that this process holds."""


class Done(NamedTuple):
    """A finished job.

    Attributes:
        at, end: Where its bytes stand in the data.
        crc: Their checksum.
        tally: What was counted over its rows.
        again: Whether a row should be tried again.
        mistaken: Whether a row has an error.
    """

    at: int
    end: int
    crc: int
    tally: Mapping[str, int]
    again: bool = False
    mistaken: bool = False


class Begin(NamedTuple):
    """How a survey begins where something of it may be there.

    Attributes:
        resume: Go on with what is there.
        restart: Throw away what is there.
        retry: Do jobs again that have a row with an error.
    """

    resume: bool = False
    restart: bool = False
    retry: bool = False


def key_of(what: Mapping[str, Any], about: str) -> dict[str, str]:
    """What the first line of a journal says: which survey it is, what made it, and the same for people."""
    said = json.dumps(what, sort_keys=True)
    return {"survey": hashlib.sha256(said.encode()).hexdigest(), "version": __version__, "about": about}


class Journal:
    """The record of a survey, open for writing; see ``opened``.

    Attributes:
        out: The file that is wished for.
        done: The finished jobs.
    """

    def __init__(self, out: Path, key: Mapping[str, str]) -> None:
        self.out, self.done = out, dict[Piece, Done]()
        self._key = dict(key)
        self._data: BinaryIO
        self._lines: BinaryIO
        self._data_file, self._lines_file = (out.with_name(f"{out.name}.{end}") for end in ("data", "journal"))

    @classmethod
    @contextlib.contextmanager
    def opened(cls, out: Path, key: Mapping[str, str], begin: Begin) -> Iterator[Journal]:
        """The record of a survey, begun or gone on with; nobody else may write it meanwhile.

        Raises:
            OutputError: There is something that would be lost, it belongs to another survey, or nothing can be written.
        """
        journal = cls(out, key)
        with journal._writing(), _locked(out):
            journal._begin(begin)
            with journal._data_file.open("r+b") as data, journal._lines_file.open("r+b") as lines:
                journal._data, journal._lines = data, lines
                data.seek(0, os.SEEK_END)
                lines.seek(0, os.SEEK_END)
                yield journal

    def add(self, piece: Piece, data: bytes, tally: Mapping[str, int], *, again: bool, mistaken: bool) -> None:
        """Keep what a job has made: first its bytes, then a line that vouches for them."""
        at = self._data.tell()
        self._data.write(data)
        _flush(self._data)
        done = Done(at, at + len(data), crc32(data), dict(tally), again, mistaken)
        self._lines.write(_line(piece, done) + b"\n")
        _flush(self._lines)
        self.done[piece] = done

    def parts(self) -> Iterator[bytes]:
        """The bytes of all finished jobs, in the order of their rows.

        Raises:
            OutputError: They are not what was written.
        """
        with self._data_file.open("rb") as data:
            for _, done in sorted(self.done.items()):
                data.seek(done.at)
                found = data.read(done.end - done.at)
                if crc32(found) != done.crc:
                    do = "begin anew with --restart"
                    raise OutputError("the data was changed by others", where=str(self._data_file), do=do)
                yield found

    def drop(self) -> None:
        """Remove the record, as all of it is written elsewhere."""
        for file in (self._lines_file, self._data_file):
            file.unlink(missing_ok=True)

    def _begin(self, begin: Begin) -> None:
        there = self._lines_file.exists()
        if begin.restart or not there:
            if self.out.exists() and not begin.restart:
                raise OutputError("the file is there already", where=str(self.out), do="--restart makes it anew")
            self._data_file.write_bytes(b"")
            self._lines_file.write_bytes(json.dumps(self._key).encode() + b"\n")
            return
        self._read(retry=begin.retry)
        if not begin.resume:
            what = f"a survey was begun here, with {len(self.done)} of its jobs done"
            raise OutputError(what, where=str(self.out), do="--resume goes on with it, --restart begins anew")

    def _read(self, *, retry: bool) -> None:
        """Find what is done, and cut off what was torn or is to be done again."""
        text = self._lines_file.read_bytes()
        head, *rest = text[: text.rfind(b"\n") + 1].splitlines() or [b""]
        self._check(_record(head))
        size = self._data_file.stat().st_size if self._data_file.exists() else 0
        for line in rest:
            found = _finished(line)
            if found is None or found[1].end > size:
                break
            self.done[found[0]] = found[1]
        for piece, done in tuple(self.done.items()):
            if done.again or (retry and done.mistaken):
                del self.done[piece]
        self._rewrite()

    def _rewrite(self) -> None:
        """Bring the files to what is done and nothing else."""
        lines = [json.dumps(self._key).encode(), *(_line(piece, done) for piece, done in self.done.items())]
        new = self._lines_file.with_name(f"{self._lines_file.name}.new")
        with new.open("wb") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            _flush(file)
        new.replace(self._lines_file)
        with self._data_file.open("ab") as data:
            data.truncate(max((done.end for done in self.done.values()), default=0))

    def _check(self, head: Mapping[str, Any] | None) -> None:
        """Refuse the journal of another survey."""
        if head is not None and all(head.get(name) == self._key[name] for name in ("survey", "version")):
            return
        where, do = str(self._lines_file), "name another file with -o, or begin anew with --restart"
        if head is None or "survey" not in head:
            raise OutputError("no journal of a survey", where=where, do=do)
        of, name = ("survey", "about") if head["survey"] != self._key["survey"] else ("version of rfscope", "version")
        got = str(head.get(name))
        raise OutputError(f"a journal of another {of}", where=where, got=got, expected=self._key[name], do=do)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """Say what cannot be written."""
        try:
            yield
        except OSError as error:
            where = str(error.filename or self.out)
            what = "cannot write the survey"
            do = _RESUME if self.done else "name another file with -o"
            raise OutputError(what, where=where, got=error.strerror, do=do) from None


def _line(piece: Piece, done: Done) -> bytes:
    return json.dumps({"first": piece.first, "stop": piece.stop, **done._asdict()}).encode()


def _finished(line: bytes) -> tuple[Piece, Done] | None:
    """What a line says; None if it is torn."""
    record = _record(line)
    try:
        return None if record is None else (Piece(record.pop("first"), record.pop("stop")), Done(**record))
    except (KeyError, TypeError):
        return None


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


@contextlib.contextmanager
def _locked(out: Path) -> Iterator[None]:
    """Hold a file that says who writes; one that a dead process has left is taken over.

    Raises:
        OutputError: Another process writes.
    """
    file = out.with_name(f"{out.name}.lock")
    for attempt in range(2):
        try:
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            break
        except FileExistsError:
            owner = _owner(file)
            if attempt or owner is None or _holds(owner, file):
                who = "unknown" if owner is None else f"process {owner}"
                do = f"wait for it, or remove {file} if nobody does"
                raise OutputError("another process writes this survey", where=str(out), got=who, do=do) from None
            file.unlink(missing_ok=True)
    with os.fdopen(handle, "w", encoding="ascii") as own:
        own.write(f"{os.getpid()}\n")
    _HELD.add(file.resolve())
    try:
        yield
    finally:
        _HELD.discard(file.resolve())
        file.unlink(missing_ok=True)


def _owner(file: Path) -> int | None:
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _holds(owner: int, file: Path) -> bool:
    """Whether the process of this number holds a lock; in a new container, the dead one's number is often our own."""
    return file.resolve() in _HELD if owner == os.getpid() else _is_alive(owner)


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # there the signal 0 is an interrupt
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True

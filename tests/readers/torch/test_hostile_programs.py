"""Hostile and damaged ``.pt2`` archives: nothing in them runs, and each is read or refused in one line."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch import nn

from rfscope.cli import run
from tests.program import rfscope
from tests.readers.torch.mutants import graph_of, mutant, with_graph
from tests.readers.torch.test_programs import UNet, in_place, saved, twice

_MUTANTS = int(os.environ.get("RFSCOPE_MUTANTS", "100"))
_SECONDS = 20


class Evil:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A network with holes."""
    module = nn.Sequential(nn.Conv2d(3, 4, 3, dilation=2), nn.ReLU(), nn.Conv2d(4, 4, 3, dilation=4))
    size = dict.fromkeys((2, 3), torch.export.Dim.AUTO)
    path = tmp_path_factory.mktemp("archive") / "net.pt2"
    return saved(module, (64, 64), path, dynamic_shapes=(size,)).read_bytes()


def planted(data: bytes, mark: Path) -> bytes:
    """The archive with a pickle for each entry that is one or may be, and code in each expression."""
    name, graph = graph_of(data)
    code = f"__import__('os').mkdir({str(mark)!r})"

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: code if key == "expr_str" else replaced(entry) for key, entry in value.items()}
        return [replaced(entry) for entry in value] if isinstance(value, list) else value

    made = mark.with_suffix(".zip")
    with zipfile.ZipFile(made, "w") as other:
        for entry in _names(data):
            if entry == name:
                text = json.dumps(replaced(graph)).encode()
                assert code.encode() in text.replace(b'\\"', b'"')
            elif entry.endswith(("json", "version", "format", "byteorder")):
                text = _read(data, entry).replace(b'"use_pickle": false', b'"use_pickle": true')
            else:
                text = pickle.dumps(Evil(mark))
                text += b"." * (-len(text) % 16)
            other.writestr(entry, text)
    return made.read_bytes()


def _names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def _read(data: bytes, entry: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(entry)


def test_the_mark_can_be_left(archive: bytes, tmp_path: Path) -> None:
    """By torch's own way to load it: so a mark that is missing means something."""
    mark = tmp_path / "mark"
    (tmp_path / "net.pt2").write_bytes(planted(archive, mark))
    with suppress(Exception):  # it fails, after it has run what it should not
        torch.export.load(tmp_path / "net.pt2")
    assert mark.exists()


WAYS = {
    "analyze": ["analyze", "model", "models/net.pt2"],
    "lint a file": ["lint", "--isolated", "models/net.pt2"],
    "lint a folder": ["lint", "--isolated", "."],
    "lint a configured folder": ["lint"],
    "lint in two processes": ["lint", "--isolated", "--jobs", "2", "models"],
    "a picture": ["plot", "heatmap", "models/net.pt2", "-o", "picture.png"],
}


@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
def test_nothing_in_an_archive_runs_and_it_is_judged(words: list[str], archive: bytes, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    (tmp_path / "models").mkdir()
    for name in ("net", "other"):
        (tmp_path / "models" / f"{name}.pt2").write_bytes(planted(archive, mark))
    (tmp_path / "rfscope.toml").write_text('[[networks]]\ntarget = "models"\n')
    answer = rfscope(*words, cwd=tmp_path)
    assert not mark.exists()
    assert answer.code == (1 if words[0] == "lint" else 0), answer.err
    assert words[0] != "lint" or "RFS101" in answer.out


def test_verifying_asks_for_leave(archive: bytes, tmp_path: Path) -> None:
    import rfscope as rf

    mark = tmp_path / "mark"
    (tmp_path / "net.pt2").write_bytes(planted(archive, mark))
    answer = rfscope("analyze", "model", "net.pt2", "--verify", cwd=tmp_path)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "--allow-import" in answer.err
    with pytest.raises(rf.RfscopeError, match="allow_import=True"):
        rf.verify(tmp_path / "net.pt2")
    assert not mark.exists()


def deep(_: Any) -> bytes:
    return b'{"graph_module": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def _graph(change: Callable[[Any], object]) -> Callable[[Any], bytes]:
    def changed(graph: Any) -> bytes:
        change(graph["graph_module"]["graph"])
        return json.dumps(graph).encode()

    return changed


DAMAGED: dict[str, tuple[Callable[[Any], bytes], str]] = {
    "nested too deeply": (deep, "nested too deeply"),
    "too large": (lambda _: b" " * 2**25 + b"{}", "over the limit 'pt2-bytes'"),
    "no JSON": (lambda _: b'{"graph_module": }', "invalid JSON"),
    "no text": (lambda _: b"\xff\xfe\x00", "not an exported program"),
    "a list": (lambda _: b"[]", "[] for the file"),
    "an integer of 5,000 digits": (lambda _: b"1" * 5_000, "not an exported program"),
    "a target that is a list": (_graph(lambda g: g["nodes"][0].update(target=[])), "[] for target"),
    "a negative size": (
        _graph(lambda g: g["tensor_values"]["conv2d"].update(sizes=[{"as_int": -4}])),
        "-4 for a size",
    ),
    "a huge size": (
        _graph(lambda g: g["tensor_values"]["conv2d"].update(sizes=[{"as_int": 2**60}])),
        "over the limit 'axis'",
    ),
    "no hint": (
        _graph(lambda g: g["tensor_values"]["conv2d"].update(sizes=[{"as_expr": {"expr_str": "u0", "hint": None}}])),
        "a size that depends on the data",
    ),
    "an operation before what it reads": (_graph(lambda g: g["nodes"].reverse()), "that an operation before it makes"),
    "a tensor without a declaration": (_graph(lambda g: g["tensor_values"].clear()), "without a declaration"),
    "an argument given twice": (
        _graph(lambda g: g["nodes"][0]["inputs"].append(g["nodes"][0]["inputs"][0])),
        "an argument that is given once",
    ),
    "an argument that is not known": (
        _graph(lambda g: g["nodes"][0]["inputs"][0].update(name="odd")),
        "it has an argument 'odd'",
    ),
}


@pytest.mark.parametrize("shown", DAMAGED)
def test_what_is_wrong_is_said_in_one_line(
    shown: str, archive: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = DAMAGED[shown]
    path = tmp_path / "net.pt2"
    path.write_bytes(with_graph(archive, change(graph_of(archive)[1]), packed=True))
    with bounded():
        assert run(["analyze", "model", str(path)]) == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.count("\n") == 1
    assert said in found.err
    assert "net.pt2" in found.err


def test_an_archive_of_many_entries_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt2", "w") as made:
        for number in range(21_000):
            made.writestr(f"e/{number}", b"")
    assert run(["analyze", "model", str(tmp_path / "net.pt2")]) == 2
    assert "over the limit 'pt2-entries'" in capsys.readouterr().err


def test_a_pipe_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "net.pt2")
    with bounded():
        assert run(["analyze", "model", str(tmp_path / "net.pt2")]) == 2
    assert "cannot read the file" in capsys.readouterr().err


@contextmanager
def bounded() -> Iterator[None]:
    """Fail where it takes longer than it may."""

    def late(*_: object) -> None:
        raise BaseException("too long")  # noqa: TRY002 - nothing on the way may catch it

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def seeds(archive: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    modules = {"unet": (UNet(), (32, 32)), "writes": (in_place(twice), (12, 12))}
    made = [saved(module, size, folder / f"{name}.pt2").read_bytes() for name, (module, size) in modules.items()]
    shutil.rmtree(folder)
    return [archive, *made]


@pytest.mark.parametrize("part", range(4))
def test_damaged_archives_are_read_or_refused(
    part: int, seeds: list[bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Set RFSCOPE_MUTANTS for a longer run."""
    path = tmp_path / "net.pt2"
    for seed in range(part, _MUTANTS, 4):
        random = Random(seed)
        path.write_bytes(mutant(random.choice(seeds), random))
        words = random.choice((["lint", "--isolated"], ["analyze", "model", "--json"], ["analyze", "model"]))
        with bounded():
            code = run([*words, str(path)])
        said = capsys.readouterr().err
        assert code in (0, 1, 2), (seed, said)
        assert "Traceback" not in said, seed
        assert code < 2 or said.count("\n") == 1, (seed, said)

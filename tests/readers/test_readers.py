"""The table of readers: what it says is what is read, found and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfscope import readers
from rfscope.errors import NetworkError, TargetError
from rfscope.linting.discovery import expand
from rfscope.network.build import chain
from rfscope.network.provenance import Found
from rfscope.targets import resolve
from tests.program import rfscope

TOML = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\n# why\n"


def read(path: Path, **_: object) -> Found:
    """The reader of a made-up kind of file."""
    return Found(chain([7], name=path.stem))


def look(data: bytes, _: str) -> bool:
    return b"keras" in data


@pytest.fixture
def extended(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line more in the table, and a function that reads: nothing else is needed for a new kind of file."""
    added = readers.Reader((".json", ".keras"), "a Keras file", "made_up:read", "made_up:look")
    functions = {"made_up:read": read, "made_up:look": look}
    real = readers._function
    monkeypatch.setattr(readers, "_function", lambda name: functions.get(name) or real(name))
    monkeypatch.setattr(readers, "READERS", (*readers.READERS, added))


@pytest.mark.usefixtures("extended")
def test_a_new_kind_of_file_is_read_found_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.json").write_text('{"keras": "model"}', encoding="utf-8")
    Path("b.json").write_text('{"rfscope": 1, "layers": [{"op": "global"}]}', encoding="utf-8")
    Path("c.json").write_text("{}", encoding="utf-8")
    assert [(found.target, found.passed_over) for found in expand(".")] == [
        ("a.json", False),
        ("b.json", False),
        ("c.json", True),
    ]
    assert resolve("a.json").network.nodes[0].op == "conv"
    assert resolve("b.json").network.nodes[0].op == "global"
    with pytest.raises(NetworkError, match="not a spec"):  # of what none is meant for, the first reader speaks
        resolve("c.json")
    with pytest.raises(TargetError, match=r", \.keras"):
        resolve("d.xyz")


def test_every_reader_is_there() -> None:
    for reader in readers.READERS:
        names = [name for name in (reader.read, reader.look) if name]
        assert all(callable(readers._function(name)) for name in names)
        assert reader.words in readers.files_text()


def test_help_names_every_kind() -> None:
    said = "".join(rfscope("analyze", "model", "--help", env={"COLUMNS": "2000"}).out.split())
    assert all("".join(reader.words.split()) in said for reader in readers.READERS)


def test_a_spec_comes_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(TOML, encoding="utf-8")
    source = resolve(path).provenance.source
    assert source is not None
    assert (source.file, source.text, source.format) == (str(path), TOML, "toml")
    assert source.lines[1] == "[[layers]]"
    assert source.marks["layers", 0, "kernel"] == (4, 1)
    assert [(comment.text, comment.row) for comment in source.comments] == [("# why", 5)]


def test_the_text_is_that_which_was_read(tmp_path: Path) -> None:
    """Whatever becomes of the file: it is not opened again."""
    path = tmp_path / "net.toml"
    path.write_text(TOML, encoding="utf-8")
    found = resolve(path)
    path.unlink()
    assert found.provenance.source is not None
    assert found.provenance.source.comments


def test_rates_are_known_as_such() -> None:
    assert resolve("1,1").provenance.from_rates
    assert resolve("zoo:hdc-2-2-2").provenance.from_rates
    assert not resolve("zoo:resnet-v1c-50").provenance.from_rates
    assert not resolve(chain([1, 1])).provenance.from_rates

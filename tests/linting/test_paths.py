"""Names of files in reports: whatever the name, what a report says leads back to the file."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.errors import clean
from rfscope.linting.formats import FORMATS
from rfscope.linting.paths import as_shown, as_text, as_uri
from tests.linting import reading
from tests.program import Answer, rfscope

NET = b'{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "dilation": 2}]}'
NAMES = [
    "plain.json",
    "two words#1 %20 [x]*{y}.json",
    "ünï.json",
    "no\u00a0break.json",
    "wide\u3000space.json",
    "family \U0001f469\u200d\U0001f469\u200d\U0001f467.json",
    "two\nlines.json",
    "carriage\rreturn\ttab.json",
    "x ::error file=a::forged.json",
    "a ##[group]b.json",
    "\x1b[31mred.json",
    "line\u2028separator\u0085next.json",
    "back\\slash.json",
    '"quoted".json',
    '"a\\nb.json',
    "bytes \udcff\udc80.json",
]
"""As Python has them where the file system speaks UTF-8; the last is none."""

_ESCAPE = re.compile(rb"\\(?:x(..)|u(....)|U(........)|(.))", re.DOTALL)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def back(shown: str) -> bytes:
    """The name that a text for people stands for, read by the rules of C and not by ours."""
    data = shown.encode()
    if not data.startswith(b'"'):
        return data

    def plain(found: re.Match[bytes]) -> bytes:
        byte, short, long, char = found.groups()
        if byte:
            return bytes([int(byte, 16)])
        return chr(int(short or long, 16)).encode() if short or long else _SHORT.get(char, char)

    assert data.endswith(b'"')
    return _ESCAPE.sub(plain, data[1:-1])


def of_sarif(text: str) -> list[bytes]:
    results = json.loads(text)["runs"][0]["results"]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert all(re.fullmatch(r"([A-Za-z0-9._~/,-]|%[0-9A-F]{2})+", uri) for uri in uris)
    return [unquote_to_bytes(uri) for uri in uris]


def of_json(text: str) -> list[bytes]:
    return [named(record["filename"]) for record in json.loads(text)]


def of_gitlab(text: str) -> list[bytes]:
    reading.gitlab(json.loads(text))
    return [named(record["location"]["path"]) for record in json.loads(text)]


def of_github(text: str) -> list[bytes]:
    return [named(one.properties["file"]) for one in reading.commands(text)]


def named(text: str) -> bytes:
    """A name from a format that holds any text: that itself, but for control characters and bytes that are no text."""
    return back(text) if os.fsencode(text) not in ALL else os.fsencode(text)


def of_junit(text: str) -> list[bytes]:
    return [back(case.attrib["classname"]).removeprefix(b"./") for case in reading.junit(text).iter("testcase")]


def of_markdown(text: str) -> list[bytes]:
    cells = [row[2].replace("\u200b", "") for row in reading.markdown_cells(text)[1:]]
    return [back(cell.removesuffix(":1:55: conv1")) for cell in cells]


def of_concise(text: str) -> list[bytes]:
    assert reading.commands(text) == []
    return [back(line.partition(":1:55: RFS101")[0]) for line in text.split("\n") if line]


def of_full(text: str) -> list[bytes]:
    assert reading.commands(text) == []
    return [back(found) for found in re.findall(r"^error\[RFS101\] holes at (.*):1:55: conv1$", text, re.MULTILINE)]


READ: dict[str, Callable[[str], list[bytes]]] = {name: globals()[f"of_{name}"] for name in FORMATS}
ALL = {name.encode("utf-8", "surrogateescape") for name in NAMES}


def linted(folder: Path, name: str, env: dict[str, str]) -> Answer:
    (folder / "nets").mkdir(exist_ok=True)
    for data in ALL:
        Path(os.fsdecode(os.path.join(os.fsencode(folder / "nets"), data))).write_bytes(NET)  # noqa: PTH118 - bytes
    return rfscope(
        "lint", ".", "--isolated", "--select", "RFS101", "--output-format", name, cwd=folder / "nets", env=env
    )


@pytest.mark.parametrize("name", FORMATS)
def test_paths_exist(name: str, tmp_path: Path) -> None:
    code, out, err = linted(tmp_path, name, {})
    assert (code, err) == (1, "")
    assert sorted(READ[name](out)) == sorted(ALL)
    assert all(char == "\n" or char.isprintable() for char in out) or name == "github"
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", out)


@pytest.mark.parametrize("name", ["sarif", "json", "gitlab", "junit", "github"])
def test_paths_exist_where_the_locale_knows_ascii_alone(name: str, tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    code, out, err = linted(tmp_path, name, env)
    assert (code, err) == (1, "")
    assert sorted(READ[name](out)) == sorted(ALL)


def test_a_file_that_is_missing_is_named_by_its_own_name(tmp_path: Path) -> None:
    out = rfscope("lint", "a\u00a0b.toml", "--isolated", "--output-format", "sarif", cwd=tmp_path).out
    [notification] = json.loads(out)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%C2%A0b.toml"


CHARS = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]),
    st.sampled_from(['"', "\\", "::", " ::", "##[", "\n"]),
)


@given(st.lists(CHARS, min_size=1).map("".join))
def test_every_name_comes_back(name: str) -> None:
    data = name.encode("utf-8", "surrogateescape")
    name = data.decode("utf-8", "surrogateescape")
    shown = as_shown(name)
    assert clean(shown) == shown
    assert back(shown) == data
    assert as_text(name) == name
    if "/" not in name:
        assert unquote_to_bytes(as_uri(name)) == data

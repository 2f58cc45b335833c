"""The pages are true: what they show is what is printed today, their specs are specs, their settings are settings.

Set RFSCOPE_UPDATE_GOLDEN=1 to write what they show anew, pictures included, and read the diff. One run is enough.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.docs import pictures
from tests.docs.pages import PAGES, ROOT, Block, blocks
from tests.docs.showing import rewritten, without_times

UPDATE = bool(os.environ.get("RFSCOPE_UPDATE_GOLDEN"))
LANGUAGES = {"console", "json", "python", "text", "toml", "yaml"}
MOST_LINES_OF_THE_README = 150

by_page = pytest.mark.parametrize("name", PAGES)


def text_of(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


@by_page
def test_a_page_shows_what_is_printed_today(name: str, tmp_path: Path) -> None:
    text = text_of(name)
    found = rewritten(text, tmp_path)
    made = pictures.shown(text) & pictures.written(text)
    if UPDATE:
        if without_times(found) != without_times(text):
            PAGES[name].write_text(found, encoding="utf-8")
        for picture in made:
            pictures.keep(picture, tmp_path)
    else:
        assert without_times(found) == without_times(text)
        assert [picture for picture in sorted(made) if not pictures.alike(picture, tmp_path)] == []


def test_every_picture_is_shown_and_made_by_a_command_that_a_page_shows() -> None:
    texts = [text_of(name) for name in PAGES]
    kept = {path.name for path in pictures.FOLDER.iterdir()}
    assert kept == {name for text in texts for name in pictures.shown(text)}
    assert kept == {name for text in texts for name in pictures.shown(text) & pictures.written(text)}


def test_pictures_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in pictures.FOLDER.iterdir()}
    assert {name: size for name, size in sizes.items() if size > pictures.MOST_BYTES} == {}


def test_one_script_draws_them_anew(tmp_path: Path) -> None:
    words = [sys.executable, str(ROOT / "examples" / "gallery.py"), "holes.png", "--to", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    new, old = (tmp_path / "holes.png").read_bytes(), (pictures.FOLDER / "holes.png").read_bytes()
    assert done.stdout == f"holes.png: {len(new) / 1000:.0f} kB\n"
    assert new == old or pictures.made_with(new) != pictures.made_with(old)


def test_pictures_that_differ_are_told_apart() -> None:
    from PIL import Image

    same, altered = (pictures.FOLDER / "holes.png").read_bytes(), io.BytesIO()
    with Image.open(io.BytesIO(same)) as picture:
        changed = picture.convert("RGB")
    wide, high = changed.size
    changed.paste((200, 0, 0), (wide // 2, high // 3, wide // 2 + wide // 20, high // 3 + high // 20))
    changed.save(altered, "PNG")
    assert pictures.look_alike(same, same)
    assert not pictures.look_alike(altered.getvalue(), same)


@by_page
def test_every_block_says_what_it_is(name: str) -> None:
    assert {block.language for block in blocks(text_of(name))} <= LANGUAGES


def is_spec(block: Block) -> bool:
    return re.search(r"^\W*rfscope\W* *[:=] *1\b", block.body, re.MULTILINE) is not None


DATA = [
    (f"{name}, {block.language}", block) for name in PAGES for block in blocks(text_of(name), "toml", "yaml", "json")
]
SPECS = [(name, block) for name, block in DATA if is_spec(block)]
SETTINGS = [(name, block) for name, block in DATA if block.language == "toml" and not is_spec(block)]


@pytest.mark.parametrize("block", [block for _, block in SPECS], ids=[name for name, _ in SPECS])
def test_specs_are_read(block: Block, tmp_path: Path) -> None:
    import rfscope as rf

    file = tmp_path / f"net.{block.language}"
    file.write_text(block.body, encoding="utf-8")
    assert rf.analyze(file).outputs


@pytest.mark.parametrize("block", [block for _, block in SETTINGS], ids=[name for name, _ in SETTINGS])
def test_settings_are_read(block: Block, tmp_path: Path) -> None:
    from rfscope.linting.config import read_config

    file = tmp_path / ("pyproject.toml" if "tool" in tomllib.loads(block.body) else "rfscope.toml")
    file.write_text(block.body, encoding="utf-8")
    assert read_config(file).networks


@by_page
def test_json_is_json(name: str) -> None:
    assert all(json.loads(block.body) for block in blocks(text_of(name), "json"))


def test_the_readme_is_short() -> None:
    assert len(text_of("README.md").splitlines()) <= MOST_LINES_OF_THE_README


def test_the_two_install_commands_of_the_readme_are_the_first_two() -> None:
    found = re.findall(r"^\$ (pip install.*)$", text_of("README.md"), flags=re.MULTILINE)
    assert found == [
        "pip install . && rfscope compare 1,2,5 2,4,8",
        "pip install torch==2.13.0 -e '.[test]' && pytest -n 2",
    ]

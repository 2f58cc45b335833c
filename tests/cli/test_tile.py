"""``rfscope tile``: what people and programs read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rfscope.cli import run
from rfscope.cli.tile import bytes_of
from rfscope.errors import RfscopeError
from tests import golden

UNET = "zoo:u-net"
GLOBAL = """
rfscope = 1
name = "gated"
[[layers]]
name = "conv"
op = "conv"
kernel = 3
[[layers]]
name = "mean"
op = "global"
[[layers]]
op = "multiply"
inputs = ["conv", "mean"]
"""
GRID = """
rfscope = 1
dims = 1
[[layers]]
op = "pool"
kernel = 2
stride = 2
[[layers]]
op = "transposed_conv"
kernel = 2
stride = 2
[[layers]]
op = "add"
inputs = ["input", "transposed_conv1"]
"""


@pytest.fixture
def gated(tmp_path: Path) -> str:
    path = tmp_path / "gated.toml"
    path.write_text(GLOBAL, encoding="utf-8")
    return str(path)


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert run(["tile", *words]) == code
    out, err = capsys.readouterr()
    assert (err == "") == (code != 2), err
    return out if code != 2 else err


def data(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(capsys, *words, "--json"))
    return found


@pytest.mark.parametrize(
    "words",
    [
        (UNET,),
        (UNET, "--input", "1020", "--tile", "400"),
        ("1,2,5", "--input", "200", "--tile", "64,200"),
        (UNET, "--input", "1000", "--tile", "400"),
        ("1,2,5", "--input", "60", "--tile", "64"),
    ],
    ids=" ".join,
)
def test_what_is_said(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    golden.check(f"tile {' '.join(words)}".replace("zoo:", ""), said(capsys, *words))


def test_the_record(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, UNET, "--input", "1020", "--tile", "396")
    assert {"schema_version", "tool", "name", "input", "output_size", "exact", "why_not", "axes", "tile_count",
            "computed", "waste", "multiply_adds", "bytes", "verification"} <= set(found)  # fmt: skip
    assert (found["exact"], found["input"], found["output_size"]) == (True, [1020, 1020], [836, 836])
    assert (found["tile_count"], found["verification"]) == (16, None)
    assert found["waste"] == pytest.approx(found["computed"] - 1)
    assert found["computed"] == found["multiply_adds"]["tiled"] / found["multiply_adds"]["whole"]
    assert found["bytes"]["method"] == "graph"
    axis = found["axes"][0]
    assert (axis["lattice"], axis["offset"], axis["halo"], axis["tile"], axis["last_tile"]) == (16, 0, [0, 0], 396, 396)
    assert axis["tiles"][1] == {"begin": 208, "size": 396, "keep": [4, 212], "write": 212}


def test_the_rule_alone(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, UNET)
    assert [axis["lattice"] for axis in found["axes"]] == [16, 16]
    assert found["axes"][0]["sizes"] == [12]


def test_analyze_says_how_to_tile(capsys: pytest.CaptureFixture[str]) -> None:
    """Two halos: the worst phase's, and what is lost on the lattice."""
    assert run(["analyze", UNET, "--json"]) == 0
    finite = json.loads(capsys.readouterr().out)["outputs"][0]["finite"]
    assert finite["tile"]["lattice"] == 16
    assert finite["tile"]["halo"] == [0, 0]
    assert finite["tile"]["axes"] == [{"lattice": 16, "halo": [0, 0]}] * 2
    assert run(["analyze", "zoo:resnet-v1c-50-d8"]) == 0
    assert "To tile: halo " in capsys.readouterr().out


def test_lint_finds_tiles_that_do_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = tmp_path / "net.toml"
    net.write_text(GRID, encoding="utf-8")
    for tile, says in ((33, "take 32 or 34"), (34, None)):
        code = run(["lint", str(net), "--tile", str(tile), "--fail-level", "warning"])
        out = capsys.readouterr().out
        assert (code, "RFS206" in out) == (int(says is not None), says is not None)
        assert says is None or says in out


def test_lint_finds_an_input_at_which_merges_are_padded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A configured input: padded to be joined is found; a pool that leaves a remainder out is not."""
    padded = GRID.replace(
        '[[layers]]\nop = "add"\ninputs = ["input", "transposed_conv1"]',
        """[[layers]]
op = "pad"
name = "fit"
padding = [[0, 1]]
[[layers]]
op = "add"
inputs = ["input", "fit"]""",
    )
    floors = GRID.replace('[[layers]]\nop = "add"\ninputs = ["input", "transposed_conv1"]', "")
    for text, size, found in ((padded, 33, True), (floors, 33, False), (GRID, 32, False)):
        net = tmp_path / "net.toml"
        net.write_text(text, encoding="utf-8")
        assert run(["lint", str(net), "--input", str(size), "--fail-level", "warning"]) == int(found)
        out = " ".join(capsys.readouterr().out.split())
        assert ("RFS206" in out) is found
        assert ("a map is padded by 0 before and 1 after" in out and "take 32 or 34" in out) is found


def test_an_input_at_which_merges_fail_is_refused_with_one_that_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = tmp_path / "net.toml"
    net.write_text(GRID, encoding="utf-8")
    for command in ("lint", "analyze"):
        assert run([command, str(net), "--input", "33"]) == 2
        assert "take 32 or 34 instead of 33" in capsys.readouterr().err


OPTIONS = {
    "kernel": ("-k", "5"),
    "stride": ("--stride", "2,1"),
    "dims": ("--dims", "3"),
    "causal": ("--causal",),
    "input": ("--input", "96"),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_what_a_target_leaves_open_has_its_effect(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("1,2", *(() if option == "input" else ("--input", "64")), "--tile", "32")
    before = data(capsys, *words, *(("--input", "64") if option == "input" else ()))
    assert data(capsys, *words, *OPTIONS[option])["axes"] != before["axes"]


def test_a_layer_a_sample_rate_and_what_is_not_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, UNET, "--node", "down2.conv2")
    assert found["axes"][0]["lattice"] == 2
    rate = ("--sample-rate", "24000")
    error = said(capsys, "1,2", "--dims", "1", *rate, "--input", "64", "--tile", "32", code=2)
    assert "a sample rate for an answer without times" in error
    net = tmp_path / "net.json"
    net.write_text('{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3}, {"op": "fold", "kernel": 3}]}')
    said(capsys, str(net), "--input", "64", "--tile", "32", code=2)
    found = data(capsys, str(net), "--input", "64", "--tile", "32", "--allow-unknown")
    assert (found["exact"], found["why_not"][-1]["kind"]) == (False, "unknown")


def test_a_picture_of_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "tiles.svg"
    assert run(["plot", "tiles", UNET, "--input", "1020", "--tile", "400", "-o", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "read by one tile" in text or text.count("<path") > 16
    assert run(["plot", "tiles", UNET, "--input", "1000", "--tile", "400", "-o", str(path)]) == 2


def test_a_no_is_an_answer(gated: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = (gated, "--input", "64", "--tile", "32")
    text = said(capsys, *words)
    assert "NOT EXACT" in text
    assert "mean reads the whole map (to pool it)" in text
    assert "Exact would be 1 pass over all tiles" in " ".join(text.split())
    said(capsys, *words, "--expect", "exact", code=1)
    said(capsys, gated, "--expect", "exact", code=1)
    said(capsys, UNET, "--expect", "exact")
    found = data(capsys, *words)
    assert (found["exact"], found["passes"]) == (False, 1)
    assert found["why_not"][0] == {
        "kind": "global",
        "node": "mean",
        "message": "mean reads the whole map (to pool it)",
        "do": "no halo cures that; blending hides it",
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((UNET, "--input", "1020"), "give --tile or --memory"),
        ((UNET, "--tile", "64"), "give --input"),
        ((UNET, "--input", "1020", "--tile", "64", "--memory", "1GiB"), "a plan needs the size of a tile, or"),
        ((UNET, "--input", "1020", "--tile", "0"), "bad tile"),
        ((UNET, "--input", "1020", "--tile", "4,4,4"), "wrong number of tile sizes"),
        ((UNET, "--input", "1020", "--tile", "x"), "bad --tile"),
        ((UNET, "--input", "1020", "--memory", "much"), "bad --memory"),
        ((UNET, "--input", "1020", "--memory", "1kB"), "no tile fits into the memory"),
        (("1,2", "--input", "100", "--memory", "1MB"), "the memory that tiles take is not known"),
        ((UNET, "--input", "1020", "--tile", "400", "--dtype", "int7"), "unknown type of numbers"),
        ((UNET, "--input", "1020", "--tile", "400", "--batch", "0"), "bad batch"),
        ((UNET, "--input", "1020", "--tile", "400", "--expect", "x"), "bad --expect"),
        ((UNET, "--input", "1020", "--tile", "400", "--format", "x"), "unknown format"),
        ((UNET, "--input", "1020", "--tile", "400", "--verify"), "only a torch module can be run on tiles"),
        ((UNET, "--format", "torch"), "torch needs tiles"),
    ],
)
def test_bad_words(words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    error = said(capsys, *words, code=2)
    assert says in error
    assert error.count("\n") == 1


def test_a_tile_of_just_a_size(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, UNET, "--input", "1020", "--tile", "400", "--equal")
    assert "take 396, or an image of 1024" in " ".join(text.split())
    assert " EXACT" in said(capsys, UNET, "--input", "1020", "--tile", "396", "--equal").replace("NOT EXACT", "")


def test_a_tile_for_a_memory(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, UNET, "--input", "1996,3004", "--memory", "1GiB")
    assert found["bytes"]["tile"] <= 2**30 < found["bytes"]["whole"]
    assert found["exact"]
    both = data(capsys, UNET, "--input", "1996,3004", "--memory", "1GiB", "--batch", "2", "--dtype", "float16")
    assert both["bytes"] == found["bytes"]


@pytest.mark.parametrize(("format", "has"), [
    ("bioimageio", "size: {min: 204, step: 16}"), ("monai", "roi_size = (396, 396)"), ("torch", "for t in plan:"),
])  # fmt: skip
def test_formats_of_others(format: str, has: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert has in said(capsys, UNET, "--input", "1020", "--tile", "400", "--format", format)


def test_bioimageio_says_where_tiles_begin(gated: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, UNET, "--format", "bioimageio")
    assert "halo: 0" in text
    assert "tiles must begin at multiples of 16" in text
    assert "tiles would not equal the whole" in said(capsys, gated, "--format", "bioimageio", code=2)


@pytest.mark.parametrize(
    ("text", "found"), [("8GiB", 2**33), ("8 gib", 2**33), ("1.5kB", 1500), ("12", 12), ("2TiB", 2**41)]
)
def test_bytes(text: str, found: int) -> None:
    assert bytes_of(text) == found


@pytest.mark.parametrize("text", ["", "GiB", "-1", "1e9", "8 XB", "9" * 30])
def test_no_bytes(text: str) -> None:
    with pytest.raises(RfscopeError, match="bad --memory"):
        bytes_of(text)

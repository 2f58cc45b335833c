"""``rfscope erf`` and ``rfscope plot erf``: what is said, what is written, and bad input in one line."""

from __future__ import annotations

import json
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from rfscope.cli import run
from tests.cli import erf_nets

NETS = "tests.cli.erf_nets"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    random = np.random.default_rng(0)
    for place in range(3):
        pixels = random.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / ("more" if place else ".") / f"{place}.png")
    (folder / "notes.txt").write_text("none")
    return folder


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["erf", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_answer_is_short_and_says_what_it_was_measured_on(capsys: pytest.CaptureFixture[str], images: Path) -> None:
    code, out, err = said(capsys, f"{NETS}:chain", "--input", "24", "--images", str(images), "--device", "cpu")
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.endswith("MEASURED")
    text = " ".join(lines)
    assert "The exact field spans 15x15 pixels; half of the squared gradient lies within" in text
    assert "Outside lies nothing, as must be. Grid share" in text
    assert "Measured on 3 images of photos; the channels of the output are weighted with random signs" in text
    assert len(lines) < 18
    noise = said(capsys, f"{NETS}:chain", "--input", "24", "--samples", "2")[1]
    assert noise.splitlines()[0].endswith("NOISE")
    assert "2 images of Gaussian noise and of nothing else" in " ".join(noise.split())


def test_the_record_has_it_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    maps = tmp_path / "field.npz"
    words = ("--input", "20", "--samples", "2", "--node", "1", "--at", "4,5", "--cotangent", "relu", "--seed", "3")
    code, out, err = said(capsys, f"{NETS}:chain", *words, "--json", "-o", str(maps), "--args", '{"rates": "2,2"}')
    assert (code, err) == (0, f"wrote {maps}\n")
    record = json.loads(out)
    assert (record["node"], record["at"], record["input"], record["samples"]) == ("1", [4, 5], [20, 20], 2)
    assert (record["noise"], record["images"], record["cotangent"], record["seed"]) == (True, None, "relu", 3)
    assert record["exact"] == {"start": [0, 1], "size": [9, 9], "read": 25}
    assert record["outside"]["kind"] == "none"
    assert set(record["extents"]) == {"e2", "e1", "counts", "root"}
    assert [grid["period"] for grid in record["grids"]] == [2, 2]
    assert record["grids"][0]["share"] == pytest.approx(1)
    assert len(record["marginals"]["counts"][0]) == 20
    assert len(record["replknet"]) == 4
    assert said(capsys, f"{NETS}:chain", *words, "--json", "--args", '{"rates": "2,2"}')[1] != ""
    again = json.loads(said(capsys, f"{NETS}:chain", *words, "--json", "--args", '{"rates": "2,2"}')[1])
    assert {**again, "seconds": 0} == {**record, "seconds": 0}


def test_what_comes_through_a_gate_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    out = " ".join(said(capsys, f"{NETS}:gated", "--input", "16", "--samples", "1")[1].split())
    assert "through global; with their results held constant, nothing." in out


def test_a_fault_of_the_reader_is_said_with_its_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rfscope.measuring.subject import Subject

    monkeypatch.setattr(Subject, "exact", lambda _: np.pad([[True]], (8, 7)))
    code, out, _ = said(capsys, f"{NETS}:chain", "--input", "16", "--samples", "1")
    assert code == 1
    assert "FAULT: there is a gradient at 1,1, outside the exact field (on noise 0)" in " ".join(out.split())


def test_weights_come_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    net = erf_nets.chain()
    for weight in net.parameters():
        weight.data.fill_(0.1)
    file = tmp_path / "w.pt"
    torch.save({"epoch": 3, "state_dict": net.state_dict()}, file)
    words = (f"{NETS}:chain", "--input", "24", "--samples", "1", "--json", "--cotangent", "sum")
    own, given = (json.loads(said(capsys, *words, *more)[1]) for more in ((), ("--weights", str(file))))
    assert given["marginals"]["e1"][0] == pytest.approx(given["marginals"]["counts"][0], abs=1e-6)
    assert own["marginals"]["e1"][0] != pytest.approx(own["marginals"]["counts"][0], abs=1e-3)


def test_signals_and_volumes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(np.random.default_rng(0).integers(-9999, 9999, (90, 2), dtype=np.int16).tobytes())
    np.save(tmp_path / "b.npy", np.random.default_rng(1).standard_normal(70))
    code, out, err = said(capsys, f"{NETS}:line", "--input", "60", "--images", str(tmp_path), "--json")
    assert (code, err, json.loads(out)["samples"]) == (0, "", 2)
    np.save(tmp_path / "c.npy", np.random.default_rng(1).standard_normal((4, 1, 9, 9, 9)))
    code, out, err = said(capsys, f"{NETS}:volume", "--input", "9", "--images", str(tmp_path / "c.npy"), "--json")
    assert (code, err, json.loads(out)["samples"]) == (0, "", 4)


def bad(folder: Path) -> dict[str, tuple[tuple[str, ...], str]]:
    """What does not fit, and what is said of it."""
    chain = (f"{NETS}:chain", "--input", "16", "--samples", "1")
    return {
        "no module": (("1,2,5",), "only a torch module has gradients to measure: got '1,2,5'"),
        "argmax": ((f"{NETS}:deciding", "--input", "16"), "the output has no gradient at a: got integers"),
        "text files": ((*chain, "--images", str(folder / "texts")), "got 2 other files (.md, .txt), expected files of"),
        "an empty folder": ((*chain, "--images", str(folder / "empty")), "no images at "),
        "no folder": ((*chain, "--images", str(folder / "none")), "no such folder: got "),
        "too few": ((*chain[:3], "--samples", "9", "--images", str(folder / "photos")), "got 3, expected 9 or more"),
        "no picture": ((*chain, "--images", str(folder / "broken")), "cannot read the image at "),
        "NaN": ((*chain, "--images", str(folder / "nan.npy")), "something in it that is no number at "),
        "too small": ((*chain, "--images", str(folder / "small.npy")), "too small at "),
        "another shape": ((*chain, "--images", str(folder / "flat.npy")), "an image of another shape at "),
        "objects": ((*chain, "--images", str(folder / "objects.npy")), "cannot read the array at "),
        "channels": (
            (f"{NETS}:chain", "--args", '{"channels": 5}', "--input", "16", "--images", str(folder / "photos")),
            "a picture for so many channels at ",
        ),
        "fit": ((*chain, "--images", str(folder / "photos"), "--fit", "pad"), "bad fit of images: got 'pad'"),
        "std": ((*chain, "--images", str(folder / "photos"), "--std", "1,0,1"), "bad std of images: got 1.0, 0.0, 1.0"),
        "mean": ((*chain, "--mean", "1;2"), "bad --mean: got '1;2', expected numbers such as"),
        "samples": ((f"{NETS}:chain", "--samples", "0"), "bad number of samples: got 0"),
        "weights of another": ((*chain, "--weights", str(folder / "other.pt")), "weights that do not fit at "),
        "weights that are none": ((*chain, "--weights", str(folder / "list.pt")), "not the weights of a module at "),
        "weights that run code": ((*chain, "--weights", str(folder / "code.pt")), "cannot read the weights at "),
        "no weights": ((*chain, "--weights", str(folder / "none.pt")), "cannot read the weights at "),
        "a picture of another kind": ((*chain, "-o", str(folder / "x.gif")), "unknown kind of file: got 'x.gif'"),
        "no such layer": ((*chain, "--node", "9"), "unknown layer at "),
        "no such place": ((*chain, "--at", "16,0"), "no such output position at 2: got 16x0"),
        "axes": ((f"{NETS}:chain", "--input", "9,9,9"), "wrong number of input sizes at "),
        "a module of no data": ((f"{NETS}:nothing",), "nothing"),
    }


class Code:
    """What torch refuses to make of a file."""


@pytest.fixture
def folder(tmp_path: Path, images: Path) -> Path:
    assert images.is_dir()
    for name in ("texts", "empty", "broken"):
        (tmp_path / name).mkdir()
    for name in ("a.txt", "b.md"):
        (tmp_path / "texts" / name).write_text("words")
    (tmp_path / "broken" / "a.png").write_text("no picture")
    np.save(tmp_path / "nan.npy", np.full((3, 16, 16), np.nan))
    np.save(tmp_path / "small.npy", np.zeros((3, 15, 16)))
    np.save(tmp_path / "flat.npy", np.zeros((16, 16)))
    np.save(tmp_path / "objects.npy", np.array([{}, None]), allow_pickle=True)
    torch.save(erf_nets.line().state_dict(), tmp_path / "other.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    torch.save({"a": Code()}, tmp_path / "code.pt")
    return tmp_path


@pytest.mark.parametrize("case", bad(Path()))
def test_bad_input_is_one_line(case: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, expected = bad(folder)[case]
    before = sorted(folder.rglob("*"))
    output = () if "-o" in words else ("-o", str(folder / "x.png"))
    code, out, err = said(capsys, *words, *output)
    assert (code, out) == (2, "")
    assert expected in err
    assert err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_what_is_interrupted_leaves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import rfscope.measuring.passes

    def stop(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(rfscope.measuring.passes.Runner, "gradient", stop)
    code, out, err = said(capsys, f"{NETS}:chain", "--input", "16", "-o", str(tmp_path / "x.png"))
    assert (code, out, err) == (130, "", "")  # as of every command that is interrupted
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_files_and_of_modules(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    field, both = tmp_path / "field.npz", tmp_path / "both.svg"
    said(capsys, f"{NETS}:chain", "--input", "24", "--samples", "1", "-o", str(field))
    words = [str(field), f"{NETS}:gated", "--input", "24", "--samples", "1", "--labels", "before,after"]
    assert run(["plot", "erf", *words, "-o", str(both)]) == 0
    assert capsys.readouterr().err.startswith(f"wrote {both}, ")
    assert both.read_text().startswith("<?xml")
    for wrong, expected in (
        (["none.npz"], "cannot read at none.npz: got No such file or directory"),
        ([str(both.rename(tmp_path / "svg.npz"))], "not an effective field at "),
        ([str(field), "--labels", "a,b"], "wrong number of labels: got 2, expected 1, one per field"),
        ([str(field), "--width", "99"], "bad width of a picture: got 99"),
    ):
        assert run(["plot", "erf", *wrong, "-o", str(tmp_path / "x.png")]) == 2
        assert expected in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_a_gaussian_is_told_where_one_describes_the_map(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("scipy")
    words = ("--input", "24", "--samples", "2", "--device", "cpu", "--args")
    smooth, gridded = ([f"{NETS}:chain", *words, json.dumps([rates])] for rates in ("1,1,1,1,1", "2,2,2"))
    out = said(capsys, *smooth)[1]
    record = json.loads(said(capsys, *smooth, "--json")[1])
    fitted = [one for one in record["gaussians"] if one is not None]
    std = " x ".join(f"{one['std']:.2f}" for one in fitted)
    assert f"A Gaussian of std {std} pixels explains" in out
    assert min(one["explained"] for one in fitted) >= 0.9
    assert "Gaussian of" not in said(capsys, *gridded)[1].replace("Gaussian noise", "")
    assert json.loads(said(capsys, *gridded, "--json")[1])["gaussians"] == [None, None]


def test_without_scipy_no_gaussian_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    words = (f"{NETS}:chain", "--input", "24", "--samples", "2", "--device", "cpu", "--args", '["1,1,1,1,1"]')
    assert "A Gaussian of std" not in said(capsys, *words)[1]
    assert json.loads(said(capsys, *words, "--json")[1])["gaussians"] is None


@pytest.mark.parametrize("words", [["erf", "--input", "9"], ["plot", "erf", "-o", "a.png"]])
def test_what_is_missing_is_a_module_and_no_rates(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert run(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: no target: expected package.module:name or ")
    assert "1,2,5" not in said

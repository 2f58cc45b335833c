"""Networks with branches, sizes and phases on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import golden
from tests.program import rfscope

U_NET = str(Path(__file__).parents[2] / "examples" / "small-u-net.toml")

SQUEEZE = """\
rfscope = 1
[[layers]]
op = "conv"
name = "a"
kernel = 3
padding = "same"
[[layers]]
op = "global"
name = "pool"
inputs = ["a"]
[[layers]]
op = "multiply"
name = "gate"
inputs = ["a", "pool"]
"""


def analyzed(*words: str, stdin: str = "") -> dict[str, Any]:
    answer = rfscope("analyze", "model", *words, "--json", stdin=stdin.encode())
    assert (answer.code, answer.err) == (0, "")
    found: dict[str, Any] = json.loads(answer.out)
    return found


def test_report() -> None:
    golden.check("report u-net", rfscope("analyze", "model", U_NET).out)
    golden.check("report u-net finite", rfscope("analyze", "model", U_NET, "--input", "16,16").out)


def test_phases() -> None:
    first, second = (analyzed(U_NET, "--at", phase)["outputs"][0] for phase in ("0,0", "0,1"))
    assert first["axes"][0]["period"] == 2
    assert [phase["start"] for phase in first["axes"][0]["phases"]] == [-8, -8]
    assert first["coverage"]["size"] == second["coverage"]["size"] == [18, 18]
    assert first["at"] is None
    assert first["coverage"]["hole_list"] == []


def test_counts_are_a_map() -> None:
    counts = analyzed(U_NET, "--counts")["outputs"][0]["counts"]
    assert counts["factors"] is None
    assert len(counts["map"]) == 18
    assert counts["paths"] == sum(map(sum, counts["map"]))


def test_finite_input() -> None:
    found = analyzed(U_NET, "--input", "16,16", "--at", "0,15")["outputs"][0]
    assert found["at"] == [0, 15]
    assert found["finite"]["output_size"] == [16, 16]
    assert found["finite"]["extent"] == [[0, 9], [6, 15]]
    assert found["finite"]["never_read"] == [0, 0]
    assert found["finite"]["halo"] == [[9, 9], [9, 9]]
    assert found["axes"][0]["size"] == 18  # the fields are those of the unbounded grid all the same


def test_output_and_between() -> None:
    assert analyzed(U_NET, "--node", "pool1")["outputs"][0]["axes"][0]["size"] == 6
    part = analyzed(U_NET, "--between", "up", "head")
    assert part["left_out"] == ["down1.2"]
    assert part["outputs"][0]["axes"][0]["size"] == 5
    assert [layer["node"] for layer in part["layers"]] == ["concat1", "head.1", "head.2"]


def test_global_paths_are_left_out_and_named() -> None:
    axis = analyzed("-", stdin=SQUEEZE)["outputs"][0]["axes"][0]
    assert (axis["size"], axis["global_through"]) == (3, ["pool"])
    whole = analyzed("-", "--node", "pool", stdin=SQUEEZE)["outputs"][0]
    assert whole["axes"][0]["size"] is None
    assert whole["before_global"][0]["node"] == "a"
    assert (
        "Every output sees the whole image, through pool."
        in rfscope("analyze", "model", "-", "--node", "pool", stdin=SQUEEZE.encode()).out
    )


def test_expectations_are_exit_codes(tmp_path: Path) -> None:
    dilated = "[[layers]]\nop = 'conv'\nkernel = 3\npadding = 'same'\n" + (
        "[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\npadding = [[2, 2], [2, 2]]\n" * 2
    )
    strided = "[[layers]]\nop = 'conv'\nkernel = 3\nstride = 2\npadding = 1\n" + (
        "[[layers]]\nop = 'conv'\nkernel = 3\npadding = 1\n" * 2
    )
    for name, text in (("dilated", dilated), ("strided", strided)):
        (tmp_path / f"{name}.toml").write_text(f"rfscope = 1\n{text}", encoding="utf-8")
    words = ("compare", "strided.toml", "dilated.toml", "--expect", "same-reads")
    met = rfscope(*words, cwd=tmp_path)
    assert met.code == 0
    assert met.out.endswith("Expected same-reads: met, for every output of the coarser grid.\n")
    wrong = rfscope("compare", "strided.toml", "1,2,4", "--expect", "same-field", "--json", cwd=tmp_path)
    assert wrong.code == 1
    assert json.loads(wrong.out)["expect"] == {
        "what": "same-field",
        "met": False,
        "first_difference": "output (0, 0) sees 11 pixels from -5 along axis 0, 15 from -7",
    }


BAD = [
    (("--input", "16,16,16"), "error: wrong number of input sizes at small U-Net: got 3, expected 2"),
    (
        ("--input", "16,x"),
        "error: bad --input: got '16,x', expected whole numbers below 10^9, one per axis, such as 64,64",
    ),
    (("--input", "0,0"), "error: bad input size at small U-Net: got 0, expected an integer of 1 or more"),
    (("--at", "0,0", "--phase", "0,0"), "error: --at and --phase are one option; leave --phase out"),
    (
        ("--input", "16,16", "--at", "16,0"),
        "error: no such output position at head.2: got 16x0, expected a position in 16x16",
    ),
    (("--at", "0"), "error: wrong length of the output position: got 1, expected 2, one per axis"),
    (
        ("--node", "heat"),
        "error: unknown layer at small U-Net: got 'heat', expected a layer or a module; did you mean 'head.2'?",
    ),
    (("--between", "head", "up"), "error: nothing lies between at small U-Net: got head and up, expected a path"),
]


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_options(words: tuple[str, ...], message: str) -> None:
    assert rfscope("analyze", "model", U_NET, *words) == (2, "", f"{message}\n")


def test_an_odd_input_cannot_be_merged() -> None:
    code, out, err = rfscope("analyze", "model", U_NET, "--input", "15,15")
    assert (code, out) == (2, "")
    assert "a merge of different sizes" in err
    assert err.count("\n") == 1


UNPLACED = """\
rfscope = 1
[[layers]]
op = "conv"
kernel = 3
stride = 2
padding = "same"
[[layers]]
op = "conv"
name = "x"
kernel = 3
padding = "same"
[[layers]]
op = "add"
inputs = ["x", "conv1"]
"""


def test_same_padding_with_a_stride_and_no_size_is_unknown_and_not_guessed() -> None:
    found = analyzed("-", stdin=UNPLACED)["outputs"][0]
    assert (found["axes"][0]["size"], found["axes"][0]["start"], found["axes"][0]["stride"]) == (7, None, 2)
    assert found["coverage"] is None
    golden.check("report unplaced", rfscope("analyze", "model", "-", stdin=UNPLACED.encode()).out)
    sized = analyzed("-", "--input", "64,64", stdin=UNPLACED)["outputs"][0]
    assert (sized["axes"][0]["start"], sized["coverage"]["used"]) == (-2, 49)
    assert rfscope("lint", "-", stdin=UNPLACED.encode()).code == 0
    assert rfscope("plot", "heatmap", "-", stdin=UNPLACED.encode()).code == 2


def test_an_output_behind_two_global_operations_is_that_before_the_last() -> None:
    gated = SQUEEZE + '[[layers]]\nop = "conv"\nname = "b"\nkernel = 3\n[[layers]]\nop = "global"\nname = "gap"\n'
    ends = analyzed("-", stdin=gated)["outputs"][0]["before_global"]
    assert [end["node"] for end in ends] == ["b"]
    assert ends[0]["axes"][0]["global_through"] == ["pool"]

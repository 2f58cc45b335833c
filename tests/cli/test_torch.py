"""The program on torch targets: factories, exported programs, bad ones of both, and the proof on the module itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import rfscope

MODELS = """
import os
import sys
import torch
from torch import nn

print("on import")
os.write(1, b"past Python\\n")


def build(rates=(2, 4, 8), kernel=3):
    print("when called")
    return nn.Sequential(*(nn.Conv2d(3, 3, kernel, padding=rate, dilation=rate) for rate in rates))


def raises():
    raise ValueError("no\\nweights")


def exits():
    sys.exit(0)


def nothing():
    return None


def loops():
    while True:
        pass


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3)

    def forward(self, x):
        return self.conv(x) if x.mean() > 0 else x


class Samples(nn.Module):
    def __init__(self):
        super().__init__()
        self.grid = nn.Conv2d(3, 2, 3, padding=1)

    def forward(self, x):
        y = nn.functional.grid_sample(x, self.grid(x).permute(0, 2, 3, 1), align_corners=False)
        return self.grid(y) + self.grid(x)


number = 5
text = "not callable"
layer = nn.Conv1d(1, 1, 5)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "endless.py").write_text("while True:\n    pass\n", encoding="utf-8")
    (tmp_path / "ring_a.py").write_text("from ring_b import y\nx = 1\n", encoding="utf-8")
    (tmp_path / "ring_b.py").write_text("from ring_a import x\ny = 1\n", encoding="utf-8")
    return tmp_path


def test_a_factory_is_called_and_what_it_prints_stays_off_stdout(folder: Path) -> None:
    answer = rfscope("analyze", "model", "models:build", "--args", '{"rates": [1, 2, 5]}', "--json", cwd=folder)
    assert answer.code == 0
    data = json.loads(answer.out)
    assert [axis["size"] for axis in data["outputs"][0]["axes"]] == [17, 17]
    assert [layer["node"] for layer in data["layers"]] == ["0", "1", "2"]
    assert [layer["parameters"] for layer in data["layers"]] == [81, 81, 81]
    assert "on import" in answer.err
    assert "when called" in answer.err


def test_lint_names_modules(folder: Path) -> None:
    answer = rfscope("lint", "models:build", cwd=folder)
    assert answer.code == 1
    assert "error[RFS101] holes at models.py:11:1: 0\n  11 | def build(rates=(2, 4, 8), kernel=3):\n" in answer.out
    assert "write 1,3,8" in answer.out


def test_verify_runs_the_module_itself(folder: Path) -> None:
    answer = rfscope("analyze", "model", "models:build", "--input", "40,40", "--verify", "--json", cwd=folder)
    assert answer.code == 0
    verification = json.loads(answer.out)["verification"]
    assert verification["equal"] is True
    assert verification["module"]["equal"] is True
    assert verification["module"]["input"] == [40, 40]
    assert verification["module"]["inside"] is True


BAD = {
    "raises": ("models:raises", "the user's code fails at models:raises: got ValueError: no weights"),
    "exits": ("models:exits", "the user's code exits at models:exits: got sys.exit(0); let it return the module"),
    "no module": ("models:nothing", "the factory makes no module at models:nothing: got NoneType"),
    "not callable": ("models:text", "no module at models:text: got str, expected a torch module"),
    "no such name": ("models:nope", "no such name at models:nope: got 'nope', expected one of"),
    "a name nearly right": ("models:biuld", "; did you mean 'build'?"),
    "a file's name": ("models.py:build", "got 'models.py'; a Python object is written models:build"),
    "no such package": ("nowhere.models:build", "no such module at nowhere.models:build: got 'nowhere'"),
    "a ring of imports": ("ring_a:x", "the user's code fails at ring_a:x: got ImportError: cannot import name"),
    "control flow by data": ("models:Branch", "its control flow depends on the data"),
    "unknown operation": ("models:Samples", "cannot follow grid_sampler (it reads where the data tells it to)"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_factory_is_one_clear_line(case: str, folder: Path) -> None:
    target, expected = BAD[case]
    answer = rfscope("analyze", "model", target, cwd=folder)
    assert (answer.code, answer.out) == (2, "")
    errors = [line for line in answer.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert expected in errors[0]
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("target", ["endless:build", "models:loops"])
def test_code_without_end_is_stopped(target: str, folder: Path) -> None:
    answer = rfscope("--limit", "import-seconds=3", "analyze", "model", target, cwd=folder)
    assert (answer.code, answer.out) == (2, "")
    assert "the user's code takes too long" in answer.err


def test_code_without_end_is_stopped_where_interrupts_are_ignored(folder: Path) -> None:
    ignoring = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "rfscope"]  # as a script's `&` does
    words = ["--limit", "import-seconds=3", "analyze", "model", "endless:build"]
    done = subprocess.run([*ignoring, *words], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "the user's code takes too long" in done.stderr


def test_a_wrong_rank_of_the_input(folder: Path) -> None:
    answer = rfscope("analyze", "model", "models:build", "--input", "9,9,9", cwd=folder)
    assert answer.code == 2
    assert "wrong number of input sizes at models:build: got 3, expected 2" in answer.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [("{", "bad --args: got '{'"), ("5", "in quotes for the shell, such as '{\"depth\": 50}' or '[50]'")],
)
def test_bad_arguments(words: str, expected: str, folder: Path) -> None:
    answer = rfscope("analyze", "model", "models:build", "--args", words, cwd=folder)
    assert answer.code == 2
    assert expected in answer.err


def test_unknown_operations_give_lower_bounds_where_that_is_asked_for(folder: Path) -> None:
    answer = rfscope("analyze", "model", "models:Samples", "--allow-unknown", "--json", cwd=folder)
    assert answer.code == 0
    data = json.loads(answer.out)
    assert [unknown["op"] for unknown in data["unknown"]] == ["grid_sampler"]
    [axis, _] = data["outputs"][0]["axes"]
    assert (axis["lower_bound"], axis["size"]) == (True, 3)
    assert rfscope("lint", "models:Samples", cwd=folder).code == 1


def test_an_exported_program(folder: Path) -> None:
    import torch
    from torch import nn

    module = nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.ReLU(), nn.Conv2d(4, 4, 3, dilation=2))
    exported = torch.export.export(module, (torch.rand(1, 3, 64, 64),))
    torch.export.save(exported, folder / "net.pt2")
    answer = rfscope(
        "analyze", "model", "net.pt2", "--input", "64,64", "--verify", "--allow-import", "--json", cwd=folder
    )
    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    assert [layer["node"] for layer in data["layers"]] == ["0", "2"]
    assert data["outputs"][0]["axes"][0]["size"] == 11
    assert data["verification"]["module"]["equal"] is True
    assert "got 32x32, expected 64x64" in rfscope("analyze", "model", "net.pt2", "--input", "32,32", cwd=folder).err
    whole = (folder / "net.pt2").read_bytes()
    for size in (0, 100, len(whole) // 2):
        (folder / "cut.pt2").write_bytes(whole[:size])
        answer = rfscope("analyze", "model", "cut.pt2", cwd=folder)
        assert (answer.code, answer.out) == (2, "")
        assert "error: not an exported program at cut.pt2" in answer.err
        assert "Traceback" not in answer.err
    assert "no such file at none.pt2" in rfscope("analyze", "model", "none.pt2", cwd=folder).err

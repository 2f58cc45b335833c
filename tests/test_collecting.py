"""Collecting the tests of the readers loads no framework: what they need of one they make when they run."""

from __future__ import annotations

import subprocess
import sys

import pytest

COLLECT = """
import sys
import pytest
code = pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "--ignore=tests/readers/torch", *sys.argv[1:]])
print("loaded", int(code), *sorted({"onnx", "torch"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("words", "loaded"),
    [(["tests/readers"], "loaded 0"), (["-p", "onnx", "tests/readers/test_rates.py"], "loaded 0 onnx")],
    ids=["none", "one that is loaded is seen"],
)
def test_no_framework_is_loaded(words: list[str], loaded: str) -> None:
    """But for the tests of the torch reader, whose modules are classes of torch's."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, *words], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.stdout.splitlines()[-1] == loaded, done.stderr

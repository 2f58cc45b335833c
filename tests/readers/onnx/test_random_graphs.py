"""Random graphs of what files of strangers are made of; by hand, see ``random_graphs``."""

from __future__ import annotations

import os

import pytest

from tests.readers.onnx.random_graphs import mismatch

MANY = int(os.environ.get("RFSCOPE_ONNX_GRAPHS", "60"))


@pytest.mark.parametrize("seed", range(MANY))
def test_what_is_read_is_what_changes_the_output(seed: int) -> None:
    assert mismatch(seed) is None

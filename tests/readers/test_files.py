"""Files that are none: pipes, devices and folders are refused before anything of them is read."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from rfscope import limits
from rfscope.errors import LimitError, TargetError
from rfscope.readers.files import read_bytes, read_head
from tests.program import rfscope

SUFFIXES = ("toml", "yaml", "json", "onnx", "pt2", "py")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_pipe_and_an_endless_device_are_refused_by_the_program(suffix: str, tmp_path: Path) -> None:
    pipe, device = tmp_path / f"pipe.{suffix}", tmp_path / f"zero.{suffix}"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    code, _, err = rfscope("lint", "--isolated", pipe.name, device.name, cwd=tmp_path)
    assert code == 2
    assert err.splitlines() == [
        f"error: cannot read the file at {path.name}: got {kind}, expected a regular file"
        for path, kind in ((pipe, "a pipe"), (device, "a device"))
    ]


def test_a_socket_and_a_folder(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        with pytest.raises(TargetError, match=r"cannot read the file at .*s: got a socket, expected a regular file"):
            read_bytes(tmp_path / "s", "spec-bytes")
    with pytest.raises(TargetError, match=r"a directory at .*: expected a spec"):
        read_bytes(tmp_path, "spec-bytes", expected="a spec")


def test_the_size_is_looked_at_before_reading(tmp_path: Path) -> None:
    """A sparse file of a terabyte is refused at once."""
    with (tmp_path / "large").open("wb") as stream:
        stream.truncate(2**40)
    with pytest.raises(LimitError, match="got 1099511627776"):
        read_bytes(tmp_path / "large", "spec-bytes")


def test_a_small_file_needs_little_memory(tmp_path: Path) -> None:
    """However much a file of its kind may hold."""
    (tmp_path / "small.onnx").write_bytes(b"small")
    tracemalloc.start()
    try:
        assert read_bytes(tmp_path / "small.onnx", "onnx-bytes") == b"small"
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not Path("/proc/self/limits").is_file(), reason="no /proc")
def test_a_file_that_holds_more_than_it_says_is_read_whole() -> None:
    """As those below /proc, which say that they are empty."""
    file = Path("/proc/self/limits")
    assert file.stat().st_size == 0
    assert read_bytes(file, "spec-bytes") == read_head(file, "spec-bytes") == file.read_bytes()
    with limits.raised({"spec-bytes": 10}):
        assert read_head(file, "spec-bytes") == file.read_bytes()[:11]
        with pytest.raises(LimitError, match="got 11, expected at most 10"):
            read_bytes(file, "spec-bytes")


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"here")
    (tmp_path / "link").symlink_to("file")
    with limits.raised({"spec-bytes": 4}):
        assert read_bytes(tmp_path / "link", "spec-bytes") == b"here"

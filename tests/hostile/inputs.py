"""Inputs made to run code, to hang or to fill the memory: how each is made, what is typed, and what is to happen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HEAD = "rfscope = 1\n"
_OBJECT = "rfscope: 1\nname: !!python/object/apply:os.system [touch mark]\n"
CONV = "[[layers]]\nop = 'conv'\nkernel = 3\n"


class Case(NamedTuple):
    """One hostile input.

    Attributes:
        words: What is typed after the program's name, in a folder of its own.
        codes: The exit codes that are right.
        said: What the one line of error has in it; "" where none is to be said.
        make: Fills the folder; by default it stays empty.
        seconds: Of processor time that it may take.
    """

    words: str
    codes: tuple[int, ...]
    said: str = ""
    make: Callable[[Path], object] = Path.exists
    seconds: int = 10


def file(name: str, content: str | bytes) -> Callable[[Path], None]:
    """Makes one file."""

    def make(folder: Path) -> None:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)

    return make


def sparse(name: str) -> Callable[[Path], None]:
    """Makes a file of 8 GiB that takes no room."""

    def make(folder: Path) -> None:
        with (folder / name).open("wb") as stream:
            stream.truncate(8 << 30)

    return make


def _link(name: str, target: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).symlink_to(target)


def _config(text: str) -> Callable[[Path], None]:
    return file("net.py", f"{text}\nmodel = dict(type='EncoderDecoder')\n")


def _aliases(_: int = 0) -> str:
    rows = ["rfscope: 1", "a0: &a0 [1, 1]"]
    rows += [f"a{row}: &a{row} [*a{row - 1}, *a{row - 1}]" for row in range(1, 60)]
    return "\n".join([*rows, "layers: *a59"])


def _layers(rows: int, **more: object) -> str:
    return json.dumps({"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, **more}] * rows})


HELD = {
    "a list of 100,000 rates": Case("analyze rates " + ",".join("1" * 50_000), (0, 1, 2), seconds=20),
    "a rate of 4,000 digits": Case(f"analyze rates {'9' * 4000}", (2,), "rate"),
    "a kernel of 4,000 digits": Case(f"analyze rates 1 -k {'9' * 4000}", (2,), "'kernel'"),
    "nested JSON": Case("lint n.json", (2,), "n.json", file("n.json", '{"rfscope": 1, "layers": ' + "[" * 90_000)),
    "nested YAML": Case("lint n.yaml", (2,), "n.yaml", file("n.yaml", "rfscope: 1\nlayers: " + "[" * 90_000)),
    "nested TOML": Case("lint n.toml", (2,), "n.toml", file("n.toml", HEAD + "layers = " + "[" * 90_000)),
    "nested --args": Case("analyze model no.such:thing --args " + "[" * 90_000, (2,), "bad --args"),
    "YAML aliases that double sixty times": Case("lint n.yaml", (2,), "n.yaml", file("n.yaml", _aliases())),
    "YAML that makes an object": Case(
        "lint n.yaml",
        (2,),
        "n.yaml",
        file("n.yaml", _OBJECT),
    ),
    "10,001 layers": Case("lint n.json", (2,), "layers", file("n.json", _layers(10_001))),
    "a spec of 2 MiB": Case("lint n.json", (2,), "spec-bytes", file("n.json", " " * (1 << 21) + _layers(1))),
    "a spec of 8 GiB": Case("lint n.toml", (2,), "spec-bytes", sparse("n.toml")),
    "bytes as TOML": Case("lint n.toml", (2,), "n.toml", file("n.toml", bytes(range(256)))),
    "bytes as ONNX": Case("lint n.onnx", (2,), "n.onnx", file("n.onnx", bytes(range(256)))),
    "bytes as a config": Case("analyze model n.py", (2,), "n.py", file("n.py", bytes(range(256)))),
    "a config that runs a command": Case(
        "analyze model net.py", (2,), "net.py", _config("__import__('os').system('touch mark')")
    ),
    "a config that is its own base": Case("analyze model net.py", (2,), "net.py", _config("_base_ = ['net.py']")),
    "a config below a device": Case("analyze model net.py", (2,), "", _config("_base_ = ['/dev/zero']")),
    "a config of 10^9 channels": Case("analyze model net.py", (2,), "net.py", _config("a = [0] * 10 ** 10")),
    "a config of a huge power": Case("analyze model net.py", (2,), "net.py", _config("a = 9 ** 9 ** 9 ** 9")),
    "a link to itself": Case("lint .", (2,), "a.toml", _link("a.toml", "a.toml")),
    "folders that hold each other": Case("lint .", (2,), "no network", _link("again", ".")),
    "a name that forges a CI command": Case(
        "lint --output-format concise n.toml",
        (2,),
        "n.toml",
        file("n.toml", HEAD + CONV + 'name = "x\\n::error::y"\nkernels = 1\n'),
    ),
    "a path that forges a line": Case("lint n\nerror:.toml", (2,), "n?error:.toml"),
    "a module that is not typed": Case(
        "lint",
        (2,),
        "an import that is not allowed",
        lambda folder: (
            file("rfscope.toml", "[[networks]]\ntarget = 'evil:build'\n")(folder),
            file("evil.py", "open('mark', 'w')\n")(folder),
        )[0],
    ),
    "a spec that names itself the configuration": Case("lint --config n.toml", (2,), "n.toml", file("n.toml", HEAD)),
}
"""What held already."""

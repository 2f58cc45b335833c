"""Inputs made to run code, to hang or to fill the memory: how each is made, what is typed, and what is to happen."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

HEAD = "rfscope = 1\n"
COMMENTS = "# rfscope: ignore[RFS101]\n"
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


_CAPTURED = (
    "CAk6bAorCgF4EgFzIgVTaGFwZSocCgRib2R5MhEKDAoBcxIBeiIEUmVsdRIBYqABBQoSCgF4CgFzEgF5IgdSZXNoYXBlEgFnWhsKAXgSFgoU"
    "CAESEAoCCAEKAggBCgIICAoCCAhiCQoBeRIECgIIAUIECgAQEQ=="
)
"""ONNX: a constant that a subgraph of its own operation captures."""


def _wide() -> str:
    """A network with two branches and a merge, 3,000 times in a row: 9,001 layers."""
    layers: list[dict[str, object]] = [{"op": "conv", "kernel": 3, "padding": "same", "name": "a0"}]
    for row in range(1, 3001):
        before = [f"a{row - 1}"]
        layers += [
            {"op": "conv", "kernel": 3, "padding": "same", "inputs": before, "name": f"b{row}"},
            {"op": "conv", "kernel": 3, "dilation": 2, "padding": "same", "inputs": before, "name": f"c{row}"},
            {"op": "add", "inputs": [f"b{row}", f"c{row}"], "name": f"a{row}"},
        ]
    return json.dumps({"rfscope": 1, "layers": layers})


def _many_outputs() -> str:
    layers = [{"op": "conv", "kernel": 3, "name": f"a{row}"} for row in range(3000)]
    return json.dumps({"rfscope": 1, "layers": layers, "outputs": [layer["name"] for layer in layers]})


def _fifo(name: str) -> Callable[[Path], None]:
    return lambda folder: os.mkfifo(folder / name)


def _dangling(folder: Path) -> None:
    file("evil.py", "open('mark', 'w')\n")(folder)
    (folder / "evil:build").symlink_to("nowhere")


CASES = {
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
    "ONNX: a constant captured by its own operation": Case(
        "lint n.onnx", (2,), "n.onnx", file("n.onnx", b64decode(_CAPTURED)), 20
    ),
    "a config that doubles forty times": Case(
        "analyze model net.py", (2,), "net.py", file("net.py", "a = [1, 2]\n" + "a = [a, a]\n" * 40 + "model = a\n"), 20
    ),
    "a config whose import is 100,000 names deep": Case(
        "analyze model net.py", (2,), "net.py", _config("import a" + ".a" * 100_000), 20
    ),
    "3,000 outputs in a row": Case(
        "lint --isolated n.json", (2,), "over the limit 'outputs'", file("n.json", _many_outputs()), 30
    ),
    "9,001 layers in two branches": Case("lint --isolated n.json", (0, 1, 2), "n.json", file("n.json", _wide()), 30),
    "10,000 layers of rate 1,000,000": Case(
        "analyze model n.toml",
        (0,),  # what fits is said, the rest is left out
        "axis",
        file("n.toml", HEAD + CONV + "dilation = 1000000\nrepeat = 9999\n"),
    ),
    "25,000 comments before a layer": Case(
        "lint n.toml", (0, 1), "", file("n.toml", HEAD + COMMENTS * 25_000 + CONV + "dilation = 2\n"), 20
    ),
    "9,000 findings on one line": Case(
        "lint --isolated -q --output-format concise n.json",
        (0, 1),
        "",
        file("n.json", json.dumps({"rfscope": 1, "layers": [{"op": "conv", "kernel": 1, "dilation": 2}] * 9_000})),
        30,
    ),
    "a pipe as a spec": Case("lint .", (2,), "no network in the folder", _fifo("p.toml")),
    "a pipe as an ONNX file": Case("lint .", (2,), "no network in the folder", _fifo("z.onnx")),
    "a pipe that is named": Case("lint p.toml", (2,), "p.toml", _fifo("p.toml")),
    "a device as an ONNX file": Case("lint z.onnx", (2,), "z.onnx", _link("z.onnx", "/dev/zero")),
    "a device in a folder": Case("lint .", (2,), "no network in the folder", _link("z.onnx", "/dev/zero")),
    "a device as a spec": Case("lint z.toml", (2,), "z.toml", _link("z.toml", "/dev/zero")),
    "a walk from /": Case("lint --isolated /", (2,), "", seconds=20),
    "a link that is called like a module": Case("lint evil:build", (2,), "evil:build", _dangling),
    "a marker that is mistyped": Case("lint .", (2,), "rfscop", file("n.toml", "rfscop = 1\n" + CONV)),
    "an ONNX file of 8 GiB": Case("lint n.onnx", (2,), "n.onnx", sparse("n.onnx")),
    "a program that is no archive": Case("lint n.pt2", (2,), "n.pt2", file("n.pt2", bytes(range(256)))),
}
"""What might run code, hang, fill the memory or be passed over."""

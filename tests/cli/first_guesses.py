"""The folder in which the first guesses of the table are typed."""

from __future__ import annotations

from pathlib import Path

__all__ = ["make"]

_CONV = '[[layers]]\nop = "conv"\nkernel = 3\n'
_TCN = 'rfscope = 1\ndims = 1\n[[layers]]\nop = "conv"\nkernel = 3\ndilation = 2\npadding = "causal"\nrepeat = 2\n'
_WRONG = """\
rfscope = 1
nmae = "net"
[[layers]]
op = "conv"
kernal = 3
[[layers]]
op = "convolution"
[[layers]]
op = "pool"
kernel = 0
stride = "2"
[[layers]]
op = "conv"
name = "last"
kernel = [3, 3, 3]
"""
_WRONG_CONFIG = """\
ignore = ["hols"]
max-lookahead = -1
[[networks]]
target = "1,2,5"
dim = 1
padding = "causal"
"""

FILES = {
    "net.toml": f'rfscope = 1\n{_CONV}name = "first"\n{_CONV}dilation = 2\nname = "last"\n',
    "tcn.toml": _TCN,
    "wrong.toml": _WRONG,
    "short.toml": 'rfscope = 1\ndims = 1\n[[layers]]\nop = "conv"\nkernel = 7\npadding = [6, 0]\n',
    "broken.toml": "rfscope = 1\n[[layers]\n",
    "lost.toml": _CONV,
    "lost/mistyped.toml": f"rfscop = 1\n{_CONV}",
    "lost/without.toml": _CONV,
    "lost/other.toml": '[project]\nname = "x"\n',
    "specs/good.toml": f"rfscope = 1\n{_CONV}",
    "empty/notes.txt": "",
    "notes.txt": "",
    "nets.py": "def build():\n    return None\n",
    "resnet50.pth": "",
    "other/pyproject.toml": '[project]\nname = "x"\n',
    "misspelt.toml": "".join(f'[[networks]]\ntarget = "{name}"\n' for name in ("spec", "nett.toml", "s/*.toml")),
    "wrong-config.toml": _WRONG_CONFIG,
}


def make(folder: Path) -> None:
    """Write the files."""
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

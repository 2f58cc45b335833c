"""The networks that every kind of picture is looked at with, and a contact sheet of all of them.

``python -m tests.plots.contact FOLDER [KIND...]`` writes a page for each kind, width and way of seeing: light, dark, in
grey, and as a deuteranope sees it. What the numbers can tell is tested in ``test_overlap.py``; the rest is for the eye.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import rfscope as rf

SIX = ["1,2,5", "2,4,8", "1,2,9", "1,2,4,8,16", "1,1,1", "2,2,2"]
TWELVE = [*SIX, "1,2,3", "3,3,3", "1,3,9", "1,2,5,1,2,5", "4,8,16", "1,2,5,9"]


def unet() -> rf.Network:
    """Down twice, up twice, and the ways around."""
    layers = [rf.conv("in"), rf.pool("down1", kernel=2, stride=2), rf.conv("mid"), rf.pool("down2", kernel=2, stride=2)]
    layers += [
        rf.conv("inner"),
        rf.transposed_conv("up2", kernel=2, stride=2),
        rf.merge("join2", inputs=["up2", "mid"]),
    ]
    layers += [rf.conv("out2"), rf.transposed_conv("up1", kernel=2, stride=2), rf.merge("join1", inputs=["up1", "in"])]
    return rf.assemble("U-Net", [*layers, rf.conv("out1")])


MADE: Mapping[str, Callable[[], Any]] = {
    "1,2,5": lambda: "1,2,5",
    "2,4,8": lambda: "2,4,8",
    "1,2,9": lambda: "1,2,9",
    "1,2,4,8,16": lambda: "1,2,4,8,16",
    "1,2,5,10,32,64": lambda: "1,2,5,10,32,64",
    "causal TCN": lambda: rf.chain([1, 2, 4, 8], kernel=2, dims=1, causal=True, name="causal TCN"),
    "1-D holes": lambda: rf.chain([2, 4, 8], dims=1),
    "3-D chain": lambda: rf.chain([1, 2, 4], dims=3),
    "ResNet-50 D8": lambda: "zoo:resnet-v1c-50-d8",
    "U-Net": unet,
    "DeepLab v1": lambda: "zoo:deeplab-v1",
}

SEVERAL: Mapping[str, list[Any]] = {
    "two": SIX[:2],
    "three": SIX[:3],
    "six": SIX,
    "twelve": TWELVE,
    "six in time": [rf.chain(rates, dims=1) for rates in SIX],
    "large and small": ["1,2,5,10,32,64", "1", "zoo:resnet-v1c-50-d8"],
}


class _Made(Mapping[str, Any]):
    """Networks analyzed when they are first asked for."""

    def __getitem__(self, name: str) -> Any:
        return _analysis(name)

    def __iter__(self) -> Iterator[str]:
        return iter(MADE)

    def __len__(self) -> int:
        return len(MADE)


@cache
def _analysis(name: str) -> Any:
    return rf.analyze(MADE[name]())


NETWORKS: Mapping[str, Any] = _Made()

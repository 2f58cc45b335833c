"""The networks that every kind of picture is looked at with, and a contact sheet of all of them.

``python -m tests.plots.contact FOLDER [KIND...]`` writes a page for each kind, width and way of seeing: light, dark, in
grey, and as a deuteranope sees it. What the numbers can tell is tested in ``test_overlap.py``; the rest is for the eye.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253
from PIL import Image

import rfscope as rf
from rfscope.plots import render

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

WISHES: Mapping[str, Callable[..., Any]] = {
    "17": lambda **look: rf.plot_front(rf.suggest(field=17), **look),
    "65 in 5": lambda **look: rf.plot_front(rf.suggest(field=65, layers=5), **look),
    "65 by teeth": lambda **look: rf.plot_front(rf.suggest(field=65, sawtooth=3), **look),
}
FAMILIES: Mapping[str, Callable[..., Any]] = {
    "4 layers": lambda **look: rf.plot_family(layers=4, max_rate=16, **look),
    "10 layers of 2 taps": lambda **look: rf.plot_family(layers=10, max_rate=3, kernel=2, **look),
}

OF_NETWORKS, OF_WISHES = ("heatmap", "layers", "growth", "compare"), ("front", "family")
KINDS = (*OF_NETWORKS, *OF_WISHES)
LOOKS: Mapping[str, dict[str, Any]] = {
    "column": {"width": "column"},
    "column, dark": {"width": "column", "dark": True},
    "text": {"width": "text"},
    "slide": {"width": "slide", "title": "On a slide"},
}


def drawn(kind: str, name: str, **look: Any) -> Figure:
    """A picture of one of the networks, or of several."""
    if kind in OF_WISHES:
        return _drawn_of_a_wish(name, **look)
    several = SEVERAL.get(name)
    draw = getattr(rf, f"plot_{kind}")
    figure: Figure = draw(*(several or [NETWORKS[name]]), **look).figure
    return figure


def _drawn_of_a_wish(name: str, **look: Any) -> Figure:
    figure: Figure = {**WISHES, **FAMILIES}[name](**look)
    return figure


def subjects(kind: str) -> list[str]:
    """What a kind of picture is drawn of."""
    if kind == "tree":
        return ["causal TCN", "1-D holes"]
    if kind in OF_WISHES:
        return [*(WISHES if kind == "front" else FAMILIES)]
    return [*(MADE if kind != "compare" else ()), *(SEVERAL if kind in {"growth", "compare"} else ())]


_DEUTERANOPE = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear light."""

_WIDE, _HIGH, _DPI = 2400, 3000, 110
"""Dots of a page of the contact sheet, at most, and per inch."""


def as_deuteranope(picture: Image.Image) -> Image.Image:
    """A picture as it is seen without green cones."""
    light = np.asarray(picture, dtype=float) / 255
    linear = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    changed = np.clip(linear @ np.array(_DEUTERANOPE).T, 0, 1)
    back = np.where(changed <= 0.0031308, 12.92 * changed, 1.055 * changed ** (1 / 2.4) - 0.055)
    return Image.fromarray(np.round(back * 255).astype(np.uint8))


def pages(pictures: list[Image.Image]) -> Iterator[Image.Image]:
    """Pictures side by side, row by row, on as few pages as they need."""
    page, left, top, high = Image.new("RGB", (_WIDE, _HIGH), "#8888aa"), 0, 0, 0
    for picture in pictures:
        if left + picture.width > _WIDE:
            left, top, high = 0, top + high + 10, 0
        if top + picture.height > _HIGH and top:
            yield page.crop((0, 0, _WIDE, top))
            page, left, top, high = Image.new("RGB", (_WIDE, _HIGH), "#8888aa"), 0, 0, 0
        page.paste(picture, (left, top))
        left, high = left + picture.width + 10, max(high, picture.height)
    yield page.crop((0, 0, _WIDE, min(_HIGH, top + high)))


def main(folder: str, *kinds: str) -> None:
    """Write the contact sheet."""
    for kind in kinds or (*KINDS, "tree"):
        for title, look in LOOKS.items():
            made = []
            for name in subjects(kind):
                figure = drawn(kind, name, **look)
                png = Image.open(BytesIO(render(figure, "png"))).convert("RGB")
                shrunk = _DPI / float(figure.dpi)
                made.append(png.resize((round(png.width * shrunk), round(png.height * shrunk)), Image.Resampling.BOX))
            for number, page in enumerate(pages(made)):
                stem = f"{kind}-{title.replace(', ', '-')}-{number}"
                page.save(Path(folder, f"{stem}.png"))
                page.convert("L").save(Path(folder, f"{stem}-grey.png"))
                as_deuteranope(page).save(Path(folder, f"{stem}-deuteranope.png"))


if __name__ == "__main__":
    main(*sys.argv[1:])

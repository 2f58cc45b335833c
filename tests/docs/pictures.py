"""The pictures of the pages: each is written by a command that its page shows, and kept with few colours."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.pages import DOCS

FOLDER = DOCS / "pictures"
_COLOURS = 64
_TOLERANCE = 0.03
"""Of a picture's size, and of the colours in it: libraries that draw text differ a little."""


def shown(text: str) -> set[str]:
    """The names of the pictures that a page shows."""
    return set(re.findall(r"!\[[^\]]*\]\((?:docs/)?pictures/([^)]+)\)", text))


def written(text: str) -> set[str]:
    """The names of the pictures that the commands of a page write."""
    return set(re.findall(r"^\$ rfscope .* -o ([\w-]+\.png)", text, re.MULTILINE))


def keep(name: str, folder: Path) -> None:
    """Keep the picture that a command wrote into a folder, in the place of the one of that name."""
    from PIL import Image

    old = FOLDER / name
    if not old.exists() or not alike(name, folder):
        old.parent.mkdir(exist_ok=True)
        with Image.open(folder / name) as picture:
            picture.convert("RGB").quantize(_COLOURS).save(old, optimize=True)


def alike(name: str, folder: Path) -> bool:
    """Whether the picture that a command wrote into a folder is the one that is kept."""
    from PIL import Image, ImageChops, ImageStat

    small = (160, 120)
    with Image.open(folder / name) as new, Image.open(FOLDER / name) as old:
        if any(abs(now - was) > _TOLERANCE * was for now, was in zip(new.size, old.size, strict=True)):
            return False
        difference = ImageChops.difference(new.convert("RGB").resize(small), old.convert("RGB").resize(small))
    return max(ImageStat.Stat(difference).mean) < 255 * _TOLERANCE

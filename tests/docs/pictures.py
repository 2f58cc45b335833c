"""The pictures of the pages: each is written by a command that its page shows, and kept with few colours."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.docs.pages import DOCS

FOLDER = DOCS / "pictures"
_COLOURS = 64
_OTHER_SIZE, _OTHER_CELLS, _OTHER_COLOUR = 0.03, 0.002, 48
"""How much a size may differ, how many of a picture's cells, and from what difference on: text is drawn a little
otherwise by each version of the libraries."""


def shown(text: str) -> set[str]:
    """The names of the pictures that a page shows."""
    return set(re.findall(r"!\[[^\]]*\]\((?:docs/)?pictures/([^)]+)\)", text))


def written(text: str) -> set[str]:
    """The names of the pictures that the commands of a page write."""
    return set(re.findall(r"^\$ rfscope .* -o ([\w-]+\.png)", text, re.MULTILINE))


def keep(name: str, folder: Path) -> None:
    """Keep the picture that a command wrote into a folder, in the place of the one of that name."""
    from PIL import Image

    few = folder / f"few colours {name}"
    with Image.open(folder / name) as picture:
        picture.convert("RGB").quantize(_COLOURS).save(few, optimize=True)
    FOLDER.mkdir(exist_ok=True)
    shutil.copy(few, FOLDER / name)


def alike(name: str, folder: Path) -> bool:
    """Whether the picture that a command wrote into a folder is the one that is kept."""
    from PIL import Image, ImageChops

    cells = (240, 180)
    with Image.open(folder / name) as new, Image.open(FOLDER / name) as old:
        if any(abs(now - was) > _OTHER_SIZE * was for now, was in zip(new.size, old.size, strict=True)):
            return False
        both = [picture.convert("RGB").resize(cells) for picture in (new, old)]
    differing = ImageChops.difference(*both).convert("L").point(lambda level: 255 * (level > _OTHER_COLOUR))
    return differing.histogram()[255] <= _OTHER_CELLS * cells[0] * cells[1]

"""The pictures of the pages: each is written by a command that its page shows, and kept by ``examples/gallery.py``.

Drawn by the versions that drew the picture that is kept, it has the same bytes; by others, nearly the same pixels.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from examples import gallery

FOLDER = gallery.FOLDER
MOST_BYTES = 60_000
_OTHER_SIZE, _OTHER_CELLS, _OTHER_COLOUR = 0.03, 0.002, 48
"""How much a size may differ, how many of a picture's cells, and from what difference on: text is drawn a little
otherwise by each version of the libraries."""


def shown(text: str) -> set[str]:
    """The names of the pictures that a page shows."""
    return set(re.findall(r"!\[[^\]]*\]\((?:docs/)?pictures/([^)]+)\)", text))


def written(text: str) -> set[str]:
    """The names of the pictures that the commands of a page write."""
    return {found["name"] for found in gallery.WRITES.finditer(text)}


def keep(name: str, folder: Path) -> None:
    """Keep the picture that a command wrote into a folder, in the place of the one of that name."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_bytes(gallery.kept(folder / name))


def alike(name: str, folder: Path) -> bool:
    """Whether the picture that a command wrote into a folder is the one that is kept."""
    new, old = gallery.kept(folder / name), (FOLDER / name).read_bytes()
    return new == old or (made_with(new) != made_with(old) and look_alike(new, old))


def made_with(data: bytes) -> str | None:
    """The versions that drew a picture; None if it does not say."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        return picture.info.get("Software")


def look_alike(new: bytes, old: bytes) -> bool:
    """Whether two pictures have nearly the same pixels."""
    from PIL import Image, ImageChops

    cells = (240, 180)
    with Image.open(io.BytesIO(new)) as one, Image.open(io.BytesIO(old)) as other:
        if any(abs(now - was) > _OTHER_SIZE * was for now, was in zip(one.size, other.size, strict=True)):
            return False
        both = [picture.convert("RGB").resize(cells) for picture in (one, other)]
    differing = ImageChops.difference(*both).convert("L").point(lambda level: 255 * (level > _OTHER_COLOUR))
    return differing.histogram()[255] <= _OTHER_CELLS * cells[0] * cells[1]

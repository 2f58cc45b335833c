"""Draw the pictures of the pages anew, each by the command that a page shows above it.

``python examples/gallery.py`` draws them all and writes what the commands print into the pages; with names, such as
``comparison.png``, only these. A second folder after ``--to`` takes the pictures instead, and no page is changed.
Pictures are kept small: as wide as a page on the screen, in few colours, and with the versions that drew them.
"""

from __future__ import annotations

import argparse
import io
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
COLOURS, WIDEST = 40, 880
WRITES = re.compile(
    r"^\$ rfscope (?P<words>plot .*-o (?P<name>[\w-]+\.(?:png|gif)))\n(?P<shown>(?:(?!\$ |```).*\n)*)", re.MULTILINE
)


class Command(NamedTuple):
    """A command that a page shows, and what it shows that the command prints."""

    page: Path
    words: str
    name: str
    shown: str


def commands() -> Iterator[Command]:
    """The commands of all pages that write pictures."""
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for found in WRITES.finditer(page.read_text(encoding="utf-8")):
            yield Command(page, found["words"], found["name"], found["shown"])


def made_with() -> str:
    """The versions on which the bytes of a picture depend."""
    import matplotlib.ft2font
    import PIL
    from PIL import features

    zlib = features.version("zlib")
    drawn = f"matplotlib {matplotlib.__version__}, FreeType {matplotlib.ft2font.__freetype_version__}"
    return f"{drawn}, Pillow {PIL.__version__}, zlib {zlib}"


def kept(path: Path) -> bytes:
    """A picture as it is kept: small, in few colours, with the versions that drew it; one that moves as it is."""
    if path.suffix != ".png":
        return path.read_bytes()
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    buffer, info = io.BytesIO(), PngInfo()
    info.add_text("Software", made_with())
    with Image.open(path) as picture:
        colours = picture.convert("RGB")
    if colours.width > WIDEST:
        colours = colours.resize((WIDEST, round(colours.height * WIDEST / colours.width)), Image.Resampling.LANCZOS)
    colours.quantize(COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True, pnginfo=info)
    return buffer.getvalue()


def draw(words: str, folder: Path) -> str:
    """Run a command in a folder; what it prints."""
    done = subprocess.run(  # noqa: S603 - our own pages
        [sys.executable, "-m", "rfscope", *shlex.split(words)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"rfscope {words}: {done.stdout}")
    return done.stdout


def main(names: Collection[str], to: Path | None) -> None:
    """Draw the pictures of these names, or all."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        shutil.copytree(ROOT / "examples", folder / "examples")
        for command in commands():
            if names and command.name not in names:
                continue
            printed = draw(command.words, folder)
            data = kept(folder / command.name)
            (to or FOLDER).joinpath(command.name).write_bytes(data)
            print(f"{command.name}: {len(data) / 1000:.0f} kB")
            if to is None and printed != command.shown:
                text = command.page.read_text(encoding="utf-8")
                before, after = (f"$ rfscope {command.words}\n{shown}" for shown in (command.shown, printed))
                command.page.write_text(text.replace(before, after), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="pictures to draw; all if not given")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to write them, instead of docs/pictures")
    given = parser.parse_args()
    main(given.names, given.to)

"""Run networks by their own code whole, in tiles, in chunks: ``python -m tests.real_networks.tiles FOLDER [WORD...]``.

Repositories and what is found are kept in FOLDER: a run that was stopped goes on, and ``--again`` begins anew.
``--local MIRROR`` takes the repositories from bare clones ``MIRROR/OWNER+NAME/repo`` (or ``.../repo/.git``);
``--write FILE`` writes the tables as Markdown; ``--only-table`` runs nothing. The exit code is 1 where something that
is asked for did not hold. It needs the environment of ``tests/real_networks/environment.sh``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.real_networks.alone import alone
from tests.real_networks.public.checkout import checkout
from tests.real_networks.public.commits import COMMITS
from tests.real_networks.tiles.page import asked, markdown
from tests.real_networks.tiles.rows import REFUSED, STREAMED, TILED, Row

__all__ = ["main"]


def main(words: Sequence[str]) -> int:
    """Print a line a network, and what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.real_networks.tiles", description=__doc__)
    parser.add_argument("folder", type=lambda text: Path(text).resolve(), help="where code and results are kept")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only networks whose name has one of them")
    parser.add_argument("--local", type=lambda text: Path(text).resolve(), help="a folder of bare clones")
    parser.add_argument("--again", action="store_true", help="forget what was found before")
    parser.add_argument("--only-table", action="store_true", help="run nothing, show what was found")
    parser.add_argument("--write", type=Path, help="a Markdown file")
    options = parser.parse_intermixed_args(words)
    found: dict[Row, dict[str, Any]] = {}
    rows: list[Row] = [*TILED, *REFUSED, *STREAMED]
    for row in rows:
        if not options.words or any(word.lower() in row.name.lower() for word in options.words):
            found[row] = _found(row, options)
    if options.write:
        options.write.write_text(markdown(found))
    held = asked(found)
    print("\n" + "\n".join(f"{'held    ' if one.held else 'NOT HELD'}  {one.what}: {one.found}" for one in held))
    return int(not all(one.held for one in held))


def _found(row: Row, options: argparse.Namespace) -> dict[str, Any]:
    """What is kept of a network, or what is found now; ``error`` where it could not be run."""
    name = "".join(c if c.isalnum() else "_" for c in f"{type(row).__name__} {row.name}")
    file = options.folder / "results" / f"{name}.json"
    if file.exists() and not options.again:
        return dict(json.loads(file.read_text()))
    if options.only_table:
        return {"error": "not run"}
    from tests.real_networks.tiles.tried import tried

    try:
        folder = options.folder
        folder.mkdir(parents=True, exist_ok=True)
        if row.repository:
            folder = checkout(row.repository, COMMITS[row.repository], options.folder, options.local)
        found = alone(tried, row, folder=folder)
    except OSError as error:
        print(f"{row.name}: {error}", flush=True)
        return {"error": str(error)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(found, indent=1))
    print(f"{found['seconds']:6.1f} s  {type(row).__name__.lower()}: {row.name}", flush=True)
    return dict(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The table as Markdown, and its summary in the terminal."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.real_networks.public.seen import Asked, Seen, asked

__all__ = ["as_table", "current_commit", "installed", "markdown", "summary"]

_INTRODUCTION = """\
Nothing was tuned to these networks, and none of their code is kept here: each repository is taken at the commit named
below. *Typed* is what stands after `rfscope analyze`, in the repository's folder; `factories:` is
[a file](../tests/real_networks/public/factories.py) with a few lines for networks whose constructor the command line
cannot call, and stand-ins take the place of libraries that a repository imports and its network does not use. *Stride*
is in input pixels; `8/16` says that 16 neighbouring outputs see in turn, and the same again 8 pixels on. *CPU* is in
seconds on one thread, without imports; *memory* is the peak of the whole process. *Gradient* compares the answer with
the module's own gradient, taken by [an oracle](../tests/real_networks/public/oracle.py) that shares no code with
rfscope: first and last pixel of the phases along an axis, and all cells of a small image at several positions.
*Verified* is `--verify` on the module itself."""


def summary(table: Sequence[Seen]) -> str:
    """One line a requirement, with the networks that are against it."""
    lines = (f"{'held    ' if one.held else 'NOT HELD'}  {one.what}: {one.figure}{_named(one)}" for one in asked(table))
    return "\n".join(["", *lines])


def markdown(table: Sequence[Seen]) -> str:
    """The whole document."""
    packages = ("rfscope-nn", "torch", "torchvision", "timm", "einops")
    versions = ", ".join(f"{name} {installed(name)}" for name in packages)
    command = "python -m tests.real_networks.public.table"
    made = f"Made on {datetime.now(UTC):%Y-%m-%d} from commit {current_commit()} by `{command}`"
    columns = ("repository", "network", "typed", "field", "verdict", "stride", "CPU s", "MiB", "verified", "gradient")
    commits = dict.fromkeys((seen.row.repository, seen.row.commit) for seen in table)
    return "\n".join([
        "# rfscope on networks of public repositories",
        "",
        f"{made}, with {versions}, Python {platform.python_version()}.",
        "",
        _INTRODUCTION,
        "",
        *as_table(("asked", "held", "found"), map(_requirement, asked(table))),
        "",
        *as_table(columns, (_cells(seen) for seen in table)),
        "",
        "## Commits",
        "",
        *(f"- [{name}](https://github.com/{name}/tree/{commit}) {commit[:12]}" for name, commit in commits),
        "",
    ])  # fmt: skip


def as_table(columns: Sequence[str], rows: Iterator[Sequence[str]] | map[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _requirement(one: Asked) -> tuple[str, str, str]:
    return one.what, "yes" if one.held else "**no**", f"{one.figure}{'' if one.held else _named(one)}"


def _named(one: Asked) -> str:
    return f" (not: {', '.join(one.against)})" if one.against else ""


def _cells(seen: Seen) -> tuple[str, ...]:
    row, answer = seen.row, seen.answer
    said = (_refused(answer), "-", "-")
    if seen.is_answered:
        said = (_field(answer, row.output), str(answer["verdict"]), _stride(answer, row.output))
    took = (str(answer.get("cpu", "-")), str(answer.get("peak", "-")))
    return row.repository, row.name, _typed(seen), *said, *took, _verified(seen), _gradient(seen)


def _typed(seen: Seen) -> str:
    words = " ".join(f"'{word}'" if word.startswith("{") else word for word in seen.row.words)
    where = f" in `{seen.row.folder}`" if seen.row.folder not in ("", ".") else ""
    without = f"; stand-ins for {', '.join(seen.row.stubs)}" if seen.row.stubs else ""
    return f"`{words}`{where}{without}"


def _field(answer: Mapping[str, Any], output: int) -> str:
    if not answer["outputs"]:
        return "the whole input"
    axes = answer["outputs"][output]["axes"]
    bound = ", at least" if any(axis["lower_bound"] for axis in axes) else ""
    whole = sorted({name for axis in axes for name in axis["global"]})
    beside = f"; beside it the whole input through {whole[0]}" if whole else ""
    others = len(answer["outputs"]) - 1
    more = f"; first of {others + 1} outputs" if others else ""
    return " x ".join(map(_size, axes)) + bound + beside + more


def _size(axis: Mapping[str, Any]) -> str:
    if axis["size"] is None:
        return "all"
    least, most = axis["size_min"], axis["size_max"]
    return str(most) if least == most else f"{least}-{most}"


def _stride(answer: Mapping[str, Any], output: int) -> str:
    axes = answer["outputs"][output]["axes"] if answer["outputs"] else ()
    said = dict.fromkeys(
        f"{a['shift']}/{a['period']}" if a["period"] > 1 else str(a["shift"]) for a in axes if a["period"]
    )
    return " x ".join(said) or "-"


def _refused(answer: Mapping[str, Any]) -> str:
    return _in_cell(answer.get("stopped") or answer.get("error") or "not run")


def _verified(seen: Seen) -> str:
    found = seen.verify
    if seen.is_verified:
        return f"equal, {found['module']['gradients']} gradients"
    if seen.is_mismatch:
        return f"**MISMATCH** {_in_cell(found['error'])}"
    if found.get("code") == 0:
        return "the network, not the module"
    return "not run" if not found else f"no: {_refused(found)}"


def _gradient(seen: Seen) -> str:
    found = seen.oracle
    if seen.differs:
        return f"**DIFFERS** {_in_cell(found['differs'])}"
    if seen.is_compared:
        return "equal: " + ", ".join(f"{found[what]} {what}" for what in ("phases", "places") if found.get(what))
    return "not run" if not found else f"no: {_in_cell(found.get('stopped') or found.get('not compared') or '-')}"


def _in_cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:260]


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def current_commit() -> str:
    words = ["git", "rev-parse", "--short=12", "HEAD"]
    done = subprocess.run(words, cwd=Path(__file__).parent, capture_output=True, check=False)
    return done.stdout.decode().strip() or "unknown"

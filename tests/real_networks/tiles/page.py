"""What was found, as Markdown, and whether it is what was asked for."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.real_networks.public.report import as_table, current_commit, installed
from tests.real_networks.tiles.rows import Refused, Row, Streamed, Tiled

__all__ = ["Asked", "asked", "markdown"]

Found = Mapping[Row, Mapping[str, Any]]

_EQUAL = 1e-10
"""Of the largest value: below it, sums were only added in another order."""

_UNEQUAL = 1e-6
"""Of the standard deviation: above it, tiles are really another result."""

_TILED = """\
Each network is made by the code of those who published it, with random weights, in evaluation mode and float64, and
run on a random image: whole, and in the tiles of `rfscope.tile`, by the loop of [tiles.md](tiles.md). Rows marked
*here* are written in [this repository](../tests/real_networks/tiles/factories.py) after a published layout. The first
axis is cut; *all axes* is a second run, on a smaller image that is cut along each of them.

*Halo* is what an inner side of a tile loses if the tile begins on the lattice, in pixels or samples of the input.
*Reach* is how far any output reads beyond its own place, over all phases (`finite.halo` in the JSON of `analyze`).
The reach is larger where the worst phase never lies at the end of a tile (U-Nets), and the halo where one output
covers several pixels and is lost as a whole. *Kept* are the outputs of the second tile that equal the whole's. *One
more* is by how much the next output beyond differs, over the standard deviation of the output: it shows that the
comparison can fail, and fades where the outermost taps have little weight, or where nothing is lost. The column
*prototype* has the figures of an earlier program that shares no code with rfscope, and which of the two its halo is."""

_REFUSED = """\
These are refused. What is said is the first reason of the plan; they were run in tiles all the same, on tiles that
would be exact without it."""

_STREAMED = """\
`rfscope.stream` on the same networks. Lengths are in samples or frames of the input. *In chunks* is the network's
structure with random weights and nothing kept but the buffers, fed in chunks of three kinds; *own code* is the module
on beginnings of a signal against all of it. Both are the largest difference over the standard deviation of the
outputs. *Prototype* is look-ahead, latency, first output, history and positions kept."""


class Asked(NamedTuple):
    """Something that is asked for.

    Attributes:
        what: What it is.
        held: Whether it held.
        found: The figure, and what is against it.
    """

    what: str
    held: bool
    found: str


def asked(found: Found) -> list[Asked]:
    """What is asked for of all networks, and how it held."""
    tiled = {row: one for row, one in found.items() if isinstance(row, Tiled) and "error" not in one}
    refused = {row: one for row, one in found.items() if isinstance(row, Refused) and "error" not in one}
    streamed = {row: one for row, one in found.items() if isinstance(row, Streamed) and "error" not in one}
    runs = {row.name: max(run["far"] for run in (one, one.get("both", one))) for row, one in tiled.items()}
    unlike = [row.name for row, one in tiled.items() if not row.note and _prototype(row) not in (None, _own(one))]
    least = {row.name: one["spread"] for row, one in refused.items()}
    apart = {row.name: max(one["chunked"], one["own"]) for row, one in streamed.items()}
    others = [row.name for row, one in streamed.items() if not row.note and not _as_expected(row, one)]
    return [
        _none("networks that could not be run", [row.name for row, one in found.items() if "error" in one]),
        _all(f"tiles equal the whole, below {_EQUAL:.0e} of the largest value", runs, _EQUAL),
        _none("plans unlike the prototype's, without a reason", unlike),
        _none("networks that are not refused and should be", [row.name for row in refused if refused[row]["exact"]]),
        _none(f"of these, tiles that differ by less than {_UNEQUAL:.0e} of the standard deviation",
              [name for name, far in least.items() if not far >= _UNEQUAL]),
        _all("chunks and beginnings equal the whole, below 1e-9 of the standard deviation", apart, 1e-9),
        _none("streams that are not as predicted", [row.name for row, one in streamed.items() if not one["equal"]]),
        _none("streams unlike the prototype's, without a reason", others),
    ]  # fmt: skip


def markdown(found: Found) -> str:
    """The whole page."""
    packages = ("rfscope-nn", "torch", "torchvision", "transformers", "segmentation_models_pytorch")
    versions = ", ".join(f"{name} {installed(name)}" for name in packages)
    made = (
        f"Made on {datetime.now(UTC):%Y-%m-%d} from commit {current_commit()} by `python -m tests.real_networks.tiles`"
    )
    repositories = dict.fromkeys(row.repository for row in found if row.repository)
    names = ", ".join(f"[{name}](https://github.com/{name})" for name in repositories)
    return "\n".join([
        "# Networks run whole, in tiles and in chunks",
        "",
        f"{made}, with {versions}, Python {platform.python_version()}.",
        "",
        *as_table(("asked", "held", "found"), ((one.what, "yes" if one.held else "**no**", one.found)
                                             for one in asked(found))),
        "", "## Tiles", "", _TILED, "",
        *as_table(("network", "image", "tile", "lattice", "tiles begin at", "halo", "reach", "kept", "prototype",
                 "of the largest value", "of the deviation", "one more", "all axes"),
                (_tiled(row, one) for row, one in found.items() if isinstance(row, Tiled))),
        "", *(f"- {row.name}: {row.note}." for row in found if isinstance(row, Tiled) and row.note),
        "", "## What cannot be tiled", "", _REFUSED, "",
        *as_table(("network", "image", "tile", "first reason", "reasons", "passes", "tiled all the same"),
                (_refused(row, one) for row, one in found.items() if isinstance(row, Refused))),
        "", "## Streams", "", _STREAMED, "",
        *as_table(("network", "input", "looks ahead", "latency", "first output", "history", "chunk", "outputs", "kept",
                 "prototype", "in chunks", "own code"),
                (_streamed(row, one) for row, one in found.items() if isinstance(row, Streamed))),
        "", *(f"- {row.name}: {row.note}." for row in found if isinstance(row, Streamed) and row.note),
        "", f"Code of {names}, at the commits that [real_networks.md](real_networks.md) lists.", "",
    ])  # fmt: skip


def _none(what: str, against: Sequence[str]) -> Asked:
    return Asked(f"{what}, none", not against, " ".join([str(len(against)), _named(against)]).strip())


def _all(what: str, found: Mapping[str, float], most: float) -> Asked:
    against = [name for name, far in found.items() if not far <= most]
    largest = f"{max(found.values(), default=0.0):.1e} at most, {len(found)} networks"
    return Asked(what, not against, f"{largest} {_named(against)}".strip())


def _named(against: Sequence[str]) -> str:
    return f"({', '.join(against)})" if against else ""


def _prototype(row: Tiled) -> tuple[Any, ...] | None:
    return None if row.begins is None else (row.lattice, list(row.begins), list(row.inner or ()))


def _own(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return one["lattice"], one["begins"], _kept(one)


def _kept(one: Mapping[str, Any]) -> list[int]:
    """What the second tile may keep: up to the border of the image where it ends there."""
    return [one["inner"][0], one["second"][1]]


def _as_expected(row: Streamed, one: Mapping[str, Any]) -> bool:
    """Whether the figures that the prototype gave are those of rfscope."""
    pairs = zip(row.expected or (), one["facts"], strict=False)
    return all(expected is None or str(expected) == str(own) for expected, own in pairs)


def _tiled(row: Tiled, one: Mapping[str, Any]) -> Sequence[str]:
    if "error" in one:
        return [row.name, one["error"], *[""] * 11]
    as_before = ""
    if row.begins is not None:
        same = _prototype(row) == _own(one)
        kept = "the same" if same else f"[{row.inner[0]}, {row.inner[1]})" if row.inner else ""
        as_before = f"{kept}; halo {row.halo}"
    both = one.get("both")
    all_axes = f"{_by(both['size'])} in {both['count']} of {_by(both['tile'])}: {_far(both['far'])}" if both else "-"
    first, stop = _kept(one)
    return [
        row.name, _by(row.size), _by(row.tile), str(one["lattice"]), ", ".join(map(str, one["begins"])),
        ", ".join(one["halo"]), ", ".join(map(str, one["reach"] or ["-"])), f"[{first}, {stop})", as_before,
        _far(one["far"]), _far(one["spread"]), _far(one["beyond"]), all_axes,
    ]  # fmt: skip


def _refused(row: Refused, one: Mapping[str, Any]) -> Sequence[str]:
    if "error" in one:
        return [row.name, one["error"], *[""] * 5]
    passes = str(one["passes"] or "-")
    far = f"{_far(one['spread'])} of the deviation, {one['far'] * one['largest']:.1e} absolute"
    return [row.name, _by(row.size), _by(row.tile), one["why"][2], str(one["places"]), passes, far]


def _streamed(row: Streamed, one: Mapping[str, Any]) -> Sequence[str]:
    if "error" in one:
        return [row.name, one["error"], *[""] * 10]
    ahead, latency, first, history, positions = one["facts"]
    times = [f"{number} = {time:.4g} ms" for number, time in zip((ahead, latency), one["times"], strict=True)]
    pace = f"one per {one['hop']}" + (f", less {one['shorter']}" if one["shorter"] else "")
    kept = f"{positions} in {one['buffers']} buffers, {one['values']} values"
    expected = "" if row.expected is None else ", ".join("-" if f is None else str(f) for f in row.expected)
    return [
        row.name, f"{row.rate:.5g} Hz", *times, str(first), str(history), str(one["chunk"]), pace, kept, expected,
        _far(one["chunked"]), _far(one["own"]),
    ]  # fmt: skip


def _far(number: float) -> str:
    return "0" if number == 0 else f"{number:.1e}"


def _by(size: Sequence[int]) -> str:
    return "x".join(map(str, size))

"""The answer to ``tile``: exact or not, how to cut, what it costs, and where every tile belongs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from rfscope.exact.correspondence import WhyNot
from rfscope.exact.passes import passes
from rfscope.exact.tile_rule import TileRule
from rfscope.exact.tiling import Plan, TiledAxis
from rfscope.network.graph import Network
from rfscope.text.columns import Column, table, wrapped
from rfscope.wording import bytes_text, first_few, size_text, unit

__all__ = ["plan_text", "rule_sentences", "rule_text"]

_AXES = {1: ("time",), 2: ("height", "width"), 3: ("depth", "height", "width")}
"""What the axes of an image are called."""

_HONEST = "Equal to the whole image; whether that is better than small patches is not ours to say."

_SHOWN = 3
"""Reasons that are told in full."""

_LISTED = 4
"""Tiles of an axis up to which each has a row."""


def plan_text(plan: Plan, width: int) -> Iterator[RenderableType]:
    """A plan in words.

    Args:
        plan: The plan.
        width: Columns there are.
    """
    about = f"tiles of {size_text(plan.tile)} for {size_text(plan.input)}"
    yield _heading(plan.name, about, plan.exact, width)
    yield ""
    said = _how(plan) if plan.exact else _why_not(plan)
    for sentence in said:
        yield from wrapped(sentence, width)
    if plan.exact and plan.count > 1:
        yield ""
        yield from _pieces(plan, width)
        yield ""
        for sentence in _beware(plan):
            yield from wrapped(sentence, width)
    for note in plan.notes:
        yield from wrapped(note, width, "dim")


def rule_text(network: Network, rules: Sequence[TileRule | None], width: int) -> Iterator[RenderableType]:
    """What holds for the tiles of any image, in words."""
    dims = network.dims
    exact = all(rule is not None and rule.exact for rule in rules)
    yield _heading(network.name, "tiles of any image", exact, width)
    yield ""
    why_not = list(dict.fromkeys(why for rule in rules if rule is not None for why in rule.why_not))
    for sentence in _reasons(why_not, passes(network, range(dims))):
        yield from wrapped(sentence, width)
    for sentence in rule_sentences(dims, rules):
        yield from wrapped(sentence, width)
    if exact:
        yield from wrapped("With --input and --tile, or --memory, each tile is listed.", width, "dim")


def rule_sentences(dims: int, rules: Sequence[TileRule | None]) -> Iterator[str]:
    """Halo, lattice and sizes, once for all axes if they agree."""
    names, known = _AXES[dims], dict[tuple[object, ...], list[int]]()
    for axis, rule in enumerate(rules):
        if rule is not None and rule.exact:
            known.setdefault((rule.lattice, rule.halo, rule.sizes), []).append(axis)
    for axes in known.values():
        rule = rules[axes[0]]
        if rule is None or rule.halo is None or rule.lattice is None:
            continue
        along = "" if len(axes) == dims else f"Along {' and '.join(names[axis] for axis in axes)}: "
        yield _along(along, _cut(rule.lattice, rule.halo, dims))
        if rule.shrinks:
            yield _smaller(rule.shrinks, dims)
        if rule.lattice > 1:
            yield f"The size of a tile is that of the image modulo {rule.lattice}."
        if rule.sizes is not None:
            yield f"The network takes sizes that are {_few(rule.sizes)} modulo {rule.lattice}."


def _few(sizes: Sequence[int]) -> str:
    shown = ", ".join(map(str, sizes[:_LISTED]))
    return shown if len(sizes) <= _LISTED else f"{shown} … ({len(sizes)} of them)"


def _heading(name: str, about: str, exact: bool, width: int) -> Text:
    said, about = "EXACT" if exact else "NOT EXACT", f" | {about}"
    room = max(8, width - cell_len(about) - cell_len(said) - 2)
    name = name if cell_len(name) <= room else f"{set_cell_size(name, room - 1).rstrip('., ')}…"
    gap = " " * max(2, width - cell_len(name) - cell_len(about) - cell_len(said))
    return Text.assemble(name, about, gap, (said, "bold green" if exact else "bold red"))


def _along(axes: str, said: str) -> str:
    """A sentence that holds along some axes."""
    return f"{axes}{said[0].lower()}{said[1:]}" if axes else said


def _cut(lattice: int, halo: tuple[Fraction, Fraction], dims: int) -> str:
    """Where to begin, and how much to give."""
    begin = "Begin a tile anywhere" if lattice == 1 else f"Begin every tile at a multiple of {lattice}"
    before, after = halo
    many = unit(dims).removesuffix("s") if before == after == 1 else unit(dims)
    if before == after:
        return f"{begin}, and give it {before} {many} on each inner side."
    return f"{begin}, and give it {before} {many} before and {after} after on inner sides."


def _smaller(shrinks: Fraction, dims: int) -> str:
    return f"The output of a tile is {shrinks} {unit(dims)} smaller than the tile: layers have no padding."


def _how(plan: Plan) -> Iterator[str]:
    """How to cut, and what it costs."""
    if plan.count == 1:
        yield "The image fits into one tile: it is not cut."
    else:
        for axes in _alike(plan):
            axis = plan.axes[axes[0]]
            if axis.lattice is not None and axis.halo is not None:
                yield _along(_of_axes(plan, axes), _cut(axis.lattice, axis.halo, len(plan.axes)))
                if axis.shrinks:
                    yield _smaller(axis.shrinks, len(plan.axes))
        counts = " x ".join(str(len(axis.pieces)) for axis in plan.axes)
        taken = ""
        if plan.asked is not None and tuple(map(min, _asked(plan), plan.input)) != plan.tile:
            taken = f" Asked for were {size_text(_asked(plan))}; taken are the largest that lie on the image's grid."
        yield f"{counts} {'tiles' if len(plan.axes) == 1 else f'= {plan.count} tiles'}, {_apart(plan)}.{taken}"
    yield _cost(plan)


def _asked(plan: Plan) -> tuple[int, ...]:
    asked = plan.asked or plan.tile
    return asked * len(plan.axes) if len(asked) == 1 else asked


def _alike(plan: Plan) -> list[list[int]]:
    """The axes that are cut, those of one rule together."""
    found: dict[tuple[object, ...], list[int]] = {}
    for at, axis in enumerate(plan.axes):
        if len(axis.pieces) > 1:
            found.setdefault((axis.lattice, axis.halo), []).append(at)
    return list(found.values())


def _of_axes(plan: Plan, axes: Sequence[int]) -> str:
    names = _AXES[len(plan.axes)]
    return "" if len(axes) == len(plan.axes) else f"Along {' and '.join(names[axis] for axis in axes)}: "


def _apart(plan: Plan) -> str:
    steps = [axis.pieces[1].begin - axis.pieces[0].begin for axis in plan.axes if len(axis.pieces) > 1]
    return f"{size_text(dict.fromkeys(steps))} apart, all of {size_text(plan.tile)}"


def _cost(plan: Plan) -> str:
    by = "" if plan.multiply_adds else " (by positions: channels are not known)"
    work = f"{plan.computed:.2f} times the work of the whole{by}"
    memory = plan.bytes
    if memory is None or memory.whole is None or memory.tile is None:
        return f"{work}."
    how = "counted while the module ran without data" if memory.method == "meta run" else "from the sizes of maps alone"
    return f"{work}; {bytes_text(memory.tile)} a tile instead of {bytes_text(memory.whole)} ({how})."


def _why_not(plan: Plan) -> Iterator[str]:
    yield from _reasons(plan.why_not, plan.passes)
    halo = [axis.halo for axis in plan.axes if axis.halo is not None and len(axis.pieces) > 1]
    if halo and plan.passes:
        yield f"Without them a halo of {max(max(one) for one in halo)} would do."
    if plan.count > 1 and not plan.allow_inexact:
        yield "There are no tiles, unless allow_inexact=True asks for them: then check what comes out."


def _reasons(why_not: Sequence[WhyNot], gathering: int) -> Iterator[str]:
    """Why tiles differ from the whole, and what to do: all operations that read everything in one sentence."""
    everywhere = [why for why in why_not if why.kind == "global"]
    for why in [why for why in why_not if why.kind != "global"][:_SHOWN]:
        yield f"{why.message}: {why.do}."
    if not everywhere:
        return
    first = everywhere[0]
    more = f", and {len(everywhere) - 1} more operations do" if len(everywhere) > 2 else ""
    if len(everywhere) == 2:
        more = f", and {everywhere[1].node} does"
    yield f"{first.message}{more}: {first.do}."
    if gathering:
        passed = "1 pass" if gathering == 1 else f"{gathering} passes, as many as lie behind each other,"
        they = "it reads" if len(everywhere) == 1 else "they read"
        yield f"Exact would be {passed} over all tiles to gather what {they}, and one more for the output."


def _pieces(plan: Plan, width: int) -> Iterator[RenderableType]:
    """Where tiles begin, what each keeps, and where that belongs."""
    rows = [row for at, axis in enumerate(plan.axes) for row in _rows(_AXES[len(plan.axes)][at], axis)]
    titles = ("axis", "begin", "keep (of the tile)", "lands at")
    columns = [Column(title, [row[at] for row in rows]) for at, title in enumerate(titles)]
    yield from table(columns, width)


def _rows(name: str, axis: TiledAxis) -> list[tuple[str, str, str, str]]:
    if len(axis.pieces) == 1:
        return [(name, "0", "all", "0")]
    keeps = [piece.keep[0] for piece in axis.pieces]
    rows: list[tuple[str, str, str, str]] = []
    at = 0
    while at < len(keeps):
        end = at
        while end + 1 < len(keeps) and keeps[end + 1] == keeps[at] and axis.pieces[at].begin:
            end += 1
        group, keep = axis.pieces[at : end + 1], keeps[at]
        kept = "all" if keep is None else f"{keep.first}..{keep.stop}"
        begins, lands = [one.begin for one in group], [one.write[0] for one in group]
        rows.append(("" if rows else name, _line(begins), kept, _line(lands)))
        at = end + 1
    return rows


def _line(numbers: Sequence[int]) -> str:
    if len(numbers) <= _LISTED - 1:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]}, {numbers[1]} .. {numbers[-1]}"


def _beware(plan: Plan) -> Iterator[str]:
    lattices = {axis.lattice for axis in plan.axes if len(axis.pieces) > 1}
    coarse = [str(lattice) for lattice in sorted(one or 1 for one in lattices) if lattice > 1]
    if coarse:
        yield f"Do not push a tile to the image's end unless it begins at a multiple of {' or '.join(coarse)} there."
    if len(plan.outputs) > 1:
        yield f"Listed is {plan.outputs[0]}; keeps and writes of {first_few(plan.outputs[1:])} are in --json."
    if plan.bytes is None:
        yield "Memory is not known: the network does not say how many channels it has."
    yield _HONEST

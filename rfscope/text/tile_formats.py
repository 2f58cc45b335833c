"""A plan as others write it: bioimage.io's model description, MONAI's arguments, a loop in torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil

from rfscope.errors import RfscopeError
from rfscope.exact.tile_rule import TileRule
from rfscope.exact.tiling import Plan

__all__ = ["FORMATS", "written"]

_NAMES = {1: "x", 2: "yx", 3: "zyx"}


def written(format: str, name: str, rules: Sequence[TileRule | None] | None, plan: Plan | None) -> str:
    """A plan, or what holds for tiles of any image, in a format of others.

    Args:
        format: One of ``FORMATS``.
        name: The network's name.
        rules: What holds along each axis, where there is no plan.
        plan: The plan, where there is one.

    Raises:
        RfscopeError: There is no such format, tiles are not exact, or the format needs a plan.
    """
    if format not in FORMATS:
        raise RfscopeError("unknown format", got=repr(format), expected="one of " + ", ".join(FORMATS))
    if plan is None and format != "bioimageio":
        raise RfscopeError(f"{format} needs tiles", where=name, do="give --input and --tile")
    why_not = plan.why_not if plan else [why for rule in rules or () if rule for why in rule.why_not]
    if why_not:
        first = why_not[0]
        raise RfscopeError("tiles would not equal the whole", where=name, got=first.message, do=first.do)
    return FORMATS[format](name, rules, plan)


def _bioimageio(name: str, rules: Sequence[TileRule | None] | None, plan: Plan | None) -> str:
    """Sizes and halo of each axis; the rule for origins, which the format does not have, as a comment."""
    lines = [f"# {name}: axes of the input and of the output, for rdf.yaml"]
    if plan is not None:
        facts = [_fact(axis.lattice, axis.halo, axis.lost, axis.size) for axis in plan.axes]
    else:
        known = [rule for rule in rules or () if rule is not None]
        facts = [_fact(one.lattice, one.halo, one.lost, one.sizes[0] if one.sizes else 0) for one in known]
    letters = _NAMES[len(facts)]
    lines.append("inputs:")
    for letter, (lattice, _, least) in zip(letters, facts, strict=True):
        lines.append(f"  - {{type: space, id: {letter}, size: {{min: {least}, step: {lattice}}}}}")
    lines.append("outputs:")
    for letter, (lattice, halo, _) in zip(letters, facts, strict=True):
        lines.append(f"  - {{type: space, id: {letter}, halo: {ceil(max(halo))}}}")
        if lattice > 1:
            lines.append(
                f"  # {letter}: tiles must begin at multiples of {lattice}; no halo makes up for another place"
            )
        if halo[0] != halo[1]:
            lines.append(f"  # {letter}: {halo[0]} before and {halo[1]} after would do; the format has one number")
    return "\n".join(lines) + "\n"


def _fact(
    lattice: int | None, halo: tuple[Fraction, Fraction] | None, lost: Fraction, size: int
) -> tuple[int, tuple[Fraction, Fraction], int]:
    """Lattice, halo, and the smallest tile that keeps something."""
    step = lattice or 1
    least = ceil(lost) + step
    return step, halo or (Fraction(0), Fraction(0)), least + (size - least) % step


def _monai(name: str, _rules: Sequence[TileRule | None] | None, plan: Plan | None) -> str:
    """What gives just these tiles in MONAI's sliding window, or why nothing does."""
    if plan is None:
        return ""
    lines = [f"# {name}: monai.inferers.sliding_window_inference"]
    lines.append(f"roi_size = {plan.tile}")
    cut = [axis for axis in plan.axes if len(axis.pieces) > 1]
    steps = {axis.pieces[1].begin for axis in cut}
    overlaps = [Fraction(axis.tile - axis.pieces[1].begin, axis.tile) for axis in cut]
    if not cut:
        lines.append("overlap = 0.0  # the image fits into one tile")
    else:
        lines.append(f"overlap = {tuple(float(one) for one in overlaps)}  # tiles {', '.join(map(str, steps))} apart")
        lines.append(
            "# Not exact all the same: it blends the borders of tiles, which are wrong, instead of leaving them out."
        )
        lines.append(
            "# With these numbers tiles begin where they may; take the loop of --format torch for an equal result."
        )
    return "\n".join(lines) + "\n"


def _torch(name: str, _rules: Sequence[TileRule | None] | None, plan: Plan | None) -> str:
    """The loop, with the numbers of the plan in it."""
    if plan is None:
        return ""
    size = ", ".join(map(str, plan.input))
    tile = ", ".join(map(str, plan.tile))
    comma = "," if len(plan.input) == 1 else ""
    shape = ", ".join(map(str, plan.output_size or ()))
    return (
        f"# {name}: module is the network, x the image\n"
        "import rfscope as rf\n\n"
        f"plan = rf.tile(module, input=({size}{comma}), tile=({tile}{comma}))\n"
        f"result = x.new_empty((*x.shape[:1], channels, {shape}))  # as many as the output has\n"
        "for t in plan:\n"
        "    result[..., *t.write] = module(x[..., *t.read])[..., *t.keep]\n"
    )


FORMATS: Mapping[str, Callable[[str, Sequence[TileRule | None] | None, Plan | None], str]] = {
    "bioimageio": _bioimageio,
    "monai": _monai,
    "torch": _torch,
}
"""How a plan is written for others, by name."""

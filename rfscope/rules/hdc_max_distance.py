"""RFS103: the published distance rule."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece
from rfscope.exact.schedule import Group
from rfscope.rules.axes import only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import first_sound, lowered, spared
from rfscope.wording import rates_text

__all__ = ["hdc_max_distance"]


@rule(code="RFS103", name="hdc-max-distance", level="warning", key="dilation", law=True)
def hdc_max_distance(analysis: Analysis) -> Iterator[Finding]:
    """The distance M_2 of a group of rates exceeds the kernel (the published rule of hybrid dilated convolution).

    A group is a longest part of the schedule in which rates do not fall; pooling is no part of it, for the published
    rules are about convolutions. With M_n = r_n and M_i = max(M_(i+1) - 2 r_i,
    2 r_i - M_(i+1), r_i) the rule asks for M_2 <= K. It is exact where its authors use it: 3x3 kernels and rates that
    never fall and start at 1. Its limits: it never looks at the first rate, it depends on an order that coverage
    does not depend on, and its constant 2 belongs to kernels of 3. Where the exact test finds no holes the message
    says so, and the finding is for information; a level that is set for the rule holds there, too.

    Bad:  1,2,9
    Good: 1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, equation 2.
    """
    found: dict[tuple[object, ...], list[tuple[Piece, Group]]] = {}
    for schedule in analysis.schedules:
        for group in schedule.groups if schedule.serial_runs else ():
            if group.ok is False:  # once, however many axes have these rates
                kernels = tuple(schedule.kernels[place] for place in group.places)
                found.setdefault((schedule.resolution, schedule.entry, group.rates, kernels), []).append(
                    (schedule, group)
                )
    for same in found.values():
        schedule, group = same[0]
        axes = {axis for other, _ in same for axis in other.axes}
        yield _finding(analysis, schedule, group, only_axis(axes, analysis))


def _finding(analysis: Analysis, schedule: Piece, group: Group, axis: int | None) -> Finding:
    kernels = [schedule.kernels[place] for place in group.places]
    node, bad = schedule.nodes[group.places[1]], analysis.judgement.has_holes(schedule)
    exact = "the exact test finds holes, too" if bad else "the exact test finds no holes"
    rates = rates_text(group.rates, kernels)
    return Finding(
        message=f"M_2 = {group.m2} > {group.kernel} for the rates {rates}: fail; {exact}",
        details="" if bad else _reason(schedule),
        help=_advice(analysis, schedule, node) if bad else "",
        node=node,
        axis=axis,
        level=None if bad else "info",
        about=schedule.nodes,
    )


def _advice(analysis: Analysis, schedule: Piece, node: str) -> str:
    found = None if spared(schedule) else first_sound(analysis, "RFS103", node, schedule.axes, lowered(schedule))
    if found is None:
        return ""
    return f"write {rates_text([found[name] for name in schedule.nodes], schedule.kernels)}, which has none"


def _reason(schedule: Piece) -> str:
    """Why the rule fails where nothing is lost; with kernels of 3 in a single group it never does."""
    if not schedule.hole_free:
        return "Other layers fill what these skip"
    if len(schedule.groups) > 1:
        return "The rule looks at one rise of the rates at a time; coverage does not depend on the order of the layers"
    return "The rule's constant is meant for kernels of 3"

"""RFS103: the published distance rule."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Group, Schedule
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, rule
from rfscope.wording import rates_text

__all__ = ["hdc_max_distance"]


@rule(code="RFS103", name="hdc-max-distance", level="warning", key="dilation")
def hdc_max_distance(analysis: Analysis) -> Iterator[Finding]:
    """The distance M_2 of a group of rates exceeds the kernel (the published rule of hybrid dilated convolution).

    A group is a maximal run of rates that do not fall. With M_n = r_n and M_i = max(M_(i+1) - 2 r_i,
    2 r_i - M_(i+1), r_i) the rule asks for M_2 <= K. It is exact where its authors use it: 3x3 kernels and rates that
    never fall and start at 1. Its limits: it never looks at the first rate, it depends on an order that coverage
    does not depend on, and its constant 2 belongs to kernels of 3. Where the exact test finds no holes the message
    says so.

    Bad:  1,2,9
    Good: 1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, equation 2.
    """
    for schedule in analysis.schedules:
        if schedule.serial_runs:
            for group in schedule.groups:
                if group.ok is False:
                    for axis in axes_of(schedule, analysis):
                        yield _finding(schedule, group, axis)


def _finding(schedule: Schedule, group: Group, axis: int | None) -> Finding:
    stop = group.first + len(group.rates)
    kernels = schedule.kernels[group.first : stop]
    if not schedule.has_holes:
        exact = f"the exact test finds no holes ({_reason(schedule)})"
        advice = "nothing need be changed for coverage; see the exact test"
    else:
        exact = "the exact test finds holes, too"
        advice = f"write {rates_text(schedule.repair.repaired, schedule.kernels)}, which has none"
    return Finding(
        message=f"M_2 = {group.m2} exceeds the kernel {group.kernel} for the rates "
        f"{rates_text(group.rates, kernels)}; {exact}",
        help=advice,
        node=schedule.nodes[group.first + 1],
        axis=axis,
    )


def _reason(schedule: Schedule) -> str:
    """Why the rule fails where nothing is lost; with kernels of 3 in a single group it never does."""
    if len(schedule.groups) > 1:
        return "the rule looks at one rise of the rates at a time; coverage does not depend on the order of the layers"
    return "the rule's constant is meant for kernels of 3"

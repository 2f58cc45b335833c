"""Faults planted in rfscope, each of which the verification must catch: ``python -m tests.verification.faults``.

A fault changes what is claimed, or how it is worked out, and leaves the verifier alone. It is caught if the
verification of at least one network of the set says that something is not equal; an error is no catch. Without a fault
all are equal.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from typing import Any, NamedTuple
from unittest.mock import patch

from rfscope.errors import RfscopeError
from rfscope.network.graph import INPUT
from rfscope.network.reads import Resize, TransposedWindow, Window
from tests.verification.cases import NETWORKS, Case
from tests.verification.wrong import (
    Change,
    argument,
    clipped_nowhere,
    count_at,
    each,
    having,
    larger,
    last_for_all,
    later,
    lower_for_upper,
    minus,
    mirrored,
    moved,
    of_fields,
    of_phases,
    of_read_layers,
    of_reader,
    of_reads,
    of_shares,
    of_sizes,
    other_mode,
    plus,
    recentred,
    result,
    rotated,
    rounded,
    shifted,
    without_dilation,
    wrapped,
)

TARGETS = {
    "counts": "rfscope.exact.output:Output.counts",
    "first": "rfscope.exact.output:Output.first",
    "coverage": "rfscope.exact.output:Output.coverage",
    "hole_free": "rfscope.exact.output:Output.hole_free",
    "shares": "rfscope.exact.output:Output.shares",
    "meeting": "rfscope.exact.output:Output.meeting",
    "spread": "rfscope.exact.output:Output.spread",
    "finite": "rfscope.exact.output:Output.finite",
    "layers": "rfscope.exact.analysis:Analysis.layers",
    "schedule hole_free": "rfscope.exact.schedule:Schedule.hole_free",
    "schedule repair": "rfscope.exact.schedule:Schedule.repair",
    "schedule groups": "rfscope.exact.schedule:Schedule.groups",
    "piece coverage": "rfscope.exact.pieces:Piece.coverage",
    "run factor": "rfscope.exact.pieces:Run.factor",
    "settled": "rfscope.network.sizes:settled",
    "output_size": "rfscope.network.sizes:output_size",
    "share_out": "rfscope.network.sizes:share_out",
    "share_out without a size": "rfscope.network.reads:share_out",
    "adaptive": "rfscope.network.sizes:adaptive",
    "walk_back": "rfscope.exact.walk:walk_back",
    "torch reader": "rfscope.readers.tracing.spatial:read_axes",
    "spec reader": "rfscope.readers.spec:read_spec",
}
"""What faults are planted in: a module, and a name in it."""


class Fault(NamedTuple):
    """One fault.

    Attributes:
        name: What is wrong.
        about: What it is about.
        on: The network of the set on which the tests look for it.
        change: Makes the wrong from the right: the analysis, or what stands at the target.
        target: Where it is planted; None for the analysis itself.
    """

    name: str
    about: str
    on: str
    change: Change
    target: str | None = None


FAULTS = (
    Fault("one path more in the middle", "counts", "1,2,5", count_at(0.5, 1), "counts"),
    Fault("one path fewer at the first pixel", "counts", "1,2,5", count_at(0, -1), "counts"),
    Fault("one path more in a graph", "counts", "branches", count_at(0.5, 1), "counts"),
    Fault("mirrored", "counts", "SAME with strides", result(mirrored), "counts"),
    Fault("rounded to float64", "counts", "60 layers", result(rounded), "counts"),
    Fault("wrapped at 2^64", "counts", "60 layers", result(wrapped), "counts"),
    Fault("one path more above 2^53", "counts", "60 layers", count_at(0.5, 1), "counts"),
    Fault("begin one later", "counts", "1,2,5", result(each(plus)), "first"),
    Fault("not clipped at borders", "counts", "U-shaped, finite", clipped_nowhere),
    Fault("start one later", "fields", "1,2,5", of_fields(of_phases(moved(1)))),
    Fault("start one earlier", "fields", "off-centre", of_fields(of_phases(moved(-1)))),
    Fault("one larger", "fields", "1,2,5", of_fields(of_phases(larger(1)))),
    Fault("one smaller", "fields", "U-shaped", of_fields(of_phases(larger(-1)))),
    Fault("one larger on a finite input", "fields", "branches, finite", of_fields(of_phases(larger(1)))),
    Fault("shift of two", "fields", "1,2,5", of_fields(lambda field: replace(field, shift=field.shift * 2))),
    Fault("phases rotated", "phases", "U-shaped", of_fields(rotated)),
    Fault("last phase for all", "phases", "U-shaped", of_fields(last_for_all)),
    Fault("only the last phase larger", "phases", "U-shaped", of_fields(of_phases(larger(1), which=slice(-1, None)))),
    Fault("phases rotated on a finite input", "phases", "U-shaped, finite", of_fields(rotated)),
    Fault("only the second phase moved, finite", "phases", "resized",
          of_fields(of_phases(moved(1), which=slice(1, 2)))),
    Fault("one larger", "inner fields", "1,2,5", of_fields(of_phases(larger(1)), inner=True)),
    Fault("start one later", "inner fields", "branches", of_fields(of_phases(moved(1)), inner=True)),
    Fault("start one later, finite", "inner fields", "skipping", of_fields(of_phases(moved(1)), inner=True)),
    Fault("as printed per layer", "inner fields", "off-centre",
          result(lambda layers: tuple(one._replace(field=tuple(map(of_phases(larger(1)), one.field)))
                                      if isinstance(one.field, tuple) else one for one in layers)), "layers"),
    Fault("one pixel fewer", "coverage", "1,2,5", having(used=minus), "coverage"),
    Fault("all that it spans", "coverage", "2,4,8",
          result(lambda found: replace(found, used=found.pixels)), "coverage"),
    Fault("all that it spans, in a graph", "coverage", "branches",
          result(lambda found: replace(found, used=found.pixels)), "coverage"),
    Fault("one more per axis", "coverage", "off-centre", having(size=each(plus)), "coverage"),
    Fault("always free of holes", "holes", "2,4,8", result(lambda _: True), "hole_free"),
    Fault("never free of holes", "holes", "1,2,5", result(lambda _: False), "hole_free"),
    Fault("first hole of a chain not listed", "holes", "2,4,8",
          having(hole_offsets=each(lambda line: line[1:])), "coverage"),
    Fault("last hole of a graph not listed", "holes", "branches",
          having(hole_list=lambda holes: holes[:-1]), "coverage"),
    Fault("largest gap one larger", "holes", "branches", having(largest_gap=each(plus)), "coverage"),
    Fault("one sub-grid", "holes", "2,4,8", having(subgrids=each(lambda _: 1)), "coverage"),
    Fault("twice the sub-grids", "holes", "1,2,5", having(subgrids=each(lambda n: 2 * n)), "coverage"),
    Fault("schedules always free of holes", "holes", "2,4,8", result(lambda _: True), "schedule hole_free"),
    Fault("repair that changes nothing", "holes", "2,4,8",
          lambda right: lambda schedule: right(schedule)._replace(repaired=schedule.rates), "schedule repair"),
    Fault("pieces read all that they span", "pieces", "2,4,8",
          result(lambda found: replace(found, used=found.pixels)), "piece coverage"),
    Fault("largest gap of pieces one larger", "pieces", "branches", having(largest_gap=each(plus)), "piece coverage"),
    Fault("M_2 one larger", "rules", "1,2,5",
          result(lambda found: tuple(one._replace(m2=one.m2 and one.m2 + 1) for one in found)), "schedule groups"),
    Fault("first of a group holds always", "rules", "2,4,8",
          result(lambda found: tuple(one._replace(kernel=99) for one in found)), "schedule groups"),
    Fault("no common factor", "rules", "2,4,8", result(lambda _: 1), "run factor"),
    Fault("half of what is shared", "sharing", "1,2,5", of_shares(lambda share: share / 2), "shares"),
    Fault("everything is shared", "sharing", "branches", of_shares(lambda _: 1.0), "shares"),
    Fault("nothing is shared on the input", "sharing", "U-shaped, finite", of_shares(lambda _: 0.0, only=INPUT),
          "shares"),
    Fault("as printed per layer", "sharing", "1,2,5",
          result(lambda layers: tuple(one._replace(neighbour_share=each(lambda s: s / 2)(one.neighbour_share))
                                      for one in layers)), "layers"),
    Fault("one layer more isolated", "sharing", "1,2,5", having(isolated=plus), "meeting"),
    Fault("they never meet", "sharing", "branches", result(lambda found: found._replace(depth=None)), "meeting"),
    Fault("they meet at once", "sharing", "2,4,8", result(lambda found: found._replace(depth=1)), "meeting"),
    Fault("deviation too large", "spread", "1,2,5", having(std=each(lambda x: 2 * x)), "spread"),
    Fault("radius too large", "spread", "branches", having(radius95=each(plus)), "spread"),
    Fault("nothing falls into padding", "padding", "branches, finite",
          having(padding_share=lambda shares: dict.fromkeys(shares, 0.0)), "finite"),
    Fault("padding that folds back counted", "padding", "reflected",
          having(padding_share=lambda shares: dict.fromkeys(shares, 2 / 27)), "finite"),
    Fault("extent one too far", "finite", "U-shaped, finite",
          having(extent=each(lambda ends: (ends[0], ends[1] + 1))), "finite"),
    Fault("everything is read", "finite", "skipping", having(never_read=each(lambda _: 0)), "finite"),
    Fault("something is never read", "finite", "U-shaped, finite", having(never_read=each(plus)), "finite"),
    Fault("halo too small", "finite", "branches, finite",
          having(halo=each(lambda ends: (ends[0] - 1, ends[1]))), "finite"),
    Fault("output larger by one", "sizes", "branches, finite", having(output_size=each(plus)), "finite"),
    Fault("first map larger by one", "sizes", "SAME with strides", of_sizes(0)),
    Fault("last map larger by one", "sizes", "SAME with strides", of_sizes(-1)),
    Fault("partly filled windows left out", "sizes", "pooled", argument(of_reads(Window, ceil_mode=False)), "settled"),
    Fault("output padding left out", "sizes", "output padding",
          argument(of_reads(TransposedWindow, output_padding=0)), "settled"),
    Fault("odd element on the other side", "SAME", "SAME with strides",
          lambda right: lambda total, mode: right(total, "same" if mode == "same_lower" else "same_lower"),
          "share_out"),
    Fault("odd element on the other side at stride 1", "SAME", "SAME",
          lambda right: lambda total, mode: right(total, "same" if mode == "same_lower" else "same_lower"),
          "share_out without a size"),
    Fault("upper for lower", "SAME", "SAME with strides", argument(lower_for_upper), "settled"),
    Fault("one element too few", "SAME", "SAME with strides",
          lambda right: lambda total, mode: right(max(0, total - 1), mode), "share_out"),
    Fault("ranges one later", "resizing", "resized", result(later), "settled"),
    Fault("another interpolation", "resizing", "resized", argument(other_mode), "settled"),
    Fault("linear for nearest", "resizing", "nearest", argument(other_mode), "settled"),
    Fault("linear for cubic", "resizing", "corners", argument(other_mode), "settled"),
    Fault("corners not aligned", "resizing", "corners", argument(of_reads(Resize, align_corners=False)), "settled"),
    Fault("adaptive pooling one later", "resizing", "pooled", result(later), "adaptive"),
    Fault("torch: dilation ignored", "readers", "module", of_reader(recentred), "torch reader"),
    Fault("torch: padding moved", "readers", "module", of_reader(shifted), "torch reader"),
    Fault("spec: dilation ignored", "readers", "spec", of_read_layers(without_dilation), "spec reader"),
    Fault("spec: padding moved", "readers", "spec", of_read_layers(shifted), "spec reader"),
)  # fmt: skip


# Planting


@contextlib.contextmanager
def planted(fault: Fault) -> Iterator[Change]:
    """Within it the fault is in rfscope; what it gives changes an analysis, for faults that are in that."""
    if fault.target is None:
        yield fault.change
        return
    module_name, _, path = TARGETS[fault.target].partition(":")
    holder: Any = import_module(module_name)
    *within, name = path.split(".")
    for part in within:
        holder = getattr(holder, part)
    right = holder.__dict__[name]
    if isinstance(right, cached_property | property):
        compute: Any = right.func if isinstance(right, cached_property) else right.fget
        wrong: Any = property(fault.change(compute))
    else:
        wrong = fault.change(right)
    with patch.object(holder, name, wrong):
        yield lambda analysis: analysis


def caught(fault: Fault, case: Case) -> str | None:
    """What the verification of a network says of a fault; None if it says that all is equal, or gives up."""
    with planted(fault) as change:
        try:
            found = case.verify(change)
        except (RfscopeError, IndexError, ValueError):
            return None
    if found.equal:
        return None
    if found.first_difference is not None:
        return str(found.first_difference)
    return None if found.module is None else str(found.module.first_difference)


def main() -> int:
    """Print all faults and who caught each; 1 if one slipped through, or something is found where there is none."""
    say, bad = partial(print, flush=True), 0
    for name, case in NETWORKS.items():
        found = case.verify(lambda analysis: analysis)
        if not found.equal:
            bad += 1
            say(f"NOT EQUAL WITHOUT A FAULT: {name}: {found}")
    say(f"{len(NETWORKS)} networks without a fault: {len(NETWORKS) - bad} equal\n")
    for fault in FAULTS:
        tried = {name: caught(fault, case) for name, case in NETWORKS.items() if not case.slow or name == fault.on}
        by = {name: says for name, says in tried.items() if says is not None}
        bad += fault.on not in by
        first = by.get(fault.on, "MISSED")
        say(f"{fault.about:13} {fault.name:44} {len(by):2} of {len(tried)}  {first[:110]}")
    say(f"\n{len(FAULTS)} faults, {bad} missed or wrongly found")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

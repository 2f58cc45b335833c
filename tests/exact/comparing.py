"""Everything the exact engine says of a 1-D chain beside what the brute-force oracle finds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import gcd
from random import Random
from typing import Any

from rfscope.exact import taps as engine_taps
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.fields import AllGlobal
from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps
from rfscope.network.graph import Network, Node
from rfscope.network.provenance import Provenance
from rfscope.network.reads import Padding, Window
from tests import oracle
from tests.exact import schedules

Fact = tuple[str, Any, Any]
"""What is compared, what the engine says, what the oracle says."""


def random_window(random: Random) -> Window:
    stride = random.choice((1, 1, 1, 2, 3))
    padding: Padding = (random.randint(-3, 12), random.randint(-3, 12))
    if stride == 1 and random.random() < 0.2:
        padding = random.choice(("same", "same_lower"))
    kernel, rate = random.randint(1, 7), random.choice((1, random.randint(1, 12)))
    return Window(kernel=kernel, stride=stride, dilation=rate, padding=padding)


def line_network(windows: Sequence[Window]) -> Network:
    """A 1-D chain of these windows."""
    names = ["input", *(f"w{number}" for number in range(len(windows)))]
    nodes = tuple(
        Node(name=name, op="conv", reads=(window,), inputs=(before,))
        for name, before, window in zip(names[1:], names, windows, strict=False)
    )
    return Network(name="line", dims=1, nodes=nodes, outputs=(names[-1],))


def differences(windows: Sequence[Window], far: int = 7) -> list[Fact]:
    """The facts on which engine and oracle disagree; ``far`` is one more output that is traced."""
    return [fact for fact in facts(windows, far) if not same(fact[1], fact[2])]


def same(ours: object, theirs: object) -> bool:
    """Equal, but for floating-point results: those agree to nine digits."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs))
    return ours == theirs


def facts(windows: Sequence[Window], far: int) -> Iterator[Fact]:
    analysis = analyze(line_network(windows), provenance=Provenance(from_rates=True))
    yield from _field_facts(analysis, windows, far)
    yield from _count_facts(analysis, windows)
    yield from _meeting_facts(analysis, windows)
    yield from _piece_facts(analysis, windows)


def _field_facts(analysis: Analysis, windows: Sequence[Window], far: int) -> Iterator[Fact]:
    for place in range(len(windows)):
        seen = analysis.fields[f"w{place}"]
        assert not isinstance(seen, AllGlobal)
        (field,) = seen
        line = oracle.trace_line(windows[: place + 1])[0]
        yield f"field of layer {place}", (field.start, field.size), oracle.span(line)
        yield f"stride of layer {place}", field.stride, oracle.strides_of(windows[: place + 1])
    interval = analysis.output.axes[0].at(far)
    line = oracle.trace_line(windows, far)[0]
    yield f"field of output {far}", (interval.start, interval.size), oracle.span(line)
    own = oracle.trace_line(windows)[0]
    yield "causal", analysis.causal, max(own) < oracle.strides_of(windows)  # an output stands for so many positions


def _count_facts(analysis: Analysis, windows: Sequence[Window]) -> Iterator[Fact]:
    line, output = oracle.trace_line(windows)[0], analysis.output
    first, size = oracle.span(line)
    dense = [line.get(first + offset, 0) for offset in range(size)]
    holes, found, stride = oracle.missing(line), output.coverage, oracle.strides_of(windows)
    yield "first", output.first, (first,)
    yield "counts", list(output.counts.marginal(0)), dense
    yield (
        "paths, min, max",
        (output.counts.paths, output.counts.min, output.counts.max),
        (
            sum(dense),
            min(dense),
            max(dense),
        ),
    )
    yield "size", (found.size, found.pixels), ((size,), size)
    yield "used, holes", (found.used, found.holes), (len(line), len(holes))
    yield "share", found.share, len(line) / size
    yield "hole offsets", found.hole_offsets, (tuple(holes[:1000]),)
    yield "closed form", analysis.hole_free, not holes
    yield "largest gap", found.largest_gap, (oracle.largest_gap(line),)
    yield "sub-grids", found.subgrids, (oracle.classes(line, stride),)
    yield "standard deviation", output.spread.std[0], oracle.deviation(line)
    yield "radius", output.spread.radius95, (oracle.radius(line),)
    steps = [
        window.dilation * oracle.strides_of(windows[:at]) for at, window in enumerate(windows) if window.kernel > 1
    ]
    yield "index", None if output.gridding_index is None else output.gridding_index[0], oracle.index(line, steps)


def _meeting_facts(analysis: Analysis, windows: Sequence[Window]) -> Iterator[Fact]:
    shares, found = oracle.shares(windows), analysis.output.meeting
    yield "neighbour shares", [layer.neighbour_share[0] for layer in analysis.layers], [float(part) for part in shares]
    yield "meeting", found and (found.isolated, found.depth), oracle.meeting(windows, shares)


def _piece_facts(analysis: Analysis, windows: Sequence[Window]) -> Iterator[Fact]:
    pieces = schedules.pieces(windows)
    with_taps = [(step, places) for step, places in pieces if any(windows[place].kernel > 1 for place in places)]
    yield "pieces", [found.piece.resolution for found in analysis.schedules], [step for step, _ in with_taps]
    for found, (_, places) in zip(analysis.schedules, with_taps, strict=False):
        for what, ours, theirs in _one_piece_facts(found, windows, places):
            yield f"{what} of piece {places}", ours, theirs


def _one_piece_facts(found: Piece, windows: Sequence[Window], places: Sequence[int]) -> Iterator[Fact]:
    own = [windows[place] for place in places]
    taps = tuple((window.kernel, window.dilation) for window in own if window.kernel > 1)
    before = f"w{places[0] - 1}" if places[0] else "input"
    yield "ends", (found.piece.entry, found.piece.exit), (before, f"w{places[-1]}")
    yield "schedule", tuple(map(tuple, found.taps)), taps
    line = oracle.trace_line(own)[0]
    yield "coverage", (found.coverage.size, found.coverage.used), ((oracle.span(line)[1],), len(line))
    yield "sub-grids", found.coverage.subgrids, (oracle.classes(line, oracle.strides_of(own)),)
    yield "verdict", found.hole_free, schedules.reads_all(taps)
    yield "meeting", (found.meeting.isolated, found.meeting.depth), oracle.meeting(own)
    yield "index", found.gridding_index, oracle.index(schedules.schedule_line(taps), [rate for _, rate in taps])
    yield from rule_facts(found, taps)
    yield from repair_facts(taps)
    runs = list(schedules.runs(windows, places))
    names = [tuple(step.name for step in run.steps) for run in found.runs]
    yield "runs", names, [tuple(f"w{place}" for place in run.layers) for run in runs]
    for ours, theirs in zip(found.runs, runs, strict=False):
        yield "lead", (ours.lead_in, ours.lead_out), (theirs.lead_in, theirs.lead_out)
        yield "run classes", ours.splits, theirs.classes
        yield "own share", ours.own_share(2), float(theirs.used**2)
        yield "run isolated", ours.isolated, theirs.isolated


def rule_facts(found: Piece, taps: schedules.Schedule, pools: Collection[int] = ()) -> Iterator[Fact]:
    """The published rules, from their definitions: of all layers but pooling, at these places of the schedule."""
    own = [place for place in range(len(taps)) if place not in pools]
    rates = [taps[place][1] for place in own]
    if not rates:
        yield "rules without a layer", (found.distances, found.m2, found.factor, found.groups), ((), None, 1, ())
        return
    yield "M", found.distances, tuple(schedules.distance(rates, layer) for layer in range(len(rates)))
    yield "M_2", found.m2, schedules.distance(rates, 1) if len(rates) > 1 else None
    yield "gcd", found.factor, gcd(*rates)
    starts = [place for place in range(len(rates)) if place == 0 or rates[place] < rates[place - 1]]
    parts = [tuple(rates[a:b]) for a, b in zip(starts, [*starts[1:], len(rates)], strict=True)]
    firsts = [own[start] for start in starts]
    yield "groups", [(group.first, group.rates) for group in found.groups], list(zip(firsts, parts, strict=True))
    verdicts = [
        schedules.distance(part, 1) <= taps[own[first]][0]
        for first, part in zip(starts, parts, strict=True)
        if len(part) > 1
    ]
    yield "M_2 verdict", found.m2_ok, all(verdicts) if verdicts else None
    yield "agrees", found.agrees, (all(verdicts) == schedules.reads_all(taps)) if verdicts else None
    tooth = parts[0]
    rising = len(tooth) > 1 and all(sorted(set(part)) == list(part) for part in parts)
    again = [rate for _ in parts for rate in tooth][: len(rates)] == rates
    yield "sawtooth", found.sawtooth, rising and again


def repair_facts(taps: schedules.Schedule) -> Iterator[Fact]:
    """What a repair promises: sound, raises nothing, and no single rate that it lowered can be raised again."""
    found = engine_taps.repair([Taps(*layer) for layer in taps])
    kernels, rates = zip(*taps, strict=True)
    repaired = tuple(zip(kernels, found.repaired, strict=True))
    yield "repair raises nothing", all(a <= b for a, b in zip(found.repaired, rates, strict=True)), True
    yield "repair is sound", schedules.reads_all(repaired), True
    yield "repair keeps what is sound", found.repaired == rates, schedules.reads_all(taps)
    order = sorted(range(len(taps)), key=lambda place: (rates[place], place))
    for number, place in enumerate(order):
        before = [repaired[other] for other in order[:number]]
        bound = (kernels[place], found.allowed[place]), (kernels[place], found.allowed[place] + 1)
        fits = [schedules.reads_all([*before, layer]) for layer in bound]
        yield f"allowed rate {place}", fits, [True, False]
        for higher in range(found.repaired[place] + 1, rates[place] + 1):
            put_back = (*repaired[:place], (kernels[place], higher), *repaired[place + 1 :])
            yield f"{higher} cannot be put back at {place}", schedules.reads_all(put_back), False
    bad = [place for place in order if found.repaired[place] < rates[place]]
    yield "first bad", found.first_bad, bad[0] if bad else None

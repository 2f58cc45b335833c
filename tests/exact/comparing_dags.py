"""Everything the exact engine says of a network with branches beside what brute force finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod
from random import Random

from rfscope.errors import NetworkError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.fields import AllGlobal
from rfscope.exact.output import Output
from rfscope.exact.partition import network_pieces
from rfscope.exact.pieces import Piece
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import leading
from tests import oracle
from tests.exact import parts
from tests.exact.comparing import Fact, rule_facts, same
from tests.exact.dags import graph_of
from tests.exact.graphs import Graph, classes


def differences(network: Network, random: Random) -> list[Fact]:
    """The facts on which engine and oracle disagree, at a random output."""
    return [fact for fact in facts(network, random) if not same(fact[1], fact[2])]


def facts(network: Network, random: Random) -> Iterator[Fact]:
    network = leading(network)  # what leads to no output is left out of an analysis
    graph = graph_of(network)
    try:
        analysis = analyze(network)
    except NetworkError as error:
        yield "refused", str(error), "valid" if graph else str(error)
        return
    if graph is None:  # right only for maps of one size whose strides differ, which the oracle does not describe
        seen = [fields for fields in analysis.fields.values() if not isinstance(fields, AllGlobal)]
        yield "accepted", any(field.bounded for fields in seen for field in fields), True
        return
    yield "sizes", analysis.sizes or {}, graph.sizes
    yield from _field_facts(analysis, graph)
    for output in analysis.outputs:
        place = _some_place(output, graph, random)
        for what, ours, theirs in _output_facts(replace(output, position=place), graph):
            yield f"{what} of {output.node} at {place}", ours, theirs
    yield from _piece_facts(analysis, graph)


def _some_place(output: Output, graph: Graph, random: Random) -> oracle.Position:
    size = graph.sizes.get(output.node)
    if size:
        return tuple(random.randrange(length) for length in size)
    return tuple(random.randint(-2, field.period + 2) for field in output.axes)


def _field_facts(analysis: Analysis, graph: Graph) -> Iterator[Fact]:
    for name in graph.nodes:
        found = analysis.fields[name]
        yield f"global through of {name}", set(through(found)), graph.globals_on_the_way[name]
        yield f"{name} is local", isinstance(found, AllGlobal), name not in graph.local
        if isinstance(found, AllGlobal) or name not in graph.local:
            continue
        for axis, field in enumerate(found):
            where = f"of {name} along {axis}"
            period, shift = graph.pattern(name, axis) or (0, 0)
            yield f"period and shift {where}", (field.period, field.shift), (period, shift)
            yield f"stride {where}", field.stride, Fraction(shift, period)
            outputs = range(-period, 2 * period)
            seen = [graph.seen(name, axis, output) for output in outputs]
            spans = [oracle.span(line)[::-1] if line else (0, None) for line in seen]
            intervals = [field.at(output) for output in outputs]
            yield f"field {where}", [(one.size, one.start) for one in intervals], spans
            yield f"aligned {where}", field.aligned, graph.aligned(name, axis)
            yield f"halo {where}", field.reach, graph.halo(name, axis)
            yield f"lower bound {where}", field.lower_bound, _deformed(graph, name)


def through(found: object) -> tuple[str, ...]:
    """The global operations left out."""
    if isinstance(found, AllGlobal):
        return found.through
    assert isinstance(found, tuple)
    names: tuple[str, ...] = found[0].global_through
    return names


def _deformed(graph: Graph, name: str) -> bool:
    """Whether something on a path to a node reads elsewhere, too."""
    if name not in graph.local or name == INPUT:
        return False
    node = graph.nodes[name]
    return node.data_dependent or any(_deformed(graph, source) for source in node.inputs)


def _output_facts(found: Output, graph: Graph) -> Iterator[Fact]:
    seen = oracle.trace(graph.network, found.node, found.position, graph.sizes)[INPUT]
    yield from _count_facts(found, graph, seen)
    yield from _meeting_facts(found, graph)
    if graph.sizes:
        yield from _finite_facts(found, graph, seen)


def _count_facts(found: Output, graph: Graph, seen: Counter[oracle.Position]) -> Iterator[Fact]:
    from numpy import argwhere

    dims = range(graph.network.dims)
    counts, coverage = found.counts, found.coverage
    yield "paths, max", (counts.paths, counts.max), (sum(seen.values()), max(seen.values(), default=0))
    yield "used", coverage.used, len(seen)
    yield "hole-free", found.hole_free, coverage.holes == 0
    if not seen:
        return
    lines = [sorted({place[axis] for place in seen}) for axis in dims]
    corner, size = zip(*map(oracle.span, lines), strict=True)
    yield "first", found.first, corner
    yield "size", (coverage.size, counts.size), (size, size)
    offsets = {tuple(a - b for a, b in zip(place, corner, strict=True)): n for place, n in seen.items()}
    box = list(product(*map(range, size)))
    read = {tuple(map(int, place)): int(counts.map()[tuple(place)]) for place in argwhere(counts.map())}
    yield "counts", read, offsets
    holes = [place for place in box if place not in offsets]
    yield "min, holes", (counts.min, coverage.holes), (0 if holes else min(seen.values()), len(holes))
    yield "share", coverage.share, len(seen) / prod(size)
    gaps = tuple(oracle.largest_gap_on_lines(seen, axis) for axis in dims)
    yield "largest gap", coverage.largest_gap, gaps
    shifts = [(graph.pattern(found.node, axis) or (1, 1))[1] for axis in dims]
    yield "sub-grids", coverage.subgrids, tuple(map(classes, lines, shifts))
    if coverage.hole_list is not None:
        yield "hole list", coverage.hole_list, tuple(holes[:1000])
    if coverage.hole_offsets is not None:
        missing = [tuple(oracle.missing(line)) for line in lines]
        yield "hole offsets", coverage.hole_offsets, tuple(missing)
    for axis in dims:
        margin = dict[int, int]()
        for place, times in seen.items():
            margin[place[axis]] = margin.get(place[axis], 0) + times
        yield f"deviation along {axis}", found.spread.std[axis], oracle.deviation(margin)
        yield f"radius along {axis}", found.spread.radius95[axis], oracle.radius(margin)


def _meeting_facts(found: Output, graph: Graph) -> Iterator[Fact]:
    size = graph.sizes.get(found.node)
    meetings = []
    for axis, ours in enumerate(found.shares):
        if size and found.position[axis] + 1 >= size[axis]:
            return  # no neighbour
        shares = graph.shares(found.node, found.position, axis)
        theirs = {name: None if share is None else float(share) for name, share in shares.items() if name in ours}
        theirs.pop(found.node, None)
        yield f"shares along {axis}", {name: ours[name] for name in theirs}, theirs
        meetings.append(graph.meeting(found.node, axis, shares))
    depths = [depth for _, depth in meetings if depth is not None]
    worst = max(isolated for isolated, _ in meetings), max(depths) if len(depths) == len(meetings) else None
    first_met = found.meeting
    yield "meeting", first_met and (first_met.isolated, first_met.depth), worst


def _finite_facts(found: Output, graph: Graph, seen: Counter[oracle.Position]) -> Iterator[Fact]:
    finite = found.finite
    assert finite is not None
    yield "output size", finite.output_size, graph.sizes[found.node]
    if seen:
        lines = [[place[axis] for place in seen] for axis in range(graph.network.dims)]
        yield "extent", finite.extent, tuple((min(line), max(line)) for line in lines)
    else:
        yield "extent of nothing", finite.extent, (None,) * graph.network.dims
    yield "never read", finite.never_read, tuple(map(len, graph.never_read(found.node)))
    yield "halo", finite.halo, tuple(graph.halo(found.node, axis) for axis in range(graph.network.dims))
    for name, share in finite.padding_share.items():
        yield f"padding share of {name}", share, float(graph.padding_share(name))
    windows = {name for name in found.network.by_name if name in graph.local}
    yield "layers with a padding share", windows <= finite.padding_share.keys(), True


# Pieces


def _piece_facts(analysis: Analysis, graph: Graph) -> Iterator[Fact]:
    settled = Graph(analysis.network, graph.sizes)
    ours = network_pieces(analysis.network, analysis.fields)
    for axis in range(graph.network.dims):
        theirs = {frozenset(piece.members): piece for piece in parts.pieces(settled, axis)}
        mine = [piece for piece in ours if axis in piece.axes]
        yield f"pieces along {axis}", len(mine), len(theirs)
        for piece in mine:
            (their,) = [one for members, one in theirs.items() if piece.exit in members]
            for what, one, other in _one_piece_facts(piece, their, settled):
                yield f"{what} of {piece.label} along {axis}", one, other
            theirs.pop(frozenset(their.members))


def _one_piece_facts(piece: Piece, their: parts.Piece, graph: Graph) -> Iterator[Fact]:
    path = tuple(step.name for step in piece.main)
    yield "main path", (their.whole(path), their.score(path)), (True, their.best)
    outside = [source for source in graph.nodes[path[0]].inputs if source not in their.members]
    yield "entry is outside and local", piece.entry in outside and piece.entry in graph.local, True
    yield "resolution", piece.resolution, graph.stride(piece.entry, their.axis)
    runs = their.runs(piece.exit)
    yield (
        "runs",
        [frozenset(step.name for step in run.steps) for run in piece.runs],
        [run.members for run in runs],
    )
    for own, other in zip(piece.runs, runs, strict=False):
        yield "pyramid", own.pyramid, other.pyramid
        yield "lead-in", own.lead_in, other.lead_in
        yield "lead-out", own.lead_out, other.lead_out
        yield "step", own.step, other.step
    beside = {name for run in runs if run.pyramid for name in run.members}
    serial = [step for step in piece.main if step.window.kernel > 1 and step.name not in beside]
    taps = tuple((step.window.kernel, step.window.dilation) for step in serial)
    pools = [place for place, step in enumerate(serial) if graph.nodes[step.name].op == "pool"]
    yield "schedule", tuple(map(tuple, (step.taps for step in piece.schedule))), taps
    if taps and runs:
        yield from rule_facts(piece, taps, pools)
    inside = their.inside(piece.entry, piece.axes)
    origin = (0,) * len(piece.axes)
    if runs:
        seen = oracle.trace(inside, piece.exit, origin)[INPUT]
        yield "used", piece.coverage.used, len(seen)
        lines = [{place[axis] for place in seen} for axis in range(len(piece.axes))]
        yield "size", piece.coverage.size, tuple(oracle.span(line)[1] for line in lines)
    own_graph = Graph(replace(inside, outputs=(piece.exit,)), {})
    shares = own_graph.shares(piece.exit, origin, 0)
    yield "meeting", (piece.meeting.isolated, piece.meeting.depth), own_graph.meeting(piece.exit, 0, shares)

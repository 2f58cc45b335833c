"""Networks on a stream: published codecs, random networks against brute force, and what cannot run so."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import count
from math import lcm

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.buffers import buffers
from rfscope.exact.obstacles import as_stream
from rfscope.exact.starting import first_samples
from rfscope.exact.streaming import Stream, stream
from rfscope.exact.waiting import Repeating, map_lines, oldest_read
from rfscope.network.build import assemble, conv, merge, pool
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import leading, up_to
from rfscope.network.reads import Adaptive, Resize, Table, Unknown, Whole, Window
from tests import oracle
from tests.exact.codecs import CODECS
from tests.exact.dags import random_of, random_spec, read

STREAMS = int(os.environ.get("RFSCOPE_STREAMS", "28"))
SHARES = 4

# name: look-ahead, latency, first output, history, chunk, outputs that are lacking, positions kept, buffers
PUBLISHED = {
    "EnCodec encoder": (0, 320, 320, 2398, 320, 0, 39, 10),
    "EnCodec decoder": (0, 1, 1, 8, 1, 0, 24, 10),
    "DAC encoder": (3733, 4245, 4245, 3733, 512, 0, 354, 18),
    "DAC decoder": (10, Fraction(5269, 512), 10, 10, 1, 0, 328, 18),
    "HiFi-GAN V1": (13, Fraction(1757, 128), 13, 13, 1, 0, 1040, 78),
    "code2wav": (2, Fraction(69, 32), 2, 19, 1, 555, 328, 18),
}
TIMES = {"EnCodec encoder": (24_000, 13.33), "DAC encoder": (16_000, 265.3), "DAC decoder": (31.25, 329.3)}


def facts(found: Stream) -> Sequence[object]:
    lengths = (found.lookahead, found.latency, found.first_output, found.history, found.chunk, found.shorter)
    return (*lengths, found.positions, len(found.buffers))


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_codecs(name: str) -> None:
    assert facts(rf.stream(CODECS[name]())) == PUBLISHED[name]


@pytest.mark.parametrize("name", TIMES)
def test_in_milliseconds(name: str) -> None:
    rate, latency = TIMES[name]
    assert rf.stream(CODECS[name](), sample_rate=rate).latency_ms == pytest.approx(latency, abs=0.05)
    assert rf.stream(CODECS[name]()).latency_ms is None


@pytest.mark.parametrize(("causal", "expected"), [(True, (0, 1, 1, 62)), (False, (31, 32, 32, 31))])
def test_a_tcn(causal: bool, expected: tuple[int, ...]) -> None:
    found = rf.stream("1,2,4,8,16", causal=causal)
    assert facts(found) == (*expected, 1, 0, 62, 5)
    assert found.causal == causal


def test_chunks_that_are_asked_for() -> None:
    encoder = CODECS["EnCodec encoder"]()
    found = [fed for chunk in (1, 100, 320, 640) if (fed := rf.stream(encoder, chunk=chunk).fed) is not None]
    assert [int(fed.latency) for fed in found] == [320, 400, 320, 640]
    assert [fed.first_output for fed in found] == [320, 400, 320, 640]
    assert [fed.positions for fed in found] == [54, 50, 39, 39]


def test_chunks_that_repeat_too_late_are_refused() -> None:
    slow = assemble("slow", [conv(f"n{at}", kernel=3, stride=2, padding=(2, 0), dims=1) for at in range(17)])
    assert rf.stream(slow, chunk=2**10).latency == 1
    with pytest.raises(RfscopeError, match="phases"):
        rf.stream(slow, chunk=3)


def test_a_skip_waits_for_the_other_branch() -> None:
    ahead = conv("ahead", kernel=5, padding=(0, 4), dims=1, inputs=[INPUT])
    found = rf.stream(assemble("net", [ahead, merge("sum", [INPUT, "ahead"], dims=1)]))
    assert [(buffer.node, buffer.positions) for buffer in found.buffers] == [(INPUT, 4)]
    two = [ahead, conv("own", kernel=1, padding=0, dims=1, inputs=[INPUT]), merge("sum", ["own", "ahead"], dims=1)]
    assert [(buffer.node, buffer.positions) for buffer in rf.stream(assemble("two", two)).buffers] == [
        (INPUT, 4),
        ("own", 4),
    ]


def test_channels_are_counted() -> None:
    first = replace(conv("first", kernel=3, padding=(2, 0), dims=1), in_channels=2, out_channels=8)
    second = replace(conv("second", kernel=5, padding=(4, 0), dims=1), in_channels=8, out_channels=1)
    found = rf.stream(assemble("net", [first, pool("pool", kernel=1, dims=1), second]))
    assert [(buffer.node, buffer.values) for buffer in found.buffers] == [(INPUT, 4), ("pool", 32)]
    assert (found.values, found.bytes) == (36, 144)
    assert rf.stream("1,2").values is None


@pytest.mark.parametrize(
    ("mode", "begins", "first", "settled"),
    [("zeros", "zeros", 1, 0), ("replicate", "replicate", 1, 0), ("reflect", "reflect", 5, 5)],
)
def test_what_stands_before_the_signal(mode: str, begins: str, first: int, settled: int) -> None:
    padded = replace(conv("a", kernel=5, padding=(4, 0), dims=1), padding_mode=mode)
    found = rf.stream(assemble("net", [padded]))
    assert [buffer.begins for buffer in found.buffers] == [begins]
    assert found.latency == 1
    assert (found.first_output, found.settled) == (first, settled)


def test_a_crop_at_the_end_holds_outputs_back() -> None:
    """Whether there are three more samples is not known before they come."""
    cropped = assemble("net", [Node(name="crop", op="pad", reads=(Window(padding=(0, -3)),), inputs=(INPUT,))])
    assert facts(rf.stream(cropped))[:6] == (3, 4, 4, 0, 1, 3)


def node(read: object, op: str = "thing", **more: object) -> Network:
    last = Node(name="last", op=op, reads=(read,), inputs=("first",), **more)  # type: ignore[arg-type]
    return assemble("net", [conv("first", kernel=3, padding=(2, 0), dims=1), last])


OBSTACLES = {
    "mean": (node(Whole(), "mean"), "global", "reads the whole signal (mean)"),
    "both ways": (node(Whole(), "recurrence"), "global", "runs over the signal backwards, too"),
    "unknown": (node(Unknown(), "fft", why="no rule"), "unknown", "nobody knows what fft (no rule) reads"),
    "by the data": (node(Window(kernel=3), data_dependent=True), "data", "reads where the data says"),
    "circular": (node(Window(kernel=3, padding=(1, 1)), padding_mode="circular"), "padding", "with the signal's end"),
    "same": (node(Window(kernel=3, stride=2, padding="same")), "padding", "depends on the signal's length"),
    "pool to 4": (replace(node(Adaptive(4)), input=(64,)), "size", "makes a number of outputs that is written down"),
    "to a size": (replace(node(Resize(size=128)), input=(64,)), "size", "a number of outputs that is written down"),
    "corners": (
        replace(node(Resize(mode="linear", align_corners=True, scale=Fraction(2))), input=(64,)),
        "size",
        "fits the signal's corners",
    ),
    "another pace": (
        replace(
            assemble(
                "net",
                [
                    Node(name="half", op="conv", reads=(Window(stride=2),), inputs=(INPUT,)),
                    Node(name="same", op="resize", reads=(Table(starts=(0,), stops=(1,), shift=1),), inputs=("half",)),
                    Node(name="cut", op="pad", reads=(Window(padding=(0, -4)),), inputs=(INPUT,)),
                    merge("last", ["cut", "same"], dims=1),
                ],
            ),
            input=(8,),
        ),
        "merge",
        "they drift apart",
    ),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_what_cannot_run_on_a_stream(name: str) -> None:
    network, kind, message = OBSTACLES[name]
    found = rf.stream(analyze(network))
    [why] = found.why_not
    assert (why.kind, why.node) == (kind, "last")
    assert message in why.message
    assert why.do
    assert not found.streamable
    assert not found.causal
    assert (found.latency, found.history, found.chunk, found.state) == (None, None, None, {})
    assert "NOT STREAMABLE" in repr(found)
    assert f"last {why.message}" in " ".join(str(found).split())


def test_same_padding_follows_a_length_that_is_given() -> None:
    strided = node(Window(kernel=3, stride=2, padding="same"))
    assert {rf.stream(strided, input=length).latency for length in (63, 64)} == {2, 3}


def test_a_recurrence_is_named() -> None:
    found = rf.stream(node(Whole(ahead=False), "recurrence"))
    assert found.latency == 1
    assert (found.recurrent, found.history, found.causal) == (("last",), None, True)
    assert (found.hidden, found.values) == ((("last", None),), None)  # nobody says how much it remembers
    assert "1 buffer and a hidden state; of how many channels, no layer says" in " ".join(str(found).split())


def test_only_time_is_a_stream() -> None:
    with pytest.raises(RfscopeError, match="a network without a time axis at 1,2: got 2 axes"):
        rf.stream(rf.analyze("1,2"))
    assert rf.stream([1, 2]).lookahead == 3


def test_numbers_that_repeat() -> None:
    waits = Repeating((2, 2, 7), 8)
    for number in range(-20, 40):
        assert waits.up_to(number) == next(at for at in count(-20) if waits.at(at) > number)
    assert [waits.over(6).at(at) for at in range(-9, 9)] == [waits.at(at) for at in range(-9, 9)]


# Random networks against brute force: positions in lists, one sample after another


@cache
def random_stream(seed: int) -> tuple[Analysis, Stream, Network] | None:
    """A random network with one axis that can run on a stream, without what is not needed for its output."""
    network = leading(read(random_spec(random_of(seed))))
    if network.dims > 1:
        return None
    try:
        analysis = analyze(network)
    except RfscopeError:
        return None
    found = stream(analysis)
    if found.why_not:
        return None
    endless = as_stream(up_to(network, found.node), analysis.network).network
    assert endless is not None
    return analysis, found, endless


class Slow:
    """How many positions of each map are final after so many samples, one by one."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.final = dict.fromkeys([INPUT, *(node.name for node in network.nodes)], 0)

    def reads(self, node: Node, output: int) -> list[int]:
        places = list(oracle.read_by(node.reads[0], output))
        if node.padding_mode == "reflect":
            return list(map(abs, places))
        if node.padding_mode == "replicate" or isinstance(node.reads[0], Table):
            return [max(0, place) for place in places]
        return [place for place in places if place >= 0]

    def advance(self, samples: int) -> None:
        sizes = {INPUT: samples}
        self.final[INPUT] = samples
        for node in self.network.nodes:
            length = min(sizes[name] for name in node.inputs)
            sizes[node.name] = max(0, oracle.outputs_of(node.reads[0], length))
            come = min(self.final[name] for name in node.inputs)
            done = self.final[node.name]
            while done < sizes[node.name] and all(place < come for place in self.reads(node, done)):
                done += 1
            self.final[node.name] = done

    def kept(self, periods: dict[str, int]) -> dict[str, int]:
        """Positions of each map that any output to come reads."""
        oldest = dict(self.final)
        for node in self.network.nodes:
            done = self.final[node.name]
            to_come = [place for at in range(done, done + 2 * periods[node.name] + 2) for place in self.reads(node, at)]
            for name in node.inputs:
                oldest[name] = min([oldest[name], *to_come])
        return {name: self.final[name] - place for name, place in oldest.items() if place < self.final[name]}


@pytest.mark.parametrize("part", range(SHARES))
def test_random_streams_equal_brute_force(part: int) -> None:
    tried = 0
    for seed in range(part, 100_000, SHARES):
        if tried == STREAMS // SHARES:
            break
        made = random_stream(seed)
        if made is None:
            continue
        tried += 1
        _check(seed, *made)


def _check(seed: int, analysis: Analysis, found: Stream, network: Network) -> None:
    lines, slow = map_lines(network), Slow(network)
    assert found.chunk is not None
    assert found.chunk == lcm(*(line.stride.numerator for line in lines.values())), seed
    begun = max(found.first_output or 0, found.settled, first_samples(network, found.node, 2))
    begun = -(-begun // found.chunk) * found.chunk + found.chunk
    while any(oldest_read(node.reads[0], lines[node.name].final.up_to(begun)) < 0 for node in network.nodes):
        begun += found.chunk  # until no layer reads padding any more
    predicted = {buffer.node: buffer.positions for buffer in found.buffers}
    longest = {buffer.node: buffer.positions for buffer in buffers(network, lines, 1)}
    waits: list[Fraction] = []
    peak: dict[str, int] = {}
    steady = {node.name for node in network.nodes if node.padding_mode not in ("reflect", "replicate")}
    for samples in range(begun + 2 * found.chunk + 1):
        before = slow.final[found.node]
        slow.advance(samples)
        final = slow.final[found.node]
        assert first_samples(network, found.node, final) <= samples, seed
        assert samples < first_samples(network, found.node, final + 1), seed
        if samples < begun:
            continue
        assert {name: line.final.up_to(samples) for name, line in lines.items()} == slow.final, seed
        if samples > begun:
            waits.append(samples - before * lines[found.node].stride)
        kept = slow.kept({name: line.period for name, line in lines.items()})
        if len(steady) == len(network.nodes):
            if samples % found.chunk == 0:
                assert kept == predicted, seed
            peak = {name: max(peak.get(name, 0), kept.get(name, 0)) for name in {*peak, *kept}}
    assert max(waits) == found.latency, seed
    _check_fed(analysis, network, begun, seed)
    if len(steady) == len(network.nodes):
        assert peak == longest, seed
    _check_field(analysis, found, seed)


def _check_fed(analysis: Analysis, network: Network, begun: int, seed: int) -> None:
    """Chunks of another length: an output comes at the end of a chunk."""
    chunk = 1 + seed % 5
    found = stream(analysis, chunk=chunk)
    assert found.fed is not None
    assert found.chunk is not None
    assert found.hop is not None
    slow, waits = Slow(network), list[Fraction]()
    for stop in range(chunk, begun + 2 * lcm(found.chunk, chunk) + chunk, chunk):
        before = slow.final[found.node]
        slow.advance(stop)
        if stop >= begun + chunk and slow.final[found.node] > before:
            waits.append(stop - before * found.hop)
    assert max(waits) == found.fed.latency, seed


def _check_field(analysis: Analysis, found: Stream, seed: int) -> None:
    """The look-ahead is at least that of the field, which waits neither for outputs before nor for a crop's end."""
    reach = analysis.fields[found.node][0].reach if not analysis.network.input else None  # type: ignore[index]
    if reach is not None and not found.recurrent:
        assert found.history is not None
        assert found.history >= reach[0], seed
        assert max(0, found.lookahead or 0) >= reach[1], seed


def test_the_sample_holds_what_it_should() -> None:
    made = [one for seed in range(100) if (one := random_stream(seed)) is not None]
    assert len(made) > 30
    assert {found.causal for _, found, _ in made} == {True, False}
    assert len({found.chunk for _, found, _ in made}) > 4
    assert any(found.settled for _, found, _ in made)
    assert any(found.period and found.period > 2 for _, found, _ in made)

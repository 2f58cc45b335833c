"""Faults planted in rfscope, each of which the verification must catch: ``python -m tests.verification.faults``.

A fault changes what is claimed, or how it is worked out, and leaves the verifier alone. It is caught if the
verification of at least one network of the set says that something is not equal; an error is no catch. Without a fault
all are equal.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property, partial
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias
from unittest.mock import patch

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.field import Field, Interval
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Adaptive, Read, Resize, TransposedWindow, Whole, Window
from rfscope.verification import Verification, verify, verify_claim
from tests.verification.networks import Mode, node

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
    "schedule hole_free": "rfscope.exact.verdict:Schedule.hole_free",
    "schedule repair": "rfscope.exact.verdict:Schedule.repair",
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

Change: TypeAlias = Callable[[Any], Any]


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


# The networks


class Case(NamedTuple):
    """A network to verify: how it is read, and the module or the network that it is compared with beside its own.

    A slow one is run only for the faults that are named for it.
    """

    network: Callable[[], Network]
    input: tuple[int, ...] | None = None
    position: tuple[int, ...] | None = None
    against: Network | None = None
    module: Callable[[], Any] | None = None
    slow: bool = False

    def verify(self, change: Change) -> Verification:
        """Verify what is claimed of it, the claims changed."""
        found = change(analyze(self.network(), input=self.input, position=self.position))
        if self.against is not None:
            return verify_claim(self.against, [found.output], device="cpu")
        return verify(found, module=None if self.module is None else self.module(), device="cpu")


def up_and_down(dims: int, size: Read) -> Network:
    """Down by a strided SAME convolution, dilated, up again beside a path around, then one off-centre convolution."""
    nodes = [
        conv("stem", dims=dims),
        conv("down", kernel=4, stride=2, dims=dims, padding=(1, 1)),
        conv("inside", dilation=2, dims=dims),
        node("up", *[size] * dims, inputs=["inside"]),
        node("sum", *[Window()] * dims, inputs=["up", "stem"]),
        conv("head", kernel=2, padding=(1, 0), dims=dims),
    ]
    return assemble("up and down", nodes)


def branches() -> Network:
    """Dilated branches side by side, with holes between what they read, and a gate that sees everything."""
    nodes = [
        conv("stem", dilation=2, padding=(3, 1)),
        conv("a", dilation=3, inputs=["stem"]),
        conv("b", kernel=(3, 1), dilation=(5, 1), inputs=["stem"]),
        node("all", Whole(), Whole(), inputs=["stem"]),
        node("gate", Window(), Window(), inputs=["all"]),
        node("sum", Window(), Window(), inputs=["a", "b", "gate"]),
    ]
    return assemble("branches", nodes)


def line(*reads: Read) -> Network:
    """A chain of any reads along one axis."""
    return assemble("line", [node(f"n{at}", read) for at, read in enumerate(reads)])


SPEC = {
    "rfscope": 1,
    "dims": 1,
    "layers": [{"op": "conv", "kernel": 3, "dilation": 2, "padding": 1}, {"op": "conv", "kernel": 2, "stride": 2}],
}


def from_spec() -> Network:
    from json import dumps

    read_spec: Any = import_module("rfscope.readers.spec").read_spec
    return _network(read_spec(dumps(SPEC).encode(), file="net.json"))


def _network(read: Any) -> Network:
    return read if isinstance(read, Network) else read.network


def module() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=2, dilation=2), nn.ReLU(), nn.Conv2d(2, 1, 4, stride=2, padding=1)
    ).eval()


def from_module() -> Network:
    import rfscope

    return rfscope.analyze(module()).network


NETWORKS: Mapping[str, Case] = {
    "1,2,5": Case(lambda: chain([1, 2, 5])),
    "2,4,8": Case(lambda: chain([2, 4, 8])),
    "off-centre": Case(
        lambda: assemble("off", [conv("a", padding=(2, 0)), conv("b", stride=2, padding=(0, 3)), conv("c", dilation=3)])
    ),
    "60 layers": Case(lambda: chain([1] * 60, dims=1), slow=True),
    "branches": Case(branches),
    "branches, finite": Case(branches, (15, 18)),
    "U-shaped": Case(lambda: up_and_down(1, TransposedWindow(kernel=4, stride=2, padding=(1, 1)))),
    "U-shaped, finite": Case(lambda: up_and_down(2, Resize(mode="linear", scale=_two())), (16, 20), (3, 4)),
    "output padding": Case(
        lambda: line(Window(kernel=3, stride=2), TransposedWindow(kernel=3, stride=2, output_padding=1)),
        (13,),
    ),
    "SAME": Case(lambda: line(Window(kernel=4, padding="same"), Window(kernel=3, dilation=2)), None),
    "SAME with strides": Case(
        lambda: line(Window(kernel=4, stride=3, padding="same"), Window(kernel=3, stride=2, padding="same_lower")),
        (23,),
    ),
    "resized": Case(lambda: line(Window(kernel=3), Resize(mode="linear", size=17), Window(kernel=2)), (12,)),
    "corners": Case(lambda: line(Resize(mode="cubic", size=9, align_corners=True), Window(kernel=2)), (14,)),
    "nearest": Case(lambda: line(Resize(mode="nearest", size=7), Window(kernel=2)), (16,)),
    "pooled": Case(
        lambda: line(Window(kernel=2, stride=2, ceil_mode=True), Adaptive(4), Window(kernel=3, padding=(1, 1))), (21,)
    ),
    "reflected": Case(lambda: assemble("net", [replace(conv("a", dims=1), padding_mode="reflect")]), (9,), (0,)),
    "skipping": Case(lambda: line(Window(stride=3), Window(kernel=3, dilation=2, padding=(2, 2))), (20,)),
    "two outputs": Case(
        lambda: assemble("two", [conv("a", dims=1), conv("b", dims=1), conv("c", dims=1, dilation=4, inputs=["a"])],
                         outputs=["b", "c"])
    ),
    "spec": Case(
        from_spec,
        against=line(Window(kernel=3, dilation=2, padding=(1, 1)), Window(kernel=2, stride=2)),
    ),
    "module": Case(from_module, module=module, slow=True),
}  # fmt: skip


def _two() -> Any:
    from fractions import Fraction

    return Fraction(2)


# Ways to be wrong


def of_fields(change: Callable[[Field], Field], *, inner: bool = False) -> Change:
    """The fields of all nodes, or only of those before the outputs, changed."""

    def changed(analysis: Analysis) -> Analysis:
        fields = {
            name: tuple(map(change, seen))
            if isinstance(seen, tuple) and name != INPUT and not (inner and name in analysis.network.outputs)
            else seen
            for name, seen in analysis.fields.items()
        }
        return replace(analysis, fields=fields)

    return changed


def of_phases(change: Callable[[Interval], Interval], *, which: slice = slice(None)) -> Callable[[Field], Field]:
    """Some phases of a field changed."""

    def changed(field: Field) -> Field:
        chosen = set(range(field.period)[which])
        phases = (change(one) if at in chosen and one.size else one for at, one in enumerate(field.phases))
        return replace(field, phases=tuple(phases))

    return changed


def moved(by: int) -> Callable[[Interval], Interval]:
    return lambda one: Interval(one.size, None if one.start is None else one.start + by)


def larger(by: int) -> Callable[[Interval], Interval]:
    return lambda one: Interval(None if one.size is None else one.size + by, one.start)


def rotated(field: Field) -> Field:
    return replace(field, phases=(*field.phases[1:], field.phases[0]))


def last_for_all(field: Field) -> Field:
    return replace(field, phases=(field.phases[-1],) * field.period)


def of_sizes(which: int) -> Change:
    """The size of one map larger by one."""

    def changed(analysis: Analysis) -> Analysis:
        name = analysis.network.nodes[which].name
        sizes = dict(analysis.sizes or {})
        if sizes.get(name):
            sizes[name] = tuple(size + 1 for size in sizes[name] or ())
        return replace(analysis, sizes=sizes or None)

    return changed


def clipped_nowhere(analysis: Analysis) -> Analysis:
    """Outputs of a finite input as of an unbounded grid."""
    if analysis.sizes is None:
        return analysis
    outputs = tuple(replace(output, sizes=None) for output in analysis.outputs)
    found = replace(analysis)
    found.__dict__["outputs"] = outputs
    return found


def result(change: Callable[[Any], Any]) -> Change:
    """What a function returns, or a property is, changed; None stays as it is."""

    def made(right: Any) -> Any:
        def changed(*args: Any, **kwargs: Any) -> Any:
            found = right(*args, **kwargs)
            return found if found is None else change(found)

        return changed

    return made


def argument(change: Callable[[Any], Any]) -> Change:
    """The first argument of a function changed."""
    return lambda right: lambda first, *args, **kwargs: right(change(first), *args, **kwargs)


def count_at(where: float, by: int) -> Change:
    """One count changed, so far along the line of the first axis."""

    def changed(counts: Any) -> Any:
        if hasattr(counts, "factors"):
            first, *rest = counts.factors
            at = int(where * (len(first) - 1))
            return replace(counts, factors=((*first[:at], first[at] + by, *first[at + 1 :]), *rest))
        planes = counts.planes.copy()
        cell = tuple(int(where * (size - 1)) for size in counts.size)
        planes[(0, *cell)] += by
        return replace(counts, planes=planes)

    return result(changed)


def mirrored(counts: Any) -> Any:
    if hasattr(counts, "factors"):
        return replace(counts, factors=tuple(line[::-1] for line in counts.factors))
    axes = tuple(range(1, counts.planes.ndim))
    import numpy as np

    return replace(counts, planes=np.flip(counts.planes, axes))


def rounded(counts: Any) -> Any:
    """As if they had been kept in float64."""
    if not hasattr(counts, "factors"):
        return counts
    return replace(counts, factors=tuple(tuple(int(float(n)) for n in line) for line in counts.factors))


def wrapped(counts: Any) -> Any:
    """As if they had been kept in 64 bits."""
    if not hasattr(counts, "factors"):
        return counts
    return replace(counts, factors=tuple(tuple(n % 2**64 for n in line) for line in counts.factors))


def having(**changes: Callable[[Any], Any]) -> Change:
    """Fields of a record changed; those that are None stay."""

    def changed(record: Any) -> Any:
        new: dict[str, Any] = {
            name: change(old) for name, change in changes.items() if (old := getattr(record, name)) is not None
        }
        return record._replace(**new) if hasattr(record, "_replace") else replace(record, **new)

    return result(changed)


def each(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: tuple(None if value is None else change(value) for value in values)


def of_shares(change: Callable[[float], float], *, only: str | None = None) -> Change:
    def changed(shares: Any) -> Any:
        return tuple(
            {
                name: change(share) if share is not None and only in (None, name) else share
                for name, share in line.items()
            }
            for line in shares
        )

    return result(changed)


def of_reads(kind: type[Read], **changes: Any) -> Callable[[Any], Any]:
    """A read of some kind with other numbers."""

    def changed(read: Any) -> Any:
        return replace(read, **changes) if isinstance(read, kind) else read

    return changed


def without_dilation(read: Any) -> Any:
    return replace(read, dilation=1) if isinstance(read, Window | TransposedWindow) else read


def lower_for_upper(read: Any) -> Any:
    if isinstance(read, Window) and isinstance(read.padding, str):
        return replace(read, padding="same_lower" if read.padding == "same" else "same")
    return read


def other_mode(read: Any) -> Any:
    modes: dict[str, Mode] = {"nearest": "linear", "linear": "cubic", "cubic": "linear"}
    return replace(read, mode=modes[read.mode]) if isinstance(read, Resize) else read


def later(table: Any) -> Any:
    """Ranges that begin and end one later."""
    if not hasattr(table, "starts"):
        return table
    return replace(table, starts=tuple(at + 1 for at in table.starts), stops=tuple(at + 1 for at in table.stops))


def of_read_layers(change: Callable[[Any], Any]) -> Change:
    """What a reader makes: every read of every layer changed."""

    def changed(read: Any) -> Any:
        network = _network(read)
        nodes = tuple(replace(one, reads=tuple(map(change, one.reads))) for one in network.nodes)
        wrong = replace(network, nodes=nodes)
        return wrong if isinstance(read, Network) else read._replace(network=wrong)

    return result(changed)


def of_reader(change: Callable[[Any], Any]) -> Change:
    """What the reader of torch hands on for a layer."""

    def made(right: Any) -> Any:
        def changed(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
            return right(tracer, value, op, [change(read) for read in reads], shape, **details)

        return changed

    return made


def recentred(read: Any) -> Any:
    """A dense window for a dilated one that leaves all sizes as they are."""
    if not isinstance(read, Window) or not isinstance(read.padding, tuple) or read.dilation == 1:
        return read
    less = (read.kernel - 1) * (read.dilation - 1)
    return replace(read, dilation=1, padding=(read.padding[0] - less // 2, read.padding[1] - (less - less // 2)))


def shifted(read: Any) -> Any:
    if not isinstance(read, Window) or not isinstance(read.padding, tuple):
        return read
    return replace(read, padding=(read.padding[0] + 1, read.padding[1] - 1))


plus: Callable[[Any], Any] = lambda value: value + 1  # noqa: E731 - named for the table
minus: Callable[[Any], Any] = lambda value: value - 1  # noqa: E731

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

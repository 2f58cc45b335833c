"""Ways to be wrong: each makes the wrong claim, or the wrong function, from the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field, Interval
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Read, Resize, TransposedWindow, Window
from tests.verification.cases import network_of
from tests.verification.networks import Mode

Change: TypeAlias = Callable[[Any], Any]


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
        network = network_of(read)
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


def plus(value: Any) -> Any:
    return value + 1


def minus(value: Any) -> Any:
    return value - 1

"""Small pictures in signs, each computed by the engine: what is read, how often, and where two outputs meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.judged import judge
from rfscope.exact.safe import safe_rates
from rfscope.network.build import assemble, chain, conv, merge
from rfscope.network.graph import INPUT
from rfscope.text.rows import row_text
from rfscope.wording import rates_text

__all__ = ["distances", "grid", "indices", "overlap", "rows", "safe", "sawteeth", "shared", "side_by_side", "tree"]

Picture = Callable[[], str]

_READ, _NEVER = "#", "."


def _line(rates: Sequence[int], *, kernel: int = 3, stride: int = 1, causal: bool = False) -> Analysis:
    return analyze(chain(list(rates), kernel=kernel, stride=stride, dims=1, causal=causal))


def rows(*schedules: Sequence[int], counts: bool = True) -> Picture:
    """What one output reads along one axis, schedule by schedule; with counts, how often."""

    def draw() -> str:
        labels = [rates_text(rates) for rates in schedules]
        texts = [row_text(_line(rates).output.counts, 200) for rates in schedules]
        if not counts:
            texts = ["".join(_NEVER if sign == _NEVER else _READ for sign in text) for text in texts]
        across, label = max(map(len, texts)), max(map(len, labels))
        return _lines(f"{name:<{label}}  {text.center(across)}" for name, text in zip(labels, texts, strict=True))

    return draw


def grid(*schedules: Sequence[int]) -> Picture:
    """The pixels that one output reads, schedule beside schedule."""

    def draw() -> str:
        maps = []
        for rates in schedules:
            row = _line(rates).output.counts.row
            maps.append([" ".join(_READ if up and count else _NEVER for count in row) for up in row])
        tall = max(map(len, maps))
        widths = [len(one[0]) for one in maps]
        titles = [rates_text(rates).ljust(width) for rates, width in zip(schedules, widths, strict=True)]
        body = [
            "   ".join((one[at] if at < len(one) else "").ljust(width) for one, width in zip(maps, widths, strict=True))
            for at in range(tall)
        ]
        return _lines(["   ".join(titles), *body])

    return draw


def overlap(*schedules: Sequence[int]) -> Picture:
    """Two adjacent outputs a and b: what of the input only one reads, both (2), or neither."""

    def draw() -> str:
        lines = []
        for rates in schedules:
            reads = [count > 0 for count in _line(rates).output.counts.row]
            pairs = zip([*reads, False], [False, *reads], strict=True)
            lines.append((rates_text(rates), "".join(".ab2"[first + 2 * second] for first, second in pairs)))
        label, across = (max(len(line[part]) for line in lines) for part in (0, 1))
        return _lines(f"{name:<{label}}  {text.center(across)}" for name, text in lines)

    return draw


def shared(*schedules: Sequence[int]) -> Picture:
    """How many layers back two adjacent outputs have their first common input."""

    def draw() -> str:
        said = []
        for rates in schedules:
            met = _line(rates).output.meeting
            depth = None if met is None else met.depth
            said.append(f"{rates_text(rates):<8}{'no common input' if depth is None else f'{depth} back'}")
        return _lines(said)

    return draw


def indices(*schedules: Sequence[int]) -> Picture:
    """Schedules with their gridding index, and how often one output reads each pixel of a row."""

    def draw() -> str:
        judged = [judge(_line(rates).schedules[0].taps) for rates in schedules]
        texts = [row_text(_line(rates).output.counts, 200) for rates in schedules]
        across = max(map(len, texts))
        label = max(len(rates_text(rates)) for rates in schedules)
        return _lines(
            f"{rates_text(rates):<{label}}  {one.gridding_index:.2f}  {text.center(across)}"
            for rates, one, text in zip(schedules, judged, texts, strict=True)
        )

    return draw


def tree(rates: Sequence[int], *, kernel: int = 3, causal: bool = False) -> Picture:
    """What one output reads of each map, from the output back to the input."""

    def draw() -> str:
        maps = [("output", [1], 0)]
        for first in reversed(range(len(rates))):
            part = _line(rates[first:], kernel=kernel, causal=causal).output
            start = part.axes[0].start
            label = "input" if first == 0 else f"conv{first}"
            maps.append((label, list(part.counts.row), 0 if start is None else int(start)))
        left = min(start for _, _, start in maps)
        lines = []
        for label, row, start in maps:
            signs = "".join(_READ if count else _NEVER for count in row)
            lines.append(f"{label:<7} {' ' * (start - left)}{signs}")
        return _lines(lines)

    return draw


def side_by_side(rates: Sequence[int]) -> Picture:
    """What one output of parallel branches reads along a line, branch by branch and of all."""

    def draw() -> str:
        names = [f"rate {rate}" for rate in rates]
        branches = [conv(name, dilation=rate, dims=1, inputs=[INPUT]) for name, rate in zip(names, rates, strict=True)]
        together = analyze(assemble("pyramid", [*branches, merge("sum", names, dims=1)], dims=1))
        texts = [*(row_text(_line([rate]).output.counts, 200) for rate in rates), row_text(together.output.counts, 200)]
        across = max(map(len, texts))
        label = max(map(len, names))
        return _lines(
            f"{name:<{label}}  {''.join(_NEVER if sign == _NEVER else _READ for sign in text).center(across)}"
            for name, text in zip([*names, "all"], texts, strict=True)
        )

    return draw


def distances(*schedules: Sequence[int]) -> Picture:
    """M_1 .. M_n of schedules of 3 taps, and what the rule says of M_2."""

    def draw() -> str:
        said = []
        for rates in schedules:
            schedule = _line(rates).schedules[0]
            steps = [f"M_{number} = {distance}" for number, distance in enumerate(schedule.distances, start=1)]
            sign, says = ("<=", "pass") if schedule.m2_ok else (">", "fail")
            said.append(f"{rates_text(rates):<7} {', '.join(reversed(steps))}: {schedule.m2} {sign} 3: {says}")
        return _lines(said)

    return draw


def safe(rates: Sequence[int]) -> Picture:
    """The safe rates of each layer of a schedule."""

    def draw() -> str:
        said = [f"{rates_text(rates)}"]
        for number, (rate, found) in enumerate(zip(rates, safe_rates(_line(rates).schedules[0].taps), strict=True), 1):
            text = "none" if found is None else str(found[0]) if found[0] == found[1] else f"{found[0]} to {found[1]}"
            said.append(f"conv{number}  rate {rate}  safe rates: {text}")
        return _lines(said)

    return draw


def sawteeth(rates: Sequence[int]) -> Picture:
    """The rates of a schedule as columns."""

    def draw() -> str:
        heights = range(max(rates), 0, -1)
        bars = [f"{height}  {'  '.join(_READ if rate >= height else ' ' for rate in rates)}" for height in heights]
        return _lines([*bars, f"   {'  '.join(map(str, rates))}"])

    return draw


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip() for line in lines)

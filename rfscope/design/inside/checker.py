"""Checks what ``suggest TARGET --change --json`` wrote, from nothing but the graph that stands in it.

It shares no code with the search: fields and holes are found by going back from one output with sets of positions, for
every choice of rates up to the largest, as far as these are few. It covers networks of windows (no up-sampling) on the
unbounded grid, and says what it does not cover.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

__all__ = ["check_inside"]

_CHOICES = 20_000
"""Choices of rates that are gone through."""

_WIDEST = 2**16
"""Positions of the widest field."""

_PROOFS = {
    "optimal": ("all",),
    "best-found": ("all", "some"),
    "infeasible": ("all",),
    "computed": ("computed",),
}
"""What must have been done for what is claimed; of those gone through, some may not have been judged."""

_FIVE = 5  # numbers that say what a layer reads: kernel, stride, dilation, padding before and after


def check_inside(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """Each claim, and whether it holds.

    Raises:
        KeyError, TypeError, ValueError, IndexError: It is no answer of suggest.
    """
    yield from _claimed(data)
    graph = _Graph(data)
    if not graph.covered:
        yield True, "the network has layers that are no windows: nothing was checked"
        return
    now = graph.fields(data["now"]["rates"])
    yield now == [*data["now"]["field"]], f"the network now sees {_size(now)}"
    for answer in data["answers"]:
        yield from _answer(data, graph, answer)
    if data["certificate"]["method"] == "all":
        yield from _all(data, graph)
    yield True, "verdicts, common inputs and lint findings are those of the engine: not checked"
    yield True, "the order of the answers, and the padding of their edits, are not checked"


def _claimed(data: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    """That what is claimed, what was done for it, and what is given go together."""
    claim, answers = data["certificate"], data["answers"]
    sound = any(answer["verdict"] not in ("holes", "gridding") for answer in answers)
    right = data["feasible"] == (sound or (bool(answers) and data["keep_reads"] is not None))
    right &= claim["claim"] != "infeasible" or not answers
    yield right, f"it claims {claim['claim']}, and gives {len(answers)} choices of rates"
    yield claim["method"] in _PROOFS[claim["claim"]], f"it claims {claim['claim']} by the method {claim['method']}"
    if claim["method"] == "all":
        examined, many = claim["examined"], claim["combinations"]
        yield examined == many, f"it claims that all were examined: {examined:,} of {many:,}"


def _answer(data: Mapping[str, Any], graph: _Graph, answer: Mapping[str, Any]) -> Iterator[tuple[bool, str]]:
    rates, wish = [int(rate) for rate in answer["rates"]], data["wish"]
    text = ",".join(map(str, rates))
    seen = graph.fields(rates)
    yield seen == [*answer["field"]], f"{text}: sees {_size(seen)}"
    yield graph.allowed(rates), f"{text}: layers that are tied have one rate"
    yield _fits(wish, seen), f"{text} has the wished field"
    moved = sum(abs(new - layer["rate"]) for new, layer in zip(rates, data["layers"], strict=True))
    yield moved == answer["distance"], f"{text}: {moved} steps away"
    if answer["verdict"] not in ("holes", None):
        yield not graph.skips(rates), f"{text}: every pixel of the field is read"
    edited = {edit["node"]: edit for edit in answer["edits"]}
    for layer, rate in zip(data["layers"], rates, strict=True):
        edit = edited.get(layer["node"])
        told = rate == layer["rate"] if edit is None else rate in edit["dilation"]
        yield told, f"{text}: the edit of {layer['node']} says rate {rate}"


def _all(data: Mapping[str, Any], graph: _Graph) -> Iterator[tuple[bool, str]]:
    """That so many choices have the field, these, and that no field is nearer to the wished one."""
    wish, claim, bounds = data["wish"], data["certificate"], data["bounds"]
    ranges = [range(low, high + 1) for low, high in zip(bounds["smallest_rates"], bounds["largest_rates"], strict=True)]
    many = prod(map(len, ranges))
    yield many == claim["combinations"], f"there are {many:,} choices of rates up to the largest"
    for number, largest in enumerate(bounds["largest_rates"]):
        if wish["max_rate"] is None and largest > bounds["smallest_rates"][number]:
            beyond = [largest + 1 if place == number else low for place, low in enumerate(bounds["smallest_rates"])]
            seen, nearest = graph.fields(graph.spread(beyond)), data["field"] or wish["field"]
            passes = (min if wish["how"] == "at-least" else max)(seen) > nearest
            yield passes, f"rate {largest + 1} in the place {number + 1} passes the field by itself"
    if many > _CHOICES or wish["keep_order"]:
        yield True, "there are too many choices to go through, or an order to keep: their number is not checked"
        return
    found: dict[int, list[tuple[int, ...]]] = {}
    for chosen in product(*ranges):
        seen = graph.fields(graph.spread(chosen))
        if _fits(wish, seen):
            found.setdefault(max(seen) if wish["how"] == "at-most" else min(seen), []).append(chosen)
    best = (max if wish["how"] == "at-most" else min)(found, default=None)
    rows = found.get(best or 0, [])
    said = "no choice of rates has the wished field" if best is None else f"the nearest field that can be had is {best}"
    yield best == data["field"], said
    yield len(rows) == claim["candidates"], f"{len(rows):,} choices of rates have it"
    if claim["digest"] is not None:
        numbers = [number for row in sorted(rows) for number in row]
        digest = hashlib.sha256(struct.pack(f"<{len(numbers)}i", *numbers)).hexdigest()
        yield digest == claim["digest"], "they are those that were compared, by their digest"


def _fits(wish: Mapping[str, Any], seen: Sequence[int]) -> bool:
    wanted, how = wish["field"], wish["how"]
    if wanted is None:
        return True
    return all({"exactly": one == wanted, "at-least": one >= wanted}.get(how, one <= wanted) for one in seen)


def _size(size: Sequence[int]) -> str:
    return "x".join(map(str, size))


class _Graph:
    """The network, and which of its layers change."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        network = data["network"]
        self.nodes, self.output = network["nodes"], network["output"]
        self.axes = range(int(network["dims"]))
        self.layers = data["layers"]
        self.place = {name: place for place, layer in enumerate(self.layers) for name in layer["uses"]}
        self.pads = {name: place for place, layer in enumerate(self.layers) for name in layer["padded_by"]}
        reads = [read for node in self.nodes for read in node["reads"]]
        self.covered = all(isinstance(read, list) and len(read) == _FIVE for read in reads)
        self.kernel = {node["name"]: [read[0] for read in node["reads"]] for node in self.nodes if self.covered}
        self.rate = {node["name"]: [read[2] for read in node["reads"]] for node in self.nodes if self.covered}

    def spread(self, chosen: Sequence[int]) -> list[int]:
        return [int(chosen[layer["number"]]) for layer in self.layers]

    def allowed(self, rates: Sequence[int]) -> bool:
        """Whether layers of one number have one rate."""
        return len({(layer["number"], rate) for layer, rate in zip(self.layers, rates, strict=True)}) == len(
            {layer["number"] for layer in self.layers}
        )

    def _read(self, node: Mapping[str, Any], axis: int, rates: Sequence[int]) -> tuple[int, int, int, int]:
        """Kernel, stride, rate and padding before of a layer."""
        name = node["name"]
        kernel, stride, dilation, before, after = node["reads"][axis]
        if name in self.pads:  # the size of the map stays as it is
            place = self.pads[name]
            use = self.layers[place]["uses"][self.layers[place]["padded_by"].index(name)]
            taps, old = self.kernel[use][axis], self.rate[use][axis]
            if taps > 1:
                more = (taps - 1) * (rates[place] - old)
                whole = before + after == (taps - 1) * old and min(before, after) >= 0
                before = before * rates[place] // old if whole else before + more // 2
        if name in self.place and kernel > 1:
            dilation = rates[self.place[name]]
        return kernel, stride, dilation, before

    def fields(self, rates: Sequence[int]) -> list[int]:
        """The size of what output 0 sees, along each axis."""
        return [self._ends(axis, rates) for axis in self.axes]

    def _ends(self, axis: int, rates: Sequence[int]) -> int:
        """From the first position that is read to the last: these alone are followed back."""
        ends = {self.output: (0, 0)}
        for node in reversed(self.nodes):
            if node["name"] in ends:
                kernel, stride, rate, before = self._read(node, axis, rates)
                low, high = ends[node["name"]]
                low, high = low * stride - before, high * stride - before + (kernel - 1) * rate
                for source in node["inputs"]:
                    first, last = ends.get(source, (low, high))
                    ends[source] = min(low, first), max(high, last)
        low, high = ends["input"]
        return high - low + 1

    def skips(self, rates: Sequence[int]) -> bool:
        """Whether output 0 reads not all of the positions that it spans, along some axis."""
        return any(self._gaps(axis, rates) for axis in self.axes)

    def _gaps(self, axis: int, rates: Sequence[int]) -> bool:
        used: dict[str, set[int]] = {self.output: {0}}
        for node in reversed(self.nodes):
            if node["name"] in used:
                kernel, stride, rate, before = self._read(node, axis, rates)
                places = used[node["name"]]
                if len(places) * kernel > _WIDEST:
                    raise ValueError("a field that is too wide")
                here = {place * stride - before + tap * rate for place in places for tap in range(kernel)}
                for source in node["inputs"]:
                    used.setdefault(source, set()).update(here)
        image = used["input"]
        return len(image) != max(image) - min(image) + 1

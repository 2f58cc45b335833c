"""The schedule without holes that is nearest to given rates, by the sum of the steps from rate to rate.

Three ways, each exact, that check each other in the tests. A search that deepens step by step finds all that are
equally near, and is quick where little has to change. Where much has, layers of one kernel are an integer program,
``r_i <= 1 + (k - 1) (r_1 + ... + r_(i-1))`` with rates rising on both sides, which scipy solves if it is installed. A
dynamic program over how many layers of each kernel are placed, and the field so far, needs nothing. Whatever was
found is checked in integers before it is returned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from math import ceil
from time import monotonic
from typing import TypeAlias

from rfscope import limits
from rfscope.design.certificate import Certificate, Solver
from rfscope.design.changes import Changed, OutOfReach, Search
from rfscope.design.strides import on_input
from rfscope.errors import LimitError
from rfscope.exact.gridding import gridding_index
from rfscope.exact.meeting import meeting
from rfscope.exact.taps import Taps, extent_of, hole_free
from rfscope.network.reads import Window

__all__ = ["Bounds", "Nearest", "by_integer_program", "by_placing", "by_search", "distance", "nearest", "nearest_rates"]

_Linked: TypeAlias = "tuple[_Linked, Changed] | None"
"""The layers placed so far, the last one first."""

_Fewest: TypeAlias = dict[tuple[tuple[int, ...], int], tuple[int, _Linked]]
"""For so many placed layers of each kernel and a field: the fewest changes, and the layers."""

_STEPS = 20_000
"""Layers that the search may try, some tenths of a second."""

_FEW_STEPS = 1_000

_DEEPEST = 200
"""Layers of the longest schedule that is searched: it goes one call deeper for each."""

_PROGRAMMED = 200
"""Layers of the longest schedule that is made an integer program, whose matrix grows with their square."""

_SECONDS = 20
"""How long a solver may take."""

_ALMOST = 1e-6
"""How far a bound in floating point may be above the truth."""

_COMPARED = 200
"""Schedules that are equally near of which the best is looked for."""


@dataclass(frozen=True)
class Bounds:
    """What else is asked of the nearest schedule.

    Attributes:
        least: The smallest field.
        most: The largest field; None if any will do.
        max_rate: The largest rate; None if any will do.
        lowers: Whether a rate may become smaller.
    """

    least: int = 1
    most: int | None = None
    max_rate: int | None = None
    lowers: bool = True

    def hold(self, taps: Sequence[Taps], strides: Sequence[int] = ()) -> bool:
        """Whether a schedule is within them."""
        field, largest = (
            extent_of(on_input(taps, strides)),
            max((layer.rate for layer in taps if layer.kernel > 1), default=1),
        )
        return self.least <= field <= (field if self.most is None else self.most) and largest <= (
            largest if self.max_rate is None else self.max_rate
        )


@dataclass(frozen=True)
class Nearest:
    """A schedule without holes near to a given one.

    Attributes:
        taps: Kernel and rate of each layer, in the order of the given one.
        distance: Steps of rates between them.
        certificate: How it is known that none is nearer.
    """

    taps: tuple[Taps, ...]
    distance: int
    certificate: Certificate


def nearest(taps: Sequence[Taps], bounds: Bounds | None = None) -> Nearest | None:
    """Find the nearest schedule without holes; None if there is none within the bounds.

    Of those equally near it is, if they could all be found, the one whose adjacent outputs meet first, then the most
    even, then the widest.

    Raises:
        LimitError: It takes more steps than the limit ``candidates``.

    Example:
        >>> found = nearest([Taps(3, 1), Taps(3, 2), Taps(3, 9)])
        >>> [rate for _, rate in found.taps], found.distance
        ([1, 3, 9], 1)
    """
    bounds = bounds or Bounds()
    with suppress(OutOfReach):
        return by_search(taps, bounds)
    alike = len({layer.kernel for layer in taps if layer.kernel > 1}) == 1 and len(taps) <= _PROGRAMMED
    if alike and find_spec("scipy") is not None:
        return by_integer_program(taps, bounds)
    return by_placing(taps, bounds)


def distance(taps: Sequence[Taps], other: Sequence[Taps]) -> int:
    """The steps of rates from one schedule to another of the same layers.

    Example:
        >>> distance([Taps(3, 1), Taps(3, 2), Taps(3, 9)], [Taps(3, 1), Taps(3, 3), Taps(3, 8)])
        2
    """
    return sum(abs(one.rate - two.rate) for one, two in zip(taps, other, strict=True))


def nearest_rates(taps: Sequence[Taps]) -> tuple[int, ...] | None:
    """The rates of the nearest schedule without holes; None if they are not found in some milliseconds.

    Example:
        >>> nearest_rates([Taps(3, 1), Taps(3, 2), Taps(3, 9)])
        (1, 3, 9)
    """
    with suppress(OutOfReach):
        found = by_search(taps, Bounds(), _FEW_STEPS)
        return None if found is None else tuple(rate for _, rate in found.taps)
    return None


def by_search(taps: Sequence[Taps], bounds: Bounds, steps: int | None = None) -> Nearest | None:
    """All that are equally near are found, step by step.

    Raises:
        OutOfReach: It takes too many steps, or goes too deep.
    """
    if len(taps) > _DEEPEST:
        raise OutOfReach
    search = Search(
        taps,
        _STEPS if steps is None else steps,
        least=bounds.least,
        most=bounds.most,
        max_rate=bounds.max_rate,
        lowers=bounds.lowers,
    )
    alike = next(search.by_distance(), None)
    if alike is None:
        return None
    found = min((_written(taps, layers) for layers in alike[:_COMPARED]), key=_price)
    return _checked(taps, found, bounds, Certificate(claim="optimal", method="deepening", examined=len(alike)))


def _price(taps: tuple[Taps, ...]) -> tuple[int, int, int, tuple[Taps, ...]]:
    met = meeting([Window(kernel=kernel, dilation=rate) for kernel, rate in taps])
    return met.isolated, round(100 * gridding_index(taps)), -extent_of(taps), taps


def _written(taps: Sequence[Taps], layers: Sequence[Changed]) -> tuple[Taps, ...]:
    """A changed schedule in the order of the given one."""
    found = list(taps)
    for layer in layers:
        if layer.place is not None:
            found[layer.place] = Taps(layer.kernel, layer.rate)
    return tuple(found)


def _checked(
    taps: Sequence[Taps],
    found: tuple[Taps, ...],
    bounds: Bounds,
    certificate: Certificate,
    said: int | None = None,
    strides: Sequence[int] = (),
) -> Nearest:
    """What was found, once it holds in integers."""
    apart = distance(taps, found)
    falls = any(one.rate > other.rate for one, other in zip(taps, found, strict=True))
    kept = bounds.hold(found, strides) and (bounds.lowers or not falls)
    if not hole_free(on_input(found, strides)) or not kept or apart != (apart if said is None else said):
        raise AssertionError(f"{found} was found near {taps}, and is not what it should be")
    return Nearest(found, apart, certificate)


def by_integer_program(taps: Sequence[Taps], bounds: Bounds) -> Nearest | None:
    """Layers of one kernel, by HiGHS in scipy: an integer program in the rates and their distances."""
    import numpy as np
    import scipy
    from scipy.optimize import Bounds as Limits
    from scipy.optimize import LinearConstraint, milp

    order = sorted((place for place in range(len(taps)) if taps[place].kernel > 1), key=lambda at: taps[at].rate)
    many, step = len(order), taps[order[0]].kernel - 1
    wanted = np.array([taps[place].rate for place in order], float)
    rows, lows, highs = [], [], []

    def add(rates: np.ndarray[tuple[int, ...], np.dtype[np.float64]], apart: object, low: float, high: float) -> None:
        rows.append(np.concatenate([rates, np.asarray(apart, float)]))
        lows.append(low)
        highs.append(high)

    unit, none = np.eye(many), np.zeros(many)
    for index in range(many):
        reached = unit[index] - step * (np.arange(many) < index)
        add(reached, none, -np.inf, 1)  # at most the field so far
        if index:
            add(unit[index] - unit[index - 1], none, 0, np.inf)  # rates rise
        add(unit[index], -unit[index], -np.inf, wanted[index])  # the distance, above and below
        add(unit[index], unit[index], wanted[index], np.inf)
    most = np.inf if bounds.most is None else bounds.most - 1
    add(np.full(many, float(step)), none, bounds.least - 1, most)
    largest = np.inf if bounds.max_rate is None else bounds.max_rate
    smallest = np.ones(many) if bounds.lowers else wanted
    solved = milp(
        np.concatenate([none, np.ones(many)]),
        integrality=np.ones(2 * many),
        bounds=Limits(
            np.concatenate([smallest, none]),
            np.concatenate([np.full(many, largest), none + np.inf]),
        ),
        options={"time_limit": _SECONDS, "mip_rel_gap": 0.0},
        constraints=LinearConstraint(np.array(rows), np.array(lows), np.array(highs)),
    )
    if solved.status == 2:  # infeasible
        return None
    if not solved.success or round(solved.fun) > ceil(solved.mip_dual_bound - _ALMOST):  # a nearer one is not excluded
        return by_placing(taps, bounds)
    found = list(taps)
    for place, rate in zip(order, np.round(solved.x[:many]).astype(int).tolist(), strict=True):
        found[place] = Taps(taps[place].kernel, rate)
    solver = Solver(
        f"HiGHS in scipy {scipy.__version__}", "optimal", float(solved.mip_gap), float(solved.mip_dual_bound)
    )
    certificate = Certificate(claim="optimal", method="milp", solver=solver)
    return _checked(taps, tuple(found), bounds, certificate, round(solved.fun))


def by_placing(taps: Sequence[Taps], bounds: Bounds, strides: Sequence[int] = ()) -> Nearest | None:
    """A dynamic program: the fewest changes with which so many layers of each kernel reach a field.

    In some order each rate is at most the field so far; among layers of one kernel the rates keep their order. With
    strides, that is among those behind the same of them, and what is read is what is read of the input.

    Raises:
        LimitError: It takes more steps than the limit ``candidates``, or longer than ``search-seconds``.
    """
    jumps = [layer.rate for layer in on_input([Taps(kernel, 1) for kernel, _ in taps], strides)]
    places: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in sorted(range(len(taps)), key=lambda place: taps[place].rate):
        if taps[place].kernel > 1:
            places[taps[place].kernel, jumps[place]].append(place)
    fewest: _Fewest = {((0,) * len(places), 1): (0, None)}
    steps, end = 0, monotonic() + limits.limit("search-seconds")
    for _ in range(sum(map(len, places.values()))):
        fewest, steps = _one_more(taps, bounds, list(places.items()), fewest, steps)
        if monotonic() > end:
            do = "give fewer layers or smaller rates, or more time with --limit search-seconds=N"
            raise LimitError("no time to find the nearest schedule", where="the rates to be near to", do=do)
    whole = [found for (_, reach), found in fewest.items() if reach >= bounds.least]
    if not whole:
        return None
    changes, linked = min(whole, key=lambda found: found[0])
    layers = []
    while linked is not None:
        linked, layer = linked
        layers.append(layer)
    certificate = Certificate(claim="optimal", method="dynamic-program", examined=steps)
    return _checked(taps, _written(taps, layers), bounds, certificate, changes, strides)


def _one_more(
    taps: Sequence[Taps],
    bounds: Bounds,
    classes: Sequence[tuple[tuple[int, int], list[int]]],
    fewest: _Fewest,
    steps: int,
) -> tuple[_Fewest, int]:
    """The fewest changes with one layer more placed, and the steps taken so far."""
    needed = (taps[place].rate * jump for (_, jump), places in classes for place in places)
    enough = max(bounds.least, *needed)  # where any field will do, wider ones are alike
    longer: _Fewest = {}
    for (placed, reach), (changes, layers) in fewest.items():
        for number, ((kernel, jump), places) in enumerate(classes):
            if placed[number] == len(places):
                continue
            place = places[placed[number]]
            after = (*placed[:number], placed[number] + 1, *placed[number + 1 :])
            largest = min(reach // jump, bounds.max_rate or reach)
            if bounds.most is not None:
                largest = min(largest, (bounds.most - reach) // ((kernel - 1) * jump))
            smallest = 1 if bounds.lowers else taps[place].rate
            steps += max(0, largest - smallest + 1)
            limits.check("candidates", 4 * steps, where="the nearest schedule")  # a step takes some microseconds
            for rate in range(smallest, largest + 1):
                wider = reach + (kernel - 1) * jump * rate
                state = (after, min(wider, enough) if bounds.most is None else wider)
                apart = changes + abs(rate - taps[place].rate)
                if state not in longer or apart < longer[state][0]:
                    longer[state] = apart, (layers, Changed(place, kernel, rate))
    return longer, steps

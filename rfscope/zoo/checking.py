"""Printed numbers compared with computed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from rfscope.exact.analysis import Analysis, analyze
from rfscope.zoo.entry import PrintedNumber, ZooEntry
from rfscope.zoo.quantities import compute

__all__ = ["CheckedEntry", "agree", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedEntry:
    """An entry of the zoo, its numbers computed.

    Attributes:
        name, source, year, printed, derived, note: The entry's.
        analysis: Of its network.
        computed: Every printed and derived quantity, from the analysis of the network.
        agrees: Whether all of them are as expected.
    """

    name: str
    source: str
    year: int | None
    analysis: Analysis
    printed: Mapping[str, PrintedNumber]
    derived: Mapping[str, PrintedNumber]
    computed: Mapping[str, PrintedNumber]
    agrees: bool
    note: str


def check(entry: ZooEntry) -> CheckedEntry:
    """Compute all that is known of a published network.

    Example:
        >>> from rfscope.zoo import entries
        >>> found = check(entries()[0])
        >>> found.name, found.computed["field"], found.agrees
        ('hdc-2-2-2', 13, True)
    """
    network, provenance = entry.found()
    analysis = analyze(network, provenance=provenance)
    expected = {**entry.printed, **entry.derived}
    computed = {quantity: compute(analysis, quantity) for quantity in expected}
    return CheckedEntry(
        name=entry.name,
        source=entry.source,
        year=entry.year,
        analysis=analysis,
        printed=entry.printed,
        derived=entry.derived,
        computed=computed,
        agrees=all(agree(value, computed[quantity]) for quantity, value in expected.items()),
        note=entry.note,
    )


def agree(printed: PrintedNumber, computed: PrintedNumber) -> bool:
    """Whether a computed value is the printed one, to the digits that are printed.

    Example:
        >>> agree(0.6649, 0.66485207), agree(0.6649, 0.6651), agree(569, 568.74), agree(419, 224)
        (True, False, True, False)
    """
    if isinstance(computed, float) and isinstance(printed, int | float):
        digits = -int(Decimal(repr(printed)).as_tuple().exponent)
        return round(computed, digits) == printed
    return printed == computed

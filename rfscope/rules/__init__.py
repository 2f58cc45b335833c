"""The design rules: one file a rule, listed here in the order of their codes.

How to add a rule: write a file here with a function under ``@rule``, whose docstring is its manual page; import it
below, and add it to ``RULES``. Its page in ``docs/rules.md`` follows from that.

How to add a threshold: declare it in the ``thresholds`` of the rule, and take it in its check as a keyword of the same
name. The option of ``rfscope lint``, the key of configurations and the keyword of ``rfscope.lint`` follow from that.
"""

from __future__ import annotations

from collections.abc import Iterable

from rfscope.errors import RfscopeError, near, shorten
from rfscope.rules.base import LEVELS as LEVELS
from rfscope.rules.base import Finding as Finding
from rfscope.rules.base import Level as Level
from rfscope.rules.base import Page as Page
from rfscope.rules.base import Rule as Rule
from rfscope.rules.base import Suppression as Suppression
from rfscope.rules.base import Threshold as Threshold
from rfscope.rules.common_factor import common_factor
from rfscope.rules.data_dependent_reads import data_dependent_reads
from rfscope.rules.empty_output import empty_output
from rfscope.rules.field_below_minimum import field_below_minimum
from rfscope.rules.field_beyond_input import field_beyond_input
from rfscope.rules.gridding_index import gridding_index
from rfscope.rules.hdc_max_distance import hdc_max_distance
from rfscope.rules.holes import holes
from rfscope.rules.idle_dilation import idle_dilation
from rfscope.rules.kernel_beyond_map import kernel_beyond_map
from rfscope.rules.latency_above_maximum import latency_above_maximum
from rfscope.rules.looks_ahead import looks_ahead
from rfscope.rules.misaligned_merge import misaligned_merge
from rfscope.rules.no_sawtooth import no_sawtooth
from rfscope.rules.reads_differ import reads_differ
from rfscope.rules.size_off_lattice import size_off_lattice
from rfscope.rules.sparse_pyramid import sparse_pyramid
from rfscope.rules.stride_skips_input import stride_skips_input
from rfscope.rules.uneven_overlap import uneven_overlap
from rfscope.rules.unknown_operation import unknown_operation
from rfscope.rules.unused_suppression import unused_suppression

__all__ = [
    "LEVELS",
    "RULES",
    "THRESHOLDS",
    "Finding",
    "Level",
    "Page",
    "Rule",
    "Suppression",
    "Threshold",
    "check_thresholds",
    "find_rule",
    "unknown_rule",
]

RULES: tuple[Rule, ...] = (
    holes,
    common_factor,
    hdc_max_distance,
    no_sawtooth,
    gridding_index,
    sparse_pyramid,
    field_below_minimum,
    field_beyond_input,
    kernel_beyond_map,
    looks_ahead,
    latency_above_maximum,
    size_off_lattice,
    stride_skips_input,
    uneven_overlap,
    misaligned_merge,
    reads_differ,
    idle_dilation,
    empty_output,
    unknown_operation,
    data_dependent_reads,
    unused_suppression,
)

THRESHOLDS: tuple[Threshold, ...] = tuple(threshold for known in RULES for threshold in known.thresholds)
"""The numbers that users set."""


def check_thresholds(given: Iterable[str]) -> None:
    """Refuse names that are no threshold's.

    Raises:
        RfscopeError: There is one.
    """
    known = [threshold.name for threshold in THRESHOLDS]
    for name in given:
        if name not in known:
            raise RfscopeError("unknown threshold", got=repr(name), expected="one of " + ", ".join(known))


def find_rule(key: str) -> Rule:
    """The rule with that code or name, in any case.

    Raises:
        RfscopeError: There is none.

    Example:
        >>> find_rule("common-factor").code
        'RFS102'
    """
    for known in RULES:
        if key.lower() in (known.code.lower(), known.name):
            return known
    raise unknown_rule(key)


def unknown_rule(key: str, where: str | None = None) -> RfscopeError:
    """The error for what is no rule's code or name, with a hint at the one that was meant."""
    names = [name for known in RULES for name in (known.code, known.name)]
    close = near(key, names)
    do = f"did you mean {close!r}?" if close else "see rfscope rule"
    return RfscopeError("unknown rule", where=where, got=shorten(key), expected="a rule's code or name", do=do)

"""Merges to which a map is padded or cropped."""

from __future__ import annotations

import pytest

from rfscope.exact.fitted import fitted
from rfscope.network.build import assemble, conv, merge, pool, transposed_conv
from rfscope.network.graph import Network


def made(before: int, after: int, *, stride: int = 2) -> Network:
    """Down and up again, made to fit, and joined with the input."""
    return assemble(
        [
            pool("down", kernel=stride, stride=stride, dims=1),
            transposed_conv("up", kernel=stride, stride=stride, dims=1),
            conv("fit", kernel=1, padding=(before, after), dims=1),
            conv("same", kernel=1, dims=1),
            merge("sum", ["input", "same"], dims=1),
        ]
    )


@pytest.mark.parametrize(("before", "after", "found"), [
    (0, 1, 1), (1, 1, 1), (-1, 0, 1), (0, 0, 0), (-2, -2, 0),
])  # fmt: skip
def test_unlike_ways(before: int, after: int, found: int) -> None:
    """Padded at all, or cropped on one side more than on the other; what reads its own position may stand between."""
    assert [(one.merge, one.by, one.before, one.after) for one in fitted(made(before, after), 0)] == [
        ("sum", "fit", before, after)
    ] * found


def test_branches_of_one_way_are_meant_so() -> None:
    """The crop of a causal block, and padding of a branch that went neither down nor up."""
    causal = assemble(
        [
            transposed_conv("up", kernel=4, stride=2, dims=1),
            conv("trim", kernel=1, padding=(0, -2), dims=1),
            conv("body", kernel=3, padding=(2, 2), dims=1),
            conv("chomp", kernel=1, padding=(0, -2), dims=1),
            merge("sum", ["trim", "chomp"], dims=1),
        ]
    )
    assert list(fitted(causal, 0)) == []
    assert list(fitted(made(0, 0, stride=1), 0)) == []

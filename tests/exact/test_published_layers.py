"""The published rules are about convolutions: pooling is no part of them, and counts in the exact test."""

from __future__ import annotations

import pytest

import rfscope as rf
from rfscope.exact.pieces import Piece
from rfscope.network.build import assemble, conv, pool
from rfscope.network.graph import Node


def schedule(*nodes: Node) -> Piece:
    return rf.analyze(assemble("net", nodes)).schedules[0]


def pooling(kernel: int) -> Node:
    return pool("pool", kernel=kernel, padding=((kernel - 1) // 2, kernel // 2))


def rate(name: str, value: int) -> Node:
    return conv(name, dilation=value)


def test_a_pool_is_in_no_group() -> None:
    found = schedule(pooling(2), rate("a", 4))
    assert found.rates == (1, 4)
    assert [group.rates for group in found.groups] == [(4,)]
    assert (found.m2, found.m2_ok, found.agrees) == (None, None, None)
    assert "RFS103" not in {finding.code for finding in rf.lint(assemble("net", [pooling(2), rate("a", 4)]))}


def test_the_kernel_is_that_of_the_first_convolution() -> None:
    found = schedule(pooling(2), rate("a", 1), rate("b", 2), rate("c", 3))
    [group] = found.groups
    assert (group.first, group.places, group.rates, group.kernel) == (1, (1, 2, 3), (1, 2, 3), 3)


def test_a_pool_between_parts_no_group() -> None:
    [group] = schedule(rate("a", 2), pooling(3), rate("b", 4), rate("c", 8)).groups
    assert (group.places, group.rates) == ((0, 2, 3), (2, 4, 8))


def test_a_pool_fills_holes_and_shares_no_factor() -> None:
    found = schedule(pooling(3), rate("a", 2), rate("b", 4))
    assert found.factor == 2
    assert found.hole_free
    assert not schedule(rate("x", 2), rate("a", 2), rate("b", 4)).hole_free


@pytest.mark.parametrize(("rates", "m2"), [((1, 2, 9), 5), ((1, 2, 5), 2)])
def test_the_finding_names_the_convolution(rates: tuple[int, ...], m2: int) -> None:
    layers = [pooling(2), *(rate(f"r{value}", value) for value in rates)]
    found = schedule(*layers)
    assert found.m2 == m2
    blamed = {finding.node for finding in rf.lint(assemble("net", layers)) if finding.code == "RFS103"}
    assert blamed <= {"r2"}

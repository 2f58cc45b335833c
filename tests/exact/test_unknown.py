"""Operations that were not analyzed: named, left out, and never taken for the identity."""

from __future__ import annotations

import pytest

import rfscope as rf
from rfscope.errors import NetworkError
from rfscope.exact.fields import AllGlobal
from rfscope.network.reads import Unknown
from rfscope.readers.spec import read_spec

SPEC = b"""
rfscope = 1
dims = 1
[[layers]]
op = "conv"
kernel = 3
[[layers]]
op = "mystery"
name = "m"
wobble = 3
[[layers]]
op = "conv"
kernel = 5
"""

BESIDE = b"""
[[layers]]
op = "add"
name = "sum"
inputs = ["conv1", "m"]
[[layers]]
op = "conv"
kernel = 3
"""


def test_it_is_refused_unless_asked_for() -> None:
    with pytest.raises(NetworkError, match=r"unknown op at net.toml:8:1, layers\[1\].op: got 'mystery'"):
        read_spec(SPEC, file="net.toml")


def test_what_is_behind_it_is_not_known() -> None:
    network = read_spec(SPEC, file="net.toml", allow_unknown=True).network
    assert [isinstance(node.reads[0], Unknown) for node in network.nodes] == [False, True, False]
    assert network.by_name["m"].op == "mystery"
    analysis = rf.analyze(network)
    assert analysis.fields["conv2"] == AllGlobal((), lower_bound=True)
    assert [output.node for output in analysis.outputs] == ["conv1"]


def test_paths_beside_it_are_a_lower_bound() -> None:
    network = read_spec(SPEC + BESIDE, file="net.toml", allow_unknown=True).network
    [field] = rf.analyze(network).output.axes
    assert (field.size, field.lower_bound, field.global_through) == (5, True, ())
    assert [finding.code for finding in rf.lint(rf.analyze(network))] == ["RFS901"]

"""The network of ``vgg_modules`` whole: its fields over all phases, and the proof on the module itself."""

from __future__ import annotations

import pytest

import rfscope
from rfscope.verification.module import verify_module
from tests.verification.vgg_modules import Segmenter


@pytest.mark.parametrize(("pools", "inner", "outer"), [(4, 268, 276), (5, 276, 284)])
def test_its_fields(pools: int, inner: int, outer: int) -> None:
    found = rfscope.analyze(Segmenter(pools))
    for field in found.output.axes:
        assert (field.period, field.shift) == (8, 8)
        assert [phase.size for phase in field.phases].count(inner) == 6
        assert {phase.size for phase in field.phases} == {inner, outer}


def test_its_proof_on_the_module_itself() -> None:
    found = verify_module(Segmenter(), device="cpu")
    assert found.equal, str(found)
    assert (found.dtype, found.inside, found.upper_bounds) == ("float64", True, 0)

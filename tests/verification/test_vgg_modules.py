"""The network of ``vgg_modules`` whole: its fields over all phases, and the proof on the module itself."""

from __future__ import annotations

import rfscope
from rfscope.verification.module import verify_module
from tests.verification.vgg_modules import Segmenter


def test_its_fields() -> None:
    found = rfscope.analyze(Segmenter())
    for field in found.output.axes:
        assert (field.period, field.shift) == (8, 8)
        assert [phase.size for phase in field.phases] == [284, 276, 276, 276, 276, 276, 276, 284]


def test_its_proof_on_the_module_itself() -> None:
    found = verify_module(Segmenter(), device="cpu")
    assert found.equal, str(found)
    assert (found.dtype, found.inside, found.upper_bounds) == ("float64", True, 0)

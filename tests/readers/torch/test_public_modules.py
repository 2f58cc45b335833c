"""Idioms of public repositories, named on the command line as their users name them, against the modules' gradients."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from rfscope import analyze, verify
from rfscope.text.as_json import analysis_data
from tests.real_networks.public.compared import compared
from tests.real_networks.public.rows import Row


class Idiom(NamedTuple):
    name: str
    channels: int
    finite: tuple[int, ...]
    field: tuple[int, int]
    """Smallest and largest size over the phases, along one axis; by hand."""
    holes: bool
    """Whether one output leaves out pixels between those it reads."""


IDIOMS = (
    Idiom("HiddenModules", 3, (24, 32), (19, 19), holes=True),  # 3, then at stride 2 the rate 4: 3 + 2 (2) (4)
    Idiom("RampedInput", 3, (24, 32), (11, 11), holes=True),  # 3 + 2 (2) (2)
    Idiom("CausalBlocks", 3, (40,), (15, 15), holes=False),  # 1 + 2 (1 + 2 + 4)
    Idiom("MaskedStack", 1, (16, 20), (5, 9), holes=True),  # up 2 + 1 + 1, and 4 on each side
    Idiom("Unpooled", 3, (24, 32), (14, 14), holes=False),  # 3 read 2 windows, those 6 of them, and 2 (6) + 2
    Idiom("SideBySide", 3, (12,), (30, 30), holes=False),  # 7 + 72 = 79, of 41; 41 + 72 = 113, of 30
)


def target(idiom: Idiom) -> str:
    return f"tests.readers.torch.public_modules:{idiom.name}"


@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom.name)
def test_the_gradient_reads_what_the_answer_says(idiom: Idiom) -> None:
    row = Row(idiom.name, "", target(idiom), channels=idiom.channels, finite=idiom.finite, thin=32)
    said = compared(row, json.loads(json.dumps(analysis_data(analyze(target(idiom))))))
    assert "differs" not in said, said
    assert said["phases"] >= 1
    assert said["places"] == 2


@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom.name)
def test_the_field_is_that_by_hand(idiom: Idiom) -> None:
    output = analyze(target(idiom)).outputs[0]
    sizes: list[Any] = [phase.size for field in output.axes for phase in field.phases]
    assert (min(sizes), max(sizes)) == idiom.field
    assert (output.coverage.holes > 0) == idiom.holes


@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom.name)
def test_it_is_verified_on_the_module_itself(idiom: Idiom) -> None:
    found = verify(target(idiom))
    assert found.equal
    assert found.module is not None

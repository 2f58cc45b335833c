"""What a network whose strides became rates has to write, so that it reads what its weights were trained on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscope as rf
from rfscope.exact.analysis import Analysis
from rfscope.exact.surgery import Surgery, Trained, surgery


def held(own: Analysis, original: Analysis) -> Surgery | None:
    return surgery(Trained(name="original", own=own, original=original))


def needed(found: Surgery | None) -> dict[str, tuple[int, ...] | None]:
    assert found is not None
    return {change.node: change.needed for change in found.changes}


D8, ORIGINAL = "zoo:resnet-v1c-50-d8", "zoo:resnet-v1c-50"


@pytest.mark.parametrize("size", [None, (96, 96)], ids=str)
def test_a_contracted_network_reads_what_the_strided_one_read(size: tuple[int, int] | None) -> None:
    assert held(rf.analyze(D8, input=size), rf.analyze(ORIGINAL, input=size)) is None


@pytest.mark.parametrize(
    ("own", "halved"),
    [
        (f"{D8}-uncontracted", {"layer3.0.conv2": (1, 1), "layer4.0.conv2": (2, 2)}),
        ("zoo:resnet-v1c-50-d16-uncontracted", {"layer4.0.conv2": (1, 1)}),
    ],
)
def test_an_uncontracted_one_needs_half_the_rate_in_the_first_block_of_each_stage(
    own: str, halved: dict[str, tuple[int, int]]
) -> None:
    found = held(rf.analyze(own), rf.analyze(ORIGINAL))
    assert found is not None
    assert needed(found) == halved
    assert found.restores
    assert found.only_halves


def test_a_plain_changed_rate() -> None:
    found = held(rf.analyze("1,2,5"), rf.analyze("1,2,4"))
    assert needed(found) == {"conv3": (4, 4)}
    assert found is not None
    assert (found.restores, found.only_halves) == (True, False)
    assert found.difference == "output (0, 0) sees 17 pixels from -8 along axis 0, 15 from -7"


def test_a_map_too_coarse_for_any_rate() -> None:
    found = held(rf.analyze(rf.chain([1, 1], stride=[2, 1])), rf.analyze("1,1"))
    assert needed(found) == {"conv2": None}
    assert found is not None
    assert not found.restores


def test_paddings_alone() -> None:
    own = rf.assemble("own", [rf.conv("a", kernel=3, padding=[(2, 0), (1, 1)])])
    original = rf.assemble("original", [rf.conv("a", kernel=3, padding=1)])
    found = held(rf.analyze(own), rf.analyze(original))
    assert found is not None
    assert (found.paired, found.changes, found.restores) == (True, (), False)


def test_other_layers() -> None:
    found = held(rf.analyze("1,2,5"), rf.analyze("1,2,5,1"))
    assert found is not None
    assert (found.paired, found.changes, found.restores) == (False, (), False)


@st.composite
def _surgeries(draw: st.DrawFn) -> tuple[list[int], list[int], int, int]:
    """Rates and strides of a trained chain, how many of its layers keep their strides, and a layer."""
    many = draw(st.integers(2, 5))
    rates = draw(st.lists(st.integers(1, 3), min_size=many, max_size=many))
    strides = draw(st.lists(st.integers(1, 2), min_size=many, max_size=many))
    return rates, strides, draw(st.integers(0, many)), draw(st.integers(0, many - 1))


@settings(max_examples=40)
@given(_surgeries(), st.integers(1, 4))
def test_the_rates_that_follow_from_the_strides_restore_it(
    case: tuple[list[int], list[int], int, int], more: int
) -> None:
    rates, strides, kept, at = case
    own, scale = [], 1
    for place, (rate, stride) in enumerate(zip(rates, strides, strict=True)):
        own.append(rate * scale)
        scale *= stride if place >= kept else 1
    steps = [stride if place < kept else 1 for place, stride in enumerate(strides)]
    trained = rf.analyze(rf.chain(rates, stride=strides, dims=1))
    assert held(rf.analyze(rf.chain(own, stride=steps, dims=1)), trained) is None

    changed = [*own[:at], own[at] + more, *own[at + 1 :]]
    found = held(rf.analyze(rf.chain(changed, stride=steps, dims=1)), trained)
    assert found is not None
    assert needed(found) == {f"conv{at + 1}": (own[at],)}
    assert found.restores

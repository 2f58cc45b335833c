"""Every printed number reproduces, every network is well formed, and a wrong number would be noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rfscope import zoo
from rfscope.errors import TargetError
from rfscope.exact.analysis import analyze
from rfscope.exact.same import expect
from rfscope.zoo.entry import PrintedNumber, ZooEntry
from rfscope.zoo.quantities import QUANTITIES, compute, quantity_of

ENTRIES = zoo.entries()
NUMBERS = [
    pytest.param(entry, quantity, value, id=f"{entry.name} {quantity}")
    for entry in ENTRIES
    for quantity, value in {**entry.printed, **entry.derived}.items()
]


def by_name(entry: ZooEntry) -> str:
    return entry.name


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_every_number_reproduces(entry: ZooEntry) -> None:
    found = zoo.check(entry)
    assert found.agrees, (found.printed, found.derived, found.computed)
    assert set(found.computed) == {*entry.printed, *entry.derived}


@pytest.mark.parametrize(("entry", "quantity", "value"), NUMBERS)
def test_a_wrong_number_is_noticed(entry: ZooEntry, quantity: str, value: PrintedNumber) -> None:
    wrong = replace(entry, printed={quantity: _spoiled(value)}, derived={})
    assert not zoo.check(wrong).agrees


def _spoiled(value: PrintedNumber) -> PrintedNumber:
    if isinstance(value, str):
        return f"{value}?"
    if isinstance(value, list):
        return [*value[:-1], value[-1] + 1]
    digits = len(str(value).partition(".")[2])
    return value + 1 if isinstance(value, int) else round(value + 3 * 10**-digits, digits)


@pytest.mark.parametrize("entry", ENTRIES, ids=by_name)
def test_entries_are_complete(entry: ZooEntry) -> None:
    assert entry.printed or entry.derived
    assert not set(entry.printed) & set(entry.derived)
    assert entry.source
    assert all(quantity_of(quantity).says for quantity in (*entry.printed, *entry.derived))
    assert entry.found().network.name == entry.name


def test_names_are_unique_and_can_be_loaded() -> None:
    assert len(set(zoo.names())) == len(zoo.names())
    assert [zoo.load(name).name for name in zoo.names()] == list(zoo.names())


def test_an_unknown_name_suggests_a_close_one() -> None:
    with pytest.raises(TargetError, match="did you mean 'context-module'"):
        zoo.load("context-modul")
    with pytest.raises(TargetError, match="see rfscope zoo"):
        zoo.load("")


def test_every_spec_and_every_quantity_is_used() -> None:
    specs = {path.stem for path in (Path(zoo.__file__).parent / "specs").iterdir()}
    assert specs <= set(zoo.names())
    asked = {key.partition(".")[0] for entry in ENTRIES for key in (*entry.printed, *entry.derived)}
    assert asked == set(QUANTITIES)


def test_every_system_the_package_is_built_on_is_there() -> None:
    systems = (
        "hdc-2-2-2 hdc-1-2-3 hdc-1-1-1 hdc-1-2-5 hdc-1-2-9 hdc-2-4-8 hdc-sawtooth hdc-2 hdc-duc deeplab-v1 vgg-16 "
        "alexnet-v2 mobilenet-v1 resnet-v1-50 resnet-v1-101 resnet-v1-152 resnet-50 resnet-v1c-50-d8 resnet-v1c-50 "
        "context-module wavenet patchgan-70 u-net deeplab-v3-os8 large-kernel-attention drn-a-18 drn-c-26 esp-module "
        "transposed-3-2 depthwise-separable grouped spatially-separable deformable"
    )
    assert set(systems.split()) <= set(zoo.names())


def test_a_quantity_that_needs_a_size_is_unknown_without_one() -> None:
    unbounded = analyze(zoo.load("dense-3x3"))
    assert [compute(unbounded, key) for key in ("output_size", "valid_share.conv1", "multiply_adds_millions")] == [
        "unknown"
    ] * 3


def test_parameters_are_unknown_where_channels_are_not_given() -> None:
    assert compute(analyze(zoo.load("context-module")), "parameters") == "unknown"


def test_contracted_dilation_reads_what_the_strided_original_reads() -> None:
    strided, contracted, uncontracted = (
        analyze(zoo.load(name)) for name in ("resnet-v1c-50", "resnet-v1c-50-d8", "resnet-v1c-50-d8-uncontracted")
    )
    import numpy as np

    assert np.array_equal(strided.output.counts.map(), contracted.output.counts.map())
    assert strided.output.first == contracted.output.first
    assert strided.output.counts.paths > 10**15
    assert expect("same-reads", strided, contracted).met
    assert not expect("same-reads", strided, uncontracted).met

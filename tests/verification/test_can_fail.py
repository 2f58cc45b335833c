"""The verifier can fail: wrong claims, wrong networks and wrong convolutions are all caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.counts import Counts
from rfscope.exact.field import Interval
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.verification import Difference, Verification, check, methods, verify, verify_claim
from rfscope.verification.canvas import AxisWindows
from tests.verification.networks import Said


def claim_of(one: Network, for_other: Network) -> Verification:
    """Compare the analysis of one network with the convolutions of another."""
    return verify_claim(for_other, [analyze(one).output], device="cpu")


def padded(before: int, after: int) -> Network:
    return assemble("net", [conv("c1", padding=(before, after)), conv("c2", dilation=2)])


@pytest.mark.parametrize(
    ("claimed", "built"),
    [
        pytest.param(chain([1, 2, 5]), chain([1, 2, 4]), id="rate"),
        pytest.param(chain([1, 2, 4]), chain([1, 2, 5]), id="rate, the field being smaller"),
        pytest.param(chain([1, 2, 5]), chain([1, 2, 5, 1]), id="one layer more"),
        pytest.param(chain([1, 1], kernel=[3, 3]), chain([1, 1], kernel=[2, 4]), id="kernels of the same field"),
        pytest.param(chain([2, 2, 2], dims=1), chain([1, 2, 3], dims=1), id="same field and number of paths"),
        pytest.param(chain([1, 1], stride=[2, 1]), chain([1, 2]), id="same counts, other stride"),
        pytest.param(chain([1, 1], stride=[1, 2]), chain([1, 1], stride=[1, 1]), id="last stride"),
        pytest.param(padded(1, 1), padded(0, 0), id="padding"),
        pytest.param(padded(2, 0), padded(0, 2), id="padding on the other side"),
        pytest.param(chain([1, 2], causal=True), chain([1, 2]), id="causal"),
        pytest.param(
            assemble("a", [conv("c", dilation=(1, 2))]),
            assemble("b", [conv("c", dilation=(2, 1))]),
            id="axes exchanged",
        ),
        pytest.param(chain([1] * 60, dims=1), chain([1] * 59 + [2], dims=1), id="sixty layers"),
    ],
)
def test_the_claim_of_another_network_is_caught(claimed: Network, built: Network) -> None:
    assert claim_of(claimed, claimed).equal
    found = claim_of(claimed, built)
    assert not found.equal
    assert found.first_difference is not None


TRUE = analyze(chain([1, 2, 5]))


def with_count(analysis: Analysis, place: int, change: int) -> Said:
    """The true claim, but for one count along the first axis of a chain."""
    said = Said.of(analysis.output)
    assert isinstance(said.counts, Counts)
    first, *rest = said.counts.factors
    return replace(said, counts=Counts(((*first[:place], first[place] + change, *first[place + 1 :]), *rest)))


def with_field(size: int, start: int | None, shift: int) -> Said:
    """The true claim, but for the field along the first axis."""
    first, *rest = TRUE.output.axes
    field = replace(first, phases=(Interval(size, start),), shift=shift)
    return replace(Said.of(TRUE.output), axes=(field, *rest))


@pytest.mark.parametrize("place", [0, 3, 8, 16])
@pytest.mark.parametrize("change", [-1, 1])
def test_one_count_off_by_one(place: int, change: int) -> None:
    said = with_count(TRUE, place, change)
    found = verify_claim(TRUE.network, [said], device="cpu").first_difference
    assert isinstance(found, Difference)
    right, wrong = (counts.map() for counts in (TRUE.output.counts, said.counts))
    assert (found.input[0], found.predicted, found.measured) == (place, wrong[found.input], right[found.input])


@pytest.mark.parametrize(
    ("size", "start", "shift", "says"),
    [
        pytest.param(17, -7, 1, "predicted 17 pixels from 1 on, measured 17 pixels from 0 on", id="starts later"),
        pytest.param(17, -9, 1, "predicted 17 pixels from -1 on, measured 17 pixels from 0 on", id="starts earlier"),
        pytest.param(16, -8, 1, "predicted 16 pixels from 0 on, measured 17 pixels from 0 on", id="smaller"),
        pytest.param(18, -8, 1, "predicted 18 pixels from 0 on, measured 17 pixels from 0 on", id="larger"),
    ],
)
def test_a_field_that_lies_elsewhere(size: int, start: int | None, shift: int, says: str) -> None:
    assert verify_claim(TRUE.network, [with_field(17, -8, 1)], device="cpu").equal
    found = verify_claim(TRUE.network, [with_field(size, start, shift)], device="cpu")
    assert not found.equal
    assert str(found.first_difference) == f"field of conv3 at (8, 8) along axis 0: {says}"


@pytest.mark.parametrize("shift", [0, 2, -1])
def test_a_field_that_moves_otherwise(shift: int) -> None:
    said = with_field(17, -8, shift)
    said = replace(said, axes=(replace(said.axes[0], phases=(Interval(17, -8 * shift),)), said.axes[1]))
    said = replace(said, position=(8, 0), first=(0, -8))
    found = verify_claim(TRUE.network, [said], device="cpu")
    assert not found.equal
    assert found.phases <= 2


@pytest.mark.parametrize(("first", "lost"), [(-50, (-42, 0)), (50, (58, 0))])
def test_a_count_outside_the_canvas_is_a_difference(first: int, lost: tuple[int, int]) -> None:
    said = replace(Said.of(TRUE.output), first=(first, -8))
    found = verify_claim(TRUE.network, [said], device="cpu").first_difference
    assert isinstance(found, Difference)
    assert (found.input, found.predicted, found.measured) == (lost, 1, 0)


def test_residues_tell_counts_apart_that_float64_rounds_to_the_same() -> None:
    analysis = analyze(chain([1] * 60, dims=1))
    counts, middle = analysis.output.counts.map(), 60
    assert counts[middle] > 2**53
    assert float(counts[middle]) == float(counts[middle] + 1)
    for change in (1, -1, 2**53, -(2**53), 2**64, 5 * 2**70):
        found = verify_claim(analysis.network, [with_count(analysis, middle, change)], device="cpu")
        assert isinstance(found.first_difference, Difference)
        assert found.first_difference.input == (middle,)
        assert found.first_difference.modulus == found.moduli[0]


def test_a_multiple_of_the_first_prime_is_caught_by_the_next() -> None:
    analysis = analyze(chain([1] * 60, dims=1))
    prime, second, *_ = verify(analysis, device="cpu").moduli
    said = with_count(analysis, 60, prime)
    found = verify_claim(analysis.network, [said], device="cpu").first_difference
    assert isinstance(found, Difference)
    assert found.modulus == second


def test_a_claim_far_beyond_the_network_is_not_mistaken_for_a_remainder() -> None:
    """The primes must hold the claim too, not only the paths of the network."""
    analysis = analyze(chain([1] * 60, dims=1))
    product = prod(verify(analysis, device="cpu").moduli)
    assert not verify_claim(analysis.network, [with_count(analysis, 60, product)], device="cpu").equal
    small = analyze(chain([1, 2], dims=1))
    assert not verify_claim(small.network, [with_count(small, 3, 2**60)], device="cpu").equal


@pytest.mark.parametrize("number", range(3), ids=[method.name for method in methods.METHODS])
@pytest.mark.parametrize("rates", [[1, 2, 5], [1, 2] * 30], ids=["directly", "by residues"])
def test_a_mistake_in_any_one_convolution_is_caught(
    number: int, rates: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each method is really compared: one that is off by one rate, alone, is found and named."""
    right: Callable[..., Any] = methods.METHODS[number].convolve

    def wrong(value: Any, layer: AxisWindows) -> Any:
        return right(value, tuple(replace(w, dilation=3, padding=(3, 3)) if w.dilation == 2 else w for w in layer))

    ways = list(methods.METHODS)
    ways[number] = ways[number]._replace(convolve=wrong)
    monkeypatch.setattr(check, "METHODS", tuple(ways))
    network = chain(rates, dims=1)
    found = verify(analyze(network), device="cpu")
    assert isinstance(found.first_difference, Difference)
    assert found.first_difference.method == methods.METHODS[number].name
    assert found.method == tuple(method.name for method in methods.METHODS[: number + 1])


def test_a_difference_says_where_and_what() -> None:
    found = verify_claim(TRUE.network, [with_count(TRUE, 0, 1)], device="cpu")
    assert str(found.first_difference) == (
        "conv3 at (8, 8) uses input (0, 0): predicted 2, measured 1 by dilated convolution"
    )
    assert "MISMATCH: conv3 at (8, 8)" in str(found)
    assert found.record()["first_difference"] == str(found.first_difference)
    assert (found.phases, found.positions) == (1, 18 * 18)  # it stopped there

"""The verifier can fail: wrong claims, wrong networks and wrong convolutions are all caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.field import Field, Interval
from rfscope.exact.usage import Counts
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.verification import Verification, check, methods, verify, verify_claim
from rfscope.verification.canvas import Layer


def claim_of(one: Network, for_other: Network) -> Verification:
    """Compare the analysis of one network with the convolutions of another."""
    output = analyze(one).output
    return verify_claim(for_other, output.counts, output.axes, device="cpu")


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


def with_count(counts: Counts, place: int, change: int) -> Counts:
    first, *rest = counts.factors
    return Counts(((*first[:place], first[place] + change, *first[place + 1 :]), *rest))


def with_field(analysis: Analysis, size: int, start: int | None, shift: int) -> tuple[Field, ...]:
    first, *rest = analysis.output.axes
    return (replace(first, phases=(Interval(size, start),), shift=shift), *rest)


@pytest.mark.parametrize("place", [0, 3, 8, 16])
@pytest.mark.parametrize("change", [-1, 1])
def test_one_count_off_by_one(place: int, change: int) -> None:
    counts = with_count(TRUE.output.counts, place, change)
    found = verify_claim(TRUE.network, counts, TRUE.output.axes, device="cpu").first_difference
    assert found is not None
    row, column = found.input
    right, wrong = (c.factors[0][row] * c.factors[1][column] for c in (TRUE.output.counts, counts))
    assert (row, found.predicted, found.measured) == (place, wrong, right)


@pytest.mark.parametrize(
    ("size", "start", "shift"), [(17, -7, 1), (17, -9, 1), (16, -8, 1), (18, -8, 1), (17, -8, 2), (17, -8, 0)]
)
def test_a_field_that_lies_elsewhere(size: int, start: int, shift: int) -> None:
    true = with_field(TRUE, 17, -8, 1)
    assert verify_claim(TRUE.network, TRUE.output.counts, true, device="cpu").equal
    fields = with_field(TRUE, size, start, shift)
    assert not verify_claim(TRUE.network, TRUE.output.counts, fields, device="cpu").equal


def test_a_count_outside_the_canvas_is_a_difference() -> None:
    before, after = with_field(TRUE, 17, -50, 1), with_field(TRUE, 17, 50, 1)
    found = [
        verify_claim(TRUE.network, TRUE.output.counts, fields, device="cpu").first_difference
        for fields in (before, after)
    ]
    assert [(one.input, one.predicted, one.measured) for one in found if one] == [((-42, 0), 1, 0), ((74, 16), 1, 0)]


def test_residues_tell_counts_apart_that_float64_rounds_to_the_same() -> None:
    analysis = analyze(chain([1] * 60, dims=1))
    counts, middle = analysis.output.counts, 60
    assert counts.max > 2**53
    assert float(counts.factors[0][middle]) == float(counts.factors[0][middle] + 1)
    for change in (1, -1, 2**53, -(2**53), 2**64, 5 * 2**70):
        found = verify_claim(analysis.network, with_count(counts, middle, change), analysis.output.axes, device="cpu")
        assert found.first_difference is not None
        assert found.first_difference.input == (middle,)
        assert found.first_difference.modulus == found.moduli[0]


def test_a_multiple_of_the_first_prime_is_caught_by_the_next() -> None:
    analysis = analyze(chain([1] * 60, dims=1))
    prime, second, *_ = verify(analysis, device="cpu").moduli
    counts = with_count(analysis.output.counts, 60, prime)
    found = verify_claim(analysis.network, counts, analysis.output.axes, device="cpu").first_difference
    assert found is not None
    assert found.modulus == second


def test_a_claim_far_beyond_the_network_is_not_mistaken_for_a_remainder() -> None:
    """The primes must hold the claim too, not only the paths of the network."""
    primes = verify(analyze(chain([1] * 60, dims=1)), device="cpu").moduli
    product = 1
    for prime in primes:
        product *= prime
    analysis = analyze(chain([1] * 60, dims=1))
    counts = with_count(analysis.output.counts, 60, product)
    assert not verify_claim(analysis.network, counts, analysis.output.axes, device="cpu").equal
    small = analyze(chain([1, 2], dims=1))
    counts = with_count(small.output.counts, 3, 2**60)
    assert not verify_claim(small.network, counts, small.output.axes, device="cpu").equal


@pytest.mark.parametrize("number", range(3), ids=[method.name for method in methods.METHODS])
@pytest.mark.parametrize("rates", [[1, 2, 5], [1, 2] * 30], ids=["directly", "by residues"])
def test_a_mistake_in_any_one_convolution_is_caught(
    number: int, rates: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each method is really compared: one that is off by one rate, alone, is found and named."""
    right: Callable[..., Any] = methods.METHODS[number].convolve

    def wrong(value: Any, layer: Layer) -> Any:
        return right(value, tuple(replace(w, dilation=3, padding=(3, 3)) if w.dilation == 2 else w for w in layer))

    ways = list(methods.METHODS)
    ways[number] = ways[number]._replace(convolve=wrong)
    monkeypatch.setattr(check, "METHODS", tuple(ways))
    network = chain(rates, dims=1)
    found = verify(analyze(network), device="cpu")
    assert found.first_difference is not None
    assert found.first_difference.method == methods.METHODS[number].name
    assert found.method == tuple(method.name for method in methods.METHODS[: number + 1])


def test_a_difference_says_where_and_what() -> None:
    counts = with_count(TRUE.output.counts, 0, 1)
    found = verify_claim(TRUE.network, counts, TRUE.output.axes, device="cpu")
    assert str(found.first_difference) == (
        "output (8, 8) uses input (0, 0): predicted 2, measured 1 by dilated convolution"
    )
    assert (found.phases, found.positions) == (1, 18 * 18)  # it stopped there

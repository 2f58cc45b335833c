"""What a verification says that it proved, and what it says that it did not compare."""

from __future__ import annotations

import pytest

from rfscope import limits
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import chain
from rfscope.network.provenance import Provenance
from rfscope.network.reads import Resize, Window
from rfscope.verification import verify
from tests.verification.cases import NETWORKS, branches, line
from tests.verification.networks import Said

EVERYWHERE = {"usage counts", "receptive field", "coverage", "holes", "hole-free verdict", "largest gap", "sub-grids"}
EVERYWHERE |= {"neighbour share", "meeting depth", "number of paths", "spread"}
FINITE = {"map size", "extent", "inputs never read", "padding share", "halo"}
NEVER = ("gridding index", "runs")
OF_SCHEDULES = {"schedules", "coverage of pieces", "published rules"}


def test_on_an_unbounded_grid() -> None:
    found = verify(analyze(chain([1, 2, 5])), device="cpu")
    assert set(found.proved) == EVERYWHERE | OF_SCHEDULES
    assert found.not_compared == NEVER
    assert str(found).endswith("\nproved: 14 quantities; not compared: gridding index, runs")
    assert found.record()["proved"] == found.proved
    assert found.record()["not_compared"] == found.not_compared


def test_on_a_finite_input() -> None:
    found = verify(analyze(branches(), input=(15, 18)), device="cpu")
    assert found.equal
    assert set(found.proved) >= EVERYWHERE | FINITE
    assert found.not_compared == NEVER


def test_numbers_beyond_float64_are_compared_by_remainders_and_their_spread_is_not() -> None:
    found = verify(analyze(chain([1] * 40, dims=1), provenance=Provenance(from_rates=True)), device="cpu")
    assert found.moduli
    assert set(found.proved) == EVERYWHERE - {"number of paths", "spread"} | OF_SCHEDULES
    assert found.not_compared == ("number of paths (beyond 2^53)", "spread (beyond 2^53)", *NEVER)


def test_fields_that_repeat_nowhere_are_compared_within_the_borders_only() -> None:
    network = line(Resize(mode="linear", size=1, align_corners=True), Window(kernel=3, padding=(1, 1)))
    found = verify(analyze(network, input=(6,)), device="cpu")
    assert found.equal
    assert "receptive field beyond the borders" in found.not_compared
    assert "receptive field" not in found.proved


def test_a_claim_that_takes_too_much_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from rfscope.exact.output import Output

    def refuse(_output: Output) -> object:
        limits.check("cells", limits.limit("cells") + 1)
        raise AssertionError

    monkeypatch.setattr(Output, "meeting", property(refuse))
    found = verify(analyze(branches()), device="cpu")
    assert found.equal
    assert "meeting depth" not in found.proved
    assert "meeting depth (over the limit 'cells')" in found.not_compared


def test_nothing_is_said_to_be_proved_where_something_differs() -> None:
    wrong = NETWORKS["2,4,8"]
    found = wrong.verify(_with_one_name_less)
    assert not found.equal
    assert "proved:" not in str(found)
    assert str(found.first_difference).startswith("neighbour share of conv3 at")


def _with_one_name_less(analysis: Analysis) -> Analysis:
    shares = tuple({name: share for name, share in one.items() if name != "input"} for one in analysis.output.shares)
    analysis.output.paths.__dict__["shares"] = shares
    return analysis


def test_a_claim_alone_proves_its_counts() -> None:
    from rfscope.verification import verify_claim

    analysis = analyze(chain([1, 2]))
    found = verify_claim(analysis.network, [Said.of(analysis.output)], device="cpu")
    assert found.proved == ("usage counts",)
    assert str(found).endswith("\nproved: 1 quantity")

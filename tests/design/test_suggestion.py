"""The best schedules for wishes, as found once by looking at all of them."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations_with_replacement
from time import perf_counter
from typing import Any

import pytest

from rfscope import limits
from rfscope.design.axes import per_axis
from rfscope.design.candidates import all_candidates
from rfscope.design.counting import Counts
from rfscope.design.kernels import weights
from rfscope.design.layers import Layers
from rfscope.design.suggestion import Suggestion, suggest
from rfscope.design.wish import Wish
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact import batch
from rfscope.exact.analysis import analyze

WISHES = [
    ((13, 3), 2, "1,2,3", "1,1,4"),
    ((17, 3), 2, "1,3,4", ""),
    ((21, 3), 2, "1,2,7", ""),
    ((25, 3), 1, "1,3,8", ""),
    ((27, 3), 1, "1,3,9", ""),
    ((29, 4), 10, "1,3,3,7", "1,1,3,9"),
    ((33, 4), 12, "1,2,6,7", "1,3,5,7 1,3,3,9"),
    ((61, 4), 5, "1,3,9,17", "1,3,8,18"),
    ((65, 5), 108, "1,3,5,8,15", "1,3,5,7,16"),
    ((101, 5), 129, "1,3,8,13,25", "1,3,9,12,25 1,3,9,10,27"),
    ((65, 6), 351, "1,2,5,5,6,13", "1,2,3,5,6,15 1,1,3,5,9,13 1,3,3,7,9,9 1,1,3,9,9,9"),
    ((127, 6), 2_136, "1,3,9,10,13,27", "1,3,7,9,10,33 1,3,7,9,16,27 1,3,8,9,15,27"),
]


@pytest.mark.parametrize(("wish", "many", "best", "front"), WISHES, ids=[f"{f} in {n}" for (f, n), *_ in WISHES])
def test_twelve_wishes(wish: tuple[int, int], many: int, best: str, front: str) -> None:
    found = suggest(Wish(field=wish[0], layers=wish[1]))
    assert _rates(found.answers)[0] == best
    assert set(_rates(found.front or ())) == {best, *front.split()}
    proof = found.certificate
    assert (proof.claim, proof.method, proof.candidates, proof.examined) == ("optimal", "all", many, many)


def _rates(answers: Any) -> list[str]:
    return [",".join(map(str, answer.rates)) for answer in answers]


@pytest.mark.parametrize(
    ("field", "layers", "rates", "index"),
    [
        (65, 5, "1,3,5,8,15", 0.059927),
        (255, 7, "1,3,6,9,27,40,41", 0.009034),
    ],
)
def test_least_index_of_those_with_one_isolated_layer(field: int, layers: int, rates: str, index: float) -> None:
    best = suggest(Wish(field=field, layers=layers, top=1)).answers[0]
    assert (_rates([best])[0], best.isolated) == (rates, 1)
    assert best.index == pytest.approx(index, abs=1e-6)


LEAST = [
    (65, 5, 5, 0.027740, "1,3,5,7,16"),
    (127, 6, 6, 0.011719, "1,3,7,9,16,27"),
    (129, 7, 7, 0.002743, "1,3,6,9,9,9,27"),
    (65, 5, 1, 0.059927, "1,3,5,8,15"),
    (127, 6, 1, 0.014152, "1,3,9,10,13,27"),
    (255, 7, 1, 0.009034, "1,3,6,9,27,40,41"),
    (511, 8, 1, 0.004979, "1,3,5,9,27,49,80,81"),  # of 8,714,753
]


@pytest.mark.parametrize(("field", "layers", "most", "index", "rates"), LEAST)
def test_least_index_of_all(field: int, layers: int, most: int, index: float, rates: str) -> None:
    """Unrounded, among those of at most so many isolated layers."""
    best, least = "", 1.0
    for block in all_candidates(Layers.of([3] * layers), field):
        kept = block.rates[:, batch.isolated(block.kernels, block.rates, most) <= most]
        found = batch.indices(block.kernels, kept, least)
        if found.size and found.min() < least:
            least, best = float(found.min()), ",".join(map(str, kept[:, found.argmin()].tolist()))
    assert best == rates
    assert least == pytest.approx(index, abs=1e-6)


def test_ranked_by_the_index_alone_a_ladder_of_cancellations_wins() -> None:
    found = suggest(Wish(field=65, layers=5, rank=("index",), top=108)).answers
    assert min(answer.index or 1 for answer in found) == pytest.approx(0.02774, abs=1e-6)
    assert [answer.isolated for answer in found[:2]] == [2, 2]


def test_five_taps_and_a_largest_rate() -> None:
    assert _rates(suggest(Wish(field=49, layers=3, kernels=(5,))).answers) == ["1,5,6", "1,3,8", "1,2,9", "1,4,7"]
    capped = suggest(Wish(field=65, layers=5, max_rate=11))
    assert (_rates(capped.answers)[0], capped.certificate.candidates) == ("1,3,9,9,10", 6)


def test_teeth() -> None:
    found = suggest(Wish(field=33, layers=6, sawtooth=3))
    assert _rates(found.answers) == ["1,3,4,1,3,4", "1,2,5,1,2,5", "1,1,6,1,1,6"]
    assert [answer.isolated for answer in found.answers[:2]] == [1, 1]
    assert [round(answer.index or 0, 3) for answer in found.answers[:2]] == [0.012, 0.012]
    assert (found.certificate.candidates, found.layers.widest) == (3, 125)
    assert _rates(found.known) == ["1,2,5,1,2,5"]
    other = suggest(Wish(field=65, layers=6, sawtooth=3)).answers
    assert (_rates(other)[0], {answer.isolated for answer in other}) == ("1,4,11,1,4,11", {2})


def test_every_saw_without_holes_is_found() -> None:
    for field in range(5, 60, 4):
        found = suggest(Wish(field=field, layers=4, sawtooth=2, top=1000))
        every = suggest(Wish(field=field, layers=4, top=1000)).answers
        teeth = {answer.rates[::2] for answer in every if answer.rates[::2] == answer.rates[1::2]}
        assert {answer.rates[:2] for answer in found.answers} == teeth


@pytest.mark.parametrize(
    ("wish", "kernels"),
    [
        (Wish(field=65, among=(3, 5)), (3, 3, 3, 3)),
        (Wish(field=65, among=(1, 3, 5, 1)), (3, 3, 3, 3)),
        (Wish(field=65, among=(2, 3, 5, 7)), (2,) * 7),
        (Wish(field=65, among=(2, 3, 5, 7), dims=1), (3, 3, 3, 3)),
        (Wish(field=65, among=(3, 5), layers=3), (3, 5, 5)),
        (Wish(field=200, among=(5, 3), how="at-least"), (3,) * 5),
        (Wish(field=31, among=(3, 5), max_rate=3), (3,) * 6),
        (Wish(field=4, among=(4, 5)), (4,)),
    ],
)
def test_the_fewest_weights(wish: Wish, kernels: tuple[int, ...]) -> None:
    assert suggest(wish).layers.kernels == kernels


def test_no_lighter_layers_have_the_field() -> None:
    for field in range(2, 26):
        wish = Wish(field=field, among=(2, 3, 5), dims=1)
        sets = (one for many in range(1, 6) for one in combinations_with_replacement((2, 3, 5), many))
        fits = [one for one in sets if Counts(Layers.of(one), field).of(field)]
        best = min((weights(one, 1), len(one), one) for one in fits)
        assert suggest(wish).layers.kernels == best[2]


def test_what_no_kernels_can_have() -> None:
    none = suggest(Wish(field=64, among=(3, 5)))
    assert none.refusal is not None
    assert (none.feasible, none.refusal.fields) == (False, (63, 65))
    assert suggest(Wish(field=1000, among=(3, 5), layers=3)).certificate.bound == 125


def test_use_that_reaches_far_or_stays_near() -> None:
    widths = []
    for prefer in ("near", "wide"):
        answers = suggest(Wish(field=65, layers=5, prefer=prefer, rank=("isolated",), top=108)).answers
        first = [answer.width for answer in answers if answer.isolated == 1]
        assert first == sorted(first, key=lambda width: round(width, 2), reverse=prefer == "wide")
        widths.append(answers[0].width)
    assert widths[0] < widths[1]
    assert "wide" in suggest(Wish(field=65, layers=5, prefer="wide")).certificate.criteria


def test_an_axis_has_rates_of_its_own() -> None:
    found = per_axis([Wish(field=65), Wish(field=17), Wish(field=65)])
    assert found.rates == ((1, 1, 1), (3, 2, 3), (9, 2, 9), (19, 3, 19))
    assert analyze(found.network()).output.coverage.size == (65, 17, 65)
    assert analyze(found.network()).verdict == "ok"
    assert not per_axis([Wish(field=65), Wish(field=64)]).feasible


def test_time_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rfscope.design.compared.monotonic", iter(range(0, 10**6, 61)).__next__)
    found = suggest(Wish(field=65, layers=5))
    assert (found.certificate.claim, found.certificate.why) == ("best-found", "no time to see all in 60 s")


@pytest.mark.parametrize(
    ("wish", "feasible"),
    [
        (Wish(field=34_567, layers=25), True),
        (Wish(field=16_000_001), True),
        (Wish(field=16_000_001, max_rate=10), None),
        (Wish(field=2_999, max_rate=1), True),
        (Wish(field=10_000, layers=9_000), False),
        (Wish(field=10_001, among=(3, 5), max_rate=3), None),
        (Wish(field=50_000, kernels=(3, 4, 5, 6, 7, 3, 4, 5), how="at-least"), None),
    ],
)
def test_huge_wishes_are_answered_soon(wish: Wish, feasible: bool | None) -> None:
    started = perf_counter()
    if feasible is None:
        with pytest.raises(LimitError):
            suggest(wish)
    else:
        found = suggest(replace(wish, top=1))
        assert found.feasible == feasible
        assert all(answer.schedule.hole_free and answer.field == found.field for answer in found.answers)
    assert perf_counter() - started < 20


def test_wavenet_is_the_only_one() -> None:
    found = suggest(Wish(field=1024, kernels=(2,)))
    assert _rates(found.answers) == ["1,2,4,8,16,32,64,128,256,512"]
    assert found.answers[0].known_as == "WaveNet, van den Oord et al. 2016"


def test_published_schedules_are_named_with_their_rank() -> None:
    assert [(one.known_as, one.rank) for one in suggest(Wish(field=17)).known] == [("Wang et al. 2018", 2)]
    assert [one.rank for one in suggest(Wish(field=31, layers=4)).known] == [11]


def test_without_a_number_of_layers_the_fewest_and_one_more() -> None:
    found = suggest(Wish(field=65))
    assert len(found.answers[0].rates) == 4
    assert found.longer is not None
    assert _rates([found.longer]) == ["1,3,5,8,15"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish(field=64, layers=5, how="at-least"), 65),
        (Wish(field=64, layers=5, how="at-most"), 63),
        (Wish(field=6, layers=3, how="at-least"), 7),
        (Wish(field=60, kernels=(3, 5, 7), how="at-least"), 61),
        (Wish(field=1000, layers=3, how="at-most"), 27),
    ],
)
def test_the_nearest_field_that_can_be_had(wish: Wish, field: int) -> None:
    assert suggest(wish).field == field


@pytest.mark.parametrize(
    ("wish", "why", "fields", "layers"),
    [
        (Wish(field=1000, layers=3), "too wide", (), 7),
        (Wish(field=29, layers=3), "too wide", (27,), 4),
        (Wish(field=9, layers=5), "too narrow", (11,), 2),
        (Wish(field=64, layers=5), "no such field", (63, 65), 4),
        (Wish(field=65, layers=5, max_rate=5), "too wide", (39,), 8),
        (Wish(field=60, kernels=(3, 5, 7)), "no such field", (59, 61), None),
        (Wish(field=32, layers=2, kernels=(2, 2), max_rate=11), "too wide", (4,), 6),
        (Wish(field=29, near=(2, 4, 8)), "too wide", (27,), 4),
    ],
)
def test_what_cannot_be_had(wish: Wish, why: str, fields: tuple[int, ...], layers: int | None) -> None:
    found = suggest(wish)
    assert found.refusal is not None
    assert (found.refusal.why, found.refusal.fields, found.refusal.layers) == (why, fields, layers)
    assert (found.feasible, found.certificate.claim) == (False, "infeasible")


def test_a_causal_chain_is_not_ranked_by_isolated_layers() -> None:
    assert "isolated" not in suggest(Wish(field=65, layers=5, causal=True)).certificate.criteria


def test_only_where_the_published_rule_passes() -> None:
    assert all(answer.schedule.m2_ok for answer in suggest(Wish(field=30, layers=6, kernels=(2,), hdc=True)).answers)
    none = suggest(Wish(field=1024, layers=10, kernels=(2,), max_rate=512, hdc=True))
    assert none.feasible == all(answer.schedule.m2_ok for answer in none.answers) == bool(none.answers)


def test_beyond_the_limit_a_sample_and_an_honest_bound() -> None:
    with limits.raised({"candidates": 1_000}):
        found = suggest(Wish(field=127, layers=6))
    proof = found.certificate
    assert (proof.claim, proof.method, proof.candidates, proof.examined) == ("best-found", "sample", 2_136, 2_000)
    assert proof.better_share_below == pytest.approx(0.0015, abs=1e-4)
    assert found.answers[0].isolated == 1


def test_all_in_blocks_is_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = suggest(Wish(field=127, layers=6, top=9))
    monkeypatch.setattr("rfscope.design.compared._COMPARED_WHOLLY", 0)
    monkeypatch.setattr("rfscope.design.candidates._BLOCK", 100)
    blocks = suggest(Wish(field=127, layers=6, top=9))
    assert _rates(blocks.answers) == _rates(whole.answers)
    assert blocks.certificate == whole.certificate


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({}, "say --field or --near"),
        ({"field": 0}, "bad field"),
        ({"field": 65, "layers": 0}, "bad number of layers"),
        ({"field": 65, "max_rate": 0}, "bad largest rate"),
        ({"field": 65, "kernels": (1,)}, "adds nothing to a field"),
        ({"field": 65, "kernels": (3, 3), "layers": 3}, "got 2, expected 3"),
        ({"near": (1, 2, 3), "layers": 5}, "got 3 rates, expected 5"),
        ({"near": (1, 2), "hdc": True}, "found without that"),
        ({"near": (1, 0)}, "bad rate to be near to"),
        ({"field": 65, "rank": ("beauty",)}, "unknown criterion"),
        ({"field": 65, "prefer": "beauty"}, "unknown preference"),
        ({"field": 65, "layers": 5, "sawtooth": 3}, "two or more times 3"),
        ({"field": 65, "layers": 3, "sawtooth": 3}, "two or more times 3"),
        ({"field": 65, "kernels": (3, 5), "sawtooth": 1}, "a sawtooth of several kernels"),
        ({"near": (1, 2), "sawtooth": 1}, "and a sawtooth"),
        ({"field": 65, "among": (3, 5), "kernels": (5,)}, "contradicts itself"),
        ({"field": 65, "among": (1,)}, "adds nothing to a field"),
        ({"field": 65, "among": (0, 3)}, "adds nothing to a field"),
        ({"field": 65, "among": ("3", 5)}, "bad kernel"),
        ({"field": 65, "among": (3, 5), "how": "at-most"}, "a single layer weighs least"),
        ({"field": 65, "among": (2, 3, 4, 5, 6, 7, 8)}, "too many kernels"),
        ({"field": 65, "dims": 9}, "bad number of axes"),
        ({"field": 2**40}, "over the limit 'axis'"),
        ({"field": 65, "layers": 10**6}, "over the limit 'layers'"),
    ],
)
def test_contradictions_are_refused(wish: dict[str, Any], message: str) -> None:
    with pytest.raises(RfscopeError, match=re.escape(message)):
        Wish(**wish)


def test_an_answer_is_a_network() -> None:
    best: Suggestion = suggest(Wish(field=17))
    assert [node.reads[0].dilation for node in best.answers[0].network().nodes] == [1, 3, 4]  # type: ignore[union-attr]

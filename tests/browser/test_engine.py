"""The page's engine says what ours says: of random chains, in a real browser."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import chain
from rfscope.network.provenance import Provenance
from rfscope.play import page, state_of
from tests.browser.driving import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CASES = int(os.environ.get("RFSCOPE_PLAYED", "2000"))
LONGEST = 20_000
_AS_TEXT = "(key, value) => (typeof value === 'bigint' ? String(value) : value)"


def cases(count: int, seed: int) -> list[dict[str, Any]]:
    rng, found = random.Random(seed), []  # noqa: S311 - chains at random, of no secret
    for _ in range(count):
        layers = rng.randint(1, 7)
        kernels = [3] * layers if rng.random() < 0.4 else [rng.randint(1, 7) for _ in range(layers)]
        strides = [1] * layers if rng.random() < 0.5 else rng.choices([1, 2, 3], [4, 2, 1], k=layers)
        rates = rng.choices([1, 2, 3, 4, 5, 6, 8, 9, 16], [6, 6, 3, 3, 2, 2, 2, 1, 1], k=layers)
        shape = {"kernel": kernels, "stride": strides, "dilation": rates}
        found.append(
            {
                "layers": [dict(zip(shape, layer, strict=True)) for layer in zip(*shape.values(), strict=True)],
                "dims": rng.choice([1, 2]),
                "causal": rng.random() < 0.3,
            }
        )
    return found


def ours(case: dict[str, Any]) -> Analysis:
    kernels, strides, rates = ([layer[key] for layer in case["layers"]] for key in ("kernel", "stride", "dilation"))
    network = chain(rates, kernel=kernels, stride=strides, dims=case["dims"], causal=case["causal"])
    return analyze(network, provenance=Provenance(from_rates=True))


def expected(analysis: Analysis) -> dict[str, Any]:
    output, judgement = analysis.output, analysis.judgement
    axis = output.axes[0]
    skipped = [one.map for one in judgement.skipped]
    found: dict[str, Any] = {
        "verdict": analysis.verdict,
        "field": [axis.size, axis.start, axis.stride],
        "rows": [[layer.field[0].size, layer.field[0].stride, layer.field[0].start] for layer in analysis.layers],  # type: ignore[index]  # no global layer
        "reach": list(axis.reach or ()),
        "causal": judgement.all_causal,
        "skipped": sorted(0 if name == "input" else int(name.removeprefix("conv")) for name in skipped),
        "pieces": [
            {
                "rates": list(piece.rates),
                "kernels": list(piece.kernels),
                "stride": piece.resolution,
                "groups": [[list(group.rates), group.m2, group.ok] for group in piece.groups],
                "m2": [piece.m2, piece.m2_ok],
                "gcd": piece.factor,
                "sawtooth": piece.sawtooth,
                "hole_free": piece.hole_free,
                "repaired": list(piece.repair.repaired),
                "safe": [None if one is None else list(one) for one in judgement.safe_rates(piece)],
            }
            for piece in analysis.schedules
        ],
    }
    if axis.size is not None and axis.size <= LONGEST:
        coverage, meeting = output.coverage, output.meeting
        assert meeting is not None
        found |= {
            "counts": list(map(str, output.counts.factors[0])),  # type: ignore[attr-defined]  # a chain
            "used": [coverage.used, max(coverage.largest_gap)],
            "meeting": [meeting.isolated, meeting.depth],
            "shares": [layer.neighbour_share[0] for layer in analysis.layers],
        }
    return found


def answered(found: dict[str, Any]) -> dict[str, Any]:
    pieces = [piece for piece in found["pieces"] if piece["taps"]]
    same: dict[str, Any] = {
        "verdict": found["verdict"],
        "field": [found["size"], found["start"], found["jump"]],
        "rows": [[row["size"], row["jump"], row["start"]] for row in found["rows"]],
        "reach": [found["history"], found["lookahead"]],
        "causal": found["causal"],
        "skipped": sorted(one["place"] for one in found["skipped"]),
        "pieces": [
            {
                "rates": piece["rates"],
                "kernels": piece["kernels"],
                "stride": piece["outputStride"],
                "groups": [[group["rates"], group["m2"], group["ok"]] for group in piece["groups"]],
                "m2": [piece["m2"], piece["m2Ok"]],
                "gcd": piece["gcd"],
                "sawtooth": piece["sawtooth"],
                "hole_free": piece["holeFree"],
                "repaired": piece["repaired"],
                "safe": piece["safe"],
            }
            for piece in pieces
        ],
    }
    if found["size"] <= LONGEST:
        same |= {
            "counts": found["line"],
            "used": [found["used"] ** found["dims"], found["largestGap"]],
            "meeting": [found["meeting"]["isolated"], found["meeting"]["depth"]],
            "shares": found["meeting"]["shares"],
        }
    return same


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("play") / "play.html"
    found.write_text(page(), encoding="utf-8")
    return found


def test_the_pages_engine_agrees_with_ours(browser: Browser, file: Path) -> None:
    asked, verdicts = cases(CASES, seed=1), set[str]()
    with opened(browser, file) as shown:
        text = shown.evaluate(
            f"(cases) => JSON.stringify(cases.map((one) => engine.analyze(one.layers, one)), {_AS_TEXT})", asked
        )
    for case, found in zip(asked, json.loads(text), strict=True):
        analysis = ours(case)
        assert answered(found) == expected(analysis), case
        pieces = [piece for piece in found["pieces"] if piece["taps"]]
        for piece, schedule in zip(pieces, analysis.schedules, strict=True):
            assert piece["index"] == pytest.approx(schedule.gridding_index, rel=0, abs=1e-12), case
        verdicts.add(found["verdict"])
    assert verdicts == {"holes", "gridding", "ok"}


def test_chains_as_the_address_says_them_come_back(browser: Browser, file: Path) -> None:
    asked = cases(200, seed=2)
    states = [state_of([ours(case).network]) for case in asked]
    with opened(browser, file) as shown:
        read = shown.evaluate("(states) => states.map((one) => address.stateOf(one))", states)
        again = shown.evaluate("(states) => states.map((one) => address.hash(address.stateOf(one)))", states)
    assert again == states
    assert [one["chains"]["a"] for one in read] == [case["layers"] for case in asked]
    assert [one["dims"] for one in read] == [case["dims"] for case in asked]
    told = [case["causal"] and any(layer["kernel"] > 1 for layer in case["layers"]) for case in asked]
    assert [one["causal"] for one in read] == told

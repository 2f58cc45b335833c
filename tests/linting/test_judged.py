"""What was judged is said in words that show how the layers stand."""

from __future__ import annotations

import json

import pytest

from rfscope.exact.analysis import analyze
from rfscope.linting.run import judge
from rfscope.linting.settings import Settings
from rfscope.network.build import assemble, chain, conv
from rfscope.readers.spec import read_spec


def judged(*layers: dict[str, object]) -> tuple[str, ...]:
    rows = [{"op": "conv", "kernel": 3, "padding": "same"} | layer for layer in layers]
    rows.append({"op": "add", "name": "sum", "inputs": ["a", "b"], "padding": None})
    rows = [{key: value for key, value in row.items() if value is not None} for row in rows]
    data = json.dumps({"rfscope": 1, "layers": rows}).encode()
    return judge("net", analyze(read_spec(data, file="net.json", format="json").network)).judged


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        pytest.param(
            [{"name": "in"}, {"name": "a", "dilation": 2}, {"name": "b", "dilation": 3, "inputs": ["in"]}],
            "(1, then side by side 2 | 3)",
            id="behind a dense layer",
        ),
        pytest.param(
            [{"name": "a", "dilation": 2}, {"name": "b", "dilation": 3, "inputs": ["input"]}],
            "(side by side 2 | 3)",
            id="alone",
        ),
    ],
)
def test_parallel_branches_are_not_listed_as_if_in_series(layers: list[dict[str, object]], said: str) -> None:
    [found] = judged(*layers)
    assert found.endswith(f" {said}")


def test_a_limit_of_look_ahead_is_said_not_to_be_judged_where_there_is_no_time() -> None:
    limit = Settings(thresholds={"max_lookahead": 0})
    said = "not its look-ahead, which only a 1-D network has (rates: --dims 1)"
    assert judge("1,2", analyze(chain([1, 2])), limit).judged == ("conv1 .. conv2 (1,2)", said)
    assert judge("1", analyze(assemble([conv(3, dims=3)])), limit).judged == ("no dilated layer", said)
    for dims, settings in ((1, limit), (2, None)):
        assert said not in judge("1,2", analyze(chain([1, 2], dims=dims)), settings).judged

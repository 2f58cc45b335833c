"""How findings are worded: the first sentence says it all, in the field's words; no advice where it would be false."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

import rfscope as rf
from rfscope.exact.analysis import Analysis, analyze
from rfscope.rules import RULES, Finding, Rule
from tests.zoo import well_known as known
from tests.zoo.test_well_known import ROWS

LONGEST = 100
"""Characters of the first sentence, names and lists of rates aside."""

ODD = re.compile(
    r"neighbour|lead-in|striped|in a row|resolution|its own window|(dilated|the|a|such a|this) run\b", re.IGNORECASE
)
"""Words that are no more in use."""


STRICT = {"min_receptive_field": 9_999, "max_lookahead": 0, "max_latency_ms": 0, "sample_rate": 16_000}


def found() -> Iterator[tuple[Analysis, Finding]]:
    for _, build, *_ in ROWS:
        analysis = analyze(build())
        for rule in RULES:
            for finding in rule.findings(analysis, STRICT):
                yield analysis, finding


def bare(analysis: Analysis, message: str) -> str:
    """A message without the names of layers and lists of rates, whose length is the user's."""
    for name in sorted((node.name for node in analysis.network.nodes), key=len, reverse=True):
        message = message.replace(name, "NAME")
    return re.sub(r"\d+(,\d+)+", "RATES", message)


def test_the_first_sentence_is_one_short_line_and_the_rest_are_sentences() -> None:
    seen = set()
    for analysis, finding in found():
        seen.add(finding.code)
        assert "\n" not in finding.message
        assert len(bare(analysis, finding.message)) <= LONGEST, finding.message
        assert not finding.message.endswith(".")
        assert not finding.details.endswith(".")
        assert finding.details[:1] in {"", "M"} or finding.details[0].isupper()
        assert ". " not in bare(analysis, finding.message)
    codes = "101 102 103 104 105 106 201 204 205 301 306"
    assert seen >= {f"RFS{code}" for code in codes.split()}


def test_words_are_the_fields() -> None:
    for analysis, finding in found():
        text = " ".join((bare(analysis, finding.message), bare(analysis, finding.details), finding.help))
        assert not ODD.search(text), text


@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_pages_use_the_words_of_the_field(rule: Rule) -> None:
    said = f"{rule.page.summary} {rule.page.explanation}"
    assert not ODD.search(said), said


FIRST = {
    "2,4,8": "conv1 to conv3 skip 3 of 4 pixels of the input: no layer has rate 1",
    "1,2,9": "conv1 to conv3 skip 29 % of the pixels they span: conv3 has rate 9, smaller rates see only 7",
    "2": "conv1 skips 3 of 4 pixels of the input: no layer has rate 1",
    "1,2,4": "conv2 to conv3 share the factor 2: 4 interleaved images that never meet",
    "2,2,2,1": "conv1 to conv3 share the factor 2, but conv4 mixes what they keep apart",
    "1,5,2": "M_2 = 5 > 3 for the rates 1,5: fail; the exact test finds no holes",
    "1,1,1,1,1,11": "gridding index 0.57, above 0.5: the counts of conv1 to conv6 repeat like a grid",
}


@pytest.mark.parametrize(("rates", "said"), FIRST.items(), ids=FIRST)
def test_the_first_sentence(rates: str, said: str) -> None:
    assert [one.message for one in rf.lint(rates)] == [said]


def test_a_map_behind_strides_is_named_by_its_output_stride() -> None:
    net = known.Net()
    for _ in range(3):
        net.conv(4, stride=2)
    net.chain(2, 4, 8)
    [finding] = rf.lint(net.done())
    said = "conv4 to conv6 skip 3 of 4 positions of their map at output stride 8: no layer has rate 1"
    assert (finding.node, finding.message) == ("conv4", said)


def test_a_strided_layer_is_told_how_many_taps_fill_what_it_skips() -> None:
    [finding] = [one for one in rf.lint(known.raw_stride(both=False)) if one.code == "RFS101"]
    assert finding.message == "conv1 skips 3 of 4 pixels of the input: its stride is 2, its kernel 1"
    assert finding.help == "use a kernel of 2 or more taps there, or put a dense layer of 2 or more taps before it"
    for first, stride in ((2, 2), (1, 2)):  # both ways to follow it
        net = known.Net()
        if first == 1:
            net.conv(2)
        net.conv(first, stride=stride)
        net.conv(3)
        assert not [one for one in rf.lint(net.done()) if one.code == "RFS101"]


def helps(target: object) -> list[str]:
    return [one.help for one in rf.lint(target) if one.code in {"RFS101", "RFS102", "RFS103", "RFS105"}]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param(rf.chain([2]), id="a layer alone"),
        pytest.param(known.stacks((2, 2), (3, 3)), id="parallel stacks"),
        pytest.param(known.one_fusion(), id="parallel blocks"),
        pytest.param("zoo:resnet-v1c-50-d8", id="a backbone"),
        pytest.param("zoo:drn-a-18", id="another backbone"),
        pytest.param("zoo:deeplab-v3-os16", id="a pyramid behind a backbone"),
    ],
)
def test_no_rates_are_advised_where_that_would_be_false(target: object) -> None:
    found = helps(target)
    assert found
    assert all("instead of" not in one and "write rate" not in one for one in found)


@pytest.mark.parametrize("target", ["zoo:resnet-v1c-50-d8", "zoo:drn-a-18"])
def test_of_a_trained_backbone_it_is_said_that_other_rates_change_what_is_read(target: str) -> None:
    assert all("other rates would change what weights" in one for one in helps(target))

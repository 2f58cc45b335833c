from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope.cli import run
from rfscope.errors import RfscopeError
from rfscope.network.reads import Padding, Table, Whole
from rfscope.rules import LEVELS, RULES, THRESHOLDS, Rule, find_rule

LintExample = Callable[..., tuple[int, list[dict[str, Any]]]]
CODES = [rule.code for rule in RULES]
SPEAKS_ALONE = ("RFS103", "RFS104")
"""Told with the holes that have the same cause, and off unless selected."""


def by_code(rule: Rule) -> str:
    return rule.code


def test_codes_and_names_are_unique_and_in_order() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(set(CODES)) == CODES
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"RFS\d{3}", code) for code in CODES)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)
    assert all(rule.level in LEVELS for rule in RULES)


def test_every_rule_file_holds_a_listed_rule() -> None:
    import rfscope.rules

    files = {path.stem for path in Path(rfscope.rules.__file__).parent.glob("*.py")} - {
        "__init__",
        "base",
        "axes",
        "suggestions",
    }
    assert files == {rule.name.replace("-", "_") for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_page_is_complete(rule: Rule) -> None:
    page = rule.page
    assert page.summary.endswith(".")
    assert "\n" not in page.summary
    assert all((page.explanation, page.bad, page.good, page.source))


@pytest.fixture
def lint_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> LintExample:
    """Lint an example of a manual page as a user would: exit code, and the codes, names and so on of what is found.

    The settings before it go to a configuration, the layers of a spec to a file; one line is what to type.
    """
    monkeypatch.chdir(tmp_path)

    def answer(text: str, *words: str) -> tuple[int, list[dict[str, Any]]]:
        code = run(["lint", *typed(text, tmp_path), *words, "--output-format", "json"])
        out, err = capsys.readouterr()
        assert err == ""
        return code, json.loads(out)

    return answer


def typed(text: str, folder: Path) -> list[str]:
    """Write the files that an example needs; what to type then."""
    keys = {threshold.key for threshold in THRESHOLDS}
    settings = [line for line in text.splitlines() if line.partition(" = ")[0] in keys]
    rest = "\n".join(line for line in text.splitlines() if line not in settings)
    own = [line for line in rest.splitlines() if line.startswith("pretrained-from = ")]
    rest = "\n".join(line for line in rest.splitlines() if line not in own)
    if own:
        settings += ["[[networks]]", f"target = '{rest}'", *own]
    (folder / "rfscope.toml").write_text("\n".join(settings), encoding="utf-8")
    if "[[" not in rest:
        return shlex.split(rest)
    (folder / "net.toml").write_text(f"rfscope = 1\n{rest}\n", encoding="utf-8")
    return ["net.toml"]


def of_rule(rule: Rule, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in found if record["code"] == rule.code]


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_bad_example_breaks_the_rule_and_good_one_keeps_it(rule: Rule, lint_example: LintExample) -> None:
    alone = ("--select", rule.code) if rule.code in SPEAKS_ALONE else ()
    code, every = lint_example(rule.page.bad, "--fail-level", rule.level, *alone)
    found = of_rule(rule, every)
    assert code == 1
    assert {(record["name"], record["level"]) for record in found} == {(rule.name, rule.level)}
    assert all(record["message"] and record["node"] for record in found)
    assert rule.level == "info" or all(record["help"] for record in found)
    assert not any(record["message"].endswith(".") or record["help"].endswith(".") for record in found)
    assert of_rule(rule, lint_example(rule.page.good)[1]) == []


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_a_rule_alone_decides_the_exit_code(rule: Rule, lint_example: LintExample) -> None:
    beside = ",RFS101" if rule.code == "RFS903" else ""  # an ignore of a rule that is off is not known to be idle
    code, found = lint_example(rule.page.bad, "--select", rule.name + beside)
    assert of_rule(rule, found) == found != []
    assert code == (rule.level == "error")
    assert lint_example(rule.page.bad, "--select", rule.code + beside, "--exit-zero") == (0, found)


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_a_rule_that_is_left_out_finds_nothing(rule: Rule, lint_example: LintExample) -> None:
    for words in (("--ignore", rule.code), ("--ignore", rule.name), ("--extend-ignore", rule.code)):
        assert of_rule(rule, lint_example(rule.page.bad, *words)[1]) == []


@pytest.mark.parametrize("rule", RULES, ids=by_code)
def test_found_by_code_and_by_name(rule: Rule) -> None:
    assert find_rule(rule.code.lower()) is find_rule(rule.name) is rule


def test_unknown_rule_suggests_a_close_one() -> None:
    with pytest.raises(RfscopeError, match="did you mean 'holes'"):
        find_rule("holse")


VERDICTS: list[tuple[str, dict[str, Any], str]] = [
    ("2,4,8", {}, "RFS101 error"),
    ("1,2,5", {}, ""),
    ("1,5,2", {}, "RFS103 info"),
    ("1,3@5,7", {}, ""),
    ("1,2,4", {}, "RFS102 warning"),
    ("1,1,2,4,8,16,1", {}, "RFS102 info"),
    ("1,2,9", {}, "RFS101 error"),
    ("2,2,2", {}, "RFS101 error"),
    ("1,2,3,1,2,3", {}, ""),
    ("2", {}, "RFS101 error"),
    ("1,1,1", {}, ""),
    ("2,2,2,1", {}, "RFS102 info"),
    ("2,1", {}, ""),
    ("1,2,4,8,16,32,64,128,256,512", {"kernel": 2, "dims": 1, "causal": True}, "RFS102 info"),
    ("1,2,4,8,16,32,64,128,256,512", {"kernel": 2, "dims": 1}, "RFS102 warning"),
    ("2,4,8", {"dims": 1, "causal": True}, "RFS101 error"),
]


@pytest.mark.parametrize(("rates", "shape", "expected"), VERDICTS)
def test_verdicts(rates: str, shape: dict[str, Any], expected: str) -> None:
    findings = rf.lint(rf.analyze(rates, **shape))
    assert ", ".join(f"{finding.code} {finding.level}" for finding in findings) == expected


def test_a_stride_that_undoes_the_factor_is_no_common_factor() -> None:
    strided = rf.analyze("1,2,2", stride=[1, 1, 2])
    assert "RFS102" not in {finding.code for finding in rf.lint(strided)}
    assert "RFS102" in {finding.code for finding in rf.lint("1,2,2")}


def test_layers_at_another_resolution_can_fill_holes() -> None:
    assert "RFS101" not in {one.code for one in rf.lint(rf.analyze("1,2,9,1", stride=[1, 1, 2, 1]))}
    [finding] = [one for one in rf.lint(rf.analyze("1,2,12,1", stride=[1, 1, 2, 1])) if one.code == "RFS101"]
    assert finding.node == "conv3"
    assert "conv3 has rate 12, smaller rates see only 7" in finding.message
    assert "write 1,2,7 instead of 1,2,12" in finding.help


def test_axes_that_differ_are_named() -> None:
    net = rf.assemble("net", [rf.conv("a", kernel=3, dilation=(1, 2)), rf.conv("b", kernel=3, dilation=(2, 4))])
    assert {(finding.code, finding.axis) for finding in rf.lint(net)} == {("RFS101", 1)}


def test_gridding_index_threshold_is_an_option() -> None:
    rule = find_rule("RFS105")
    analysis = rf.analyze("1,2,9,17")
    assert not list(rule.findings(analysis))
    hole_free = rf.analyze("1,1,1,1,5,11")
    index = hole_free.schedules[0].gridding_index
    assert index is not None
    assert list(rule.findings(hole_free, {"max_gridding_index": index - 0.01}))
    assert not list(rule.findings(hole_free, {"max_gridding_index": index}))


def test_gridding_index_over_the_limit_is_said() -> None:
    from rfscope import limits

    with limits.raised({"index-terms": 5}):
        [finding] = list(find_rule("RFS105").findings(rf.analyze("1,1,1,1,5,11")))
    assert finding.level == "info"
    assert "not computed" in finding.message


def test_a_second_head_is_judged_too() -> None:
    heads = [
        rf.conv("m1", inputs=["input"]),
        rf.conv("m2"),
        rf.conv("m3"),
        rf.conv("s1", dilation=3, inputs=["input"]),
        rf.conv("s2", dilation=7),
    ]
    [finding] = rf.lint(rf.assemble("net", heads, outputs=["m3", "s2"]))
    assert (finding.code, finding.node) == ("RFS101", "s2")
    assert "spans 441 pixels of the input and reads 81 of them (18 %)" in finding.details
    assert not rf.lint(rf.assemble("net", heads, outputs=["m3"]))


def test_holes_beside_the_main_path_name_the_branch() -> None:
    net = [
        rf.conv("a1", inputs=["input"]),
        rf.conv("a2", dilation=2),
        rf.conv("b", dilation=9, inputs=["input"]),
        rf.merge("sum", ["a2", "b"]),
    ]
    findings = {finding.code: finding for finding in rf.lint(rf.assemble("net", net))}
    assert findings["RFS101"].node == "b"
    assert "b, beside the main path, has rate 9" in findings["RFS101"].message


def test_strides_that_skip_look_through_pointwise_layers() -> None:
    def codes(*nodes: rf.Node) -> set[str]:
        return {code for finding in rf.lint(rf.assemble("net", nodes)) for code in (finding.code, *finding.folded)}

    one = rf.conv("one", kernel=1, stride=2, inputs=["relu"])
    three = rf.conv("three", kernel=3, stride=2, inputs=["input"])
    relu = rf.merge("relu", ["input"])
    assert "RFS301" not in codes(relu, one, three, rf.merge("sum", ["one", "three"]))
    assert "RFS301" in codes(relu, one)
    assert "RFS301" in codes(rf.conv("d", kernel=3, dilation=2, stride=2))


def test_causality_knows_of_global_operations_and_of_what_is_unknown() -> None:
    def found(*nodes: rf.Node) -> list[str]:
        return [one.message for one in rf.lint(rf.assemble("net", nodes, dims=1), max_lookahead=0)]

    causal = rf.conv("a", kernel=3, padding=(2, 0), dims=1)
    assert found(causal) == []
    everything = rf.Node(name="pool", op="global", reads=(Whole(),), inputs=("a",))
    [message] = found(causal, everything)
    assert message == "pool reads everything ahead, through pool, and 0 are allowed"
    [message] = found(causal, everything, rf.merge("gate", ["a", "pool"], op="multiply", dims=1))
    assert message.startswith("gate reads everything ahead, through pool")
    [message] = found(rf.conv("same", kernel=3, stride=2, padding="same", dims=1))
    assert message.startswith("same reads an unknown number of samples ahead")


def causal_block(kernel: int, padding: tuple[int, int], dims: int = 1) -> list[str]:
    """What is found where a layer with this padding along the first axis meets its own input."""
    paddings: list[Padding] = [padding, *[(kernel // 2, (kernel - 1) // 2)] * (dims - 1)]
    nodes = [rf.conv("a", kernel=kernel, padding=paddings, dims=dims, inputs=["input"])]
    nodes += [rf.merge("sum", ["a", "input"], dims=dims)]
    return [finding.code for finding in rf.lint(rf.assemble("net", nodes))]


@pytest.mark.parametrize(
    ("kernel", "padding", "dims", "found"),
    [
        pytest.param(3, (2, 0), 1, [], id="causal"),
        pytest.param(2, (1, 0), 1, [], id="causal, kernel 2"),
        pytest.param(3, (2, 0), 3, [], id="causal along the time of a video"),
        pytest.param(3, (1, 1), 1, [], id="centred"),
        pytest.param(3, (0, 2), 1, ["RFS303"], id="ahead"),
        pytest.param(5, (3, 1), 1, ["RFS303"], id="neither"),
        pytest.param(2, (1, 0), 2, ["RFS303"], id="an even kernel on an image"),
    ],
)
def test_branches_padded_to_be_causal_are_not_misaligned(
    kernel: int, padding: tuple[int, int], dims: int, found: list[str]
) -> None:
    assert causal_block(kernel, padding, dims) == found


def lookahead(*windows: tuple[int, int, tuple[int, int]]) -> tuple[str, str]:
    """Message and help for a chain of windows: kernel, stride, padding."""
    nodes = [
        rf.conv(f"c{n}", kernel=kernel, stride=stride, padding=padding, dims=1)
        for n, (kernel, stride, padding) in enumerate(windows)
    ]
    nodes.append(rf.transposed_conv("up", kernel=8, stride=8, dims=1))
    [finding] = [one for one in rf.lint(rf.assemble("net", nodes), max_lookahead=0) if one.code == "RFS204"]
    return finding.message, finding.help


def test_a_frame_of_latency_is_told_as_such() -> None:
    message, advice = lookahead((8, 8, (0, 0)))
    assert message.startswith("up reads 7 samples ahead, and 0 are allowed")
    assert advice == "7 samples = one frame of 8: run it in chunks of 8, or accept 7 samples of latency"
    _, advice = lookahead((3, 1, (1, 1)), (8, 8, (0, 0)))
    assert advice.startswith("put all padding before the input; what is left is 7 samples = one frame of 8")


def test_padding_on_both_sides_is_put_before() -> None:
    [finding] = [one for one in rf.lint(rf.chain([1, 2], dims=1), max_lookahead=0) if one.code == "RFS204"]
    assert finding.help == "put all padding of its layers before the input, and none after it"


def test_no_rule_says_behind_for_later_in_time() -> None:
    page = find_rule("RFS204").page
    assert "behind" not in page.summary + page.explanation


def test_a_strided_dilated_layer_has_one_finding() -> None:
    [finding] = rf.lint(rf.assemble("net", [rf.conv("d", kernel=3, dilation=2, stride=2), rf.conv("e", kernel=1)]))
    assert (finding.code, finding.node, finding.folded) == ("RFS101", "d", ("RFS301",))
    assert "(RFS301)" in finding.details


def test_what_is_folded_is_told_and_speaks_when_selected(lint_example: LintExample) -> None:
    [finding] = rf.lint("2,4,8")
    assert finding.folded == ("RFS102", "RFS103")
    assert finding.details.endswith("share the factor 2 (RFS102); M_2 = 4 > 3 for the rates 2,4,8 (RFS103)")
    codes = [record["code"] for record in lint_example("2,4,8", "--ignore", "RFS101")[1]]
    assert codes == ["RFS102", "RFS103"]
    assert [record["code"] for record in lint_example("2,4,8", "--select", "RFS103")[1]] == ["RFS103"]


def test_published_rules_are_told_once_and_not_once_per_axis() -> None:
    nodes = [
        rf.conv("a", kernel=3),
        rf.conv("w", kernel=(1, 5)),
        rf.conv("h", kernel=(5, 1)),
        rf.conv("b", kernel=3, dilation=8),
        rf.conv("c", kernel=3, dilation=2),
    ]
    analysis = rf.analyze(rf.assemble("net", nodes))
    assert len(analysis.schedules) == 2
    for code in ("RFS103", "RFS104"):
        [finding] = list(find_rule(code).findings(analysis))
        assert finding.axis is None


def test_a_map_that_is_read_at_one_place_by_all_outputs_is_not_strided_over() -> None:
    one = Table(starts=(2,), stops=(3,), shift=0, size=4)
    resized = rf.Node(name="resized", op="resize", reads=(one,), inputs=("a",))
    net = rf.assemble("net", [rf.conv("a", dims=1, padding=(1, 1)), resized])
    assert "RFS301" not in {found.code for found in rf.lint(rf.analyze(net, input=(8,)))}


@pytest.mark.parametrize(("kernel", "level"), [(1, "warning"), (2, "error")])
def test_a_strided_1x1_is_a_warning(kernel: int, level: str) -> None:
    nodes = [rf.conv("a"), rf.conv("b", kernel=kernel, stride=3, padding=(0, 0))]
    [finding] = [one for one in rf.lint(rf.assemble("net", nodes)) if one.code == "RFS301"]
    assert finding.level == level


def test_the_example_of_the_sawtooth_fits_the_kernel() -> None:
    rule = find_rule("RFS104")
    for kernel, example in ((2, "1,2,3,1,2,3"), (3, "1,2,5,1,2,5"), (5, "1,2,5,1,2,5")):
        [finding] = list(rule.findings(rf.analyze("1,3,2", kernel=kernel)))
        assert finding.help.endswith(f"such as {example}")
        assert rf.analyze(example, kernel=kernel).verdict == "ok"

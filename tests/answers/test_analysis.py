"""What Python users ask of an analysis."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import rfscope as rf
from rfscope.cli import run
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis as Numbers


def tcn() -> rf.Analysis:
    return rf.analyze("1,2,4,8", kernel=2, dims=1, causal=True, sample_rate=16_000)


def test_a_layer_has_a_name() -> None:
    analysis = rf.analyze("zoo:deeplab-v1")
    assert repr(analysis["conv5_1"]) == "<Layer conv5_1: 3x3, d2; sees 147x147, output stride 8>"
    assert analysis["conv5_1"].size == (147, 147)
    assert analysis["conv5_1"] in analysis.layers


def test_a_module_is_its_last_layer() -> None:
    assert rf.analyze("zoo:resnet-v1c-50")["layer1"].node.name.startswith("layer1.2")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("conv51", "unknown layer at deeplab-v1: got 'conv51', .*did you mean 'conv5_1'", id="close"),
        pytest.param("nothing", "got 'nothing', .*; it has conv1_1, conv1_2, pool1, conv2_1 and more", id="unknown"),
        pytest.param(3, "bad layer name: got 3, expected a name", id="number"),
    ],
)
def test_a_layer_that_is_not_there(name: Any, text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        rf.analyze("zoo:deeplab-v1")[name]


def test_time() -> None:
    assert (tcn().history, tcn().lookahead, tcn().hop) == (15, 0, Fraction(1))
    assert "ms" in str(tcn())
    image = rf.analyze("1,2,5")
    assert (image.history, image.lookahead, image.hop) == (None, None, None)


@pytest.mark.parametrize(
    ("rates", "first"),
    [
        pytest.param("2,4,8", (1, 3, 8), id="holes"),
        pytest.param("1,2,5", None, id="ok"),
        pytest.param("2", None, id="a single layer"),
        pytest.param("zoo:resnet-v1c-50-d8", None, id="a backbone"),
    ],
)
def test_suggestions(rates: str, first: tuple[int, ...] | None) -> None:
    found = rf.analyze(rates).suggestions
    assert (found[0].rates if found else None) == first
    for choice in found:
        assert rf.analyze(list(choice.rates)).verdict == "ok"


PRINTED: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "holes": (lambda: rf.analyze("2,4,8"), ("analyze", "2,4,8")),
    "gridding": (lambda: rf.analyze("1,2,4,8,16"), ("analyze", "1,2,4,8,16")),
    "a backbone": (lambda: rf.analyze("zoo:resnet-v1c-50-d8"), ("analyze", "zoo:resnet-v1c-50-d8")),
    "a comparison": (lambda: rf.compare("1,2,5", "2,4,8"), ("compare", "1,2,5", "2,4,8")),
    "findings": (lambda: rf.lint("2,4,8"), ("lint", "2,4,8")),
    "no findings": (lambda: rf.lint("1,2,5"), ("lint", "1,2,5")),
}


@pytest.mark.parametrize(("make", "words"), PRINTED.values(), ids=PRINTED)
def test_printed_they_are_the_command_line_s_text(
    make: Callable[[], object],
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run(words)
    told = capsys.readouterr().out
    assert str(make()).splitlines() == [line.rstrip() for line in told.rstrip().splitlines()]


@pytest.mark.parametrize(("columns", "widest"), [(40, 40), (80, 80), (500, 100)])
def test_text_is_as_wide_as_the_terminal(columns: int, widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = str(rf.analyze("zoo:resnet-v1c-50-d8")).splitlines()
    assert widest - 10 < max(map(len, lines)) <= widest


def test_text_has_only_signs_that_standard_output_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert str(rf.analyze("2,4,8")).isascii()


def test_no_colour_codes() -> None:
    assert "\x1b" not in str(rf.analyze("2,4,8")) + str(rf.compare("1,2,5", "2,4,8")) + str(rf.lint("2,4,8"))


def test_the_short_forms() -> None:
    texts = {
        repr(rf.analyze("1,2,4")): "<Analysis of 1,2,4: sees 15x15, GRIDDING>",
        repr(rf.compare("1,2,5", "2,4,8")): "<Comparison of 1,2,5: sees 17x17, OK; 2,4,8: sees 29x29, HOLES>",
        repr(rf.lint("2,4,8")): "<Findings for 2,4,8: error RFS101 holes at conv1>",
        repr(rf.lint("1,2,5")): "<Findings for 1,2,5: none>",
        repr(rf.analyze("2,4,8").suggestions[0]): (
            "<Choice 1,3,8: field 25, gridding index 0.11, first common input 3 layers back>"
        ),
    }
    assert list(texts) == list(texts.values())
    assert repr(rf.analyze("1,2,5").layers).splitlines()[2].startswith("conv2  3x3, d2")


def test_they_are_what_they_were() -> None:
    analysis = rf.analyze("2,4,8")
    assert isinstance(analysis, Numbers)
    assert isinstance(analysis.layers, tuple)
    findings = rf.lint(analysis)
    assert isinstance(findings, tuple)
    assert findings == tuple(findings)
    assert [layer.node.name for layer in analysis.layers[1:]] == ["conv2", "conv3"]


def test_they_can_be_sent_to_another_process() -> None:
    for record in (rf.lint("2,4,8"), rf.analyze("2,4,8")):
        assert str(pickle.loads(pickle.dumps(record))) == str(record)  # noqa: S301 - our own


@pytest.mark.parametrize("kind", ["heatmap", "layers", "growth"])
def test_plots(kind: Any) -> None:
    assert rf.analyze("2,4").plot(kind).figure is not None


@pytest.mark.parametrize(
    ("kind", "options", "text"),
    [
        pytest.param(
            "heat", {}, "unknown kind of plot: got 'heat', expected one of heatmap, layers, tree, growth", id="kind"
        ),
        pytest.param(
            "layers", {"log": True}, "no option 'log' of a plot of layers: expected one of figure", id="option"
        ),
    ],
)
def test_plots_that_there_are_not(kind: Any, options: dict[str, Any], text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        rf.analyze("2,4").plot(kind, **options)


def test_options_of_plots_and_rules_are_named() -> None:
    from inspect import Parameter, signature

    from rfscope.rules import THRESHOLDS

    shown = {name: set(signature(getattr(rf, name)).parameters) for name in rf.__all__ if name.startswith("plot_")}
    assert {"annotate", "log"} <= shown["plot_heatmap"] & shown["plot_compare"] & set(
        signature(rf.Analysis.plot).parameters
    )
    for name in shown:
        kinds = {parameter.kind for parameter in signature(getattr(rf, name)).parameters.values()}
        assert Parameter.VAR_KEYWORD not in kinds
    taken = {name for name, one in signature(rf.lint).parameters.items() if one.kind is Parameter.KEYWORD_ONLY}
    assert taken == {threshold.name for threshold in THRESHOLDS}

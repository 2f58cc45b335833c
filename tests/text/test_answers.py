"""Answers of ``analyze`` that were read aloud, at every width, in colour and piped."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

import rfscope as rf
from rfscope.exact.analysis import Analysis
from rfscope.text.report import report
from rfscope.text.words import sentences
from tests import golden
from tests.real_networks.table import define_missing_operators
from tests.text.answers import ANSWERS
from tests.text.test_report import console, printed

SHORT = {"2,4,8": "2,4,8", "1,2,5": "1,2,5", "1,2,9": "1,2,9", "single": "3", "long": ",".join(["1", "2", "3"] * 60)}
WIDTHS = (20, 40, 60, 80, 120)
HEADS = {"layer", "kind", "output", "field", "jump", "start", "weights", "safe rates"}
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@lru_cache
def analyzed(name: str) -> Analysis:
    return ANSWERS[name]() if name in ANSWERS else rf.analyze(SHORT[name])


def answer(name: str, width: int = 80, *, colour: bool = False, with_map: bool | None = None) -> str:
    on = console(width, colour=colour)
    return printed(report(analyzed(name), on, with_map=with_map), on)


@pytest.mark.parametrize("name", ANSWERS)
def test_golden(name: str) -> None:
    golden.check(f"report {name}", answer(name))


def test_torchvision() -> None:
    define_missing_operators()
    from torchvision import models

    module = models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None).eval()
    on = console()
    golden.check("report deeplabv3_resnet50", printed(report(rf.analyze(module), on), on))


@pytest.mark.parametrize("name", [*ANSWERS, *SHORT])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_but_names(name: str, width: int) -> None:
    text = answer(name, width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)
    [head] = [line for line in lines if line.startswith("layer  ")]
    assert "…" not in head
    assert set(filter(None, map(str.strip, head.split("  ")))) <= HEADS
    if width >= 60:
        told = " ".join(text.split())
        assert all(" ".join(sentence.split()) in told for sentence in sentences(analyzed(name)))


@pytest.mark.parametrize("name", [*ANSWERS, *SHORT])
def test_an_answer_fits_a_screen(name: str) -> None:
    assert answer(name).count("\n") <= 40


@pytest.mark.parametrize("name", [*ANSWERS, *SHORT])
def test_colour_adds_nothing_but_colour(name: str) -> None:
    coloured = answer(name, colour=True, with_map=False)
    assert ESCAPES.sub("", coloured) == answer(name, with_map=False)
    assert "\x1b[1;" in coloured.splitlines()[0]


def test_the_map_is_drawn_where_it_fits_or_is_wanted() -> None:
    assert "░" in answer("1,2,5")
    assert "░" not in answer("1,2,5", with_map=False)
    assert "░" not in answer("2,4,8")
    assert "░" in answer("2,4,8", with_map=True)
    assert "░" not in answer("resnet-50-d8")


def test_all_layers_are_shown_on_demand() -> None:
    found = analyzed("resnet-50-d8")
    on = console()
    text = printed(report(found, on, every_layer=True), on)
    assert all(layer.node.name in text for layer in found.layers)
    assert "… 2 more like layer2.1.conv2" in answer("resnet-50-d8")
    assert "--all shows each" in answer("resnet-50-d8")
    assert "--all" not in text

"""Pictures of many schedules: those for a wish, and those of a family."""

from __future__ import annotations

from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np  # noqa: TID253
import pytest

import rfscope as rf
from rfscope.cli import run
from rfscope.design.family import family
from rfscope.errors import RfscopeError


def _points(figure: Any) -> tuple[int, list[tuple[float, float]]]:
    """How many dots there are, and where markers are."""
    (ax,) = figure.axes
    named = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    dots = sum(len(line.get_xdata()) for line in ax.lines) - len(named)
    return dots, [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in named]


def _names(figure: Any) -> list[str]:
    (ax,) = figure.axes
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_dot_for_each_schedule_and_a_marker_for_each_that_no_other_beats() -> None:
    found = rf.suggest(field=31, layers=4)
    figure = rf.plot_front(found)
    dots, marked = _points(figure)
    assert dots == found.certificate.candidates == 11
    assert found.front is not None
    assert len(marked) == len(found.front) + len(found.known)
    for answer in (*found.front, *found.known):
        assert any((answer.index, answer.step) == pytest.approx(place) for place in marked)
    assert "1,2,4,8: TCN, Bai et al. 2018" in _names(figure)


def test_of_more_than_can_be_compared_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rfscope.design.compared._COMPARED_WHOLLY", 65 * 100)
    monkeypatch.setattr("rfscope.design.compared._SAMPLES", 20)
    figure = rf.plot_front(rf.suggest(field=65, layers=5), caption=True)
    assert any("drawn at random" in text.get_text() for text in figure.texts)
    assert 10 < _points(figure)[0] <= 20


def test_a_family_is_judged_as_analyze_does() -> None:
    found = family(layers=3, max_rate=7)
    assert found.rates.T.tolist() == [list(one) for one in combinations_with_replacement(range(1, 8), 3)]
    verdicts = np.where(found.holes, "holes", np.where(found.gridding, "gridding", "ok")).tolist()
    for rates, field, index, verdict in zip(found.rates.T.tolist(), found.fields, found.indices, verdicts, strict=True):
        analysis = rf.analyze(rf.chain(rates))
        assert (analysis.verdict, analysis.output.size[0]) == (verdict, field)
        assert analysis.output.gridding_index == pytest.approx((index, index))


def test_known_schedules_are_named_on_the_map_of_a_family() -> None:
    figure = rf.plot_family(layers=4, max_rate=9)
    dots, marked = _points(figure)
    assert dots == 495
    assert [field for field, _ in marked] == [35, 31]
    assert _names(figure) == ["1,2,5,9: Wang et al. 2018", "1,2,4,8: TCN, Bai et al. 2018"]


@pytest.mark.parametrize(
    ("layers", "rate", "kernel", "says"),
    [
        (0, 3, 3, "bad number of layers"),
        (3, 0, 3, "bad largest rate"),
        (3, 3, 1, "bad kernel"),
        (40, 160, 3, "too many schedules to draw"),
        (10_000, 1_000_000, 3, "too many schedules to draw"),
        (5_000, 2, 3, "too many schedules to draw"),
    ],
)
def test_families_that_cannot_be_drawn(layers: int, rate: int, kernel: int, says: str) -> None:
    with pytest.raises(RfscopeError, match=says):
        family(layers, rate, kernel)


def test_nothing_to_draw() -> None:
    with pytest.raises(RfscopeError, match="no schedules to draw"):
        rf.plot_front(rf.suggest(field=64, layers=5))
    with pytest.raises(RfscopeError, match="no schedules to draw"):
        rf.plot_front(rf.suggest(near=(2, 4, 8)))
    with pytest.raises(RfscopeError, match="no gridding index to draw"):
        rf.plot_front(rf.suggest(field=33, layers=4, stride=(1, 2, 1, 1)))


def test_on_the_command_line(tmp_path: Path) -> None:
    for words in ("front --field 33 --layers 4", "family --layers 3 --max-rate 8"):
        file = tmp_path / f"{words.split()[0]}.svg"
        assert run(["plot", *words.split(), "-o", str(file), "--width", "column", "--dark"]) == 0
        assert file.read_text().count("<svg") == 1
    assert run(["plot", "front", "--field", "65,33", "-o", str(tmp_path / "x.png")]) == 2

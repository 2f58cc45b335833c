"""Pictures look the same whatever the folder, the user's files or the program say, unless a style is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl  # noqa: TID253
import pytest
from matplotlib.figure import Figure  # noqa: TID253

from rfscope.errors import OutputError
from rfscope.exact.analysis import Analysis
from rfscope.plots import render, styled
from rfscope.plots.compare import plot_compare
from rfscope.plots.growth import plot_growth
from rfscope.plots.heatmap import plot_heatmap
from rfscope.plots.layers import plot_layers
from rfscope.plots.tree import plot_tree
from tests.plots.reading import figure_of, of
from tests.program import rfscope

DRAWN: dict[str, Callable[[Analysis], Figure]] = {
    "heatmap": lambda analysis: figure_of(plot_heatmap(analysis)),
    "compare": lambda analysis: plot_compare(analysis, analysis),
    "layers": plot_layers,
    "growth": plot_growth,
    "tree": lambda analysis: figure_of(plot_tree(of([1, 2, 4], dims=1), labels=[analysis.name])),
}

OF_A_FOLDER = {
    "look": b"savefig.dpi: 20\nfigure.facecolor: red\nfont.family: serif\nsvg.fonttype: none\n",
    "latex": b"text.usetex: True\n",
    "backend": b"backend: module://evil\n",
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("settings", OF_A_FOLDER.values(), ids=OF_A_FOLDER)
def test_no_matplotlibrc_of_a_folder_changes_a_picture(settings: bytes, tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_bytes(settings)
    (tmp_path / "evil.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    done = rfscope("plot", "heatmap", "1,2,5", "-o", "here.svg", cwd=tmp_path)
    assert done[:2] == (0, "")
    assert (tmp_path / "here.svg").read_bytes() == render(figure_of(plot_heatmap(of([1, 2, 5]))), "svg")


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_no_setting_of_a_program_changes_our_own_figures(draw: Callable[[Analysis], Figure]) -> None:
    ours = render(draw(of([1, 2, 4])), "svg")
    with mpl.rc_context({"font.size": 20, "figure.facecolor": "red", "text.usetex": True, "svg.fonttype": "none"}):
        figure = draw(of([1, 2, 4]))
        assert render(figure, "svg") == ours
    assert render(figure, "svg") == ours


def test_axes_of_the_caller_get_our_print_and_their_figure_keeps_its_settings() -> None:
    with mpl.rc_context({"figure.facecolor": "red", "font.size": 20, "svg.fonttype": "none"}):
        figure = Figure()
        ax = plot_heatmap(of([2, 4]), figure.subplots())
        assert b"<text" in render(figure, "svg")
    assert b"<text" not in render(figure, "svg")
    assert figure.get_facecolor() == (1, 0, 0, 1)
    assert {float(text.get_fontsize()) for text in (ax.title, ax.xaxis.label, *ax.get_xticklabels())} == {7, 7.5, 8}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_style_is_for_those_who_ask_for_it(draw: Callable[[Analysis], Figure], tmp_path: Path) -> None:
    path = tmp_path / "paper.mplstyle"
    path.write_text("svg.fonttype: path\nxtick.labelsize: 5\nfont.family: serif\n", encoding="utf-8")
    ours = render(draw(of([1, 2, 4])), "svg")
    with styled(path):
        figure = draw(of([1, 2, 4]))
        data = render(figure, "svg")
    assert b"<text" in ours
    assert b"<text" not in data
    assert data != ours
    assert render(figure, "svg") == data
    assert render(draw(of([1, 2, 4])), "svg") == ours


@pytest.mark.parametrize("name", DRAWN)
def test_every_plot_takes_a_style(name: str, tmp_path: Path) -> None:
    (tmp_path / "red").write_text("figure.facecolor: red\n", encoding="utf-8")
    targets = {"compare": ["1,2,5", "1,2"], "tree": ["1,2,5", "--dims", "1"]}.get(name, ["1,2,5"])
    assert rfscope("plot", name, *targets, "-o", "a.svg", "--style", "red", cwd=tmp_path)[:2] == (0, "")
    assert b"fill: #ff0000" in (tmp_path / "a.svg").read_bytes()


BAD = {
    "a key": (b"foo: 1\n", "Bad key foo"),
    "a value": (b"axes.grid: perhaps\n", "Key axes.grid"),
    "no value": (b"axes.grid\n", "Missing colon"),
    "no style": (b"savefig.directory: x\n", "not related to style"),
    "no text": (b"\xff\xfe", "can't decode"),
    "what cannot be drawn": (b"font.sans-serif: sans\ntext.usetex: True\ntext.latex.preamble: \\nosuch\n", "mend it"),
}


@pytest.mark.parametrize(("data", "said"), BAD.values(), ids=BAD)
def test_a_bad_style_is_said_in_one_line(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(data)
    code, out, err = rfscope("plot", "layers", "1,2,5", "-o", "a.png", "--style", "bad", cwd=tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: cannot draw in the style at bad: got ")
    assert said in err
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_what_is_no_style_file_is_refused(name: str) -> None:
    with pytest.raises(OutputError, match="no such style file"), styled(name):
        pass


def test_a_map_in_the_terminal_has_no_style() -> None:
    assert rfscope("plot", "heatmap", "1", "--style", "x")[::2] == (
        2,
        "error: a style is for a picture at x; name its file with -o\n",
    )

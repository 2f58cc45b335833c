"""Files: the same bytes every time, in three formats and no other."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import rcParams  # noqa: TID253

from rfscope.errors import OutputError
from rfscope.plots import render, save
from rfscope.plots.compare import plot_compare
from rfscope.plots.heatmap import plot_heatmap
from tests.plots.reading import figure_of, of

MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<?xml", "pdf": b"%PDF-"}

SCRIPT = """
import hashlib
from rfscope.exact.analysis import analyze
from rfscope.network.build import chain
from rfscope.plots import render
from rfscope.plots.compare import plot_compare
from rfscope.plots.growth import plot_growth
from rfscope.plots.layers import plot_layers
from rfscope.plots.tree import plot_tree
pair = analyze(chain([1, 2, 5])), analyze(chain([2, 4, 8]))
line = analyze(chain([1, 2, 4], kernel=2, dims=1))
tree = plot_tree(line).figure
for figure in (plot_compare(*pair, annotate=True), plot_layers(pair[0]), tree, plot_growth(*pair)):
    for format in ("png", "svg", "pdf"):
        print(hashlib.sha256(render(figure, format)).hexdigest())
"""


def test_two_processes_write_the_same_bytes() -> None:
    runs = [
        subprocess.run([sys.executable, "-W", "error", "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert len(set(runs[0].split())) == 12
    figure = plot_compare(of([1, 2, 5]), of([2, 4, 8]), annotate=True)
    here = [hashlib.sha256(render(figure, kind)).hexdigest() for kind in MAGIC]
    assert here == runs[0].split()[:3]


@pytest.mark.parametrize("format", MAGIC)
def test_writes_the_format_and_changes_no_settings(format: str, tmp_path: Path) -> None:
    figure = figure_of(plot_heatmap(of([2, 4])))
    before = dict(rcParams)
    data = render(figure, format)
    assert data.startswith(MAGIC[format])
    path = tmp_path / f"map.{format.upper()}"
    save(figure, path)
    assert path.read_bytes() == data
    stream = io.BytesIO()
    save(figure, stream, format)
    assert stream.getvalue() == data
    assert dict(rcParams) == before


def test_different_pictures_are_different_files() -> None:
    assert render(figure_of(plot_heatmap(of([2, 4]))), "png") != render(figure_of(plot_heatmap(of([1, 4]))), "png")


def test_text_in_drawings_is_text() -> None:
    data = render(figure_of(plot_heatmap(of([2, 4]))), "svg").decode()
    assert ">pixels from the centre</text>" in data
    assert ">2,4: HOLES, 13x13 pixels, 49 of 169 used (29 %)</text>" in data


@pytest.mark.parametrize("format", MAGIC)
@pytest.mark.parametrize("dims", [1, 2])
def test_a_field_of_two_thousand_is_a_small_file(format: str, dims: int) -> None:
    analysis = of([1, 3, 9, 27, 81, 243, 636], dims=dims)
    assert analysis.output.axes[0].size_max == 2001
    data = render(figure_of(plot_heatmap(analysis, width="text")), format)
    assert len(data) < 2_000_000
    if dims > 1 and format == "svg":
        assert b"<image" in data


def test_print_uses_fonts_that_publishers_take() -> None:
    data = render(figure_of(plot_heatmap(of([2, 4]))), "pdf")
    assert b"/Type3" not in data
    assert b"CreationDate" not in data


@pytest.mark.parametrize("name", ["map.jpg", "map", "map.", "png", "map.png.gz"])
def test_other_suffixes_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="expected png, svg or pdf"):
        save(figure_of(plot_heatmap(of([1]))), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_format_given_needs_no_suffix(tmp_path: Path) -> None:
    save(figure_of(plot_heatmap(of([1]))), str(tmp_path / "map"), "png")
    assert (tmp_path / "map").read_bytes().startswith(MAGIC["png"])


def test_a_stream_needs_a_format() -> None:
    with pytest.raises(OutputError, match="expected png, svg or pdf"):
        save(figure_of(plot_heatmap(of([1]))), io.BytesIO())


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write at .*nowhere"):
        save(figure_of(plot_heatmap(of([1]))), tmp_path / "nowhere" / "map.png")


def test_importing_loads_no_matplotlib() -> None:
    code = "import rfscope.plots, sys; print([m for m in ('matplotlib', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

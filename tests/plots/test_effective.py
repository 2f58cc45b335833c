"""Pictures of effective fields: what is coloured, where the frame is, and what is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rfscope.errors import RfscopeError
from rfscope.measured import EffectiveField, Outside
from rfscope.plots.effective import plot_effective
from rfscope.plots.look import LIGHT


def field(dims: int = 2, step: int = 2, **more: Any) -> EffectiveField:
    """A field of 9 positions in the middle of 21, of which every second is read."""
    line = np.zeros(21)
    line[6:15:step] = 1
    counts = line
    for _ in range(dims - 1):
        counts = np.multiply.outer(counts, line)
    facts: dict[str, Any] = {
        "name": "net",
        "node": "a",
        "at": (10,) * dims,
        "e1": counts,
        "e2": counts**2,
        "counts": counts / counts.sum(),
        "exact": counts > 0,
        "frame": ((6, 9),) * dims,
        "centre": (10.0,) * dims,
        "periods": ((2,),) * dims,
        "outside": Outside("none", 0.0),
        "samples": 3,
    }
    return EffectiveField(**(facts | more))


def pixels_of(figure: Any) -> Any:
    """The colours of the map, a number from 0 to 255 each."""
    [image] = figure.axes[0].images
    return np.round(255 * image.get_array()[..., :3]).astype(int)


def colours(figure: Any) -> set[tuple[int, ...]]:
    return {tuple(map(int, one)) for one in pixels_of(figure).reshape(-1, 3)}


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_holes_have_their_colour_and_what_lies_outside_has_none() -> None:
    figure = plot_effective(field())
    pixels = pixels_of(figure)
    assert {rgb(LIGHT.paper), rgb(LIGHT.hole)} < colours(figure)
    assert tuple(pixels[0, 0]) == rgb(LIGHT.paper)
    assert tuple(pixels[1, 2]) == rgb(LIGHT.hole)  # the frame begins one position in
    assert tuple(pixels[1, 1]) not in (rgb(LIGHT.paper), rgb(LIGHT.hole))
    assert rgb(LIGHT.hole) not in colours(plot_effective(field(step=1)))


def test_the_frame_is_the_exact_field_beyond_the_border_too() -> None:
    figure = plot_effective(field(frame=((6, 9), (-4, 19)), centre=(10.0, 5.0)))
    frame: Any
    [frame] = figure.axes[0].patches
    assert (frame.get_x(), frame.get_y(), frame.get_width(), frame.get_height()) == (-9.5, -4.5, 19, 9)
    assert figure.axes[0].get_xlim()[0] == -5.5  # the border of the image


def test_what_comes_through_a_gate_is_drawn_outside_the_frame() -> None:
    e2 = np.full((21, 21), 0.5)
    figure = plot_effective(field(e2=e2, outside=Outside("through", 0.8, 0.0, ("gate",))))
    assert rgb(LIGHT.paper) not in colours(figure)


@pytest.mark.parametrize(("dims", "panels"), [(1, 1), (2, 4), (3, 4)])
def test_axes_of_lines_maps_and_volumes(dims: int, panels: int) -> None:
    figure = plot_effective(field(dims), log=False)
    assert len(figure.axes) == panels
    assert any("from the centre" in ax.get_xlabel() for ax in figure.axes)


def test_without_a_frame_the_whole_input_is_shown() -> None:
    e2 = np.random.default_rng(0).random((21, 21))
    figure = plot_effective(
        field(e2=e2, exact=None, frame=None, counts=None, outside=Outside("global", None, through=("pool",)))
    )
    assert figure.axes[0].get_xlim() == (-10.5, 10.5)
    assert not figure.axes[0].patches
    words = [text.get_text() for legend in figure.legends for text in legend.get_texts()]
    assert words == ["measured"]


def test_several_stand_side_by_side_on_one_scale() -> None:
    figure = plot_effective(field(), field(step=1), labels=["before", "after"], dark=True)
    maps = [ax for ax in figure.axes if ax.images and len(ax.images) == 1]
    limits = {ax.get_ylim() for ax in figure.axes if "columns" in ax.get_xlabel()}
    assert len(maps) == 2
    assert len(limits) == 1
    said = [text.get_text() for text in figure.texts]
    assert {"before", "after"} <= set(said)
    assert any("Half within 5x5" in text or "Half within 7x7" in text for text in said)


def test_a_map_of_more_positions_than_dots_loses_no_grid() -> None:
    size = 3001
    line = np.zeros(size)
    line[::50] = 1
    e2 = np.outer(line, np.ones(size))[:, :40]
    figure = plot_effective(
        field(e2=e2, e1=e2, exact=None, frame=None, counts=None, centre=(1500.0, 20.0), periods=()), dpi=60
    )
    pixels = pixels_of(figure)
    rows = {tuple(row) for row in pixels[:, 0]}
    assert len(pixels) < size
    assert len(rows) == 2


@pytest.mark.parametrize(
    ("fields", "options", "said"),
    [
        ((), {}, "bad number of fields to draw: got 0"),
        ((field(1), field(2)), {}, "fields of different numbers of axes: got 1, 2"),
        ((field(),), {"labels": ["a", "b"]}, "wrong number of labels: got 2"),
        ((field(),), {"cmap": "jet"}, "colour map not fit for counts"),
    ],
    ids=["none", "axes", "labels", "colours"],
)
def test_what_cannot_be_drawn(fields: tuple[EffectiveField, ...], options: dict[str, Any], said: str) -> None:
    with pytest.raises(RfscopeError) as refused:
        plot_effective(*fields, **options)
    assert said in str(refused.value)

"""What a notebook asks a picture for, and gets."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.figure import Figure  # noqa: TID253

import rfscope as rf

PICTURES: dict[str, Callable[[], Any]] = {
    "heatmap": lambda: rf.analyze("1,2,9").plot(),
    "a heatmap's figure": lambda: rf.plot_heatmap("1,2,9").figure,
    "layers": lambda: rf.analyze("1,2,4", kernel=2, dims=1).plot("layers"),
    "growth": lambda: rf.plot_growth("1,2,4"),
    "compare": lambda: rf.plot_compare("1,2", "2,4"),
}


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_a_picture_of_our_own_shows_itself_as_wide_as_it_is_printed(make: Callable[[], Any]) -> None:
    drawn = make()
    data, shown = drawn._repr_png_()
    assert data.startswith(b"\x89PNG")
    assert shown == {"width": round((getattr(drawn, "figure", None) or drawn).get_figwidth() * 96)}


def test_axes_of_somebody_else_are_left_to_him() -> None:
    assert not hasattr(rf.plot_heatmap("1,2", ax=Figure().subplots()), "_repr_png_")


def test_a_figure_can_still_be_kept() -> None:
    kept = pickle.loads(pickle.dumps(rf.plot_heatmap("1,2").figure))  # noqa: S301
    assert kept._repr_png_()[0].startswith(b"\x89PNG")

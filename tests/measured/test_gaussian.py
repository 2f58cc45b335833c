"""A Gaussian is said of what it describes, and of nothing else."""

from __future__ import annotations

import pytest

from rfscope.exact.taps import Taps, axis_counts
from rfscope.measured.moments import gaussian, moments

pytest.importorskip("scipy")


def test_a_gaussian_is_told_from_a_grid() -> None:
    import numpy as np

    smooth = axis_counts([Taps(3, 1)] * 20)
    found, gridded = gaussian(smooth), gaussian(axis_counts([Taps(3, 2), Taps(3, 4), Taps(3, 8)]))
    assert found is not None
    assert found.std == pytest.approx(moments(smooth).std, rel=0.02)
    assert found.explained > 0.999
    assert gridded is None or gridded.explained < 0.5
    assert gaussian(np.array([0.0, 0.0, 1.0])) is None

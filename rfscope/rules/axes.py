"""How findings name the axes they are about."""

from __future__ import annotations

from collections.abc import Collection

from rfscope.exact.analysis import Analysis

__all__ = ["only_axis"]


def only_axis(axes: Collection[int], analysis: Analysis) -> int | None:
    """The axis that a finding on some axes names: none if it holds along all of them, else the first."""
    return None if len(axes) == analysis.network.dims else min(axes)

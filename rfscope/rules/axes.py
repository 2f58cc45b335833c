"""How findings name the axes and the layers they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rfscope.exact.analysis import Analysis

__all__ = ["layers_text", "only_axis"]


def only_axis(axes: Collection[int], analysis: Analysis) -> int | None:
    """The axis that a finding on some axes names: none if it holds along all of them, else the first."""
    return None if len(axes) == analysis.network.dims else min(axes)


def layers_text(names: Sequence[str]) -> str:
    """A stage by its first and last layer.

    Example:
        >>> layers_text(["conv1", "conv2", "conv3"]), layers_text(["conv1"])
        ('conv1 to conv3', 'conv1')
    """
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"

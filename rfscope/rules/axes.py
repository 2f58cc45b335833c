"""How findings name the axes and the layers they are about."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rfscope.exact.analysis import Analysis

__all__ = ["layer_text", "layers_text", "only_axis"]


def only_axis(axes: Collection[int], analysis: Analysis) -> int | None:
    """The axis that a finding on some axes names: none if it holds along all of them, else the first."""
    return None if len(axes) == analysis.network.dims else min(axes)


def layer_text(name: str) -> str:
    """A layer by its name, which in a sentence must not be taken for a number: parts of a sequence are called so.

    Example:
        >>> layer_text("conv1"), layer_text("0")
        ('conv1', 'layer 0')
    """
    return f"layer {name}" if name[:1].isdigit() else name


def layers_text(names: Sequence[str]) -> str:
    """A stage by its first and last layer.

    Example:
        >>> layers_text(["conv1", "conv2", "conv3"]), layers_text(["conv1"]), layers_text(["0", "2"])
        ('conv1 to conv3', 'conv1', 'layers 0 to 2')
    """
    first, last = names[0], names[-1]
    if len(names) == 1:
        return layer_text(first)
    return f"{'layers ' if first[:1].isdigit() else ''}{first} to {last}"

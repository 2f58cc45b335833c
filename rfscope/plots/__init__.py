"""Pictures of what an output sees: functions of an analysis, drawn with matplotlib, loaded when one is made."""

from __future__ import annotations

from rfscope.plots.compare import plot_compare
from rfscope.plots.growth import plot_growth
from rfscope.plots.heatmap import plot_heatmap
from rfscope.plots.layers import plot_layers
from rfscope.plots.save import render, save
from rfscope.plots.settings import styled

__all__ = ["plot_compare", "plot_growth", "plot_heatmap", "plot_layers", "render", "save", "styled"]

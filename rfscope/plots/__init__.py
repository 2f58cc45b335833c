"""Pictures of what an output sees: functions of an analysis, drawn with matplotlib, loaded when one is made.

How to add a plot kind: write a file here with a function ``plot_KIND`` from an analysis to a figure; import it below,
and write its command in ``rfscope/cli/plot.py``. For Python, name it in ``rfscope/api.py`` and ``rfscope/__init__.py``.
"""

from __future__ import annotations

from rfscope.plots.compare import plot_compare
from rfscope.plots.growth import plot_growth
from rfscope.plots.heatmap import plot_heatmap
from rfscope.plots.layers import plot_layers
from rfscope.plots.save import render, save
from rfscope.plots.settings import styled

__all__ = ["plot_compare", "plot_growth", "plot_heatmap", "plot_layers", "render", "save", "styled"]

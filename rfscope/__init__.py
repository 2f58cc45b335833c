"""Receptive fields, usage counts and the gridding effect of convolutional networks, exactly.

Example:
    >>> import rfscope as rf
    >>> rf.analyze("1,2,5")
    <Analysis of 1,2,5: sees 17x17, OK>
"""

from rfscope._version import __version__ as __version__

TYPE_CHECKING = (
    False  # not from typing: ``python -m rfscope`` comes here while the current folder may still be searched
)
if TYPE_CHECKING:
    from typing import Any

    from rfscope import testing as testing
    from rfscope.answers.analysis import Analysis as Analysis
    from rfscope.answers.comparison import Comparison as Comparison
    from rfscope.answers.effective import EffectiveField as EffectiveField
    from rfscope.answers.findings import Findings as Findings
    from rfscope.answers.stream import Stream as Stream
    from rfscope.answers.survey import Survey as Survey
    from rfscope.api.effective import erf as erf
    from rfscope.api.large import stream as stream
    from rfscope.api.large import tile as tile
    from rfscope.api.networks import analyze as analyze
    from rfscope.api.networks import chain as chain
    from rfscope.api.networks import compare as compare
    from rfscope.api.networks import lint as lint
    from rfscope.api.networks import verify as verify
    from rfscope.api.reports import report as report
    from rfscope.api.schedules import repair as repair
    from rfscope.api.schedules import suggest as suggest
    from rfscope.api.surveys import survey as survey
    from rfscope.errors import RfscopeError as RfscopeError
    from rfscope.network.build import assemble as assemble
    from rfscope.network.build import conv as conv
    from rfscope.network.build import merge as merge
    from rfscope.network.build import pool as pool
    from rfscope.network.build import resize as resize
    from rfscope.network.build import transposed_conv as transposed_conv
    from rfscope.network.graph import Network as Network
    from rfscope.network.graph import Node as Node
    from rfscope.plots.compare import plot_compare as plot_compare
    from rfscope.plots.family import plot_family as plot_family
    from rfscope.plots.frames import animate_layers as animate_layers
    from rfscope.plots.front import plot_front as plot_front
    from rfscope.plots.growth import plot_growth as plot_growth
    from rfscope.plots.heatmap import plot_heatmap as plot_heatmap
    from rfscope.plots.layers import plot_layers as plot_layers
    from rfscope.plots.tree import plot_tree as plot_tree

_HOMES = {
    "Analysis": "rfscope.answers.analysis",
    "Comparison": "rfscope.answers.comparison",
    "EffectiveField": "rfscope.answers.effective",
    "Findings": "rfscope.answers.findings",
    "Network": "rfscope.network.graph",
    "Node": "rfscope.network.graph",
    "RfscopeError": "rfscope.errors",
    "Stream": "rfscope.answers.stream",
    "Survey": "rfscope.answers.survey",
    "analyze": "rfscope.api.networks",
    "animate_layers": "rfscope.plots.frames",
    "assemble": "rfscope.network.build",
    "chain": "rfscope.api.networks",
    "compare": "rfscope.api.networks",
    "conv": "rfscope.network.build",
    "erf": "rfscope.api.effective",
    "lint": "rfscope.api.networks",
    "repair": "rfscope.api.schedules",
    "suggest": "rfscope.api.schedules",
    "survey": "rfscope.api.surveys",
    "stream": "rfscope.api.large",
    "transposed_conv": "rfscope.network.build",
    "resize": "rfscope.network.build",
    "pool": "rfscope.network.build",
    "merge": "rfscope.network.build",
    "plot_compare": "rfscope.plots.compare",
    "plot_family": "rfscope.plots.family",
    "plot_front": "rfscope.plots.front",
    "plot_growth": "rfscope.plots.growth",
    "plot_heatmap": "rfscope.plots.heatmap",
    "plot_layers": "rfscope.plots.layers",
    "report": "rfscope.api.reports",
    "plot_tree": "rfscope.plots.tree",
    "tile": "rfscope.api.large",
    "verify": "rfscope.api.networks",
}

__all__ = ["__version__", "testing", *_HOMES]  # noqa: PLE0604 - the keys are strings; listing the names twice would invite drift


def __getattr__(name: str) -> "Any":
    """Load a public name when it is first asked for (PEP 562), so that importing the package loads nothing heavy."""
    from importlib import import_module

    if name == "testing":
        return import_module("rfscope.testing")
    if name not in _HOMES:
        raise AttributeError(f"module 'rfscope' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

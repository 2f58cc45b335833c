"""From what a user names to a network and its analysis: what it leaves open, finding it, modules, analysis."""

from rfscope.targets.examining import analysis_of, examine, part
from rfscope.targets.modules import Target, is_module, module_of, module_without_data
from rfscope.targets.reading import Reading, readings
from rfscope.targets.resolving import resolve

__all__ = [
    "Reading",
    "Target",
    "analysis_of",
    "examine",
    "is_module",
    "module_of",
    "module_without_data",
    "part",
    "readings",
    "resolve",
]

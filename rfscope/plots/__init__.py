"""Pictures of what an output sees, drawn with matplotlib, which is loaded when one is made.

How to add a plot kind: write a file ``KIND.py`` here with a function ``plot_KIND``, from a target (``target``) or
several (``*targets``) to a figure, and name it in ``rfscope/__init__.py``, once for type checkers and once for Python.
``rfscope plot KIND`` is made from its parameters and the first line of its docstring. Kinds of no target are made in
``rfscope/cli/plot_wishes.py``.
"""

from __future__ import annotations

from rfscope.plots.save import render, save
from rfscope.plots.settings import styled

__all__ = ["render", "save", "styled"]

"""Rates 1,2,5 beside rates 2,4,8: the numbers, and the figure of the README.

Takes the file to write as its argument, ``.png``, ``.svg`` or ``.pdf``.
"""

import sys
from pathlib import Path

import rfscope as rf
from rfscope.plots import save

comparison = rf.compare("1,2,5", "2,4,8")
for label, cells in comparison.rows.items():
    print(f"{label:22} {cells[0]:22} {cells[1]}")

target = Path(sys.argv[1] if len(sys.argv) > 1 else "1,2,5-and-2,4,8.png")
save(rf.plot_compare(*comparison.analyses, annotate=True), target)

"""What torch's operations read, by their names: one table a family."""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.readers.torch.operation import Handler
from rfscope.readers.torch.operations.merging import MERGING
from rfscope.readers.torch.operations.mixing import MIXING
from rfscope.readers.torch.operations.shapes import SHAPES
from rfscope.readers.torch.operations.windows import WINDOWS

__all__ = ["HANDLERS"]

HANDLERS: Mapping[str, Handler] = {**WINDOWS, **SHAPES, **MERGING, **MIXING}
"""How to read each operation; one that is not here is pointwise if torch says so, or unknown."""

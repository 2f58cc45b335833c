"""What ONNX's operations read, by their names: one table a family.

How to add an operation: write a handler ``(tracer, operation) -> Result`` in the family's file that turns attributes
and inputs into one call of ``readers/tracing``, and add a row to the table at its end. A graph in
``tests/readers/onnx`` shows that it reads what it should.
"""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.readers.onnx.branches import of_branches
from rfscope.readers.onnx.operation import Handler
from rfscope.readers.onnx.operations.merging import MERGING
from rfscope.readers.onnx.operations.mixing import MIXING
from rfscope.readers.onnx.operations.resizing import RESIZING
from rfscope.readers.onnx.operations.shapes import SHAPES
from rfscope.readers.onnx.operations.windows import WINDOWS

__all__ = ["HANDLERS"]

HANDLERS: Mapping[str, Handler] = {**WINDOWS, **RESIZING, **SHAPES, **MERGING, **MIXING, "If": of_branches}
"""How to read each operation; one that is not here is unknown."""

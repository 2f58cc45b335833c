"""What ONNX's operations read, by their names: one table a family."""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.readers.onnx.operation import Handler
from rfscope.readers.onnx.operations.merging import MERGING
from rfscope.readers.onnx.operations.mixing import MIXING
from rfscope.readers.onnx.operations.resizing import RESIZING
from rfscope.readers.onnx.operations.shapes import SHAPES
from rfscope.readers.onnx.operations.windows import WINDOWS

__all__ = ["HANDLERS"]

HANDLERS: Mapping[str, Handler] = {**WINDOWS, **RESIZING, **SHAPES, **MERGING, **MIXING}
"""How to read each operation; one that is not here is unknown."""

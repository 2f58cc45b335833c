"""From tensor operations to a network: where the positions of the image lie in every tensor.

Frameworks move positions about by reshaping, transposing and slicing before an operation reads them. A tracer follows
them, dimension by dimension, through an exported graph, and writes down what each operation reads as nodes of a
network. Readers of such graphs translate the framework's operations into calls of a tracer.

How to add a reader of graphs: a package beside ``readers/torch`` and ``readers/onnx`` with a loop that yields a
``GraphStep`` for each operation (``run.py`` says what that is, and does all the rest), a record ``Operation`` that
hands a handler its arguments, and the handlers. A line of ``rfscope/readers/__init__.py`` says which files it reads.

How to add an operation: see ``readers/torch/operations`` and ``readers/onnx/operations``. Where no function here says
what it reads, add one: to ``spatial`` for what reads neighbours, ``shaping`` for what moves indices, ``merging`` for
what puts tensors together, ``mixing`` for what reads all of a dimension.
"""

from __future__ import annotations

from rfscope.readers.tracing.tracer import OperationPlace, Tracer
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["Everywhere", "Map", "OperationPlace", "Scores", "Tracer", "Value"]

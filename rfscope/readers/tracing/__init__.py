"""From tensor operations to a network: where the positions of the image lie in every tensor.

Frameworks move positions about by reshaping, transposing and slicing before an operation reads them. A tracer follows
them, dimension by dimension, through an exported graph, and writes down what each operation reads as nodes of a
network. Readers of such graphs translate the framework's operations into calls of a tracer.
"""

from __future__ import annotations

from rfscope.readers.tracing.tracer import Place, Tracer
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["Everywhere", "Map", "Place", "Scores", "Tracer", "Value"]

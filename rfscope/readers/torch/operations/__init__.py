"""What torch's operations read, by their names: one table a family.

How to add an operation: write a handler ``(tracer, call) -> Result`` in the family's file that turns the arguments into
one call of ``readers/tracing``, and add a row to the table at its end. If exported programs (``.pt2``) name it so, run
``python -m tests.readers.torch.make_schemas``, which writes its defaults down; if it makes a view, say in ``views.py``
how a write into that view is undone. A module in ``tests/readers/torch/modules.py`` shows that it reads what it should:
its own gradients are compared.
"""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.readers.torch.operation import Handler
from rfscope.readers.torch.operations.choosing import CHOOSING
from rfscope.readers.torch.operations.merging import MERGING
from rfscope.readers.torch.operations.mixing import MIXING
from rfscope.readers.torch.operations.sampling import SAMPLING
from rfscope.readers.torch.operations.shapes import SHAPES
from rfscope.readers.torch.operations.windows import WINDOWS

__all__ = ["HANDLERS"]

HANDLERS: Mapping[str, Handler] = {**WINDOWS, **SAMPLING, **SHAPES, **CHOOSING, **MERGING, **MIXING}
"""How to read each operation; one that is not here is pointwise if torch says so, or unknown."""

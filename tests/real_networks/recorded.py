"""Read real networks both ways, recorded and exported: ``python -m tests.real_networks.recorded [WORD...]``.

The libraries are no dependencies of rfscope; ``tests/real_networks/environment.sh`` makes an environment that has them.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from tests.readers.torch.both_ways import difference, read_both_ways
from tests.real_networks.networks import Real, networks
from tests.real_networks.table import define_missing_operators

__all__ = ["main"]


def main(words: Sequence[str]) -> int:
    """Print a line a network; the exit code is 1 if the two ways differ."""
    define_missing_operators()
    warnings.filterwarnings("ignore")
    differ = 0
    for real in networks():
        if not words or any(word in f"{real.library}/{real.name}" for word in words):
            said = _compared(real)
            differ += said.startswith("DIFFERS")
            print(f"{real.library} {real.name}: {said}", flush=True)
    return int(differ > 0)


def _compared(real: Real) -> str:
    import torch

    try:
        with torch.device("meta"):
            module = real.build()
    except Exception:  # noqa: BLE001 - what cannot be built without data is built with it
        module = real.build()
    try:
        found = difference(*read_both_ways(module, real.size))
    except Exception as error:  # noqa: BLE001 - whatever export raises is part of the answer
        return f"not both: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return "the same" if found is None else f"DIFFERS: {found}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

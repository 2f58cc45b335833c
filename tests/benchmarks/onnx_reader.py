"""How long reading the wheel's resnet50 and densenet121 takes beside ``import onnx`` alone: fresh processes, in pairs.

Run it by hand: ``python tests/benchmarks/onnx_reader.py [PAIRS]``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

READ = """
import onnx, sys
from pathlib import Path
from rfscope.readers.onnx import read_onnx
read_onnx(Path(onnx.__file__).parent / "backend/test/data/light" / sys.argv[1])
"""


def seconds(code: str, *arguments: str) -> float:
    """The time that a fresh interpreter takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)
    return time.perf_counter() - start


def main(pairs: int) -> None:
    """Print the medians and what the median pair says."""
    for name in ("light_resnet50.onnx", "light_densenet121.onnx"):
        both = [(seconds("import onnx"), seconds(READ, name)) for _ in range(pairs)]
        alone, read = (statistics.median(times) for times in zip(*both, strict=True))
        ratio = statistics.median(b / a for a, b in both)
        print(f"{name:24} import onnx {alone:.3f} s, import and read {read:.3f} s, {ratio:.2f} times (median of pairs)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

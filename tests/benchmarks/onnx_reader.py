"""How long reading takes beside ``import onnx`` alone: the wheel's resnet50 and densenet121, and a file of 100 MB.

Fresh processes, in pairs; at most three times is asked for.

Run it by hand: ``python tests/benchmarks/onnx_reader.py [PAIRS]``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

READ = """
import onnx, sys
from pathlib import Path
from rfscope.readers.onnx import read_onnx
read_onnx(Path(onnx.__file__).parent / "backend/test/data/light" / sys.argv[1])
"""

WEIGHTS = """
import sys
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save
weights = [numpy_helper.from_array(np.ones((512, 512, 3, 3), np.float32), f"w{layer}") for layer in range(11)]
names = ["x", *(f"a{layer}" for layer in range(11))]
nodes = [helper.make_node("Conv", [names[k], f"w{k}"], [names[k + 1]], pads=[1] * 4) for k in range(11)]
tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 512, "h", "w"]) for name in ("x", "a10")]
save(helper.make_model(helper.make_graph(nodes, "large", tensors[:1], tensors[1:], weights)), sys.argv[1])
"""


def seconds(code: str, *arguments: str) -> float:
    """The time that a fresh interpreter takes for some code."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)
    return time.perf_counter() - start


def main(pairs: int) -> None:
    """Print the medians and what the median pair says."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.onnx"
        seconds(WEIGHTS, str(large))
        compared(pairs, ["light_resnet50.onnx", "light_densenet121.onnx", str(large)])


def compared(pairs: int, names: list[str]) -> None:
    """Print a line for each file."""
    for name in names:
        both = [(seconds("import onnx"), seconds(READ, name)) for _ in range(pairs)]
        alone, read = (statistics.median(times) for times in zip(*both, strict=True))
        ratio = statistics.median(b / a for a, b in both)
        said = f"import onnx {alone:.3f} s, import and read {read:.3f} s, {ratio:.2f} times (median of pairs)"
        print(f"{Path(name).name:24} {said}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

"""A picture by the program against the same map by plain matplotlib: whole processes, one after the other.

python -m tests.benchmarks.pictures
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

PLAIN = """
import sys
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
line = np.ones(1)
for rate in (1, 2, 5):
    line = np.convolve(line, np.bincount([0, rate, 2 * rate]))
figure = Figure(figsize=(5.2, 4.9), dpi=304, layout="constrained")
FigureCanvasAgg(figure)
ax = figure.subplots()
image = ax.imshow(np.outer(line, line), extent=(-8.5, 8.5, 8.5, -8.5))
ax.set(xlabel="pixels from the centre", ylabel="pixels from the centre", title="1,2,5")
figure.colorbar(image, label="paths per pixel")
figure.savefig(sys.argv[1])
"""

MOST = 1.5
"""How many times as long as plain matplotlib the program may take."""


def seconds(*words: str) -> float:
    """What a process takes."""
    start = perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return perf_counter() - start


def main(repeat: int = 5) -> bool:
    """Print the shortest times, and whether the program keeps to its limit."""
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = (str(Path(folder, name)) for name in ("ours.png", "plain.png"))
        pairs = [
            (seconds("-m", "rfscope", "plot", "heatmap", "1,2,5", "-o", ours), seconds("-c", PLAIN, plain))
            for _ in range(repeat)
        ]
    first, second = (min(times) for times in zip(*pairs, strict=True))
    print(f"plot heatmap 1,2,5: {first:.2f} s, plain matplotlib: {second:.2f} s, ratio {first / second:.2f}")
    return bool(first <= MOST * second)


if __name__ == "__main__":
    raise SystemExit(not main())

"""How long the plan of tiles for a network as deep as FCN-R50 takes, and the facts of a decoder on a stream.

Run it as ``python -m tests.benchmarks.tiles_and_streams``.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

from rfscope.exact.analysis import analyze
from rfscope.exact.streaming import stream
from rfscope.exact.tile_plan import plan_tiles
from rfscope.zoo import load
from tests.exact.codecs import CODECS

SIZE, TILE = (1536, 1536), (1024, 1024)


def least(run: Callable[[], object], repeat: int) -> float:
    """The least time of several runs in milliseconds, of the processor and not of the clock."""
    found = []
    for _ in range(repeat):
        began = process_time()
        run()
        found.append(1000 * (process_time() - began))
    return min(found)


def main(repeat: int = 15) -> None:
    """Print both figures."""
    network = load("resnet-v1c-50-d8")
    took = least(lambda: plan_tiles(network, SIZE, TILE), repeat)
    print(f"plan of {network.name}, {len(network.nodes)} layers: {took:.1f} ms (at most 20)")
    decoder = analyze(CODECS["DAC decoder"]())
    took = least(lambda: stream(decoder), repeat)
    print(f"stream of {decoder.name}, {len(decoder.network.nodes)} layers: {took:.1f} ms (at most 100)")


if __name__ == "__main__":
    main()

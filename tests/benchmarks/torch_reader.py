"""What reading and analysis add to importing torch and exporting a network.

``python -m tests.benchmarks.torch_reader``; run it where torchvision is installed (see tests/real_networks). Each round
is a fresh process that imports torch, builds DeepLab v3 with a ResNet-50 and exports it, and then reads the exported
program and analyzes it; both spans are taken in the same process, so that they are paired.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

__all__ = ["main"]

_ROUNDS = 7

_PROGRAM = """
import json, time, warnings
warnings.filterwarnings("ignore")
began = time.perf_counter()
import torch
from tests.real_networks.table import define_missing_operators
define_missing_operators()
import torchvision
imported = time.perf_counter()
module = torchvision.models.segmentation.deeplabv3_resnet50(weights=None, weights_backbone=None).eval()
built = time.perf_counter()
exported = torch.export.export(module, (torch.rand(1, 3, 512, 512),), strict=False).run_decompositions({})
done = time.perf_counter()
from rfscope.exact.analysis import analyze
from rfscope.readers.torch.export import calls_of
from rfscope.readers.torch.translate import translate
network = translate(calls_of(exported), name="deeplab", dims=2, input=(512, 512), allow_unknown=False).network
analysis = analyze(network)
facts = [analysis.output.size, [run.own_share(2) for one in analysis.schedules for run in one.runs], analysis.hole_free]
read = time.perf_counter()
from rfscope.text.as_json import analysis_data
analysis_data(analysis)
told = time.perf_counter()
spans = {"base": imported - began + done - built, "ours": read - done, "all": told - done}
print(json.dumps({**spans, "facts": str(facts)}))
"""


def main() -> None:
    """Print the medians and their ratio; 0.10 is asked for."""
    rounds = []
    for _ in range(_ROUNDS):
        done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
        rounds.append(json.loads(done.stdout.splitlines()[-1]))
    base = statistics.median(one["base"] for one in rounds)
    ours = statistics.median(one["ours"] for one in rounds)
    ratio = statistics.median(one["ours"] / one["base"] for one in rounds)
    print(f"importing torch and exporting: {base:.2f} s; reading, fields, runs, holes: {ours:.2f} s, ratio {ratio:.3f}")
    whole = statistics.median(one["all"] / one["base"] for one in rounds)
    print(f"with everything that --json tells: ratio {whole:.3f} (asked 0.10 for reading and analysis)")
    print(rounds[0]["facts"])


if __name__ == "__main__":
    main()

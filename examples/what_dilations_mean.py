"""What do ``strides``, ``dilations`` and ``contract_dilation`` of a config mean? The config is read, and never run."""

from pathlib import Path

import rfscope as rf

folder = Path(__file__).parent / "configs"
for name in ("fcn-r50-d8.py", "fcn-r50-d8-full.py"):
    analysis = rf.analyze(folder / name, output="backbone")
    print(f"{name}: one output of the backbone sees {analysis.output.size}, a step is {analysis.output.axes[0].stride}")
    for node in analysis.network.nodes:
        rate = getattr(node.reads[0], "dilation", 1)
        if rate > 1:
            print(f"  {node.name} has rate {rate}")

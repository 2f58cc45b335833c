"""A dilated network exported to ONNX: the file says what the module says, with nothing but its bytes.

Needs torch to make the file; reading it needs only ``onnx``.
"""

import logging
import tempfile
import warnings
from pathlib import Path

import torch

import rfscope as rf
from rfscope.exact.same import expect

layers = [torch.nn.Conv2d(3, 8, 3, stride=2, padding=1), torch.nn.ReLU()]
for rate in (1, 2, 5):
    layers += [torch.nn.Conv2d(8, 8, 3, padding=rate, dilation=rate), torch.nn.ReLU()]
module = torch.nn.Sequential(*layers)

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "net.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        torch.onnx.export(
            module.eval(),
            (torch.zeros(1, 3, 64, 64),),
            file,
            dynamo=False,
            input_names=["image"],
            dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}},
        )
    original, exported = rf.analyze(module), rf.analyze(file)

print("layers:", ", ".join(node.name for node in exported.network.nodes))
for schedule in exported.schedules:
    print(f"rates {schedule.rates}: {'no holes' if schedule.hole_free else 'holes'}")
print(f"one output sees {exported.output.size[0]}x{exported.output.size[1]} pixels")
print("same reads:", expect("same-reads", original, exported).met)

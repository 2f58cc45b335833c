"""DeepLab v1 LargeFOV as a torch module: what does it see, what do the design rules say, and what helps?

VGG-16 whose last two poolings keep their stride at 1: the three convolutions behind them have a rate of 2 instead, and
the first fully connected layer is a 3x3 convolution of rate 12 (Chen et al. 2015, arXiv 1412.7062).
"""

from collections.abc import Sequence

import torch
from torch import nn

import rfscope as rf


def large_fov(conv5: Sequence[int] = (2, 2, 2), fc6: int = 12) -> nn.Module:
    """The network, with the rates of its dilated layers."""
    net = nn.Sequential()

    def conv(name: str, own: int, out: int, rate: int = 1) -> None:
        net.add_module(name, nn.Conv2d(own, out, 3, padding=rate, dilation=rate))
        net.add_module(f"relu_{name}", nn.ReLU())

    own = 3
    for stage, (out, count, stride) in enumerate(((64, 2, 2), (128, 2, 2), (256, 3, 2), (512, 3, 1)), start=1):
        for place in range(1, count + 1):
            conv(f"conv{stage}_{place}", own, out)
            own = out
        net.add_module(f"pool{stage}", nn.MaxPool2d(3, stride, padding=1))
    for place, rate in enumerate(conv5, start=1):
        conv(f"conv5_{place}", 512, 512, rate)
    net.add_module("pool5", nn.MaxPool2d(3, 1, padding=1))
    conv("fc6", 512, 1024, fc6)
    net.add_module("fc7", nn.Conv2d(1024, 1024, 1))
    net.add_module("fc8", nn.Conv2d(1024, 21, 1))
    return net


if __name__ == "__main__":
    for title, rates in (("as published", (2, 2, 2)), ("repaired", (1, 2, 3))):
        with torch.device("meta"):  # only the shapes matter
            analysis = rf.analyze(large_fov(rates))
        field = analysis.output.axes[0]
        print(f"{title}: conv5 {rates}, fc6 12")
        print(f"  one output sees {field.size} pixels, stride {field.stride}, {analysis.output.coverage.holes} holes")
        print(f"  {analysis.parameters} weights")
        for finding in rf.lint(analysis):
            print(f"  {finding.code} {finding.level}: {finding.message}")

"""DeepLab v1 LargeFOV as a torch module: what does it see, what do the design rules say, and what helps?

VGG-16 whose last two poolings keep their stride at 1: the three convolutions behind them have a rate of 2 instead, and
the first fully connected layer is a 3x3 convolution of rate 12 (Chen et al. 2015, arXiv 1412.7062).
"""

import torch
from torch import nn

import rfscope as rf


def conv(own: int, out: int, rate: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(own, out, 3, padding=rate, dilation=rate), nn.ReLU()]


def large_fov(conv5: tuple[int, int, int] = (2, 2, 2), fc6: int = 12) -> nn.Module:
    """The network, with the rates of its dilated layers."""
    layers: list[nn.Module] = []
    own = 3
    for out, count, stride in ((64, 2, 2), (128, 2, 2), (256, 3, 2), (512, 3, 1)):
        for _ in range(count):
            layers += conv(own, out)
            own = out
        layers.append(nn.MaxPool2d(3, stride, padding=1))
    for rate in conv5:
        layers += conv(512, 512, rate)
    layers += [nn.MaxPool2d(3, 1, padding=1), *conv(512, 1024, fc6), nn.Conv2d(1024, 1024, 1), nn.Conv2d(1024, 21, 1)]
    return nn.Sequential(*layers)


for title, rates in (("as published", (2, 2, 2)), ("with coprime rates", (1, 2, 3))):
    with torch.device("meta"):  # only the shapes matter
        analysis = rf.analyze(large_fov(rates))
    [field, _] = analysis.output.axes
    print(f"{title}: conv5 {rates}, fc6 12")
    print(f"  one output sees {field.size} pixels, stride {field.stride}, {analysis.output.coverage.holes} holes")
    print(f"  {analysis.parameters} weights")
    for finding in rf.lint(analysis):
        print(f"  {finding.code} {finding.level}: {finding.message}")

"""A residual network whose last strides became rates: does it still read what its pretrained weights were trained on?

Taking a stride away leaves the layers behind it four times as many positions; their rate doubles, so that they reach as
far as before. Whether the first of them takes the old rate or the new one decides whether the pixels stay the same.
"""

import torch
from torch import Tensor, nn

import rfscope as rf
from rfscope.testing import assert_same_reads


class Block(nn.Module):
    def __init__(self, own: int, out: int, stride: int, rate: int, first: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(own, out, 3, stride, padding=first, dilation=first, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=rate, dilation=rate, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Conv2d(own, out, 1, stride, bias=False) if own != out else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """Two stages; where the second keeps its size its rate doubles, at once or behind its first convolution."""

    def __init__(self, *, replace_stride_with_dilation: bool, first_keeps_rate: bool = False) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 2, padding=1)
        self.layer1 = nn.Sequential(Block(16, 32, 2, 1, 1), Block(32, 32, 1, 1, 1))
        stride, rate = (1, 2) if replace_stride_with_dilation else (2, 1)
        first = 1 if first_keeps_rate else rate
        self.layer2 = nn.Sequential(Block(32, 64, stride, rate, first), Block(64, 64, 1, rate, rate))

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer2(self.layer1(self.stem(x)))
        return y


strided = rf.analyze(ResNet(replace_stride_with_dilation=False), input=(64, 64))
for title, keeps in (("the rate doubles at once", False), ("the first convolution keeps its rate", True)):
    dilated = rf.analyze(ResNet(replace_stride_with_dilation=True, first_keeps_rate=keeps), input=(64, 64))
    size, stride = dilated.output.size, dilated.output.axes[0].stride
    print(f"{title}: sees {size}, stride {stride}; strided: {strided.output.size}, {strided.output.axes[0].stride}")
    try:
        assert_same_reads(strided, dilated)
        print("  reads the same pixels, each as often")
    except AssertionError as difference:
        print(f"  reads others: {difference}")
    for finding in rf.lint(dilated):
        if finding.code == "RFS102":
            print(f"  {finding.level}: {finding.message}")

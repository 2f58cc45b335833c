"""A whole network as the first DeepLab was commonly written: VGG with dilated layers, which casts what it is given."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["Segmenter"]


def stage(own: int, out: int, count: int, rate: int = 1) -> list[nn.Module]:
    found: list[nn.Module] = []
    for at in range(count):
        found += [nn.Conv2d(own if at == 0 else out, out, 3, padding=rate, dilation=rate), nn.BatchNorm2d(out)]
        found += [nn.ReLU(inplace=True)]
    return found


class Segmenter(nn.Module):
    """Five stages; the last pools have a stride of 1, and rates of 2 and 4 stand for the strides that are left out.

    Args:
        pools: How many there are: 4, or 5 with one behind the fifth stage.
        w: Channels of the first stage.
    """

    def __init__(self, pools: int = 5, w: int = 1) -> None:
        super().__init__()
        self.stages = nn.Sequential(
            *stage(3, w, 2),
            nn.MaxPool2d(2, 2),
            *stage(w, 2 * w, 2),
            nn.MaxPool2d(2, 2),
            *stage(2 * w, 4 * w, 3),
            nn.MaxPool2d(2, 2),
            *stage(4 * w, 8 * w, 3),
            nn.MaxPool2d(2, 1, padding=1),
            *stage(8 * w, 8 * w, 3, rate=2),
            *[nn.MaxPool2d(2, 1, padding=1)] * (pools - 4),
        )
        self.classes = nn.Sequential(
            nn.Conv2d(8 * w, 8 * w, 3, padding=4, dilation=4),
            nn.ReLU(inplace=True),
            nn.Dropout(),
            nn.Conv2d(8 * w, 8 * w, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(8 * w, 3, 1),
        )
        self.head = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Any:
        x = x.float()
        found = self.classes(self.stages(x))
        return self.head(functional.interpolate(found, scale_factor=8, mode="bilinear", align_corners=False))

"""A 3-D U-Net on a volume too large for one pass: how much overlap do its tiles need?

The halo is what an output needs beyond its own place, on either side, over all phases of the up-sampling. Tiles that
overlap by it give exactly what the whole volume would have given.
"""

import torch
from torch import Tensor, nn

import rfscope as rf


def double(own: int, out: int) -> nn.Module:
    return nn.Sequential(nn.Conv3d(own, out, 3, padding=1), nn.ReLU(), nn.Conv3d(out, out, 3, padding=1), nn.ReLU())


class UNet3D(nn.Module):
    def __init__(self, levels: int) -> None:
        super().__init__()
        sizes = [4 * 2**level for level in range(levels)]
        self.down = nn.ModuleList(double(own, out) for own, out in zip([1, *sizes], sizes, strict=False))
        self.pool = nn.MaxPool3d(2)
        pairs = list(zip(sizes[:0:-1], sizes[-2::-1], strict=True))
        self.up = nn.ModuleList(nn.ConvTranspose3d(low, high, 2, 2) for low, high in pairs)
        self.merge = nn.ModuleList(double(2 * high, high) for _, high in pairs)

    def forward(self, x: Tensor) -> Tensor:
        kept = []
        for place, level in enumerate(self.down):
            x = level(x if place == 0 else self.pool(x))
            kept.append(x)
        for up, merge, skip in zip(self.up, self.merge, kept[-2::-1], strict=True):
            x = merge(torch.cat([skip, up(x)], 1))
        return x


for levels in (2, 3):
    with torch.device("meta"):
        analysis = rf.analyze(UNet3D(levels))
    field = analysis.output.axes[0]
    print(f"{levels} levels: an output sees {field.size} voxels along an axis; there are {field.period} phases of them")
    before, after = field.reach or (0, 0)
    step = 2 ** (levels - 1)
    print(f"  halo {before} before and {after} after; cut tiles at multiples of {step}")

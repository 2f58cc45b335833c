"""Effective fields of known networks with random weights on noise: how long, how much memory, and whether rule 6 holds.

Run by hand, in an environment with torchvision, from the root of the repository:

    python -m tests.benchmarks.measured_fields [FOLDER] [NAME...]

Each line says the time of the processor for the passes against that for the bare forward and backward passes of the
module (two of them where gates are held), the memory of the process, and what lies outside the exact field. Pictures
and maps go to the folder.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn

import rfscope as rf
from rfscope.plots.save import save

SIZE, IMAGES = 224, 2


def library() -> Any:
    """The models of torchvision, with or without its compiled part."""
    there: Any = torch.library
    for missing in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, missing):
            there.define(f"torchvision::{missing}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return importlib.import_module("torchvision.models")


def block(channels: int, made: int) -> nn.Sequential:
    """Two convolutions of a U-Net."""
    layers = [nn.Conv2d(channels, made, 3, padding=1), nn.BatchNorm2d(made), nn.ReLU()]
    return nn.Sequential(*layers, nn.Conv2d(made, made, 3, padding=1), nn.BatchNorm2d(made), nn.ReLU())


class UNet(nn.Module):
    """A U-Net of four levels."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(4)]
        self.down = nn.ModuleList(block(own, made) for own, made in zip([3, *widths], widths, strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * own, own, 2, 2) for own in widths[2::-1])
        self.back = nn.ModuleList(block(2 * own, own) for own in widths[2::-1])
        self.head = nn.Conv2d(width, 2, 1)

    def forward(self, x: torch.Tensor) -> Any:
        """Down, and up again."""
        kept = []
        for place, part in enumerate(self.down):
            x = part(x if place == 0 else nn.functional.max_pool2d(x, 2))
            kept.append(x)
        for up, back, beside in zip(self.up, self.back, kept[2::-1], strict=True):
            x = back(torch.cat([beside, up(x)], 1))
        return self.head(x)


class Squeezed(nn.Module):
    """A residual network with gates of the whole map, as SENet has them."""

    def __init__(self, width: int = 48, depth: int = 8) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, 2, 1)
        self.blocks = nn.ModuleList(block(width, width) for _ in range(depth))
        self.gates = nn.ModuleList(
            nn.Sequential(nn.Conv2d(width, 8, 1), nn.ReLU(), nn.Conv2d(8, width, 1)) for _ in range(depth)
        )

    def forward(self, x: torch.Tensor) -> Any:
        """Each block gated by the mean of its map."""
        x = self.stem(x)
        for part, gate in zip(self.blocks, self.gates, strict=True):
            made = part(x)
            x = x + made * torch.sigmoid(gate(made.mean((2, 3), keepdim=True)))
        return x


NETWORKS: Mapping[str, tuple[Callable[[], Any], str | None]] = {
    "resnet50": (lambda: library().resnet50(weights=None), "layer4"),
    "fcn_resnet50": (lambda: library().segmentation.fcn_resnet50(weights=None, weights_backbone=None), None),
    "unet": (UNet, None),
    "convnext_tiny": (lambda: library().convnext_tiny(weights=None), "features"),
    "swin_t": (lambda: library().swin_t(weights=None), "features"),
    "senet": (Squeezed, None),
}
"""How each is made, and the module whose output is looked at."""


def bare(module: nn.Module, node: str | None, images: torch.Tensor) -> float:
    """Seconds of forward and backward passes to the input, one image after the other."""
    module.eval()
    seen: list[Any] = []
    part = module if node is None else module.get_submodule(node)
    hook = part.register_forward_hook(lambda *of: seen.append(of[2]))
    began = time.process_time()
    for image in images:
        given = image[None].clone().requires_grad_()
        module(given)
        made = seen.pop()
        made = made["out"] if isinstance(made, dict) else made
        middle = made[:, :, made.shape[2] // 2, made.shape[3] // 2] if made.ndim == 4 else made
        torch.autograd.grad(middle.sum(), [given])
    hook.remove()
    return time.process_time() - began


def main(folder: Path, names: list[str]) -> None:
    """Measure each network and say a line of it."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    measuring: Any = importlib.import_module("rfscope.measuring.measure")
    measuring.time = SimpleNamespace(perf_counter=time.process_time)
    for name in names:
        build, node = NETWORKS[name]
        torch.manual_seed(0)
        module = build()
        images = torch.randn(IMAGES, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
        bare(module, node, images[:1])  # what is slow once
        began = time.perf_counter()
        found = rf.erf(module, images, node=node, input=SIZE)
        whole = time.perf_counter() - began
        plain = min(bare(module, node, images) for _ in range(2))
        passes = 1 if found.outside.held is None else 2
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        outside = found.outside
        print(
            f"{name:14} {found.seconds:6.1f} s of passes, {passes} x {plain:.1f} s bare: "
            f"{found.seconds / (passes * plain):.2f}; {whole:.1f} s in all, {memory:.1f} GiB; "
            f"{outside.kind}, outside {outside.share}, held {outside.held}, through {len(outside.through)}",
            flush=True,
        )
        found.save(folder / f"{name}.npz")
        save(found.plot(labels=[name]), folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."), sys.argv[2:] or list(NETWORKS))

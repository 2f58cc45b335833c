"""What is left of modules of mmsegmentation whose results depend on the whole map, once that is left out.

One function a class, in our own words: it takes the module and what it is called with, and gives what the convolutions
inside make of the position itself. What the whole map says is a constant here, and where it is multiplied with, 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["PASSING", "Passing"]


class Passing(nn.Module):
    """A module of which only that is run which passes on the position itself."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self.inner, self.run = module, PASSING[type(module).__name__]

    def forward(self, *maps: Tensor) -> Any:
        return self.run(self.inner, *maps)


def _left(x: Tensor) -> Tensor:
    """Something of a map's size that nothing passes through."""
    return torch.zeros_like(x[:, :1])


def _added(_module: Any, x: Tensor) -> Tensor:
    """It adds what the whole map says."""
    return x


def _nothing(_module: Any, x: Tensor, *_others: Tensor) -> Tensor:
    """All of it is gathered from the whole map."""
    return _left(x)


def _weighed_and_added(_module: Any, x: Tensor) -> Tensor:
    """Channels are weighed by what the whole map says, and the result is added to the map."""
    return x + x


def _encoded(module: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """The same, and what the whole map was encoded to."""
    return torch.zeros(1, module.fc[0].in_features), x + x


def _objects(module: Any, x: Tensor, _objects: Tensor) -> Any:
    """Queries meet keys and values that are gathered from the whole map: only the queries are of the position."""
    return module.bottleneck(torch.cat([module.out_project(module.query_project(x)), x], dim=1))


def _adaptive(module: Any, x: Tensor) -> Any:
    reduced = module.input_redu_conv(x)
    found = module.residual_conv(module.gla(reduced + _left(reduced))) + reduced
    return module.fusion_conv(found) if module.fusion else found


def _filtered(module: Any, x: Tensor) -> Any:
    """A convolution whose weights are made of the whole map: here they are 1."""
    size, reduced = module.filter_size, module.input_redu_conv(x)
    small, large = (size - 1) // 2, size // 2
    padded = nn.functional.pad(reduced, (large, small, large, small))
    found = nn.functional.conv2d(padded, torch.ones(1, 1, size, size, dtype=x.dtype))
    return module.fusion_conv(found) if module.fusion else found


def _masked(module: Any, maps: Any) -> Any:
    x = module._transform_inputs(maps)
    return module.cls_seg(module.bottleneck(torch.cat([x, _left(x)], dim=1)))


def _split(module: Any, x: Tensor) -> Any:
    """Convolutions side by side, weighed by what the whole map says."""
    return module.conv(x)


PASSING: Mapping[str, Callable[..., Any]] = {
    "NonLocal2d": _added,
    "DisentangledNonLocal2d": _added,
    "ContextBlock": _added,
    "CrissCrossAttention": _added,
    "PAM": _added,
    "CAM": _weighed_and_added,
    "EncModule": _encoded,
    "EMAModule": _nothing,
    "SpatialGatherModule": _nothing,
    "ObjectAttentionBlock": _objects,
    "SelfAttentionBlock": _nothing,
    "ACM": _adaptive,
    "DCM": _filtered,
    "PSAHead": _masked,
    "SplitAttentionConv2d": _split,
}

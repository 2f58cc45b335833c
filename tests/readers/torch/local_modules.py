"""Small modules with attention that is local: band masks, neighbours by a table of indices, blocks with a halo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as typed

from tests.readers.torch.modules import conv, net

functional: Any = typed  # torch's stubs want tuples where numbers do

__all__ = ["LOCAL"]


def _band(length: int, reach: int, rate: int = 1, *, causal: bool = False) -> Tensor:
    """Which positions see which: those at most so far away, every one or every so manieth."""
    apart = torch.arange(length)[:, None] - torch.arange(length)
    near = (apart.abs() <= reach) & (apart % rate == 0)
    return near & (apart >= 0) if causal else near


def _tokens(module: Any, x: Tensor) -> Any:
    """Queries, keys and values of the positions in a row: (batch, positions, channels) each."""
    return module.qkv(module.a(x).flatten(2).transpose(1, 2)).chunk(3, dim=-1)


def _as_map(row: Tensor, x: Tensor) -> Tensor:
    return row.transpose(1, 2).reshape(x.shape)


def band_in_fused(module: Any, x: Tensor, *, rate: int = 1, causal: bool = False, floats: bool = False) -> Tensor:
    """A mask of bools or of numbers, handed to torch's own attention."""
    mask = _band(x.shape[-1], 2 * rate, rate, causal=causal)
    given = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf) if floats else mask
    return _as_map(functional.scaled_dot_product_attention(*_tokens(module, x), attn_mask=given), x)


def band_on_scores(module: Any, x: Tensor, *, how: str) -> Tensor:
    """The same on scores: filled, chosen, or added to."""
    q, k, v = _tokens(module, x)
    mask = _band(x.shape[-1], 3)
    scores = q @ k.transpose(1, 2)
    if how == "filled":
        scores = scores.masked_fill(~mask, float("-inf"))
    elif how == "in place":
        scores.masked_fill_(~mask, -torch.finfo(scores.dtype).max)
    elif how == "chosen":
        scores = torch.where(mask, scores, torch.tensor(-1e9))
    else:
        scores = scores + (1 - mask.float()) * -1e9
    return _as_map(scores.softmax(-1) @ v, x)


def band_turned(module: Any, x: Tensor) -> Tensor:
    """Keys along the first dimension of the scores, and only earlier positions."""
    q, k, v = _tokens(module, x)
    scores = (k @ q.transpose(1, 2)).masked_fill(~_band(x.shape[-1], 2, causal=True).t(), -torch.inf)
    return _as_map(scores.softmax(1).transpose(1, 2) @ v, x)


def square_band(module: Any, x: Tensor) -> Tensor:
    """Positions of a map in a row: near along both axes, in two heads that reach differently far."""
    height, width = x.shape[2:]
    masks = [
        (_band(height, far)[:, None, :, None] & _band(width, far)[None, :, None, :]).reshape(height * width, -1)
        for far in (1, 2)
    ]
    q, k, v = (one.unflatten(2, (2, 1)).transpose(1, 2) for one in _tokens(module, x))
    seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=torch.stack(masks))
    return _as_map(seen.transpose(1, 2).flatten(2), x)


def chunks_by_mask(module: Any, x: Tensor) -> Tensor:
    """Chunks of 4 positions that see each other, told by a mask."""
    chunk = torch.arange(x.shape[-1]) // 4
    mask = chunk[:, None] == chunk
    return _as_map(functional.scaled_dot_product_attention(*_tokens(module, x), attn_mask=mask), x)


def _clamped(length: int, kernel: int) -> Tensor:
    """The neighbours of each position: windows that are moved in where they would leave the map."""
    first = (torch.arange(length) - kernel // 2).clamp(0, length - kernel)
    return first[:, None] + torch.arange(kernel)


def clamped_mask(module: Any, x: Tensor) -> Tensor:
    mask = torch.zeros(x.shape[-1], x.shape[-1], dtype=torch.bool).scatter(1, _clamped(x.shape[-1], 5), 1)
    return _as_map(functional.scaled_dot_product_attention(*_tokens(module, x), attn_mask=mask), x)


def neighbours(module: Any, x: Tensor, *, fused: bool = False) -> Tensor:
    """Neighbourhood attention in 1-D: keys and values gathered by a table of indices."""
    q, k, v = _tokens(module, x)
    table = _clamped(x.shape[-1], 5)
    near, of_near = k[:, table], v[:, table]
    if fused:
        return _as_map(functional.scaled_dot_product_attention(q[:, :, None], near, of_near)[:, :, 0], x)
    scores = (q[:, :, None] @ near.transpose(2, 3)).softmax(-1)
    return _as_map((scores @ of_near)[:, :, 0], x)


def square_neighbours(module: Any, x: Tensor, *, how: str) -> Any:
    """The same in 2-D: by a table of positions in a row, or one for each axis, both at once or in turn."""
    height, width = x.shape[2:]
    down, across = _clamped(height, 3), _clamped(width, 5)
    q, k, v = module.qkv(module.a(x).movedim(1, -1)).chunk(3, dim=-1)
    if how == "in a row":
        table = (down[:, None, :, None] * width + across[None, :, None, :]).reshape(height * width, 15)
        near, of_near = (one.flatten(1, 2)[:, table].unflatten(1, (height, width)) for one in (k, v))
    elif how == "at once":
        rows, columns = down[:, None, :, None], across[None, :, None, :]
        near, of_near = (one[:, rows, columns].flatten(3, 4) for one in (k, v))
    else:
        near, of_near = (one[:, down][:, :, :, across].transpose(2, 3).flatten(3, 4) for one in (k, v))
    scores = torch.einsum("nhwc,nhwkc->nhwk", q, near).softmax(-1)
    return torch.einsum("nhwk,nhwkc->nhwc", scores, of_near).movedim(-1, 1)


def dilated_neighbours(module: Any, x: Tensor) -> Any:
    """Every third position around each, on a padded sequence."""
    q, k, v = (one.transpose(1, 2) for one in _tokens(module, x))
    table = torch.arange(x.shape[-1])[:, None] + 3 * torch.arange(5)
    near, of_near = (functional.pad(one, (6, 6))[:, :, table] for one in (k, v))
    scores = (q[..., None] * near).sum(1, keepdim=True).softmax(-1)
    return (scores * of_near).sum(-1)


def halo(module: Any, x: Tensor, *, how: str) -> Any:
    """Blocks of 4x4 that look at themselves and at 2 positions around."""
    x = module.a(x)
    n, c, height, width = x.shape
    down, across = height // 4, width // 4
    q = module.q(x).view(n, c, down, 4, across, 4).permute(0, 2, 4, 3, 5, 1).reshape(n, down * across, 16, c)
    kv = module.kv(x)
    if how == "im2col":
        kv = functional.unfold(kv, 8, stride=4, padding=2).view(n, 2 * c, 64, down * across).permute(0, 3, 2, 1)
    else:
        kv = functional.pad(kv, (2, 2, 2, 2)).unfold(2, 8, 4).unfold(3, 8, 4)
        kv = kv.permute(0, 2, 3, 4, 5, 1).reshape(n, down * across, 64, 2 * c)
    k, v = kv.split([c, c], dim=-1)
    if how == "scores":
        seen = (q @ k.transpose(-1, -2)).softmax(-1) @ v
    else:
        seen = functional.scaled_dot_product_attention(q, k, v)
    return seen.view(n, down, across, 4, 4, c).permute(0, 5, 1, 3, 2, 4).reshape(n, c, height, width)


def _line(forward: Callable[..., Any], **given: Any) -> tuple[Callable[[], nn.Module], tuple[int, ...]]:
    def build() -> nn.Module:
        return net(lambda s, x: forward(s, x, **given), a=nn.Conv1d(2, 2, 3, padding=1), qkv=nn.Linear(2, 6))

    return build, (20,)


def _square(forward: Callable[..., Any], **given: Any) -> tuple[Callable[[], nn.Module], tuple[int, ...]]:
    return (lambda: net(lambda s, x: forward(s, x, **given), a=conv(), qkv=nn.Linear(2, 6))), (10, 12)


def _blocks(how: str) -> tuple[Callable[[], nn.Module], tuple[int, ...]]:
    return (lambda: net(lambda s, x: halo(s, x, how=how), a=conv(), q=conv(kernel=1), kv=conv(2, 4, kernel=1))), (
        16,
        12,
    )


LOCAL: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "a band mask": _line(band_in_fused),
    "a band mask of numbers": _line(band_in_fused, floats=True),
    "a causal band mask": _line(band_in_fused, causal=True),
    "a dilated band mask": _line(band_in_fused, rate=3),
    **{f"a band mask {how} on scores": _line(band_on_scores, how=how) for how in ("filled", "in place", "chosen")},
    "a band mask added to scores": _line(band_on_scores, how="added"),
    "a band mask on turned scores": _line(band_turned),
    "a band mask along both axes": _square(square_band),
    "chunks by a mask": _line(chunks_by_mask),
    "neighbours by a mask": _line(clamped_mask),
    "neighbours by a table": _line(neighbours),
    "neighbours by a table, fused": _line(neighbours, fused=True),
    **{f"neighbours in 2-D {how}": _square(square_neighbours, how=how) for how in ("in a row", "at once", "by axes")},
    "dilated neighbours": _line(dilated_neighbours),
    **{f"blocks with a halo, {how}": _blocks(how) for how in ("im2col", "unfolded", "scores")},
}
"""By what they show: how each is made, and the size of its input."""

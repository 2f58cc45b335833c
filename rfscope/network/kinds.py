"""What a layer is, in a few signs, as people write it in tables."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Node
from rfscope.network.reads import Table, TransposedWindow, Window
from rfscope.wording import size_text

__all__ = ["kind"]


def kind(node: Node) -> str:
    """What a layer is, in a few signs: ``3x3, s2, d4`` for kernel, stride and dilation.

    Example:
        >>> from rfscope.network.build import conv, merge, pool
        >>> kind(conv("a", dilation=4)), kind(pool("b", kernel=2, stride=2)), kind(conv("c", kernel=5, dims=1))
        ('3x3, d4', 'pool 2x2, s2', 'k5')
    """
    if all(isinstance(read, Window | TransposedWindow) for read in node.reads) and not _is_merge(node):
        reads = [read for read in node.reads if isinstance(read, Window | TransposedWindow)]
        kernel = f"k{reads[0].kernel}" if len(reads) == 1 else size_text(read.kernel for read in reads)
        parts = [kernel]
        for sign, numbers in (("s", [read.stride for read in reads]), ("d", [read.dilation for read in reads])):
            parts += [f"{sign}{_same([str(number) for number in numbers])}"] if max(numbers) > 1 else []
        named = "" if node.op == "conv" else f"{node.op.removesuffix('_conv').replace('_', ' ')} "
        return f"{named}{', '.join(parts)}"
    scales = [str(read.period) for read in node.reads if isinstance(read, Table) and read.shift == 1]
    by = f" x{_same(scales)}" if len(scales) == len(node.reads) else ""
    return f"{node.op.replace('_', ' ')}{by}"


def _is_merge(node: Node) -> bool:
    return node.op not in ("conv", "deformable_conv", "transposed_conv", "pool")


def _same(texts: Sequence[str]) -> str:
    """One text where all axes agree, else one per axis."""
    return texts[0] if len(set(texts)) == 1 else size_text(texts)

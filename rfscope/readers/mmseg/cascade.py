"""Decode heads that refine the scores of the head before them."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.attention import self_attention
from rfscope.readers.mmseg.inputs import selected
from rfscope.readers.mmseg.section import Section

__all__ = ["add_object_context"]


def add_object_context(section: Section, layers: Layers, features: Sequence[str], before: str) -> None:
    """OCR: each position looks at one vector a class, which the first scores gather from the whole map."""
    source, channels = selected(section, layers, features), section.integer("channels")
    section.only("scale", 1, why="queries of a coarser map are not")
    inner = section.integer("ocr_channels")
    smooth = layers.conv("bottleneck.conv", 3, to=channels, after=source)
    classes = layers.attention("spatial_gather_module", before, smooth)
    with layers.within("object_context_block"):
        found = self_attention(
            layers,
            smooth,
            classes,
            lambda name, *joined: layers.merge(name, "multiply", *joined),
            channels=inner,
            values=inner,
            to=channels,
            count=2,
            values_wrapped=True,
        )
        layers.merge("concat", "concat", found, smooth)
        layers.conv("bottleneck.conv", 1, to=channels)

"""The heads that are read, by their ``type``: how one is added, up to its scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rfscope.network.layers import Layers
from rfscope.readers.mmseg import contexts, fcn, pyramids
from rfscope.readers.mmseg.cascade import add_object_context
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section

__all__ = ["HEADS", "Head", "add_head", "sized"]

_NO_MATTER = ("dropout_ratio", "loss_decode", "sampler", "ignore_index", "init_cfg", "threshold", "boundary_threshold")


class Head(NamedTuple):
    """How a head is added.

    Attributes:
        add: Takes the table, the layers and the feature maps, and the scores of the head before it if it refines
            these; adds all but the scores.
        sized: Whether it reads maps of a size that depends on the input's.
        refines: Whether it takes the scores of the head before it.
    """

    add: Callable[..., None]
    sized: bool = False
    refines: bool = False


def sized(section: Section) -> bool:
    """Whether what a head reads depends on the size of the input.

    Raises:
        UnsupportedError: This kind of head is not read.
    """
    return _kind(section).sized or section.data("input_transform") == "resize_concat"


def add_head(section: Section, layers: Layers, features: Sequence[str], before: str | None = None) -> str:
    """Add a head, up to its scores.

    Args:
        section: Its table.
        layers: Where to add it.
        features: The feature maps.
        before: The scores of the head before it in a cascade.

    Raises:
        NetworkError: A value is missing or out of range, or does not fit the backbone.
        UnsupportedError: The head or an option is not read.
    """
    head = _kind(section)
    check_surroundings(section)
    section.ignore(*_NO_MATTER, "align_corners")
    if head.refines:
        if before is None:
            section.unsupported(f"head {section.type()!r} is not read where no head stands before it")
        head.add(section, layers, features, before)
    else:
        head.add(section, layers, features)
    scores = layers.conv("conv_seg", 1, to=_classes(section))
    section.finish()
    return scores


def _kind(section: Section) -> Head:
    kind = section.type()
    if kind not in HEADS:
        section.unsupported(f"head {kind!r} is not read")
    return HEADS[kind]


def _classes(section: Section) -> int:
    classes = section.integer("num_classes")
    return classes if section.data("out_channels") is None else section.integer("out_channels")


HEADS: Mapping[str, Head] = {
    "FCNHead": Head(fcn.add_fcn),
    "DepthwiseSeparableFCNHead": Head(fcn.add_separable_fcn),
    "STDCHead": Head(fcn.add_fcn),
    "NLHead": Head(fcn.add_non_local),
    "DNLHead": Head(fcn.add_disentangled),
    "GCHead": Head(fcn.add_global_context),
    "CCHead": Head(fcn.add_criss_cross),
    "ASPPHead": Head(pyramids.add_aspp),
    "DepthwiseSeparableASPPHead": Head(pyramids.add_separable_aspp, sized=True),
    "PSPHead": Head(pyramids.add_pyramid_pooling, sized=True),
    "UPerHead": Head(pyramids.add_uper, sized=True),
    "FPNHead": Head(pyramids.add_fpn_head, sized=True),
    "ANNHead": Head(contexts.add_asymmetric),
    "APCHead": Head(contexts.add_adaptive_context),
    "DAHead": Head(contexts.add_dual),
    "DMHead": Head(contexts.add_dynamic_filters),
    "EMAHead": Head(contexts.add_expectation),
    "EncHead": Head(contexts.add_encoding, sized=True),
    "ISAHead": Head(contexts.add_interlaced),
    "PSAHead": Head(contexts.add_pointwise_attention, sized=True),
    "OCRHead": Head(add_object_context, refines=True),
}

"""Decode heads that add to every position what the whole map says, in each its own way."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.attention import project, self_attention
from rfscope.readers.mmseg.inputs import align, each, selected
from rfscope.readers.mmseg.section import Section

__all__ = [
    "add_adaptive_context",
    "add_asymmetric",
    "add_dual",
    "add_dynamic_filters",
    "add_encoding",
    "add_expectation",
    "add_interlaced",
    "add_pointwise_attention",
]


def add_asymmetric(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """ANN: the last map looks at what is pooled of the one before it, then at what is pooled of itself."""
    low, high = each(section, layers, features, count=2)
    channels, inner = section.integer("channels"), section.integer("project_channels")
    scales = section.integers("query_scales", (1,))
    section.integers("key_pool_scales", (1, 3, 6, 8))
    if max(scales) > 1:
        section.unsupported("queries of a coarser map are not read", "query_scales")
    wide = layers.channels(high)
    with layers.within("fusion"):
        fused = _looks(layers, high, low, inner, wide, times=len(scales), shared=False)
    smooth = layers.conv("bottleneck.conv", 3, to=channels, after=fused)
    with layers.within("context"):
        _looks(layers, smooth, smooth, inner, channels, times=len(scales), shared=True)


def _looks(layers: Layers, query: str, key: str, inner: int, to: int, *, times: int, shared: bool) -> str:
    """A map, what it finds by looking once or more, and a 1x1 over both."""
    found = []
    for number in range(times):
        with layers.within(f"stages.{number}"):
            found.append(
                self_attention(layers, query, key, layers.attention, channels=inner, values=inner, to=to, shared=shared)
            )
    total = layers.merge("add", "add", *found) if times > 1 else found[0]
    layers.merge("concat", "concat", total, query)
    return layers.conv("bottleneck.conv", 1, to=to)


def add_adaptive_context(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """APC: every position weighs what is pooled of the whole map, at several scales."""
    source, channels = selected(section, layers, features), section.integer("channels")
    fusion = section.flag("fusion", default=True)
    maps = [source]
    for number, scale in enumerate(section.integers("pool_scales", (1, 2, 3, 6))):
        with layers.within(f"acm_modules.{number}"):
            layers.pool_all("pool", after=source)
            pooled = layers.conv("pooled_redu_conv.conv", 1, to=channels)
            reduced = layers.conv("input_redu_conv.conv", 1, to=channels, after=source)
            layers.pool_all("global_pool")
            everything = layers.conv("global_info.conv", 1)
            layers.merge("add_global", "add", reduced, everything)
            weights = layers.conv("gla", 1, to=scale**2)
            layers.merge("multiply", "multiply", weights, pooled, channels=channels)
            residual = layers.conv("residual_conv.conv", 1)
            last = layers.merge("add", "add", residual, reduced)
            maps.append(layers.conv("fusion_conv.conv", 1) if fusion else last)
    layers.merge("concat", "concat", *maps)
    layers.conv("bottleneck.conv", 3, to=channels)


def add_dual(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """DA: attention between positions and between channels, each with scores of its own, and the sum of both."""
    source, channels = selected(section, layers, features), section.integer("channels")
    classes, inner = section.integer("num_classes"), section.integer("pam_channels")
    start = layers.conv("pam_in_conv.conv", 3, to=channels, after=source)
    with layers.within("pam"):
        found = self_attention(layers, start, start, layers.attention, channels=inner, values=channels, wrapped=False)
        layers.merge("add", "add", found, start)
    positions = layers.conv("pam_out_conv.conv", 3)
    layers.conv("pam_conv_seg", 1, to=classes)
    start = layers.conv("cam_in_conv.conv", 3, to=channels, after=source)
    with layers.within("cam"):
        weights = layers.pool_all("energy")
        weighed = layers.merge("multiply", "multiply", start, weights)
        layers.merge("add", "add", weighed, start)
    between = layers.conv("cam_out_conv.conv", 3)
    layers.conv("cam_conv_seg", 1, to=classes)
    layers.merge("sum", "add", positions, between)


def add_dynamic_filters(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """DM: convolutions of several sizes, whose weights are made of the whole map."""
    source, channels = selected(section, layers, features), section.integer("channels")
    fusion = section.flag("fusion", default=False)
    maps = [source]
    for number, size in enumerate(section.integers("filter_sizes", (1, 3, 5, 7), limit="kernel")):
        with layers.within(f"dcm_modules.{number}"):
            layers.pool_all("pool", after=source)
            weights = layers.conv("filter_gen_conv", 1, to=channels)
            reduced = layers.conv("input_redu_conv.conv", 1, to=channels, after=source)
            pad = (size - 1) // 2
            moved = layers.dynamic_conv("filter", size, padding=(size - 1 - pad, pad), after=reduced)
            last = layers.merge("multiply", "multiply", moved, weights)
            maps.append(layers.conv("fusion_conv.conv", 1) if fusion else last)
    layers.merge("concat", "concat", *maps)
    layers.conv("bottleneck.conv", 3, to=channels)


def add_encoding(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Enc: channels are weighed by how the whole map compares with learned codes."""
    chosen, channels, corners = each(section, layers, features), section.integer("channels"), align(section)
    section.ignore("num_codes", "use_se_loss", "loss_se_decode")
    last = start = layers.conv("bottleneck.conv", 3, to=channels, after=chosen[-1])
    if section.flag("add_lateral", default=False):
        sides = [
            layers.conv(f"lateral_convs.{number}.conv", 1, to=channels, after=name)
            for number, name in enumerate(chosen[:-1])
        ]
        fitted = [
            layers.resize_like(f"resize{number}", start, after=side, align_corners=corners)
            for number, side in enumerate(sides)
        ]
        layers.merge("concat", "concat", start, *fitted)
        last = layers.conv("fusion.conv", 3, to=channels)
    with layers.within("enc_module"):
        layers.conv("encoding_project.conv", 1, after=last)
        weights = layers.pool_all("encoding")
        weighed = layers.merge("multiply", "multiply", last, weights)
        layers.merge("add", "add", last, weighed)


def add_expectation(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """EMA: every position is put together anew out of a few bases, which are made of the whole map."""
    source, channels = selected(section, layers, features), section.integer("channels")
    inner = section.integer("ema_channels")
    section.ignore("num_bases", "num_stages", "momentum")
    start = layers.conv("ema_in_conv.conv", 3, to=inner, after=source)
    layers.conv("ema_mid_conv.conv", 1)
    layers.attention("ema_module", layers.last)
    back = layers.conv("ema_out_conv.conv", 1)
    layers.merge("add", "add", start, back)
    last = layers.conv("bottleneck.conv", 3, to=channels)
    if section.flag("concat_input", default=True):
        layers.merge("concat", "concat", source, last)
        layers.conv("conv_cat.conv", 3, to=channels)


def add_interlaced(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """ISA: attention among positions far apart, then within blocks: together over everything."""
    source, channels = selected(section, layers, features), section.integer("channels")
    inner = section.integer("isa_channels")
    section.integers("down_factor", (8, 8), length=2)
    last = start = layers.conv("in_conv.conv", 3, to=channels, after=source)
    for module in ("global_relation", "local_relation"):
        with layers.within(module):
            last = self_attention(layers, last, last, layers.attention, channels=inner, values=channels, count=2)
            last = project(layers, "output_project", channels, after=last)
    layers.merge("concat", "concat", last, start)
    layers.conv("out_conv.conv", 1, to=channels)


def add_pointwise_attention(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """PSA: every position says how much it takes from, and gives to, all others."""
    source, channels = selected(section, layers, features), section.integer("channels")
    both = section.text("psa_type", "bi-direction") == "bi-direction"
    section.only("psa_type", "bi-direction", "collect", "distribute", why="it is not known where it looks")
    section.ignore("normalization_factor", "compact")
    section.only("psa_softmax", True, why="without it, attention ends with its mask")
    height, width = section.integers("mask_size", (), length=2)
    found = []
    for end in ("", "_p") if both else ("",):
        reduced = layers.conv(f"reduce{end}.conv", 1, to=channels, after=source)
        shrunk = _shrunk(section, layers, f"shrink{end}", reduced)
        layers.conv(f"attention{end}.0.conv", 1, after=shrunk)
        weights = layers.conv(f"attention{end}.1", 1, to=height * width)
        found.append(layers.attention(f"gather{end}", weights, shrunk))
    if both:
        layers.merge("concat", "concat", *found)
    back = layers.conv("proj.conv", 1, to=layers.channels(source), padding=1)
    layers.merge("concat_input", "concat", source, back)
    layers.conv("bottleneck.conv", 3, to=channels)


def _shrunk(section: Section, layers: Layers, name: str, source: str) -> str:
    """A map made smaller; corners are aligned where neither side can be divided."""
    factor, size = section.integer("shrink_factor", 2), layers.size(source)
    if factor == 1 or size is None:
        return source
    odd = all(length % factor for length in size)
    smaller = [(length - 1) // factor + 1 if odd else length // factor for length in size]
    return layers.resize_to(name, smaller, after=source, align_corners=odd)

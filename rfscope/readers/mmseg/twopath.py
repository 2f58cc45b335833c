"""Backbones of several paths around a residual network: BiSeNetV1 and ICNet."""

from __future__ import annotations

from fractions import Fraction

from rfscope.errors import NetworkError
from rfscope.network.graph import INPUT
from rfscope.network.layers import Layers
from rfscope.network.residual import add_stage, add_stem
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.inputs import align
from rfscope.readers.mmseg.parts import check_surroundings, pool_to_scales, refine, weigh
from rfscope.readers.mmseg.resnet import add_resnet, read_resnet
from rfscope.readers.mmseg.section import Section

__all__ = ["add_bisenet_v1", "add_icnet"]

_RESNETS = ("ResNet", "ResNetV1c", "ResNetV1d", "ResNeXt", "ResNeSt")


def add_bisenet_v1(section: Section, layers: Layers) -> Backbone:
    """Add a BiSeNetV1: its maps are the joined one, and two of its context path.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg", "in_channels", "align_corners")
    first, second, third, fourth = section.integers("spatial_channels", (64, 64, 64, 128), length=4)
    widths = section.integers("context_channels", (128, 256, 512), length=3)
    outputs = section.integers("out_indices", (0, 1, 2), least=0)
    if max(outputs) > 2:
        section.refuse("out_indices", "numbers of maps, 0 to 2")
    to = section.integer("out_channels", 256)
    with layers.within("context_path"):
        context, coarse = _context_path(section, layers, widths)
    with layers.within("spatial_path"):
        layers.conv("layer1.conv", 7, to=first, stride=2, after=INPUT)
        layers.conv("layer2.conv", 3, to=second, stride=2)
        layers.conv("layer3.conv", 3, to=third, stride=2)
        detail = layers.conv("layer4.conv", 1, to=fourth)
    with layers.within("ffm"):
        layers.merge("concat", "concat", detail, context)
        if layers.channels(layers.last) != widths[1]:
            section.refuse("spatial_channels", f"{widths[1] - widths[0]} as the last of them, to fit context_channels")
        fused = layers.conv("conv1.conv", 1, to=to)
        layers.pool_all("gap")
        weighed = weigh(layers, fused, layers.conv("conv_atten.0.conv", 1))
        joined = layers.merge("add", "add", weighed, fused)
    section.finish()
    maps = (joined, context, coarse)
    return Backbone(features=tuple(maps[number] for number in outputs))


def _context_path(section: Section, layers: Layers, widths: tuple[int, ...]) -> tuple[str, str]:
    """The maps at an eighth and at a sixteenth, each of what is coarser."""
    inner = _residual(section)
    with layers.within("backbone"):
        features = add_resnet(inner, layers).features
    if len(features) != 4:
        inner.refuse("out_indices", "four stages")
    _, fine, middle, coarse = features
    has = tuple(layers.channels(name) for name in (middle, coarse))
    if has != widths[1:]:
        where, expected = str(section.origin_of("context_channels")), f"{has} for the last two, as many as come in"
        raise NetworkError("bad context_channels", where=where, got=str(widths), expected=expected)
    layers.pool_all("gap_conv.0", after=coarse)
    above = layers.conv("gap_conv.1.conv", 1, to=widths[0])
    ends = []
    for name, head, source, other in (("arm32", "conv_head32", coarse, middle), ("arm16", "conv_head16", middle, fine)):
        with layers.within(name):
            total = layers.merge("add", "add", refine(layers, source, widths[0]), above)
            enlarged = layers.resize_like("resize", other, after=total, mode="nearest")
        above = layers.conv(f"{head}.conv", 3, after=enlarged)
        ends.append(above)
    return ends[1], ends[0]


def add_icnet(section: Section, layers: Layers) -> Backbone:
    """Add an ICNet: its maps are those of the whole, the halved and the quartered image.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg", "in_channels")
    corners, inner = align(section), _residual(section)
    options = read_resnet(inner)
    inner.ignore("out_indices")
    inner.finish()
    shape = options.residual
    if not shape.deep_stem or len(shape.rates) != 4:
        section.unsupported("a backbone without a deep stem and four stages is not read here", "backbone_cfg")
    light, pooled = section.integer("light_branch_middle_channels", 32), section.integer("psp_out_channels", 512)
    first, second, third = section.integers("out_channels", (64, 256, 256), length=3)
    widths = section.integers("layer_channels", (512, 2048), length=2)
    scales = section.integers("pool_scales", (1, 2, 3, 6))
    section.finish()
    for place, to in enumerate((light, light, first)):
        layers.conv(f"conv_sub1.{place}.conv", 3, to=to, stride=2)
    maps = [layers.last]
    layers.scale("half", Fraction(1, 2), after=INPUT, align_corners=corners)
    with layers.within("backbone"):
        add_stem(layers, shape, ceil_mode=True)
        add_stage(layers, shape, 0)
        middle = add_stage(layers, shape, 1)
    maps.append(layers.conv("conv_sub2.conv", 1, to=second))
    layers.scale("quarter", Fraction(1, 2), after=middle, align_corners=corners)
    with layers.within("backbone"):
        add_stage(layers, shape, 2)
        coarse = add_stage(layers, shape, 3)
    if (has := (layers.channels(middle), layers.channels(coarse))) != widths:
        section.refuse("layer_channels", f"{has}, as many as come in")
    pool_to_scales(layers, coarse, scales, to=pooled, align_corners=corners)
    layers.conv("psp_bottleneck.conv", 3, to=pooled)
    maps.append(layers.conv("conv_sub4.conv", 1, to=third))
    return Backbone(features=tuple(maps))


def _residual(section: Section) -> Section:
    """The table of the residual network inside."""
    inner = section.section("backbone_cfg")
    if inner is None:
        return section.refuse("backbone_cfg", "a table")
    if (kind := inner.type()) not in _RESNETS:
        inner.unsupported(f"backbone {kind!r} is not read here")
    return inner

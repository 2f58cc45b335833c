"""ERFNet as mmsegmentation builds it: 3x1 and 1x3 convolutions, dilated again and again by the same rates."""

from __future__ import annotations

from rfscope import limits
from rfscope.network.layers import Layers
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section

__all__ = ["add_erfnet"]


def add_erfnet(section: Section, layers: Layers) -> Backbone:
    """Add an ERFNet, which has one feature map.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg", "in_channels", "dropout_ratio", "dec_upsample_channels", "enc_non_bottleneck_channels")
    down = section.integers("enc_downsample_channels", (16, 64, 128))
    counts = section.integers("enc_stage_non_bottlenecks", (5, 8), length=len(down) - 1, limit="layers")
    rates = section.integers("enc_non_bottleneck_dilations", (2, 4, 8, 16), limit="rate")
    up = section.integers("dec_non_bottleneck_channels", (64, 16), length=len(down) - 1)
    after = section.integers("dec_stages_non_bottleneck", (2, 2), length=len(up), limit="layers")
    if counts[-1] % len(rates):
        section.refuse("enc_stage_non_bottlenecks", f"a multiple of {len(rates)}, the number of rates, as the last")
    limits.check("layers", sum((*counts, *after)), where=str(section.origin))
    section.finish()
    blocks = [[1] * count for count in counts[:-1]] + [[*rates] * (counts[-1] // len(rates))]
    with layers.within("encoder"):
        _encode(layers, down, blocks)
    with layers.within("decoder"):
        place = 0
        for channels, count in zip(up, after, strict=True):
            layers.up(f"{place}.conv", 2, to=channels, kernel=3)
            for number in range(place + 1, place + 1 + count):
                _block(layers, number)
            place += 1 + count
    return Backbone(features=(layers.last,))


def _encode(layers: Layers, widths: tuple[int, ...], blocks: list[list[int]]) -> None:
    _halve(layers, 0, widths[0])
    place = 1
    for width, rates in zip(widths[1:], blocks, strict=True):
        _halve(layers, place, width)
        for number, rate in enumerate(rates, start=place + 1):
            _block(layers, number, rate)
        place += 1 + len(rates)


def _halve(layers: Layers, place: int, width: int) -> None:
    """A strided convolution beside a pooling, which makes up what it lacks in channels."""
    before = layers.last
    smooth = layers.conv(f"{place}.conv", 3, to=width - layers.channels(before), stride=2)
    pooled = layers.pool(f"{place}.pool", 2, 2, padding=0, after=before)
    layers.merge(f"{place}.concat", "concat", smooth, layers.resize_like(f"{place}.resize", smooth, after=pooled))


def _block(layers: Layers, place: int, rate: int = 1) -> None:
    before = layers.last
    for number, dilation in ((0, 1), (5, rate)):
        layers.conv(f"{place}.convs_layers.{number}", (3, 1), dilation=dilation)
        layers.conv(f"{place}.convs_layers.{number + 2}", (1, 3), dilation=dilation)
    layers.merge(f"{place}.add", "add", layers.last, before)

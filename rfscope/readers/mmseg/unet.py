"""UNet as mmsegmentation builds it, up-sampling by interpolation and a 1x1."""

from __future__ import annotations

from rfscope import limits
from rfscope.network.layers import Layers
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section

__all__ = ["add_unet"]


def add_unet(section: Section, layers: Layers) -> Backbone:
    """Add a UNet: its feature maps are the lowest one, and then those of the decoder, coarse to fine.

    Raises:
        NetworkError: A value is out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("pretrained", "init_cfg", "norm_eval", "with_cp", "in_channels")
    section.only("dcn", None, why="deformable convolutions read where the data say")
    section.only("plugins", None, why="they may read anything")
    _check_upsampling(section)
    base, stages = section.integer("base_channels", 64), section.integer("num_stages", 5)
    if not 2 <= stages <= 16:  # channels double with each
        section.refuse("num_stages", "2 to 16")
    strides = section.integers("strides", (1,) * 5, length=stages)
    if max(strides) > 2:
        section.refuse("strides", "1 or 2 for each stage")
    pools = section.flags("downsamples", (True,) * 4, length=stages - 1)
    down = _counts_and_rates(section, "enc", stages)
    up = _counts_and_rates(section, "dec", stages - 1)
    limits.check("layers", sum(count for count, _ in (*down, *up)), where=str(section.origin))
    section.finish()
    ends = []
    for number, ((count, rate), stride) in enumerate(zip(down, strides, strict=True)):
        pooled = number > 0 and stride == 1 and pools[number - 1]
        if pooled:
            layers.pool(f"encoder.{number}.0", 2, 2, padding=0)
        name = f"encoder.{number}.{int(pooled)}"
        ends.append(_convolutions(layers, name, base * 2**number, count, rate, stride))
    features = [ends[-1]]
    for number in reversed(range(stages - 1)):
        enlarged = strides[number + 1] > 1 or pools[number]
        features.append(_up(layers, number, ends[number], base * 2**number, *up[number], enlarged=enlarged))
    return Backbone(features=tuple(features))


def _check_upsampling(section: Section) -> None:
    part = section.section("upsample_cfg")
    if part is not None:
        if part.type() != "InterpConv":
            part.unsupported(f"up-sampling {part.type()!r} is not read")
        part.finish()


def _counts_and_rates(section: Section, side: str, stages: int) -> list[tuple[int, int]]:
    """Convolutions of each stage, and the rate of all of them but the first."""
    counts = section.integers(f"{side}_num_convs", (2,) * stages, length=stages)
    rates = section.integers(f"{side}_dilations", (1,) * stages, length=stages, limit="rate")
    return list(zip(counts, rates, strict=True))


def _convolutions(layers: Layers, name: str, channels: int, count: int, rate: int, stride: int = 1) -> str:
    layers.conv(f"{name}.convs.0.conv", 3, to=channels, stride=stride)
    for number in range(1, count):
        layers.conv(f"{name}.convs.{number}.conv", 3, dilation=rate)
    return layers.last


def _up(layers: Layers, number: int, skip: str, channels: int, count: int, rate: int, *, enlarged: bool) -> str:
    name = f"decoder.{number}"
    if enlarged:
        layers.scale(f"{name}.upsample.interp_upsample.0", 2)
    part = "upsample.interp_upsample.1" if enlarged else "upsample"
    reduced = layers.conv(f"{name}.{part}.conv", 1, to=channels)
    layers.merge(f"{name}.concat", "concat", skip, reduced)
    return _convolutions(layers, f"{name}.conv_block", channels, count, rate)

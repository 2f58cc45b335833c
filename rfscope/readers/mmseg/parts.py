"""The small parts of backbones and heads: what surrounds a convolution, and its channels."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.errors import NetworkError
from rfscope.network.layers import Layers
from rfscope.readers.mmseg.section import Section

__all__ = ["check_channels", "check_surroundings", "pool_to_scales", "refine", "separable", "weigh"]

_NORMS = {"BN", "BN1d", "BN2d", "BN3d", "SyncBN", "MMSyncBN"}
"""In a network that predicts these scale each position by itself; others take statistics over the map."""

_ACTIVATIONS = {"ReLU", "LeakyReLU", "PReLU", "RReLU", "ReLU6", "ELU", "SiLU", "Swish", "GELU", "HSwish", "Mish"} | {
    "Sigmoid",
    "HSigmoid",
    "Tanh",
    "Clamp",
}


def check_surroundings(section: Section) -> None:
    """See that norm and activation read the position they stand at, and that convolutions are ordinary ones.

    Raises:
        UnsupportedError: One is not known to.
    """
    for key, known, why in (
        ("norm_cfg", _NORMS, "it is not known to read each position by itself"),
        ("act_cfg", _ACTIVATIONS, "it is not known to read each position by itself"),
        ("conv_cfg", {"Conv2d", "Conv"}, "it is not an ordinary convolution"),
    ):
        part = section.section(key)
        if part is not None and (kind := part.type()) not in known:
            part.unsupported(f"{kind!r} is not read ({why})")


def check_channels(section: Section, layers: Layers, feature: str, key: str = "in_channels") -> None:
    """See that a head takes as many channels as its feature map has.

    Raises:
        NetworkError: It does not.
    """
    has = layers.channels(feature)
    if (written := section.integer(key)) != has:
        expected = f"{has}, the channels of {feature}"
        raise NetworkError(f"bad {key}", where=str(section.origin_of(key)), got=written, expected=expected)


def separable(layers: Layers, name: str, *, to: int, dilation: int = 1, after: str | None = None) -> str:
    """Add a depthwise 3x3 and a pointwise convolution."""
    source = after or layers.last
    layers.conv(f"{name}.depthwise_conv.conv", 3, dilation=dilation, groups=layers.channels(source), after=source)
    return layers.conv(f"{name}.pointwise_conv.conv", 1, to=to)


def pool_to_scales(
    layers: Layers, source: str, scales: Sequence[int], *, to: int, align_corners: bool, name: str = "concat"
) -> str:
    """Add adaptive poolings of a map, each with a 1x1 behind it, put side by side with the map itself."""
    maps = [source]
    for number, scale in enumerate(scales):
        module = f"psp_modules.{number}"
        layers.pool_to(f"{module}.0", scale, after=source)
        reduced = layers.conv(f"{module}.1.conv", 1, to=to)
        maps.append(layers.resize_like(f"{module}.resize", source, after=reduced, align_corners=align_corners))
    return layers.merge(name, "concat", *maps)


def weigh(layers: Layers, source: str, weights: str) -> str:
    """Multiply a map by what was made of the whole of it."""
    return layers.merge("multiply", "multiply", source, weights)


def refine(layers: Layers, source: str, to: int) -> str:
    """Add attention refinement: a 3x3, weighed by what its whole map says."""
    smooth = layers.conv("conv_layer.conv", 3, to=to, after=source)
    layers.pool_all("atten_conv_layer.0")
    return weigh(layers, smooth, layers.conv("atten_conv_layer.1.conv", 1))

"""The fully convolutional decode head, and those that look at the whole map between its convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.attention import context_block, criss_cross, non_local
from rfscope.readers.mmseg.inputs import selected
from rfscope.readers.mmseg.parts import separable
from rfscope.readers.mmseg.section import Section

__all__ = ["add_criss_cross", "add_disentangled", "add_fcn", "add_global_context", "add_non_local", "add_separable_fcn"]

Block = Callable[[Section, Layers, str], str]


def add_fcn(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add convolutions, and what they make beside what they read."""
    source = selected(section, layers, features)
    count = section.integer("num_convs", 2, least=0, limit="layers")
    if not count and section.integer("channels") != layers.channels(source):
        section.refuse("channels", f"{layers.channels(source)}, as many as come in, for it has no convolutions")
    last = source
    for number in range(count):
        last = _conv(section, layers, number, last)
    _concat(section, layers, source, last)


def add_separable_fcn(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add the same of depthwise and pointwise convolutions."""
    source, channels = selected(section, layers, features), section.integer("channels")
    section.only("kernel_size", 3, why="only 3x3 is, in depthwise separable heads")
    section.only("dilation", 1, why="only a dense one is, in depthwise separable heads")
    section.ignore("dw_act_cfg")
    last = source
    for number in range(section.integer("num_convs", 2, limit="layers")):
        last = separable(layers, f"convs.{number}", to=channels, after=last)
    if section.flag("concat_input", default=True):
        layers.merge("concat", "concat", source, last)
        separable(layers, "conv_cat", to=channels)


def _add_around(block: Block, module: str, section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add two convolutions with a block of attention between them."""
    source = selected(section, layers, features)
    first = _conv(section, layers, 0, source)
    with layers.within(module):
        found = block(section, layers, first)
    _concat(section, layers, source, _conv(section, layers, 1, found))


def _conv(section: Section, layers: Layers, number: int, source: str) -> str:
    kernel, rate = section.integer("kernel_size", 3, limit="kernel"), section.integer("dilation", 1, limit="rate")
    channels, padding = section.integer("channels"), kernel // 2 * rate
    return layers.conv(f"convs.{number}.conv", kernel, to=channels, dilation=rate, padding=padding, after=source)


def _concat(section: Section, layers: Layers, source: str, last: str) -> None:
    """Add a convolution over what was read and what was made of it, if the head has one."""
    kernel = section.integer("kernel_size", 3, limit="kernel")
    section.integer("dilation", 1, limit="rate")
    layers.last = last
    if section.flag("concat_input", default=True):
        layers.merge("concat", "concat", source, last)
        layers.conv("conv_cat.conv", kernel, to=section.integer("channels"), padding=kernel // 2)


add_non_local = partial(_add_around, non_local, "nl_block")
add_disentangled = partial(_add_around, partial(non_local, disentangled=True), "dnl_block")
add_global_context = partial(_add_around, context_block, "gc_block")
add_criss_cross = partial(_add_around, criss_cross, "cca")

"""The networks whose answers are read aloud: schedules, and what people bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import rfscope as rf
from rfscope.exact.analysis import Analysis
from rfscope.network.build import assemble, conv, merge
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Whole, Window

__all__ = ["ANSWERS"]

SAMPLE_RATE = 24_000


def _time(name: str, before: str, *, kernel: int, stride: int = 1, dilation: int = 1) -> Node:
    padding = ((kernel - 1) * dilation + 1 - stride, 0)
    return conv(name, kernel=kernel, stride=stride, dilation=dilation, padding=padding, dims=1, inputs=[before])


def _encoder() -> Network:
    """A causal encoder of audio, as in EnCodec: residual units, then a stride, four times."""
    nodes, before = [_time("in", INPUT, kernel=7)], "in"
    for number, stride in enumerate((2, 4, 5, 8), 1):
        unit = f"block{number}.conv"
        nodes += [_time(unit, before, kernel=3), merge(f"block{number}.add", [unit, before], dims=1)]
        nodes.append(_time(f"down{number}", nodes[-1].name, kernel=2 * stride, stride=stride))
        before = nodes[-1].name
    return assemble("encoder", [*nodes, _time("out", before, kernel=7)])


def _vit() -> Network:
    """A vision transformer: patches, then blocks of attention and of a perceptron, each with a shortcut."""
    nodes, before = [conv("patch_embed", kernel=16, stride=16, padding=(0, 0))], "patch_embed"
    for number in range(4):
        names = [f"blocks.{number}.{part}" for part in ("attn", "add", "mlp", "add_1")]
        nodes.append(Node(name=names[0], op="attention", reads=(Whole(), Whole()), inputs=(before,)))
        nodes.append(merge(names[1], [names[0], before]))
        nodes.append(Node(name=names[2], op="linear", reads=(Window(), Window()), inputs=(names[1],)))
        nodes.append(merge(names[3], [names[2], names[1]]))
        before = names[3]
    nodes.append(Node(name="pool", op="global", reads=(Whole(), Whole()), inputs=(before,)))
    return assemble("vit", nodes)


def _dilated_stage() -> Network:
    """Dense layers before strides have read the image, but of the map at output stride 8 positions are skipped."""
    front = [conv("conv1", stride=2), conv("conv2", stride=2), conv("conv3", kernel=9, stride=2)]
    return assemble("dilated stage", [*front, *(conv(f"conv{number}", dilation=2) for number in (4, 5, 6))])


ANSWERS: Mapping[str, Callable[[], Analysis]] = {
    "1,2,4,8,16": lambda: rf.analyze("1,2,4,8,16"),
    "1,1,1,1,1,11": lambda: rf.analyze("1,1,1,1,1,11"),
    "causal tcn": lambda: rf.analyze("1,2,4,8", dims=1, causal=True, sample_rate=SAMPLE_RATE),
    "tcn with holes": lambda: rf.analyze("2,4,8", dims=1, sample_rate=SAMPLE_RATE),
    "encoder": lambda: rf.analyze(_encoder(), sample_rate=SAMPLE_RATE),
    "dilated stage": lambda: rf.analyze(_dilated_stage()),
    "deeplab-v1": lambda: rf.analyze("zoo:deeplab-v1"),
    "resnet-50-d8": lambda: rf.analyze("zoo:resnet-v1c-50-d8"),
    "resnet-50 at 224": lambda: rf.analyze("zoo:resnet-50", input=(224, 224)),
    "aspp": lambda: rf.analyze("zoo:aspp-on-dense"),
    "u-net zoo": lambda: rf.analyze("zoo:u-net"),
    "vit": lambda: rf.analyze(_vit()),
}
"""By name; each is analyzed when it is asked for."""

"""Well-known networks that the zoo has not, or has only in part: as their papers and public code write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import rfscope as rf
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.layers import Layers
from rfscope.network.reads import IDENTITY, TransposedWindow, Whole, Window
from rfscope.network.residual import Residual, add_residual, stage_rates
from rfscope.zoo.resnet import DEPTHS, STRIDED, stages


class Net:
    """Layers of a network of one kind of axis, each reading the one before unless told otherwise."""

    def __init__(self, dims: int = 2, *, causal: bool = False) -> None:
        self.dims, self.causal = dims, causal
        self.nodes: list[Node] = []
        self.last = INPUT

    def put(self, node: Node) -> str:
        self.nodes.append(node)
        self.last = node.name
        return node.name

    def name(self, op: str) -> str:
        return f"{op}{len(self.nodes) + 1}"

    def conv(self, kernel: int = 3, rate: int = 1, stride: int = 1, *, after: str | None = None) -> str:
        total = (kernel - 1) * rate + 1 - stride if stride > 1 else (kernel - 1) * rate
        total = max(0, total)
        before = total if self.causal else total // 2
        window = Window(kernel=kernel, stride=stride, dilation=rate, padding=(before, total - before))
        return self.put(
            Node(name=self.name("conv"), op="conv", reads=(window,) * self.dims, inputs=(after or self.last,))
        )

    def chain(self, *rates: int, kernel: int = 3) -> str:
        for rate in rates:
            self.conv(kernel, rate)
        return self.last

    def pair(self, kernel: int) -> str:
        """Two asymmetric kernels, one along each axis."""
        for axis in (0, 1):
            kernels = [kernel if axis == other else 1 for other in (0, 1)]
            name = self.name("conv")
            self.put(rf.conv(name, kernel=kernels, inputs=(self.last,)))
        return self.last

    def pool(self, kernel: int = 2, stride: int = 2, *, after: str | None = None) -> str:
        return self.put(
            rf.pool(self.name("pool"), kernel=kernel, stride=stride, dims=self.dims, inputs=(after or self.last,))
        )

    def up(self, kernel: int, stride: int, *, after: str | None = None) -> str:
        cut = kernel - stride
        before = 0 if self.causal else cut // 2
        window = TransposedWindow(kernel=kernel, stride=stride, padding=(before, cut - before))
        return self.put(
            Node(name=self.name("up"), op="transposed_conv", reads=(window,) * self.dims, inputs=(after or self.last,))
        )

    def add(self, *sources: str, op: str = "add") -> str:
        return self.put(
            Node(name=self.name(op), op=op, reads=(IDENTITY,) * self.dims, inputs=tuple(dict.fromkeys(sources)))
        )

    def everything(self) -> str:
        return self.put(Node(name=self.name("global"), op="global", reads=(Whole(),) * self.dims, inputs=(self.last,)))

    def done(self, *outputs: str) -> Network:
        return rf.assemble("net", self.nodes, outputs=outputs)


# Audio and time


def tcn(kernel: int, levels: int = 8, *, causal: bool = True) -> Network:
    """Bai et al. 2018: two convolutions of one rate in each block, and a shortcut."""
    net = Net(1, causal=causal)
    for level in range(levels):
        before = net.last
        net.chain(2**level, 2**level, kernel=kernel)
        net.add(before, net.last)
    return net.done()


def wavenet(stacks: int = 3) -> Network:
    """Residual and skip connections; the skips are added up."""
    net, skips = Net(1, causal=True), []
    net.conv(2)
    for rate in [2**level for level in range(10)] * stacks:
        before = net.last
        gate = net.conv(2, rate)
        skips.append(net.conv(1))
        net.conv(1, after=gate)
        net.add(before, net.last)
    net.add(*skips)
    net.conv(1)
    return net.done()


def conv_tasnet(stacks: int = 3, *, decoder: bool = True) -> Network:
    """Luo and Mesgarani 2019, not causal: a learned front end, stacks of rates 1 to 128, masks, a decoder."""
    net, skips = Net(1), []
    encoder = net.conv(16, stride=8)
    net.conv(1)
    for rate in [2**level for level in range(8)] * stacks:
        before = net.last
        wide = net.conv(3, rate)
        skips.append(net.conv(1))
        net.conv(1, after=wide)
        net.add(before, net.last)
    net.add(*skips)
    net.conv(1)
    net.add(encoder, net.last, op="multiply")
    if decoder:
        net.up(16, 8)
    return net.done()


def fusion(net: Net, kernels: Sequence[int], rates: Sequence[Sequence[int]], *, dense: bool) -> str:
    """HiFi-GAN's multi-receptive-field fusion; blocks with a dense convolution behind each dilated one, or without."""
    entry, ends = net.last, []
    for kernel, own in zip(kernels, rates, strict=True):
        before = entry
        for rate in own:
            net.conv(kernel, rate, after=before)
            if dense:
                net.conv(kernel)
            before = net.add(before, net.last)
        ends.append(before)
    return net.add(*ends)


WIDE = ((3, 7, 11), ((1, 3, 5),) * 3)
SLIM = ((3, 5, 7), ((1, 2), (2, 6), (3, 12)))


def hifi_gan(version: int, *, tail: bool = True) -> Network:
    """Kong et al. 2020: generators V1 to V3; ``tail`` is the last convolution."""
    net = Net(1)
    net.conv(7)
    scales = ((16, 8), (16, 8), (8, 4)) if version == 3 else ((16, 8), (16, 8), (4, 2), (4, 2))
    for kernel, stride in scales:
        net.up(kernel, stride)
        fusion(net, *(SLIM if version == 3 else WIDE), dense=version < 3)
    if tail:
        net.conv(7)
    return net.done()


def one_fusion(*behind: int) -> Network:
    net = Net(1)
    net.conv(7)
    net.up(8, 4)
    fusion(net, *SLIM, dense=False)
    for kernel in behind:
        net.conv(kernel)
    return net.done()


def codec(kernel: int, rates: Sequence[int], strides: Sequence[int] = (2, 4, 5, 8)) -> Network:
    """EnCodec and SoundStream: causal residual units between strided convolutions, and back up again."""
    net = Net(1, causal=True)
    net.conv(7)
    for stride in strides:
        _units(net, kernel, rates)
        net.conv(2 * stride, stride=stride)
    net.conv(7)
    for stride in reversed(strides):
        net.up(2 * stride, stride)
        _units(net, kernel, rates)
    net.conv(7)
    return net.done()


def _units(net: Net, kernel: int, rates: Sequence[int]) -> None:
    for rate in rates:
        before = net.last
        net.conv(kernel, rate)
        net.conv(1)
        net.add(before, net.last)


# Images


def enet() -> Network:
    """Paszke et al. 2016, up-sampled by 2x2 convolutions of stride 2 as in its public code."""
    net = Net()
    net.add(net.conv(3, stride=2), net.pool(after=INPUT), op="concat")
    _down(net)
    for _ in range(4):
        _bottleneck(net, lambda: net.conv(3))
    _down(net)
    for stage in range(2):
        if stage == 0:
            _bottleneck(net, lambda: net.conv(3))
        for rate in (2, 4, 8, 16):
            _bottleneck(net, lambda rate=rate: net.conv(3, rate))  # type: ignore[misc]
            _bottleneck(net, (lambda: net.pair(5)) if rate in (2, 8) else (lambda: net.conv(3)))
    for regular in (2, 1):
        before = net.last
        net.add(net.up(2, 2, after=before), net.up(2, 2, after=before))
        for _ in range(regular):
            _bottleneck(net, lambda: net.conv(3))
    net.up(2, 2)
    return net.done()


def _down(net: Net) -> None:
    before = net.last
    pooled = net.pool(after=before)
    net.conv(2, stride=2, after=before)
    net.conv(3)
    net.add(pooled, net.last)


def _bottleneck(net: Net, middle: Callable[[], str]) -> None:
    before = net.last
    net.conv(1)
    middle()
    net.conv(1)
    net.add(before, net.last)


def csrnet() -> Network:
    """Li et al. 2018, configuration B: ten layers of VGG-16, then six of rate 2."""
    net = Net()
    for depth in (2, 2, 3):
        net.chain(*[1] * depth)
        net.pool()
    net.chain(1, 1, 1, 2, 2, 2, 2, 2, 2)
    net.conv(1)
    return net.done()


def u_net(*bottom: int) -> Network:
    """Three levels with padding, and these rates at the bottom."""
    net, kept = Net(), []
    for _ in range(2):
        kept.append(net.chain(1, 1))
        net.pool()
    net.chain(*bottom)
    for skip in reversed(kept):
        net.add(net.up(2, 2), skip, op="concat")
        net.chain(1, 1)
    net.conv(1)
    return net.done()


def caffe_resnet() -> Network:
    """ResNet-50 as first published: the stride of a block is in its first 1x1."""
    layers = Layers()
    add_residual(layers, Residual(rates=stage_rates(DEPTHS[50]), strides=STRIDED, stride_first=True))
    return layers.network()


def with_head(dilations: tuple[int, ...]) -> Network:
    """A ResNet-50 of output stride 8 with a dense 3x3 behind it."""
    layers = stages(stage_rates(DEPTHS[50], dilations), (1, 2, 1, 1), deep_stem=True)
    layers.conv("head", 3)
    return layers.network()


def raw_stride(*, both: bool) -> Network:
    """A 1x1 of stride 2 on the raw image, alone or with a 1x1 shortcut of stride 2 beside it, and 3x3 behind."""
    net = Net()
    net.conv(1, stride=2)
    end = net.conv(3)
    if both:
        net.add(end, net.conv(1, stride=2, after=INPUT))
    return net.done()


def stacks(*all_rates: Sequence[int]) -> Network:
    """Stacks side by side on the image, added up."""
    net, ends = Net(), []
    for rates in all_rates:
        end = INPUT
        for rate in rates:
            end = net.conv(3, rate, after=end)
        ends.append(end)
    net.add(*ends)
    return net.done()


def residual(*rates: int) -> Network:
    """Blocks of one dilated layer and a shortcut."""
    net = Net()
    for rate in rates:
        before = net.last
        net.add(before, net.conv(3, rate))
    return net.done()


def vit() -> Network:
    net = Net()
    net.conv(16, stride=16)
    for _ in range(2):
        before = net.last
        net.add(before, net.everything())
    net.everything()  # the class token
    return net.done()


def inception() -> Network:
    """Asymmetric kernels side by side: 1x7 then 7x1, and 1x3 beside 3x1."""
    net = Net()
    net.conv(3, stride=2)
    entry = net.last
    factored = net.pair(7)
    net.put(rf.conv("wide", kernel=(1, 3), inputs=(entry,)))
    net.put(rf.conv("tall", kernel=(3, 1), inputs=(entry,)))
    net.add(factored, "wide", "tall", op="concat")
    return net.done()


def patchify() -> Network:
    """ConvNeXt: 4x4 of stride 4, 7x7 blocks, 2x2 of stride 2 between the stages."""
    net = Net()
    net.conv(4, stride=4)
    for blocks in (3, 3):
        for _ in range(blocks):
            before = net.last
            net.conv(7)
            net.conv(1)
            net.add(before, net.last)
        net.conv(2, stride=2)
    return net.done()


def super_resolution() -> Network:
    """ESPCN: three layers and a pixel shuffle."""
    net = Net()
    net.conv(5)
    net.chain(1, 1)
    reads = (TransposedWindow(kernel=3, stride=3),) * 2
    net.put(Node(name="shuffle", op="pixel_shuffle", reads=reads, inputs=(net.last,)))
    return net.done()


def ircnn() -> Network:
    """Zhang et al. 2017, denoising: rates 1,2,3,4,3,2,1."""
    return rf.chain([1, 2, 3, 4, 3, 2, 1])


def aspp_on_raw() -> Network:
    """A pyramid straight on the image."""
    return stacks((2,), (3,))


def empty() -> Network:
    net = Net()
    net.conv(3)
    net.up(1, 2)
    return net.done()

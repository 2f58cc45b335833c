"""Published networks of sound, layer by layer, in our own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rfscope.network.build import assemble, conv, merge, transposed_conv
from rfscope.network.graph import INPUT, Network, Node

Sides = tuple[int, int]


class _Row:
    """Layers of which each reads the last one."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    @property
    def last(self) -> str:
        return self.nodes[-1].name if self.nodes else INPUT

    def conv(self, kernel: int, padding: Sides, *, stride: int = 1, rate: int = 1) -> None:
        self.nodes.append(
            conv(
                kernel=kernel,
                stride=stride,
                dilation=rate,
                padding=padding,
                dims=1,
                inputs=[self.last],
                name=self._name,
            )
        )

    def up(self, rate: int, cut: Sides) -> None:
        self.nodes.append(
            transposed_conv(kernel=2 * rate, stride=rate, padding=cut, dims=1, inputs=[self.last], name=self._name)
        )

    def residual(self, kernel: int, rate: int, *, causal: bool) -> None:
        before, around = self.last, (kernel - 1) * rate
        self.conv(kernel, (around, 0) if causal else (around // 2, around // 2), rate=rate)
        self.conv(1, (0, 0))
        self.nodes.append(merge(self._name, [before, self.last], dims=1))

    @property
    def _name(self) -> str:
        return f"n{len(self.nodes)}"

    def network(self, name: str) -> Network:
        return assemble(name, self.nodes)


def encodec_encoder(strides: Sequence[int] = (2, 4, 5, 8)) -> Network:
    """Causal, 24 kHz: Défossez et al. 2022."""
    row = _Row()
    row.conv(7, (6, 0))
    for stride in strides:
        row.residual(3, 1, causal=True)
        row.conv(2 * stride, (stride, 0), stride=stride)
    row.conv(7, (6, 0))
    return row.network("EnCodec encoder")


def encodec_decoder(strides: Sequence[int] = (8, 5, 4, 2)) -> Network:
    row = _Row()
    row.conv(7, (6, 0))
    for stride in strides:
        row.up(stride, (0, stride))
        row.residual(3, 1, causal=True)
    row.conv(7, (6, 0))
    return row.network("EnCodec decoder")


def dac_decoder(rates: Sequence[int] = (8, 8, 4, 2)) -> Network:
    """Both sides: Kumar et al. 2023; a hop of 512."""
    row = _Row()
    row.conv(7, (3, 3))
    for rate in rates:
        row.up(rate, (-(-rate // 2),) * 2)
        for dilation in (1, 3, 9):
            row.residual(7, dilation, causal=False)
    row.conv(7, (3, 3))
    return row.network("DAC decoder")


def dac_encoder(rates: Sequence[int] = (2, 4, 8, 8)) -> Network:
    row = _Row()
    row.conv(7, (3, 3))
    for rate in rates:
        for dilation in (1, 3, 9):
            row.residual(7, dilation, causal=False)
        row.conv(2 * rate, (-(-rate // 2),) * 2, stride=rate)
    row.conv(3, (1, 1))
    return row.network("DAC encoder")


def code2wav(rates: Sequence[int] = (8, 5, 4, 3)) -> Network:
    """The convolutions of Qwen3-Omni's vocoder, whose transposed ones are cut at both ends."""
    row = _Row()
    row.conv(7, (6, 0))
    for rate in rates:
        row.up(rate, (rate, rate))
        for dilation in (1, 3, 9):
            row.residual(7, dilation, causal=True)
    row.conv(7, (6, 0))
    return row.network("code2wav")


def hifi_gan_v1() -> Network:
    """Kong et al. 2020: residual stacks of three kernels side by side, summed two by two."""
    nodes = [conv("pre", kernel=7, padding=(3, 3), dims=1, inputs=[INPUT])]
    for number, stride in enumerate((8, 8, 2, 2)):
        here = f"up{number}"
        side = stride // 2
        nodes.append(
            transposed_conv(
                here, kernel=2 * stride, stride=stride, padding=(side, side), dims=1, inputs=[nodes[-1].name]
            )
        )
        total = ""
        for kernel in (3, 7, 11):
            last = here
            for rate in (1, 3, 5):
                name, half = f"{here}.{kernel}.{rate}", (kernel - 1) // 2
                nodes.append(
                    conv(name, kernel=kernel, dilation=rate, padding=(half * rate,) * 2, dims=1, inputs=[last])
                )
                nodes.append(conv(f"{name}.dense", kernel=kernel, padding=(half,) * 2, dims=1, inputs=[name]))
                nodes.append(merge(f"{name}.sum", [last, f"{name}.dense"], dims=1))
                last = f"{name}.sum"
            if total:
                nodes.append(merge(f"{here}.{kernel}.total", [total, last], dims=1))
            total = nodes[-1].name
    nodes.append(conv("post", kernel=7, padding=(3, 3), dims=1, inputs=[nodes[-1].name]))
    return assemble("HiFi-GAN V1", nodes)


CODECS: Mapping[str, Callable[[], Network]] = {
    "EnCodec encoder": encodec_encoder,
    "EnCodec decoder": encodec_decoder,
    "DAC encoder": dac_encoder,
    "DAC decoder": dac_decoder,
    "HiFi-GAN V1": hifi_gan_v1,
    "code2wav": code2wav,
}

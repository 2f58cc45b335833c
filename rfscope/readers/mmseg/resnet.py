"""ResNet, ResNetV1c, ResNetV1d, ResNeXt and ResNeSt as mmsegmentation builds them, and what their options mean."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rfscope.network.graph import Network
from rfscope.network.layers import Layers
from rfscope.network.residual import Residual, add_residual, stage_rates
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section
from rfscope.wording import rates_text

__all__ = ["add_resnet", "read_resnet"]

_BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}
"""Blocks per stage, by the number of layers."""

_DEPTHS = {"ResNeXt": (50, 101, 152), "ResNeSt": (50, 101, 152, 200)}
_ALL_DEPTHS = (18, 34, 50, 101, 152)

_BOTTLENECKS_FROM = 50
_NO_MATTER = ("pretrained", "init_cfg", "frozen_stages", "norm_eval", "with_cp", "zero_init_residual", "stage_with_dcn")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResNetOptions:
    """What a config says of a residual backbone."""

    kind: str
    depth: int
    blocks: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    contract: bool
    multi_grid: tuple[int, ...] | None
    in_channels: int
    shape: Residual

    @property
    def rates(self) -> list[list[int]]:
        return stage_rates(self.blocks, self.dilations, contract_dilation=self.contract, multi_grid=self.multi_grid)

    @property
    def residual(self) -> Residual:
        return replace(self.shape, rates=self.rates, strides=self.strides)

    @property
    def strided(self) -> tuple[int, ...] | None:
        """The strides that the dilations stand for; None where they stand for none."""
        before = (1, *self.dilations[:-1])
        if any(now % then for now, then in zip(self.dilations, before, strict=True)):
            return None
        steps = zip(self.strides, self.dilations, before, strict=True)
        return tuple(stride * (now // then) for stride, now, then in steps)


def add_resnet(section: Section, layers: Layers) -> Backbone:
    """Add a residual backbone.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    options = read_resnet(section)
    outputs = section.integers("out_indices", range(len(options.blocks)), least=0)
    if max(outputs) >= len(options.blocks):
        section.refuse("out_indices", f"numbers of stages, 0 to {len(options.blocks) - 1}")
    section.finish()
    ends = add_residual(layers, options.residual)
    return Backbone(
        features=tuple(end for number, end in enumerate(ends) if number in outputs),
        notes=tuple(_notes(options)),
        beside=tuple(_for_comparison(options)),
    )


def read_resnet(section: Section) -> ResNetOptions:
    """What the table of a residual backbone says of its layers.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    kind = section.type()
    check_surroundings(section)
    section.ignore(*_NO_MATTER)
    section.only("dcn", None, why="deformable convolutions read where the data say")
    section.only("plugins", None, why="they may read anything")
    depth = section.integer("depth")
    if depth not in (known := _DEPTHS.get(kind, _ALL_DEPTHS)):
        section.refuse("depth", f"one of {rates_text(known)}")
    stages = section.integer("num_stages", 4)
    if stages > len(_BLOCKS[depth]):
        section.refuse("num_stages", "1 to 4")
    blocks = _BLOCKS[depth][:stages]
    style = section.text("style", "pytorch")
    if style not in ("pytorch", "caffe"):
        section.refuse("style", "'pytorch' or 'caffe'")
    deep, grouped = kind in ("ResNetV1c", "ResNetV1d", "ResNeSt"), kind in ("ResNeXt", "ResNeSt")
    radix = section.integer("radix", 2, limit="layers") if kind == "ResNeSt" else 0
    shape = Residual(
        rates=(),
        strides=(),
        bottleneck=depth >= _BOTTLENECKS_FROM,
        deep_stem=deep or section.flag("deep_stem", default=False),
        avg_down=kind in ("ResNetV1d", "ResNeSt") or (not deep and section.flag("avg_down", default=False)),
        stride_first=style == "caffe",
        stem_channels=section.integer("stem_channels", 64, least=2),
        base_channels=section.integer("base_channels", 64),
        groups=section.integer("groups", 1) if grouped else 1,
        base_width=section.integer("base_width", 4) if grouped else 4,
        radix=radix,
        reduction=section.integer("reduction_factor", 4) if radix else 4,
        pooled_stride=bool(radix) and section.flag("avg_down_stride", default=True),
    )
    return ResNetOptions(
        kind=kind,
        depth=depth,
        blocks=blocks,
        strides=section.integers("strides", (1, 2, 2, 2), length=stages, limit="stride"),
        dilations=section.integers("dilations", (1, 1, 1, 1), length=stages, limit="rate"),
        contract=section.flag("contract_dilation", default=False),
        multi_grid=_multi_grid(section, blocks[-1]),
        in_channels=section.integer("in_channels", 3),
        shape=shape,
    )


def _multi_grid(section: Section, blocks: int) -> tuple[int, ...] | None:
    if section.data("multi_grid") is None:
        return None
    found = section.integers("multi_grid", (), limit="rate")
    return found if len(found) >= blocks else section.refuse("multi_grid", f"a rate for each of {blocks} blocks")


def _notes(options: ResNetOptions) -> list[str]:
    """What strides, dilations, contract_dilation and multi_grid come to, stage by stage and block by block."""
    rows = [("stage", "stride", "dilation", "rate of the 3x3 convolution, block by block")]
    stages = zip(options.strides, options.dilations, options.rates, strict=True)
    rows += [
        (f"layer{number}", str(stride), str(dilation), rates_text(rates))
        for number, (stride, dilation, rates) in enumerate(stages, start=1)
    ]
    lines = [f"backbone {options.kind}, depth {options.depth}, as the config says it:"]
    lines += [f"  {stage:7} {stride:7} {dilation:9} {rates}" for stage, stride, dilation, rates in rows]
    lines.append("A stage's stride is that of its first block; its dilation is the rate of its 3x3 convolutions.")
    if max(options.dilations) > 1:
        halved = "is on: the first block of a dilated stage has half the rate"
        full = "is off: every block of a dilated stage has the full rate"
        lines.append(f"contract_dilation {halved if options.contract else full}.")
    if options.multi_grid:
        last = f"layer{len(options.blocks)}"
        lines.append(f"multi_grid: the rates of {last} are its own, whatever its dilation and contract_dilation.")
    return lines


def _for_comparison(options: ResNetOptions) -> list[Network]:
    """The backbone as written, with the other ``contract_dilation``, and strided where this one is dilated."""
    if max(options.dilations) == 1 and not options.multi_grid:
        return []
    written = f"contract_dilation={options.contract}"
    other = replace(options, contract=not options.contract)
    found = [_network(options, f"{written} (as written)")]
    if other.rates != options.rates:
        found.append(_network(other, f"contract_dilation={other.contract}"))
    if options.strided is not None:
        dense = (1,) * len(options.blocks)
        original = replace(options, strides=options.strided, dilations=dense, multi_grid=None)
        found.append(_network(original, f"strides {rates_text(options.strided)}, no dilation"))
    return found if len(found) > 1 else []


def _network(options: ResNetOptions, name: str) -> Network:
    layers = Layers(options.in_channels)
    add_residual(layers, options.residual)
    return replace(layers.network(), name=name)

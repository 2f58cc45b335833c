"""Configs of our own of whole architectures, with the smallest number of channels that they may have."""

from __future__ import annotations

__all__ = ["BISENET", "ERFNET", "FASTFCN", "FPN", "HRNET", "ICNET", "OCR", "R18", "RESNEST", "STDC", "head", "model"]

R18 = "type='ResNet', depth=18"
V1C = "type='ResNetV1c', depth=18, strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4), contract_dilation=True"


def model(backbone: str, head: str, *, neck: str = "", kind: str = "EncoderDecoder", more: str = "") -> str:
    """A config: a table for the backbone, the neck and the head each, and what else stands in its model."""
    between = f"\n    neck=dict({neck})," if neck else ""
    first = f"model = dict(\n    type='{kind}',\n    backbone=dict({backbone}),"
    return f"{first}{between}\n    decode_head={head},\n{more})\n"


def head(kind: str, options: str = "", *, entering: str = "512", channels: int = 8) -> str:
    """The table of a head."""
    return f"dict(type='{kind}', in_channels={entering}, channels={channels}, num_classes=2, {options})"


def _stage(branches: int, block: str, channels: str) -> str:
    blocks = ", ".join(["4"] * branches)
    modules = (1, 1, 4, 3)[branches - 1]
    return (
        f"stage{branches}=dict(num_modules={modules}, num_branches={branches}, block='{block}', "
        f"num_blocks=({blocks},), num_channels=({channels},))"
    )


_EXTRA = ", ".join(
    [
        _stage(1, "BOTTLENECK", "64"),
        _stage(2, "BASIC", "18, 36"),
        _stage(3, "BASIC", "18, 36, 72"),
        _stage(4, "BASIC", "18, 36, 72, 144"),
    ]
)
_ALL = "in_index=(0, 1, 2, 3), input_transform='resize_concat', align_corners=False"
_HR_HEAD = head(
    "FCNHead", f"{_ALL}, kernel_size=1, num_convs=1, concat_input=False", entering="[18, 36, 72, 144]", channels=270
)
_SCORES = head("FCNHead", f"{_ALL}, kernel_size=1, num_convs=1, concat_input=False", entering="[18, 36, 72, 144]")

HRNET = model(f"type='HRNet', extra=dict({_EXTRA})", _HR_HEAD.replace("270", "sum([18, 36, 72, 144])"))

OCR = model(
    f"type='HRNet', extra=dict({_EXTRA})",
    f"[{_SCORES}, {head('OCRHead', f'{_ALL}, ocr_channels=4', entering='[18, 36, 72, 144]')}]",
    kind="CascadeEncoderDecoder",
    more="    num_stages=2,",
)

FPN = model(
    "type='ResNetV1c', depth=50",
    head("FPNHead", "in_index=[0, 1, 2, 3], feature_strides=[4, 8, 16, 32]", entering="[16, 16, 16, 16]"),
    neck="type='FPN', in_channels=[256, 512, 1024, 2048], out_channels=16, num_outs=4",
)

FASTFCN = model(
    "type='ResNetV1c', depth=18, out_indices=(1, 2, 3)",
    head("ASPPHead", "in_index=2, dilations=(1, 12, 24, 36)", entering="32"),
    neck="type='JPU', in_channels=(128, 256, 512), mid_channels=8",
)

ICNET = model(
    f"type='ICNet', backbone_cfg=dict({V1C}), layer_channels=(128, 512), light_branch_middle_channels=4, "
    "psp_out_channels=8, out_channels=(4, 8, 8)",
    head("FCNHead", "in_index=2, num_convs=1, concat_input=False", entering="8"),
    neck="type='ICNeck', in_channels=(4, 8, 8), out_channels=8",
    more="    auxiliary_head=["
    + head("FCNHead", "in_index=0, num_convs=1, concat_input=False", entering="8")
    + ", "
    + head("FCNHead", "in_index=1, num_convs=1, concat_input=False", entering="8")
    + "],",
)

BISENET = model(
    f"type='BiSeNetV1', backbone_cfg=dict({R18})",
    head("FCNHead", "in_index=0, num_convs=1, concat_input=False", entering="256"),
    more="    auxiliary_head=[" + head("FCNHead", "in_index=1, num_convs=1, concat_input=False", entering="128") + "],",
)

RESNEST = model(
    "type='ResNeSt', depth=101, stem_channels=128, radix=2, reduction_factor=4, avg_down_stride=True, "
    "strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4)",
    head("FCNHead", "in_index=3", entering="2048"),
)

STDC = model(
    "type='STDCContextPathNet', backbone_cfg=dict(type='STDCNet', stdc_type='STDCNet1', in_channels=3, "
    "channels=(8, 16, 32, 64, 128), bottleneck_type='cat', num_convs=4, with_final_conv=False, norm_cfg=None, "
    "act_cfg=None), last_in_channels=(128, 64), out_channels=8, "
    "ffm_cfg=dict(in_channels=40, out_channels=16, scale_factor=4)",
    head("FCNHead", "in_index=3, num_convs=1, concat_input=False", entering="16"),
    more="    auxiliary_head=["
    + head("STDCHead", "in_index=0, num_convs=1, concat_input=False, boundary_threshold=0.1", entering="32")
    + "],",
)

ERFNET = model("type='ERFNet'", head("FCNHead", "num_convs=1, concat_input=False", entering="16"))

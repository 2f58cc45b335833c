"""Configs of our own, in the style of mmsegmentation."""

from __future__ import annotations

from pathlib import Path

from rfscope.network.graph import Network
from rfscope.network.provenance import Found
from rfscope.readers.mmseg import read_config
from rfscope.readers.mmseg.inherit import read_table
from rfscope.readers.mmseg.values import ConfigValue

__all__ = ["D8", "D16", "HEADS", "UNETS", "network", "plain", "table", "text", "unet", "write"]

D8 = "strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4)"
D16 = "strides=(1, 2, 2, 1), dilations=(1, 1, 1, 2)"

UNETS = {
    "as it is": "",
    "strided": "strides=(1, 2, 2, 2, 2)",
    "of three stages": (
        "num_stages=3, strides=(1, 1, 1), enc_num_convs=(2, 1, 2), dec_num_convs=(1, 2), downsamples=(True, False), "
        "enc_dilations=(1, 1, 2), dec_dilations=(1, 2)"
    ),
}

HEADS = {
    "FCN": "type='FCNHead', num_convs=1, concat_input=False, in_index=3",
    "ASPP": "type='ASPPHead', dilations=(1, 12, 24, 36)",
    "separable ASPP": (
        "type='DepthwiseSeparableASPPHead', dilations=(1, 12, 24, 36), c1_in_channels=256, c1_channels=48"
    ),
    "PSP": "type='PSPHead', pool_scales=(1, 2, 3, 6)",
}


def text(
    backbone: str = "", head: str = HEADS["FCN"], *, kind: str = "ResNetV1c", depth: int = 50, more: str = ""
) -> str:
    """A config; what is given comes last in its table."""
    channels = 2048 if depth >= 50 else 512
    return (
        f"norm = dict(type='SyncBN')\n{more}\nmodel = dict(\n    type='EncoderDecoder',\n"
        f"    backbone=dict(type='{kind}', depth={depth}, norm_cfg=norm{', ' if backbone else ''}{backbone}),\n"
        f"    decode_head=dict(in_channels={channels}, channels=64, num_classes=19, norm_cfg=norm, {head}))\n"
    )


def unet(options: str) -> str:
    """A UNet under a head that only classifies."""
    content = text(options, "type='FCNHead', num_convs=0, concat_input=False, in_channels=64", kind="UNet")
    return content.replace("depth=50, ", "").replace("in_channels=2048, ", "")


def write(folder: Path, **files: str) -> Path:
    """Write files called after the keywords; the path of the first."""
    for name, content in files.items():
        (folder / f"{name}.py").write_text(content, encoding="utf-8")
    return folder / f"{next(iter(files))}.py"


def network(folder: Path, content: str, *, size: tuple[int, ...] | None = None) -> Network:
    """The network of a config."""
    return read(folder, content, size=size).network


def read(folder: Path, content: str, *, size: tuple[int, ...] | None = None) -> Found:
    """The network of a config, and what there is to know beside it."""
    return read_config(write(folder, net=content), input=size)


def plain(value: ConfigValue) -> object:
    """A value without places: dictionaries, tuples, numbers."""
    data = value.data
    if isinstance(data, dict):
        return {key: plain(inner) for key, inner in data.items()}
    return tuple(map(plain, data)) if isinstance(data, tuple) else data


def table(folder: Path, **files: str) -> object:
    """The merged table of the first file."""
    return plain(read_table(write(folder, **files)))

"""The network of a config: a backbone and a decode head, up to the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rfscope.errors import NetworkError, UnsupportedError
from rfscope.network.layers import Layers
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.heads import add_head, sized
from rfscope.readers.mmseg.mobilenet import add_mobilenet_v2
from rfscope.readers.mmseg.resnet import add_resnet
from rfscope.readers.mmseg.section import Section
from rfscope.readers.mmseg.unet import add_unet
from rfscope.readers.mmseg.values import ConfigValue
from rfscope.wording import size_text

__all__ = ["BACKBONES", "build"]

BACKBONES: Mapping[str, Callable[[Section, Layers], Backbone]] = {
    "ResNet": add_resnet,
    "ResNetV1c": add_resnet,
    "ResNetV1d": add_resnet,
    "ResNeXt": add_resnet,
    "MobileNetV2": add_mobilenet_v2,
    "UNet": add_unet,
}

_NO_MATTER = ("pretrained", "auxiliary_head", "train_cfg", "init_cfg")
"""Heads that help in training only, and what says how to train."""


def build(config: ConfigValue, name: str, input: Sequence[int] | None) -> Found:
    """Make the network that a config describes, up to the scores of its decode head.

    Args:
        config: The whole config.
        name: The network's name.
        input: Spatial size of the input, or None.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: Something in it is not read.
    """
    top = Section(config, "")
    model = top.section("model")
    if model is None:
        raise NetworkError("no model", where=str(config.origin), expected="model = dict(type='EncoderDecoder', ...)")
    if (kind := model.type()) != "EncoderDecoder":
        model.unsupported(f"model {kind!r} is not read")
    model.only("neck", None, why="what lies between backbone and head is not known")
    model.ignore(*_NO_MATTER)
    backbone, head = (_needed(model, key) for key in ("backbone", "decode_head"))
    if (kind := backbone.type()) not in BACKBONES:
        backbone.unsupported(f"backbone {kind!r} is not read")
    notes: list[str] = []
    size = input
    if size is None and sized(head):
        size, key = _training_size(top, model, head)
        notes.append(f"{head.type()} depends on the size of the input: read at {size_text(size)}, from {key}.")
    model.ignore("data_preprocessor", "test_cfg")
    layers = Layers(backbone.integer("in_channels", 3), input=size)
    layers.origin = backbone.origin
    made = BACKBONES[backbone.type()](backbone, layers)
    layers.origin = head.origin
    add_head(head, layers, made.features)
    model.finish()
    network = replace(layers.network(), name=name)
    return Found(network, Provenance(notes=(*made.notes, *notes), beside=made.beside))


def _needed(model: Section, key: str) -> Section:
    found = model.data(key)
    if isinstance(found, tuple):
        model.unsupported(f"a list of {key}s is not read", key)
    section = model.section(key)
    return section if section is not None else model.refuse(key, "a table")


def _training_size(top: Section, model: Section, head: Section) -> tuple[tuple[int, ...], str]:
    """The size that the config trains or predicts at, and the key that gives it."""
    for table, keys in (
        (model, ("data_preprocessor", "size")),
        (model, ("test_cfg", "crop_size")),
        (top, ("crop_size",)),
    ):
        section: Section | None = table
        for key in keys[:-1]:
            section = section.section(key) if section is not None else None
        if section is not None and section.data(keys[-1]) is not None:
            return section.integers(keys[-1], (), length=2), ".".join(keys)
    raise UnsupportedError(
        f"head {head.type()!r} depends on the size of the input", where=str(head.origin), do="give it: --input"
    )

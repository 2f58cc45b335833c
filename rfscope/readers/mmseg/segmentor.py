"""The network of a config: a backbone, perhaps a neck, and decode heads up to their scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import NamedTuple

from rfscope.errors import NetworkError, RfscopeError, UnsupportedError
from rfscope.network.layers import Layers
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.erfnet import add_erfnet
from rfscope.readers.mmseg.heads import add_head, sized
from rfscope.readers.mmseg.hrnet import add_hrnet
from rfscope.readers.mmseg.mobilenet import add_mobilenet_v2
from rfscope.readers.mmseg.necks import NECKS, add_neck
from rfscope.readers.mmseg.resnet import add_resnet
from rfscope.readers.mmseg.section import Section
from rfscope.readers.mmseg.stdc import add_stdc, add_stdc_context
from rfscope.readers.mmseg.twopath import add_bisenet_v1, add_icnet
from rfscope.readers.mmseg.unet import add_unet
from rfscope.readers.mmseg.values import ConfigValue
from rfscope.wording import size_text

__all__ = ["BACKBONES", "build"]

BACKBONES: Mapping[str, Callable[[Section, Layers], Backbone]] = {
    "ResNet": add_resnet,
    "ResNetV1c": add_resnet,
    "ResNetV1d": add_resnet,
    "ResNeXt": add_resnet,
    "ResNeSt": add_resnet,
    "HRNet": add_hrnet,
    "MobileNetV2": add_mobilenet_v2,
    "UNet": add_unet,
    "BiSeNetV1": add_bisenet_v1,
    "ICNet": add_icnet,
    "STDCNet": add_stdc,
    "STDCContextPathNet": add_stdc_context,
    "ERFNet": add_erfnet,
}

_OF_DETECTORS: Mapping[str, Callable[[Section, Layers], Backbone]] = {
    **{name: BACKBONES[name] for name in ("ResNet", "ResNetV1d", "ResNeXt", "ResNeSt", "MobileNetV2")},
    "HRNet": partial(add_hrnet, mode="nearest"),
}
"""Backbones of mmdetection that are built as those of mmsegmentation, and one that is not quite."""

_SIZED_BACKBONES = ("ICNet",)
_SEGMENTORS = ("EncoderDecoder", "CascadeEncoderDecoder")
_NO_MATTER = ("pretrained", "train_cfg", "init_cfg", "data_preprocessor", "test_cfg")
_DETECTION = ("bbox_head", "rpn_head", "roi_head", "mask_head", "panoptic_head")
"""Heads of detectors: they look at every position of every map of the neck alike, and are not read."""

_DEFAULTS_DIFFER = {"MobileNetV2": "out_indices"}
"""Keys of backbones for which other tools have other defaults."""


class _Parts(NamedTuple):
    """The tables of a model."""

    backbone: Section
    neck: Section | None
    heads: list[Section]


def build(config: ConfigValue, name: str, input: Sequence[int] | None) -> Found:
    """Make the network that a config describes: of a segmentor up to its scores, of a detector up to its neck's maps.

    The stages of a cascade are outputs, the last one first. Heads that help in training only are there to be asked
    for, and no outputs; one that is not read is left out, and a note says why.

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
        name = PurePath(config.origin.file).stem
        expected, do = "model = dict(type='EncoderDecoder', ...)", f"to read a torch module in it, write {name}:NAME"
        raise NetworkError("no model", where=str(config.origin), expected=expected, do=do)
    parts, notes, size = _parts(model), [], input
    if size is None and (needs := _sized(parts)) is not None:
        size, key = _training_size(top, model, needs)
        notes.append(f"{needs.type()} depends on the size of the input: read at {size_text(size)}, from {key}.")
    layers = Layers(parts.backbone.integer("in_channels", 3), input=size)
    made = _trunk(parts, layers)
    if parts.heads:
        outputs = _heads(model, parts.heads, layers, made.features)
        notes += _training_heads(model, layers, made.features)
        model.ignore(*_NO_MATTER, "num_stages")
        model.finish()
    else:
        outputs = list(dict.fromkeys(made.features))
        notes.append(f"{model.type()} is read up to the maps of its {'neck' if parts.neck else 'backbone'}.")
        if size is None and any(node.op == "resize" for node in layers.nodes):
            notes.append("Maps are enlarged as in images that every stride divides; for others give the size: --input.")
    network = replace(layers.network(*outputs), name=name)
    return Found(network, Provenance(notes=(*made.notes, *notes), beside=made.beside))


def _parts(model: Section) -> _Parts:
    """The tables of a model, seen to be of kinds that are read."""
    kind = model.type()
    detector = kind not in _SEGMENTORS and any(model.has(key) for key in _DETECTION)
    if not detector and kind not in _SEGMENTORS:
        model.unsupported(f"model {kind!r} is not read")
    backbone, neck = model.section("backbone"), model.section("neck")
    if backbone is None:
        return model.refuse("backbone", "a table")
    if (kind := backbone.type()) not in (_OF_DETECTORS if detector else BACKBONES):
        backbone.unsupported(f"backbone {kind!r} is not read")
    if detector and kind in _DEFAULTS_DIFFER and not backbone.has(_DEFAULTS_DIFFER[kind]):
        backbone.refuse(_DEFAULTS_DIFFER[kind], "it: without it, tools read different maps")
    if neck is not None and (kind := neck.type()) not in NECKS:
        neck.unsupported(f"neck {kind!r} is not read")
    heads = [] if detector else model.sections("decode_head")
    if not detector and (not heads or (len(heads) > 1 and model.type() != "CascadeEncoderDecoder")):
        model.refuse("decode_head", "a table, or a list of them in a CascadeEncoderDecoder")
    if model.type() == "CascadeEncoderDecoder" and model.integer("num_stages") != len(heads):
        model.refuse("num_stages", f"{len(heads)}, as many as there are heads")
    return _Parts(backbone, neck, heads)


def _sized(parts: _Parts) -> Section | None:
    """A part of a segmentor that depends on the size of the input, if any does."""
    for head in parts.heads:
        if sized(head):
            return head
    if parts.neck is not None and parts.heads and NECKS[parts.neck.type()].sized:
        return parts.neck
    return parts.backbone if parts.backbone.type() in _SIZED_BACKBONES else None


def _trunk(parts: _Parts, layers: Layers) -> Backbone:
    """The backbone and its neck; the maps are those of the last of them."""
    layers.origin = parts.backbone.origin
    with layers.within("backbone"):
        made = (BACKBONES if parts.heads else _OF_DETECTORS)[parts.backbone.type()](parts.backbone, layers)
    if parts.neck is None:
        return made
    layers.origin = parts.neck.origin
    with layers.within("neck"):
        return replace(made, features=add_neck(parts.neck, layers, made.features))


def _heads(model: Section, sections: Sequence[Section], layers: Layers, features: Sequence[str]) -> list[str]:
    """The scores of each stage, the last one first."""
    scores: list[str] = []
    for name, section in _named(model, "decode_head", sections):
        layers.origin = section.origin
        with layers.within(name):
            scores.append(add_head(section, layers, features, scores[-1] if scores else None))
    return scores[::-1]


def _training_heads(model: Section, layers: Layers, features: Sequence[str]) -> Iterator[str]:
    """Add the heads that help in training only: what is to say of them."""
    key, left_out = "auxiliary_head", "which helps in training only, is left out"
    try:
        sections = model.sections(key)
    except RfscopeError as error:
        yield f"{key}, {left_out}: {error}"
        return
    for name, section in _named(model, key, sections):
        before, layers.origin = len(layers.nodes), section.origin
        try:
            with layers.within(name):
                add_head(section, layers, features)
        except RfscopeError as error:
            layers.forget(before)
            yield f"{name}, {left_out}: {error}"
        else:
            yield f"{name} helps in training only: it is no output, and answers where it is asked for by this name."


def _named(model: Section, key: str, sections: Sequence[Section]) -> Iterator[tuple[str, Section]]:
    """Tables with the names of their modules, which are numbered in a list."""
    listed = isinstance(model.data(key), tuple)
    return ((f"{key}.{number}" if listed else key, section) for number, section in enumerate(sections))


def _training_size(top: Section, model: Section, part: Section) -> tuple[tuple[int, ...], str]:
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
        f"{part.type()!r} depends on the size of the input", where=str(part.origin), do="give it: --input"
    )

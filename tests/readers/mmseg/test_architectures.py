"""Whole architectures: what they see is what the networks that mmsegmentation builds of such configs see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import analyze
from rfscope.network.reads import Resize, Table
from tests.program import rfscope
from tests.readers.mmseg import architectures as nets
from tests.readers.mmseg.architectures import R18, head, model
from tests.readers.mmseg.configs import D8, network, read, text, write

SIZE = (256, 512)

FIELDS = {
    "HRNet": (nets.HRNET, SIZE, 2847, 307),
    "OCR": (nets.OCR, SIZE, 2847, 316),
    "FPN": (nets.FPN, SIZE, 687, 71),
    "FastFCN": (nets.FASTFCN, SIZE, 1271, 40),
    "ICNet": (nets.ICNET, (832, 832), 2270, 38),
    "BiSeNetV1": (nets.BISENET, None, 563, 35),
    "ResNeSt": (nets.RESNEST, None, 1079, 176),
    "STDC": (nets.STDC, None, 863, 41),
    "ERFNet": (nets.ERFNET, None, 1247, 73),
}
"""The largest field of a phase, and the number of convolutions that lead to the scores, of mmsegmentation's models."""


@pytest.mark.parametrize(("content", "size", "field", "count"), FIELDS.values(), ids=FIELDS)
def test_fields(content: str, size: tuple[int, ...] | None, field: int, count: int, tmp_path: Path) -> None:
    analysis = analyze(network(tmp_path, content, size=size))
    assert analysis.output.axes[0].size_max == field
    assert sum(node.op == "conv" for node in analysis.network.nodes) == count


CONTRACTED = f"{D8}, contract_dilation=True"
MANY = "in_index=[2, 3]"

CONTEXTS = {
    "non-local": ("type='NLHead', reduction=2, mode='embedded_gaussian'", 3, "nl_block.attention"),
    "non-local, gaussian": ("type='NLHead', mode='gaussian', concat_input=False", 2, "nl_block.attention"),
    "disentangled": ("type='DNLHead', temperature=0.05", 3, "dnl_block.attention"),
    "global context": ("type='GCHead', ratio=1 / 4., pooling_type='att'", 3, "gc_block.context"),
    "global context, pooled": (
        "type='GCHead', pooling_type='avg', fusion_types=('channel_add', 'channel_mul')",
        3,
        "gc_block.avg_pool",
    ),
    "criss-cross": ("type='CCHead', recurrence=2", 3, "cca.column#2"),
    "dual": ("type='DAHead', pam_channels=8", 2, "pam.attention"),
    "interlaced": ("type='ISAHead', isa_channels=8, down_factor=(8, 8)", 1, "global_relation.attention"),
    "encoding": ("type='EncHead', num_codes=4", 1, "enc_module.encoding"),
    "expectation": ("type='EMAHead', ema_channels=8, num_bases=4, num_stages=3, momentum=0.1", 3, "ema_module"),
    "adaptive": ("type='APCHead', pool_scales=(1, 2, 3, 6)", 1, "acm_modules.3.pool"),
    "asymmetric": (f"type='ANNHead', project_channels=8, {MANY}", 1, "fusion.stages.0.attention"),
    "dynamic filters": ("type='DMHead', filter_sizes=(1, 3, 5, 7), fusion=True", 4, "dcm_modules.3.pool"),
    "pointwise attention": ("type='PSAHead', mask_size=(97, 97), psa_softmax=True", 1, "gather_p"),
}
"""A head, how far its convolutions reach to either side, and what of it is global."""


@pytest.mark.parametrize(("options", "reach", "everywhere"), CONTEXTS.values(), ids=CONTEXTS)
def test_heads_that_look_at_everything(options: str, reach: int, everywhere: str, tmp_path: Path) -> None:
    content = text(CONTRACTED, options)
    if "in_index=[" in options:
        content = content.replace("in_channels=2048", "in_channels=[1024, 2048]")
    if "EncHead" in options:
        content = content.replace("in_channels=2048", "in_channels=[512, 1024, 2048], in_index=(1, 2, 3)")
    analysis = analyze(network(tmp_path, content, size=(768, 768)))
    assert analysis.output.axes[0].size == 431 + reach * 2 * 8
    assert analysis.network.by_name[f"decode_head.{everywhere}"].is_global
    assert analysis.network.outputs == ("decode_head.conv_seg",)


def test_criss_cross_attention_looks_along_one_axis_at_a_time(tmp_path: Path) -> None:
    found = network(tmp_path, text(CONTRACTED, CONTEXTS["criss-cross"][0])).by_name
    reads = [[type(read).__name__ for read in found[f"decode_head.cca.{way}"].reads] for way in ("column", "row")]
    assert reads == [["Whole", "Window"], ["Window", "Whole"]]


@pytest.mark.parametrize(("size", "corners"), [(512, False), (776, True)], ids=["even", "odd"])
def test_pointwise_attention_of_a_smaller_map(size: int, corners: bool, tmp_path: Path) -> None:
    made = network(tmp_path, text(CONTRACTED, CONTEXTS["pointwise attention"][0]), size=(size, size))
    read = made.by_name["decode_head.shrink"].reads[0]
    assert isinstance(read, Resize)
    assert (read.align_corners, read.size) == (corners, -(-size // 16))


def test_lateral_maps_of_an_encoding_head(tmp_path: Path) -> None:
    options = "type='EncHead', add_lateral=True, in_index=(1, 2, 3)"
    content = text("", options).replace("in_channels=2048", "in_channels=[512, 1024, 2048]")
    found = network(tmp_path, content, size=(256, 256)).by_name
    assert found["decode_head.concat"].inputs == (
        "decode_head.bottleneck.conv", "decode_head.resize0", "decode_head.resize1",
    )  # fmt: skip


def test_real_convolutions_agree_where_maps_are_resized_and_gated(tmp_path: Path) -> None:
    assert rf.verify(analyze(network(tmp_path, nets.BISENET, size=(64, 64)))).equal


def test_stages_of_a_cascade_are_outputs_the_last_one_first(tmp_path: Path) -> None:
    made = network(tmp_path, nets.OCR, size=SIZE)
    assert made.outputs == ("decode_head.1.conv_seg", "decode_head.0.conv_seg")
    assert "decode_head.0.conv_seg" in made.by_name["decode_head.1.spatial_gather_module"].inputs


NODES = {
    "OCR": (nets.OCR, {"decode_head": (2847, 4), "decode_head.0": (2847, 4)}),
    "ICNet": (nets.ICNET, {"decode_head": (2270, 8), "auxiliary_head.1": (2270, 8)}),
    "BiSeNetV1": (nets.BISENET, {"auxiliary_head": (563, 8), "backbone.spatial_path": (19, 8)}),
}


@pytest.mark.parametrize(("content", "fields"), NODES.values(), ids=NODES)
def test_every_head_can_be_asked_for(content: str, fields: dict[str, tuple[int, int]], tmp_path: Path) -> None:
    path = write(tmp_path, net=content)
    seen = {name: rf.analyze(path, input=(832, 832), output=name).output.axes[0] for name in fields}
    assert {name: (axis.size_max, int(axis.stride)) for name, axis in seen.items()} == fields


def test_a_training_head_at_the_command_line(tmp_path: Path) -> None:
    path = write(tmp_path, net=nets.BISENET)
    said = json.loads(rfscope("analyze", "model", str(path), "--node", "auxiliary_head", "--json").out)
    assert said["outputs"][0]["node"] == "auxiliary_head.0.conv_seg"
    assert "auxiliary_head.0 helps in training only" in said["notes"][-1]


def test_a_training_head_that_is_not_read_is_left_out_and_said(tmp_path: Path) -> None:
    found = read(tmp_path, text(D8).replace("decode_head=", "auxiliary_head=dict(type='Mystery'), decode_head="))
    assert "left out: head 'Mystery' is not read at" in found.provenance.notes[-1]
    assert not [node.name for node in found.network.nodes if node.name.startswith("auxiliary_head")]


def test_a_training_head_that_does_not_fit_leaves_nothing_behind(tmp_path: Path) -> None:
    wrong = head("FCNHead", "in_index=3, num_convs=1, channels_of_mystery=3", entering="2048")
    found = read(tmp_path, text(D8).replace("decode_head=", f"auxiliary_head={wrong}, decode_head="))
    assert "'channels_of_mystery' is not read" in found.provenance.notes[-1]
    assert found.network.nodes[-1].name == "decode_head.conv_seg"


PYRAMID = "type='FPN', in_channels=[64, 128, 256, 512], out_channels=8"

NECKS = {
    "pooled once more": (f"{PYRAMID}, num_outs=5", ["fpn_convs.3.conv", "pool4"], {64}),
    "strided on the input": (
        f"{PYRAMID}, num_outs=6, start_level=1, add_extra_convs='on_input'",
        ["fpn_convs.4.conv", "fpn_convs.5.conv"],
        {256},
    ),
    "strided on the output": (f"{PYRAMID}, num_outs=5, add_extra_convs='on_output'", ["fpn_convs.4.conv"], {64}),
    "strided on the lateral": (f"{PYRAMID}, num_outs=5, add_extra_convs='on_lateral'", ["fpn_convs.4.conv"], {64}),
}


@pytest.mark.parametrize(("neck", "last", "step"), NECKS.values(), ids=NECKS)
def test_a_detector_is_read_up_to_its_neck(neck: str, last: list[str], step: set[int], tmp_path: Path) -> None:
    content = model(R18, "None", neck=neck, kind="RetinaNet", more="    bbox_head=dict(type='RetinaHead'),")
    found = read(tmp_path, content)
    names = [name.removeprefix("neck.") for name in found.network.outputs]
    assert names[-len(last) :] == last
    assert {int(axis.stride) for axis in analyze(found.network, position=None).outputs[-1].axes} == step
    assert "RetinaNet is read up to the maps of its neck" in found.provenance.notes[-2]
    assert "--input" in found.provenance.notes[-1]


def test_scales_of_a_detector_are_outputs_of_their_own(tmp_path: Path) -> None:
    path = write(tmp_path, net=model(R18, "None", neck=f"{PYRAMID}, num_outs=4", kind="FCOS", more="bbox_head=dict(),"))
    assert [int(output.axes[0].stride) for output in rf.analyze(path).outputs] == [4, 8, 16, 32]


@pytest.mark.parametrize(
    ("kind", "widths"), [("EncoderDecoder", {1, 2}), ("FasterRCNN", {1})], ids=["linear", "nearest"]
)
def test_what_detectors_call_an_hrnet_repeats_values(kind: str, widths: set[int], tmp_path: Path) -> None:
    content = nets.HRNET.replace(
        "'EncoderDecoder'", f"'{kind}', roi_head=dict()" if kind == "FasterRCNN" else f"'{kind}'"
    )
    node = analyze(network(tmp_path, content, size=SIZE)).network.by_name["backbone.stage2.0.fuse_layers.0.1.2"]
    assert isinstance(node.reads[0], Table)
    assert {len(node.reads[0].range(output)) for output in range(2)} <= widths


REFUSED = {
    "a neck": (nets.FPN.replace("'FPN'", "'NASFPN'"), "neck 'NASFPN' is not read"),
    "an end level": (nets.FPN.replace("num_outs=4", "num_outs=4, end_level=3"), "end_level is not read"),
    "channels of a neck": (nets.FPN.replace("[256, 512,", "[256, 500,"), "bad in_channels .* the channels of the"),
    "further maps of what": (
        nets.FPN.replace("num_outs=4", "num_outs=5, add_extra_convs=True"),
        "True is not read: what further maps are made of then depends on the tool",
    ),
    "a default that differs": (
        model("type='MobileNetV2'", "None", kind="YOLOV3", more="bbox_head=dict()"),
        "missing key 'out_indices'",
    ),
    "modules that add": (nets.STDC.replace("'cat'", "'add'"), "bottleneck_type is not read"),
    "another kind of them": (nets.STDC.replace("STDCNet1", "STDCNet3"), "bad stdc_type"),
    "rates that do not fit": (
        nets.ERFNET.replace("'ERFNet'", "'ERFNet', enc_stage_non_bottlenecks=(5, 7)"),
        "bad enc_stage_non_bottlenecks .* a multiple of 4",
    ),
    "modules without end": (nets.HRNET.replace("num_modules=4", "num_modules=90000"), "over the limit 'layers'"),
    "heads without end": (
        text(D8).replace("decode_head=dict(", "decode_head=[dict()] * 99999, other=dict("),
        "over the limit 'outputs'",
    ),
    "extra": (nets.HRNET.replace("extra=", "extras="), "missing key 'extra'"),
    "branches": (nets.HRNET.replace("num_branches=3", "num_branches=2"), "bad num_branches .* expected 3"),
    "a block": (nets.HRNET.replace("'BASIC'", "'basic'"), "bad block .* expected 'BASIC' or 'BOTTLENECK'"),
    "stages of a cascade": (nets.OCR.replace("num_stages=2", "num_stages=3"), "bad num_stages .* expected 2"),
    "a later head": (nets.OCR.replace("'OCRHead'", "'PointHead'"), r"'PointHead' is not read at .*decode_head\[1\]"),
    "a first head that refines": (
        text("", "type='OCRHead', ocr_channels=4"),
        "'OCRHead' is not read where no head stands before it",
    ),
    "heads of one segmentor": (
        nets.OCR.replace("CascadeEncoderDecoder", "EncoderDecoder"),
        "bad decode_head .* in a CascadeEncoderDecoder",
    ),
    "attention in a mask": (
        text(D8, "type='PSAHead', mask_size=(97, 97), psa_softmax=False"),
        "psa_softmax is not read",
    ),
    "a coarser query": (
        text(D8, CONTEXTS["asymmetric"][0] + ", query_scales=(2,)").replace("2048,", "[1024, 2048],"),
        "queries of a coarser map are not read",
    ),
    "a context backbone": (nets.ICNET.replace("V1c", "V1e"), "backbone 'ResNetV1e' is not read here"),
    "a stem": (nets.ICNET.replace("ResNetV1c", "ResNet"), "without a deep stem"),
    "a fusion": (text(D8, "type='GCHead', fusion_types=('sum',)"), "bad fusion_types"),
    "a ratio": (text(D8, "type='GCHead', ratio=0"), "bad ratio .* a number above 0"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(content: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RfscopeError, match=message):
        network(tmp_path, content, size=SIZE)

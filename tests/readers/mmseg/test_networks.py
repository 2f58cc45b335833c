"""What configs come to: fields, rates, names; the same as the published networks and as real convolutions."""

from __future__ import annotations

from pathlib import Path
from typing import TypeGuard

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import analyze
from rfscope.exact.same import expect
from rfscope.network.graph import Network
from rfscope.network.parts import part_of
from rfscope.network.reads import Table, Window
from tests.program import rfscope
from tests.readers.mmseg.configs import D8, D16, HEADS, UNETS, network, read, text, unet

CONTRACTED = "contract_dilation=True"

FIELDS = {
    "R50-D8": (f"{D8}, {CONTRACTED}", "ResNetV1c", 50, 431, 8),
    "R50-D8 uncontracted": (D8, "ResNetV1c", 50, 479, 8),
    "R101-D8": (f"{D8}, {CONTRACTED}", "ResNetV1c", 101, 975, 8),
    "R101-D8 uncontracted": (D8, "ResNetV1c", 101, 1023, 8),
    "R50-D16": (f"{D16}, {CONTRACTED}", "ResNetV1c", 50, 431, 16),
    "R50-D16 uncontracted": (D16, "ResNetV1c", 50, 463, 16),
    "R50": ("", "ResNetV1c", 50, 431, 32),
    "R50, plain stem": ("", "ResNet", 50, 427, 32),
    "R50 of three stages": (
        "num_stages=3, strides=(1, 2, 2), dilations=(1, 1, 1), out_indices=(0, 1, 2)",
        "ResNet",
        50,
        267,
        16,
    ),
}


@pytest.mark.parametrize(("backbone", "kind", "depth", "field", "stride"), FIELDS.values(), ids=FIELDS)
def test_field(backbone: str, kind: str, depth: int, field: int, stride: int, tmp_path: Path) -> None:
    head = HEADS["FCN"].replace("in_index=3", "in_index=-1")
    if "num_stages=3" in backbone:
        head += ", in_channels=1024"
        content = text(backbone, head, kind=kind, depth=depth).replace("in_channels=2048, ", "")
    else:
        content = text(backbone, head, kind=kind, depth=depth)
    axes = analyze(part_of(network(tmp_path, content), "backbone")).output.axes
    assert {(axis.size, int(axis.stride)) for axis in axes} == {(field, stride)}


RATES = {
    "contracted": (f"{D8}, {CONTRACTED}", [1, 2, 2, 2, 2, 2], [2, 4, 4]),
    "uncontracted": (D8, [2] * 6, [4] * 3),
    "odd": (f"strides=(1, 2, 1, 1), dilations=(1, 1, 3, 5), {CONTRACTED}", [1, 3, 3, 3, 3, 3], [2, 5, 5]),
    "multi-grid": (f"{D16}, {CONTRACTED}, multi_grid=(1, 2, 4)", [1] * 6, [1, 2, 4]),
    "long multi-grid": (f"{D16}, multi_grid=[2, 4, 8, 16]", [1] * 6, [2, 4, 8]),
}


@pytest.mark.parametrize(("backbone", "third", "fourth"), RATES.values(), ids=RATES)
def test_rates_block_by_block(backbone: str, third: list[int], fourth: list[int], tmp_path: Path) -> None:
    made, provenance = read(tmp_path, text(backbone))
    assert _rates(made, "backbone.layer3") == third
    assert _rates(made, "backbone.layer4") == fourth
    assert ",".join(map(str, fourth)) in "\n".join(provenance.notes)


def _rates(found: Network, stage: str) -> list[int]:
    nodes = [node for node in found.nodes if node.name.startswith(stage) and node.name.endswith("conv2")]
    return [read.dilation for node in nodes for read in node.reads[:1] if isinstance(read, Window)]


@pytest.mark.parametrize(("options", "same"), [(f"{D8}, {CONTRACTED}", True), (D8, False)], ids=["on", "off"])
def test_contract_dilation_keeps_what_the_strided_original_reads(options: str, same: bool, tmp_path: Path) -> None:
    dilated, strided = (analyze(part_of(network(tmp_path, text(written)), "backbone")) for written in (options, ""))
    assert expect("same-reads", dilated, strided).met is same


@pytest.mark.parametrize("contract", [True, False], ids=["on", "off"])
def test_as_the_published_network(contract: bool, tmp_path: Path) -> None:
    found = part_of(network(tmp_path, text(f"{D8}, contract_dilation={contract}")), "backbone")
    published = rf.analyze(f"zoo:resnet-v1c-50-d8{'' if contract else '-uncontracted'}").network
    assert [(n.op, n.reads, n.parameters) for n in found.nodes] == [
        (n.op, n.reads, n.parameters) for n in published.nodes
    ]


def test_names_are_those_of_the_modules(tmp_path: Path) -> None:
    names = [node.name for node in network(tmp_path, text(D8, HEADS["separable ASPP"]), size=(512, 512)).nodes]
    assert names[:9] == [
        "backbone.stem.0", "backbone.stem.3", "backbone.stem.6", "backbone.maxpool", "backbone.layer1.0.conv1",
        "backbone.layer1.0.conv2", "backbone.layer1.0.conv3", "backbone.layer1.0.downsample.0", "backbone.layer1.0.add",
    ]  # fmt: skip
    head = [name.removeprefix("decode_head.") for name in names if name.startswith("decode_head.")]
    assert head == [
        "image_pool.0", "image_pool.1.conv", "aspp_modules.0.conv",
        *(f"aspp_modules.{n}.{part}.conv" for n in (1, 2, 3) for part in ("depthwise_conv", "pointwise_conv")),
        "concat", "bottleneck.conv", "c1_bottleneck.conv", "resize", "concat_c1",
        *(f"sep_bottleneck.{n}.{part}.conv" for n in (0, 1) for part in ("depthwise_conv", "pointwise_conv")),
        "conv_seg",
    ]  # fmt: skip


HEAD_FIELDS = {
    "FCN": (HEADS["FCN"], 431 + 2 * 8),
    "FCN of no convolutions": ("type='FCNHead', num_convs=0, concat_input=False, channels=2048", 431),
    "FCN dilated, two and one over both": ("type='FCNHead', num_convs=2, dilation=6", 431 + 2 * 12 * 8 + 16),
    "FCN of kernel 1": ("type='FCNHead', num_convs=3, kernel_size=1", 431),
    "ASPP": (HEADS["ASPP"], 431 + 72 * 8 + 16),
    "FCN on the second map": ("type='FCNHead', num_convs=1, concat_input=False, in_index=1, in_channels=512", 95 + 16),
}


@pytest.mark.parametrize(("head", "field"), HEAD_FIELDS.values(), ids=HEAD_FIELDS)
def test_head(head: str, field: int, tmp_path: Path) -> None:
    content = text(f"{D8}, {CONTRACTED}", head)
    if head.count("channels=") > 1 or "in_channels=" in head or "channels=2048" in head:
        content = content.replace("in_channels=2048, ", "" if "in_channels=" in head else "in_channels=2048, ")
        content = content.replace("channels=64, ", "" if "channels=2048" in head else "channels=64, ")
    assert analyze(network(tmp_path, content)).output.axes[0].size == field


BACKBONES = {
    "caffe": ("ResNet", 50, "style='caffe'", "backbone.layer2.0.conv1", 1, 2),
    "pytorch": ("ResNet", 50, "style='pytorch'", "backbone.layer2.0.conv2", 3, 2),
    "basic blocks": ("ResNet", 34, "", "backbone.layer2.0.conv1", 3, 2),
    "average and 1x1 in the shortcut": ("ResNetV1d", 50, "", "backbone.layer2.0.downsample.0", 2, 2),
    "the same as an option": ("ResNet", 50, "avg_down=True", "backbone.layer2.0.downsample.1", 1, 1),
    "deep stem as an option": ("ResNet", 50, "deep_stem=True", "backbone.stem.6", 3, 1),
}


@pytest.mark.parametrize(("kind", "depth", "options", "node", "kernel", "stride"), BACKBONES.values(), ids=BACKBONES)
def test_variants(kind: str, depth: int, options: str, node: str, kernel: int, stride: int, tmp_path: Path) -> None:
    read = network(tmp_path, text(options, kind=kind, depth=depth)).by_name[node].reads[0]
    assert isinstance(read, Window)
    assert (read.kernel, read.stride) == (kernel, stride)


def test_channels_of_a_resnext(tmp_path: Path) -> None:
    node = network(tmp_path, text("groups=32, base_width=4", kind="ResNeXt")).by_name["backbone.layer1.0.conv2"]
    assert (node.in_channels, node.out_channels, node.groups) == (128, 128, 32)


def test_a_basic_block_of_the_first_stage_has_no_shortcut_of_its_own(tmp_path: Path) -> None:
    found = network(tmp_path, text(kind="ResNet", depth=18)).by_name
    assert "backbone.layer1.0.downsample.0" not in found
    assert "backbone.layer2.0.downsample.0" in found


SIZED = "crop_size = (512, 1024)\ndata_preprocessor = dict(size=crop_size, mean=[1.0])"


@pytest.mark.parametrize("head", ["PSP", "separable ASPP"])
def test_sizes_come_from_the_config_where_a_head_needs_one(head: str, tmp_path: Path) -> None:
    made, provenance = read(tmp_path, text(D8, HEADS[head], more=SIZED.replace("data_pre", "model_pre")))
    assert made.input == (512, 1024)
    assert "read at 512x1024, from crop_size" in provenance.notes[-1]
    trained = text(D8, HEADS[head], more=SIZED).replace(
        "'EncoderDecoder',", "'EncoderDecoder', data_preprocessor=data_preprocessor,"
    )
    assert network(tmp_path, trained.replace("(512, 1024)", "(256, 512)")).input == (256, 512)
    assert network(tmp_path, trained, size=(512, 512)).input == (512, 512)
    with pytest.raises(RfscopeError, match=r"depends on the size of the input.*--input"):
        network(tmp_path, text(D8, HEADS[head]))


def test_no_size_where_none_is_needed(tmp_path: Path) -> None:
    assert network(tmp_path, text(D8, HEADS["ASPP"], more=SIZED)).input is None


def test_pyramid_pooling_reads_bins_of_the_map(tmp_path: Path) -> None:
    found = network(tmp_path, text(D8, HEADS["PSP"]), size=(512, 776)).by_name
    assert found["decode_head.psp_modules.0.0"].is_global
    read = found["decode_head.psp_modules.3.0"].reads[1]
    assert isinstance(read, Table)
    assert [read.range(output) for output in (0, 1, 5)] == [range(17), range(16, 33), range(80, 97)]


def test_side_by_side_maps_are_brought_to_the_size_of_the_first(tmp_path: Path) -> None:
    head = "type='FCNHead', num_convs=1, concat_input=False, in_index=(2, 3), input_transform='resize_concat'"
    content = text("", head).replace("in_channels=2048", "in_channels=(1024, 2048)")
    found = network(tmp_path, content, size=(512, 512))
    assert found.by_name["decode_head.inputs"].inputs == ("backbone.layer3.5.add", "decode_head.resize1")
    assert found.by_name["decode_head.convs.0.conv"].in_channels == 1024 + 2048


def test_training_heads_and_unneeded_code_are_passed_over(tmp_path: Path) -> None:
    more = "import os\nlearning_rate = float(os.environ['RATE']) * 2\nschedule = [step for step in range(3)]"
    content = text(D8, more=more).replace("decode_head=", "auxiliary_head=[dict(type='Mystery')], decode_head=")
    assert network(tmp_path, content).outputs == ("decode_head.conv_seg",)


def test_where_it_was_written(tmp_path: Path) -> None:
    found = network(tmp_path, text(D8))
    assert str(found.nodes[0].origin).endswith("net.py:5:24")
    assert str(found.nodes[-1].origin).endswith("net.py:6:89")


def test_real_convolutions_agree(tmp_path: Path) -> None:
    head = HEADS["ASPP"].replace("(1, 12, 24, 36)", "(1, 2, 3)")
    backbone = "strides=(1, 1), dilations=(1, 2), num_stages=2, out_indices=(0, 1)"
    content = text(backbone, head, kind="ResNetV1d", depth=18).replace("in_channels=512", "in_channels=128")
    assert rf.verify(analyze(network(tmp_path, content))).equal


def test_an_input_size_instead_of_that_of_the_config(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(text(D8, HEADS["PSP"], more=SIZED), encoding="utf-8")
    assert rf.analyze(path).network.input == (512, 1024)
    assert (
        rf.analyze(path, input=(256, 264)).output.sizes
        == rf.analyze(network(tmp_path, path.read_text(), size=(256, 264))).output.sizes
    )
    answer = rfscope("analyze", "model", str(path), "--input", "256,264", "--json")
    assert '"input": [256, 264]' in answer.out
    assert '"output_size": [32, 33]' in answer.out


def test_only_the_first_block_of_a_mobilenet_stage_is_dilated(tmp_path: Path) -> None:
    head = "type='FCNHead', num_convs=1, concat_input=False, in_index=3, in_channels=320"
    options = "strides=(1, 2, 2, 1, 1, 1, 1), dilations=(1, 1, 1, 2, 2, 4, 4)"
    content = text(options, head, kind="MobileNetV2").replace("depth=50, ", "").replace("in_channels=2048, ", "")
    found = network(tmp_path, content)
    dilated = {node.name: read.dilation for node in found.nodes for read in node.reads[:1] if _dilated(read)}
    assert dilated == {
        "backbone.layer4.0.conv.1.conv": 2,
        "backbone.layer5.0.conv.1.conv": 2,
        "backbone.layer6.0.conv.1.conv": 4,
        "backbone.layer7.0.conv.1.conv": 4,
    }
    assert analyze(part_of(found, "backbone")).output.axes[0].size == 363


def _dilated(read: object) -> TypeGuard[Window]:
    return isinstance(read, Window) and read.dilated


UNET_FACTS = {
    "as it is": ("encoder.1.1.convs.1.conv", 16, 236),
    "strided": ("encoder.1.0.convs.0.conv", 16, 191),
    "of three stages": ("decoder.1.upsample.conv", 2, 38),
}


@pytest.mark.parametrize(("name", "fact"), UNET_FACTS.items(), ids=UNET_FACTS)
def test_unet(name: str, fact: tuple[str, int, int], tmp_path: Path) -> None:
    node, period, size = fact
    found = network(tmp_path, unet(UNETS[name]))
    assert f"backbone.{node}" in found.by_name
    axis = analyze(found).output.axes[0]
    assert (axis.period, int(axis.stride), axis.size_max) == (period, 1, size)


def test_uper_adds_from_coarse_to_fine(tmp_path: Path) -> None:
    head = "type='UPerHead', in_index=[0, 1, 2, 3], pool_scales=(1, 2)"
    content = text("", head).replace("in_channels=2048", "in_channels=[256, 512, 1024, 2048]")
    found = network(tmp_path, content, size=(256, 256)).by_name
    assert found["decode_head.add1"].inputs == ("decode_head.lateral_convs.1.conv", "decode_head.resize1")
    assert found["decode_head.resize1"].inputs == ("decode_head.add2",)
    assert found["decode_head.fpn_concat"].inputs == (
        "decode_head.fpn_convs.0.conv", "decode_head.fpn_resize1", "decode_head.fpn_resize2", "decode_head.fpn_resize3",
    )  # fmt: skip
    assert found["decode_head.fpn_bottleneck.conv"].in_channels == 4 * 64


@pytest.mark.parametrize("size", [(0,), (64,), (64, 64, 64)])
def test_a_size_of_other_than_two_axes_is_refused(size: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(RfscopeError, match=f"wrong number of input sizes.*: got {len(size)}, expected 2"):
        network(tmp_path, text(D8), size=size)

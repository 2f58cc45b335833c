"""The verdict on well-known networks, and what lint says of them by default: each with the reason an expert has."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

import rfscope as rf
from rfscope import zoo
from rfscope.exact.analysis import analyze
from rfscope.network.graph import Network
from tests.verdicts import everywhere, headed
from tests.zoo import well_known as known

Build = Callable[[], Network]


def rates(text: str, kernel: int = 3, **shape: bool | int) -> Build:
    return lambda: rf.analyze(text, kernel=kernel, **shape).network  # type: ignore[arg-type]


def times(number: int, finding: str) -> str:
    return ", ".join([finding] * number)


def of_zoo(name: str) -> Build:
    return partial(zoo.load, name)


D8 = (1, 1, 2, 4)

# name, network, verdict, findings, why
ROWS: list[tuple[str, Build, str | None, str, str]] = [
    ("2,4,8", rates("2,4,8"), "holes", "RFS101 error", "all even: one cause, one finding"),
    ("2,2,2", rates("2,2,2"), "holes", "RFS101 error", "all even; the published rule passes it"),
    ("1,2,9", rates("1,2,9"), "holes", "RFS101 error", "9 exceeds the field of 1,2, which is 7"),
    ("2", rates("2"), "holes", "RFS101 error", "a dilated layer with nothing before it"),
    ("causal 2,4,8", rates("2,4,8", dims=1, causal=True), "holes", "RFS101 error", "causality fills no hole"),
    ("stacks 2,2 | 3,3", lambda: known.stacks((2, 2), (3, 3)), "holes", "RFS101 error", "stacks are no pyramid"),
    ("residual 2,4", lambda: known.residual(2, 4), "holes", "RFS101 error", "shortcuts do not fill odd positions"),
    ("7x7 at rate 3", rates("3", kernel=7), "holes", "RFS101 error", "only multiples of 3"),
    ("1x1 stride 2 on the image", lambda: known.raw_stride(both=False), "holes", "RFS101 error", "3 of 4 unread"),
    ("and both ways", lambda: known.raw_stride(both=True), "holes", "RFS101 error", "the shortcut skips them, too"),
    ("HiFi-GAN's last fusion alone", known.one_fusion, "holes", "RFS101 error", "far taps of rate 12, nothing behind"),
    ("1x1 up by 2", known.empty, "holes", "RFS306 error", "every second output reads nothing"),
    ("1,2,4", rates("1,2,4"), "gridding", "RFS102 warning", "neighbours do not meet in 2,4, nothing mixes"),
    ("1,3,9", rates("1,3,9"), "gridding", "RFS102 warning", "hole-free and still three images"),
    ("1,2,4,8,16", rates("1,2,4,8,16"), "gridding", "RFS102 warning", "as 1,2,4"),
    ("1,1,1,1,1,11", rates("1,1,1,1,1,11"), "gridding", "RFS105 warning", "read, but as unevenly as a grid"),
    ("CSRNet", known.csrnet, "gridding", "RFS102 warning", "six layers of rate 2 and a 1x1"),
    ("DRN-A", of_zoo("drn-a-18"), "gridding", "RFS102 warning", "the textbook case"),
    ("ResNet-50 D8", of_zoo("resnet-v1c-50-d8"), "gridding", "RFS102 warning", "a backbone without a head"),
    ("not contracted", of_zoo("resnet-v1c-50-d8-uncontracted"), "gridding", "RFS102 warning", "the same"),
    ("multi-grid", of_zoo("resnet-50-multi-grid"), "gridding", "RFS102 warning", "2,4,8 and nothing dense behind"),
    ("DeepLab v3", of_zoo("deeplab-v3-os16"), "gridding", "RFS102 warning", "as drawn, without its 3x3 head"),
    ("TCN, not causal", lambda: known.tcn(3, 4, causal=False), "gridding", "RFS102 warning", "nothing dense behind"),
    ("1,2,5", rates("1,2,5"), "ok", "", "the paper's example"),
    ("1,3,8", rates("1,3,8"), "ok", "", "the repair of 2,4,8"),
    ("2,2,2,1", rates("2,2,2,1"), "ok", "RFS102 info", "the last layer mixes"),
    ("9,3,1", rates("9,3,1"), "ok", "RFS102 info", "the last layer mixes"),
    ("1,5,2", rates("1,5,2"), "ok", "RFS103 info", "coverage knows no order; style is not asked for"),
    ("HDC-DUC", of_zoo("hdc-duc"), "ok", "", "built to have none"),
    ("large kernel attention", of_zoo("large-kernel-attention"), "ok", "", "5 taps before a rate of 3"),
    ("DRN-C", of_zoo("drn-c-26"), "ok", "RFS102 info", "falling rates at the end"),
    ("Yu and Koltun", of_zoo("context-module"), "ok", "RFS102 info", "dense at the end"),
    ("DeepLab v1", of_zoo("deeplab-v1"), "ok", "RFS102 info", "pooling by 3x3 mixes"),
    ("ASPP on a dense ResNet", of_zoo("aspp-on-dense"), "ok", "RFS106 info", "rate 36 samples: a fact"),
    ("ESP module", of_zoo("esp-module"), "ok", times(4, "RFS106 info"), "a pyramid"),
    ("branches 2 | 3 on the image", known.aspp_on_raw, "ok", times(2, "RFS106 info"), "a pyramid, too"),
    ("U-Net", of_zoo("u-net"), "ok", "", "dense throughout"),
    ("U-Net, 2,4,8 at the bottom", lambda: known.u_net(2, 4, 8), "ok", "RFS102 info, RFS103 info", "finer layers fill"),
    ("D8 with a 3x3 head", lambda: known.with_head(D8), "ok", "RFS102 info", "the head mixes"),
    ("residual TCN, k 3", lambda: known.tcn(3), "ok", "RFS102 info", "causal: a design, and not misaligned"),
    ("residual TCN, k 7", lambda: known.tcn(7), "ok", "RFS102 info", "causal: a design, and not misaligned"),
    ("WaveNet with skips", known.wavenet, "ok", "RFS102 info", "causal"),
    ("Conv-TasNet", known.conv_tasnet, "ok", "RFS102 info", "the decoder's 16 taps of stride 8 mix"),
    ("HiFi-GAN V1", lambda: known.hifi_gan(1), "ok", "", "dense behind every dilated layer"),
    ("HiFi-GAN V2", lambda: known.hifi_gan(2), "ok", "", "as V1, with fewer channels"),
    ("HiFi-GAN V3", lambda: known.hifi_gan(3), "ok", times(3, "RFS103 info"), "finer layers fill"),
    ("a fusion, then k 7", lambda: known.one_fusion(7), "ok", "RFS103 info", "seven taps fill what it skips"),
    ("EnCodec", lambda: known.codec(3, (1,)), "ok", "", "not dilated"),
    (
        "SoundStream",
        lambda: known.codec(7, (1, 3, 9), (2, 4)),
        "ok",
        times(4, "RFS102 info"),
        "strided and dense layers mix its units of 3,9",
    ),
    ("ENet", known.enet, "ok", times(2, "RFS103 info"), "dense before dilated; told once, not per axis"),
    ("Caffe's ResNet-50", known.caffe_resnet, "ok", times(3, "RFS301 warning"), "the stem reads all"),
    ("torchvision's ResNet-50", of_zoo("resnet-50"), "ok", "", "the stride is in the 3x3"),
    ("Inception", known.inception, "ok", "", "1x3 beside 3x1 is a cross without holes"),
    ("ConvNeXt", known.patchify, "ok", "", "patches touch"),
    ("ESPCN", known.super_resolution, "ok", "", "a shuffle reads every position"),
    ("IRCNN", known.ircnn, "ok", "", "1,2,3,4,3,2,1"),
    ("PatchGAN", of_zoo("patchgan-70"), "ok", "", "4 taps of stride 2"),
    ("ViT", known.vit, "global", "", "attention reads everything"),
    ("MobileNet", of_zoo("mobilenet-v1"), "global", "RFS202 info", "up to its pooling"),
    ("SAME without a size", of_zoo("resnet-v1-50-unbounded"), None, "", "nobody knows where it reads"),
]  # fmt: skip

IDS = [name for name, *_ in ROWS]


@pytest.mark.parametrize(("network", "verdict", "findings"), [row[1:4] for row in ROWS], ids=IDS)
def test_verdict_and_findings(network: Build, verdict: str | None, findings: str) -> None:
    analysis = analyze(network())
    found = rf.lint(analysis)
    assert ", ".join(f"{one.code} {one.level}" for one in found) == findings
    assert analysis.verdict == verdict
    codes = {one.code for one in found}
    warned = {one.code for one in found if one.level == "warning"}
    assert (verdict == "holes") == bool(codes & {"RFS101", "RFS306"})
    assert (verdict == "gridding") == bool(warned & {"RFS102", "RFS105"})
    said = {(verdict or "unknown").upper()}
    assert set(everywhere(analysis).values()) == said
    assert not analysis.outputs or {headed(analysis)} == said


D8_OR_D16 = {f"resnet-v1c-{name}{end}" for name in ("50-d8", "50-d16", "101-d8") for end in ("", "-uncontracted")}
OF_ZOO = {
    **dict.fromkeys(("dilated-3x3", "dilated-rate-4", "hdc-1-2-9", "hdc-2", "hdc-2-2-2", "hdc-2-4-8"), "HOLES"),
    "tcn-2-4-8": "HOLES",
    **dict.fromkeys(("deeplab-v3-os16", "deeplab-v3-os8", "drn-a-18", "resnet-50-multi-grid", *D8_OR_D16), "GRIDDING"),
    "mobilenet-v1": "GLOBAL",
    "resnet-v1-50-unbounded": "UNKNOWN",
}
"""The published networks whose verdict is not OK."""


@pytest.mark.parametrize("name", sorted(zoo.names()))
def test_every_published_network_has_one_verdict(name: str) -> None:
    analysis = analyze(zoo.load(name))
    said = (analysis.verdict or "unknown").upper()
    assert said == OF_ZOO.get(name, "OK")
    assert set(everywhere(analysis).values()) == {said}


def test_there_are_96_with_those_of_the_zoo_and_all_have_their_reason() -> None:
    own = [name for name, build, *_ in ROWS if getattr(build, "func", None) is not zoo.load]
    assert len(own) + len(list(zoo.names())) >= 96
    assert set(OF_ZOO) <= set(zoo.names())
    assert len(set(IDS)) == len(ROWS)
    assert all(why for *_, why in ROWS)


@pytest.mark.parametrize("network", [lambda: known.tcn(3), lambda: known.tcn(7), known.enet, known.wavenet])
def test_sound_networks_are_clean_at_warning_level(network: Build) -> None:
    rf.testing.assert_sound(network(), fail_level="warning")

"""Published dilation schedules and modules: chains, pyramids, attention."""

from __future__ import annotations

from rfscope.zoo.dilated import hdc_duc
from rfscope.zoo.entry import ZooEntry, rates, spec

__all__ = ["SCHEDULES"]

_HDC = "Wang et al., Understanding Convolution for Semantic Segmentation, WACV 2018"
_SMOOTHED = "Wang and Ji, Smoothed Dilated Convolutions, KDD 2018"
_SPREAD = "Luo et al., Understanding the Effective Receptive Field, NeurIPS 2016"

SCHEDULES: tuple[ZooEntry, ...] = (
    ZooEntry(
        name="hdc-2-2-2",
        source=f"{_HDC}, section 3.2, the picture of gridding",
        year=2018,
        build=rates("2,2,2"),
        printed={"field": 13},
        derived={"pixels": 169, "used": 49, "gcd": 2, "images": 4},
        note="The published rule on distances passes these rates, for it never looks at the first of them; the exact "
        "test finds holes.",
    ),
    ZooEntry(
        name="hdc-1-2-3",
        source=f"{_HDC}, section 3.2, the picture of gridding",
        year=2018,
        build=rates("1,2,3"),
        printed={"field": 13},
        derived={"pixels": 169, "used": 169, "gcd": 1},
    ),
    ZooEntry(
        name="hdc-1-1-1",
        source=f"{_HDC}: the same layers without dilation",
        year=2018,
        build=rates("1,1,1"),
        printed={"field": 7},
        derived={"pixels": 49, "used": 49},
    ),
    ZooEntry(
        name="hdc-2",
        source=f"{_HDC}, section 3.2",
        year=2018,
        build=rates("2"),
        printed={"used": 9, "pixels": 25},
    ),
    ZooEntry(
        name="hdc-1-2-5",
        source=f"{_HDC}, section 3.2",
        year=2018,
        build=rates("1,2,5"),
        printed={"m2": 2},
        derived={"field": 17, "pixels": 289, "used": 289, "paths": 729},
    ),
    ZooEntry(
        name="hdc-1-2-9",
        source=f"{_HDC}, section 3.2",
        year=2018,
        build=rates("1,2,9"),
        printed={"m2": 5},
        derived={"field": 25, "pixels": 625, "used": 441},
    ),
    ZooEntry(
        name="hdc-2-4-8",
        source=f"{_HDC}, section 3.2",
        year=2018,
        build=rates("2,4,8"),
        printed={"gcd": 2},
        derived={"m2": 4, "field": 29, "pixels": 841, "used": 225, "images": 4},
    ),
    ZooEntry(
        name="hdc-sawtooth",
        source=f"{_HDC}, section 3.2",
        year=2018,
        build=rates("1,2,3,1,2,3"),
        printed={"sawtooth": "yes"},
        derived={"m2_by_group": [2, 2], "field": 25, "holes": 0},
    ),
    ZooEntry(
        name="hdc-duc",
        source=f"{_HDC}, and its code: ResNet-101, a pyramid, dense up-sampling",
        year=2018,
        build=hdc_duc,
        printed={
            "rates.layer3": [2, 2, 5, 9, 1, 2, 5, 9, 1, 2, 5, 9, 1, 2, 5, 9, 1, 2, 5, 9, 1, 2, 5],
            "rates.layer4": [5, 9, 17],
            "rates.aspp": [6, 12, 18, 24],
        },
        derived={"gcd": 1, "period": 8},
        note="The stem is that of a plain ResNet-101; a pixel shuffle by 8 stands for the up-sampling, so there are "
        "eight phases.",
    ),
    ZooEntry(
        name="context-module",
        source="Yu and Koltun, Multi-Scale Context Aggregation by Dilated Convolutions, ICLR 2016, table 1",
        year=2016,
        build=spec("context-module"),
        printed={"fields_by_layer": [3, 5, 9, 17, 33, 65, 67, 67]},
        derived={"used": 67 * 67},
    ),
    ZooEntry(
        name="wavenet",
        source="van den Oord et al., WaveNet, 2016, section 2.1: kernel 2, rates 1 to 512",
        year=2016,
        build=rates("1,2,4,8,16,32,64,128,256,512", kernel=2, dims=1, causal=True),
        printed={"field": 1024},
        derived={"start": -1023, "holes": 0, "paths": 1024, "isolated": "9 of 10"},
        note="One block of rates. Adjacent outputs meet only in the first layer, which is by design in causal "
        "networks.",
    ),
    ZooEntry(
        name="tcn-2-4-8",
        source="A temporal convolutional network of kernel 3 that lacks the rate 1; not published",
        build=rates("2,4,8", dims=1, causal=True),
        derived={"field": 29, "start": -28, "used": 15},
    ),
    ZooEntry(
        name="dilated-rate-4",
        source=f"{_SMOOTHED}: rate r leaves r^2 groups that share nothing",
        year=2018,
        build=rates("4"),
        printed={"images": 16},
        derived={"used": 9, "pixels": 81},
    ),
    ZooEntry(
        name="smoothed-dilation",
        source=f"{_SMOOTHED}: 2r - 1 taps in front of rate r",
        year=2018,
        build=spec("smoothed-dilation"),
        derived={"holes": 0, "images": 1, "field": 15},
        note="The 7 taps in front see 7 positions, and the rate 4 is not more than that.",
    ),
    ZooEntry(
        name="uniform-6-of-3",
        source=f"{_SPREAD}: sqrt(n (k^2 - 1) / 12)",
        year=2016,
        build=rates("1,1,1,1,1,1"),
        printed={"std": 2.0},
        note="The paper prints the formula; the number is its value for 6 layers of 3 taps.",
    ),
    ZooEntry(
        name="uniform-8-of-5",
        source=f"{_SPREAD}: sqrt(n (k^2 - 1) / 12)",
        year=2016,
        build=rates("1,1,1,1,1,1,1,1", kernel=5),
        printed={"std": 4.0},
        note="The paper prints the formula; the number is its value for 8 layers of 5 taps.",
    ),
    ZooEntry(
        name="large-kernel-attention",
        source="Guo et al., Visual Attention Network, 2023: for 32 channels",
        year=2023,
        build=spec("large-kernel-attention"),
        printed={"stands_for.far": 21, "parameters": 3392},
        derived={"field": 23, "holes": 0},
        note="The printed 21 is kernel times rate of the dilated layer, the dense kernel that it stands for. Together "
        "with the 5x5 before it the receptive field is 23.",
    ),
    ZooEntry(
        name="esp-module",
        source="Mehta et al., ESPNet, ECCV 2018: five branches, (n - 1) 2^(K - 1) + 1",
        year=2018,
        build=spec("esp-module"),
        printed={"field": 33},
    ),
    ZooEntry(
        name="aspp-after-3x3",
        source="The pyramid of DeepLab v3 behind a single 3x3 convolution; not published",
        build=spec("aspp-after-3x3"),
        derived={"field": 39, "pixels": 1521, "used": 225},
        note="Branches stand side by side, so fields are not added up: the widest decides.",
    ),
)

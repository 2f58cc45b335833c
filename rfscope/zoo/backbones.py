"""Published classification networks, and the residual networks that dense prediction makes of them."""

from __future__ import annotations

from functools import partial

from rfscope.network.residual import stage_rates
from rfscope.zoo.drn import drn_a, drn_c
from rfscope.zoo.entry import UNKNOWN, ZooEntry, spec
from rfscope.zoo.mobilenet import mobilenet_v1
from rfscope.zoo.resnet import DEPTHS, resnet, resnet_v1c
from rfscope.zoo.slim import slim_resnet
from rfscope.zoo.vgg import vgg16

__all__ = ["BACKBONES"]

_DISTILL = "Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019"
_MMSEG = "ResNetV1c of mmsegmentation, 2020"
_DRN = "Yu, Koltun, Funkhouser, Dilated Residual Networks, CVPR 2017"
_ALEXNET = "Krizhevsky, One Weird Trick for Parallelizing Convolutional Neural Networks, 2014"
_VGG = "Simonyan and Zisserman, Very Deep Convolutional Networks, ICLR 2015"
_RESNET = "He et al., Deep Residual Learning, CVPR 2016"
_SLIM = "The stride is in the last unit of a block; the usual layout, with the stride in the first, sees less."
_AT_224 = (224, 224)

_d8 = partial(resnet_v1c, strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4))
_d16 = partial(resnet_v1c, strides=(1, 2, 2, 1), dilations=(1, 1, 1, 2))
_d32 = partial(resnet_v1c, strides=(1, 2, 2, 2), dilations=(1, 1, 1, 1))

BACKBONES: tuple[ZooEntry, ...] = (
    ZooEntry(
        name="alexnet-v2",
        source=f"{_DISTILL}; the network: {_ALEXNET}",
        year=2014,
        build=spec("alexnet-v2"),
        printed={"field": 195, "stride": 32, "padding": 64},
    ),
    ZooEntry(
        name="vgg-16",
        source=f"{_DISTILL}; the network: {_VGG}",
        year=2015,
        build=vgg16,
        printed={"field": 212, "stride": 32, "padding": 90},
    ),
    ZooEntry(
        name="mobilenet-v1",
        source=f"{_DISTILL}, at 224 pixels; the cost: Howard et al., MobileNets, 2017",
        year=2017,
        build=partial(mobilenet_v1, _AT_224),
        printed={
            "field": 315,
            "stride": 32,
            "padding": 126,
            "parameters_millions": 4.2,
            "multiply_adds_millions": 569,
        },
        note="The field is that of what enters the global pooling. With SAME padding, where outputs lie depends on the "
        "size of the image.",
    ),
    ZooEntry(
        name="resnet-v1-50",
        source=f"{_DISTILL}, at 224 pixels; the network: {_RESNET}",
        year=2016,
        build=partial(slim_resnet, 50, _AT_224),
        printed={"field": 483, "stride": 32, "padding": 239},
        note=_SLIM,
    ),
    ZooEntry(
        name="resnet-v1-101",
        source=f"{_DISTILL}, at 224 pixels; the network: {_RESNET}",
        year=2016,
        build=partial(slim_resnet, 101, _AT_224),
        printed={"field": 1027, "stride": 32, "padding": 511},
        note=_SLIM,
    ),
    ZooEntry(
        name="resnet-v1-152",
        source=f"{_DISTILL}, at 224 pixels; the network: {_RESNET}",
        year=2016,
        build=partial(slim_resnet, 152, _AT_224),
        printed={"field": 1507, "stride": 32, "padding": 751},
        note=_SLIM,
    ),
    ZooEntry(
        name="resnet-v1-50-at-321",
        source=f"{_DISTILL}: the same network at 321 pixels; the network: {_RESNET}",
        year=2016,
        build=partial(slim_resnet, 50, (321, 321)),
        derived={"field": 483, "stride": 32, "padding": 241},
        note="The pooling layer of the stem has SAME padding: at 321 pixels it pads before, at 224 it does not.",
    ),
    ZooEntry(
        name="resnet-v1-50-unbounded",
        source=f"{_DISTILL}: the same network without a size; the network: {_RESNET}",
        year=2016,
        build=partial(slim_resnet, 50, None),
        printed={"field": 483, "stride": 32},
        derived={"padding": UNKNOWN, "start": UNKNOWN},
        note="Without a size SAME padding is not known, and so it is not known where outputs lie.",
    ),
    ZooEntry(
        name="resnet-50",
        source=f"{_RESNET}, in the layout of torchvision",
        year=2016,
        build=partial(resnet, stage_rates(DEPTHS[50])),
        derived={"field": 427, "stride": 32, "padding": 213, "parameters": 23_454_912},
        note="Parameters are weights of convolutions: torchvision's 25,557,032 less 2,049,000 of the classifier and "
        "53,120 of the norms.",
    ),
    ZooEntry(
        name="resnet-50-multi-grid",
        source="Chen et al., Rethinking Atrous Convolution, 2017: the rates 2,4,8 in the last stage",
        year=2017,
        build=partial(_d16, 50, multi_grid=(2, 4, 8)),
        printed={"rates.layer4": [2, 4, 8]},
        derived={"stride": 16, "isolated": "3 of 8", "parameters": 23_474_016},
        note="On the ResNetV1c of mmsegmentation.",
    ),
    ZooEntry(
        name="resnet-v1c-50",
        source=f"{_MMSEG}: strided as for classification",
        year=2020,
        build=partial(_d32, 50),
        derived={"field": 431, "stride": 32, "parameters": 23_474_016},
    ),
    ZooEntry(
        name="resnet-v1c-50-d8",
        source=f"{_MMSEG}: contract_dilation",
        year=2020,
        build=partial(_d8, 50, contract_dilation=True),
        printed={"rates.layer3": [1, 2, 2, 2, 2, 2], "rates.layer4": [2, 4, 4]},
        derived={
            "field": 431,
            "stride": 8,
            "share_behind.layer2": 1.0,
            "index_behind.layer2": 0.333,
            "parameters": 23_474_016,
        },
        note="The first block of a dilated stage has half its rate, so that the pretrained weights read what they "
        "were trained on.",
    ),
    ZooEntry(
        name="resnet-v1c-50-d8-uncontracted",
        source=f"{_MMSEG}: dilated throughout",
        year=2020,
        build=partial(_d8, 50),
        printed={"rates.layer3": [2, 2, 2, 2, 2, 2], "rates.layer4": [4, 4, 4]},
        derived={"field": 479, "stride": 8, "share_behind.layer2": 0.26, "index_behind.layer2": 1.0},
    ),
    ZooEntry(
        name="resnet-v1c-101-d8",
        source=f"{_MMSEG}: contract_dilation",
        year=2020,
        build=partial(_d8, 101, contract_dilation=True),
        derived={"field": 975, "stride": 8},
    ),
    ZooEntry(
        name="resnet-v1c-101-d8-uncontracted",
        source=f"{_MMSEG}: dilated throughout",
        year=2020,
        build=partial(_d8, 101),
        derived={"field": 1023, "stride": 8},
    ),
    ZooEntry(
        name="resnet-v1c-50-d16",
        source=f"{_MMSEG}: contract_dilation",
        year=2020,
        build=partial(_d16, 50, contract_dilation=True),
        derived={"field": 431, "stride": 16},
    ),
    ZooEntry(
        name="resnet-v1c-50-d16-uncontracted",
        source=f"{_MMSEG}: dilated throughout",
        year=2020,
        build=partial(_d16, 50),
        derived={"field": 463, "stride": 16},
    ),
    ZooEntry(
        name="drn-a-18",
        source=f"{_DRN}: a ResNet-18 with its last stages dilated",
        year=2017,
        build=drn_a,
        derived={"stride": 8, "isolated": "8 of 11"},
        note="Every convolution of a dilated stage has the stage's rate.",
    ),
    ZooEntry(
        name="drn-c-26",
        source=f"{_DRN}: with falling rates at the end",
        year=2017,
        build=drn_c,
        derived={"stride": 8, "isolated": "0 of 15"},
        note="Every convolution of a dilated stage has the stage's rate.",
    ),
)

"""One layer of each kind of convolution: what it costs and what it sees."""

from __future__ import annotations

from rfscope.zoo.entry import ZooEntry, spec

__all__ = ["FAMILY"]

_CHECKERBOARD = "Odena, Dumoulin, Olah, Deconvolution and Checkerboard Artifacts, Distill 2016"
_FROM_64_TO_128 = "from 64 to 128 channels"

FAMILY: tuple[ZooEntry, ...] = (
    ZooEntry(
        name="dense-3x3",
        source=f"An ordinary convolution {_FROM_64_TO_128}",
        build=spec("dense-3x3"),
        derived={"field": 3, "parameters": 73_728},
    ),
    ZooEntry(
        name="dilated-3x3",
        source=f"The same with a rate of 2, {_FROM_64_TO_128}",
        build=spec("dilated-3x3"),
        derived={"field": 5, "used": 9, "parameters": 73_728},
        note="As many parameters as the dense one and a larger field: that is why people dilate.",
    ),
    ZooEntry(
        name="depthwise-separable",
        source=f"Howard et al., MobileNets, 2017: a 3x3 in each channel, then a 1x1, {_FROM_64_TO_128}",
        year=2017,
        build=spec("depthwise-separable"),
        derived={"field": 3, "parameters": 8_768},
    ),
    ZooEntry(
        name="grouped",
        source=f"Krizhevsky et al., ImageNet Classification, 2012: four groups, {_FROM_64_TO_128}",
        year=2012,
        build=spec("grouped"),
        derived={"field": 3, "parameters": 18_432},
    ),
    ZooEntry(
        name="spatially-separable",
        source="Szegedy et al., Rethinking the Inception Architecture, CVPR 2016: 1x5, then 5x1, 64 channels",
        year=2016,
        build=spec("spatially-separable"),
        derived={"field": 5, "used": 25, "parameters": 40_960},
        note="A 5x5 has 102,400 parameters and the same field.",
    ),
    ZooEntry(
        name="deformable",
        source="Dai et al., Deformable Convolutional Networks, ICCV 2017",
        year=2017,
        build=spec("deformable"),
        derived={"field": 3, "lower_bound": "yes"},
        note="Offsets depend on the data: the field of the regular grid is a lower bound.",
    ),
    ZooEntry(
        name="transposed-3-2",
        source=f"{_CHECKERBOARD}: kernel 3, stride 2",
        year=2016,
        build=spec("transposed-3-2"),
        printed={"overlap": "4:1"},
        derived={"output_size": 16, "period": 2},
        note="The most paths to an output of any phase against the fewest: uneven, so a checkerboard shows.",
    ),
    ZooEntry(
        name="transposed-3-2-1d",
        source=f"{_CHECKERBOARD}: kernel 3, stride 2, along one axis",
        year=2016,
        build=spec("transposed-3-2-1d"),
        printed={"overlap": "2:1"},
        derived={"output_size": 16, "period": 2},
    ),
    ZooEntry(
        name="transposed-4-2",
        source=f"{_CHECKERBOARD}: kernel 4, stride 2",
        year=2016,
        build=spec("transposed-4-2"),
        printed={"overlap": "1:1"},
        derived={"output_size": 16, "period": 2},
        note="The overlap is even, as the stride divides the kernel.",
    ),
)

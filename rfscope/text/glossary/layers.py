"""What a layer is, and which layers are judged together."""

from __future__ import annotations

from rfscope.text.glossary.pictures import rows, safe, side_by_side
from rfscope.text.glossary.term import Term

__all__ = ["LAYERS"]

_ASPP = "Chen et al., Rethinking Atrous Convolution for Semantic Image Segmentation, 2017"
_CONTEXT = "Yu and Koltun, Multi-Scale Context Aggregation by Dilated Convolutions, ICLR 2016"

LAYERS = (
    Term(
        name="dilation",
        means="How far apart the taps of a kernel lie on the map that the layer reads: 1 is an ordinary convolution, "
        "2 leaves out every second position.",
        picture=rows((1,), (2,), (3,), counts=False),
        tells="what one output of a 3-tap layer reads, at rates 1, 2 and 3",
        also=("rate", "rates", "dilation rate", "atrous", "atrous rate", "atrous convolution", "dilated convolution"),
        example="rfscope analyze 2",
        source=_CONTEXT,
        see=("covered kernel", "HOLES"),
    ),
    Term(
        name="covered kernel",
        means="The positions from the first tap to the last: dilation x (kernel - 1) + 1.",
        also=("effective kernel size", "dilated kernel"),
        finds=("extent", "kind", "kernel", "layer"),
        more="A layer 3x3 of dilation 2 (written 3x3, d2) has 9 taps and covers 5x5.",
        see=("dilation", "receptive field"),
    ),
    Term(
        name="stride",
        means="How many positions of its own input a layer moves on from one output to the next.",
        more="A stride above the covered kernel skips input for good (RFS301).",
        finds=("s2", "output", "output size"),
        see=("output stride",),
    ),
    Term(
        name="dilated stage",
        means="Consecutive layers with dilation on one map: what has to fit together so that nothing is skipped.",
        also=("schedule", "dilation schedule"),
        finds=("run", "dilated run", "stage"),
        more="Its rates in order are its schedule: 1,2,5 is three layers of the rates 1, 2 and 5.",
        see=("field of the layers before", "safe rates"),
    ),
    Term(
        name="consecutive layers at output stride S",
        means="The layers between two changes of resolution, which read maps of one output stride; their rates are "
        "judged together.",
        finds=("judged in a row", "piece", "consecutive layers", "consecutive layers at output stride"),
        see=("dilated stage", "output stride"),
    ),
    Term(
        name="field of the layers before",
        means="What the layers before a dilated layer cover of the map that its stage reads: a rate above it leaves "
        "holes.",
        finds=("lead-in", "lead-in field"),
        example="rfscope rule RFS106",
        see=("safe rates", "pyramid"),
    ),
    Term(
        name="pyramid",
        means="Layers of several rates side by side on one map, joined afterwards: the image at several scales.",
        more="Side by side their fields do not add up, so each branch has holes of its own where its rate exceeds the "
        "field of the layers before. That is a choice, and no cause for the verdict HOLES.",
        picture=side_by_side((1, 2, 4)),
        tells="what one output reads through each branch, and through all",
        also=("ASPP", "atrous spatial pyramid pooling", "parallel branches", "branch", "spatial pyramid"),
        example="rfscope analyze zoo:aspp-after-3x3",
        source=_ASPP,
        see=("field of the layers before", "dilated stage"),
    ),
    Term(
        name="safe rates",
        means="The rates at which a layer leaves no holes while all other layers stay as they are; always one "
        "interval, or none.",
        more="The exact test is simple: sort the layers by rate; no rate may exceed the field of the layers before it. "
        "That holds for any kernels and any order, and is both necessary and sufficient for a chain.",
        picture=safe((1, 2, 5)),
        tells="layer by layer",
        also=("allowed rates",),
        finds=("no holes at", "no holes if", "allowed", "safe rate"),
        example="rfscope analyze 1,2,9",
        source="Brown, Note on Complete Sequences of Integers, Amer. Math. Monthly 1961: the criterion on sums",
        see=("hole", "M_2"),
    ),
    Term(
        name="instead",
        means="Rates to write in place of those that leave holes, each with its price: as wide as possible, the "
        "nearest, or with one layer more.",
        more="Each is checked by the exact test before it is shown. Weights trained with other rates do not fit.",
        also=("suggestion",),
        finds=("suggestions", "repaired"),
        example="rfscope analyze 2,4,8",
        see=("safe rates",),
    ),
)

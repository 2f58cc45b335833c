"""What an output sees, where, and how often."""

from __future__ import annotations

from rfscope.text.glossary.pictures import rows, tree
from rfscope.text.glossary.term import Term

__all__ = ["FIELDS"]

_DISTILL = "Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019"
_LUO = "Luo et al., Understanding the Effective Receptive Field, NeurIPS 2016"

FIELDS = (
    Term(
        name="receptive field",
        means="The positions of the input from the first to the last that one output reads.",
        more="In pixels (2-D), voxels (3-D) or samples (1-D). It says how far an output sees, not that it reads all "
        "that lies between: see pixels read.",
        picture=tree((1, 2)),
        tells="one output, what it reads of the map before, and of the input",
        also=("field", "field of view", "FOV", "RF"),
        finds=("spans", "sees", "size"),
        example="rfscope analyze 1,2,5",
        source=_DISTILL,
        see=("pixels read", "start", "output stride"),
    ),
    Term(
        name="pixels read",
        means="How many pixels of its receptive field one output really reads, over all paths.",
        also=("coverage",),
        finds=("read", "used", "share read", "reads"),
        picture=rows((2, 4), (1, 2), counts=False),
        tells="read (#) and never read (.) in a row of the field",
        example="rfscope analyze 2,4,8",
        see=("hole", "receptive field"),
    ),
    Term(
        name="usage count",
        means="How many paths lead from one pixel to one output: one for each way through the taps of the layers.",
        more="Rows and maps show it. Large counts weigh more before training: the spread of what a network really "
        "uses follows them. Of deep networks they are shown as shares of the largest.",
        picture=rows((1, 2, 5), (1, 1, 1)),
        tells="paths from each pixel of a row",
        also=("paths per pixel", "usage map"),
        finds=("paths", "paths per sample", "paths per voxel", "counts", "centre row", "row", "samples"),
        example="rfscope plot 1,2,5",
        see=("spread", "hole"),
    ),
    Term(
        name="spread",
        means="The standard deviation of the usage counts around their centre, in pixels: how wide the part is that "
        "has weight, where the receptive field is how wide it is at all.",
        finds=("spread (std)", "std"),
        more="With equal weights this is the width of the effective receptive field before training.",
        source=_LUO,
        see=("usage count",),
    ),
    Term(
        name="start",
        means="The first position of the input that output 0 reads; negative in the padding.",
        more="Minus the start is what the literature calls the effective padding of a network.",
        finds=("offset", "effective padding", "padding"),
        source=_DISTILL,
        see=("receptive field", "output stride"),
    ),
    Term(
        name="output stride",
        means="How many pixels of the input lie between two adjacent outputs: the product of all strides, divided by "
        "all up-sampling.",
        more="The table of layers calls it jump, as receptive-field tables do.",
        also=("jump", "effective stride", "cumulative stride", "downsampling factor"),
        finds=("step", "resolution"),
        example="rfscope analyze zoo:resnet-50",
        source=_DISTILL,
        see=("start", "consecutive layers at output stride S"),
    ),
    Term(
        name="output position",
        means="Which output is looked at, asked for by --at: with an input size its place, without one its phase.",
        more="After strides and up-sampling outputs take turns: over one period of positions (their phases) each sees "
        "another field, and then it starts again. Numbers are of position 0, or of the middle one with an input "
        "size.",
        also=("phase",),
        finds=("phases", "--at", "period", "take turns"),
        example="rfscope analyze zoo:u-net --at 3,3",
        see=("output stride", "receptive field"),
    ),
    Term(
        name="largest gap",
        means="The largest distance between two positions next to each other among those read on a line: 1 means "
        "nothing is skipped.",
        also=("largest jump",),
        finds=("gap",),
        see=("hole",),
    ),
    Term(
        name="weights per channel",
        means="The taps of all layers: what one channel costs, before channels are counted.",
        finds=("weights", "parameters"),
        see=("covered kernel",),
    ),
)

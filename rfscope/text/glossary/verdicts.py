"""The words of the verdict, and what it is made of."""

from __future__ import annotations

from rfscope.text.glossary.pictures import grid, indices, rows
from rfscope.text.glossary.term import Term

__all__ = ["VERDICTS"]

_HDC = "Wang et al., Understanding Convolution for Semantic Segmentation, WACV 2018, section 3.2"

VERDICTS = (
    Term(
        name="verdict",
        means="The one word for a network: HOLES, GRIDDING, OK or GLOBAL; UNKNOWN where it cannot be told.",
        more="It is computed once, and is the same in analyze, compare, lint, pictures, Python and JSON. HOLES "
        "outranks GRIDDING, GRIDDING outranks GLOBAL, and GLOBAL outranks OK; of several outputs the worst counts.\n\n"
        "With the rules as they come, HOLES is what lint calls RFS101 (or RFS306), and GRIDDING what it calls "
        "RFS102 or RFS105.",
        see=("HOLES", "GRIDDING", "OK", "GLOBAL", "UNKNOWN"),
    ),
    Term(
        name="HOLES",
        means="Some output skips positions of the image, or of a map inside the network, that lie between positions "
        "it reads.",
        more="Judged are the image and each map that enters a dilated stage, over all paths and at every output "
        "position. A skipped position may be read by the next output, but this output decides without it. "
        "Branches that stand side by side on purpose (a pyramid) are not accused.",
        picture=grid((2, 2), (1, 2)),
        tells="what one output reads (#) and skips (.) of the input",
        finds=("NO HOLES", "exact test"),
        example="rfscope analyze 2,4,8",
        see=("hole", "safe rates", "GRIDDING"),
    ),
    Term(
        name="GRIDDING",
        means="There are no holes, but adjacent outputs work on sub-grids that hardly mix: a grid may show.",
        more="Either the rates of two or more layers in a row share a factor, adjacent outputs share no input of that "
        "stage, and nothing after it mixes them; or the gridding index is above 0.5. Causal networks are not "
        "accused: there it is by design.",
        picture=indices((1, 2, 4), (1, 2, 5)),
        tells="rates, gridding index, and how often one output reads each pixel of a row",
        finds=("expect stripes",),
        example="rfscope analyze 1,2,4,8,16",
        source=_HDC,
        see=("grid pattern", "gridding index", "gcd"),
    ),
    Term(
        name="OK",
        means="Neither HOLES nor GRIDDING, and not every output sees everything.",
        more="OK does not say that all is read: a pyramid may skip pixels on purpose, and the answer then says "
        "how many it reads.",
        example="rfscope analyze 1,2,5",
        see=("verdict", "pyramid"),
    ),
    Term(
        name="GLOBAL",
        means="Every output sees the whole input, through attention, global pooling or a dense layer, and nothing "
        "skips on the way.",
        also=("sees everything",),
        finds=("global operation", "before global"),
        more="What passes a global operation has no receptive field of its own. Where a network ends in one, the "
        "answer tells the field of what enters it, and names it; where it stands beside other paths, fields and "
        "counts are those of the other paths.",
        see=("receptive field", "verdict"),
    ),
    Term(
        name="UNKNOWN",
        means="It cannot be told whether there are holes: an operation is unknown, places are unknown, or a limit is "
        "passed.",
        more="In JSON and Python the verdict is then null, None. The answer says which of the three it is.",
        see=("lower bound", "verdict"),
    ),
    Term(
        name="hole",
        means="A position that one output never reads, although it reads positions on both sides of it.",
        more="Drawn as a dot in rows and maps, and in orange where there is colour. Holes come from dilation whose "
        "rates leave gaps that no other layer fills, and from strides wider than the kernel.",
        picture=rows((2, 4, 8), (1, 3, 8)),
        tells="paths to one output from each pixel of a row; . = never read",
        also=("never read", "missing pixel"),
        finds=("hole-free", "skipped"),
        example="rfscope analyze 2,4,8",
        see=("HOLES", "largest gap", "safe rates"),
    ),
    Term(
        name="grid pattern",
        means="What separate sub-grids look like in a prediction: adjacent pixels that were computed from "
        "different inputs, and so disagree at regular distances.",
        more="It is often taken for noise of the training. Where all rates share a factor it is to be expected; where "
        "other layers fill what is skipped it may show; a few holes alone do not make one. Checkerboards are "
        "something else: see there.",
        picture=grid((2, 2)),
        tells="what one output reads (#); the next one reads the columns between",
        also=("gridding effect", "gridding artifact", "gridding artefact"),
        finds=("stripes", "grid"),
        example="rfscope analyze 2,2,2",
        source=_HDC,
        see=("HOLES", "GRIDDING", "sub-grid", "checkerboard"),
    ),
    Term(
        name="checkerboard",
        means="A pattern of another cause: a transposed convolution whose kernel is no multiple of its stride writes "
        "to some pixels more often than to others.",
        also=("uneven overlap",),
        finds=("checkerboard artifact",),
        example="rfscope rule RFS302",
        source="Odena, Dumoulin, Olah, Deconvolution and Checkerboard Artifacts, Distill 2016",
        see=("grid pattern",),
    ),
)

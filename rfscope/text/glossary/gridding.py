"""How adjacent outputs share what they read, and the published rules on it."""

from __future__ import annotations

from rfscope.text.glossary.pictures import distances, grid, indices, overlap, sawteeth, shared
from rfscope.text.glossary.term import Term

__all__ = ["GRIDDING_TERMS", "RULES"]

_HDC = "Wang et al., Understanding Convolution for Semantic Segmentation, WACV 2018, section 3.2"
_SMOOTHED = "Wang and Ji, Smoothed Dilated Convolutions, KDD 2018"

GRIDDING_TERMS = (
    Term(
        name="gridding index",
        means="How strongly one output prefers a sub-grid of what it sees: 0 is smooth, 1 is separate grids.",
        more="It is the largest magnitude of the Fourier transform of the usage counts, relative to their sum, at the "
        "frequencies of the grids that the rates could leave. Above 0.5 the verdict is GRIDDING.\n\n"
        "It is a heuristic of this tool: it ignores the order of the layers, and two rates can cancel out (1,3,9).",
        picture=indices((1, 2, 5), (1, 2, 4), (2, 2, 2)),
        tells="rates, index, and paths from each pixel of a row",
        finds=("striped", "striped (index)", "stripe index", "max-gridding-index"),
        example="rfscope compare 2,2,2 1,2,4 1,2,5",
        see=("GRIDDING", "grid pattern"),
    ),
    Term(
        name="sub-grid",
        means="Every n-th row and column of a map: what one output reads when all rates are multiples of n. The map "
        "falls into n x n interleaved images that never mix.",
        picture=grid((2,), (3,)),
        tells="the sub-grid of one output; its neighbours read the others",
        also=("interleaved images",),
        finds=("interleaved", "sub-grids", "images"),
        example="rfscope analyze 2,2,2",
        source=_SMOOTHED,
        see=("gcd", "grid pattern"),
    ),
    Term(
        name="adjacent outputs",
        means="Two outputs next to each other along an axis: the ones that ought to agree.",
        also=("neighbouring outputs",),
        finds=("neighbours", "neighbors", "adjacent output"),
        see=("overlap of adjacent outputs", "first common input"),
    ),
    Term(
        name="overlap of adjacent outputs",
        means="The share of the positions one output reads of a map that the output next to it reads, too.",
        more="Ordinary 3x3 layers share two thirds; layers of even rates share nothing.",
        picture=overlap((2, 2), (1, 2), (1, 1)),
        tells="read by output a, by its neighbour b, by both (2), by neither (.)",
        finds=("overlap", "neighbours share", "neighbors share", "neighbour share", "isolated"),
        see=("first common input",),
    ),
    Term(
        name="first common input",
        means="How many layers back two adjacent outputs read a position in common for the first time.",
        more="The fewer layers back, the less they can drift apart. No common input: they share nothing, not even a "
        "pixel of the image.",
        picture=shared((1, 1, 1), (1, 2, 5), (5, 2, 1), (2, 4, 8)),
        tells="rates from the first layer to the last, and layers back",
        also=("meeting depth",),
        finds=(
            "first common input N layers back",
            "no common input",
            "meeting",
            "meet",
            "adjacent outputs meet",
            "never meet",
        ),
        see=("overlap of adjacent outputs", "grid pattern"),
    ),
)

RULES = (
    Term(
        name="published rules",
        means="Rules of thumb from papers on dilated networks: M_2, a common factor, the sawtooth. They are shown "
        "beside the exact test, with pass or fail.",
        more="Rule and test agree on 3x3 kernels and rising rates from 1, which they were made for. Elsewhere they may "
        "differ, and the exact test decides.",
        finds=("rule and test agree", "rule and test differ", "agree", "differ", "pass", "fail"),
        source=_HDC,
        see=("M_2", "gcd", "sawtooth", "HOLES"),
    ),
    Term(
        name="M_2",
        means="The largest distance between two positions next to each other that the layers from the second on read, "
        "by a published formula; the rule asks for M_2 <= kernel.",
        more="M_n = r_n, and M_i = max(M_(i+1) - 2 r_i, 2 r_i - M_(i+1), r_i), down to i = 2.",
        picture=distances((1, 2, 5), (1, 2, 9), (2, 4, 8)),
        tells="rates, the distances from the last to the first, and what the rule says",
        also=("maximum distance", "HDC distance"),
        finds=("M_2 (Wang 2018)", "distance", "distance (Wang 2018)"),
        example="rfscope rule RFS103",
        source=_HDC,
        see=("HDC", "published rules"),
    ),
    Term(
        name="gcd",
        means="The greatest common divisor of the rates in a row; above 1 they leave sub-grids that never mix.",
        also=("common factor", "greatest common divisor"),
        finds=("gcd of the rates", "factor"),
        picture=grid((2, 4), (1, 2)),
        tells="rates 2,4 (gcd 2) read every second row and column, rates 1,2 (gcd 1) all",
        example="rfscope rule RFS102",
        source=_HDC,
        see=("sub-grid", "M_2"),
    ),
    Term(
        name="HDC",
        means="Hybrid dilated convolution: rates chosen so that M_2 is small and the gcd is 1, such as 1,2,5.",
        also=("hybrid dilated convolution",),
        example="rfscope zoo hdc-duc",
        source=_HDC,
        see=("M_2", "gcd", "sawtooth"),
    ),
    Term(
        name="sawtooth",
        means="Rates that rise and start again, group by group.",
        picture=sawteeth((1, 2, 5, 1, 2, 5)),
        tells="the rate of each layer",
        finds=("sawtooth wave",),
        example="rfscope rule RFS104",
        source=_HDC,
        see=("HDC",),
    ),
)

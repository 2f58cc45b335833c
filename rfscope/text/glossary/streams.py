"""Networks in time, images in tiles, and what is known of a network at all."""

from __future__ import annotations

from rfscope.text.glossary.pictures import tree
from rfscope.text.glossary.term import Term

__all__ = ["BOUNDS", "STREAMS"]

_WAVENET = "van den Oord et al., WaveNet: A Generative Model for Raw Audio, 2016, section 2.1"

STREAMS = (
    Term(
        name="causal",
        means="Of a network in time: no output reads samples that come after its own position.",
        picture=tree((1, 2, 4), kernel=2, causal=True),
        tells="what the output at the right end reads of each map before it",
        finds=("causality",),
        example="rfscope analyze 1,2,4,8 -k 2 --dims 1 --causal",
        source=_WAVENET,
        see=("history", "look-ahead"),
    ),
    Term(
        name="history",
        means="How many samples before its own position an output reads.",
        more="With --sample-rate in milliseconds, too.",
        also=("past",),
        finds=("history, look-ahead", "back", "reads back", "memory"),
        example="rfscope analyze 1,2,4,8 -k 2 --dims 1 --causal --sample-rate 24000",
        see=("look-ahead", "hop", "receptive field"),
    ),
    Term(
        name="look-ahead",
        means="How many samples after its own position an output reads: it cannot be computed before they have come.",
        also=("latency",),
        finds=("ahead", "future"),
        example="rfscope rule RFS204",
        see=("causal", "history"),
    ),
    Term(
        name="hop",
        means="How many samples of the input lie between two outputs: the output stride of a network in time.",
        also=("hop size", "hop length", "frame shift"),
        see=("output stride", "history"),
    ),
    Term(
        name="halo",
        means="How much of the image around a tile its outputs read: what tiles must overlap by to be seamless.",
        also=("tile overlap", "margin"),
        finds=("border",),
        more="rfscope tile tells what is lost on the lattice; finite.halo in JSON is that of the worst phase.",
        example="rfscope tile zoo:u-net",
        see=("receptive field", "lattice"),
    ),
    Term(
        name="lattice",
        means="The places where a tile may begin so that its maps lie on those of the whole: multiples of a number.",
        more="It is not the output stride: a U-Net's is 1, its lattice 2 for each level. No halo makes up for another "
        "place.",
        also=("tile grid",),
        finds=("tile", "tiling", "seams"),
        example="rfscope tile zoo:u-net --input 1020 --tile 400",
        see=("halo", "output stride"),
    ),
)

BOUNDS = (
    Term(
        name="lower bound",
        means="The number is at least this: something reads more that is not known, or where the data tells it to.",
        also=("at least",),
        finds=("unknown operation", "deformable"),
        more="So with unknown operations (RFS901), deformable convolutions and sampled positions (RFS902).",
        see=("upper bound", "UNKNOWN"),
    ),
    Term(
        name="upper bound",
        means="The number is at most this: an operation takes part of a map's channels, and is taken to see what all "
        "of them see.",
        also=("at most",),
        see=("lower bound",),
    ),
)

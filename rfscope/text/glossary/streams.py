"""Networks in time, images in tiles, and what is known of a network at all."""

from __future__ import annotations

from rfscope.text.glossary.pictures import tree
from rfscope.text.glossary.term import Term

__all__ = ["BOUNDS", "STREAMS"]

_WAVENET = "van den Oord et al., WaveNet: A Generative Model for Raw Audio, 2016, section 2.1"

STREAMS = (
    Term(
        name="causal",
        means="Of a network in time: no output reads samples that come after its own.",
        picture=tree((1, 2, 4), kernel=2, causal=True),
        tells="what the output at the right end reads of each map before it",
        finds=("causality",),
        example="rfscope analyze 1,2,4,8 -k 2 --dims 1 --causal",
        source=_WAVENET,
        see=("history", "look-ahead"),
    ),
    Term(
        name="history",
        means="How many samples before its own an output reads.",
        more="Its own are those from its position up to the next output's, hop of them: with a hop of 1 the one it "
        "stands at. With --sample-rate in milliseconds, too.",
        also=("past",),
        finds=("history, look-ahead", "back", "reads back", "memory"),
        example="rfscope analyze 1,2,4,8 -k 2 --dims 1 --causal --sample-rate 24000",
        see=("look-ahead", "hop", "receptive field"),
    ),
    Term(
        name="look-ahead",
        means="How many samples after its own an output reads: it cannot be computed before they have come.",
        more="Its own are those from its position up to the next output's, hop of them, which come together. So of an "
        "encoder with a hop of 320 and no look-ahead an output can be computed when its 320 samples are there.",
        finds=("ahead", "future"),
        example="rfscope rule RFS204",
        see=("causal", "history", "hop", "latency"),
    ),
    Term(
        name="latency",
        means="How many samples after its own first one an output of a stream is final, however fast the machine.",
        more="A causal network has at most that of one hop; all that a layer looks ahead is added to it.",
        also=("algorithmic latency", "delay"),
        example="rfscope stream 1,2,4,8 --sample-rate 16000",
        see=("look-ahead", "hop", "state"),
    ),
    Term(
        name="state",
        means="What a network keeps of its maps from one chunk of a stream to the next: their last positions, which "
        "layers have yet to read.",
        more="With it, and each layer padding its own beginning and end, chunks give what the whole signal gives.",
        also=("buffer", "cache"),
        example="rfscope stream 1,2,4,8 --causal",
        see=("latency", "history"),
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

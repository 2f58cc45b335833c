"""The options that say which schedule is wished: those of ``suggest``, and of the pictures of what it finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from rfscope.cli.unfold import From
from rfscope.cli.values import sizes
from rfscope.errors import RfscopeError

__all__ = ["Wished"]

_LAYERS, _RATES = "The layers", "The rates"

Field = Annotated[
    str | None, typer.Option("--field", metavar="N", help="Receptive field: one number, or one per axis (65,33).")
]
AtLeast = Annotated[bool, typer.Option("--at-least", help="A larger field will do; the nearest possible is taken.")]
AtMost = Annotated[bool, typer.Option("--at-most", help="A smaller field will do; the nearest possible is taken.")]
Count = Annotated[
    int | None,
    typer.Option("--layers", metavar="N", help="How many; the fewest that do if not given.", rich_help_panel=_LAYERS),
]
Kernel = Annotated[
    str | None,
    typer.Option(
        "-k",
        "--kernel",
        metavar="K",
        help="Kernel size: one number, or one per layer (3,3,5); 3 if not given.",
        rich_help_panel=_LAYERS,
    ),
]
Kernels = Annotated[
    str | None,
    typer.Option(
        "--kernels",
        metavar="K,K,...",
        help="Sizes to choose from; the layers of the fewest weights are taken.",
        rich_help_panel=_LAYERS,
    ),
]
Stride = Annotated[
    str | None,
    typer.Option(
        "--stride",
        metavar="S",
        help="Stride: one number, or one per layer (1,2,1); 1 if not given.",
        rich_help_panel=_LAYERS,
    ),
]
Axes = Annotated[
    int | None,
    typer.Option(
        "--dims", metavar="1|2|3", help="Spatial axes; 2, or as many as --field has.", rich_help_panel=_LAYERS
    ),
]
Causal = Annotated[bool, typer.Option("--causal", help="The layers never read ahead.", rich_help_panel=_LAYERS)]
Near = Annotated[
    str | None,
    typer.Option("--near", metavar="R,R,...", help="Change these rates as little as possible.", rich_help_panel=_RATES),
]
MaxRate = Annotated[
    int | None, typer.Option("--max-rate", metavar="R", help="The largest rate.", rich_help_panel=_RATES)
]
InputSize = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="SIZE",
        help="Size of the map they run on (64,64): larger rates than half of it read padding only.",
        rich_help_panel=_RATES,
    ),
]
Sawtooth = Annotated[
    int | None,
    typer.Option(
        "--sawtooth",
        metavar="N",
        help="The rates begin again alike after N layers: 3 for 1,2,5,1,2,5.",
        rich_help_panel=_RATES,
    ),
]
Hdc = Annotated[bool, typer.Option("--hdc", help="Only schedules with M_2 <= K.", rich_help_panel=_RATES)]
Rank = Annotated[
    str,
    typer.Option(
        "--rank", metavar="A,B,...", help="What comes first: isolated, index, step, paths, max_rate, wide, near."
    ),
]
Prefer = Annotated[
    str | None,
    typer.Option("--prefer", metavar="wide|near", help="Use that reaches far, or stays near, where gridding is alike."),
]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, max=1000, help="How many to show.")]


def _wished(
    field: Field = None,
    at_least: AtLeast = False,
    at_most: AtMost = False,
    layers: Count = None,
    kernel: Kernel = None,
    kernels: Kernels = None,
    stride: Stride = None,
    dims: Axes = None,
    causal: Causal = False,
    near: Near = None,
    max_rate: MaxRate = None,
    input: InputSize = None,
    sawtooth: Sawtooth = None,
    hdc: Hdc = False,
    rank: Rank = "",
    prefer: Prefer = None,
    top: Top = 5,
) -> Mapping[str, Any]:
    """What was said, as ``rf.suggest`` takes it."""
    if kernel is not None and kernels is not None:
        raise RfscopeError("--kernel and --kernels exclude each other", do="leave one of them out")
    fields, others = sizes(field, "--field"), sizes(kernels, "--kernels") or ()
    return {
        "field": fields[0] if fields is not None and len(fields) == 1 else fields,
        "at_least": at_least,
        "at_most": at_most,
        "layers": layers,
        "kernel": 3 if kernel is None else sizes(kernel, "--kernel"),
        "kernels": others,
        "stride": () if stride is None else sizes(stride, "--stride"),
        "dims": dims,
        "causal": causal,
        "near": sizes(near, "--near"),
        "max_rate": max_rate,
        "input": sizes(input, "--input"),
        "sawtooth": sawtooth,
        "hdc": hdc,
        "rank": tuple(filter(None, rank.split(","))),
        "prefer": prefer,
        "top": top,
    }


Wished = Annotated[Mapping[str, Any], From(_wished)]
"""A wish, as keywords of ``rf.suggest``."""

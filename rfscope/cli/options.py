"""The options that say what a target is, which part of it is looked at and at which output, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from rfscope.cli.completion import nodes, targets
from rfscope.cli.unfold import From
from rfscope.cli.values import arguments_of, hertz, input_of, sizes
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.readers import files_text
from rfscope.targets import Reading, examine, readings

__all__ = [
    "KINDS",
    "OF_PART",
    "OF_TARGET",
    "AllLayers",
    "AllowImport",
    "AsJson",
    "Device",
    "Given",
    "OptionalTargets",
    "PartOptions",
    "TargetArgument",
    "TargetArguments",
    "Verify",
    "Where",
    "WithCounts",
    "examine_all",
    "examine_at",
    "untimed",
]

_PANEL, _PART = "What the target is", "What is looked at"

KINDS = (
    f"dilation rates (1,2,5 or 1,2,5@3,3,5 with kernels), package.module:name (a torch module, or what makes one: this "
    f"runs your code), {files_text()}, zoo:NAME (a published network), or - for a spec on stdin"
)

TargetArgument = Annotated[
    str, typer.Argument(metavar="TARGET", help=f"{KINDS[0].upper()}{KINDS[1:]}.", autocompletion=targets)
]
TargetArguments = Annotated[
    list[str], typer.Argument(metavar="TARGET...", help=f"Each of them {KINDS}.", autocompletion=targets)
]
OptionalTargets = Annotated[
    list[str] | None, typer.Argument(metavar="[TARGET...]", help=f"Each of them {KINDS}.", autocompletion=targets)
]
Kernel = Annotated[
    str | None,
    typer.Option(
        "-k",
        "--kernel",
        metavar="K",
        help="Kernel size of a list of rates: one number, or one per layer (3,3,5). 3 if not given.",
        rich_help_panel=_PANEL,
    ),
]
Stride = Annotated[
    str | None,
    typer.Option(
        "--stride",
        metavar="S",
        help="Stride of a list of rates: one number, or one per layer (1,2,1). 1 if not given.",
        rich_help_panel=_PANEL,
    ),
]
Dims = Annotated[
    int | None,
    typer.Option(
        "--dims",
        metavar="1|2|3",
        help="Spatial axes of a list of rates: 1 for sound, 2 for images, 3 for volumes. 2 if not given.",
        rich_help_panel=_PANEL,
    ),
]
Causal = Annotated[
    bool,
    typer.Option("--causal", help="No layer of a list of rates reads ahead.", rich_help_panel=_PANEL),
]
Input = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        help="Spatial size of the input, such as 512,512, or 512 along every axis; of a torch module also the shape "
        "of an input by its name, such as sigma=1,1,1,1, as often as it has inputs.",
        metavar="SIZE",
        rich_help_panel=_PANEL,
    ),
]
Of = Annotated[
    str | None,
    typer.Option(
        "--of",
        help="Input that the answer is for, by name, where there are several.",
        metavar="INPUT",
        rich_help_panel=_PANEL,
    ),
]
Arguments = Annotated[
    str | None,
    typer.Option(
        "--args",
        help="What package.module:name is called with, as JSON, such as '{\"depth\": 50}'.",
        metavar="JSON",
        rich_help_panel=_PANEL,
    ),
]
SampleRate = Annotated[
    str | None,
    typer.Option(
        "--sample-rate",
        metavar="HZ",
        help="Samples a second of a 1-D input, such as 24000 or 44.1k: answers also give times.",
        rich_help_panel=_PANEL,
    ),
]
AllowUnknown = Annotated[
    bool,
    typer.Option(
        "--allow-unknown",
        help="Go on where an operation is not known; give lower bounds.",
        rich_help_panel=_PANEL,
    ),
]
NodeName = Annotated[
    str | None,
    typer.Option(
        "--node",
        help="Layer or module whose output is looked at, instead of the network's.",
        metavar="NAME",
        rich_help_panel=_PART,
        autocompletion=nodes,
    ),
]
Between = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--between",
        help="Only what lies between the outputs of two layers or modules: A B, or A,B.",
        metavar="A B",
        rich_help_panel=_PART,
        autocompletion=nodes,
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        help="Which output is looked at, such as 3,4: a place in the map, or without an input size any place of the "
        "unbounded grid.",
        metavar="I,J",
        rich_help_panel=_PART,
    ),
]
Phase = Annotated[str | None, typer.Option("--phase", hidden=True, help="The former name of --at.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
WithCounts = Annotated[bool, typer.Option("--counts", help="Include the usage counts in the JSON.")]
Verify = Annotated[bool, typer.Option("--verify", help="Run real convolutions in torch and compare bit for bit.")]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="Where to verify.")]
AllowImport = Annotated[
    bool, typer.Option("--allow-import", help="Let --verify load a .pt2 file by torch, which runs the code in it.")
]
AllLayers = Annotated[bool, typer.Option("--all", help="Show every layer of a long network.")]


def _reading(
    kernel: Kernel = None,
    stride: Stride = None,
    dims: Dims = None,
    causal: Causal = False,
    input: Input = None,
    of: Of = None,
    arguments: Arguments = None,
    sample_rate: SampleRate = None,
    allow_unknown: AllowUnknown = False,
) -> Reading:
    size, shapes = input_of(input or ())
    return Reading(
        kernel=kernel,
        stride=stride,
        dims=dims,
        causal=causal,
        input=size,
        shapes=shapes,
        of=of,
        arguments=arguments_of(arguments),
        sample_rate=None if sample_rate is None else hertz(sample_rate),
        allow_unknown=allow_unknown,
    )


class PartOptions(NamedTuple):
    """Which part of a network is analyzed, and which of its outputs.

    Attributes:
        node: A layer or module.
        between: Two of them.
        at: Which output of a map.
    """

    node: str | None
    between: tuple[str, str] | None
    at: tuple[int, ...] | None


def _part(node: NodeName = None, between: Between = None, at: At = None, phase: Phase = None) -> PartOptions:
    if at is not None and phase is not None:
        raise RfscopeError("--at and --phase are one option", do="leave --phase out")
    return PartOptions(node, between, sizes(at, "--at", signed=True) or sizes(phase, "--phase", signed=True))


OF_TARGET, OF_PART = From(_reading), From(_part)

Given = Annotated[Reading, OF_TARGET]
"""What a target leaves open."""

Where = Annotated[PartOptions, OF_PART]
"""Which part of it is looked at, and which of its outputs."""


def examine_at(target: str, reading: Reading, part: PartOptions) -> Analysis:
    """Analyze a target, or the part of it that is meant, at the output that ``--at`` names.

    Raises:
        RfscopeError: As for ``examine``.
    """
    analysis = examine(target, reading, output=part.node, between=part.between, position=part.at)
    _check_timed([analysis], reading)
    return analysis


def examine_all(targets: Sequence[str], reading: Reading) -> tuple[Analysis, ...]:
    """Analyze several targets; options for lists of rates apply to those among them.

    Raises:
        RfscopeError: As for ``examine``.
    """
    both = zip(targets, readings(targets, reading), strict=True)
    analyses = tuple(examine(target, given) for target, given in both)
    _check_timed(analyses, reading)
    return analyses


def untimed(reading: Reading) -> None:
    """Refuse a sample rate for what says nothing of time.

    Raises:
        RfscopeError: There is one.
    """
    if reading.sample_rate is not None:
        what = "a sample rate for an answer without times"
        raise RfscopeError(what, got=f"--sample-rate {reading.sample_rate:g}", do="leave it out")


def _check_timed(analyses: Sequence[Analysis], reading: Reading) -> None:
    """Refuse a sample rate where nothing has samples."""
    if reading.sample_rate is not None and all(analysis.network.dims != 1 for analysis in analyses):
        dims = analyses[0].network.dims
        raise RfscopeError(
            "a sample rate without a 1-D network",
            where=analyses[0].name,
            got=f"{dims} axes",
            do="add --dims 1 to a list of rates, or leave --sample-rate out",
        )

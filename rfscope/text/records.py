"""The records that ``analyze --json`` writes: its writer is checked against them, and its schema is made from them.

Loaded by ``rfscope schema`` alone; in ``as_json`` only type checkers see it. Whole numbers are exact at any size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads those of typing from Python 3.12 on

from rfscope.exact.judgement import Verdict

__all__ = [
    "Analysis",
    "Axis",
    "Counts",
    "Coverage",
    "Finite",
    "Group",
    "InTime",
    "Interval",
    "Layer",
    "LayerField",
    "Meeting",
    "Module",
    "Output",
    "Proof",
    "Reads",
    "Run",
    "Schedule",
    "Spread",
    "Tool",
    "Unknown",
    "Verification",
]

Number: TypeAlias = Annotated[int | str, Field(description="A number when whole, else text such as 1/2.")]
Names: TypeAlias = Sequence[str]
Integers: TypeAlias = Sequence[int]
Pair: TypeAlias = tuple[int, int]
OverLimits: TypeAlias = Annotated[
    Mapping[str, str], Field(description="Keys that are null because they pass a limit, and which.")
]


class Interval(TypedDict):
    """Input positions along one axis, from the first on; size 0 and start null where nothing is read."""

    size: int | None
    start: int | None


class Axis(TypedDict):
    """The receptive field along one axis: that of phase 0, but for the keys that range over the phases."""

    size: int | None
    start: int | None
    center: Number | None
    padding: Annotated[int | None, Field(description="Effective padding: minus the start.")]
    stride: Annotated[Number | None, Field(description="Effective stride: shift / period.")]
    period: Annotated[int | None, Field(description="Outputs after which the pattern repeats.")]
    shift: Annotated[int | None, Field(description="Input positions from one output to that a period on.")]
    size_min: int | None
    size_max: int | None
    phases: Sequence[Interval]
    lower_bound: Annotated[bool, Field(description="Whether an operation on the way is unknown: more may be read.")]
    upper_bound: Annotated[bool, Field(description="Whether channels on the way may see less than their map.")]
    bounded: Annotated[bool, Field(description="Whether the phases are all outputs of a finite map.")]
    aligned: Annotated[bool, Field(description="Whether the branches of every merge are centred alike.")]
    global_through: Annotated[Names, Field(description="Global operations whose paths are left out.")]


class Coverage(TypedDict):
    """What part of its receptive field one output reads."""

    size: Integers
    used: int
    holes: int
    share: float
    largest_gap: Integers
    subgrids: Integers
    hole_offsets: Annotated[
        Sequence[Integers] | None, Field(description="Per axis of a chain, from the first pixel; the first 1,000.")
    ]
    hole_list: NotRequired[
        Annotated[Sequence[Integers], Field(description="Of any other network, over all axes; the first 1,000.")]
    ]


class Counts(TypedDict):
    """How often one output uses each pixel."""

    paths: int
    min: int
    max: int
    factors: Annotated[
        Sequence[Integers] | None, Field(description="Per axis of a chain; their outer product is the map.")
    ]
    map: Annotated[Any, Field(description="Nested lists, the first index along the first axis; null for a chain.")]


class Spread(TypedDict):
    """How far the paths to one output spread, per axis."""

    std: Sequence[float | None]
    radius95: Sequence[Number | None]


class Meeting(TypedDict):
    """Where adjacent outputs first share an input."""

    isolated: int
    depth: Annotated[int | None, Field(description="Layers back; null: never.")]


class TiledAxis(TypedDict):
    """What tiles lose along one axis, and where they may begin."""

    lattice: Annotated[int, Field(description="Tiles begin at multiples of it.")]
    halo: Annotated[Sequence[Number], Field(description="Input lost at an inner side, before and after.")]


class Tiles(TiledAxis):
    """What holds for tiles along every axis, and along each."""

    axes: Sequence[TiledAxis]


class Finite(TypedDict):
    """What only a finite input shows."""

    output_size: Integers
    extent: Annotated[Sequence[Pair | None], Field(description="First and last input position read, per axis.")]
    padding_share: Annotated[Mapping[str, float], Field(description="Part of the taps of each layer in padding.")]
    never_read: Integers
    halo: Annotated[Sequence[Pair | None], Field(description="Input before and after its own that a tile needs.")]
    tile: Annotated[Tiles | None, Field(description="Of tiles that begin on the lattice; null: not exact.")]


class InTime(TypedDict, total=False):
    """How far an output of a network with one axis reads; not there with several axes."""

    history: Annotated[int | None, Field(description="Samples before its own; null: unknown, or all there are.")]
    lookahead: Annotated[int | None, Field(description="Samples after its own.")]
    hop: Annotated[Number, Field(description="Samples from one output to the next.")]
    sample_rate: Annotated[float | None, Field(description="Samples a second, where it was given.")]
    milliseconds: Annotated[
        Mapping[str, float | None] | None, Field(description="The same three in time, with a sample rate.")
    ]


class Reads(InTime):
    """What one output reads."""

    coverage: Coverage | None
    counts: Annotated[Counts | None, Field(description="Only with --counts.")]
    gridding_index: Annotated[Sequence[float] | None, Field(description="Per axis of a chain.")]
    spread: Spread | None
    meeting: Meeting | None
    at: Annotated[Integers | None, Field(description="Position in its map; null without an input size.")]
    finite: Finite | None
    over_limits: NotRequired[OverLimits]
    before_global: NotRequired[
        Annotated[Sequence[Output], Field(description="The same for what enters the global operations.")]
    ]


class Output(Reads):
    """One output, its receptive field per axis and what it reads."""

    node: str
    axes: Sequence[Axis]


class LayerField(TypedDict):
    """What one position of a layer's map sees of the input along one axis."""

    size: int | None
    stride: Number
    start: int | None


class Layer(TypedDict):
    """One layer; lists are per axis."""

    node: str
    op: str
    kernel: Sequence[int | None]
    stride: Sequence[int | None]
    dilation: Sequence[int | None]
    padding: Sequence[Pair | None]
    field: Annotated[Sequence[LayerField] | None, Field(description="Per axis; null after global operations.")]
    neighbour_share: Annotated[
        Sequence[float | None], Field(description="Part of what it reads for an output that the next one reads, too.")
    ]
    parameters: int | None
    multiply_adds: int | None
    origin: str | None


class Group(TypedDict):
    """A maximal run of rates that do not fall."""

    first: Annotated[int, Field(description="Index of its first layer in the schedule.")]
    rates: Integers
    m2: int | None
    ok: bool | None


class Run(TypedDict):
    """Dilated layers with no dense layer between them."""

    first: str
    last: str
    kernels: Integers
    rates: Integers
    factor: int
    pyramid: bool
    lead_in: int
    lead_out: int
    own_share: float | None
    isolated: int


class Schedule(TypedDict):
    """The layers of more than one tap at one resolution."""

    axes: Integers
    piece: str
    entry: str
    exit: str
    resolution: Number
    kernels: Integers
    rates: Integers
    m: Annotated[Integers, Field(description="M_1 .. M_n as published.")]
    m2: int | None
    groups: Sequence[Group]
    m2_ok: bool | None
    gcd: int
    sawtooth: bool
    hole_free: bool
    agrees: Annotated[bool | None, Field(description="Whether m2_ok is hole_free.")]
    first_bad: int | None
    allowed: Integers
    safe_rates: Annotated[
        Sequence[Pair | None],
        Field(description="Per layer, first and last rate without holes, the others as they are."),
    ]
    repaired: Integers
    nearest: Annotated[
        Integers | None,
        Field(description="The nearest rates without holes, raised or lowered; null where that takes too long."),
    ]
    gridding_index: float | None
    gridding_index_note: str | None
    meeting: Meeting | None
    coverage: Coverage | None
    runs: Sequence[Run]
    over_limits: NotRequired[OverLimits]


class Proof(TypedDict):
    """What real convolutions showed."""

    device: str
    dtype: str
    torch: str
    positions: int
    equal: bool
    seconds: float
    first_difference: NotRequired[str]


class Module(Proof):
    """The same of the module that was analyzed."""

    input: Integers
    inside: bool
    gradients: int
    through_global: bool
    upper_bounds: int
    bytes: int


class Verification(Proof):
    """What was compared with real convolutions, and what was not."""

    method: Names
    proved: Names
    not_compared: Names
    moduli: Integers
    phases: int
    module: NotRequired[Module]


class Tool(TypedDict):
    """Who wrote the analysis."""

    name: str
    version: str


class Unknown(TypedDict):
    """An operation whose reads are unknown."""

    node: str
    op: str
    origin: str | None


class Analysis(TypedDict):
    """Everything known of a network."""

    schema_version: Literal[1]
    tool: Tool
    name: str
    dims: Annotated[int, Field(ge=1, le=3)]
    input: Integers | None
    of: Annotated[str | None, Field(description="The input that all of this is for; null: it has no name.")]
    inputs: Annotated[Names, Field(description="All inputs that have positions, where they have names.")]
    verdict: Annotated[Verdict | None, Field(description="null: not known.")]
    notes: Names
    outputs: Sequence[Output]
    layers: Sequence[Layer]
    schedules: Sequence[Schedule]
    left_out: Names
    unknown: Sequence[Unknown]
    verification: Annotated[Verification | None, Field(description="Only with --verify.")]

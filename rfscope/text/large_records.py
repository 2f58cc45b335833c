"""The records that ``tile --json`` and ``stream --json`` write: their schemas are made from them.

Loaded by ``rfscope schema`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NotRequired, TypeAlias

from pydantic import Field
from typing_extensions import TypedDict

from rfscope.text.records import Integers, Number, Pair, Tool

__all__ = ["Plan", "Rule", "Stream"]

Halo: TypeAlias = tuple[Number, Number]
Verification: TypeAlias = Annotated[Mapping[str, Any] | None, Field(description="What --verify found.")]


class WhyNot(TypedDict):
    """One reason why the answer is no."""

    kind: Literal["global", "size", "merge", "padding", "unknown", "data", "small", "offset"]
    node: str | None
    message: str
    do: str


class Tile(TypedDict):
    """One tile along one axis."""

    begin: int
    size: int
    keep: Annotated[Pair | None, Field(description="Of the first output; null: all of it.")]
    write: int
    keeps: NotRequired[Sequence[Pair | None]]
    writes: NotRequired[Integers]


class PlanAxis(TypedDict):
    """The tiles along one axis."""

    size: int
    lattice: int | None
    offset: int
    halo: Halo | None
    tile: int
    last_tile: int | None
    inner: Sequence[Pair]
    tiles: Sequence[Tile]


class OutputMap(TypedDict):
    """The map of one output on the whole image."""

    node: str
    size: Integers


class Work(TypedDict):
    """Multiply-adds."""

    whole: int
    tiled: int


class Memory(TypedDict):
    """Bytes that maps take at once."""

    whole: int | None
    tile: int | None
    method: Literal["meta run", "graph"]


class Plan(TypedDict):
    """How to run a network on an image, tile by tile."""

    schema_version: Literal[1]
    tool: Tool
    name: str
    input: Integers
    outputs: Sequence[OutputMap]
    output_size: Integers | None
    exact: bool
    why_not: Sequence[WhyNot]
    passes: int
    axes: Sequence[PlanAxis]
    tile_count: int
    computed: float | None
    waste: float | None
    multiply_adds: Work | None
    bytes: Memory | None
    verification: Verification


class RuleAxis(TypedDict):
    """What holds along one axis for tiles of any image."""

    lattice: int | None
    halo: Halo | None
    sizes: Integers | None
    why_not: Sequence[WhyNot]


class Rule(TypedDict):
    """What holds for tiles of any image."""

    schema_version: Literal[1]
    tool: Tool
    name: str
    exact: bool
    passes: int
    axes: Sequence[RuleAxis | None]


class Buffer(TypedDict):
    """What is kept of one map."""

    node: str
    positions: int
    channels: int | None
    begins: Literal["nothing", "padding", "reflect", "replicate", "zeros"]
    values: int | None


class Hidden(TypedDict):
    """What a recurrence remembers."""

    node: str
    values: int | None


class State(TypedDict):
    """All that is kept between chunks."""

    positions: int
    values: int | None
    bytes: int | None
    maps: Sequence[Buffer]
    hidden: Sequence[Hidden]


class Fed(TypedDict):
    """What holds for a chunk that was asked for."""

    chunk: int
    latency: Number
    first_output: int
    positions: int
    milliseconds: Mapping[str, float | None] | None


class Stream(TypedDict):
    """How a network runs on a stream. Lengths are in samples of the input; null where it cannot run so."""

    schema_version: Literal[1]
    tool: Tool
    name: str
    node: str
    streamable: bool
    why_not: Sequence[WhyNot]
    causal: bool
    lookahead: int | None
    latency: Number | None
    first_output: int | None
    history: Annotated[int | None, Field(description="null: unlimited, where there are recurrences.")]
    chunk: int | None
    period: int | None
    shift: int | None
    hop: Number | None
    shorter: int | None
    sample_rate: float | None
    milliseconds: Mapping[str, float | None] | None
    recurrent: Sequence[str]
    settled: int
    state: State | None
    fed: Fed | None
    verification: Verification

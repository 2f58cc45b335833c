"""The data model of a spec file; its JSON Schema is made from it.

An attribute that may be left out and has no default of its own is empty (``""``, ``[]``, 0) when it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "OPS",
    "Add",
    "Concat",
    "Conv",
    "DeformableConv",
    "ExpectedText",
    "Global",
    "LayerSpec",
    "Merge",
    "Multiply",
    "Pad",
    "PixelShuffle",
    "PixelUnshuffle",
    "Pointwise",
    "Pool",
    "Resize",
    "Single",
    "Spec",
    "TransposedConv",
]


@dataclass(frozen=True, slots=True)
class ExpectedText:
    """What a value must be, in the words of an error text."""

    text: str


T = TypeVar("T")
_PerAxis: TypeAlias = Annotated[list[T], Field(min_length=1, max_length=3)]
_Pair: TypeAlias = Annotated[list[T], Field(min_length=2, max_length=2)]
_Positive: TypeAlias = Annotated[int, Field(ge=1)]
_Side: TypeAlias = Annotated[int, Field(ge=0)]
_Text: TypeAlias = Annotated[str, Field(min_length=1)]
_Factor: TypeAlias = (
    _Positive
    | Annotated[float, Field(gt=0, allow_inf_nan=False)]
    | Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}(/[1-9][0-9]{0,8})?$")]
)

_Count: TypeAlias = Annotated[_Positive, ExpectedText("an integer of 1 or more")]
_Counts: TypeAlias = Annotated[
    _Positive | _PerAxis[_Positive], ExpectedText("an integer of 1 or more, or a list of one per axis")
]
_Sizes: TypeAlias = Annotated[
    _Positive | _PerAxis[_Positive], ExpectedText("a list of integers of 1 or more, one per axis, or one for all axes")
]
_Sides: TypeAlias = Annotated[
    _Side | _PerAxis[_Side], ExpectedText("an integer of 0 or more, or a list of one per axis")
]
_PADDED = "an integer of 0 or more, a list of one or of one [before, after] per axis"
_Padding: TypeAlias = Annotated[
    _Side | _PerAxis[_Side] | _PerAxis[_Pair[_Side]] | Literal["valid", "same", "same_lower", "causal"],
    ExpectedText(f"{_PADDED}, 'valid', 'same', 'same_lower' or 'causal'"),
]
_Cut: TypeAlias = Annotated[
    _Side | _PerAxis[_Side] | _PerAxis[_Pair[_Side]] | Literal["valid", "same", "same_lower"],
    ExpectedText(f"{_PADDED}, 'valid', 'same' or 'same_lower'"),
]
_Border: TypeAlias = Annotated[
    int | _PerAxis[int] | _PerAxis[_Pair[int]],
    ExpectedText("an integer, a list of one per axis, or a list of [before, after] per axis"),
]
_PaddingMode: TypeAlias = Annotated[
    Literal["zeros", "reflect", "replicate", "circular"], ExpectedText("'zeros', 'reflect', 'replicate' or 'circular'")
]
_Mode: TypeAlias = Annotated[Literal["nearest", "linear", "cubic"], ExpectedText("'nearest', 'linear' or 'cubic'")]
_Scale: TypeAlias = Annotated[
    _Factor | _PerAxis[_Factor], ExpectedText("a number above 0, a fraction such as '1/3', or a list of one per axis")
]
_Flag: TypeAlias = Annotated[bool, ExpectedText("true or false")]
_Name: TypeAlias = Annotated[_Text, ExpectedText("text of one or more characters")]
_Names: TypeAlias = Annotated[list[_Text], Field(min_length=1), ExpectedText("a list of one or more layer names")]
_OneName: TypeAlias = Annotated[
    list[_Text],
    Field(min_length=1, max_length=1),
    ExpectedText("a list of one layer name (only add, multiply and concat take more)"),
]
_ManyNames: TypeAlias = Annotated[list[_Text], Field(min_length=2), ExpectedText("a list of two or more layer names")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Layer(_Table):
    op: str
    name: _Name = Field(default_factory=str, description="Name; by default the op and its number: conv1, conv2, ...")


class Single(_Layer):
    """A layer with one input."""

    inputs: _OneName = Field(default_factory=list, description="What it reads; by default the layer before it.")
    repeat: _Count = Field(default=1, description="So many in a row; they are called NAME.1, NAME.2, ...")


class Merge(_Layer):
    """A layer that reads all of its inputs at the same position."""

    inputs: _ManyNames = Field(description="What it reads; 'input' is the network's input.")


class _Strided(Single):
    kernel: _Counts = Field(description="Taps; a number, or one per axis.")
    stride: _Counts = Field(default=1, description="Inputs between neighbouring outputs; a number, or one per axis.")
    dilation: _Counts = Field(default=1, description="Inputs between neighbouring taps; a number, or one per axis.")


class _Weights(Single):
    groups: _Count = Field(default=1, description="Groups of channels that do not mix.")
    in_channels: _Count = Field(default_factory=int, description="Channels of the input.")
    out_channels: _Count = Field(default_factory=int, description="Channels of the output.")


_PADDING = (
    "Elements added; a number, one per axis, [before, after] per axis, 'valid' (none), or 'same' (the output is "
    "ceil(input / stride) long, the odd element after; 'same_lower': before), or 'causal' (along every axis "
    "dilation * (kernel - 1) before and none after, so that nothing is read ahead)."
)
_PADDING_MODE = "What the added elements hold."


class Conv(_Strided, _Weights):
    """A convolution, depthwise and grouped ones included."""

    op: Literal["conv"]
    padding: _Padding = Field(default=0, description=_PADDING)
    padding_mode: _PaddingMode = Field(default="zeros", description=_PADDING_MODE)


class DeformableConv(_Strided, _Weights):
    """A deformable convolution, taken on its undeformed grid."""

    op: Literal["deformable_conv"]
    padding: _Padding = Field(default=0, description=_PADDING)


class TransposedConv(_Strided, _Weights):
    """A transposed convolution."""

    op: Literal["transposed_conv"]
    padding: _Cut = Field(default=0, description="Elements cut from the full output; 'same': input * stride long.")
    output_padding: _Sides = Field(default=0, description="Elements added at the end; a number, or one per axis.")


class Pool(_Strided):
    """Pooling of any kind."""

    op: Literal["pool"]
    padding: _Padding = Field(default=0, description=_PADDING)
    ceil_mode: _Flag = Field(default=False, description="Whether a last, partly filled window counts.")


class Resize(Single):
    """Sampling up or down by any factor."""

    op: Literal["resize"]
    scale: _Scale = Field(default_factory=list, description="Output size over input size: 2, '1/3', or one per axis.")
    size: _Counts = Field(default_factory=list, description="Output size; a number, or one per axis.")
    mode: _Mode = Field(default="nearest", description="Interpolation.")
    align_corners: _Flag = Field(default=False, description="Whether the corner pixels' centres coincide.")


class PixelShuffle(Single):
    """Channels to positions: each input becomes a block of outputs."""

    op: Literal["pixel_shuffle"]
    factor: _Count = Field(description="Outputs per input along each axis.")


class PixelUnshuffle(Single):
    """Positions to channels: a block of inputs becomes one output."""

    op: Literal["pixel_unshuffle"]
    factor: _Count = Field(description="Inputs per output along each axis.")


class Pad(Single):
    """Padding alone; negative numbers crop."""

    op: Literal["pad"]
    padding: _Border = Field(description="Elements added; a number, one per axis, or [before, after] per axis.")
    padding_mode: _PaddingMode = Field(default="zeros", description=_PADDING_MODE)


class Add(Merge):
    """The sum of its inputs."""

    op: Literal["add"]


class Multiply(Merge):
    """The product of its inputs."""

    op: Literal["multiply"]


class Concat(Merge):
    """Its inputs side by side, along the channels."""

    op: Literal["concat"]


class Global(Single):
    """Reads every position: global pooling, attention over space, flatten and linear."""

    op: Literal["global"]


class Pointwise(Single):
    """Reads the position it stands at: activation, norm, 1x1 convolution."""

    op: Literal["pointwise"]


LayerSpec: TypeAlias = (
    Conv
    | Pool
    | TransposedConv
    | DeformableConv
    | Resize
    | PixelShuffle
    | PixelUnshuffle
    | Pad
    | Add
    | Multiply
    | Concat
    | Global
    | Pointwise
)

OPS: dict[str, type[LayerSpec]] = {
    get_args(layer.model_fields["op"].annotation)[0]: layer for layer in get_args(LayerSpec)
}
"""The layers by their ``op``."""


class Spec(_Table):
    """A network: its layers, in order, and how they are connected."""

    rfscope: Annotated[int, Field(ge=1, le=1), ExpectedText("1")] = Field(description="Version of this format.")
    name: _Name = Field(default_factory=str, description="Name of the network; by default the file's.")
    dims: Annotated[int, Field(ge=1, le=3), ExpectedText("1, 2 or 3")] = Field(
        default_factory=int, description="Number of spatial axes; by default those of the input, else 2."
    )
    input: _Sizes = Field(
        default_factory=list, description="Size per axis, or one for all axes; without it the grid is unbounded."
    )
    outputs: _Names = Field(default_factory=list, description="Layers whose fields are asked for; by default the last.")
    layers: Annotated[
        list[Annotated[LayerSpec, Field(discriminator="op")]],
        Field(min_length=1),
        ExpectedText("a list of one or more layers"),
    ] = Field(description="The layers; each reads the one before it unless it says otherwise.")

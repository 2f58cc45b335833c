"""What may stand in a configuration: the data model, from which its JSON Schema is made."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from rfscope.readers.spec_model import Expected

__all__ = ["Config", "Network", "Rules"]

_Absent: TypeAlias = SkipJsonSchema[None]
"""A key that is not there; TOML has no null."""

_Positive: TypeAlias = Annotated[int, Field(ge=1)]
_Level: TypeAlias = Literal["error", "warning", "info"]

_Rules: TypeAlias = Annotated[
    list[str] | _Absent, Expected("a list of rules: codes, beginnings of codes or names, such as ['RFS1', 'holes']")
]
_Ignored: TypeAlias = Annotated[
    list[str] | dict[str, str] | _Absent,
    Expected("a list of rules, or a table with a reason for each: {RFS104 = 'reason'}"),
]
_Levels: TypeAlias = Annotated[
    dict[str, _Level], Expected("a table from rules to 'error', 'warning' or 'info', such as {RFS103 = 'info'}")
]
_FailLevel: TypeAlias = Annotated[_Level | _Absent, Expected("'error', 'warning' or 'info'")]
_Index: TypeAlias = Annotated[
    Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | _Absent, Expected("a number from 0 to 1")
]
_Count: TypeAlias = Annotated[_Positive | _Absent, Expected("an integer of 1 or more")]
_Ahead: TypeAlias = Annotated[Annotated[int, Field(ge=0)] | _Absent, Expected("an integer of 0 or more")]
_Sizes: TypeAlias = Annotated[
    Annotated[list[_Positive], Field(min_length=1, max_length=3)] | _Absent,
    Expected("a list of integers of 1 or more, one per axis"),
]
_Stride: TypeAlias = Annotated[
    _Positive | Annotated[list[_Positive], Field(min_length=1)] | _Absent,
    Expected("an integer of 1 or more, or a list of one per layer"),
]
_Axes: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=3)] | _Absent, Expected("1, 2 or 3")]
_Arguments: TypeAlias = Annotated[
    dict[str, Any] | list[Any] | _Absent, Expected("a table of named arguments, or a list of them in order")
]
_Text: TypeAlias = Annotated[str, Field(min_length=1), Expected("text of one or more characters")]
_Flag: TypeAlias = Annotated[bool, Expected("true or false")]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _without_nulls(schema: dict[str, Any]) -> None:
    """Keep a schema from promising a null that TOML cannot write."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]


class Rules(BaseModel):
    """What may be said of the rules, for all networks or for one."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=_kebab, json_schema_extra=_without_nulls
    )

    select: _Rules = Field(default=None, description="Rules to apply; all of them by default.")
    ignore: _Ignored = Field(default=None, description="Rules to leave out, best with a reason for each.")
    extend_select: _Rules = Field(default_factory=list, description="Rules to apply besides.")
    extend_ignore: _Ignored = Field(default_factory=list, description="Rules to leave out besides.")
    level: _Levels = Field(default_factory=dict, description="Levels of rules, where they are not the rules' own.")
    min_receptive_field: _Count = Field(default=None, description="Pixels that every output must see (RFS201).")
    max_lookahead: _Ahead = Field(default=None, description="Positions that a 1-D network may read ahead (RFS204).")
    max_gridding_index: _Index = Field(
        default=None, description="Gridding index above which RFS105 warns; 0.5 by default."
    )


class Network(Rules):
    """A network to lint, and what is asked of it."""

    target: _Text = Field(description="Rates, a file, folder or glob beside this file, zoo:NAME, or module:name.")
    input: _Sizes = Field(default=None, description="Spatial size of the input, per axis.")
    args: _Arguments = Field(default=None, description="What a factory (module:name) is called with.")
    kernel: _Count = Field(default=None, description="Taps of each layer of a list of rates.")
    stride: _Stride = Field(default=None, description="Stride of a list of rates.")
    dims: _Axes = Field(default=None, description="Spatial axes of a list of rates.")
    causal: _Flag = Field(default=False, description="Whether a list of rates reads nothing ahead.")


class Config(Rules):
    """The settings of rfscope lint: the table [tool.rfscope] of pyproject.toml, or all of rfscope.toml."""

    fail_level: _FailLevel = Field(default=None, description="Level from which findings fail the run.")
    networks: Annotated[list[Network], Expected("a list of tables, each with a target")] = Field(
        default_factory=list, description="Networks to lint where none is named on the command line."
    )

"""The data model of a configuration; its JSON Schema is made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import SkipJsonSchema

from rfscope.readers.spec_model import ExpectedText
from rfscope.rules import THRESHOLDS, Threshold
from rfscope.targets import Reading

__all__ = ["Config", "Network", "Pretrained", "Rules"]

_Absent: TypeAlias = SkipJsonSchema[None]
"""A key that is not there; TOML has no null."""

_Positive: TypeAlias = Annotated[int, Field(ge=1)]
_Level: TypeAlias = Literal["error", "warning", "info"]

_RuleList: TypeAlias = Annotated[
    list[str] | _Absent, ExpectedText("a list of rules: codes, beginnings of codes or names, such as ['RFS1', 'holes']")
]
_Ignored: TypeAlias = Annotated[
    list[str] | dict[str, str] | _Absent,
    ExpectedText("a list of rules, or a table with a reason for each: {RFS104 = 'reason'}"),
]
_Levels: TypeAlias = Annotated[
    dict[str, _Level], ExpectedText("a table from rules to 'error', 'warning' or 'info', such as {RFS103 = 'info'}")
]
_FailLevel: TypeAlias = Annotated[_Level | _Absent, ExpectedText("'error', 'warning' or 'info'")]
_Input: TypeAlias = Annotated[
    _Positive
    | Annotated[list[_Positive], Field(min_length=1, max_length=3)]
    | dict[str, Annotated[list[_Positive], Field(min_length=1)]]
    | _Absent,
    ExpectedText("an integer of 1 or more, a list of one per axis, or a table of shapes by the names of inputs"),
]
_PerLayer: TypeAlias = Annotated[
    _Positive | Annotated[list[_Positive], Field(min_length=1)] | _Absent,
    ExpectedText("an integer of 1 or more, or a list of one per layer"),
]
_Axes: TypeAlias = Annotated[Annotated[int, Field(ge=1, le=3)] | _Absent, ExpectedText("1, 2 or 3")]
_Arguments: TypeAlias = Annotated[
    dict[str, Any] | list[Any] | _Absent, ExpectedText("a table of named arguments, or a list of them in order")
]
_Target: TypeAlias = Annotated[
    Annotated[str, Field(min_length=1)] | Annotated[list[_Positive], Field(min_length=1)],
    ExpectedText("text of one or more characters, or a list of rates"),
]
_Name: TypeAlias = Annotated[str | _Absent, Field(min_length=1), ExpectedText("text of one or more characters")]
_Flag: TypeAlias = Annotated[bool, ExpectedText("true or false")]


def _kebab(name: str) -> str:
    return name.replace("_", "-")


def _without_nulls(schema: dict[str, Any]) -> None:
    """Keep a schema from promising a null that TOML cannot write."""
    for field in schema["properties"].values():
        if "default" in field and field["default"] is None:
            del field["default"]


class _Rules(BaseModel):
    """Settings of the rules, for all networks or for one."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=_kebab, json_schema_extra=_without_nulls
    )

    select: _RuleList = Field(default=None, description="Rules to apply; by default all but RFS104.")
    ignore: _Ignored = Field(default=None, description="Rules to leave out, best with a reason for each.")
    extend_select: _RuleList = Field(default_factory=list, description="Further rules to apply.")
    extend_ignore: _Ignored = Field(default_factory=list, description="Further rules to leave out.")
    level: _Levels = Field(default_factory=dict, description="Levels of rules, where they are not the rules' own.")


def _threshold(threshold: Threshold) -> tuple[Any, Any]:
    """The type of a threshold's key, and its description."""
    whole, least, most = threshold.kind is int, threshold.least, threshold.most
    noun = "an integer" if whole else "a number"
    expected = f"{noun} of {least} or more" if most is None else f"{noun} from {least} to {most}"
    field = Field(ge=least, le=most) if whole else Field(ge=least, le=most, allow_inf_nan=False)
    default = "" if threshold.default is None else f"; {threshold.default} by default"
    kind = Annotated[Annotated[threshold.kind, field] | _Absent, ExpectedText(expected)]  # type: ignore[name-defined]
    return kind, Field(default=None, description=f"{threshold.says}{default}.")


if TYPE_CHECKING:
    Rules = _Rules
else:
    Rules = create_model("Rules", __base__=_Rules, **{one.name: _threshold(one) for one in THRESHOLDS})


class Pretrained(BaseModel):
    """The network that trained weights come from, and the part of it that they are taken over for."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, json_schema_extra=_without_nulls)

    target: Annotated[str, Field(min_length=1)] = Field(description="A file, zoo:NAME, rates or module:name.")
    node: str | _Absent = Field(default=None, min_length=1, description="Its layer or module that is taken over.")
    own: str | _Absent = Field(default=None, min_length=1, description="The layer or module here that stands for it.")
    args: _Arguments = Field(default=None, description="What a factory (module:name) is called with.")


_Pretrained: TypeAlias = Annotated[
    Annotated[str, Field(min_length=1)] | Pretrained | _Absent,
    ExpectedText("a network such as 'zoo:resnet-v1c-50', or a table with target and perhaps node, own and args"),
]


class Network(Rules):
    """A network to lint, and its settings."""

    target: _Target = Field(description="Rates, a file, folder or glob beside this file, zoo:NAME, or module:name.")
    input: _Input = Field(default=None, description="Spatial size of the input, or shapes of inputs by name.")
    of: _Name = Field(default=None, description="Input that it is judged for, by name, where there are several.")
    args: _Arguments = Field(default=None, description="What a factory (module:name) is called with.")
    kernel: _PerLayer = Field(default=None, description="Taps of a list of rates, one number or one per layer.")
    stride: _PerLayer = Field(default=None, description="Stride of a list of rates, one number or one per layer.")
    dims: _Axes = Field(default=None, description="Spatial axes of a list of rates.")
    causal: _Flag = Field(default=False, description="Whether a list of rates reads nothing ahead.")
    pretrained_from: _Pretrained = Field(
        default=None, description="Network that its weights were trained in, whose reads it must keep (RFS304)."
    )

    @property
    def named(self) -> str:
        """The target as it is typed."""
        return self.target if isinstance(self.target, str) else ",".join(map(str, self.target))

    def reading(self) -> Reading:
        """The values given for what the target leaves open."""
        shapes = {name: tuple(shape) for name, shape in self.input.items()} if isinstance(self.input, dict) else None
        sizes = [self.input] if isinstance(self.input, int) else self.input
        size = tuple(sizes) if isinstance(sizes, list) else None
        return Reading(
            kernel=self.kernel,
            stride=self.stride,
            dims=self.dims,
            causal=self.causal,
            input=size,
            shapes=shapes,
            of=self.of,
            arguments=self.args,
        )


class Config(Rules):
    """The settings of rfscope lint: the table [tool.rfscope] of pyproject.toml, or all of rfscope.toml."""

    fail_level: _FailLevel = Field(default=None, description="Level from which findings fail the run.")
    networks: Annotated[list[Network], ExpectedText("a list of tables, each with a target")] = Field(
        default_factory=list, description="Networks to lint where none is named on the command line."
    )

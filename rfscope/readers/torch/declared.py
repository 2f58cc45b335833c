"""What torch declares of an operation: its arguments, what it does to memory, whether it is pointwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rfscope.readers.torch.schemas import Schema

__all__ = ["Declared", "declared_of"]


@dataclass(frozen=True, slots=True)
class Declared:
    """What torch declares of an operation.

    Attributes:
        name: Its name without overload.
        overload: Which form of it.
        names: The names of its arguments.
        defaults: What stands for arguments that are left out.
        schema: What it does to memory, and whether it is pointwise.
        fills: Whether it writes into tensors that are named to take its results.
    """

    name: str
    overload: str
    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    schema: Schema
    fills: bool


@cache
def declared_of(target: Any) -> Declared:
    """What is declared of an operation, which torch gives as an object."""
    import torch

    schema, tags = target._schema, target.tags
    marked = [argument for argument in schema.arguments if argument.alias_info is not None]
    writes = tuple(argument.name for argument in marked if argument.alias_info.is_write)
    views = [argument.name for argument in marked if not argument.alias_info.is_write]
    return Declared(
        name=schema.name.removeprefix("aten::"),
        overload=schema.overload_name or "default",
        names=tuple(argument.name for argument in schema.arguments),
        defaults={one.name: one.default_value for one in schema.arguments if one.has_default_value()},
        schema=Schema(
            writes=writes,
            views=views[0] if views else None,
            pointwise=torch.Tag.pointwise in tags,
            reshapes=torch.Tag.inplace_view in tags,
        ),
        fills=any(argument.is_out for argument in schema.arguments),
    )

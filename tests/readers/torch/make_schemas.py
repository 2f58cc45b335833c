"""Writes the table of schemas from the torch that is installed: ``python -m tests.readers.torch.make_schemas``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rfscope.readers.torch.operations import HANDLERS
from rfscope.readers.torch.schemas import TABLE

__all__ = ["declarations", "written"]


def declarations() -> dict[str, dict[str, Any]]:
    """What torch declares of every operation on tensors: all of it for those that are handled, else only what it does
    to memory.
    """
    import torch

    found = {}
    for schema in torch._C._jit_get_all_schemas():
        name = schema.name.removeprefix("aten::")
        packet = getattr(torch.ops.aten, name, None) if schema.name.startswith("aten::") else None
        overload = getattr(packet, schema.overload_name or "default", None)
        on_tensors = any("Tensor" in str(argument.type) for argument in schema.arguments)
        if overload is None or not on_tensors or any(argument.is_out for argument in schema.arguments):
            continue
        found[f"{name}.{schema.overload_name or 'default'}"] = _declared(name, schema, overload.tags)
    return dict(sorted(found.items()))


def _declared(name: str, schema: Any, tags: Any) -> dict[str, Any]:
    import torch

    pointwise = torch.Tag.pointwise in tags
    marked = [argument for argument in schema.arguments if argument.alias_info is not None]
    writes = [argument.name for argument in marked if argument.alias_info.is_write]
    views = [argument.name for argument in marked if not argument.alias_info.is_write]
    record: dict[str, Any] = {}
    if pointwise or name in HANDLERS or name.removesuffix("_") in HANDLERS:
        record["arguments"] = [argument.name for argument in schema.arguments]
        record["defaults"] = {
            argument.name: _plain(argument.default_value)
            for argument in schema.arguments
            if argument.has_default_value()
        }
    record |= {"writes": writes, "views": views[0] if views else None, "pointwise": pointwise}
    record["reshapes"] = torch.Tag.inplace_view in tags
    return {key: value for key, value in record.items() if value}


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | list | None) else str(value)


def written(table: Mapping[str, Mapping[str, Any]]) -> str:
    """The table as text, a line an operation."""
    rows = (f"{json.dumps(name)}: {json.dumps(record)}" for name, record in table.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


if __name__ == "__main__":
    TABLE.write_text(written(declarations()), encoding="utf-8")

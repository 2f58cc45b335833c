"""The declarations of torch's operations: arguments and defaults, what they write into, whose memory they share.

The table was written from torch's own schemas by ``python -m tests.readers.torch.make_schemas``, so that an exported
program can be read where torch is not installed. A test compares it with the torch that is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["TABLE", "Schema", "schema_of"]

TABLE = Path(__file__).with_name("schemas.json")
"""The table: a line an operation, by its name with overload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The declaration of an operation.

    Attributes:
        arguments: The names of all its arguments; None where nothing reads them, as the operation is not handled.
        defaults: What stands for arguments that are left out.
        writes: The arguments that it writes into.
        views: The argument whose memory its results may share; None if they have their own.
        pointwise: Whether torch calls it pointwise.
        reshapes: Whether it changes the shape of what it is given, in place.
    """

    arguments: tuple[str, ...] | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    writes: tuple[str, ...] = ()
    views: str | None = None
    pointwise: bool = False
    reshapes: bool = False


_ELSEWHERE: Mapping[str, Schema] = {
    "torchvision::deform_conv2d.default": Schema(
        arguments=(
            *("input", "weight", "offset", "mask", "bias", "stride_h", "stride_w", "pad_h", "pad_w"),
            *("dilation_h", "dilation_w", "groups", "offset_groups", "use_mask"),
        )
    )
}
"""Operations outside of torch itself that are handled."""


def schema_of(name: str) -> Schema | None:
    """The declaration of an operation by its name with overload; None if it is not in the table.

    Example:
        >>> schema_of("relu_.default").writes, schema_of("slice.Tensor").views, schema_of("conv2d.default").defaults
        (('self',), 'self', {'bias': None, 'stride': [1, 1], 'padding': [0, 0], 'dilation': [1, 1], 'groups': 1})
    """
    found = _table().get(name)
    if found is None:
        return _ELSEWHERE.get(name)
    given: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
    return Schema(**given)


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    table: Mapping[str, Mapping[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table

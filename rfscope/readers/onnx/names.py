"""Names for the operations of an ONNX file: the module they came from, if the exporter kept it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from rfscope.readers.onnx.graph import Call

__all__ = ["Scope", "scope_of"]

_WEIGHTED = frozenset(["Conv", "ConvTranspose", "Gemm", "MatMul", "DeformConv"])
_LONGEST = 10_000
"""Characters of metadata that are read."""


class Scope(NamedTuple):
    """Where an operation belongs.

    Attributes:
        path: The path of its module, empty at the top; or its own name.
        own: Whether it is its own name.
    """

    path: str
    own: bool = False


def scope_of(call: Call) -> Scope:
    """Find the module that an operation came from.

    PyTorch's exporters keep its path in the name of the weights, in metadata, or as the front part of the
    operation's name. Other files have names of their own for operations, or at least for what they make.
    """
    node = call.node
    if call.op in _WEIGHTED and len(node.input) > 1 and node.input[1].endswith(".weight"):
        return Scope(node.input[1].removeprefix(call.prefix).removesuffix(".weight"))
    for one in (node, call.caller):
        found = None if one is None else _metadata({entry.key: entry.value for entry in one.metadata_props})
        if found is not None:
            return Scope(found)
    named = call.caller or node
    if named.name.startswith("/"):
        return Scope(module_path(named.name))
    return Scope(named.name or next(filter(None, named.output), "").removeprefix(call.prefix), own=True)


def _metadata(entries: dict[str, str]) -> str | None:
    """The path that the exporter of torch.export programs writes: a list of paths, the operation's last."""
    text = entries.get("pkg.torch.onnx.name_scopes", "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        scopes = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        return None
    return scopes[-2] if len(scopes) > 1 else ""


def module_path(name: str) -> str:
    """The path in a name that the exporter of traced programs writes: every module by its own name and its list's.

    Example:
        >>> module_path("/layer1/layer1.0/conv1/Conv"), module_path("/Relu")
        ('layer1.0.conv1', '')
    """
    parts = name.split("/")[1:-1]
    path = []
    for before, part in zip(["", *parts], parts, strict=False):
        path.append(part.removeprefix(f"{before}.") if before else part)
    return ".".join(path)

"""ONNX files: from bytes to a checked model. Nothing but the bytes is read, and nothing is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.errors import MissingExtraError, TargetError
from rfscope.readers.files import read_bytes

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

__all__ = ["load", "load_onnx", "parse"]

OLDEST = 7
"""The first opset that is read: before it, broadcasting had attributes of its own."""


def load_onnx() -> None:
    """Import onnx.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import onnx  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtraError("reading an ONNX file needs onnx", do="pip install onnx") from None


def load(path: Path) -> ModelProto:
    """The model in a file, without the weights that it may keep in other files.

    Raises:
        TargetError: The file cannot be read, or is no ONNX model.
        LimitError: It is larger than the limit "onnx-bytes".
    """
    load_onnx()
    return parse(read_bytes(path, "onnx-bytes", expected="an ONNX file"), str(path))


def parse(data: bytes, where: str) -> ModelProto:
    """The model that some bytes are.

    Args:
        data: A serialized model.
        where: What to call it in error texts.

    Raises:
        TargetError: They are no ONNX model, or one of an opset that is not read.
    """
    from onnx import ModelProto
    from onnx.defs import onnx_opset_version

    model = ModelProto()
    try:
        model.ParseFromString(data)
    except Exception as error:  # noqa: BLE001 - protobuf has several kinds of error, depending on its back end
        got, do = " ".join(str(error).split())[:100], "check that it is complete"
        raise TargetError("not an ONNX file", where=where, got=got, do=do) from None
    if not model.graph.node:
        got = f"{len(data)} bytes without an operation"
        raise TargetError("no ONNX model in the file", where=where, got=got, expected="a graph")
    limits.check("onnx-nodes", len(model.graph.node), where=where)
    found = [entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")]
    version, newest = (found or [1])[0], onnx_opset_version()
    if not OLDEST <= version <= newest:
        do = "update onnx" if version > newest else "convert it with onnx.version_converter"
        raise TargetError("opset not read", where=where, got=version, expected=f"{OLDEST} to {newest}", do=do)
    if not all(isinstance(text, str) for text in _texts(model)):
        raise TargetError("not an ONNX file", where=where, got="a name that is no text", do="check that it is complete")
    return model


def _texts(model: ModelProto) -> Iterator[object]:
    """All names that are read; damaged ones are bytes."""
    yield from _graph_texts(model.graph)
    for one in (*model.opset_import, *(one for function in model.functions for one in function.opset_import)):
        yield one.domain
    for function in model.functions:
        yield from (function.name, function.domain, function.overload, *function.input, *function.output)
        yield from (one.name for one in function.attribute_proto)
        yield from _node_texts(function.node)


def _graph_texts(graph: GraphProto) -> Iterator[object]:
    for entry in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        yield entry.name
    for tensor in graph.sparse_initializer:
        yield tensor.values.name
    yield from _node_texts(graph.node)


def _node_texts(nodes: Iterable[NodeProto]) -> Iterator[object]:
    for node in nodes:
        yield from (node.name, node.op_type, node.domain, node.overload, *node.input, *node.output)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.ref_attr_name)
            for graph in (*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])):
                yield from _graph_texts(graph)

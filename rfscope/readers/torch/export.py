"""Capture by ``torch.export``: the program that a module runs, without running it on data."""

from __future__ import annotations

import contextlib
import io
import logging
import operator
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import Origin
from rfscope.readers.torch.calls import Call, Program, Tensor, frames_in
from rfscope.readers.torch.places import shown

if TYPE_CHECKING:
    import torch
    from torch.export import ExportedProgram

__all__ = ["bound", "calls_of", "export", "is_pointwise", "program_of", "quiet"]


def export(module: torch.nn.Module, inputs: Sequence[torch.Tensor]) -> Program:
    """The program of a module at example inputs; only their shapes matter.

    Raises:
        Exception: Whatever torch raises where it cannot capture the module.
    """
    import torch

    device = inputs[0].device if inputs else torch.device("cpu")
    with quiet(), torch.no_grad(), device:  # constants are made beside the weights
        exported = torch.export.export(module, tuple(inputs), strict=False)
        return program_of(exported)


def program_of(exported: ExportedProgram) -> Program:
    """The operations of an exported program.

    Writes in place are made explicit first: without that, what is written into a view is lost.
    """
    with quiet():
        return calls_of(exported.run_decompositions({}))


def calls_of(exported: ExportedProgram) -> Program:
    """The operations of a program whose writes in place are explicit."""
    signature, nodes = exported.graph_signature, list(exported.graph.nodes)
    by_name = {node.name: node for node in nodes}
    tensors: dict[Any, Any] = {}
    calls = []
    for node in nodes:
        if node.op == "call_function" and node.target is operator.getitem:
            source, index = node.args
            made = tensors.get(source)
            tensors[node] = made[index] if isinstance(made, tuple) else made
        elif node.op in ("placeholder", "call_function", "get_attr"):
            tensors[node] = _tensors(node.name, node.meta.get("val"))
            if node.op == "call_function":
                calls.append(_call(node, tensors))
    inputs = [tensors[by_name[name]] for name in signature.user_inputs if isinstance(name, str)]
    outputs = [tensors[by_name[name]] for name in signature.user_outputs if isinstance(name, str)]
    held = {
        tensors[by_name[name]].key: value
        for name, value in _own_tensors(exported).items()
        if name in by_name and _is_tensor(tensors[by_name[name]])
    }
    return Program(calls, tuple(filter(_is_tensor, inputs)), tuple(filter(_is_tensor, outputs)), held)


def _own_tensors(exported: ExportedProgram) -> dict[str, Any]:
    """The module's parameters, buffers and literals by the names of the graph's nodes that stand for them."""
    signature = exported.graph_signature
    names = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    known = {**exported.constants, **exported.state_dict}
    return {node: known[name] for node, name in names.items() if name in known}


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Tensor)


def _tensors(key: Any, value: Any) -> Any:
    """The record of a tensor, or a tuple of records for several tensors; None for anything else."""
    if isinstance(value, list | tuple):
        return tuple(_tensors((key, place), entry) for place, entry in enumerate(value))
    shape = getattr(value, "shape", None)
    return None if shape is None else Tensor(key, tuple(map(int, shape)))


def _call(node: Any, tensors: Mapping[Any, Any]) -> Call:
    made = tensors[node]
    results = made if isinstance(made, tuple) else (made,)
    schema = getattr(node.target, "_schema", None)
    given = [_plain(value, tensors) for value in node.args]
    named = {name: _plain(value, tensors) for name, value in node.kwargs.items()}
    stack = node.meta.get("nn_module_stack") or {}
    return Call(
        name=str(node.target) if schema is None else schema.name.removeprefix("aten::"),
        arguments={str(place): value for place, value in enumerate(given)} | named
        if schema is None
        else bound(schema, given, named),
        results=tuple(filter(_is_tensor, results)),
        pointwise=is_pointwise(node.target),
        module=str([*stack.values()][-1][0]).partition("@")[0] if stack else "",
        origin=_origin(node.meta.get("stack_trace") or ""),
    )


def _origin(trace: str) -> Origin | None:
    """The last line of the user's own code, from the stack that torch keeps."""
    frames = frames_in(trace)
    if not frames:
        return None
    file, row = frames[-1]
    return Origin(file=shown(file), row=row)


def bound(schema: Any, given: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by their names in the schema, defaults filled in."""
    names = [argument.name for argument in schema.arguments]
    defaults = {argument.name: argument.default_value for argument in schema.arguments if argument.has_default_value()}
    return {**defaults, **dict(zip(names, given, strict=False)), **named}


def is_pointwise(target: Any) -> bool:
    """Whether torch marks an operation as pointwise."""
    import torch

    return torch.Tag.pointwise in getattr(target, "tags", ())


def _plain(value: Any, tensors: Mapping[Any, Any]) -> Any:
    """An argument with records in place of the graph's nodes."""
    if isinstance(value, list | tuple):
        return [_plain(entry, tensors) for entry in value]
    if type(value).__name__ == "Node":
        known = tensors.get(value)
        return list(known) if isinstance(known, tuple) else known
    return value


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without torch's warnings, log lines and dumps of graphs: what matters of them is said by whoever calls."""
    before, aside = logging.root.manager.disable, io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(aside), contextlib.redirect_stderr(aside):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)

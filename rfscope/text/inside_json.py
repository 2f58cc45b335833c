"""What ``suggest`` found for a network, as plain data for JSON. Keys are a contract with scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rfscope.design.edits import Edit
from rfscope.design.inside.answer import InsideAnswer, InsideSuggestion
from rfscope.design.inside.changing import Changing, Layer
from rfscope.design.inside.keeping import Kept
from rfscope.network.graph import Network
from rfscope.network.reads import Padding, Read, Window
from rfscope.text.as_json import SCHEMA_VERSION, TOOL

__all__ = ["inside_data"]


def inside_data(found: InsideSuggestion, verification: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Rates for some layers of a network, the certificate, and the network that it is about."""
    changing = found.changing
    analysis = changing.analysis
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "target": analysis.name,
        "wish": {**asdict(found.wish), "rank": found.wish.criteria},
        "feasible": found.feasible,
        "layers": [_layer(layer, number) for layer, number in zip(changing.layers, changing.variable, strict=True)],
        "now": {"rates": changing.present, "field": analysis.output.size, "verdict": analysis.verdict},
        "bounds": {
            "fields": found.fields,
            "smallest_rates": None if found.space is None else found.space.low,
            "largest_rates": None if found.space is None else found.space.high,
        },
        "field": found.field,
        "sound": found.sound,
        "answers": [_answer(answer) for answer in found.answers],
        "front": None if found.front is None else [_answer(answer) for answer in found.front],
        "keep_reads": None if found.kept is None else _kept(found.kept),
        "certificate": asdict(found.certificate),
        "verification": verification,
        "network": _network(changing),
    }


def _layer(layer: Layer, number: int) -> dict[str, Any]:
    return {
        "node": layer.name,
        "uses": layer.uses,
        "padded_by": layer.padded_by,
        "rate": layer.rate,
        "number": number,
    }


def _answer(answer: InsideAnswer) -> dict[str, Any]:
    return {
        "rank": answer.rank,
        "rates": answer.rates,
        "field": answer.field,
        "field_through": answer.through,
        "verdict": answer.verdict,
        "isolated": answer.isolated,
        "first_common_input": answer.common,
        "distance": answer.distance,
        "max_rate": answer.max_rate,
        "front": answer.front,
        "findings": None
        if answer.findings is None
        else [{"level": level, "code": code, "node": node} for level, code, node in answer.findings],
        "edits": [_edit(edit) for edit in answer.edits],
        "config": answer.options,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {"node": edit.node, "dilation": edit.dilation, "padding": [_padding(one) for one in edit.padding]}


def _padding(padding: Padding) -> object:
    """One number where both sides are alike, else both; or a word."""
    return padding[0] if isinstance(padding, tuple) and padding[0] == padding[1] else padding


def _kept(kept: Kept) -> dict[str, Any]:
    answer = InsideAnswer(kept.changing, kept.chosen)
    return {
        "reference": kept.reference.name,
        **{key: value for key, value in _answer(answer).items() if key in ("rates", "field", "verdict", "edits")},
        "same_reads": kept.expectation.met,
        "first_difference": kept.expectation.first_difference,
        "others": [{"node": name, "rate": rate} for name, rate in kept.others],
    }


def _network(changing: Changing) -> dict[str, Any]:
    """The network as it is, for those who check the answer."""
    network: Network = changing.analysis.output.network
    return {
        "dims": network.dims,
        "output": network.outputs[0],
        "nodes": [
            {"name": node.name, "inputs": node.inputs, "reads": [_read(read) for read in node.reads]}
            for node in network.nodes
        ],
    }


def _read(read: Read) -> object:
    if not isinstance(read, Window) or read.known_padding is None:
        return type(read).__name__
    return [read.kernel, read.stride, read.dilation, *read.known_padding]

"""What ``suggest`` and ``repair`` found, as plain data for JSON. Keys are a contract with scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rfscope.design.answer import Answer
from rfscope.design.axes import PerAxis
from rfscope.design.certificate import Certificate
from rfscope.design.kernels import weights
from rfscope.design.layers import Layers
from rfscope.design.repairs import Repaired
from rfscope.design.suggestion import Suggestion
from rfscope.text.as_json import SCHEMA_VERSION, TOOL

__all__ = ["repaired_data", "suggestion_data"]


def suggestion_data(found: Suggestion | PerAxis, verification: Any = None) -> dict[str, Any]:
    """Schedules for a wish, and the certificate; for a wish per axis, those along each.

    Args:
        found: What was found.
        verification: The record of a verification, if one was run.
    """
    if isinstance(found, PerAxis):
        own: dict[str, Any] = {
            "feasible": found.feasible,
            "rates": found.rates,
            "axes": [_suggestion(axis) for axis in found.axes],
        }
    else:
        own = _suggestion(found)
    return {"schema_version": SCHEMA_VERSION, "tool": TOOL, **own, "verification": verification}


def _suggestion(found: Suggestion) -> dict[str, Any]:
    wish, layers = found.wish, found.layers
    kernels = layers.written if wish.near is None else wish.kernels_in_order
    return {
        "wish": {**asdict(wish), "kernels": kernels, "layers": len(layers.written), "strides": _strides(layers)},
        "feasible": found.feasible,
        "bounds": {
            "field": [layers.narrowest, layers.widest],
            "step": layers.step,
            "layers": None if found.refusal is None else found.refusal.layers,
            "fields": None if found.refusal is None else found.refusal.fields,
        },
        "answers": [_answer(answer) for answer in found.answers],
        "front": None if found.front is None else [_answer(answer) for answer in found.front],
        "known": [_answer(answer) for answer in found.known],
        "beside": [_answer(answer) for answer in found.beside],
        "longer": None if found.longer is None else _answer(found.longer),
        "certificate": _certificate(found.certificate),
    }


def _strides(layers: Layers) -> tuple[int, ...]:
    return layers.strides or (1,) * len(layers.written)


def repaired_data(found: Sequence[tuple[str, Sequence[Repaired]]]) -> dict[str, Any]:
    """What schedules could be changed to, each by what it is called."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "schedules": [
            {
                "where": where,
                "choices": [
                    {
                        "kind": one.kind,
                        **_answer(one.answer),
                        "edits": [asdict(edit) for edit in one.edits],
                        "certificate": None if one.certificate is None else _certificate(one.certificate),
                    }
                    for one in choices
                ],
            }
            for where, choices in found
        ],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "rank": answer.rank,
        "rates": answer.rates,
        "kernels": answer.kernels,
        "strides": answer.strides or (1,) * len(answer.kernels),
        "field": answer.field,
        "verdict": answer.verdict,
        "isolated": answer.isolated,
        "first_common_input": answer.common,
        "gridding_index": answer.index,
        "step": answer.step,
        "paths": answer.paths,
        "max_rate": answer.max_rate,
        "weights": weights(answer.kernels, answer.dims),
        "width": answer.width,
        "m2": answer.m2,
        "m2_ok": answer.m2_ok,
        "sawtooth": answer.sawtooth,
        "front": answer.front,
        "distance": answer.distance,
        "known_as": answer.known_as,
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return asdict(certificate)

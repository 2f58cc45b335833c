"""An effective field as plain data for JSON."""

from __future__ import annotations

from typing import Any

from rfscope.measured.extent import PARTS
from rfscope.measured.field import EffectiveField, Extent
from rfscope.measured.moments import marginal, normalised
from rfscope.text.as_json import SCHEMA_VERSION, TOOL

__all__ = ["effective_data"]


def effective_data(found: EffectiveField) -> dict[str, Any]:
    """Everything known of an effective field; of its maps the marginals, each over its sum."""
    lines = {"e1": found.e1, "e2": found.e2, "counts": found.counts}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "name": found.name,
        "node": found.node,
        "at": list(found.at),
        "input": list(found.input),
        "samples": found.samples,
        "images": found.images or None,
        "noise": found.is_noise,
        "cotangent": found.cotangent,
        "seed": found.seed,
        "exact": None
        if found.frame is None or found.exact is None
        else {
            "start": [start for start, _ in found.frame],
            "size": [size for _, size in found.frame],
            "read": int(found.exact.sum()),
        },
        "centre": list(found.centre),
        "outside": {**found.outside._asdict(), "through": list(found.outside.through)},
        "extents": {name: _extent(extent) for name, extent in found.extents.items()},
        "gaussians": None
        if found.gaussians_known is None
        else [None if one is None else one._asdict() for one in found.gaussians_known],
        "grids": [grid._asdict() for grid in found.grids],
        "replknet": None if found.replknet is None else [square._asdict() for square in found.replknet],
        "counts_unknown": found.counts_unknown,
        "marginals": {
            name: None
            if values is None
            else [normalised(marginal(values, axis)).tolist() for axis in range(found.dims)]
            for name, values in lines.items()
        },
        "device": found.device,
        "dtype": found.dtype,
        "torch": found.torch,
        "batch": found.batch,
        "seconds": found.seconds,
    }


def _extent(extent: Extent) -> dict[str, Any]:
    sides = {f"{part:g}": side for part, side in zip(PARTS, extent.sides, strict=True)}
    return {**extent._asdict(), "std": list(extent.std), "sides": sides}

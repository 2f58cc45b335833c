"""The first line of the answer to ``suggest``: of what layers, how many schedules there are, and what was compared."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.design.kernels import weights
from rfscope.design.suggestion import Suggestion
from rfscope.wording import rates_text, size_text, unit

__all__ = ["headline", "layers_text"]


def layers_text(kernels: Sequence[int], dims: int, strides: Sequence[int] = ()) -> str:
    """Layers by number, kernel and stride.

    Example:
        >>> layers_text([3] * 5, 2), layers_text([3, 5], 2, [2, 1])
        ('5 layers of 3x3', '2 layers of kernels 3,5, layer 1 of stride 2')
    """
    return f"{_layers(kernels, dims)}{_strided(strides)}"


def _strided(strides: Sequence[int]) -> str:
    larger = [(number, stride) for number, stride in enumerate(strides, 1) if stride > 1]
    if len(larger) > 1 and len(set(strides)) == 1:
        return f", each of stride {strides[0]}"
    if len(larger) == 1:
        return ", layer {} of stride {}".format(*larger[0])
    return f", strides {','.join(map(str, strides))}" if larger else ""


def _layers(kernels: Sequence[int], dims: int) -> str:
    of = size_text([kernels[0]] * dims) if len(set(kernels)) == 1 else "kernels " + ",".join(map(str, kernels))
    return f"{len(kernels)} layer{'s' * (len(kernels) != 1)} of {of if dims > 1 or ',' in of else f'{of} taps'}"


def headline(found: Suggestion) -> str:
    """What was looked at, and how many of which there are."""
    wish = found.wish
    layers = layers_text(found.layers.written, wish.dims, found.layers.strides)
    if wish.near is not None:
        return f"The nearest to {rates_text(wish.near)} without holes has field {found.field} in {layers}."
    chosen = "" if not wish.among else f", the fewest weights ({weights(found.layers.written, wish.dims)})"
    return f"Field {found.field} in {layers}{chosen}: {_compared(found) if found.answers else _none(found)}"


def _compared(found: Suggestion) -> str:
    proof = found.certificate
    if proof.method == "drawn":
        return f"there are too many schedules to count; {proof.examined:,} were drawn and compared."
    many = proof.candidates or 0
    if proof.claim == "best-found":
        return f"{_without_holes(found)}; {proof.examined:,} drawn at random were compared."
    if found.layers.strides:
        return f"{_without_holes(found)}; all that skip nothing behind a stride were compared."
    return "one schedule has no holes." if many == 1 else f"{_without_holes(found)}; all were compared."


def _none(found: Suggestion) -> str:
    proof, strided = found.certificate, bool(found.layers.strides)
    which = "skips nothing behind a stride" if strided else "keeps M_2 to the kernel"
    if proof.method == "drawn":
        return f"there are too many schedules to count; of {proof.examined:,} that were drawn none {which}."
    if proof.claim == "best-found":
        return f"{_without_holes(found)}; of {proof.examined:,} drawn at random none {which}."
    if not strided:
        return f"none of {proof.candidates or 0:,} schedules without holes {which}."
    other = " --at-least and --at-most look for another field." if found.wish.how == "exactly" else ""
    each = "it" if proof.candidates == 1 else "each"
    behind = f"but {each} skips positions of a map behind a stride that dilated layers read"
    return f"{_without_holes(found)}, {behind}.{other}"


def _without_holes(found: Suggestion) -> str:
    many = found.certificate.candidates or 0
    one = many == 1
    if found.layers.strides:
        return f"{many:,} schedule{'s' * (not one)} read{'s' * one} all {unit(found.wish.dims)}"
    return f"{many:,} schedule{'s' * (not one)} ha{'s' if one else 've'} no holes"

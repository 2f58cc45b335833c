"""Which dilation rates to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, overload

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from rfscope.design.axes import PerAxis
    from rfscope.design.inside.answer import InsideSuggestion
    from rfscope.design.repairs import Repaired
    from rfscope.design.suggestion import Suggestion

__all__ = ["repair", "suggest"]


@overload
def suggest(
    *,
    field: int | None = None,
    at_least: bool = ...,
    at_most: bool = ...,
    layers: int | None = ...,
    kernel: int | Sequence[int] = ...,
    kernels: Sequence[int] = ...,
    stride: int | Sequence[int] = ...,
    dims: int | None = ...,
    causal: bool = ...,
    near: Sequence[int] | None = ...,
    max_rate: int | None = ...,
    input: Sequence[int] | None = ...,
    sawtooth: int | None = ...,
    hdc: bool = ...,
    rank: Sequence[str] = ...,
    prefer: Literal["wide", "near"] | None = ...,
    top: int = ...,
) -> Suggestion: ...


@overload
def suggest(
    *,
    field: Sequence[int],
    at_least: bool = ...,
    at_most: bool = ...,
    layers: int | None = ...,
    kernel: int | Sequence[int] = ...,
    kernels: Sequence[int] = ...,
    stride: int | Sequence[int] = ...,
    dims: int | None = ...,
    causal: bool = ...,
    near: Sequence[int] | None = ...,
    max_rate: int | None = ...,
    input: Sequence[int] | None = ...,
    sawtooth: int | None = ...,
    hdc: bool = ...,
    rank: Sequence[str] = ...,
    prefer: Literal["wide", "near"] | None = ...,
    top: int = ...,
) -> PerAxis: ...


@overload
def suggest(
    target: Target | Numbers,
    *,
    change: str | Sequence[str] = ...,
    field: int | None = ...,
    at_least: bool = ...,
    at_most: bool = ...,
    max_rate: int | None = ...,
    input: Sequence[int] | None = ...,
    rank: Sequence[str] = ...,
    top: int = ...,
    keep_order: bool = ...,
    same_rate_in: str | Sequence[str] = ...,
    pattern: int | None = ...,
    keep_reads: Target | Numbers | None = ...,
) -> InsideSuggestion: ...


def suggest(
    target: Target | Numbers | None = None,
    *,
    change: str | Sequence[str] = (),
    field: int | Sequence[int] | None = None,
    at_least: bool = False,
    at_most: bool = False,
    layers: int | None = None,
    kernel: int | Sequence[int] = 3,
    kernels: Sequence[int] = (),
    stride: int | Sequence[int] = (),
    dims: int | None = None,
    causal: bool = False,
    near: Sequence[int] | None = None,
    max_rate: int | None = None,
    input: Sequence[int] | None = None,
    sawtooth: int | None = None,
    hdc: bool = False,
    rank: Sequence[str] = (),
    prefer: Literal["wide", "near"] | None = None,
    top: int = 5,
    keep_order: bool = False,
    same_rate_in: str | Sequence[str] = (),
    pattern: int | None = None,
    keep_reads: Target | Numbers | None = None,
) -> Suggestion | PerAxis | InsideSuggestion:
    """Find dilation rates with which layers see a wished field without holes, the best of all first.

    Args:
        target: A network some of whose layers may have other rates; a plain schedule is wished for if not given.
        change: Of a network: which layers or modules, such as ``"layer4.*.conv2"``.
        field: Receptive field along each axis: one number, or one per axis, which have rates of their own; may be
            left out with ``near``.
        at_least: Whether a larger field will do; the nearest possible is taken.
        at_most: Whether a smaller one will do.
        layers: How many layers; the fewest that do if not given.
        kernel: Taps, one number or one per layer.
        kernels: Taps to choose from in place of ``kernel``; the layers of the fewest weights are taken.
        stride: Stride, one number or one per layer; 1 if not given.
        dims: Spatial axes; as many as ``field`` has, or 2.
        causal: Whether no layer reads ahead; separate grids are then no fault.
        near: Rates to be changed as little as possible.
        max_rate: The largest rate.
        input: Size of the map that the layers run on; larger rates than half of it read padding only.
        sawtooth: After how many layers the rates begin again alike: 3 for 1,2,5,1,2,5.
        hdc: Whether the published M_2 <= K must hold.
        rank: What schedules are ranked by: isolated, index, step, paths, max_rate, wide, near.
        prefer: Whether use that reaches far ("wide") or stays near is better where the gridding index is the same.
        top: How many to give.
        keep_order: Of a network: whether a layer of larger rate stays one; equal rates may only rise.
        same_rate_in: Of a network: layers or modules; the layers that change in one of them have one rate.
        pattern: Of a network: the rates repeat after so many layers.
        keep_reads: Of a network: what pretrained weights come from; only rates with which they read the same.

    Returns:
        What was found; of a field per axis what was found along each.

    Raises:
        RfscopeError: The wish contradicts itself, or takes more than the limits allow, or a layer cannot be changed.

    Example:
        >>> found = suggest(field=65, layers=5)
        >>> found.answers[0].rates, found.certificate.candidates
        ((1, 3, 5, 8, 15), 108)
        >>> suggest(field=(17, 13)).rates
        ((1, 1), (3, 2), (4, 3))
        >>> found = suggest("zoo:resnet-v1c-50-d8", change="layer4.*.conv2", field=600, at_least=True)
        >>> found.answers[0].rates, found.field
        ((6, 7, 8), 607)
    """
    if target is not None:
        from rfscope.api.inside import of_network

        beside: dict[str, object] = {
            "layers": layers,
            "kernels": kernels,
            "stride": stride,
            "dims": dims,
            "causal": causal,
            "near": near,
        }
        beside |= {"sawtooth": sawtooth, "hdc": hdc, "prefer": prefer}
        return of_network(
            target,
            change,
            {"field": field, "at_least": at_least, "at_most": at_most, "input": input, **beside},
            reference=keep_reads,
            same_rate_in=same_rate_in,
            pattern=pattern,
            keep_order=keep_order,
            max_rate=max_rate,
            rank=tuple(rank),
            top=top,
        )
    from rfscope.design.axes import per_axis
    from rfscope.design.suggestion import suggest as answered
    from rfscope.design.wish import Wish

    if at_least and at_most:
        raise RfscopeError("--at-least and --at-most exclude each other", do="leave one out, or both")
    each = isinstance(field, Sequence)
    fields: list[int | None] = [*field] if isinstance(field, Sequence) else [field]
    axes = (len(fields) if each else 2) if dims is None else dims
    if each and len(fields) != axes:
        raise RfscopeError("bad field", where="the wish", got=list(fields), expected=f"one number, or {axes}")
    if input is not None and len(input) not in (1, axes):
        raise RfscopeError("bad input", where="the wish", got=list(input), expected=f"one number, or {axes}")
    wishes = [
        Wish(
            field=one,
            how="at-least" if at_least else "at-most" if at_most else "exactly",
            layers=layers,
            kernels=(kernel,) if isinstance(kernel, int) else tuple(kernel),
            among=tuple(kernels),
            max_rate=_largest(max_rate, None if input is None else input[axis % len(input) :][:1] if each else input),
            sawtooth=sawtooth,
            hdc=hdc,
            rank=tuple(rank),
            prefer=prefer,
            top=top,
            dims=axes,
            causal=causal,
            near=None if near is None else tuple(near),
            strides=(stride,) if isinstance(stride, int) else tuple(stride) or (1,),
        )
        for axis, one in enumerate(fields)
    ]
    return per_axis(wishes) if each else answered(wishes[0])


def _largest(max_rate: int | None, input: Sequence[int] | None) -> int | None:
    """The largest rate: as wished, or the largest of which a tap beside the middle one falls on the map."""
    if max_rate is not None or not input:
        return max_rate
    return max(1, (min(input) - 1) // 2)


def repair(
    target: Target | Numbers, *, lower_only: bool = False, raise_only: bool = False, keep_field: bool = False
) -> tuple[tuple[str, tuple[Repaired, ...]], ...]:
    """Find the nearest schedules without holes, and what else the dilated layers could be changed to.

    Args:
        target: A target or its analysis.
        lower_only: Leave out what raises a rate or adds a layer.
        raise_only: Leave out what lowers a rate.
        keep_field: Leave out what changes the field.

    Returns:
        Each schedule with dilation, by the name of the network and its layers: as it is, and what it could be.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> ((where, choices),) = repair("1,2,9")
        >>> [(one.kind, one.answer.rates) for one in choices[:2]]
        [('now', (1, 2, 9)), ('nearest', (1, 3, 9))]
    """
    from rfscope.design.edits import edits
    from rfscope.design.repairs import repaired

    analysis = analysis_of(target)
    found = []
    for schedule in analysis.schedules:
        if schedule.serial_runs:
            whole = schedule.is_all_of(analysis.network)
            where = analysis.name if whole else f"{analysis.name}, {schedule.nodes[0]} to {schedule.nodes[-1]}"
            dims, causal = analysis.network.dims, analysis.judgement.all_causal
            choices = repaired(
                schedule.taps,
                dims=dims,
                causal=causal,
                lower_only=lower_only,
                raise_only=raise_only,
                keep_field=keep_field,
            )
            written = (edits(analysis.network, schedule.piece, one.answer.taps) for one in choices)
            found.append((where, tuple(replace(one, edits=own) for one, own in zip(choices, written, strict=True))))
    return tuple(found)

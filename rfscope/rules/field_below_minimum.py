"""RFS201: a field smaller than was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import layer_text, only_axis
from rfscope.rules.base import Finding, Threshold, rule
from rfscope.wording import unit

__all__ = ["field_below_minimum"]


@rule(
    code="RFS201",
    name="field-below-minimum",
    level="error",
    thresholds=[Threshold("min_receptive_field", int, "Pixels that every output must see (RFS201)", least=1)],
)
def field_below_minimum(analysis: Analysis, *, min_receptive_field: int | None) -> Iterator[Finding]:
    """An output sees fewer pixels along an axis than ``min-receptive-field`` asks for.

    Off unless the minimum is set. Of several phases the one that sees least counts.

    Bad:
        min-receptive-field = 20
        1,2,5
    Good:
        min-receptive-field = 17
        1,2,5
    Source: the size of the receptive field, Araujo et al., Distill 2019.
    """
    for output in analysis.outputs if min_receptive_field is not None else ():
        sizes = {axis: field.size_min for axis, field in enumerate(output.axes) if field.size_min is not None}
        small = {axis: size for axis, size in sizes.items() if size < (min_receptive_field or 0)}
        many = unit(analysis.network.dims)
        if small:
            yield Finding(
                message=f"one output of {layer_text(output.node)} sees {min(small.values())} {many}, and "
                f"{min_receptive_field} are asked for",
                details="Nothing farther away can change it",
                help="add layers, strides or larger rates; rfscope analyze shows how far each layer sees",
                node=output.node,
                axis=only_axis(small, analysis),
            )

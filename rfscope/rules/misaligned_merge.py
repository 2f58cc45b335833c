"""RFS303: branches that look at different places."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.field import mean_center
from rfscope.exact.fields import AllGlobal
from rfscope.network.graph import INPUT, Node
from rfscope.rules.axes import only_axis
from rfscope.rules.base import Finding, rule

__all__ = ["misaligned_merge"]


@rule(code="RFS303", name="misaligned-merge", level="warning", key="inputs")
def misaligned_merge(analysis: Analysis) -> Iterator[Finding]:
    """The branches of a merge are centred half a step or more apart.

    What is added or concatenated then belongs to different places of the image. Even kernels padded on one side only,
    and transposed convolutions with the wrong crop, are the usual causes.

    Bad:
        [[layers]]
        op = "conv"
        name = "even"
        kernel = 2
        padding = "same"
        [[layers]]
        op = "add"
        inputs = ["even", "input"]
    Good:
        [[layers]]
        op = "conv"
        name = "odd"
        kernel = 3
        padding = "same"
        [[layers]]
        op = "add"
        inputs = ["odd", "input"]
    Source: Araujo et al., "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
    """
    for node in analysis.network.nodes:
        apart = [axis for axis in range(analysis.network.dims) if _newly_apart(analysis, node, axis)]
        if apart:
            yield Finding(
                message=f"the inputs of {node.name} are centred half a step or more apart"
                f"{_centers(analysis, node, apart[0])}: what it joins belongs to different places of the image",
                help="pad the branches so that they are centred alike",
                node=node.name,
                axis=only_axis(apart, analysis),
            )


def _newly_apart(analysis: Analysis, node: Node, axis: int) -> bool:
    """Whether a merge is misaligned though nothing before it is."""
    seen = analysis.fields[node.name]
    if isinstance(seen, AllGlobal) or seen[axis].aligned:
        return False
    before = [analysis.fields[name] for name in node.inputs if name != INPUT]
    return all(isinstance(one, AllGlobal) or one[axis].aligned for one in before)


def _centers(analysis: Analysis, node: Node, axis: int) -> str:
    """How far from where it stands each input looks, if all are described on one grid."""
    fields = [seen[axis] for name in node.inputs if not isinstance(seen := analysis.fields[name], AllGlobal)]
    centers = [mean_center(field) for field in fields]
    if len({field.stride for field in fields}) > 1:
        return ""
    return (
        f", at {', '.join(f'{float(center):g}' for center in centers if center is not None)} pixels from their places"
    )

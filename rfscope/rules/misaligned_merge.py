"""RFS303: branches that look at different places."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rfscope.exact.analysis import Analysis
from rfscope.exact.field import Field, mean_center
from rfscope.exact.fields import AllGlobal
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Read, Window
from rfscope.rules.axes import layer_text, only_axis
from rfscope.rules.base import Finding, rule
from rfscope.wording import unit

__all__ = ["misaligned_merge"]


@rule(code="RFS303", name="misaligned-merge", level="warning", key="inputs")
def misaligned_merge(analysis: Analysis) -> Iterator[Finding]:
    """The branches of a merge are centred half a step or more apart.

    What is added or concatenated then belongs to different places of the input. Even kernels padded on one side only,
    and transposed convolutions with the wrong crop, are the usual causes. Branches that are off-centre because they are
    padded to be causal, so that all of them end where the output stands, are meant so.

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
                message=f"the inputs of {layer_text(node.name)} are centred half a step or more apart"
                f"{_centers(analysis, node, apart[0])}",
                details="What it joins belongs to different places of the input",
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
    apart = all(isinstance(one, AllGlobal) or one[axis].aligned for one in before)
    return apart and not _causal(analysis, node, axis)


def _causal(analysis: Analysis, node: Node, axis: int) -> bool:
    """Whether all inputs of a merge end at one place, in a network in time or along an axis padded like time."""
    fields = [seen[axis] for name in node.inputs if not isinstance(seen := analysis.fields[name], AllGlobal)]
    ends = {_mean_end(field) for field in fields}
    if len(ends) > 1 or None in ends:
        return False
    return analysis.network.dims == 1 or any(_padded_before(other.reads[axis]) for other in analysis.network.nodes)


def _mean_end(field: Field) -> Fraction | None:
    """How far ahead of its place the last position lies that an output reads, averaged over the phases."""
    ends = [
        phase.start + phase.size - output * field.stride
        for output, phase in enumerate(field.phases)
        if phase.size and phase.start is not None
    ]
    return sum(ends, Fraction(0)) / len(ends) if ends else None


def _padded_before(read: Read) -> bool:
    """Whether a kernel of three taps or more has all its padding before: along an axis of images none has."""
    return isinstance(read, Window) and read.kernel > 2 and read.known_padding == (read.extent - 1, 0)


def _centers(analysis: Analysis, node: Node, axis: int) -> str:
    """How far from where it stands each input looks, if all are described on one grid."""
    fields = [seen[axis] for name in node.inputs if not isinstance(seen := analysis.fields[name], AllGlobal)]
    centers = [mean_center(field) for field in fields]
    if len({field.stride for field in fields}) > 1:
        return ""
    places = ", ".join(f"{float(center):g}" for center in centers if center is not None)
    return f" ({places} {unit(analysis.network.dims)} from their places)"

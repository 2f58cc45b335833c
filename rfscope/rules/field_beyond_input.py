"""RFS202: layers that see more than there is."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal
from rfscope.network.graph import INPUT, Node
from rfscope.rules.base import Finding, rule
from rfscope.wording import first_few, size_text

__all__ = ["field_beyond_input"]


@rule(code="RFS202", name="field-beyond-input", level="info")
def field_beyond_input(analysis: Analysis) -> Iterator[Finding]:
    """Layers that read maps whose field already exceeds the image along every axis: they add no context.

    Needs an input size. Such layers can still compute, but they cannot see anything new; networks cut off there are
    often as good (Richter et al. 2021).

    Bad:
        input = [8, 8]
        [[layers]]
        op = "conv"
        kernel = 3
        padding = "same"
        repeat = 6
    Good:
        input = [64, 64]
        [[layers]]
        op = "conv"
        kernel = 3
        padding = "same"
        repeat = 6
    Source: Richter et al., "Should You Go Deeper? Optimizing Convolutional Neural Network Architectures without
    Training", ICMLA 2021.
    """
    image = analysis.network.input
    beyond = [
        node.name for node in analysis.network.nodes if image and node.taps > 1 and _exceeds(analysis, node, image)
    ]
    if image and beyond:
        yield Finding(
            message=f"the field exceeds the input of {size_text(image)} before {first_few(beyond, 2)}",
            details=f"Layers that can compute, and add no context: {first_few(beyond, 20)}",
            help="a shallower network sees as much; or use a larger input",
            node=beyond[0],
        )


def _exceeds(analysis: Analysis, node: Node, image: tuple[int, ...]) -> bool:
    """Whether what a node reads has a field larger than the image along every axis."""
    for name in node.inputs:
        seen = analysis.fields.get(name, AllGlobal(()))
        if name == INPUT or isinstance(seen, AllGlobal):
            return False
        if not all(
            field.size_min is not None and field.size_min > size for field, size in zip(seen, image, strict=True)
        ):
            return False
    return True

"""RFS903: an ignore that ignores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, Suppression, rule
from rfscope.wording import first_few

__all__ = ["unused_suppression"]


@rule(code="RFS903", name="unused-suppression", level="warning")
def unused_suppression(analysis: Analysis, *, unused: Sequence[Suppression] = ()) -> Iterator[Finding]:
    """A comment in a spec asks to ignore a finding that is not there.

    The layer was mended, the comment stands on no layer's line, or it names no rule. Left in place it would hide the
    next finding of that rule on that layer, which nobody has looked at. A comment belongs to the layer on whose lines
    it stands; one on a line of its own belongs to the next line that says something.

    Bad:
        [[layers]]
        op = "conv"
        kernel = 3
        dilation = 1  # rfscope: ignore[RFS101] left from when the rate was 2
    Good:
        [[layers]]
        op = "conv"
        kernel = 3
        dilation = 2  # rfscope: ignore[RFS101] the layers before it are not in this file
    Source: the habit of linters; the comments are rfscope's own.
    """
    nodes = analysis.network.nodes if unused else ()
    first_on = {node.origin.row: node.name for node in reversed(nodes) if node.origin and node.origin.row}
    for comment in unused:
        layer = first_on.get(comment.layer) if comment.layer else None
        yield Finding(
            message=_said(comment, layer),
            details="" if layer is None or comment.instead else "Left here, the comment would hide the next one unseen",
            help=_advice(comment),
            node=layer or nodes[0].name,
            origin=comment.origin,
        )


def _advice(comment: Suppression) -> str:
    if comment.instead is not None:
        return comment.instead
    if comment.partly:
        return f"remove {comment.rules[0][:60]} from the comment"
    return "remove it" if comment.rules else "name the rules, as in: # rfscope: ignore[RFS101] reason"


def _said(comment: Suppression, layer: str | None) -> str:
    if not comment.rules:
        return "this ignore names no rule, and so ignores nothing"
    named = first_few([word[:60] for word in comment.rules], most=8)
    if comment.instead is not None:
        return f"there is no rule {comment.rules[0][:60]!r}, so this ignore of it ignores nothing"
    if layer is None:
        return f"this ignore of {named} stands on no layer's line, and so ignores nothing"
    return f"{layer_text(layer)} has no finding of {named} to be ignored"

"""Comments in specs that suppress findings: ``# rfscope: ignore[RFS101] reason`` on a line of the layer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rfscope.errors import RfscopeError, clean
from rfscope.linting.selection import as_prefix
from rfscope.linting.sources import Source
from rfscope.network.graph import Network, Origin
from rfscope.readers.spec import comments
from rfscope.readers.spec_document import Comment
from rfscope.rules import Finding, Rule, Suppression

__all__ = ["split", "suppressions"]

_IGNORE = re.compile(r"#\s*rfscope:\s*ignore\b\s*(?:\[(?P<rules>[^\]]*)\])?:?\s*(?P<reason>.*)")


def suppressions(source: Source | None, network: Network) -> tuple[Suppression, ...]:
    """The comments of a spec that suppress findings, each with the layer on whose lines it stands.

    The lines of a layer go from its own to the one before the next layer's. A comment that has its line to itself
    belongs to the next line that says something. JSON has no comments.
    """
    if source is None or "rfscope:" not in source.text:
        return ()
    return tuple(_read(source, network))


def _read(source: Source, network: Network) -> Iterator[Suppression]:
    places = {node.origin.row: node.origin for node in network.nodes if node.origin and node.origin.row}
    rows = sorted(row for row in places if row)
    lines = source.lines
    for comment in comments(source.text, source.format):
        found = _IGNORE.match(comment.text)
        if found:
            row = _about(comment, lines)
            before = bisect_right(rows, row) if row else 0
            layer = rows[before - 1] if before else None
            if layer and row and before == len(rows) and _outdented(lines[row - 1], row, places[layer]):
                layer = None
            yield Suppression(
                rules=tuple(word for part in (found["rules"] or "").split(",") if (word := clean(part.strip()))),
                reason=clean(found["reason"].strip()),
                origin=Origin(file=places[rows[0]].file if rows else "", row=comment.row, column=comment.column),
                layer=layer,
            )


def _about(comment: Comment, lines: Sequence[str]) -> int | None:
    """The row that a comment is about: its own, or the next one that says something; None behind the last of them."""
    if not comment.alone:
        return comment.row
    behind = range(comment.row + 1, len(lines) + 1)
    return next((row for row in behind if lines[row - 1].strip()[:1] not in ("", "#")), None)


def _outdented(line: str, row: int, layer: Origin) -> bool:
    """Whether a line behind the last layer's own stands further left, where YAML has left the list of layers."""
    return row != layer.row and len(line) - len(line.lstrip()) + 1 < (layer.column or 1)


def split(
    findings: Sequence[Finding], comments: Sequence[Suppression], rules: Sequence[Rule]
) -> tuple[list[Finding], list[Suppression]]:
    """Part findings from those that comments suppress.

    Args:
        findings: What was found.
        comments: The comments.
        rules: The rules that were applied; of any other it is not known whether a comment has a use.

    Returns:
        The findings that are left, and what of the comments suppresses none of them.
    """
    unused: list[Suppression] = []
    gone: set[int] = set()
    by_row: dict[int | None, list[int]] = {}
    for at, finding in enumerate(findings):
        by_row.setdefault(finding.origin.row if finding.origin else None, []).append(at)
    for comment in comments:
        idle = []
        for word in comment.rules:
            prefix = _prefix(word)
            here = by_row.get(comment.layer, []) if comment.layer and prefix else []
            hit = {at for at in here if findings[at].code.startswith(prefix or "")}
            gone |= hit
            told = any(code.startswith(prefix or "") for at in here for code in findings[at].folded)
            if not hit and not told and (prefix is None or any(rule.code.startswith(prefix) for rule in rules)):
                idle.append(word)
        if idle or not comment.rules:
            unused.append(replace(comment, rules=tuple(idle)))
    return [one for at, one in enumerate(findings) if at not in gone], unused


def _prefix(word: str) -> str | None:
    """The prefix of codes that a word in a comment means; None if it means no rule."""
    try:
        return as_prefix(word)
    except RfscopeError:
        return None

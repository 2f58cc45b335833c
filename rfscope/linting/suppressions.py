"""Comments in specs that suppress findings: ``# rfscope: ignore[RFS101] reason`` on a line of the layer."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rfscope.errors import clean
from rfscope.linting.selection import prefix_of
from rfscope.network.graph import Network, Origin
from rfscope.network.source import Source
from rfscope.rules import Finding, Rule, Suppression, unknown_rule

__all__ = ["split", "suppressions"]

_OURS = r"\#\s*rfscope:\s*ignore\b"
_IGNORE = re.compile(
    rf"{_OURS}\s*(?:\[(?P<rules>(?:(?!{_OURS})[^]])*)\])?:?\s*(?P<reason>(?:(?!{_OURS}).)*)", re.IGNORECASE | re.DOTALL
)
"""May stand behind the comments of other tools, and behind another of its kind."""


def suppressions(source: Source | None, network: Network) -> tuple[Suppression, ...]:
    """The comments of a spec that suppress findings, each with the layer on whose lines it stands.

    The lines of a layer go from its own to the one before the next layer's. A comment that has its line to itself
    belongs to the next line that says something. JSON has no comments.
    """
    if source is None or "rfscope:" not in source.text.lower():
        return ()
    return tuple(_read(source, network))


def _read(source: Source, network: Network) -> Iterator[Suppression]:
    places = {node.origin.row: node.origin for node in network.nodes if node.origin and node.origin.row}
    rows = sorted(row for row in places if row)
    file = next((node.origin.file for node in network.nodes if node.origin), "")
    spoken = _spoken(source.lines)
    for comment in source.comments:
        for found in _IGNORE.finditer(comment.text):
            row = spoken[comment.row] if comment.alone else comment.row
            before = bisect_right(rows, row) if row else 0
            layer = rows[before - 1] if before else None
            if layer and row and before == len(rows) and _outdented(source.lines[row - 1], row, places[layer]):
                layer = None
            words = dict(_words(found))
            keys = {clean(word): (comment.row, comment.column + at) for word, at in words.items()}
            yield Suppression(
                rules=tuple(keys),
                reason=clean(found["reason"].strip()),
                origin=Origin(file=file, row=comment.row, column=comment.column + found.start(), keys=keys),
                layer=layer,
            )


def _words(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    """The rules that a comment names, each with its place in the comment."""
    at = found.start("rules")
    for part in (found["rules"] or "").split(","):
        if word := part.strip():
            yield word, at + part.index(word)
        at += len(part) + 1


def _spoken(lines: Sequence[str]) -> list[int | None]:
    """For each row the next one behind it that says something; None where there is none."""
    found: list[int | None] = [None] * (len(lines) + 1)
    for row in range(len(lines), 0, -1):
        found[row - 1] = found[row] if lines[row - 1].strip()[:1] in ("", "#") else row
    return found


def _outdented(line: str, row: int, layer: Origin) -> bool:
    """Whether a line behind the last layer stands further left, so that it is outside YAML's list of layers."""
    return row != layer.row and len(line) - len(line.lstrip()) + 1 < (layer.column or 1)


def split(
    findings: Sequence[Finding], comments: Sequence[Suppression], rules: Sequence[Rule], network: Network
) -> tuple[list[Finding], list[Suppression]]:
    """Part findings from those that comments suppress.

    Args:
        findings: What was found.
        comments: The comments.
        rules: The rules that were applied; of any other it is not known whether a comment has a use.
        network: The network that it was found in.

    Returns:
        The findings that are left, and what of the comments suppresses none of them: a comment as a whole, or where
        it has some use, each rule in it that has none.
    """
    rows = {node.name: node.origin.row for node in network.nodes if node.origin}
    found: defaultdict[int | None, set[str]] = defaultdict(set)
    folded: defaultdict[int | None, set[str]] = defaultdict(set)
    for finding in findings:
        found[rows.get(finding.node)].add(finding.code)
        folded[rows.get(finding.node)] |= set(finding.folded)
    gone: set[tuple[int, str]] = set()
    unused: list[Suppression] = []
    applied = {rule.code for rule in rules}
    prefixes = {word: prefix_of(word) for comment in comments for word in comment.rules}
    for comment in comments:
        layer = comment.layer
        if layer is not None:
            gone |= {(layer, code) for word in comment.rules for code in _meant(found[layer], prefixes[word])}
        here = set() if layer is None else found[layer] | folded[layer]
        unused += _idle(comment, here, applied, prefixes)
    return [finding for finding in findings if (rows.get(finding.node), finding.code) not in gone], unused


def _idle(
    comment: Suppression, found: set[str], applied: set[str], prefixes: Mapping[str, str | None]
) -> Iterator[Suppression]:
    """The words of a comment that suppress none of the codes found on its layer; each that is no rule by itself."""
    idle = [word for word in comment.rules if _meant(applied, prefixes[word]) and not _meant(found, prefixes[word])]
    if len(idle) == len(comment.rules):
        yield comment
        return
    for word in comment.rules:
        alone = replace(comment, rules=(word,), origin=comment.origin.at(word), partly=len(comment.rules) > 1)
        if prefixes[word] is None:
            yield replace(alone, instead=unknown_rule(word).do)
        elif word in idle:
            yield alone


def _meant(codes: set[str], prefix: str | None) -> set[str]:
    """The codes that a word in a comment means."""
    return set() if prefix is None else {code for code in codes if code.startswith(prefix)}

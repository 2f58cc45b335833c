"""What tells a finding from every other and stays the same when lines move: for platforms that track findings."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from rfscope.linting.run import Report

__all__ = ["fingerprints"]


def fingerprints(report: Report) -> list[str]:
    """A fingerprint for every finding: of its file, target, rule, layer, axis, and its number among equals."""
    so_far: Counter[str] = Counter()
    found = []
    for judgement, finding in report:
        parts = (judgement.file(finding), judgement.target, finding.code, finding.node, str(finding.axis))
        name = "\n".join(parts)
        so_far[name] += 1
        found.append(sha256(f"{name}\n{so_far[name]}".encode(errors="surrogatepass")).hexdigest())
    return found

"""Damaged specs are read or refused in one line."""

from __future__ import annotations

import subprocess
import sys

MUTANTS = 300


def test_mutants_are_read_or_refused() -> None:
    """In a process of its own, which ends where one takes too long; some of each format are read, and most refused."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.readers.spec_mutants", str(MUTANTS)],
        capture_output=True,
        text=True,
        timeout=200,
        check=True,
    )
    found = dict(part.split(": ") for part in done.stdout.split(", "))
    assert set(found) <= {f"{kind} {result}" for kind in ("toml", "yaml", "json") for result in ("read", "refused")}
    assert sum(map(int, found.values())) == MUTANTS
    assert sum(result.endswith("read") for result in found) >= 2

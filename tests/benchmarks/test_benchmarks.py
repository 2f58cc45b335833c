"""The benchmarks run, and what they compare is equal. How long it takes is not tested."""

from __future__ import annotations

import pytest

from tests.benchmarks import chains, graphs


def test_chains(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "DEEP", [1, 2, 5])
    monkeypatch.setattr(chains, "LONG", [1, 3, 9, 27])
    chains.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4


def test_graphs(capsys: pytest.CaptureFixture[str]) -> None:
    graphs.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4

"""The benchmarks run, and what they compare is equal. How long it takes is not tested."""

from __future__ import annotations

import pytest

from tests.benchmarks import chains, graphs, scaling


def test_chains(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "DEEP", [1, 2, 5])
    monkeypatch.setattr(chains, "LONG", [1, 3, 9, 27])
    chains.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4


def test_graphs(capsys: pytest.CaptureFixture[str]) -> None:
    graphs.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4


def test_torch_reader(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.benchmarks import torch_models, torch_reader

    monkeypatch.setattr(torch_models, "MODELS", {"U-Net": torch_models.UNet})
    monkeypatch.setattr(torch_models, "TARGET", "tests.benchmarks.torch_models:Merging --args {'width':4}")
    monkeypatch.setattr(torch_reader, "_process", lambda *_: None)
    torch_reader.main(rounds=1, size=32)
    assert capsys.readouterr().out.count("ratio") == 3


def test_scaling(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: job._replace(sizes=(9, 18), more=()) for name, job in list(scaling.JOBS.items())[::4]}
    monkeypatch.setattr(scaling, "JOBS", few)
    scaling.main()
    assert capsys.readouterr().out.count("exponent") == 2

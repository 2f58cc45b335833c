"""The benchmarks run, and what they compare is equal. How long it takes is not tested."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks import chains, graphs, inside, memory, pictures, scaling, schedules, tiles_and_streams


def test_chains(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "DEEP", [1, 2, 5])
    monkeypatch.setattr(chains, "LONG", [1, 3, 9, 27])
    chains.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4


def test_graphs(capsys: pytest.CaptureFixture[str]) -> None:
    graphs.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 4


def test_schedules(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "WISH", {"field": 65, "layers": 5})
    monkeypatch.setattr(schedules, "process", lambda *_: None)
    schedules.main(repeat=1, many=3_000)
    out = capsys.readouterr().out
    assert out.count("ratio") == 3
    assert "108 proved" in out


def test_tiles_and_streams(capsys: pytest.CaptureFixture[str]) -> None:
    tiles_and_streams.main(repeat=1)
    assert capsys.readouterr().out.count("ms (at most") == 2


def test_inside(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inside, "LARGEST", 3)
    inside.main(repeat=1)
    out = capsys.readouterr().out
    assert out.count("a second") == 2
    assert "190 candidates proved" in out


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
    monkeypatch.setattr(scaling, "PROCESSES", 1)
    scaling.main()
    assert capsys.readouterr().out.count("exponent") == 4


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "COMMANDS", {"plot heatmap": memory.COMMANDS["plot heatmap"]})
    monkeypatch.setattr(memory, "LARGE", {"u-in-u": memory.LARGE["u-in-u"]})
    assert memory.main()
    out = capsys.readouterr().out
    assert "over the limit 'map-bytes'" in out
    assert out.endswith("None above 1 GB.\n")


def test_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    pictures.main(repeat=1)
    assert capsys.readouterr().out.count("ratio") == 1

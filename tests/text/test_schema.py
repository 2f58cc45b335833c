"""What analyze --json writes is what its schema says, and the schema says something."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

import rfscope as rf
from rfscope.cli import run
from rfscope.readers.spec import read_spec
from rfscope.text.as_json import analysis_data, dump
from rfscope.text.schema import analysis_schema, stream_schema, tile_schema
from rfscope.verification import verify
from tests.program import rfscope

EXAMPLES = Path(__file__).parents[2] / "examples"

TARGETS: dict[str, Any] = {
    "rates": {"target": "2,4,8"},
    "strides": {"target": "1,2,5", "stride": [1, 2, 1], "dims": 1},
    "a U-Net": {"target": str(EXAMPLES / "small-u-net.toml")},
    "a U-Net on an image": {"target": str(EXAMPLES / "small-u-net.toml"), "input": [32, 32]},
    "a published network": {"target": "zoo:deeplab-v1"},
    "global": {"target": "zoo:resnet-50"},
    "in time": {"target": "1,2,4", "dims": 1, "causal": True, "sample_rate": 24_000},
}


def written(**options: Any) -> Any:
    return json.loads(dump(analysis_data(rf.analyze(**options), counts=True)))


def closed(schema: Any) -> Any:
    """The schema without leave for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False, **parts} if "required" in parts else parts


def check(data: Any) -> None:
    """What is written fits, and has no key that the schema does not name."""
    Draft202012Validator(closed(analysis_schema())).validate(data)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(analysis_schema())
    answer = rfscope("schema", "analysis")
    assert (answer.code, json.loads(answer.out)) == (0, analysis_schema())


@pytest.mark.parametrize("shown", TARGETS)
def test_what_is_written_fits(shown: str) -> None:
    check(written(**TARGETS[shown]))


def test_unknown_and_verified_fit() -> None:
    spec = b"rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\n[[layers]]\nop = 'mystery'\n"
    analysis = rf.analyze(read_spec(spec, file="net.toml", allow_unknown=True).network)
    check(json.loads(dump(analysis_data(analysis))))
    check(json.loads(rfscope("analyze", "rates", "1,2,5", "--verify", "--json").out))


def test_a_verified_module_fits() -> None:
    import torch

    module = torch.nn.Sequential(torch.nn.Conv2d(1, 1, 3), torch.nn.Conv2d(1, 1, 3))
    analysis = rf.analyze(module, input=(16, 16))
    verification: Any = verify(analysis, module=module).record()
    data = json.loads(dump(analysis_data(analysis, verification=verification)))
    assert data["verification"]["module"]["equal"]
    check(data)


def test_an_unknown_key_is_no_fault_of_a_later_version() -> None:
    data = {**written(target="1,2,5"), "later": 1}
    Draft202012Validator(analysis_schema()).validate(data)
    with pytest.raises(ValidationError, match="later"):
        check(data)


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (("schema_version",), 2),
        (("outputs", 0, "axes", 0, "size"), "17"),
        (("outputs", 0, "coverage", "holes"), None),
        (("layers", 0, "padding", 0), [1]),
        (("schedules", 0, "rates"), [1.5]),
        (("schedules", 0, "runs", 0, "pyramid"), 0),
        (("schedules", 0, "safe_rates", 0), [1]),
        (("schedules", 0, "resolution"), 0.5),
        (("verdict",), "fine"),
        (("dims",), 4),
    ],
)
def test_what_is_wrong_does_not(keys: tuple[str | int, ...], wrong: object) -> None:
    data = written(target="2,4,8")
    place: Any = data
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = wrong
    with pytest.raises(ValidationError):
        Draft202012Validator(analysis_schema()).validate(data)


RECORDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a plan": (tile_schema, ("tile", "zoo:u-net", "--input", "1020", "--tile", "400")),
    "a refusal": (tile_schema, ("tile", "zoo:u-net", "--input", "1000", "--tile", "400")),
    "any image": (tile_schema, ("tile", "zoo:u-net")),
    "a stream": (stream_schema, ("stream", "1,2,4", "--chunk", "3", "--sample-rate", "8000", "--verify")),
}


@pytest.mark.parametrize("name", RECORDS)
def test_records_of_large_inputs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """They fit their schema to the last key, and with one key less they do not."""
    make, words = RECORDS[name]
    assert run([*words, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    schema = Draft202012Validator(closed(make()))
    schema.validate(record)
    with pytest.raises(ValidationError):
        schema.validate({key: value for key, value in record.items() if key not in ("exact", "causal")})

"""``rfscope lint``: the design rules, for people and for CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from rfscope.cli.options import Arguments, Dims, Input, Kernel, Targets, reading_of
from rfscope.cli.output import complain, write, write_file
from rfscope.errors import RfscopeError
from rfscope.linting.formats import FORMATS
from rfscope.linting.run import Judgement, judge, reaches
from rfscope.targets import Reading, examine

__all__ = ["register"]


class Format(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


class Least(StrEnum):
    """The level from which findings fail the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


OutputFormat = Annotated[Format, typer.Option("--output-format", help="How findings are written.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="File to write findings to, instead of stdout.")]
FailLevel = Annotated[Least, typer.Option("--fail-level", help="Level from which a finding makes the exit code 1.")]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even where there are findings.")]


MinField = Annotated[
    int | None, typer.Option("--min-receptive-field", min=1, help="Pixels that every output must see (RFS201).")
]
MaxLookahead = Annotated[
    int | None, typer.Option("--max-lookahead", min=0, help="Positions that a 1-D network may read ahead (RFS204).")
]
MaxIndex = Annotated[
    float, typer.Option("--max-gridding-index", min=0, max=1, help="Gridding index from which RFS105 warns.")
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("lint")(_lint)


def _lint(
    targets: Targets,
    kernel: Kernel = None,
    dims: Dims = None,
    input: Input = None,
    arguments: Arguments = None,
    causal: Annotated[bool, typer.Option("--causal", help="Lists of rates read nothing ahead.")] = False,
    min_receptive_field: MinField = None,
    max_lookahead: MaxLookahead = None,
    max_gridding_index: MaxIndex = 0.5,
    output_format: OutputFormat = Format.FULL,
    output: Output = None,
    fail_level: FailLevel = Least.ERROR,
    exit_zero: ExitZero = False,
) -> None:
    """Check dilation schedules against the design rules and the exact test."""
    options = {
        "min_receptive_field": min_receptive_field,
        "max_lookahead": max_lookahead,
        "max_gridding_index": max_gridding_index,
    }
    reading = reading_of(kernel, dims, input, arguments, causal=causal, allow_unknown=True)
    judgements, broken = _judge(targets, reading, options)
    text = FORMATS[output_format.value](judgements)
    if output is None:
        write(text)
    else:
        write_file(output, text.encode())
    if broken:
        raise typer.Exit(2)
    if reaches(judgements, fail_level.value) and not exit_zero:
        raise typer.Exit(1)


def _judge(targets: list[str], reading: Reading, options: Mapping[str, Any]) -> tuple[list[Judgement], bool]:
    """Judge every target; one that cannot be read does not hide the findings of the others."""
    judgements, broken = [], False
    for target in targets:
        try:
            judgements.append(judge(target, examine(target, reading), options))
        except RfscopeError as error:
            broken = True
            complain(str(error))
    return judgements, broken

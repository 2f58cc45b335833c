"""``rfscope lint``: the design rules, for people and for CI."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rfscope.cli.options import Arguments, Dims, Input, Kernel, arguments_of, sizes
from rfscope.cli.output import complain, in_colour, text_width, write, write_file
from rfscope.cli.progress import progress
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.linting.config import Config, find_config, read_config
from rfscope.linting.formats import STATISTICS, written
from rfscope.linting.many import Request, judge_all
from rfscope.linting.requests import Asked, requests
from rfscope.linting.run import Judgement, Report, reaches
from rfscope.linting.selection import as_prefix
from rfscope.linting.settings import Choice, Settings
from rfscope.linting.show import settings_text
from rfscope.linting.sources import Source, spec_source
from rfscope.readers.spec import read_spec
from rfscope.targets import Reading, examine, standard_input

__all__ = ["register"]


_COLOURS = {
    r"error\[RFS\d+\]": "1;31",
    r"warning\[RFS\d+\]": "1;33",
    r"info\[RFS\d+\]": "1;36",
    r" *\d* \| +\^+$": "32",
    r"  help:": "1",
}


class Format(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class Least(StrEnum):
    """The level from which findings fail the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="Rates, spec files, folders or globs of them, zoo:NAME, or - for a spec on stdin; without any, the "
        "networks of the configuration."
    ),
]
RuleList = list[str] | None
Select = Annotated[RuleList, typer.Option("--select", metavar="RULES", help="Rules to apply, instead of all.")]
Ignore = Annotated[RuleList, typer.Option("--ignore", metavar="RULES", help="Rules to leave out.")]
ExtendSelect = Annotated[RuleList, typer.Option("--extend-select", metavar="RULES", help="Rules to apply besides.")]
ExtendIgnore = Annotated[RuleList, typer.Option("--extend-ignore", metavar="RULES", help="Rules to leave out besides.")]
OutputFormat = Annotated[Format, typer.Option("--output-format", help="How findings are written.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="File to write findings to, instead of stdout.")]
FailLevel = Annotated[
    Least | None,
    typer.Option("--fail-level", help="Level from which a finding makes the exit code 1.", show_default="error"),
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even where there are findings.")]
Statistics = Annotated[bool, typer.Option("--statistics", help="Only count the findings of each rule.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="Configuration to read, instead of the nearest.")]
Isolated = Annotated[bool, typer.Option("--isolated", help="Read no configuration.")]
ShowSettings = Annotated[bool, typer.Option("--show-settings", help="Show the settings in force, and judge nothing.")]
AllowImport = Annotated[
    bool, typer.Option("--allow-import", help="Import modules that the configuration names, which runs their code.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=0, max=256, help="Processes to judge in; 0: one per CPU.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Show findings alone, not what was judged.")]
OnlySpecs = Annotated[
    bool, typer.Option("--only-specs", help="Pass over named files that are no specs, as in a folder.")
]
Causal = Annotated[bool, typer.Option("--causal", help="Lists of rates read nothing ahead.")]
MinField = Annotated[
    int | None, typer.Option("--min-receptive-field", min=1, help="Pixels that every output must see (RFS201).")
]
MaxLookahead = Annotated[
    int | None, typer.Option("--max-lookahead", min=0, help="Positions that a 1-D network may read ahead (RFS204).")
]
MaxIndex = Annotated[
    float | None,
    typer.Option(
        "--max-gridding-index",
        min=0,
        max=1,
        help="Gridding index above which RFS105 warns.",
        show_default="0.5",
    ),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("lint")(_lint)


def _lint(
    context: typer.Context,
    targets: Targets = None,
    kernel: Kernel = None,
    dims: Dims = None,
    input: Input = None,
    arguments: Arguments = None,
    causal: Causal = False,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: ExtendSelect = None,
    extend_ignore: ExtendIgnore = None,
    min_receptive_field: MinField = None,
    max_lookahead: MaxLookahead = None,
    max_gridding_index: MaxIndex = None,
    output_format: OutputFormat = Format.FULL,
    output: Output = None,
    fail_level: FailLevel = None,
    exit_zero: ExitZero = False,
    statistics: Statistics = False,
    config: ConfigFile = None,
    isolated: Isolated = False,
    show_settings: ShowSettings = False,
    allow_import: AllowImport = False,
    only_specs: OnlySpecs = False,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Judge networks by the design rules and the exact test."""
    thresholds = {
        "min_receptive_field": min_receptive_field,
        "max_lookahead": max_lookahead,
        "max_gridding_index": max_gridding_index,
    }
    reading = {
        "input": sizes(input, "--input"),
        "kernel": kernel,
        "dims": dims,
        "causal": causal or None,
        "args": arguments_of(arguments),
    }
    asked = Asked(
        targets=targets or (),
        choice=Choice(
            select=None if select is None else _rules(select, "--select"),
            ignore=None if ignore is None else dict.fromkeys(_rules(ignore, "--ignore"), ""),
            extend_select=_rules(extend_select or (), "--extend-select"),
            extend_ignore=dict.fromkeys(_rules(extend_ignore or (), "--extend-ignore"), ""),
            thresholds={name: value for name, value in thresholds.items() if value is not None},
        ),
        reading={name: value for name, value in reading.items() if value is not None},
        allow_import=allow_import,
        only_specs=only_specs,
    )
    if statistics and output_format.value not in STATISTICS:
        raise RfscopeError("no statistics in this format", got=output_format.value, expected=", ".join(STATISTICS))
    read = _configuration(config, isolated=isolated)
    least = fail_level.value if fail_level else read.fail_level or "error"
    if show_settings:
        write(settings_text(Settings().after(read.choice).after(asked.choice), least, read))
        return
    report = Report(
        judgements=_judged(list(requests(asked, read)), jobs), fail_level=least, brief=quiet, width=text_width()
    )
    text = written(report, output_format.value, statistics=statistics)
    if output is None:
        encoding = "utf-8" if output_format is Format.GITHUB else None  # its runner reads nothing else
        write(in_colour(context.obj, text, _COLOURS) if output_format is Format.FULL else text, encoding=encoding)
    else:
        write_file(output, text.encode())
    if any(judgement.failure is not None for judgement in report.judgements):
        raise typer.Exit(2)
    if reaches(report) and not exit_zero:
        raise typer.Exit(1)


def _rules(lists: Sequence[str], option: str) -> tuple[str, ...]:
    """The rules that an option names, separated by commas, as prefixes of codes."""
    return tuple(as_prefix(word, option) for words in lists for word in words.split(",") if word)


def _configuration(file: Path | None, *, isolated: bool) -> Config:
    if isolated and file:
        raise RfscopeError("--config and --isolated together", got=str(file), do="give one of them")
    found = None if isolated else file or find_config(Path.cwd())
    return read_config(found) if found else Config()


def _judged(asked: Sequence[Request], jobs: int) -> tuple[Judgement, ...]:
    """Judge every target; one that cannot be judged is complained of."""
    from os import cpu_count

    judgements = []
    with progress("judging") as show:
        for judgement in judge_all(asked, _read, jobs=jobs or cpu_count() or 1):
            judgements.append(judgement)
            show(len(judgements), len(asked))
    for judgement in judgements:
        if judgement.failure is not None:
            complain(judgement.failure)
    return tuple(judgements)


def _read(request: Request) -> tuple[Analysis, Source | None]:
    """Read and analyze a target."""
    given = dict(request.reading)
    arguments, size = given.pop("args", None), given.pop("input", None)
    reading = Reading(**given, arguments=arguments, input=size and tuple(size), allow_unknown=True)
    if request.target == "-":
        data = standard_input()
        source = spec_source(data, "standard input")
        network = read_spec(data, file="standard input", format=source.format, allow_unknown=True)
        return examine(network, reading), source
    return examine(request.target, reading), None

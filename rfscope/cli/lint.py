"""``rfscope lint``: the design rules, for people and for CI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rfscope.activity import doing
from rfscope.cli.completion import rules, targets
from rfscope.cli.options import KINDS, OF_TARGET
from rfscope.cli.output import complain, confirm, in_colour, text_width, write, write_file
from rfscope.cli.unfold import From, unfolded
from rfscope.errors import RfscopeError, clean
from rfscope.linting.config import Config, find_config, read_config
from rfscope.linting.formats import FORMATS, check_statistics, written
from rfscope.linting.many import Request, judge_all
from rfscope.linting.requests import Asked, Work, requests
from rfscope.linting.run import Report, TargetFindings, reaches
from rfscope.linting.selection import as_prefix
from rfscope.linting.settings import Settings
from rfscope.linting.show import settings_text
from rfscope.rules import THRESHOLDS
from rfscope.targets import Reading

__all__ = ["register"]


_COLOURS = {
    r"error\[RFS\d+\]": "1;31",
    r"warning\[RFS\d+\]": "1;33",
    r"info\[RFS\d+\]": "1;36",
    r" *\d* \| +\^+$": "32",
    r"  help:": "1",
}


if TYPE_CHECKING:
    FormatName = str
else:
    FormatName = Literal[tuple(FORMATS)]


class Least(StrEnum):
    """The level from which findings fail the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


LintTargets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TARGET...",
        help=f"Each of them {KINDS}, or a folder or glob of such files; without any, the networks of the "
        "configuration.",
        autocompletion=targets,
    ),
]
RuleList = list[str] | None
_RULES, _RUN, _OUT = "Which rules", "What is judged, and how", "What is written"


def _rule_option(name: str, says: str) -> Any:
    return typer.Option(f"--{name}", metavar="RULES", help=says, rich_help_panel=_RULES, autocompletion=rules)


def _switch(name: str, says: str, panel: str, *short: str) -> Any:
    return typer.Option(*short, f"--{name}", help=says, rich_help_panel=panel)


Select = Annotated[RuleList, _rule_option("select", "Rules to apply, instead of all, such as RFS1,holes.")]
Ignore = Annotated[RuleList, _rule_option("ignore", "Rules to leave out.")]
ExtendSelect = Annotated[RuleList, _rule_option("extend-select", "Further rules to apply.")]
ExtendIgnore = Annotated[RuleList, _rule_option("extend-ignore", "Further rules to leave out.")]
OutputFormat = Annotated[
    FormatName,
    typer.Option("--output-format", metavar="|".join(FORMATS), help="How findings are written.", rich_help_panel=_OUT),
]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="File to write findings to, instead of stdout.", rich_help_panel=_OUT
    ),
]
FailLevel = Annotated[
    Least | None,
    typer.Option(
        "--fail-level",
        metavar="error|warning|info",
        help="Level from which a finding makes the exit code 1; error if not given.",
        rich_help_panel=_RUN,
    ),
]
ExitZero = Annotated[bool, _switch("exit-zero", "Exit with 0 even where there are findings.", _RUN)]
Statistics = Annotated[bool, _switch("statistics", "Only count the findings of each rule.", _OUT)]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Configuration to read, instead of the nearest.", rich_help_panel=_RUN
    ),
]
Isolated = Annotated[bool, _switch("isolated", "Read no configuration.", _RUN)]
ShowSettings = Annotated[bool, _switch("show-settings", "Show the settings in force, and judge nothing.", _OUT)]
AllowImport = Annotated[
    bool, _switch("allow-import", "Import modules that the configuration names, which runs their code.", _RUN)
]
Jobs = Annotated[
    int,
    typer.Option(
        "--jobs", metavar="N", min=0, max=256, help="Processes to judge in; 0: one per CPU.", rich_help_panel=_RUN
    ),
]
Quiet = Annotated[bool, _switch("quiet", "Show findings alone, not what was judged.", _OUT, "-q")]
OnlySpecs = Annotated[bool, _switch("only-specs", "Pass over named files that are no specs, as in a folder.", _RUN)]
ShowFiles = Annotated[
    bool, _switch("show-files", "Show which files would be judged or passed over, and judge nothing.", _OUT)
]


def _set(**given: float | None) -> dict[str, float]:
    return {name: value for name, value in given.items() if value is not None}


def _threshold_options() -> Iterator[Parameter]:
    """The option of each threshold of a rule."""
    for threshold in THRESHOLDS:
        option = typer.Option(
            f"--{threshold.key}",
            min=threshold.least,
            max=threshold.most,
            metavar="N",
            help=f"{threshold.says}{'' if threshold.default is None else f'; {threshold.default} if not given'}.",
            rich_help_panel=_RULES,
        )
        yield Parameter(
            threshold.name,
            Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[threshold.kind | None, option],
        )


Given = Annotated[Reading, OF_TARGET.without("sample_rate", "allow_unknown")]
"""What a target leaves open: lint goes on behind unknown operations as it is, and its rules measure no time."""

Thresholds = Annotated[Mapping[str, float], From(_set, tuple(_threshold_options()))]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("lint")(unfolded(_lint))


def _lint(
    context: typer.Context,
    given: Given,
    thresholds: Thresholds,
    targets: LintTargets = None,
    select: Select = None,
    ignore: Ignore = None,
    extend_select: ExtendSelect = None,
    extend_ignore: ExtendIgnore = None,
    output_format: OutputFormat = "full",
    output: OutputFile = None,
    fail_level: FailLevel = None,
    exit_zero: ExitZero = False,
    statistics: Statistics = False,
    config: ConfigFile = None,
    isolated: Isolated = False,
    show_settings: ShowSettings = False,
    show_files: ShowFiles = False,
    allow_import: AllowImport = False,
    only_specs: OnlySpecs = False,
    jobs: Jobs = 1,
    quiet: Quiet = False,
) -> None:
    """Judge networks by the design rules and the exact test."""
    asked = Asked(
        targets=targets or (),
        settings=Settings(
            select=None if select is None else _rules(select, "--select"),
            ignore=None if ignore is None else dict.fromkeys(_rules(ignore, "--ignore"), ""),
            extend_select=_rules(extend_select or (), "--extend-select"),
            extend_ignore=dict.fromkeys(_rules(extend_ignore or (), "--extend-ignore"), ""),
            thresholds=thresholds,
        ),
        reading=given,
        allow_import=allow_import,
        only_specs=only_specs,
    )
    if statistics:
        check_statistics(output_format)
    read = _configuration(config, isolated=isolated)
    least = fail_level.value if fail_level else read.fail_level or "error"
    if show_settings:
        write(settings_text(read.settings.after(asked.settings), least, read))
        return
    work = requests(asked, read)
    if show_files:
        _show_files(work)
        return
    report = Report(
        judgements=_judged(work.requests, jobs),
        fail_level=least,
        brief=quiet,
        width=text_width(),
        passed_over=work.passed_over,
    )
    text = written(report, output_format, statistics=statistics)
    if output is None:
        encoding = "utf-8" if output_format == "github" else None  # its runner reads nothing else
        write(in_colour(context.obj, text, _COLOURS) if output_format == "full" else text, encoding=encoding)
    else:
        write_file(output, text.encode())
        if not quiet:
            confirm(output)
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
    try:
        found = None if isolated else file or find_config(Path.cwd())
    except FileNotFoundError:
        raise RfscopeError("the current folder is gone", do="change to one that exists, or add --isolated") from None
    return read_config(found) if found else Config()


def _judged(asked: Sequence[Request], jobs: int) -> tuple[TargetFindings, ...]:
    """Judge every target; one that cannot be judged is complained of."""
    import gc
    from os import cpu_count

    gc.freeze()  # what is loaded by now stays, and need not be looked through again and again
    judgements = []
    with doing("judging") as show:
        for judgement in judge_all(asked, jobs=jobs or cpu_count() or 1):
            judgements.append(judgement)
            show(len(judgements), len(asked))
    for judgement in judgements:
        if judgement.failure is not None:
            complain(judgement.failure)
    return tuple(judgements)


def _show_files(work: Work) -> None:
    """Write what would be judged, and what is passed over; complain of what cannot be read."""
    judged = [f"judged: {clean(request.target)}\n" for request in work.requests if request.refused is None]
    write("".join([*judged, *(f"passed over: {clean(name)}\n" for name in work.passed_over)]))
    refused = [request.refused for request in work.requests if request.refused is not None]
    for reason in refused:
        complain(reason)
    if refused:
        raise typer.Exit(2)

"""``rfscope survey``: the same facts of many schedules or networks, as a table."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.activity import doing
from rfscope.cli.completion import targets
from rfscope.cli.options import KINDS, Given, untimed
from rfscope.cli.output import complain, confirm, show
from rfscope.cli.unfold import unfolded
from rfscope.errors import RfscopeError, clean, shorten
from rfscope.readers.numbers import listed

if TYPE_CHECKING:
    from rfscope.surveying.run import Outcome

__all__ = ["register"]

_SPACE, _OUT, _RUN = "All schedules of some layers", "What is written", "How it is done"
_EVERY = 30
"""Seconds from one line of progress to the next where there is no terminal."""
_DIGITS = 9
_MOST = 100_000
"""Rates that a range may name."""

_RANGE = re.compile(r"([0-9]{1,9})\.\.([0-9]{1,9})")

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[TARGET...]",
        help=f"Each of them {KINDS}, or a folder or glob of such files.",
        autocompletion=targets,
    ),
]
FromFile = Annotated[
    Path | None, typer.Option("--from", metavar="FILE", help="File with targets, one a line; a # begins a comment.")
]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--models",
        metavar="GLOB",
        help="Models of an installed library, such as 'timm:resnet*' or 'torchvision:*', or a file with such lines. "
        "This runs the library's code, and loads no trained weights.",
    ),
]
Layers = Annotated[
    str | None,
    typer.Option("--layers", metavar="N", help="How many layers: 6, or 2..5.", rich_help_panel=_SPACE),
]
Rates = Annotated[
    str | None,
    typer.Option(
        "--rates", metavar="A..B", help="Rates that each layer may have: 1..10, or 1,2,4.", rich_help_panel=_SPACE
    ),
]
Sample = Annotated[
    int | None,
    typer.Option("--sample", metavar="N", min=1, help="Draw N at random, and give intervals.", rich_help_panel=_SPACE),
]
Seed = Annotated[int, typer.Option("--seed", metavar="S", min=0, help="Which sample it is.", rich_help_panel=_SPACE)]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Table to write: .csv, .jsonl or .parquet.", rich_help_panel=_OUT
    ),
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="A,B,...", help="What is said of each; 'help' lists it.", rich_help_panel=_OUT),
]
Verify = Annotated[
    bool,
    typer.Option("--verify", help="Run real convolutions in torch for each network.", rich_help_panel=_OUT),
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", metavar="N", min=0, max=256, help="Processes to use; 0: one per CPU.", rich_help_panel=_RUN),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Use the workers of a Dask cluster, such as tcp://10.0.0.1:8786.",
        rich_help_panel=_RUN,
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Go on with what was begun; try again what took too long.", rich_help_panel=_RUN),
]
Restart = Annotated[bool, typer.Option("--restart", help="Begin anew, whatever is there.", rich_help_panel=_RUN)]
Retry = Annotated[
    bool,
    typer.Option("--retry", help="With --resume: do networks again that had an error.", rich_help_panel=_RUN),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("survey", no_args_is_help=True)(unfolded(_survey))


def _survey(
    context: typer.Context,
    given: Given,
    networks: Targets = None,
    file: FromFile = None,
    models: Models = None,
    layers: Layers = None,
    rates: Rates = None,
    sample: Sample = None,
    seed: Seed = 0,
    output: Output = None,
    columns: Columns = None,
    verify: Verify = False,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    resume: Resume = False,
    restart: Restart = False,
    retry: Retry = False,
) -> None:
    """Say the same of many schedules or networks, in a table that a crash does not lose."""
    if columns == "help":
        show(context.obj, lambda _: _columns())
        return
    if resume and restart:
        raise RfscopeError("--resume and --restart exclude each other", do="leave one out")
    if output is None and (resume or restart or retry or scheduler):
        raise RfscopeError(
            "a survey that is not written", expected="a file", do="name one with -o, such as -o survey.csv"
        )
    from os import cpu_count

    from rfscope.api.surveys import surveyed

    untimed(given)
    if sample is not None:
        from rfscope.surveying.interval import interval

        interval(0, sample)  # what that needs is there, before anything is worked out

    with _told_of_interrupts(output), _progress() as tell:
        found = surveyed(
            [*(networks or ()), *_listed(file)],
            given,
            layers=None if layers is None else _range(layers, "--layers"),
            rates=None if rates is None else _range(rates, "--rates"),
            models=models or (),
            sample=sample,
            seed=seed,
            columns=None if columns is None else [word.strip() for word in columns.split(",")],
            verify=verify,
            out=output,
            jobs=jobs or cpu_count() or 1,
            scheduler=scheduler,
            resume=resume or retry,
            restart=restart,
            retry=retry,
            show=tell,
        )
        lines = list(found.lines(rows=output is None))
    show(context.obj, lambda _: lines)
    if (outcome := found.outcome) is not None:
        _told(outcome)
    if found.tally.get("no answer", 0) == len(found):
        raise typer.Exit(2)


def _told(outcome: Outcome) -> None:
    """Say what was written, and what is missing."""
    confirm(outcome.out, f"{outcome.rows:,} rows")
    for piece in outcome.lost:
        what = f"rows {piece.first} to {piece.stop - 1} were not judged: those that tried it died"
        complain(f"{what}; --resume tries them again")
    if outcome.again and not outcome.lost:
        complain(f"{outcome.again} of them took too long or died; --resume tries them again")
    if outcome.lost or outcome.again:
        raise typer.Exit(2)


def _range(text: str, option: str) -> tuple[int, ...]:
    """``2..5`` or a list of numbers."""
    ends = _RANGE.fullmatch(text.replace(" ", ""))
    if ends is None:
        numbers = listed(text)
        if numbers is None or any(len(number) > _DIGITS for number in numbers):
            raise RfscopeError(f"bad {option}", got=shorten(text), expected="whole numbers, such as 1..10 or 1,2,4")
        return tuple(map(int, numbers))
    low, high = map(int, ends.groups())
    if not low <= high < low + _MOST:
        raise RfscopeError(f"bad {option}", got=shorten(text), expected=f"a rising range of at most {_MOST:,} numbers")
    return tuple(range(low, high + 1))


def _listed(file: Path | None) -> list[str]:
    """The targets in a file."""
    if file is None:
        return []
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        got = getattr(error, "strerror", None) or "text that is not UTF-8"
        raise RfscopeError("cannot read the file", where=str(file), got=got) from None
    found = [line.partition(" #")[0].strip() for line in text.splitlines()]
    kept = [line for line in found if line and not line.startswith("#")]
    if not kept:
        raise RfscopeError("no targets in the file", where=str(file), expected="one a line")
    return kept


def _columns() -> Iterator[Any]:
    """What there are columns for."""
    from rich.table import Table

    from rfscope.surveying.columns import NETWORKS, SCHEDULES

    for title, known in (("Of schedules:", SCHEDULES), ("Of networks:", NETWORKS)):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for column in known:
            more = " (only where it is asked for)" if column.asked else ""
            table.add_row(f"  {column.name}", f"{column.says}{more}")
        yield from (title, table)


@contextmanager
def _told_of_interrupts(output: Path | None) -> Iterator[None]:
    """Say that nothing is lost where somebody stops it."""
    try:
        yield
    except KeyboardInterrupt:
        if output is not None:
            complain("interrupted: what is done is kept, --resume goes on with it")
        raise


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Say how far it is: on a terminal in a line that goes away, elsewhere in a line now and then."""
    began, last, first = monotonic(), monotonic(), -1
    quiet = sys.stderr is None or sys.stderr.isatty()
    with doing("surveying") as shown:

        def tell(done: int, total: int) -> None:
            nonlocal last, first
            shown(done, total)
            first = done if first < 0 else first
            now = monotonic()
            if quiet or now - last < _EVERY or not now > began:
                return
            last = now
            sys.stderr.write(clean(f"{done} of {total}{_pace(done - first, total - done, now - began)}") + "\n")
            sys.stderr.flush()

        yield tell


def _pace(done: int, left: int, seconds: float) -> str:
    """How fast it goes, and how long it will still take."""
    if done <= 0:
        return ""
    rate, more = done / seconds, left * seconds / done
    fast = (
        f"{rate:,.0f} a second"
        if rate >= 10
        else f"{rate:.1f} a second"
        if rate >= 0.1
        else f"{rate * 60:.1f} a minute"
    )
    slow = f"{more:.0f} s" if more < 120 else f"{more / 60:.0f} min" if more < 7200 else f"{more / 3600:.1f} h"
    return f", {fast}, {slow} left"

"""``rfscope report``: one file on networks, to pass on."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rfscope.activity import doing
from rfscope.cli.options import AllowImport, Device, Given, TargetArguments, Verify, examine_all
from rfscope.cli.unfold import unfolded
from rfscope.errors import OutputError
from rfscope.targets import module_of

__all__ = ["register"]

File = Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="File to write: .html.")]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("report", no_args_is_help=True)(unfolded(_report))


def _report(
    targets: TargetArguments,
    given: Given,
    page: File,
    verify: Verify = False,
    device: Device = "auto",
    allow_import: AllowImport = False,
) -> None:
    """Write a report on networks: one HTML file with findings, maps and tables, which loads nothing."""
    from rfscope.cli.output import confirm, write_file
    from rfscope.reporting import Chapter, report

    if page.suffix.lower() not in (".html", ".htm"):
        raise OutputError("a report is an HTML file", got=repr(page.name), do="end its name in .html")
    chapters = []
    for target, analysis in zip(targets, examine_all(targets, given), strict=True):
        verification = None
        if verify:
            from rfscope.verification import verify as verified

            with doing(f"verifying {analysis.name}") as show:
                module = module_of(target, given, allow_import=allow_import)
                verification = verified(analysis, module=module, device=device, progress=show)
        chapters.append(Chapter(analysis=analysis, verification=verification))
    with doing("writing the report"):
        text = report(chapters, command=shlex.join(["rfscope", *sys.argv[1:]]))
    data = text.encode()
    write_file(page, data)
    confirm(page, f"{len(data) / 1e6:.2f} MB")
    if any(one.verification is not None and not one.verification.equal for one in chapters):
        raise typer.Exit(1)

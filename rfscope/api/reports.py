"""A file on networks, to pass on."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from rfscope.errors import OutputError, TargetError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.targets import Target, analysis_of

__all__ = ["report"]


def report(*targets: Target | Numbers, file: str | PathLike[str] | None = None) -> str:
    """Write a report: one HTML file with verdicts, findings, maps and tables, which loads nothing.

    Args:
        targets: What it is on; each a target or its analysis.
        file: Where to write it; nowhere if not given.

    Returns:
        The HTML.

    Raises:
        RfscopeError: There is no target, one cannot be read or analyzed, or the file cannot be written.

    Example:
        >>> report("2,4,8", "1,2,5").count("<h2")
        3
    """
    from rfscope.reporting import Chapter
    from rfscope.reporting import report as written

    if not targets:
        raise TargetError("no target to report on", expected="one or more")
    text = written([Chapter(analysis=analysis_of(target)) for target in targets])
    if file is not None:
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError("cannot write the report", where=str(file), got=error.strerror or str(error)) from None
    return text

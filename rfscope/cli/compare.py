"""``rfscope compare``: the same facts of several networks side by side."""

from __future__ import annotations

import typer

from rfscope.cli.options import AsJson, Dims, Kernel, Targets, shape_of
from rfscope.errors import TargetError
from rfscope.exact.analysis import analyze
from rfscope.targets import resolve

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("compare")(_compare)


def _compare(
    context: typer.Context, targets: Targets, kernel: Kernel = None, dims: Dims = None, json: AsJson = False
) -> None:
    """Put two or more networks side by side."""
    if len(targets) < 2:
        raise TargetError("one target is nothing to compare", got=targets[0], expected="two or more targets")
    analyses = tuple(analyze(resolve(target, shape_of(kernel, dims))) for target in targets)
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import comparison_data, dump

        write(dump(comparison_data(analyses)))
    else:
        from rfscope.cli.output import show
        from rfscope.exact.summary import Comparison
        from rfscope.text.comparison import comparison

        show(context.obj, lambda console: comparison(Comparison(analyses), console))

"""The command line: one file a command, each reads, analyzes, shows and exits.

This file turns whatever happens into text on standard error and an exit code: 0 done, 1 findings, mismatches or
expectations not met, 2 could not do the job, 3 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from rfscope.cli.options import State, common
from rfscope.cli.output import complain, drop_output, fill_closed_streams
from rfscope.cli.usage import meant, usage_error
from rfscope.errors import RfscopeError

__all__ = ["main", "run"]

COMMANDS = ("analyze", "compare", "plot", "lint", "rule", "zoo", "schema")
"""Each is a module of this package with a function ``register(app, words)``; only those among the words are loaded."""


def main() -> None:
    """Run the program and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the program.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code.
    """
    fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a layer's name may not fit the terminal's encoding
    state = State()
    try:
        arguments = meant(arguments)
        code = _app(arguments)(list(arguments), prog_name="rfscope", standalone_mode=False, obj=state)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except SystemExit:  # typer's answer to a pipe that was closed while it wrote a help text
        drop_output()
        return 0
    except Exception as error:  # noqa: BLE001 - the one place that turns whatever happens into text and a code
        return _failure(error, state, arguments)
    return code if isinstance(code, int) else 0


def _app(arguments: Sequence[str]) -> typer.Typer:
    app = typer.Typer(
        add_completion=False,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Receptive fields, usage counts and the gridding effect of convolutional networks, exactly.",
    )
    app.callback()(common)
    named = [] if arguments[:1] in (["--help"], ["-h"]) else [name for name in COMMANDS if name in arguments]
    for name in named or COMMANDS:
        import_module(f"rfscope.cli.{name}").register(app, arguments)
    return app


def _failure(error: Exception, state: State, arguments: Sequence[str]) -> int:
    """Say what went wrong in one line, and return the exit code for it."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        return 130
    text = _explained(error, arguments)
    if text is not None:
        if text:  # typer has shown its help where nothing was asked for
            complain(text)
        return 2
    said = " ".join(str(error).split())
    complain(f"a bug in rfscope ({type(error).__name__}: {said}); please report it with what you typed")
    if state.traceback:
        import traceback

        traceback.print_exception(error)
    return 3


def _explained(error: Exception, arguments: Sequence[str]) -> str | None:
    """The message of an error that is not a bug of ours; None if it is one."""
    if isinstance(error, RfscopeError):
        return str(error)
    if isinstance(error, typer.TyperException):
        said = usage_error(error, arguments)
        return "" if said is None else str(said)
    if isinstance(error, FileNotFoundError) and _current_folder_is_gone():
        return "the current folder is gone; change to one that exists"
    if isinstance(error, OSError):
        drop_output()
        return f"cannot write the output: {error.strerror or error}"
    if isinstance(error, MemoryError):
        return "out of memory; lower a limit with --limit, or analyze a smaller network"
    return None


def _current_folder_is_gone() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not needed here
    except FileNotFoundError:
        return True
    return False

"""The command line: one file a command, each reads, analyzes, shows and exits.

This file turns whatever happens into text on standard error and an exit code: 0 done, 1 findings, mismatches or
expectations not met, 2 could not do the job, 3 a bug in rfscope, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.core import TyperCommand
from typer.models import CommandInfo

from rfscope.cli import completion
from rfscope.cli.output import complain, drop_output, fill_closed_streams
from rfscope.cli.program import COMMANDS, Command, Program, examples
from rfscope.cli.progress import shown
from rfscope.cli.state import State, common, with_common
from rfscope.errors import RfscopeError

__all__ = ["main", "run"]


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
        with shown():
            code = _program(arguments)(list(arguments), prog_name="rfscope", standalone_mode=False, obj=state)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:
        if completion.is_asked():  # the code says whether there is something to offer
            return end.code if isinstance(end.code, int) else 0
        drop_output()  # typer's answer to a pipe that was closed while it wrote a help text
        return 0
    except Exception as error:  # noqa: BLE001 - the one place that turns whatever happens into text and a code
        return _failure(error, state)
    return code if isinstance(code, int) else 0


def _program(arguments: Sequence[str]) -> typer.Typer:
    """The program with the commands among the words, or with all of them if none is."""
    if completion.is_asked():
        completion.without_colons()
        arguments = completion.typed()
    app = typer.Typer(
        cls=Program,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Begin with: rfscope analyze 2,4,8\nMore of a command, with examples: rfscope COMMAND --help",
    )
    app.callback()(common)
    named = [] if arguments[:1] in (["--help"], ["-h"]) else [name for name in COMMANDS if name in arguments]
    for name in named or COMMANDS:
        import_module(f"rfscope.cli.{name}").register(app, arguments)
        _complete(app, name)
    return app


def _complete(app: typer.Typer, name: str) -> None:
    """Give a command what all commands have: options, its place in the help, and examples."""
    entry = COMMANDS[name]
    for group in app.registered_groups:
        if group.name == name:
            group.rich_help_panel, group.epilog = entry.panel, examples(*entry.examples)
            for command in group.typer_instance.registered_commands if group.typer_instance else ():
                _take_all(command)
    for command in app.registered_commands:
        if command.name == name:
            command.rich_help_panel, command.epilog = entry.panel, examples(*entry.examples)
            _take_all(command)


def _take_all(command: CommandInfo) -> None:
    """Let a command take the options of every command, and read its words as ours are read."""
    command.cls = Command if command.cls is TyperCommand else command.cls
    if command.callback is not None:
        command.callback = with_common(command.callback)


def _failure(error: Exception, state: State) -> int:
    """Say what went wrong in one line, and return the exit code for it."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        return 130
    text = _explained(error)
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


def _explained(error: Exception) -> str | None:
    """The message of an error that is not a bug in rfscope; None if it is one."""
    if isinstance(error, RfscopeError):
        return str(error)
    if isinstance(error, typer.TyperException):  # a usage error
        from rfscope.cli.usage import usage_text

        return usage_text(error)
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

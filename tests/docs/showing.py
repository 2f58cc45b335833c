"""A page as it would be if all that it shows were written today."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.docs.generated import regenerated
from tests.docs.pages import ROOT, Block, blocks

_PLAYER = Path(__file__).with_name("player.py")
_KEPT = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
_COMMAND = re.compile(r"^\$ (?P<typed>.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_CHANGING = re.compile(
    r'(?<="seconds": )[0-9.e-]+|(?<= in )[0-9.]+ s(?=,)|(?<="torch": )"[^"]*"|(?<="device": )"[^"]*"'
    r"|Verified by real convolutions .*?all equal",
    re.DOTALL,
)
_TYPED_ONLY = re.compile(r"(\w+=\S+ )?(pip|git|pytest|ruff|mypy|bash|python|pre-commit|source|cd)\b")


class Step(NamedTuple):
    """Something to run, and where the page shows what it prints.

    Attributes:
        kind: ``"command"`` or ``"python"``, for the player.
        what: The words behind the program's name, or the code.
        pipes: What is done to the output before it is shown.
        shown: What the page shows now.
        start, stop: Where it shows it.
    """

    kind: str
    what: Any
    pipes: list[str]
    shown: str
    start: int
    stop: int


def rewritten(text: str, folder: Path) -> str:
    """The page with everything in it that is made by running something made anew, in a folder of its own."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    text = regenerated(text)
    for block in blocks(text):
        if block.file:
            (folder / block.file).write_text(block.body, encoding="utf-8")
    found = list(steps(text))
    for step, (code, printed) in reversed(list(zip(found, _played(found, folder), strict=True))):
        text = text[: step.start] + _shown(step, code, printed) + text[step.stop :]
    return text


def without_times(text: str) -> str:
    """A page without what changes from run to run and from machine to machine."""
    return _CHANGING.sub("...", text)


def steps(text: str) -> Iterator[Step]:
    """What a page runs, in its order."""
    every = blocks(text)
    for place, block in enumerate(every):
        following = every[place + 1] if place + 1 < len(every) else None
        if block.language == "console":
            yield from _commands(block)
        elif block.language == "python":
            start = stop = block.stop
            if following and text[block.stop : following.start] == "```\n\n```text\n":
                start, stop = following.start, following.stop
            yield Step("python", block.body, [], text[start:stop], start, stop)


def _commands(block: Block) -> Iterator[Step]:
    for one in _COMMAND.finditer(block.body):
        command, *pipes = one["typed"].split(" | ")
        if command.startswith("rfscope "):
            words = shlex.split(command)[1:]
            yield Step("command", words, pipes, one["shown"], block.start + one.start("shown"), block.start + one.end())
        else:
            assert _TYPED_ONLY.match(command), f"nothing runs: {command}"
            assert not one["shown"], f"nothing compares: {one['shown']}"


def _played(found: list[Step], folder: Path) -> list[tuple[int, str]]:
    """The exit code of each step, and what it printed."""
    if not found:
        return []
    done = subprocess.run(
        [sys.executable, "-P", str(_PLAYER)],
        input="".join(json.dumps([step.kind, step.what]) + "\n" for step in found),
        cwd=folder,
        env={**_KEPT, "PYTHONUTF8": "1", "COLUMNS": "80", "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(code, printed) for code, printed in map(json.loads, done.stdout.splitlines())]


def _shown(step: Step, code: int, printed: str) -> str:
    """What a page shows of what a step printed; an error only where the page shows one."""
    fine = (0,) if step.kind == "python" else (0, 1) if not step.shown.startswith("error: ") else (2,)
    assert code in fine, f"{step.what} ends with {code}: {printed}"
    for pipe in step.pipes:
        printed = _piped(pipe, printed)
    return "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def _piped(pipe: str, printed: str) -> str:
    """What a command behind ``|`` makes of an output; these are played here, for not every system has them."""
    if pipe == "python -m json.tool":
        return json.dumps(json.loads(printed), indent=4) + "\n"
    lines = re.fullmatch(r"(head|tail) -n (\d+)", pipe)
    assert lines, f"nothing plays: {pipe}"
    kept = printed.splitlines()
    return "\n".join(kept[: int(lines[2])] if lines[1] == "head" else kept[-int(lines[2]) :]) + "\n"

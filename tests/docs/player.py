"""Play the blocks of a page one after another in one process: JSON in, JSON out. This is run as a script.

A line of input is a step, ``["command", words]`` or ``["python", code]``; a line of output is what it left behind,
``[exit code, what it printed]``. All Python of a page has one namespace, as in a notebook, and tests in it are run.
"""

from __future__ import annotations

import io
import json
import sys
import traceback
import warnings
from contextlib import redirect_stderr, redirect_stdout
from typing import Any


def main() -> None:
    """Answer each step."""
    from rfscope.cli import run

    names: dict[str, Any] = {"__name__": "page"}
    for line in sys.stdin:
        kind, what = json.loads(line)
        screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)
        with redirect_stdout(screen), redirect_stderr(screen):
            code = run(what) if kind == "command" else _play(what, names)
        screen.flush()
        print(json.dumps([code, screen.buffer.getvalue().decode()]), flush=True)  # noqa: T201 - the answer


def _play(code: str, names: dict[str, Any]) -> int:
    """Run a block of Python, and the tests that it defines; 0 if all went well."""
    before = set(names)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            exec(compile(code, "page", "exec"), names)  # noqa: S102 - our own pages
            for name in sorted(set(names) - before):
                if name.startswith("test_"):
                    names[name]()
    except Exception:  # noqa: BLE001 - shown to whoever reads the test's failure
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main()

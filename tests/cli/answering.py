"""Run the program's commands one after another in one process: JSON in, JSON out. This is run as a script."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout


def main() -> None:
    """Answer a list of ``[folder, words]`` by a list of ``[code, output, errors]``."""
    from rfscope.cli import run

    answers = []
    for folder, words in json.load(sys.stdin):
        os.chdir(folder)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words)
        answers.append([code, out.getvalue(), err.getvalue()])
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main()

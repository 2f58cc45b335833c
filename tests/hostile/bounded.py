"""Run the program's commands one after another in one process whose time and memory are bounded: JSON in, JSON out.

This is run as a script, by another test. A process that is bounded so ends by a signal rather than by an error.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import sys
import time
from contextlib import redirect_stderr, redirect_stdout


def main() -> None:
    """Answer each line, ``[folder, words, seconds]``, by ``[code, errors, seconds, memory]``, the latter if it grew."""
    blocked, memory = sys.argv[1], int(sys.argv[2])
    if blocked:
        sys.modules[blocked] = None  # type: ignore[assignment]  # to import it is an ImportError
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    from rfscope.cli import run

    for line in sys.stdin:
        folder, words, seconds = json.loads(line)
        os.chdir(folder)
        start, before = time.process_time(), _peak()
        resource.setrlimit(resource.RLIMIT_CPU, (int(start) + seconds + 1, resource.RLIM_INFINITY))
        signal.alarm(20 * (seconds + 1))  # what waits takes no processor time
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words)
        text = err.getvalue().encode(errors="replace").decode()
        sys.stdout.write(
            json.dumps([code, text, time.process_time() - start, _peak() if _peak() > before else 0]) + "\n"
        )
        sys.stdout.flush()


def _peak() -> int:
    """Bytes of memory that this process has had at most."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()

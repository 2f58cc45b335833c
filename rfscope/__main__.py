"""``python -m rfscope``."""

import os
import sys

try:
    here = os.getcwd()  # noqa: PTH109 - pathlib is not loaded, and must not be before the next lines are through
except OSError:  # deleted: Python could not put it there either
    here = ""
if not sys.flags.safe_path and sys.path[:1] == [here]:
    del sys.path[0]  # -m puts the current folder there; what lies in it may be a stranger's, and is not to be run

from rfscope.cli import main

if __name__ == "__main__":
    main()

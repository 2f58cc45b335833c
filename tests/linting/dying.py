"""A factory that kills the process it runs in."""

from __future__ import annotations

import os


def dies() -> None:
    os._exit(3)

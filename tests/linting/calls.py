"""Functions to be called in other processes."""

from __future__ import annotations

import os
import sys
import time


def squared(number: int) -> int:
    return number * number


def process(_: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def dies_of_three(number: int) -> int:
    if number == 3:
        os._exit(0)
    return number


def prints(number: int) -> str:
    print("printed", number, flush=True)  # noqa: T201 - that it does not get between is what is tested
    os.write(1, b"written\n")
    return sys.stdin.read()


def raises(number: int) -> int:
    raise KeyError(number)


def sleeps(number: int) -> int:
    time.sleep(60 * number)
    return number


def modules(_: int) -> list[str]:
    return sys.path

"""Random modules as people write them: no false mismatch, no crash, and a reader that is wrong is caught on them.

Set RFSCOPE_MODULES for a longer run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from rfscope.network.reads import Window
from rfscope.readers.tracing import spatial
from rfscope.verification.module import ModuleVerification, verify_module
from tests.verification.random_modules import UserModule

_MANY = int(os.environ.get("RFSCOPE_MODULES", "12"))
_PARTS = 4


def module(seed: int) -> UserModule:
    import torch

    torch.manual_seed(seed)
    return UserModule(Random(seed))


def checked(given: UserModule) -> ModuleVerification:
    return verify_module(given, input=given.size, device="cpu")


@pytest.mark.parametrize("part", range(_PARTS))
def test_random_modules_read_what_is_predicted(part: int) -> None:
    for seed in range(part, _MANY, _PARTS):
        found = checked(module(seed))
        assert found.equal, (seed, module(seed).words, found.first_difference)
        assert found.upper_bounds == 0 or "sliced" in module(seed).words, seed


def test_the_modules_are_as_different_as_they_should_be() -> None:
    used: set[Any] = {word for seed in range(40) for word in module(seed).words}
    assert used == set(UserModule.STEPS)


Change = Callable[[Window], Window]


def undilated(window: Window) -> Window:
    before, after = window.known_padding or (0, 0)
    less = (window.dilation - 1) * (window.kernel - 1)
    return replace(window, dilation=1, padding=(before - less // 2, after - (less - less // 2)))


def one_later(window: Window) -> Window:
    before, after = window.known_padding or (0, 0)
    return replace(window, padding=(before - 1, after + 1))


def wider(window: Window) -> Window:
    before, after = window.known_padding or (0, 0)
    return replace(window, kernel=window.kernel + 2, padding=(before + window.dilation, after + window.dilation))


def with_slices() -> Iterator[UserModule]:
    """Modules with upper bounds, and one dilated layer at least."""
    return (found for seed in range(200) if "sliced" in (found := module(seed)).words)


@pytest.mark.parametrize("change", [undilated, one_later, wider], ids=["undilated", "one later", "wider"])
def test_a_wrong_reader_is_caught_on_each(change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upper bound is no hole: what a slice explains is known, and nothing else passes for it."""
    right = spatial.read_axes
    changed: list[bool] = []

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        found = [
            change(read) if op == "conv" and isinstance(read, Window) and read.kernel == 3 else read for read in reads
        ]
        changed.append(found != list(reads))
        return right(tracer, value, op, found, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wrong)
    tried = 0
    for given in with_slices():
        changed.clear()
        found = checked(given)
        if any(changed):
            tried += 1
            assert not found.equal, given.words
        if tried == 3:
            return

"""Random modules: what the reader says against the module's own gradients.

Set RFSCOPE_MODULES and RFSCOPE_IDIOMS for a longer run.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest

from rfscope.verification.module import verify_module
from tests.readers.torch.random_idiom_modules import RandomIdioms
from tests.readers.torch.random_modules import RandomModule

_MANY = int(os.environ.get("RFSCOPE_MODULES", "24"))
_IDIOMS = int(os.environ.get("RFSCOPE_IDIOMS", "15"))
_PARTS = 8


@pytest.mark.parametrize("part", range(_PARTS))
def test_random_modules_read_what_was_predicted(part: int) -> None:
    for seed in range(part, _MANY, _PARTS):
        module = RandomModule(Random(seed))
        found = verify_module(module, input=module.size)
        assert found.equal, (seed, module.words, found.first_difference)


@pytest.mark.parametrize("part", range(_PARTS))
def test_random_idioms_read_what_was_predicted(part: int) -> None:
    for seed in range(part, _IDIOMS, _PARTS):
        module = RandomIdioms(Random(seed))
        found = verify_module(module, input=module.size)
        assert found.equal, (seed, module.words, found.first_difference)


def test_the_modules_are_as_different_as_they_should_be() -> None:
    modules = [RandomModule(Random(seed)) for seed in range(60)]
    used: set[Any] = {word for module in modules for word in module.words}
    assert used == set(RandomModule.STEPS)
    assert {word for seed in range(60) for word in RandomIdioms(Random(seed)).words} == set(RandomIdioms.STEPS)

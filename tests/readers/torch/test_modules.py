"""What the reader says of torch modules against the gradients of the modules themselves."""

from __future__ import annotations

import pytest

from rfscope.readers.torch import read_module
from rfscope.verification.module import verify_module
from tests.readers.torch.idiom_modules import IDIOMS
from tests.readers.torch.local_modules import LOCAL
from tests.readers.torch.modules import MODULES

ALL = {**MODULES, **IDIOMS, **LOCAL}


@pytest.mark.parametrize("shown", ALL)
def test_reads_are_where_the_module_s_gradients_are(shown: str) -> None:
    build, size = ALL[shown]
    found = verify_module(build(), input=size)
    assert found.equal, found.first_difference
    assert found.gradients >= 3


@pytest.mark.parametrize("shown", ALL)
def test_nothing_is_unknown(shown: str) -> None:
    build, size = ALL[shown]
    module = build().train()
    network = read_module(module, input=size).network
    assert network.input == size
    assert all(child.training for child in module.modules())

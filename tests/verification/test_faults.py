"""Every planted fault is caught on the network that is named for it, and nothing is found where there is none.

The whole table, every fault on every network: ``python -m tests.verification.faults``.
"""

from __future__ import annotations

import pytest

from tests.verification.cases import NETWORKS
from tests.verification.faults import FAULTS, TARGETS, Fault, caught, planted


@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_is_found_without_a_fault(name: str) -> None:
    found = NETWORKS[name].verify(lambda analysis: analysis)
    assert found.equal, str(found)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault.about}: {fault.name}" for fault in FAULTS])
def test_a_planted_fault_is_caught(fault: Fault) -> None:
    assert caught(fault, NETWORKS[fault.on]) is not None


def test_the_faults_are_many_and_about_everything() -> None:
    assert len(FAULTS) >= 40
    assert {fault.about for fault in FAULTS} >= {
        *("counts", "fields", "phases", "coverage", "holes", "inner fields", "padding", "sizes", "sharing"),
        *("SAME", "resizing", "readers"),
    }
    assert {fault.target for fault in FAULTS} - {None} <= set(TARGETS)


def test_an_error_is_no_catch() -> None:
    fault = Fault("fails", "counts", "1,2,5", lambda _right: _fail, "counts")
    assert caught(fault, NETWORKS["1,2,5"]) is None
    with planted(fault) as change:
        assert change("as it is") == "as it is"


def _fail(_output: object) -> object:
    raise ValueError("no counts")

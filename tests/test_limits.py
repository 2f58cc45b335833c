from __future__ import annotations

import threading

import pytest

from rfscope import limits
from rfscope.errors import LimitError, RfscopeError


@pytest.mark.parametrize("name", sorted(limits.DEFAULTS))
def test_a_limit_holds_at_its_value_and_not_above(name: str) -> None:
    limits.check(name, limits.DEFAULTS[name])
    with pytest.raises(LimitError, match=f"over the limit '{name}' at here: .*--limit {name}=N"):
        limits.check(name, limits.DEFAULTS[name] + 1, where="here")


@pytest.mark.parametrize("value", [1, 10**9, 10**5000], ids=["lowered", "raised", "enormous"])
def test_raised_binds_inside_and_is_undone(value: int) -> None:
    before = limits.limit("axis")
    with limits.raised({"axis": value}):
        assert limits.limit("axis") == value
        with limits.raised({"rate": 7}):
            assert (limits.limit("axis"), limits.limit("rate")) == (value, 7)
        limits.check("axis", value)
    assert limits.limit("axis") == before == limits.DEFAULTS["axis"]


def test_raised_is_undone_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), limits.raised({"axis": 5}):
        raise ZeroDivisionError
    assert limits.limit("axis") == limits.DEFAULTS["axis"]


def test_another_thread_keeps_its_own() -> None:
    seen: list[int] = []
    with limits.raised({"axis": 5}):
        thread = threading.Thread(target=lambda: seen.append(limits.limit("axis")))
        thread.start()
        thread.join()
    assert seen == [limits.DEFAULTS["axis"]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"axes": 5}, r"unknown limit: got 'axes', expected one of .*axis", id="unknown"),
        pytest.param({"axis": 0}, "bad value for limit 'axis': got 0", id="zero"),
        pytest.param({"axis": -3}, "bad value for limit 'axis': got -3", id="negative"),
    ],
)
def test_bad_limits(changes: dict[str, int], message: str) -> None:
    with pytest.raises(RfscopeError, match=message), limits.raised(changes):
        pass
    assert limits.limit("axis") == limits.DEFAULTS["axis"]


def test_an_enormous_value_is_refused_and_not_printed() -> None:
    with pytest.raises(LimitError, match="got an integer of 16610 bits"):
        limits.check("axis", 10**5000)

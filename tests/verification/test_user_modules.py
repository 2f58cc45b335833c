"""Modules as people write them are verified: whatever they hold, however they stop gradients, whatever they cast to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from rfscope.readers.tracing import spatial
from rfscope.verification.copied import copied
from rfscope.verification.module import ModuleVerification, verify_module
from tests.verification.user_modules import DTYPES, FLOWS, HELD, VALUES, Net, conv

ALL = {**HELD, **FLOWS, **VALUES, **DTYPES}


def checked(module: nn.Module) -> ModuleVerification:
    return verify_module(module, input=(13, 11), device="cpu")


@pytest.mark.parametrize("shown", ALL)
def test_what_people_write_is_verified(shown: str) -> None:
    found = checked(ALL[shown]())
    assert found.equal, str(found)
    assert (found.dtype, found.upper_bounds) == ("float32" if shown == "float32 only" else "float64", 0)


def test_the_type_of_numbers_is_said_where_it_is_not_float64() -> None:
    assert "on cpu, float32: it does not run in float64, input 13x11" in str(checked(DTYPES["float32 only"]()))
    assert "on cpu, float64, input 13x11" in str(checked(DTYPES["float"]()))


@pytest.mark.parametrize("shown", ["reentrant checkpoint", "own backward", "no_grad", "compared", "float32 only"])
def test_a_dilation_that_is_read_wrongly_is_caught(shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spatial, "read_axes", undilated(spatial.read_axes))
    assert not checked(ALL[shown]()).equal


def undilated(right: Callable[..., Any]) -> Callable[..., Any]:
    from dataclasses import replace

    from rfscope.network.reads import Window

    def wrong(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        padded = [
            replace(read, dilation=1, padding=(1, 1)) if isinstance(read, Window) and read.kernel == 3 else read
            for read in reads
        ]
        return right(tracer, value, op, padded, shape, **details)

    return wrong


# Copies


def test_what_cannot_be_copied_is_shared_and_all_else_is_not() -> None:
    module: Any = Net(lambda m, x: m.a(x), a=conv(), lock=threading.Lock(), parts={"layers": [conv()], "lock": None})
    module.parts["lock"], module.parts["first"] = module.lock, module.a
    found: Any = copied(module)
    assert found.lock is module.lock
    assert found.a.weight is not module.a.weight
    assert bool((found.a.weight == module.a.weight).all())
    assert found.parts["layers"][0] is not module.parts["layers"][0]
    assert found.parts["first"] is found.a


def test_modes_of_other_threads_are_left_alone() -> None:
    said: list[bool] = []

    def forward(module: Any, x: Any) -> Any:
        def look() -> None:
            with torch.inference_mode():
                said.append(torch.is_inference_mode_enabled())

        other = threading.Thread(target=look)
        other.start()
        other.join()
        with torch.inference_mode():
            said.append(torch.is_inference_mode_enabled())
        return module.a(x)

    assert checked(Net(forward, a=conv())).equal
    assert said[-2:] == [True, False]
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()


# Upper bounds


def narrow_and_wide(keep: Callable[[Any], Any], **more: Any) -> nn.Module:
    """Channels that see 3x3 beside channels that see 7x7, and a layer behind that reads what is kept of them."""

    def forward(module: Any, x: Any) -> Any:
        return module.last(keep(torch.cat([module.near(x), module.far(x)], 1)))

    return Net(forward, near=conv(), far=conv(kernel=7), last=conv(**more))


BOUNDS: dict[str, Callable[[], nn.Module]] = {
    "a slice": lambda: narrow_and_wide(lambda both: both[:, :2]),
    "a part": lambda: narrow_and_wide(lambda both: both.split(2, 1)[0]),
    "chunks": lambda: narrow_and_wide(lambda both: torch.chunk(both, 2, dim=1)[0]),
    "narrow": lambda: narrow_and_wide(lambda both: both.narrow(1, 0, 2)),
    "a group": lambda: Net(
        lambda m, x: m.last(torch.cat([m.near(x), m.far(x)], 1))[:, :1],
        near=conv(), far=conv(kernel=7), last=conv(4, 2, groups=2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("shown", BOUNDS)
def test_an_upper_bound_is_compared_as_one_and_said_to_be_one(shown: str) -> None:
    found = checked(BOUNDS[shown]())
    assert found.equal, str(found)
    assert found.upper_bounds == found.gradients == found.record()["upper_bounds"]
    assert "all equal, 4 of them as upper bounds: equal with channels taken together, within as they are." in str(found)


@pytest.mark.parametrize("shown", ["a slice", "a group"])
def test_a_reader_that_reads_too_much_does_not_pass_for_an_upper_bound(
    shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = spatial.read_axes

    def wider(tracer: Any, value: Any, op: str, reads: Any, shape: Any, **details: Any) -> Any:
        from dataclasses import replace

        wide = [replace(read, kernel=9, padding=(4, 4)) if read.kernel == 7 else read for read in reads]
        return right(tracer, value, op, wide, shape, **details)

    monkeypatch.setattr(spatial, "read_axes", wider)
    assert not checked(BOUNDS[shown]()).equal


def test_a_reader_that_reads_too_little_is_caught_where_there_are_upper_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spatial, "read_axes", undilated(spatial.read_axes))
    module = narrow_and_wide(lambda both: both[:, :2], dilation=5)
    assert not checked(module).equal


def test_channels_that_see_the_same_are_no_upper_bound() -> None:
    found = checked(Net(lambda m, x: m.b(m.a(x)[:, :1]), a=conv(2, 4), b=conv(1, 2)))
    assert (found.equal, found.upper_bounds) == (True, 0)

"""Fields in files, and files that are none."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rfscope.errors import TargetError
from rfscope.measured import EffectiveField, Outside
from rfscope.measured.stored import load, packed


def field(**more: Any) -> EffectiveField:
    line = np.array([0.0, 1.0, 2.0, 3.0, 2.0, 0.0])
    facts: dict[str, Any] = {
        "name": "net",
        "node": "a",
        "at": (3,),
        "e1": line,
        "e2": line**2,
        "counts": line / line.sum(),
        "exact": line > 0,
        "frame": ((1, 4),),
        "centre": (2.5,),
        "periods": ((2,),),
        "outside": Outside("none", 0.0),
        "samples": 2,
    }
    return EffectiveField(**(facts | more))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"outside": Outside("fault", 0.1, 0.2, ("a", "b"), (3,), "on image 1")},
        {"counts": None, "exact": None, "frame": None, "counts_unknown": "a limit", "at": ()},
    ],
    ids=["plain", "a fault", "without a frame"],
)
def test_a_field_comes_back_as_it_was(tmp_path: Path, more: dict[str, Any]) -> None:
    before = field(**more)
    (tmp_path / "x.npz").write_bytes(packed(before))
    after = load(tmp_path / "x.npz")
    for one in fields(EffectiveField):
        old, new = (getattr(found, one.name) for found in (before, after))
        assert np.array_equal(old, new) if isinstance(old, np.ndarray) else old == new
        assert type(old) is type(new)


def test_what_is_no_field_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    np.savez(tmp_path / "pickled.npz", facts=np.array([{}]))
    np.savez(tmp_path / "empty.npz", facts=np.array("{}"))
    (tmp_path / "cut.npz").write_bytes(packed(field())[:-40])
    (tmp_path / "none.npz").write_bytes(b"")
    for name in ("other", "pickled", "empty", "cut", "none", "missing"):
        with pytest.raises(TargetError) as refused:
            load(tmp_path / f"{name}.npz")
        assert "\n" not in str(refused.value)


def test_numbers_beside_the_counts() -> None:
    found = field()
    assert found.input == (6,)
    [grid] = found.grids
    assert grid.mass == pytest.approx((8 / 18, 10 / 18))
    assert grid.counts_mass == pytest.approx((4 / 8, 4 / 8))
    assert found.extents["root"].std[0] > found.extents["counts"].std[0] > found.extents["e2"].std[0]
    assert found.extents["e2"].above_peak == 1.0
    assert found.replknet is None
    assert repr(found) == "<EffectiveField of net: 2 images of 6>"

"""The page says so where something that is asked for does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.real_networks.tiles.page import asked, markdown
from tests.real_networks.tiles.rows import REFUSED, STREAMED, TILED, Row

VGG, QWEN = TILED[0], TILED[-1]
RUN = {"far": 1e-15, "spread": 1e-14, "beyond": 0.1}
PLAN = {"lattice": 32, "begins": [0, 320, 512], "halo": ["96", "96"], "inner": [3, 13], "second": [3, 13]}
FOUND: dict[Row, dict[str, Any]] = {
    VGG: PLAN | RUN | {"reach": [90, 90], "both": RUN | {"size": [256, 256], "tile": [224, 224], "count": 4}},
    REFUSED[0]: {"exact": False, "why": ["global", "a", "a reads the whole map", ""], "places": 1, "passes": 1,
                 "far": 0.1, "spread": 0.1, "largest": 1.0},
    STREAMED[0]: {"facts": [0, "1", 1, 62, 62], "times": [0.0, 0.0625], "hop": "1", "shorter": 0, "buffers": 5,
                  "values": 242, "chunk": 1, "chunked": 0.0, "own": 0.0, "equal": True},
}  # fmt: skip


def test_all_of_it_held() -> None:
    assert all(one.held for one in asked(FOUND))
    assert "| VGG-16, features (torchvision) | 1024x96 | 512x96 | 32 | 0, 320, 512 | 96, 96 |" in markdown(FOUND)
    assert "**no**" not in markdown(FOUND)


@pytest.mark.parametrize(
    ("row", "changed", "what"),
    [
        (VGG, {"error": "it ended"}, "could not be run"),
        (VGG, {"far": 1e-9}, "tiles equal the whole"),
        (VGG, {"far": float("nan")}, "tiles equal the whole"),
        (VGG, {"both": RUN | {"far": 1e-9, "size": [1], "tile": [1], "count": 1}}, "tiles equal the whole"),
        (VGG, {"begins": [0, 322, 512]}, "plans unlike"),
        (REFUSED[0], {"exact": True}, "not refused"),
        (REFUSED[0], {"spread": 1e-8}, "differ by less"),
        (STREAMED[0], {"own": 1e-6}, "chunks and beginnings"),
        (STREAMED[0], {"equal": False}, "not as predicted"),
        (STREAMED[0], {"facts": [0, "2", 1, 62, 62]}, "streams unlike"),
    ],
)
def test_what_did_not_hold_is_named(row: Row, changed: dict[str, Any], what: str) -> None:
    against = [one for one in asked(FOUND | {row: FOUND[row] | changed}) if not one.held]
    assert [what in one.what for one in against] == [True]
    assert row.name in against[0].found

"""Survey one small model of each of thirty families: ``python -m tests.real_networks.survey``.

The exit code is 1 if one of them has no field or no verdict, or if another field is found than was committed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import rfscope as rf

_HERE = Path(__file__).parent
_MORE = ("torchvision:ssdlite320*", "torchvision:s3d")
"""A detector, of which the backbone is read, and a network that takes no size but its own."""

_TABLE = _HERE.parents[1] / "docs" / "models.csv"


def main() -> int:
    """Survey, show, and compare with what was found before."""
    found = rf.survey(models=[str(_HERE / "families.txt"), *_MORE], jobs=2)
    print(found)
    with _TABLE.open(newline="", encoding="utf-8") as file:
        before = {row["target"]: row for row in csv.DictReader(file)}
    wrong = [row["target"] for row in found.rows if not (row["field"] and row["verdict"])]
    other = [row["target"] for row in found.rows if row["field"] != before[row["target"]]["field"]]
    print(f"{len(found) - len(wrong)} of {len(found)} answered; {len(other)} otherwise than before: {other}")
    return int(bool(wrong or other))


if __name__ == "__main__":
    sys.exit(main())

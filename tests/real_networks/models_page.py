"""Write the page of what was found in the models of timm and torchvision, from the tables of two surveys.

Run by hand, once the surveys that the page names are made:

    python -m tests.real_networks.models_page docs/models.csv docs/models_verified.csv > docs/models.md
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

_ABOUT = """\
*Field* is the receptive field of the first output on an unbounded grid; where a network ends in a global operation, as
classifiers do in their pooling, that of what enters it. Paths through global operations in between, such as
squeeze-and-excitation, are left out; the table names them. GLOBAL says that every output sees everything and that no
holes or gridding were found before. Of detectors the backbone is read.
"""

Row = Mapping[str, str]

_LIST = Path(__file__).parents[2] / "docs" / "models.txt"


def families() -> dict[str, list[str]]:
    """The names in the committed list, by the headings above them."""
    found: dict[str, list[str]] = {}
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"# ((?:timm|torchvision)\.models\.[\w.]+)", line):
            names = found.setdefault(heading[1], [])
        elif line and not line.startswith("#"):
            names.append(line)
    return found


def page(table: Path, verified: Path) -> Iterator[str]:
    """The lines of the page."""
    rows = {row["target"].removesuffix(".backbone"): row for row in _rows(table)}
    answered = [row for row in rows.values() if row["field"] and row["verdict"]]
    title = _LIST.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").partition(", by")[0]
    yield "# What models of timm and torchvision see"
    yield ""
    share = f"{100 * len(answered) / len(rows):.1f} %"
    yield f"{title.rstrip('.')}: {len(rows)} networks, {len(answered)} answered ({share})."
    yield "[The names](models.txt) are committed, and so is [the whole table](models.csv). It was made by"
    yield ""
    command = f"rfscope survey --models docs/models.txt -o {_shown(table)} --jobs 2 --limit seconds=600"
    yield from ("```text", command, "```")
    yield ""
    yield "In two processes on a machine with other work this took 13 minutes."
    yield ""
    yield _ABOUT
    yield from _by_family(rows)
    yield from _dilated(rows.values())
    yield from _unanswered(rows.values())
    yield from _verified(_rows(verified), verified)


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _shown(file: Path) -> str:
    return f"docs/{file.name}"


def _by_family(rows: Mapping[str, Row]) -> Iterator[str]:
    yield "## By family"
    yield ""
    yield "| defined in | networks | answered | field | output stride | verdicts |"
    yield "|---|---|---|---|---|---|"
    for family, names in families().items():
        own = [rows[name] for name in names]
        good = [row for row in own if row["field"] and row["verdict"]]
        fields = sorted(_largest(row["field"]) for row in good)
        field = "-" if not fields else str(fields[0]) if fields[0] == fields[-1] else f"{fields[0]} to {fields[-1]}"
        strides = ", ".join(sorted({row["output_stride"] for row in good}, key=_stride)) or "-"
        verdicts = Counter(row["verdict"].upper() for row in good)
        said = ", ".join(f"{number} {verdict}" for verdict, number in sorted(verdicts.items())) or "-"
        yield f"| `{family}` | {len(own)} | {len(good)} | {field} | {strides} | {said} |"
    yield ""


def _largest(field: str) -> int:
    """The largest number in a field."""
    return max(map(int, re.findall(r"\d+", field)))


def _stride(text: str) -> float:
    first = text.partition("x")[0]
    above, _, below = first.partition("/")
    return int(above) / int(below or 1)


def _dilated(rows: Iterable[Row]) -> Iterator[str]:
    yield "## Networks with dilated stages"
    yield ""
    yield "| network | field | output stride | verdict | rates |"
    yield "|---|---|---|---|---|"
    for row in rows:
        if row["dilated"]:
            text = _folded(re.sub(r" \(.*", "", part) for part in row["dilated"].split("; ")).replace("|", "\\|")
            facts = [row["field"], row["output_stride"], row["verdict"].upper()]
            yield f"| `{row['target']}` | {' | '.join(facts)} | {text} |"
    yield ""


def _folded(stages: Iterable[str]) -> str:
    """Stages, and rates in them, with those that are alike told once."""
    found = []
    for stage, many in groupby(stages):
        rates = re.sub(r"\b(\d+)(?:,\1\b){3,}", lambda one: f"{one[1]} ({one[0].count(',') + 1} times)", stage)
        count = len(list(many))
        found.append(f"{rates} ({count} times)" if count > 1 else rates)
    return "; ".join(found)


def _unanswered(rows: Iterable[Row]) -> Iterator[str]:
    yield "## Without an answer"
    yield ""
    yield "| networks | why |"
    yield "|---|---|"
    why: dict[str, list[str]] = {}
    for row in rows:
        if not (row["field"] and row["verdict"]):
            why.setdefault(row["error"].partition(" at ")[0], []).append(f"`{row['target']}`")
    for reason, names in sorted(why.items(), key=lambda one: -len(one[1])):
        yield f"| {', '.join(names)} | {reason} |"
    yield ""


def _verified(rows: Sequence[Row], file: Path) -> Iterator[str]:
    agree = [row for row in rows if row["verified"] == "agree"]
    yield "## Verified"
    yield ""
    yield f"For {len(agree)} networks, each of another family, real convolutions in torch, and the model itself,"
    yield "agree with what is said. This was made by"
    yield ""
    command = f"rfscope survey --models tests/real_networks/families.txt -o {_shown(file)} --verify --jobs 2"
    limits = "--limit seconds=1800 --limit child-bytes=8589934592"
    yield from ("```text", f"{command} \\", f"  {limits}", "```")
    yield ""
    yield "over parts of the list, one after the other."
    yield ""
    yield ", ".join(f"`{row['target']}`" for row in agree) + "."
    others = [row for row in rows if row not in agree]
    if others:
        yield ""
        yield "| network | what was said instead |"
        yield "|---|---|"
        for row in others:
            yield f"| `{row['target']}` | {row['verified'] or row['error']} |"


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in page(*map(Path, sys.argv[1:]))))

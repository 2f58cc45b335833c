"""The terms: each is found by all its names, every heading of an answer is one, and the pictures are true."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from rich.console import Console

import rfscope as rf
from rfscope import cli
from rfscope.errors import RfscopeError
from rfscope.text.comparison import comparison
from rfscope.text.glossary import GROUPS, Term, find_term, terms
from rfscope.text.glossary.pages import contents, glossary, page
from rfscope.text.report import report
from rfscope.text.words import COLOURS
from tests.program import rfscope

ALL = list(terms())
FILE = Path(__file__).parents[2] / "docs" / "glossary.md"


def picture(name: str) -> list[str]:
    found = find_term(name).picture
    assert found is not None
    return found().splitlines()


def paths(*rates: int) -> str:
    """By brute force: how many ways lead through three taps a layer to each position of a line."""
    ways = Counter(map(sum, product(*((0, rate, 2 * rate) for rate in rates))))
    return "".join(str(ways[place] or ".") for place in range(2 * sum(rates) + 1))


@pytest.mark.parametrize("term", ALL, ids=lambda term: term.name)
def test_a_term_is_said_in_one_sentence_and_found_by_each_name(term: Term) -> None:
    assert term.means.endswith(".")
    for name in (term.name, *term.also, *term.finds, term.name.upper(), term.name.replace(" ", "-")):
        assert find_term(name) is term
    assert all(find_term(name).name == name for name in term.see)
    lines = list(page(term, 60))
    assert max(map(len, lines)) <= 60
    assert lines[0] == term.name
    assert (term.picture is None) == (not term.tells)


def test_no_name_has_two_meanings() -> None:
    keys = Counter(
        re.sub(r"\W|_", "", name).casefold() for term in ALL for name in (term.name, *term.also, *term.finds)
    )
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("atrous", "dilation"),
        ("effective stride", "output stride"),
        ("jump", "output stride"),
        ("striped", "gridding index"),
        ("lead-in", "field of the layers before"),
        ("gridding", "GRIDDING"),
        ("ASPP", "pyramid"),
        ("m2", "M_2"),
        ("interleaved images", "sub-grid"),
        ("field of view", "receptive field"),
        ("algorithmic latency", "latency"),
    ],
)
def test_other_names_lead_to_the_term(asked: str, name: str) -> None:
    assert find_term(asked).name == name


def test_what_is_nearly_a_term_is_recognized() -> None:
    with pytest.raises(RfscopeError, match=r"unknown term: got 'griding indx'.* did you mean 'gridding index'"):
        find_term("griding indx")
    with pytest.raises(RfscopeError, match="rfscope explain lists them"):
        find_term("qqqq")


SHOWN = ["2,4,8", "1,2,9", "zoo:aspp-after-3x3", "zoo:wavenet", "zoo:resnet-v1c-50-d8"]


@pytest.mark.parametrize("target", SHOWN)
def test_every_heading_of_an_answer_is_explained(target: str) -> None:
    console = Console(file=StringIO(), width=160, highlight=False)
    with console.capture() as captured:
        compared = rf.compare(target, "1,2,5") if rf.analyze(target).network.dims == 2 else rf.compare(target, target)
        for part in (*report(rf.analyze(target), console), *comparison(compared, console)):
            console.print(part)
    text = captured.get()
    headings = set(compared.rows)
    for line in text.splitlines():
        if re.match(r"(layer|instead) {2,}", line):
            headings |= set(re.split(r" {2,}", line.strip()))
        if found := re.match(r"(centre rows?|rows?|samples|Published rules|Exact test)\b", line):
            headings.add(found[1])
    assert len(headings) > 14
    assert all(find_term(heading) for heading in headings)


def test_every_verdict_is_explained() -> None:
    for verdict in COLOURS:
        word = (verdict or "unknown").upper()
        assert find_term(word).name == word


def test_the_pictures_of_rows_are_those_of_brute_force() -> None:
    for name in ("hole", "usage count", "gridding index", "GRIDDING"):
        for line in picture(name):
            rates = [int(rate) for rate in line.split()[0].split(",")]
            assert line.split()[-1] == paths(*rates)
    for line in picture("dilation"):
        rate, signs = line.split()
        assert signs == re.sub(r"\d", "#", paths(int(rate)))


def test_the_picture_of_a_grid_is_that_of_brute_force() -> None:
    row = ["#" if sign != "." else "." for sign in paths(2, 2)]
    lines = picture("grid pattern")
    assert lines[1:] == [" ".join(sign if up == "#" else "." for sign in row) for up in row]


def test_the_picture_of_adjacent_outputs_is_that_of_brute_force() -> None:
    for line in picture("overlap of adjacent outputs"):
        rates, signs = line.split()
        first = paths(*map(int, rates.split(","))) + "."
        second = "." + first[:-1]
        both = zip(first, second, strict=True)
        assert signs == "".join(".ab2"[(one != ".") + 2 * (other != ".")] for one, other in both)


def test_the_pictures_of_layers_are_those_of_brute_force() -> None:
    causal = [line[8:] for line in picture("causal")]
    reads = {7}
    for rate, line in zip((4, 2, 1), causal[1:], strict=True):
        reads = {place - tap * rate for place in reads for tap in (0, 1)}
        first = min(reads)
        assert line == " " * first + "".join("#" if at in reads else "." for at in range(first, 8))
    assert causal[0] == " " * 7 + "#"


def test_the_picture_of_safe_rates_is_that_of_brute_force() -> None:
    def holes(rates: list[int]) -> bool:
        return "." in paths(*rates)

    for place, line in enumerate(picture("safe rates")[1:]):
        safe = [rate for rate in range(1, 25) if not holes([*[1, 2, 5][:place], rate, *[1, 2, 5][place + 1 :]])]
        said = [int(number) for number in line.partition("safe rates:")[2].split(" to ")]
        assert [safe[0], safe[-1]] == [said[0], said[-1]]
        assert safe == list(range(safe[0], safe[-1] + 1))


def test_the_list_fits_one_screen_and_names_all() -> None:
    lines = list(contents(80))
    assert len(lines) <= 24
    assert all(len(line) <= 80 for part in lines for line in part.splitlines())
    shown = " ".join(" ".join(lines).split())
    assert all(term.name in shown for term in ALL)
    assert all(subject in shown for subject in GROUPS)


def test_the_documentation_has_the_same_text() -> None:
    """Set RFSCOPE_UPDATE_GOLDEN=1 to write it anew."""
    if os.environ.get("RFSCOPE_UPDATE_GOLDEN"):
        FILE.write_text(glossary(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == glossary()


def test_links_of_the_documentation_lead_to_headings() -> None:
    text = glossary()
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w-]", "", heading.casefold().replace(" ", "-")) for heading in headings}
    links = re.findall(r"\]\(#(.*?)\)", text)
    assert set(links) <= anchors
    assert len(links) > 60


def test_the_command_explains() -> None:
    assert rfscope("explain").out.startswith("the verdict")
    answer = rfscope("explain", "gridding", "index")
    assert answer.code == 0
    assert answer.out.startswith("gridding index\n\nHow strongly one output")
    assert "2,2,2  1.00" in answer.out
    record = json.loads(rfscope("explain", "jump", "--json").out)
    assert (record["name"], record["also"][0]) == ("output stride", "jump")
    assert len(json.loads(rfscope("explain", "--json").out)) == len(ALL)
    wrong = rfscope("explain", "griding indx")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("error: unknown term: got 'griding indx'")
    assert (
        rfscope("explain", "RFS101").err
        == "error: a rule is not a term: got 'RFS101'; rfscope rule RFS101 explains it\n"
    )


@pytest.mark.parametrize("example", sorted({term.example for term in ALL if term.example}))
def test_what_one_is_told_to_try_works(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program, *words = example.split()
    assert (program, cli.run(words)) == ("rfscope", 0)


def test_nothing_heavy_is_imported() -> None:
    heavy = {"torch", "matplotlib", "yaml", "onnx"}
    code = (
        f"import sys; from rfscope.text.glossary.pages import glossary; glossary(); print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"set()\n"

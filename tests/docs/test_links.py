"""Links of the pages lead somewhere: to a file of the repository, and to a heading in it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.docs.pages import PAGES, ROOT, prose

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_PATH_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users|mnt)/")


def anchors(text: str) -> set[str]:
    """The anchors that forges make of a page's headings: lower case, hyphens for spaces, no other signs."""
    found: Counter[str] = Counter()
    names = set()
    for heading in re.findall(r"^#{1,6} (.*?)#*$", prose(text, code=True), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip()).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        names.add(slug if not found[slug] else f"{slug}-{found[slug]}")
        found[slug] += 1
    return names | set(re.findall(r'<a (?:id|name)="([^"]+)"', text))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    for link in _LINK.findall(prose(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_paths_of_a_machine(name: str) -> None:
    assert not _PATH_OF_A_MACHINE.search(PAGES[name].read_text(encoding="utf-8"))


def test_the_docs_are_all_within_reach_of_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        for link in _LINK.findall(prose(PAGES[name].read_text(encoding="utf-8"))):
            path = (PAGES[name].parent / link.partition("#")[0]).resolve()
            key = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
            if key in PAGES and key not in reached:
                waiting.append(key)
    assert reached == set(PAGES)

"""Reading the HTML that notebooks are given: it must be whole, and may hold nothing that runs or is loaded."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

TAGS = {
    "b",
    "div",
    "figcaption",
    "figure",
    "img",
    "li",
    "p",
    "span",
    "style",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
} | {
    "tr",
    "ul",
}
ATTRIBUTES = {"alt", "class", "height", "src", "style", "width"}
ALONE = {"img"}


class Element(NamedTuple):
    """An element as it begins."""

    tag: str
    attributes: dict[str, str]


class Page(HTMLParser):
    """A page, its elements balanced, and nothing in it that runs or is loaded from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES, attributes
        assert attributes.get("src", "data:image/png;base64,").startswith("data:image/png;base64,")
        assert "url(" not in attributes.get("style", "")
        self.elements.append(Element(tag, attributes))
        if tag not in ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            assert "url(" not in data
            assert "@import" not in data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that a person reads, a space between elements."""
        return " ".join(text.strip() for text in self.texts if text.strip())

    def badges(self) -> list[str]:
        """The colours of the badges, in order."""
        return [
            kind.rpartition("rf-")[2]
            for one in self.elements
            if "rf-badge" in (kind := one.attributes.get("class", ""))
        ]

    def images(self) -> list[dict[str, str]]:
        """The pictures."""
        return [one.attributes for one in self.elements if one.tag == "img"]

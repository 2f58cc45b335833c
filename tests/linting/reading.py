"""What the readers of the formats make of a text, written from their rules and not from ours."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from markdown_it import MarkdownIt


class Command(NamedTuple):
    """A workflow command as the runner of GitHub Actions understands it."""

    name: str
    properties: dict[str, str]
    data: str


def github_command(line: str) -> Command | None:
    """Read a line as the runner does: trimmed, from ``::`` to the next ``::``, the properties split at commas."""
    text = line.lstrip()
    if not text.startswith("::"):
        return None
    end = text.find("::", 2)
    if end < 0:
        return None
    name, _, written = text[2:end].partition(" ")
    properties = {}
    for pair in written.split(","):
        key, equals, value = pair.partition("=")
        if equals:
            properties[key.strip()] = unescape(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","})
    return Command(name, properties, unescape(text[end + 2 :], {"%0D": "\r", "%0A": "\n"}))


def unescape(text: str, marks: dict[str, str]) -> str:
    for mark, char in marks.items():
        text = text.replace(mark, char)
    return text.replace("%25", "%")


def lines_of_a_log(text: str) -> list[str]:
    """The lines that a runner sees: it breaks at line feeds and carriage returns."""
    return [line for line in re.split(r"\r\n|\r|\n", text) if line]


def commands(text: str) -> list[Command]:
    """The commands in a log, in either of the two forms that runners know."""
    lines = lines_of_a_log(text)
    old = [Command(line, {}, "") for line in lines if "##[" in line]
    return old + [found for line in lines if (found := github_command(line))]


JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "error", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""Attributes and children of each element, as far as Jenkins's schema allows what we need."""


def junit(text: str) -> ET.Element:
    """Read a report and hold it against the schema."""
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
        if element.tag in ("testsuites", "testsuite"):
            cases = list(element.iter("testcase"))
            assert int(element.attrib["tests"]) == len(cases)
            assert int(element.attrib["failures"]) == len(list(element.iter("failure")))
            assert int(element.attrib["errors"]) == len(list(element.iter("error")))
    return root


def gitlab(found: Any) -> None:
    """Hold a report against what GitLab asks of one."""
    assert isinstance(found, list)
    for record in found:
        assert set(record) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert record["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert all(isinstance(record[key], str) and record[key] for key in ("description", "check_name", "fingerprint"))
        assert not record["location"]["path"].startswith(("/", "./"))
        assert record["location"]["lines"]["begin"] >= 1
    fingerprints = [record["fingerprint"] for record in found]
    assert len(set(fingerprints)) == len(fingerprints)


def markdown_cells(text: str) -> list[list[str]]:
    """The rows of the tables in a text, as a reader of Markdown shows them; nothing in them may be more than text."""
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        assert token.type not in ("html_block", "code_block", "fence", "hr")
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows and token.level == 4:
            assert {child.type for child in token.children or ()} <= {"text", "text_special", "softbreak"}
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows

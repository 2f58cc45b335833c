"""For test reports: JUnit's XML, one suite a target; ASCII alone, so that it fits every stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rfscope.linting.run import Report, TargetFindings
from rfscope.rules import Finding

__all__ = ["junit"]


def junit(report: Report) -> str:
    """One test case a finding, a passing one for a clean target, an error for one that could not be judged.

    Findings below the level that fails the run pass and say in their output what was found, so that a report is as
    green as the job.
    """
    suites = list(report.judgements)
    head = {"name": "rfscope", **_counts(suites, report)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', _tag("testsuites", head)]
    for judgement in suites:
        lines += [_tag("testsuite", {"name": judgement.label, **_counts([judgement], report)})]
        lines += _cases(judgement, report)
        lines += ["</testsuite>"]
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _counts(judgements: list[TargetFindings], report: Report) -> dict[str, str]:
    failures = sum(report.fails(finding) for one in judgements for finding in one.findings)
    errors = sum(one.failure is not None for one in judgements)
    tests = sum(max(1, len(one.findings)) for one in judgements)
    return {"tests": str(tests), "failures": str(failures), "errors": str(errors)}


def _cases(judgement: TargetFindings, report: Report) -> Iterator[str]:
    if judgement.failure is not None:
        yield _tag("testcase", {"name": "rfscope", "classname": judgement.label})
        yield _tag("error", {"message": judgement.failure, "type": "error"}) + "</error>"
        yield "</testcase>"
    elif not judgement.findings:
        yield _tag("testcase", {"name": "no findings", "classname": judgement.label}, closed=True)
    for finding in judgement.findings:
        yield _tag("testcase", {"name": _name(finding), "classname": judgement.label})
        text = _escaped(f"{judgement.place(finding)}: {finding.advised(chr(10))}")
        if report.fails(finding):
            yield _tag("failure", {"message": finding.message, "type": str(finding.level)}) + text + "</failure>"
        else:
            yield f"<system-out>{_escaped(str(finding.level))}: {text}</system-out>"
        yield "</testcase>"


def _name(finding: Finding) -> str:
    axis = "" if finding.axis is None else f", axis {finding.axis}"
    return f"{finding.code} {finding.name}: {finding.node}{axis}"


def _tag(name: str, attributes: Mapping[str, str], *, closed: bool = False) -> str:
    written = "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())
    return f"<{name}{written}{'/' if closed else ''}>"


def _escaped(text: str) -> str:
    from html import escape

    return escape(text).encode("ascii", "xmlcharrefreplace").decode()

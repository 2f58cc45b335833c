"""What the rules find in one network: a tuple that prints the text of the command line and shows itself."""

from __future__ import annotations

from typing import Any, Self

from rfscope.linting.run import Report, TargetFindings, tally_text
from rfscope.rules import Finding

__all__ = ["Findings"]


class Findings(tuple[Finding, ...]):  # noqa: SLOT001 - carries what they were found in
    """Findings in the order of the rules, and within a rule of the layers.

    Attributes:
        judgement: They and what else there is to say of their network.

    Example:
        >>> import rfscope as rf
        >>> findings = rf.lint("2,4,8")
        >>> findings
        <Findings for 2,4,8: error RFS101 holes at conv1>
        >>> len(findings), findings[0].code
        (1, 'RFS101')
    """

    judgement: TargetFindings

    def __new__(cls, judgement: TargetFindings) -> Self:
        """The findings of a judgement."""
        made = super().__new__(cls, judgement.findings)
        made.judgement = judgement
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (self.judgement,)

    @property
    def tally(self) -> str:
        """How many there are at each level, in words."""
        return tally_text(self._report(0))

    def __repr__(self) -> str:
        told = (f"{finding.level} {finding.code} {finding.name} at {finding.node}" for finding in self)
        return f"<Findings for {self.judgement.label}: {'; '.join(told) or 'none'}>"

    def __str__(self) -> str:
        from rfscope.answers.printed import width
        from rfscope.linting.formats.full import full

        return full(self._report(width())).removesuffix("\n")

    def _report(self, width: int) -> Report:
        return Report(judgements=(self.judgement,), width=width)

    def _repr_html_(self) -> str:
        from rfscope.answers.pages import of_findings

        return of_findings(self)

"""The proof beyond the counts: every other quantity that real convolutions can show, and those they cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope.errors import LimitError, UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.output import Output
from rfscope.verification.compare import Fact, Job
from rfscope.verification.facts import COUNTED, FACTS
from rfscope.verification.fields import measured_fields
from rfscope.verification.looked import Looked
from rfscope.verification.schedules import piece_facts, rule_facts, schedule_facts

if TYPE_CHECKING:
    import torch

__all__ = ["Proof", "prove"]

_NEVER = ("gridding index", "runs")
"""What no convolution shows: a sum over frequencies, and how layers are named together."""


class Proof(NamedTuple):
    """What was compared in addition to the counts.

    Attributes:
        proved: Names of the quantities that were equal.
        not_compared: Names of those that were not compared.
        difference: The first that was not equal, at which the comparison stopped.
    """

    proved: tuple[str, ...]
    not_compared: tuple[str, ...]
    difference: Fact | None


def prove(analysis: Analysis, jobs: Sequence[Job], device: torch.device) -> Proof:
    """Compare everything other than the counts, output by output.

    Args:
        analysis: What is claimed.
        jobs: How the counts of its outputs were compared, one after the other.
        device: Where the convolutions run.
    """
    proved: dict[str, None] = {}
    left: dict[str, None] = {}
    for quantity, facts in _all_facts(analysis, jobs, device, left):
        try:
            for fact in facts:
                if not fact.equal:
                    return Proof(tuple(proved), tuple(left), fact)
                proved[fact.quantity] = None
        except (LimitError, UnsupportedError) as error:
            left[f"{quantity} ({error.what})"] = None
    left.update(dict.fromkeys(_NEVER))
    return Proof(tuple(proved), tuple(left), None)


def _all_facts(
    analysis: Analysis, jobs: Sequence[Job], device: torch.device, left: dict[str, None]
) -> Iterator[tuple[str, Iterator[Fact]]]:
    for output, job in zip(analysis.outputs, jobs, strict=True):
        yield "receptive field", _fields(analysis, output, job, device, left)
        look = Looked(analysis, output, job.canvas, device)
        for quantity, facts in FACTS.items():
            if quantity in COUNTED and job.primes:
                left[f"{quantity} (beyond 2^53)"] = None
            else:
                yield quantity, facts(look)
    yield "schedules", schedule_facts(analysis, device)
    yield "coverage of pieces", piece_facts(analysis, device)
    yield "published rules", rule_facts(analysis, device)


def _fields(
    analysis: Analysis, output: Output, job: Job, device: torch.device, left: dict[str, None]
) -> Iterator[Fact]:
    """The fields of all layers before an output along each axis; even axes that are alike are each run."""
    for axis in range(job.given.dims):
        found = measured_fields(analysis, output, job.given, job.canvas, axis, device)
        if found is None:
            left["receptive field beyond the borders"] = None
            continue
        looked, layers = found.layers
        if looked < layers:
            left[f"receptive field of {layers - looked} of {layers} layers"] = None
        yield from found.facts

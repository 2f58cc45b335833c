"""What an analysis means, in users' words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.gridding import gridding_index
from rfscope.exact.meeting import meeting
from rfscope.exact.pieces import Run
from rfscope.exact.schedule import common_factor
from rfscope.exact.summary import distance_text, meeting_text
from rfscope.exact.usage import Taps, extent_of
from rfscope.exact.verdict import Schedule
from rfscope.network.reads import Window
from rfscope.wording import percent, rates_text, size_text

__all__ = ["advice", "exact_test", "heading", "published_rules", "run_facts", "sentences", "verdict"]

_LINES = {1: ("position", "positions"), 2: ("row and column", "rows and columns"), 3: ("plane", "planes")}


def verdict(analysis: Analysis) -> str:
    """The verdict on the whole network in one word or two."""
    return "NO HOLES" if analysis.hole_free else "HOLES"


def heading(analysis: Analysis) -> str:
    """The network's name and what its layers are."""
    layers = list(zip(*analysis.output.steps, strict=True))
    kernels = {size_text(step.window.kernel for step in layer) for layer in layers}
    strides = {step.window.stride for layer in layers for step in layer}
    if len(kernels) > 1 or len(strides) > 1:
        return f"{analysis.name} | {len(layers)} layers, {analysis.network.dims}-D"
    kernel = f"kernel {kernels.pop()}" if analysis.network.dims == 1 else kernels.pop()
    return f"{analysis.name} | {kernel}, stride {strides.pop()}"


def sentences(analysis: Analysis) -> Iterator[str]:
    """What one output sees and skips, and whether neighbouring outputs meet."""
    found, output = analysis.output.coverage, analysis.output
    spans = f"One output spans {size_text(found.size)} pixels"
    if found.holes:
        yield f"{spans} but reads only {found.used} of {found.pixels} ({percent(found.share)})."
        yield _pattern(analysis)
    else:
        yield f"{spans} and reads all {found.pixels} of them."
        if output.meeting.depth is None:
            yield "Neighbouring outputs never read a common position."
        else:
            yield f"Neighbouring outputs first read a common position {meeting_text(output.meeting)}."
    for schedule in analysis.schedules:
        if analysis.hole_free and not schedule.hole_free:
            yield f"{schedule.piece.label} alone leaves holes, which the layers after it fill."
        if schedule.hole_free:
            yield from (_striped(run, causal=analysis.causal) for run in schedule.runs if run.never_meets)


def _pattern(analysis: Analysis) -> str:
    """What the holes look like."""
    found, output = analysis.output.coverage, analysis.output
    steps = {common_factor([rate for kernel, rate in taps if kernel > 1]) for taps in output.taps}
    step = min(steps)
    if len(steps) > 1 or step == 1:
        return f"Neighbouring pixels that it reads are up to {max(found.largest_gap)} apart. Expect a grid pattern."
    one, many = _LINES[analysis.network.dims]
    skipped = f"every second {one} is" if step == 2 else f"{step - 1} of every {step} {many} are"
    only = "" if set(found.largest_gap) == {step} else "at least "
    text = f"{only}{skipped} skipped: {_cause(analysis, step)}"
    images = prod(found.subgrids)
    if images > 1:
        apart = f" ({size_text(found.subgrids)})" if analysis.network.dims > 1 else ""
        text += f", so the map falls into {images} interleaved images{apart} that never meet"
    return f"{text[0].upper()}{text[1:]}. Expect a grid pattern."


def _cause(analysis: Analysis, step: int) -> str:
    """Why every tap is a multiple of ``step`` pixels away."""
    if any(field.stride > 1 for layer in analysis.fields for field in layer):
        return f"all taps are a multiple of {step} pixels apart"
    return "all rates are even" if step == 2 else f"all rates are multiples of {step}"


def _striped(run: Run, *, causal: bool) -> str:
    """A run in which neighbouring outputs never meet although every pixel is read."""
    so = "Expect stripes."
    if run.lead_out:
        so = "The dense layers after it let them meet again."
    elif causal:
        so = "In a causal network that is a design and not an accident."
    rates = rates_text([taps.rate for taps in run.taps])
    return (
        f"From {run.steps[0].name} to {run.steps[-1].name} (rates {rates}) all rates share the factor {run.factor}: "
        f"neighbouring outputs do not meet there. {so}"
    )


def published_rules(schedule: Schedule) -> str:
    """The published rules as published, each with its verdict."""
    failing = [group for group in schedule.groups if group.ok is False]
    where = f" for {rates_text(failing[0].rates)}" if failing and len(schedule.groups) > 1 else ""
    factor = f"common factor {schedule.factor} fails" if schedule.factor > 1 else "no common factor holds"
    return f"{distance_text(schedule)}{where}; {factor}."


def exact_test(schedule: Schedule) -> str:
    """The exact test's verdict."""
    return "no holes" if schedule.hole_free else "holes"


def run_facts(run: Run, axes: int) -> str:
    """What is true of one dilated run over so many axes."""
    rates = rates_text([taps.rate for taps in run.taps], [taps.kernel for taps in run.taps])
    facts = [f"lead-in field {run.lead_in}", f"reads {percent(run.own_share(axes))} of its own window"]
    if len(run.steps) > 1:
        facts.append("neighbours never meet in it" if run.never_meets else "neighbours meet in it")
    return f"{rates}: {', '.join(facts)}"


def advice(schedule: Schedule) -> str | None:
    """What to write instead, and what that would be like, if the schedule has holes."""
    if schedule.hole_free:
        return None
    repaired = tuple(map(Taps, schedule.kernels, schedule.repair.repaired))
    found = meeting([Window(kernel=kernel, dilation=rate) for kernel, rate in repaired])
    meet = "neighbours never meet" if found.depth is None else f"neighbours meet {meeting_text(found)}"
    facts = [f"sees {extent_of(repaired)}", "no holes", f"striped {_index_text(repaired)}", meet]
    return f"{rates_text(schedule.repair.repaired, schedule.kernels)} ({', '.join(facts)})"


def _index_text(taps: Sequence[Taps]) -> str:
    try:
        return f"{gridding_index(taps):.2f}"
    except LimitError:
        return "unknown (too long to compute)"

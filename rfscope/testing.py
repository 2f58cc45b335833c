"""Assertions for test suites, where most teams keep their networks sound; a failure has the messages of lint.

Example:
    >>> import rfscope as rf
    >>> rf.testing.assert_sound("1,2,5")
    >>> rf.testing.assert_field("1,2,5", at_least=17)
    >>> rf.testing.assert_sound("2,4,8", select=["RFS101"])
    Traceback (most recent call last):
        ...
    AssertionError: error[RFS101] holes at 2,4,8: conv1
      conv1 to conv3 skip 3 of 4 pixels of the input: no layer has rate 1.
      One output of conv3 spans 841 pixels of the input and reads 225 of them (27
      %). Never read, counted from the first: 1, 3, 5, 7 and more. What lies there
      is lost to it, and adjacent outputs that skip other positions disagree with
      it: expect a grid pattern. No other rate of conv1 alone is safe.
      help: write 1,3,8 instead of 2,4,8: it spans 25x25 and reads all of it
    <BLANKLINE>
    Judged 2,4,8: conv1 .. conv3 (2,4,8).
    1 error, 0 warnings, 0 info.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rfscope.api.large import tile as planned
from rfscope.api.networks import analyze
from rfscope.errors import TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.analysis import analyze as analyze_network
from rfscope.linting.formats import written
from rfscope.linting.run import Report, judge
from rfscope.linting.selection import as_prefix
from rfscope.linting.settings import Settings
from rfscope.rules import Level, check_thresholds
from rfscope.targets import Reading, Target

__all__ = [
    "assert_causal",
    "assert_field",
    "assert_latency",
    "assert_same_reads",
    "assert_sound",
    "assert_tiles_exactly",
]


def assert_sound(
    target: Target | Analysis,
    *,
    input: Sequence[int] | None = None,
    select: Sequence[str] = ("RFS",),
    ignore: Sequence[str] = (),
    level: Mapping[str, Level] | None = None,
    fail_level: Level = "error",
    **thresholds: float,
) -> None:
    """Assert that the design rules find nothing at or above a level.

    No configuration is read: what is asked for stands in the test. Comments in a spec suppress findings as in lint.

    Args:
        target: Whatever ``rfscope.analyze`` takes, or its result.
        input: Spatial size of the input per axis.
        select: Rules to apply: codes, beginnings of codes, names.
        ignore: Rules to leave out.
        level: Levels of rules, where they are not the rules' own.
        fail_level: The level from which findings fail.
        thresholds: Those of rules (``rfscope.rules.THRESHOLDS``) by their names, such as ``min_receptive_field``.

    Raises:
        AssertionError: They do; the text is that of ``rfscope lint``.
        RfscopeError: The target cannot be read or analyzed, or there is no such rule or threshold.
    """
    __tracebackhide__ = True
    check_thresholds(thresholds)
    settings = Settings(
        select=tuple(map(as_prefix, select)),
        ignore=dict.fromkeys(map(as_prefix, ignore), ""),
        level={as_prefix(rule): value for rule, value in (level or {}).items()},
        thresholds=thresholds,
    )
    _assert_none(_analysis(target, input), settings, fail_level)


def assert_field(target: Target | Analysis, *, at_least: int, input: Sequence[int] | None = None) -> None:
    """Assert that every output sees so many pixels along every axis.

    Args:
        target: Whatever ``rfscope.analyze`` takes, or its result.
        at_least: Pixels; of several phases the one that sees least counts.
        input: Spatial size of the input per axis.

    Raises:
        AssertionError: One sees fewer, or it is not known how many it sees.
        RfscopeError: The target cannot be read or analyzed.
    """
    __tracebackhide__ = True
    analysis = _analysis(target, input)
    if not analysis.outputs or any(field.size_min is None for output in analysis.outputs for field in output.axes):
        raise AssertionError(f"the receptive field of {analysis.name} is not known, and {at_least} is asked for")
    _assert_none(analysis, Settings(select=("RFS201",), thresholds={"min_receptive_field": at_least}))


def assert_causal(target: Target | Analysis, *, max_lookahead: int = 0, input: Sequence[int] | None = None) -> None:
    """Assert that a 1-D network reads nothing ahead, or no more than so many positions.

    Args:
        target: Whatever ``rfscope.analyze`` takes, or its result.
        max_lookahead: Positions that it may read ahead.
        input: Size of the input.

    Raises:
        AssertionError: It does, or it is not known how far it reads.
        RfscopeError: The target cannot be read or analyzed, or it has more than one axis.
    """
    __tracebackhide__ = True
    analysis = _analysis(target, input)
    if analysis.network.dims > 1:
        got = f"{analysis.network.dims} axes"
        raise TargetError("a network that cannot be causal", where=analysis.name, got=got, expected="1, which is time")
    _assert_none(analysis, Settings(select=("RFS204",), thresholds={"max_lookahead": max_lookahead}))


def assert_latency(
    target: Target | Analysis,
    *,
    at_most_ms: float,
    sample_rate: float | None = None,
    input: Sequence[int] | None = None,
) -> None:
    """Assert that on a stream, outputs of a 1-D network come at most so late, however fast the machine.

    Args:
        target: Whatever ``rfscope.analyze`` takes, or its result.
        at_most_ms: Milliseconds from an output's own first sample until all that it reads has come.
        sample_rate: Samples a second of its input, in Hz; that of an analysis if not given.
        input: Size of the input.

    Raises:
        AssertionError: They come later, or the network cannot run on a stream; the text is that of ``rfscope lint``.
        RfscopeError: The target cannot be read or analyzed, or it has more than one axis.

    Example:
        >>> import rfscope as rf
        >>> rf.testing.assert_latency(rf.chain([1, 2, 4], dims=1, causal=True), at_most_ms=1, sample_rate=16_000)
    """
    __tracebackhide__ = True
    analysis = _analysis(target, input)
    if analysis.network.dims > 1:
        got = f"{analysis.network.dims} axes"
        raise TargetError("a network without a time axis", where=analysis.name, got=got, expected="1, which is time")
    given = {"max_latency_ms": at_most_ms, "sample_rate": sample_rate}
    thresholds = {name: value for name, value in given.items() if value is not None}
    if sample_rate is not None:
        analysis = replace(analysis, provenance=replace(analysis.provenance, sample_rate=sample_rate))
    _assert_none(analysis, Settings(select=("RFS205",), thresholds=thresholds))


def assert_same_reads(one: Target | Analysis, other: Target | Analysis, *, input: Sequence[int] | None = None) -> None:
    """Assert that the outputs of two networks read the same pixels, each as often.

    It is the check for replacing stride by dilation in a trained network. Where the grid of one is finer, only those
    of its outputs are compared that the other has, too.

    Args:
        one: Whatever ``rfscope.analyze`` takes, or its result.
        other: The same.
        input: Spatial size of the input per axis.

    Raises:
        AssertionError: They do not; the text names the first difference.
        RfscopeError: A target cannot be read or analyzed, or the two have no grid in common.
    """
    __tracebackhide__ = True
    from rfscope.exact.same import expect

    mine, theirs = _analysis(one, input), _analysis(other, input)
    found = expect("same-reads", mine, theirs)
    if not found.met:
        raise AssertionError(f"{mine.name} and {theirs.name} do not read the same: {found.first_difference}")


def assert_tiles_exactly(
    target: Target,
    *,
    input: Sequence[int] | int,
    tile: Sequence[int] | int,
    output: str | None = None,
    run: bool = False,
    tolerance: float = 1e-9,
) -> None:
    """Assert that a network can be run on tiles so that the result equals that of the whole image.

    Args:
        target: Whatever ``rfscope.analyze`` takes.
        input: Size of the image: one number for all axes or one per axis.
        tile: The largest size of a tile.
        output: The layer or module whose output is put together, instead of the network's.
        run: Whether a torch module is run, whole and tiled, on a small image, and compared.
        tolerance: The largest difference of that run, over the standard deviation of the output.

    Raises:
        AssertionError: It cannot; the text says why not and what to do.
        RfscopeError: The target cannot be read, or a number is out of range.
    """
    __tracebackhide__ = True
    plan = planned(target, input=input, tile=tile, output=output)
    if not plan.exact:
        said = "; ".join(f"{why.message}: {why.do}" for why in plan.why_not)
        raise AssertionError(f"{plan.name} cannot be tiled exactly: {said}")
    if run:
        from rfscope.answers.tiles import Wanted, verify_plan

        reading, wanted = Reading(input=plan.input), Wanted(tile=plan.tile, node=output)
        found = verify_plan(target, reading, wanted, plan, tolerance=tolerance)
        if not found.equal:
            raise AssertionError(f"{plan.name} differs on tiles: {found}")


def _assert_none(analysis: Analysis, settings: Settings, fail_level: Level = "error") -> None:
    __tracebackhide__ = True
    judgement = judge(analysis.name, analysis, settings)
    report = Report(judgements=(judgement,), fail_level=fail_level)
    failing = tuple(finding for finding in judgement.findings if report.fails(finding))
    if failing:
        shown = Report(judgements=(replace(judgement, findings=failing),), fail_level=fail_level)
        raise AssertionError(written(shown, "full").rstrip())


def _analysis(target: Target | Analysis, input: Sequence[int] | None) -> Analysis:
    if not isinstance(target, Analysis):
        return analyze(target, input=input)
    return target if input is None else analyze_network(target.network, input=input, provenance=target.provenance)

"""What Python users call. Every function takes a target: rates, a spec file's path, or a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError, TargetError
from rfscope.exact.analysis import Analysis
from rfscope.linting.run import judge
from rfscope.linting.settings import Settings
from rfscope.rules import Finding, check_thresholds
from rfscope.targets import Reading, Target, analysis_of, examine, module_of
from rfscope.text.facts import Comparison

if TYPE_CHECKING:
    from rfscope.design.repairs import Repaired
    from rfscope.design.suggestion import Suggestion
    from rfscope.verification import Verification

__all__ = ["analyze", "compare", "lint", "repair", "suggest", "verify"]


def analyze(
    target: Target,
    *,
    kernel: int | None = None,
    stride: int | Sequence[int] | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: Sequence[int] | Mapping[str, Sequence[int]] | None = None,
    of: str | None = None,
    output: str | None = None,
    between: tuple[str, str] | None = None,
    position: Sequence[int] | None = None,
    arguments: Mapping[str, Any] | Sequence[Any] | None = None,
    allow_unknown: bool = False,
    sample_rate: float | None = None,
) -> Analysis:
    """Analyze a network.

    Args:
        target: Rates such as ``"1,2,5"``, the path of a spec file, an ``.onnx`` file or a ``.pt2`` program,
            ``"zoo:NAME"``, ``"package.module:name"``, a torch module, or a network.
        kernel: Taps of each layer of a list of rates; 3 by default.
        stride: Stride of a list of rates, one number or one per layer; 1 by default.
        dims: Number of spatial axes of a list of rates; 2 by default.
        causal: Whether no layer of a list of rates reads ahead.
        input: Spatial size of the input per axis; without it, or the network's own, the grid is unbounded. Of a torch
            module also shapes of inputs by name, batch and channels included: ``{"x": (1, 3, 256, 256)}``.
        of: The input that the answer is for, by name, where there are several; the first if not given.
        output: The layer or module whose output is analyzed, instead of the network's outputs.
        between: Two layers or modules: only what lies between their outputs is analyzed.
        position: Which output to look at, per axis: a phase on the unbounded grid, a place in the map of a finite one.
        arguments: What a factory (``"package.module:name"``) is called with, by name or in order.
        allow_unknown: Whether to go on where an operation is not known; what is behind it is then a lower bound.
        sample_rate: Samples a second of a 1-D input, in Hz: answers then also give times.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> analyze("2,4,8")
        <Analysis of 2,4,8: sees 29x29, holes>
    """
    for name, value in (("position", position), ("between", between)):
        if value is not None and not isinstance(value, list | tuple):
            raise RfscopeError(f"bad {name}", got=value, expected="a list or a tuple")
    size, shapes = _input(input)
    reading = Reading(
        kernel=kernel,
        stride=stride,
        dims=dims,
        causal=causal,
        input=size,
        shapes=shapes,
        of=of,
        arguments=arguments,
        allow_unknown=allow_unknown,
        sample_rate=sample_rate,
    )
    return examine(target, reading, output=output, between=between, position=position)


def compare(*targets: Target | Analysis) -> Comparison:
    """Put networks side by side.

    Raises:
        RfscopeError: There are fewer than two, or a target cannot be read or analyzed.

    Example:
        >>> compare("1,2,5", "2,4,8").rows["verdict"]
        ('OK', 'HOLES')
    """
    if len(targets) < 2:
        raise TargetError("too few targets to compare", got=len(targets), expected="two or more")
    return Comparison(tuple(map(analysis_of, targets)))


def lint(target: Target | Analysis, **options: float) -> tuple[Finding, ...]:
    """Apply the design rules to a network.

    Args:
        target: A target or its analysis.
        options: Thresholds of rules (``rfscope.rules.THRESHOLDS``) by their names, such as ``min_receptive_field``.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or there is no such threshold.

    Example:
        >>> [finding.code for finding in lint("2,4,8")]
        ['RFS101']
        >>> [finding.code for finding in lint("1,2,5", min_receptive_field=20)]
        ['RFS201']
    """
    check_thresholds(options)
    analysis = analysis_of(target)
    return judge(analysis.name, analysis, Settings(thresholds=options)).findings


def suggest(
    *,
    field: int | None = None,
    at_least: bool = False,
    at_most: bool = False,
    layers: int | None = None,
    kernel: int | Sequence[int] = 3,
    dims: int = 2,
    causal: bool = False,
    near: Sequence[int] | None = None,
    max_rate: int | None = None,
    input: Sequence[int] | None = None,
    hdc: bool = False,
    rank: Sequence[str] = (),
    top: int = 5,
) -> Suggestion:
    """Find dilation rates with which layers see a wished field without holes, the best of all first.

    Args:
        field: Receptive field along one axis; may be left out with ``near``.
        at_least: Whether a larger field will do; the nearest possible is taken.
        at_most: Whether a smaller one will do.
        layers: How many layers; the fewest that do if not given.
        kernel: Taps, one number or one per layer.
        dims: Spatial axes, all with the same rates.
        causal: Whether no layer reads ahead; separate grids are then no fault.
        near: Rates to be changed as little as possible.
        max_rate: The largest rate.
        input: Size of the map that the layers run on; larger rates than half of it read padding only.
        hdc: Whether the published M_2 <= K must hold.
        rank: What schedules are ranked by: isolated, index, step, paths, max_rate.
        top: How many to give.

    Raises:
        RfscopeError: The wish contradicts itself, or takes more than the limits allow.

    Example:
        >>> found = suggest(field=65, layers=5)
        >>> found.answers[0].rates, found.certificate.candidates
        ((1, 3, 5, 8, 15), 108)
    """
    from rfscope.design.suggestion import suggest as answered
    from rfscope.design.wish import Wish

    largest = None if input is None else max(1, (min(input, default=1) - 1) // 2)
    wish = Wish(
        field=field,
        how="at-least" if at_least else "at-most" if at_most else "exactly",
        layers=layers,
        kernels=(kernel,) if isinstance(kernel, int) else tuple(kernel),
        max_rate=largest if max_rate is None else max_rate,
        hdc=hdc,
        rank=tuple(rank),
        top=top,
        dims=dims,
        causal=causal,
        near=None if near is None else tuple(near),
    )
    return answered(wish)


def repair(
    target: Target | Analysis, *, lower_only: bool = False, keep_field: bool = False
) -> tuple[tuple[str, tuple[Repaired, ...]], ...]:
    """Find the nearest schedules without holes, and what else the dilated layers could be changed to.

    Args:
        target: A target or its analysis.
        lower_only: Leave out what raises a rate or adds a layer.
        keep_field: Leave out what changes the field.

    Returns:
        Each schedule with dilation, by the name of the network and its layers: as it is, and what it could be.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> ((where, choices),) = repair("1,2,9")
        >>> [(one.kind, one.answer.rates) for one in choices[:2]]
        [('now', (1, 2, 9)), ('nearest', (1, 3, 9))]
    """
    from rfscope.design.repairs import repaired

    analysis = analysis_of(target)
    found = []
    for schedule in analysis.schedules:
        if schedule.serial_runs:
            whole = schedule.is_all_of(analysis.network)
            where = analysis.name if whole else f"{analysis.name}, {schedule.nodes[0]} to {schedule.nodes[-1]}"
            dims, causal = analysis.network.dims, analysis.judgement.all_causal
            choices = repaired(schedule.taps, dims=dims, causal=causal, lower_only=lower_only, keep_field=keep_field)
            found.append((where, choices))
    return tuple(found)


def verify(
    target: Target | Analysis,
    *,
    input: Sequence[int] | Mapping[str, Sequence[int]] | None = None,
    of: str | None = None,
    device: str = "auto",
    allow_import: bool = False,
) -> Verification:
    """Compare all that is said of a network with real convolutions in torch, and of a torch module the module itself.

    Args:
        target: A target, or an analysis: then only the network is compared, and no module.
        input: As for ``analyze``.
        of: As for ``analyze``.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        allow_import: Whether torch may load a ``.pt2`` file, which runs whatever code is in it.

    See ``rfscope.verification.verify`` for what is compared.

    Raises:
        RfscopeError: The target cannot be read or verified, or torch is not installed.
    """
    from rfscope import verification

    if isinstance(target, Analysis):
        return verification.verify(target, device=device)
    module = module_of(target, allow_import=allow_import)
    return verification.verify(analyze(target, input=input, of=of), module=module, device=device)


def _input(
    given: Sequence[int] | Mapping[str, Sequence[int]] | None,
) -> tuple[tuple[int, ...] | None, dict[str, tuple[int, ...]] | None]:
    """A size, or shapes by name."""
    if given is None:
        return None, None
    if isinstance(given, list | tuple):
        return tuple(given), None
    if not isinstance(given, Mapping) or not all(isinstance(shape, list | tuple) for shape in given.values()):
        raise RfscopeError("bad input", got=given, expected="a list or a tuple, or a dictionary of them by name")
    return None, {name: tuple(shape) for name, shape in given.items()}

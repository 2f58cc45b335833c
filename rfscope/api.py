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
    from rfscope.verification import Verification

__all__ = ["analyze", "compare", "lint", "verify"]


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

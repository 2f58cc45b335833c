"""What Python users call. Every function takes a target: rates, a spec file's path, or a network."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.exact import analysis as engine
from rfscope.exact.analysis import Analysis
from rfscope.exact.summary import Comparison
from rfscope.linting.run import judge
from rfscope.network.parts import part_of
from rfscope.rules import Finding
from rfscope.targets import Shape, Target, resolve

__all__ = ["analyze", "compare", "lint"]


def analyze(
    target: Target,
    *,
    kernel: int | None = None,
    stride: int | Sequence[int] | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: Sequence[int] | None = None,
    output: str | None = None,
    between: tuple[str, str] | None = None,
    position: Sequence[int] | None = None,
) -> Analysis:
    """Analyze a network.

    Args:
        target: Rates such as ``"1,2,5"``, the path of a spec file, ``"zoo:NAME"``, or a network.
        kernel: Taps of each layer of a list of rates; 3 by default.
        stride: Stride of a list of rates, one number or one per layer; 1 by default.
        dims: Number of spatial axes of a list of rates; 2 by default.
        causal: Whether no layer of a list of rates reads ahead.
        input: Spatial size of the input per axis; without it, or the network's own, the grid is unbounded.
        output: The layer or module whose output is looked at, instead of the network's outputs.
        between: Two layers or modules: only what lies between their outputs is analyzed.
        position: Which output to look at, per axis: a phase on the unbounded grid, a place in the map of a finite one.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> analyze("2,4,8")
        <Analysis of 2,4,8: sees 29x29, holes>
    """
    network = resolve(target, Shape(kernel=kernel, stride=stride, dims=dims, causal=causal))
    return engine.analyze(part_of(network, output, between), input=input, position=position)


def compare(*targets: Target) -> Comparison:
    """Put networks side by side.

    Raises:
        RfscopeError: A target cannot be read or analyzed.

    Example:
        >>> compare("1,2,5", "2,4,8").rows["verdict"]
        ('no holes', 'HOLES')
    """
    return Comparison(tuple(analyze(target) for target in targets))


def lint(target: Target | Analysis) -> tuple[Finding, ...]:
    """Apply the design rules to a network.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> [finding.code for finding in lint("2,4,8")]
        ['RFS101', 'RFS102', 'RFS103']
    """
    analysis = target if isinstance(target, Analysis) else analyze(target)
    return judge(analysis.name, analysis).findings

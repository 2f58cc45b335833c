"""What Python users call. Every function takes a target: rates, a spec file's path, or a network."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.exact import analysis as engine
from rfscope.exact.analysis import Analysis
from rfscope.exact.summary import Comparison
from rfscope.linting.run import judge
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
) -> Analysis:
    """Analyze a network.

    Args:
        target: Rates such as ``"1,2,5"``, the path of a spec file, or a network.
        kernel: Taps of each layer of a list of rates; 3 by default.
        stride: Stride of a list of rates, one number or one per layer; 1 by default.
        dims: Number of spatial axes of a list of rates; 2 by default.
        causal: Whether no layer of a list of rates reads ahead.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> analyze("2,4,8")
        <Analysis of 2,4,8: sees 29x29, holes>
    """
    shape = Shape(kernel=kernel, stride=stride, dims=dims, causal=causal)
    return engine.analyze(resolve(target, shape))


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

"""What a network sees, its findings, and whether real convolutions agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never, SupportsIndex

from rfscope.answers.analysis import Analysis
from rfscope.answers.comparison import Comparison
from rfscope.answers.findings import Findings
from rfscope.api.given import are_whole, each_of, input_of, numbers_of, rate_of, two_names
from rfscope.errors import RfscopeError, TargetError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.linting.run import judge
from rfscope.linting.settings import Settings
from rfscope.network import build
from rfscope.network.given import whole
from rfscope.network.graph import Network
from rfscope.readers.rates import read_rates
from rfscope.rules import check_thresholds
from rfscope.targets import Reading, Target, analysis_of, examine, module_of

if TYPE_CHECKING:
    from rfscope.verification import Verification

__all__ = ["analyze", "chain", "compare", "lint", "verify"]


def chain(
    rates: str | Sequence[SupportsIndex],
    *,
    kernel: build.Numbers = 3,
    stride: build.Numbers = 1,
    dims: int = 2,
    causal: bool = False,
    name: str | None = None,
) -> Network:
    """Make a plain chain of convolutions from its dilation rates.

    Padding keeps the size at stride 1: the extent less one, half of it before (rounded down) and the rest after;
    with ``causal`` all of it before.

    Args:
        rates: Dilation rate of each layer: a list of numbers, or text as on the command line.
        kernel: Taps, one number or one per layer.
        stride: Stride, one number or one per layer.
        dims: Number of spatial axes, 1 to 3.
        causal: Whether no layer reads ahead.
        name: The network's name; the rates if not given.

    Raises:
        RfscopeError: The rates cannot be read, a number is out of range or a list has the wrong length.

    Example:
        >>> chain("1,2,5"), [node.name for node in chain([1, 2, 5]).nodes]
        (<Network 1,2,5: 3 nodes, 2-D>, ['conv1', 'conv2', 'conv3'])
    """
    if not isinstance(rates, str):
        return build.chain(rates, kernel=kernel, stride=stride, dims=whole(dims), causal=causal, name=name)
    steps = each_of("stride", stride)
    read = read_rates(rates, kernel=each_of("kernel", kernel), stride=steps, dims=whole(dims), causal=causal)
    return read if name is None else build.assemble(read.nodes, name=name)


def analyze(
    target: Target,
    *,
    kernel: build.Numbers | str | None = None,
    stride: build.Numbers | str | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None = None,
    of: str | None = None,
    output: str | None = None,
    between: tuple[str, str] | None = None,
    position: build.Numbers | None = None,
    arguments: Mapping[str, Any] | Sequence[Any] | None = None,
    allow_unknown: bool = False,
    sample_rate: float | None = None,
) -> Analysis:
    """Analyze a network.

    Args:
        target: Rates such as ``"1,2,5"`` or ``[1, 2, 5]``, a list of layers such as ``[rf.conv(3), rf.conv(3)]``, the
            path of a spec file, an ``.onnx`` file or a ``.pt2`` program, ``"zoo:NAME"``, ``"package.module:name"``, a
            torch module, or a network.
        kernel: Taps of a list of rates, one number or one per layer; 3 by default.
        stride: Stride of a list of rates, one number or one per layer; 1 by default.
        dims: Number of spatial axes of a list of rates; 2 by default.
        causal: Whether no layer of a list of rates reads ahead.
        input: Spatial size of the input: one number for all axes or one per axis; without it, or the network's own,
            the grid is unbounded. Of a torch module also shapes of inputs by name, batch and channels included:
            ``{"x": (1, 3, 256, 256)}``.
        of: The input that the answer is for, by name, where there are several; the first if not given.
        output: The layer or module whose output is analyzed, instead of the network's outputs.
        between: Two layers or modules: only what lies between their outputs is analyzed.
        position: Which output to look at, per axis: a phase on the unbounded grid, a place in the map of a finite one.
        arguments: What a factory (``"package.module:name"``) is called with, by name or in order.
        allow_unknown: Whether to go on where an operation is not known; what is behind it is then a lower bound.
        sample_rate: Samples a second of a 1-D input, in Hz: answers then also give times.

    Returns:
        The analysis: printed, it is the answer of the command line, and in a notebook it shows itself.

    Raises:
        RfscopeError: The target cannot be read or analyzed.

    Example:
        >>> analyze("2,4,8")
        <Analysis of 2,4,8: sees 29x29, HOLES>
        >>> analyze("2,4,8", input=64).sizes["conv3"]
        (64, 64)
    """
    size, shapes = input_of(input)
    reading = Reading(
        kernel=None if kernel is None else each_of("kernel", kernel),
        stride=None if stride is None else each_of("stride", stride),
        dims=whole(dims),
        causal=causal,
        input=size,
        shapes=shapes,
        of=of,
        arguments=arguments,
        allow_unknown=allow_unknown,
        sample_rate=rate_of(sample_rate),
    )
    for name, value in (("output", output), ("of", of)):
        if value is not None and not isinstance(value, str):
            raise RfscopeError(f"bad {name}", got=repr(value), expected="a name")
    place = None if position is None else numbers_of("position", position)
    found = examine(target, reading, output=output, between=two_names(between), position=place)
    if sample_rate is not None and found.network.dims != 1:
        axes, do = f"{found.network.dims} axes", "add dims=1 to a list of rates, or leave sample_rate out"
        raise RfscopeError("a sample rate without a 1-D network", where=found.name, got=axes, do=do)
    return Analysis.of(found)


def compare(*targets: Target | Numbers) -> Comparison:
    """Put networks side by side.

    Raises:
        RfscopeError: There are fewer than two, or a target cannot be read or analyzed.

    Example:
        >>> compare("1,2,5", "2,4,8").rows["verdict"]
        ('OK', 'HOLES')
    """
    if len(targets) < 2:
        packed = len(targets) == 1 and isinstance(targets[0], list | tuple) and not are_whole(targets[0])
        do = "give each as an argument of its own, compare(*targets)" if packed else None
        raise TargetError("too few targets to compare", got=len(targets), expected="two or more", do=do)
    return Comparison(tuple(Analysis.of(analysis_of(target)) for target in targets))


def lint(
    target: Target | Numbers,
    *,
    max_gridding_index: float | None = None,
    min_receptive_field: int | None = None,
    max_lookahead: int | None = None,
    max_latency_ms: float | None = None,
    sample_rate: float | None = None,
    tile: int | None = None,
    **unknown: Never,
) -> Findings:
    """Apply the design rules to a network.

    Args:
        target: A target or its analysis.
        max_gridding_index: The highest gridding index that is allowed; 0.5 if not given.
        min_receptive_field: Pixels that an output must see along every axis.
        max_lookahead: Samples that an output of a 1-D network may read ahead of its own position.
        max_latency_ms: Milliseconds that an output of a 1-D network may be late on a stream.
        sample_rate: Samples a second of its input, in Hz.
        tile: Size of the tiles that the network is run on.
        unknown: Nothing: any other name is an error that says which there are.

    Returns:
        The findings, a tuple: printed, they are the answer of the command line, and a notebook shows them.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or there is no such threshold.

    Example:
        >>> [finding.code for finding in lint("2,4,8")]
        ['RFS101']
        >>> lint("1,2,5", min_receptive_field=20)
        <Findings for 1,2,5: error RFS201 field-below-minimum at conv3>
    """
    check_thresholds(unknown)
    given = {
        "max_gridding_index": max_gridding_index,
        "min_receptive_field": min_receptive_field,
        "max_lookahead": max_lookahead,
        "max_latency_ms": max_latency_ms,
        "sample_rate": rate_of(sample_rate),
        "tile": tile,
    }
    thresholds = {name: value for name, value in given.items() if value is not None}
    analysis = analysis_of(target)
    return Findings(judge(analysis.name, analysis, Settings(thresholds=thresholds)))


def verify(
    target: Target | Numbers,
    *,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None = None,
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

    if isinstance(target, Numbers):
        return verification.verify(target, device=device)
    module = module_of(target, allow_import=allow_import)
    return verification.verify(analyze(target, input=input, of=of), module=module, device=device)

"""What Python users call. Every function takes a target: rates, a spec file's path, or a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Never, SupportsIndex

from rfscope.answers.analysis import Analysis
from rfscope.answers.comparison import Comparison
from rfscope.answers.findings import Findings
from rfscope.errors import RfscopeError, TargetError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.linting.run import judge
from rfscope.linting.settings import Settings
from rfscope.network import build
from rfscope.network.given import listed, whole
from rfscope.network.graph import Network
from rfscope.readers.rates import read_rates
from rfscope.rules import check_thresholds
from rfscope.targets import Reading, Target, analysis_of, examine, module_of

if TYPE_CHECKING:
    from rfscope.answers.tiles import TilePlan
    from rfscope.verification import Verification

__all__ = ["analyze", "chain", "compare", "lint", "tile", "verify"]


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
    steps = _each("stride", stride)
    read = read_rates(rates, kernel=_each("kernel", kernel), stride=steps, dims=whole(dims), causal=causal)
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
    size, shapes = _input(input)
    reading = Reading(
        kernel=None if kernel is None else _each("kernel", kernel),
        stride=None if stride is None else _each("stride", stride),
        dims=whole(dims),
        causal=causal,
        input=size,
        shapes=shapes,
        of=of,
        arguments=arguments,
        allow_unknown=allow_unknown,
        sample_rate=_rate(sample_rate),
    )
    for name, value in (("output", output), ("of", of)):
        if value is not None and not isinstance(value, str):
            raise RfscopeError(f"bad {name}", got=repr(value), expected="a name")
    place = None if position is None else _numbers("position", position)
    return Analysis.of(examine(target, reading, output=output, between=_two(between), position=place))


def compare(*targets: Target | Numbers) -> Comparison:
    """Put networks side by side.

    Raises:
        RfscopeError: There are fewer than two, or a target cannot be read or analyzed.

    Example:
        >>> compare("1,2,5", "2,4,8").rows["verdict"]
        ('OK', 'HOLES')
    """
    if len(targets) < 2:
        raise TargetError("too few targets to compare", got=len(targets), expected="two or more")
    return Comparison(tuple(Analysis.of(analysis_of(target)) for target in targets))


def lint(
    target: Target | Numbers,
    *,
    max_gridding_index: float | None = None,
    min_receptive_field: int | None = None,
    max_lookahead: int | None = None,
    tile: int | None = None,
    **unknown: Never,
) -> Findings:
    """Apply the design rules to a network.

    Args:
        target: A target or its analysis.
        max_gridding_index: The highest gridding index that is allowed; 0.5 if not given.
        min_receptive_field: Pixels that an output must see along every axis.
        max_lookahead: Samples that an output of a 1-D network may read ahead of its own position.
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


def tile(
    target: Target,
    *,
    input: build.Numbers,
    tile: build.Numbers | None = None,
    memory: int | None = None,
    output: str | None = None,
    equal: bool = False,
    dtype: str = "float32",
    batch: int = 1,
    allow_inexact: bool = False,
) -> TilePlan:
    """Plan how to run a network on an image tile by tile, so that the result equals that of the whole image.

    Args:
        target: As for ``analyze``.
        input: Size of the image: one number for all axes or one per axis.
        tile: The largest size of a tile; along an axis where it is the image's, nothing is cut.
        memory: Bytes that the maps of one tile may take, instead of a size: the tile of the least work is taken.
        output: The layer or module whose output is put together, instead of the network's.
        equal: Whether tiles must have just the size that is given.
        dtype: Type of the numbers, for what is said of memory.
        batch: Images in a batch, for what is said of memory.
        allow_inexact: Whether a plan may be gone through though the result would not equal the whole's.

    Returns:
        The plan. Going through it gives the tiles; that raises where they would not equal the whole.

    Raises:
        RfscopeError: The target cannot be read, a number is out of range, or nothing fits into the memory.

    Example:
        >>> plan = tile("1,2,5", input=100, tile=64)
        >>> [one.write[1] for one in plan][:2]
        [slice(0, 56, None), slice(56, 100, None)]
    """
    from rfscope.answers.tiles import Wanted, make_plan

    wanted = Wanted(
        tile=None if tile is None else _numbers("tile", tile),
        memory=whole(memory),
        node=output,
        equal=equal,
        dtype=dtype,
        batch=whole(batch),
        allow_inexact=allow_inexact,
    )
    return make_plan(target, Reading(input=_numbers("input", input)), wanted)


def _input(
    given: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None,
) -> tuple[tuple[int, ...] | None, dict[str, tuple[int, ...]] | None]:
    """A size, or shapes by name."""
    if given is None:
        return None, None
    if not isinstance(given, Mapping):
        return _numbers("input", given, " or shapes by name"), None
    shapes = {name: listed(shape) for name, shape in given.items()}
    if None in shapes.values():
        raise RfscopeError("bad input", got=repr(given), expected="the shape of each input as a list or a tuple")
    return None, {name: shape for name, shape in shapes.items() if shape is not None}


def _numbers(name: str, given: Any, other: str = "") -> tuple[int, ...]:
    """Whole numbers, one per axis, or one that holds for each.

    Raises:
        RfscopeError: They are none.
    """
    numbers = (whole(given),) if (several := listed(given)) is None else several
    if not numbers or not all(type(number) is int for number in numbers):
        raise RfscopeError(f"bad {name}", got=repr(given), expected=f"an integer, or a list of one per axis{other}")
    return numbers


def _each(name: str, given: Any) -> Any:
    """One number for all layers, or one for each; text is read as on the command line.

    Raises:
        RfscopeError: It is neither.
    """
    numbers = whole(given) if (several := listed(given)) is None else several
    if isinstance(numbers, str) or all(type(number) is int for number in (several or (numbers,))):
        return numbers
    raise RfscopeError(f"bad {name}", got=repr(given), expected="an integer of 1 or more, or a list of one per layer")


def _two(between: Any) -> tuple[str, str] | None:
    if between is None:
        return None
    if not isinstance(between, list | tuple) or len(between) != 2 or not all(isinstance(one, str) for one in between):
        raise RfscopeError("bad between", got=repr(between), expected="the names of two layers or modules, as a list")
    return between[0], between[1]


def _rate(given: Any) -> float | None:
    """A sample rate as Python's own number."""
    if given is None:
        return None
    try:
        rate = whole(given) if isinstance(whole(given), int) else float(given)
    except (TypeError, ValueError):
        rate = 0
    if isinstance(given, bool | str) or not isfinite(rate) or rate <= 0:
        raise RfscopeError("bad sample_rate", got=repr(given), expected="samples a second, a number above 0")
    return rate

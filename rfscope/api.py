"""What Python users call. Every function takes a target: rates, a spec file's path, or a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, SupportsIndex

from rfscope.answers.analysis import Analysis
from rfscope.answers.comparison import Comparison
from rfscope.answers.findings import Findings
from rfscope.answers.stream import Stream
from rfscope.errors import OutputError, RfscopeError, TargetError
from rfscope.exact.analysis import Analysis as Numbers
from rfscope.exact.streaming import stream as on_stream
from rfscope.linting.run import judge
from rfscope.linting.settings import Settings
from rfscope.network import build
from rfscope.network.given import listed, whole
from rfscope.network.graph import Network
from rfscope.readers.rates import is_rates, read_rates
from rfscope.rules import check_thresholds
from rfscope.targets import Reading, Target, analysis_of, examine, module_of

if TYPE_CHECKING:
    from rfscope.answers.tiles import TilePlan
    from rfscope.design.repairs import Repaired
    from rfscope.design.suggestion import Suggestion
    from rfscope.verification import Verification

__all__ = ["analyze", "chain", "compare", "lint", "repair", "report", "stream", "suggest", "tile", "verify"]


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
    found = examine(target, reading, output=output, between=_two(between), position=place)
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
        packed = len(targets) == 1 and isinstance(targets[0], list | tuple) and not _is_whole(targets[0])
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
        "sample_rate": _rate(sample_rate),
        "tile": tile,
    }
    thresholds = {name: value for name, value in given.items() if value is not None}
    analysis = analysis_of(target)
    return Findings(judge(analysis.name, analysis, Settings(thresholds=thresholds)))


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
    target: Target | Numbers, *, lower_only: bool = False, keep_field: bool = False
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


def report(*targets: Target | Numbers, file: str | PathLike[str] | None = None) -> str:
    """Write a report: one HTML file with verdicts, findings, maps and tables, which loads nothing.

    Args:
        targets: What it is on; each a target or its analysis.
        file: Where to write it; nowhere if not given.

    Returns:
        The HTML.

    Raises:
        RfscopeError: There is no target, one cannot be read or analyzed, or the file cannot be written.

    Example:
        >>> report("2,4,8", "1,2,5").count("<h2")
        3
    """
    from rfscope.reporting import Chapter
    from rfscope.reporting import report as written

    if not targets:
        raise TargetError("no target to report on", expected="one or more")
    text = written([Chapter(analysis=analysis_of(target)) for target in targets])
    if file is not None:
        try:
            Path(file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError("cannot write the report", where=str(file), got=error.strerror or str(error)) from None
    return text


def stream(
    target: Target | Numbers,
    *,
    sample_rate: float | None = None,
    chunk: int | None = None,
    kernel: build.Numbers | str | None = None,
    stride: build.Numbers | str | None = None,
    dims: int | None = None,
    causal: bool = False,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None = None,
    of: str | None = None,
    output: str | None = None,
    arguments: Mapping[str, Any] | Sequence[Any] | None = None,
    allow_unknown: bool = False,
) -> Stream:
    """Say with what latency a network in time runs on a stream, in what chunks, and what it has to remember.

    Args:
        target: A target as for ``analyze``, with one axis, or an analysis; a list of rates has one if not told else.
        sample_rate: Samples a second of its input, in Hz: lengths are then also given as times.
        chunk: Samples that come at once, if also to be told for these.
        kernel: Taps of a list of rates, as for ``analyze``.
        stride: Stride of a list of rates.
        dims: Number of axes of a list of rates; 1 by default.
        causal: Whether no layer of a list of rates reads ahead.
        input: Length of the signal, or shapes of inputs by name: a module is read at it, and SAME padding follows it.
        of: The input that comes as a stream, where there are several.
        output: The layer or module whose output is asked for, instead of the network's.
        arguments: What a factory is called with.
        allow_unknown: Whether to go on where an operation is not known, which then is told as what is in the way.

    Returns:
        The facts: printed, they are the answer of the command line. Where it cannot run on a stream, ``why_not`` says
        why, and lengths are None.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or it has more than one axis.

    Example:
        >>> tcn = stream("1,2,4,8", sample_rate=16_000)
        >>> tcn.causal, tcn.lookahead, tcn.latency_ms, tcn.positions
        (False, 15, 1.0, 30)
    """
    rate = _rate(sample_rate)
    if chunk is not None and (type(whole(chunk)) is not int or whole(chunk) < 1):
        raise RfscopeError("bad chunk", got=repr(chunk), expected="samples, an integer of 1 or more")
    if isinstance(target, Numbers):
        known = target.provenance if rate is None else replace(target.provenance, sample_rate=rate)
        return Stream.of(on_stream(replace(target, provenance=known), chunk=whole(chunk)))
    if dims is None and _is_of_rates(target):
        dims = 1
    analysis = analyze(
        target,
        kernel=kernel,
        stride=stride,
        dims=dims,
        causal=causal,
        input=input,
        of=of,
        output=output,
        arguments=arguments,
        allow_unknown=allow_unknown,
        sample_rate=rate,
    )
    return Stream.of(on_stream(analysis, chunk=whole(chunk)))


def _is_of_rates(target: Any) -> bool:
    """Whether a target is a list of rates, as text or as numbers."""
    if isinstance(target, str):
        return is_rates(target)
    items = listed(target)
    return bool(items) and all(type(item) is int for item in items or ())


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
        if getattr(given, "ndim", 0) > 1:
            shape, kind = "x".join(map(str, given.shape)), type(given).__name__  # type: ignore[union-attr]
            size = "the size of the input, one number per axis, such as (64, 64)"
            raise RfscopeError("bad input", got=f"{kind} of {shape}", expected=size, do="leave out batch and channels")
        numbers = _numbers("input", given, " or shapes by name")
        if min(numbers) < 1:
            raise RfscopeError("bad input", got=repr(given), expected="integers of 1 or more")
        return numbers, None
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


def _is_whole(numbers: Sequence[Any]) -> bool:
    return all(type(whole(number)) is int for number in numbers)


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

"""Verification on the user's own module: the gradients that it really has against the reads that were predicted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import LimitError, TargetError, UnsupportedError
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import up_to
from rfscope.network.reads import Whole
from rfscope.network.sizes import Settled, settle
from rfscope.readers.torch import Captured, capture
from rfscope.readers.torch.translate import Translation, translate
from rfscope.readers.tracing import Everywhere, Map
from rfscope.verification.canvas import Position
from rfscope.verification.device import find_device
from rfscope.verification.structure import Watch, simplify, structural

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["ModuleVerification", "verify_module"]

_NUMBER_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleVerification:
    """What was compared on a user's module.

    Attributes:
        device: Where it ran.
        dtype: Type of the numbers, ``"float64"``.
        torch: Version of torch.
        input: Spatial size of the input it ran on.
        inside: Whether the field of an output in the middle fits on that input, so that it touches no border.
        gradients: How many outputs were looked at.
        positions: How many input positions were compared in all.
        through_global: Whether gradients through global operations were compared, too.
        bytes: Memory that its maps take, as estimated beforehand.
        seconds: How long it took.
        equal: Whether every gradient is nonzero exactly where it should be.
        first_difference: The first place where it is not.
    """

    device: str
    dtype: str
    torch: str
    input: tuple[int, ...]
    inside: bool
    gradients: int
    positions: int
    through_global: bool
    bytes: int
    seconds: float
    equal: bool
    first_difference: str | None

    def record(self) -> dict[str, Any]:
        """The verification as plain data for JSON; ``first_difference`` only where there is one."""
        record = {field.name: getattr(self, field.name) for field in fields_of(self)}
        return {key: value for key, value in record.items() if key != "first_difference" or value is not None}

    def __str__(self) -> str:
        size = "x".join(map(str, self.input))
        where = "inside the border" if self.inside else "clipped by the border"
        result = "all equal" if self.equal else f"MISMATCH: {self.first_difference}"
        beside = ", and through global operations" if self.through_global else ""
        return (
            f"Verified on the module itself (torch {self.torch} on {self.device}, float64, input {size}, "
            f"{self.bytes / 2**30:.2f} GiB): {self.positions} positions of {self.gradients} gradients{beside}, the "
            f"middle output {where}, in {self.seconds:.1f} s, {result}."
        )


def verify_module(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None = None,
    name: str | None = None,
    device: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> ModuleVerification:
    """Run a module and compare where its gradients are nonzero with where it is predicted to read.

    A copy of the module runs its own code with other numbers: positive weights, activations that pass everything, means
    instead of maxima. At several outputs, those at the border among them, the nonzero gradient must be the predicted
    support, position by position. Where global operations are in the way it is compared twice: with them cut off, and
    with them in place.

    Args:
        module: A module with real weights. It is left as it is.
        input: Spatial size per axis to run it on; by default one on which the field of an output in the middle fits,
            or the largest that the limits allow.
        name: What it is called in error texts.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        progress: Called after each gradient with how many are done and how many there are.

    Raises:
        TargetError: It cannot be captured, or has weights without data.
        UnsupportedError: It has operations that were not analyzed.
        LimitError: It needs more than the limits ``verify-bytes`` or ``verify-multiply-adds``.
        RfscopeError: There is no such device.
    """
    import torch

    title, place = name or type(module).__name__, find_device(device)
    if any(weight.is_meta for weight in module.parameters()):
        do = "build it on the CPU"
        raise TargetError("cannot run a module whose weights have no data", where=title, do=do)
    began = time.perf_counter()
    plan = _plan(module, input, title)
    expected = list(_expectations(plan))
    copy = simplify(module).to(place)
    random = torch.Generator().manual_seed(1)
    shapes = [tensor.shape for tensor in plan.captured.program.inputs]
    images = [(torch.rand(shape, generator=random, dtype=torch.float64) + 0.5).to(place) for shape in shapes]
    with torch.inference_mode(mode=False), torch.enable_grad():
        found = _compare(copy, images, plan, expected, progress)
    version = torch.__version__
    return ModuleVerification(
        device=f"{place} {torch.cuda.get_device_name(place)}" if place.type == "cuda" else str(place),
        dtype="float64",
        torch=version,
        input=plan.captured.sizes,
        inside=plan.inside,
        gradients=found.gradients,
        positions=found.gradients * prod(plan.captured.sizes),
        through_global=any(one.with_global is not None for one in expected),
        bytes=plan.bytes,
        seconds=time.perf_counter() - began,
        equal=found.difference is None,
        first_difference=found.difference,
    )


@dataclass(frozen=True)
class _Plan:
    """A module as it was read at the size that it will run at.

    Attributes:
        captured: The program and its inputs.
        translation: The network.
        settled: The network and the sizes of its maps.
        bytes: Memory that its tensors take.
        inside: Whether the field of a middle output fits.
    """

    captured: Captured
    translation: Translation
    settled: Settled
    bytes: int
    inside: bool


def _plan(module: torch.nn.Module, input: Sequence[int] | None, name: str) -> _Plan:
    """Choose the size to run at: large enough for the field, small enough for the limits."""
    found = capture(module, input=input, name=name)
    plan = _read(found, name)
    if input is not None or (plan.inside and _affordable(plan)):
        _check_affordable(plan, name)
        return plan
    for size in _larger_and_smaller(plan):
        try:
            other = _read(capture(module, input=size, name=name, channels=[found.channels]), name)
        except TargetError:
            continue  # a module made for one size
        if _affordable(other):
            return other
    _check_affordable(plan, name)
    return plan


def _read(captured: Captured, name: str) -> _Plan:
    sizes = captured.sizes
    translation = translate(captured.program, name=name, dims=len(sizes), input=sizes, allow_unknown=False)
    settled = settle(translation.network)
    memory = sum(prod(tensor.shape) for call in captured.program.calls for tensor in call.results) * _NUMBER_BYTES
    return _Plan(captured, translation, settled, memory, _fits(settled))


def _fits(settled: Settled) -> bool:
    """Whether what the middle outputs read lies on the image, with nothing in the padding."""
    from rfscope.exact.analysis import analyze

    analysis = analyze(settled.network)
    image = settled.network.input or ()
    for output in analysis.outputs:
        for field, place, size in zip(output.axes, output.position, image, strict=True):
            seen = field.at(place)
            if seen.start is None or seen.size is None or not (seen.start >= 0 and seen.start + seen.size <= size):
                return False
    return True


def _larger_and_smaller(plan: _Plan) -> Iterator[tuple[int, ...]]:
    """Sizes to try, best first: those on which the field fits, then smaller and smaller ones."""
    from rfscope.exact.analysis import analyze

    dims = len(plan.captured.sizes)
    unit = {1: 256, 2: 64, 3: 16}[dims]
    fields = [field for output in analyze(plan.settled.network).outputs for field in output.axes]
    largest = max((field.size_max or 1 for field in fields), default=1)
    room = -(-(largest + unit) // unit) * unit
    here = max(plan.captured.sizes)
    tried = [room, room + unit, room + 4 * unit, here]
    while tried[-1] > unit:
        tried.append(max(unit, tried[-1] // 2 // unit * unit))
    yield from ((size,) * dims for size in dict.fromkeys(tried))


def _work(plan: _Plan) -> int:
    """Multiplications of all convolutions and linear layers, as far as their maps are followed."""
    sizes = plan.settled.sizes or {}
    return sum((node.parameters or 0) * prod(sizes.get(node.name) or (1,)) for node in plan.settled.network.nodes)


def _affordable(plan: _Plan) -> bool:
    return plan.bytes <= limits.limit("verify-bytes") and _work(plan) <= limits.limit("verify-multiply-adds")


def _check_affordable(plan: _Plan, name: str) -> None:
    try:
        limits.check("verify-bytes", plan.bytes, where=name)
        limits.check("verify-multiply-adds", _work(plan), where=name)
    except LimitError as error:
        do = f"give a smaller --input, or {error.do}"
        raise LimitError(error.what, where=error.where, got=error.got, expected=error.expected, do=do) from None


@dataclass(frozen=True)
class _Expected:
    """One output of the module, and what its gradient must be.

    Attributes:
        tensor: Which of the tensors that the module returns; or what enters a global operation, by its node's name.
        value: Where the positions lie in it.
        position: Which output, per axis.
        support: Where the gradient is nonzero with global operations cut off.
        with_global: Where it is with them in place; None if there are none before the output.
    """

    tensor: int | str
    value: Map
    position: Position
    support: np.ndarray[Any, Any]
    with_global: np.ndarray[Any, Any] | None


def _expectations(plan: _Plan) -> Iterator[_Expected]:
    """The outputs that are looked at: of each tensor the middle one, its neighbour, the first and the last."""
    network, sizes = plan.settled
    unknown = [node.name for node in network.nodes if node.is_unknown]
    if unknown:
        raise UnsupportedError("cannot verify what was not analyzed", where=unknown[0])
    for place, value in enumerate(plan.translation.outputs):
        if isinstance(value, Map) and value.node != INPUT:
            yield from _of_value(network, sizes or {}, place, value)
        elif isinstance(value, Everywhere):
            yield from _before(plan, value)


def _of_value(network: Network, sizes: Mapping[str, Any], tensor: int | str, value: Map) -> Iterator[_Expected]:
    middle = tuple(size // 2 for size in value.sizes)
    beside = tuple(min(at + 1, size - 1) for at, size in zip(middle, value.sizes, strict=True))
    last = tuple(size - 1 for size in value.sizes)
    reached = _reached_by_globals(network, value.node, sizes)
    for position in dict.fromkeys([middle, beside, (0,) * len(middle), last]):
        support = _support(network, value.node, [position], sizes)
        alone = reached is None or not support.any()  # what lies in the padding only is zero, and so is any gate of it
        yield _Expected(tensor, value, position, support, None if alone or reached is None else reached | support)


def _before(plan: _Plan, value: Everywhere) -> Iterator[_Expected]:
    """What enters the last global operation before an output that belongs to no position."""
    network, sizes = plan.settled
    by_name, waiting, seen = network.by_name, [value.node], set[str]()
    while waiting:
        node = by_name[waiting.pop()]
        if node.name in seen:
            continue
        seen.add(node.name)
        held = plan.translation.entered.get(node.name)
        if node.is_global and held is not None and held.node != INPUT and len(node.inputs) == 1:
            yield from _of_value(network, sizes or {}, node.name, held)
            return
        waiting += [name for name in node.inputs if (sizes or {}).get(name) is None]


_NOT_CUT = ("norm",)
"""Norms only scale when a module is verified, so what is common to a map does not come in through them."""


def _support(
    network: Network, node: str, positions: Sequence[Position], sizes: Mapping[str, Any]
) -> np.ndarray[Any, Any]:
    """Where on the image some outputs of a node read, global operations left out."""
    import numpy as np

    from rfscope.exact.walk import Region, walk_back

    start = tuple(map(min, zip(*positions, strict=True)))
    stop = tuple(max(line) + 1 for line in zip(*positions, strict=True))
    used = Region(start, np.ones((1, *(b - a for a, b in zip(start, stop, strict=True))), dtype=bool))
    image = np.zeros(sizes[INPUT], dtype=bool)
    found = walk_back(up_to(network, node), node, used, sizes=sizes, keep=()).get(INPUT)
    if found is not None:
        box = tuple(slice(a, a + n) for a, n in zip(found.start, found.size, strict=True))
        image[box] = found.used()
    return image


def _reached_by_globals(network: Network, node: str, sizes: Mapping[str, Any]) -> np.ndarray[Any, Any] | None:
    """Where on the image the global operations before a node read; None if there are none.

    It is None, too, where one is global along some axes only: then it is not all of its map that comes through it.
    """
    import numpy as np

    inside = up_to(network, node)
    cut = [one for one in inside.nodes if one.is_global and one.op not in _NOT_CUT]
    if not all(isinstance(read, Whole) for one in cut for read in one.reads):
        return None
    found = None
    for one in cut:
        found = np.zeros(sizes[INPUT], dtype=bool) if found is None else found
        for name in one.inputs:
            size = sizes.get(name)
            if name == INPUT:
                found |= True
            elif size is not None:
                corners = [(0,) * len(size), tuple(length - 1 for length in size)]
                found |= _support(inside, name, corners, sizes)
    return found


@dataclass
class _Compared:
    gradients: int = 0
    difference: str | None = None


def _compare(
    module: torch.nn.Module,
    images: Sequence[torch.Tensor],
    plan: _Plan,
    expected: Sequence[_Expected],
    progress: Callable[[int, int], None] | None,
) -> _Compared:
    """Run the module with global operations cut off, and if there are any, with them in place."""
    result = _Compared()
    if not expected:
        raise UnsupportedError("no output of the module belongs to a position", do="verify a part of it")
    runs = [False, True] if any(one.with_global is not None for one in expected) else [False]
    total = len(expected) * len(runs)
    for open_ in runs:
        given = [image.clone().requires_grad_() for image in images]
        watch = Watch(plan.translation.mixers, open=open_)
        made = _run(module, given, watch)
        leaves = _tensors(made)
        for one in expected:
            wanted = one.with_global if open_ else one.support
            if wanted is None:
                continue
            tensor = leaves[one.tensor] if isinstance(one.tensor, int) else _entering(watch, one)
            found = _gradient(tensor, one, given, plan)
            result.gradients += 1
            if progress is not None:
                progress(result.gradients, total)
            difference = _first_difference(found, wanted, one, with_global=open_)
            if difference is not None:
                return replace(result, difference=difference)
    return result


def _run(module: torch.nn.Module, images: Sequence[torch.Tensor], watch: Watch) -> Any:
    try:
        with structural(module, watch):
            return module(*images)
    except Exception as error:  # noqa: BLE001 - whatever a module raises that was made for other numbers
        got = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        raise UnsupportedError("cannot run a copy of the module in float64", got=got) from None


def _entering(watch: Watch, one: _Expected) -> torch.Tensor:
    """The tensor that enters a global operation; what a class token is taken from is known by its shape."""
    found = watch.entered.get(str(one.tensor))
    candidates = [found] if found is not None else [tensor for line in watch.indexed.values() for tensor in line]
    for tensor in candidates:
        if tuple(tensor.shape) == one.value.shape:
            return tensor
    raise UnsupportedError("cannot look at what enters a global operation", where=str(one.tensor))


def _tensors(made: Any) -> list[torch.Tensor]:
    import torch
    from torch.utils._pytree import tree_leaves

    return [leaf for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]


def _gradient(tensor: torch.Tensor, one: _Expected, given: Sequence[torch.Tensor], plan: _Plan) -> np.ndarray[Any, Any]:
    """Where on the image the gradient of one output is not zero."""
    import numpy as np
    import torch

    mask = _mask(one.value, one.position).to(tensor.device)
    image = np.zeros(plan.captured.sizes, dtype=bool)
    if not tensor.requires_grad:
        return image
    grads: Sequence[torch.Tensor | None] = torch.autograd.grad(
        tensor[mask].sum(), list(given), retain_graph=True, allow_unused=True
    )
    for gradient in grads:
        if gradient is not None and gradient.shape[2:] == plan.captured.sizes:
            image |= (gradient != 0).flatten(0, 1).any(0).cpu().numpy()
    return image


def _mask(value: Map, position: Position) -> torch.Tensor:
    """Which elements of a tensor belong to one position of its map."""
    import torch

    shape = value.shape
    mask = torch.ones(shape, dtype=torch.bool)
    for axis, at in enumerate(position):
        places = torch.zeros(shape, dtype=torch.int64)
        for dim, parts in enumerate(value.layout):
            own = torch.zeros(shape[dim], dtype=torch.int64)
            index = torch.arange(shape[dim])
            for part in reversed(parts):
                tokens = part.tokens
                if tokens:
                    index = index - part.before
                    inside = index.ge(0) & index.lt(prod(token.size for token in tokens))
                    mask &= _along(inside, dim, len(shape))
                for piece in reversed(tokens or (part,)):
                    if piece.axis == axis:
                        own = own + index.remainder(piece.size) * piece.step
                    index = index.div(piece.size, rounding_mode="floor")
            places = places + _along(own, dim, len(shape))
        mask &= places == at
    return mask


def _along(line: torch.Tensor, dim: int, rank: int) -> torch.Tensor:
    return line.reshape([-1 if place == dim else 1 for place in range(rank)])


def _first_difference(
    found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], one: _Expected, *, with_global: bool
) -> str | None:
    import numpy as np

    wrong = np.argwhere(found != wanted)
    if not len(wrong):
        return None
    place = tuple(int(at) for at in wrong[0])
    read = "reads" if found[place] else "does not read"
    said = "it should" if wanted[place] else "it should not"
    through = ", global operations in place" if with_global else ""
    return (
        f"output {one.position} of {one.value.node}{through}: the module {read} input {place}, and {said} "
        f"({int(found.sum())} positions read, {int(wanted.sum())} predicted)"
    )

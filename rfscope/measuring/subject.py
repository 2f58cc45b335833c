"""What is looked at: an output of a module, where it lies in the tensors, and what it can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rfscope.errors import LimitError, RfscopeError, TargetError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.digits import DIGIT_BITS
from rfscope.network.graph import INPUT
from rfscope.network.parts import find
from rfscope.readers.torch import Captured, capture
from rfscope.readers.torch.calls import Tensor
from rfscope.readers.torch.parts import named_modules, weights_of
from rfscope.readers.torch.translate import Translation, translate
from rfscope.readers.tracing import Everywhere, Map
from rfscope.verification.canvas import Position
from rfscope.verification.plan import make_plan
from rfscope.verification.predicted import support
from rfscope.wording import first_few

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["Subject", "read_subject"]


@dataclass(frozen=True)
class Subject:
    """One output of a module at an input of some size.

    Attributes:
        name: The network.
        captured: The program and its inputs.
        path: The module whose output it is; None for an output of the whole.
        leaf: Which of the tensors that the whole returns.
        value: Where the positions lie in the tensor; of a global one only its node.
        translation: The network that leads to it.
        analysis: What is known of that.
        at: Which position; empty if it belongs to none.
    """

    name: str
    captured: Captured
    path: str | None
    leaf: int
    value: Map | Everywhere
    translation: Translation
    analysis: Analysis
    at: Position

    @property
    def sizes(self) -> tuple[int, ...]:
        """Size of the input per axis."""
        return self.captured.sizes

    @property
    def is_local(self) -> bool:
        """Whether it has an exact field."""
        return isinstance(self.analysis.fields[self.value.node], tuple)

    @property
    def lower_bound(self) -> bool:
        """Whether not all that it reads is known."""
        seen = self.analysis.fields[self.value.node]
        return any(axis.lower_bound for axis in seen) if isinstance(seen, tuple) else seen.lower_bound

    @property
    def through(self) -> tuple[str, ...]:
        """The global operations on the way."""
        seen = self.analysis.fields[self.value.node]
        return seen[0].global_through if isinstance(seen, tuple) else seen.through

    @property
    def frame(self) -> tuple[tuple[int, int], ...] | None:
        """First position and size of its exact field along each axis; None if it has none, or reads nothing."""
        seen = self.analysis.fields[self.value.node]
        if not isinstance(seen, tuple):
            return None
        spans = [field.at(place) for field, place in zip(seen, self.at, strict=True)]
        known = [(span.start, span.size) for span in spans if span.start is not None and span.size]
        return tuple(known) if len(known) == len(spans) else None

    @property
    def centre(self) -> tuple[float, ...]:
        """The middle of its exact field; of the input if it has none."""
        spans = self.frame or tuple((0, size) for size in self.sizes)
        return tuple(start + (size - 1) / 2 for start, size in spans)

    def exact(self) -> np.ndarray[Any, Any] | None:
        """Where on the input it can read, paths through global operations left out."""
        if not self.is_local:
            return None
        return support(self.analysis.network, self.value.node, [self.at], self.analysis.sizes or {})

    def counts(self) -> np.ndarray[Any, Any]:
        """Its path counts over the input, over their sum.

        Raises:
            LimitError: They are over a limit.
            UnsupportedError: They are not known.
        """
        import numpy as np

        if not self.is_local:
            raise UnsupportedError("a global output has no path counts")
        output = self.analysis.output
        found = _floats(output.counts)
        image = np.zeros(self.sizes)
        spans = zip(output.first, found.shape, strict=True)
        image[tuple(slice(start or 0, (start or 0) + length) for start, length in spans)] = found
        return image

    @property
    def periods(self) -> tuple[tuple[int, ...], ...]:
        """Per axis, the periods of a grid that there may be: common factors of rates, the output's stride."""
        found: list[set[int]] = [set() for _ in self.sizes]
        fields = self.analysis.fields
        for schedule in self.analysis.schedules if self.is_local else ():
            entry = fields[schedule.entry]
            for axis in schedule.axes:
                step = entry[axis].stride if isinstance(entry, tuple) else None
                if step is not None and step.denominator == 1:
                    found[axis] |= {run.factor * int(step) for run in schedule.serial_runs if run.factor > 1}
        own = fields[self.value.node]
        for axis, field in enumerate(own if isinstance(own, tuple) else ()):
            if field.stride.denominator == 1:
                found[axis].add(int(field.stride))
        lengths = zip(found, self.sizes, strict=True)
        return tuple(tuple(sorted(one for one in periods if 1 < one <= size // 2)) for periods, size in lengths)


def _floats(counts: UsageCounts) -> np.ndarray[Any, Any]:
    """Counts of any size over their sum, as floats."""
    import numpy as np

    if isinstance(counts, Counts):
        lines = [np.array([count / sum(factor) for count in factor]) for factor in counts.factors]
        found = lines[0]
        for line in lines[1:]:
            found = np.multiply.outer(found, line)
        return found
    planes: Any = getattr(counts, "planes", None)
    found, bits = np.zeros(counts.size), counts.paths.bit_length()
    for digit, plane in enumerate(planes):
        found += np.ldexp(plane.astype(float), DIGIT_BITS * digit - bits)
    return np.asarray(found / found.sum())


def read_subject(
    module: torch.nn.Module,
    *,
    name: str,
    input: Sequence[int] | None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    of: str | None = None,
    node: str | None = None,
    at: Sequence[int] | None = None,
) -> Subject:
    """Read a module at the size that it will run at, and find the output.

    Args:
        module: The module, with data.
        name: What it is called.
        input: Spatial size of its input; by default one on which the field of its output fits.
        shapes: Shapes of some of its inputs, by name.
        of: The input that is looked at.
        node: The layer or module whose output is looked at, instead of the whole's first.
        at: Which of its positions; the middle one by default.

    Raises:
        RfscopeError: It cannot be captured, there is no such node or position, or it has weights without data.
    """
    if any(weight.is_meta for _, weight in weights_of(module)):
        raise TargetError("cannot run a module whose weights have no data", where=name, do="build it on the CPU")
    captured = _captured(module, input, shapes, of, name)

    def read(outputs: tuple[Tensor, ...]) -> Translation:
        program = replace(captured.program, outputs=outputs)
        sizes = captured.sizes
        return translate(program, name=name, dims=len(sizes), input=sizes, allow_unknown=True, of=captured.of)

    if node is None:
        path, leaf = None, _first_map(read(captured.program.outputs))
        tensor = captured.program.outputs[leaf]
    else:
        path, tensor = _of_module(module, captured, read(captured.program.outputs), node)
        leaf = 0
    translation = read((tensor,))
    [value] = translation.outputs
    if not isinstance(value, Map | Everywhere):
        raise UnsupportedError("attention scores have no one position to look at", where=node or name)
    if not isinstance(value, Map) and at is not None:
        do = "leave it out, or look at a part before it with --node"
        raise RfscopeError("an output that belongs to no position", where=value.node, got=f"--at {tuple(at)}", do=do)
    analysis = analyze(translation.network, input=captured.sizes, position=at)
    return Subject(name, captured, path, leaf, value, translation, analysis, _position(value, at))


def _captured(
    module: torch.nn.Module,
    input: Sequence[int] | None,
    shapes: Mapping[str, tuple[int, ...]] | None,
    of: str | None,
    name: str,
) -> Captured:
    if input is None and not shapes:
        try:
            return make_plan(module, None, name, None, of).captured
        except (UnsupportedError, LimitError):
            pass  # of a part that may not matter here
    return capture(module, input=input, shapes=shapes, of=of, name=name)


def _first_map(translation: Translation) -> int:
    """The first output that has positions; if none has, the first that depends on the image."""
    found = list(enumerate(translation.outputs))
    placed = [place for place, value in found if isinstance(value, Map) and value.node != INPUT]
    return placed[0] if placed else next(place for place, value in found if isinstance(value, Everywhere))


def _of_module(module: torch.nn.Module, captured: Captured, whole: Translation, node: str) -> tuple[str, Tensor]:
    """The path of the module that makes a node, and the tensor that it makes."""
    parts = {path for path, _ in named_modules(module)}
    path = node if node in parts else find(whole.network, node)
    calls = [call for call in captured.program.calls if call.module == path or call.module.startswith(f"{path}.")]
    if path not in parts or not path:
        whose = first_few(sorted(part for part in parts if part and "." not in part))
        raise UnsupportedError(
            "only what a module makes can be measured", where=node, expected=f"a module or a part of one: {whose}"
        )
    made = [tensor for call in calls for tensor in call.results[:1]]
    if not made:
        raise UnsupportedError("a module that computes nothing here", where=node, do="name another with --node")
    return path, made[-1]


def _position(value: Map | Everywhere, at: Sequence[int] | None) -> Position:
    """Which position of a map: that which is given, or the middle one."""
    if not isinstance(value, Map):
        return ()
    place = tuple(at) if at is not None else tuple(size // 2 for size in value.sizes)
    if any(not 0 <= one < size for one, size in zip(place, value.sizes, strict=True)):
        got, expected = "x".join(map(str, place)), f"a position in {'x'.join(map(str, value.sizes))}"
        raise RfscopeError("no such output position", where=value.node, got=got, expected=expected)
    return place

"""Writes in place made explicit: a program in which every operation makes new tensors.

An exported program is not functional: ``y[:, :, 1:] = d(x)`` is a slice and a ``copy_`` into it, and nothing that
reads ``y`` afterwards names either. Here a write makes a new version of what it writes into. If that is a view, the
write is carried to the tensor behind it (``slice`` and ``copy_`` become ``slice_scatter``), whose other views are made
anew where they are read next. So does torch itself when it decomposes a program. What cannot be followed is refused.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.readers.torch import views
from rfscope.readers.torch.calls import Call, Program, Tensor, tensors_in
from rfscope.readers.torch.schemas import Schema, schema_of

__all__ = ["Written", "functional"]


class Written(NamedTuple):
    """An operation as it was written, whose name may end in ``_``.

    Attributes:
        call: The operation; its tensors are known by their names.
        overload: Which form of it.
        schema: Its declaration; None if it may do anything.
    """

    call: Call
    overload: str
    schema: Schema | None


@dataclass(eq=False, slots=True)
class _Value:
    """A tensor of the program, whatever is written into it.

    Attributes:
        now: Its present version.
        source: What it is a view of; None if it has its own memory.
        made: The operation that makes the view, and which of its results it is.
        seen: How many writes into its memory its present version knows of.
        memory: Where it lies: shared by all views of one tensor.
    """

    now: Tensor
    memory: _Shared
    source: _Value | None = None
    made: tuple[Call, int] | None = None
    seen: int = 0


@dataclass(eq=False, slots=True)
class _Shared:
    """The memory of a tensor and its views.

    Attributes:
        writes: How often something has been written into it.
        doubtful: Whether it may be another tensor's memory, or may not.
        stale: Whether something was then written into that tensor.
        others: Those whose memory may be this one.
    """

    writes: int = 0
    doubtful: bool = False
    stale: bool = False
    others: list[_Shared] = field(default_factory=list)

    def written(self) -> None:
        """Note a write."""
        self.writes += 1
        for other in self.others:
            other.stale = True
        self.others.clear()


def functional(
    calls: Sequence[Written],
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    memory: Mapping[str, views.Memory],
    *,
    where: str,
) -> Program:
    """A program with all writes made explicit, and without what none of its outputs needs.

    Args:
        calls: The operations as they were written.
        inputs: The tensors it is called with.
        outputs: The tensors it returns.
        memory: How each tensor lies in memory.
        where: What to call the program in error texts.

    Raises:
        UnsupportedError: A write cannot be followed.
        LimitError: It has more operations than the limit "pt2-operations".
    """
    tracker = _Tracker(memory, where)
    for written in calls:
        tracker.add(written)
    tracker.call = Call("output", {}, ())
    found = tuple(tracker.current(tracker.value(tensor)) for tensor in outputs)
    return Program(_needed(tracker.calls, found), tuple(inputs), found)


def _needed(calls: Sequence[Call], outputs: Sequence[Tensor]) -> list[Call]:
    """The operations whose results are read."""
    wanted = {tensor.key for tensor in outputs}
    kept = []
    for call in reversed(calls):
        if any(tensor.key in wanted for tensor in call.results):
            kept.append(call)
            wanted.update(tensor.key for tensor in tensors_in(call.arguments))
    return kept[::-1]


@dataclass
class _Tracker:
    """The operations so far, and what each tensor holds now.

    Attributes:
        memory: How each tensor lies in memory.
        where: What to call the program.
        calls: The operations so far, none of which writes in place.
        spent: How much has been written out.
        call: The operation that is being read: what is made anew for it stands at its place.
    """

    memory: Mapping[str, views.Memory]
    where: str
    calls: list[Call] = field(default_factory=list)
    spent: int = 0
    call: Call = field(default_factory=lambda: Call("", {}, ()))
    _values: dict[Hashable, _Value] = field(default_factory=dict)

    def value(self, tensor: Tensor) -> _Value:
        """The value of a tensor of the program; its first version has its own name."""
        if tensor.key not in self._values:
            self._values[tensor.key] = _Value(tensor, _Shared())
        return self._values[tensor.key]

    def add(self, written: Written) -> None:
        """Read an operation."""
        self.call, schema = written.call, written.schema
        arguments = {name: self._now(value) for name, value in self.call.arguments.items()}
        if schema is None:
            self._foreign(arguments)
        elif schema.reshapes:
            self._reshape(arguments, schema)
        elif schema.writes:
            self._write(written, arguments, schema)
        else:
            call = self._emit(replace(self.call, arguments=arguments))
            for place, tensor in enumerate(call.results):
                self._values[tensor.key] = self._made(call, place, tensor, schema)

    def _now(self, argument: Any) -> Any:
        """An argument with the present versions of its tensors."""
        if isinstance(argument, Tensor):
            return self.current(self.value(argument))
        if isinstance(argument, list):
            return [self._now(entry) for entry in argument]
        if isinstance(argument, dict):
            return {name: self._now(entry) for name, entry in argument.items()}
        return argument

    def current(self, value: _Value) -> Tensor:
        """The present version of a value; a view made before the last writes is made anew."""
        memory, chain, view = value.memory, [], value
        if memory.stale:
            raise self._refusal("it reads what may share memory with a tensor that was written into")
        while view.made is not None and view.source is not None and view.seen != memory.writes:
            chain.append((view, view.source, *view.made))
            view = view.source
        for view, source, call, place in reversed(chain):
            arguments = {name: source.now if one is _SOURCE else one for name, one in call.arguments.items()}
            made = self._emit_more(call.name, arguments, call.results)
            view.now, view.seen = made.results[place], memory.writes
        return value.now

    def _made(self, call: Call, place: int, tensor: Tensor, schema: Schema) -> _Value:
        """The value of a result: its own, a view, or unknown which of the two."""
        shared = views.shared(call, tensor, schema, self.memory)
        if shared is None:
            return _Value(tensor, _Shared())
        name, sure = shared
        source = self.value(next(tensors_in(self.call.arguments[name])))
        if not sure:
            return _Value(tensor, _doubtful([source]))
        template = replace(call, arguments={**call.arguments, name: _SOURCE})
        return _Value(tensor, source.memory, source, (template, place), source.memory.writes)

    def _foreign(self, arguments: Mapping[str, Any]) -> None:
        """An operation without a known schema: it may write into all that it is given, and return views of it."""
        given = [self.value(tensor) for tensor in tensors_in(self.call.arguments)]
        written = list({id(value.memory): value for value in given}.values())
        own = self.call.results
        results = (*own, *(self._fresh(value.now) for value in written))
        made = self._emit(replace(self.call, arguments=arguments, results=results))
        for value, tensor in zip(written, made.results[len(own) :], strict=True):
            self._put(value, tensor)
        for tensor in own:
            self._values[tensor.key] = _Value(tensor, _doubtful(written))

    def _reshape(self, arguments: Mapping[str, Any], schema: Schema) -> None:
        """A view that takes the place of what it is a view of: ``unsqueeze_`` and the like."""
        name, plain, [written] = self.call.name, self.call.name.removesuffix("_"), schema.writes
        before = self.call.arguments.get(written)
        if plain not in views.TAKEN_PLACES or not isinstance(before, Tensor) or len(self.call.results) != 1:
            raise self._refusal(f"{name} changes a tensor's memory in place")
        call = self._emit(replace(self.call, name=plain, arguments=arguments))
        source, [tensor] = self.value(before), call.results
        template = replace(call, arguments={**arguments, written: _SOURCE})
        value = _Value(tensor, source.memory, source, (template, 0), source.memory.writes)
        self._values[tensor.key] = self._values[before.key] = value

    def _write(self, written: Written, arguments: Mapping[str, Any], schema: Schema) -> None:
        """Replace an operation that writes in place by one that makes what is written."""
        call = written.call
        targets = [self.value(one) for name in schema.writes for one in tensors_in(call.arguments.get(name))]
        returns_them = call.name.endswith("_")
        if returns_them and len(call.results) > len(targets):
            raise self._refusal(f"{call.name} makes more than it writes")
        name = call.name.removesuffix("_") if not call.name.startswith("__") else call.name
        plain = schema_of(f"{name}.{written.overload}")
        own = () if returns_them else call.results
        made = self._emit(
            replace(
                call,
                name=name,
                arguments=arguments,
                results=(*own, *(self._fresh(target.now) for target in targets)),
                pointwise=call.pointwise or (plain is not None and plain.pointwise),
            )
        )
        for target, tensor in zip(targets, made.results[len(own) :], strict=True):
            self._put(target, tensor)
        for tensor, value in zip(call.results, targets, strict=False):
            self._values[tensor.key] = value if returns_them else _Value(tensor, _Shared())
        for tensor in own:
            self._values[tensor.key] = _Value(tensor, _Shared())

    def _put(self, value: _Value, tensor: Tensor) -> None:
        """Write a tensor into a value, and so into every tensor that it is a view of."""
        written, memory = value, value.memory
        if memory.doubtful:
            raise self._refusal(f"{self.call.name} writes into what may share memory with another tensor")
        while value.source is not None and value.made is not None:
            before, (call, place) = self.current(value.source), value.made
            scattered = views.undone(call, place, before, tensor)
            if scattered is None:
                raise self._refusal(f"{self.call.name} writes into a view that {call.name} makes")
            [tensor] = self._emit_more(*scattered, (before,)).results
            value = value.source
        value.now = tensor
        memory.written()
        value.seen = memory.writes
        self.current(written)

    def _emit(self, call: Call) -> Call:
        self.calls.append(call)
        self.spent += 1
        limits.check("pt2-operations", self.spent, where=self.where)
        return call

    def _emit_more(self, name: str, arguments: Mapping[str, Any], results: Sequence[Tensor]) -> Call:
        """Add an operation that is not in the program, at the place of the one that is being read."""
        self.spent += len(results) + sum(len(entry) for entry in arguments.values() if isinstance(entry, list))
        made = tuple(self._fresh(tensor) for tensor in results)
        return self._emit(Call(name, arguments, made, module=self.call.module, origin=self.call.origin))

    def _fresh(self, like: Tensor) -> Tensor:
        """A further version of a tensor."""
        name = like.key[0] if isinstance(like.key, tuple) else like.key
        return Tensor((name, len(self.calls)), like.shape)

    def _refusal(self, why: str) -> UnsupportedError:
        call = self.call
        where = f"{call.origin or self.where}, {call.module or call.name}"
        do = "write x = torch.cat(...) or F.pad instead of x[...] = y"
        return UnsupportedError(f"cannot follow a write in place ({why})", where=where, do=do)


def _doubtful(of: Sequence[_Value]) -> _Shared:
    """A memory that may be that of some values."""
    found = _Shared(doubtful=True)
    for value in of:
        value.memory.others.append(found)
    return found


_SOURCE = object()
"""Stands in the arguments of a view for what it is a view of."""

"""The operations of a module while it runs: each is run where its data are, or without any, and written down."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.readers.torch import quick
from rfscope.readers.torch.calls import Call, Program, Tensor
from rfscope.readers.torch.declared import Declared, declared_of
from rfscope.readers.torch.views import Memory
from rfscope.readers.torch.writes import Written, functional

if TYPE_CHECKING:
    import torch

    from rfscope.readers.torch.places import Places

__all__ = ["Steps", "Tape", "tensors_of"]


@dataclass
class Steps:
    """How far a module came.

    Attributes:
        done: The operations that ran.
    """

    done: int = 0


class Tape:
    """The operations so far.

    A tensor with data is a constant. What is made from the image has none, and neither has what is made from such
    tensors: there, a constant is represented by a twin without data.

    Attributes:
        paths: The path of the module that is running is the last.
    """

    def __init__(self, images: Sequence[torch.Tensor], home: torch.device, places: Places, steps: Steps) -> None:
        self.paths: list[str] = []
        self._steps = steps
        self._home, self._places = home, places
        self._written: list[Written] = []
        self._keys: dict[int, str] = {}  # by the tensor's id
        self._alive: list[Any] = []  # so that no two tensors ever have one id, and no two memories one address
        self._memory: dict[str, Memory] = {}
        self._made: dict[int, list[Any]] = {}  # by the address of their memory: the tensors seen so far
        self._own: set[int] = set()  # memories made while recording: only these may be written into
        self._blank: dict[int, Any] = {}  # by the address of a constant's memory: one of the same size without data
        self._shared: dict[int, int] = {}  # how many of the module's own tensors lie in a memory
        self._lost: set[int] = set()  # memories whose data no longer count: something of the image was written there
        self._constants: dict[Hashable, Any] = {}
        self._blanks: dict[Hashable, Any] = {}
        self._inputs = tuple(self._tensor(image) for image in images)

    def program(self, made: Any) -> Program:
        """What was written down, with writes in place made explicit.

        Raises:
            UnsupportedError: A write cannot be followed.
        """
        outputs = [self._tensor(one) for one in tensors_of(made)]
        found = functional(self._written, self._inputs, outputs, self._memory, where="forward")
        return replace(found, constants=self._constants, blanks=self._blanks)

    def run(self, target: Any, args: Sequence[Any], kwargs: Mapping[str, Any], frame: Any) -> Any:
        """Run an operation, and write it down.

        Raises:
            UnsupportedError: It shares memory with another tensor, and no operation says so.
            Exception: Whatever torch raises.
        """
        declared = declared_of(target)
        given = [self._plain(value) for value in args]
        named = {name: self._plain(value) for name, value in kwargs.items()}
        tensors = list(tensors_of([*args, *kwargs.values()]))
        written = _written_by(declared, args, kwargs)
        made, shared = self._executed(target, declared, args, kwargs, tensors, written)
        self._steps.done += 1
        results = made if isinstance(made, list | tuple) else [made]
        results = [one for one in results if _is_tensor(one)]
        if not written and all(any(one is other for other in tensors) for one in results):
            return made  # it did nothing
        if declared.fills:
            raise UnsupportedError(f"cannot follow {declared.name} with out=", where=self._where(frame))
        arguments = {**declared.defaults, **dict(zip(declared.names, given, strict=False)), **named}
        schema = declared.schema
        if not shared:
            self._own.update(map(_memory_of, results))
            schema = schema if written else replace(schema, views=None)
        call = Call(
            name=declared.name,
            arguments=arguments,
            results=tuple(self._tensor(one, fresh=True) for one in results),
            pointwise=schema.pointwise,
            module=self._path(),
            origin=self._places(frame),
        )
        self._written.append(Written(call, declared.overload, schema))
        return made

    def _executed(
        self,
        target: Any,
        declared: Declared,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        tensors: Sequence[Any],
        written: Sequence[Any],
    ) -> tuple[Any, bool]:
        """What an operation makes, and whether it lies in the memory of an argument."""
        import torch

        outside = any(_memory_of(one) not in self._own for one in written)
        if any(self._shared.get(_memory_of(one), 0) > 1 for one in written):
            raise UnsupportedError("cannot follow memory that tensors share", where=self._path() or "forward")
        blank = outside or any(one.is_meta or _memory_of(one) in self._lost for one in tensors)
        device = torch.device("meta") if blank else self._home
        twins = {id(one): self._twin(one) for one in tensors} if blank else {}
        originals = {id(twins[id(one)]): one for one in tensors} if blank else {}

        def at(value: Any) -> Any:
            if isinstance(value, torch.Tensor):
                return twins.get(id(value), value)
            if isinstance(value, torch.device) and (blank or value.type == "meta"):
                return device
            return value

        def back(value: Any) -> Any:
            return originals.get(id(value), value)

        args, kwargs = _mapped(args, at), {name: _mapped(value, at) for name, value in kwargs.items()}
        named = {**dict(zip(declared.names, args, strict=False)), **kwargs}
        made = quick.result(declared.name, named) if blank else None
        if made is None and blank and not written and not declared.schema.pointwise:
            args, kwargs = _lowered(args, kwargs)
        made = target(*args, **kwargs) if made is None else made
        for one in written:
            if blank and not one.is_meta:
                self._lost.add(_memory_of(one))
            self._forget(_memory_of(one))
        places = {_memory_of(twins.get(id(one), one)) for one in tensors}
        shared = any(_memory_of(one) in places for one in tensors_of(made))
        return _mapped(made, back), shared

    def _twin(self, value: Any) -> Any:
        """A tensor without data that lies in memory as a constant does; any other tensor as it is."""
        import torch

        if value.is_meta:
            return value
        address = _memory_of(value)
        if address not in self._blank:
            size = value.untyped_storage().nbytes()
            self._blank[address] = torch.empty(size, dtype=torch.uint8, device="meta").untyped_storage()
            self._alive.append(value)
        twin = torch.empty(0, dtype=value.dtype, device="meta")
        return twin.set_(self._blank[address], value.storage_offset(), value.size(), value.stride())

    def _tensor(self, value: Any, *, fresh: bool = False) -> Tensor:
        """The record of a tensor; if it is fresh, an operation has made it."""
        shape = tuple(map(int, value.shape))
        key = self._keys.get(id(value))
        if key is None:
            address = _memory_of(value)
            known = self._made.setdefault(address, [])
            untouched = not value.is_meta and address not in self._own and address not in self._lost
            key = f"t{len(self._alive)}" if fresh or untouched or not known else self._alias(value, known)
            known.append(value)
            if untouched and not fresh:
                self._shared[address] = self._shared.get(address, 0) + 1
            self._keys[id(value)] = key
            self._alive.append(value)
            self._memory[key] = Memory(shape, tuple(value.stride()), (str(value.dtype), value.device.type))
            if not value.is_meta and address not in self._lost:
                self._constants[key] = value
            elif value.is_meta and not fresh:
                self._blanks[key] = value
        return Tensor(key, shape)

    def _alias(self, value: Any, known: Sequence[Any]) -> str:
        """The name of the tensor that is the same place in memory, as ``x.data`` is."""
        for other in known:
            if (value.shape, value.stride(), value.storage_offset()) == (
                other.shape,
                other.stride(),
                other.storage_offset(),
            ):
                return self._keys[id(other)]
        raise UnsupportedError("cannot follow memory that tensors share", where=self._path() or "forward")

    def _forget(self, address: int) -> None:
        """A constant is written into: what it held before is no longer there to be looked at.

        The module's own data are left as they are, and are what its tensors held before.
        """
        for one in self._made.get(address, ()) if address in self._own else ():
            self._constants.pop(self._keys[id(one)], None)

    def _plain(self, value: Any) -> Any:
        """An argument with records in place of tensors."""
        if isinstance(value, list | tuple):
            return [self._plain(entry) for entry in value]
        return self._tensor(value) if _is_tensor(value) else value

    def _where(self, frame: Any) -> str:
        origin, module = self._places(frame), self._path() or "forward"
        return f"{origin}, {module}" if origin else module

    def _path(self) -> str:
        return self.paths[-1] if self.paths else ""


def _is_tensor(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor)


def _memory_of(value: Any) -> int:
    """The address of the memory that a tensor lies in; unlike that of data, no two have the same."""
    address: int = value.untyped_storage()._cdata
    return address


def tensors_of(value: Any) -> Iterator[Any]:
    """The tensors in a value, in lists, dictionaries and records too."""
    if _is_tensor(value):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from tensors_of(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_of(entry)
    elif hasattr(type(value), "__dataclass_fields__"):
        for name in type(value).__dataclass_fields__:
            yield from tensors_of(getattr(value, name))


def _mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return type(value)([_mapped(entry, change) for entry in value])
    return change(value)


def _lowered(args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Arguments of one type, of which autocast has lowered the weights only: it leaves what is on the meta device."""
    floating = [one for one in tensors_of([args, kwargs]) if one.is_floating_point()]
    low = min((one.dtype for one in floating), key=lambda dtype: dtype.itemsize, default=None)
    if all(one.dtype == low for one in floating):
        return args, kwargs
    lowered = {id(one): one.to(low) for one in floating}

    def lower(value: Any) -> Any:
        return lowered.get(id(value), value)

    return _mapped(args, lower), {name: _mapped(value, lower) for name, value in kwargs.items()}


def _written_by(declared: Declared, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
    """The tensors that an operation writes into."""
    if not declared.schema.writes:
        return []
    given = {**dict(zip(declared.names, args, strict=False)), **kwargs}
    return [one for name in declared.schema.writes for one in tensors_of(given.get(name))]

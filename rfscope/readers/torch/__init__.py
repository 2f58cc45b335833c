"""Torch models: live modules, modules that are named, exported programs.

A module is captured at example inputs without data, in evaluation mode, and left as it was. An exported program is read
from its archive without torch: ``archive`` finds the graph's JSON in the zip, ``serialized`` reads its operations, and
``writes`` makes the writes in place explicit.
"""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope.errors import RfscopeError, TargetError, UnsupportedError, clean
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.torch.calls import Program
from rfscope.readers.torch.factory import Factory as Factory
from rfscope.readers.torch.factory import load_torch
from rfscope.readers.torch.parts import evaluating, modules_of, untouched, weights_of
from rfscope.wording import size_text

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from rfscope.readers.torch.translate import Translation

__all__ = ["Captured", "Factory", "capture", "evaluating", "module_in", "read_module", "read_program"]


class Captured(NamedTuple):
    """A module's program, and the inputs it was captured with.

    Attributes:
        program: The operations.
        channels: Channels of each input.
        sizes: Spatial size of the inputs.
    """

    program: Program
    channels: tuple[int, ...]
    sizes: tuple[int, ...]


def read_module(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None = None,
    name: str | None = None,
    allow_unknown: bool = False,
    rebuild: Callable[[], torch.nn.Module] | None = None,
) -> Found:
    """The network that a module is.

    Args:
        module: Any module whose inputs are images, volumes or sequences: (batch, channels, one or more sizes).
        input: Spatial size of its input per axis. Without one, it is read at a size that all usual strides divide,
            and what it does there is taken for what it does at any such size. What depends on the size is read at
            that size alone, and a note says so.
        name: What the network is called; the module's class if not given.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.
        rebuild: Makes the module once more, with data, where its constants have none and say what is read.

    Raises:
        TargetError: It cannot be captured.
        UnsupportedError: It has operations that cannot be followed.
    """
    from rfscope.readers.torch.constants import DataNeededError

    title = name or type(module).__name__
    try:
        return _read(module, input, title, allow_unknown=allow_unknown, needs_data=rebuild is not None)
    except DataNeededError:
        if rebuild is None:
            raise
        return _read(rebuild(), input, title, allow_unknown=allow_unknown, needs_data=False)


def _read(
    module: torch.nn.Module, input: Sequence[int] | None, title: str, *, allow_unknown: bool, needs_data: bool
) -> Found:
    from rfscope.readers.torch.translate import translate
    from rfscope.readers.tracing.unbounded import has_absolute_places, unlike

    def read(captured: Captured, meant: Sequence[int] | None) -> Translation:
        given = {"name": title, "dims": len(captured.sizes), "allow_unknown": allow_unknown}
        return translate(captured.program, input=meant, needs_data=needs_data, **given)

    found = capture(module, input=input, name=title)
    if input is not None:
        network, notes, *_ = read(found, input)
        return Found(network, Provenance(notes=notes))
    (network, notes, *_), depends = _unbounded(lambda meant: read(found, meant), found.sizes)
    if depends is None and has_absolute_places(network):
        larger = capture(module, input=[2 * size for size in found.sizes], name=title, channels=[found.channels])
        if (node := unlike(network, read(larger, None).network)) is not None:
            depends = f"{node.place}: which positions it takes depends on the input's size"
            network, notes, *_ = read(found, found.sizes)
    size = size_text(found.sizes)
    alike = f"Read at {size}, and taken to be alike at any size that its strides divide; see --input."
    only = f"Read at {size} only: {depends} (--input for another one)."
    return Found(network, Provenance(notes=(*notes, alike if depends is None else only)))


def _unbounded(
    read: Callable[[Sequence[int] | None], Translation], sizes: Sequence[int]
) -> tuple[Translation, str | None]:
    """A network on an unbounded grid; where what it reads depends on the size, at one size, and what depends on it."""
    from rfscope.readers.tracing.tracer import SizeNeededError

    try:
        return read(None), None
    except SizeNeededError as error:
        return read(sizes), clean(str(error))


def read_program(path: Path, *, input: Sequence[int] | None = None, allow_unknown: bool = False) -> Found:
    """The network in a ``.pt2`` file, which ``torch.export.save`` wrote.

    Torch is not loaded, and nothing in the file is run: only its graph is read, as JSON.

    Args:
        path: The file.
        input: Spatial size of its input: that at which it was exported, or none. Sizes are part of an exported program.
        allow_unknown: As for ``read_module``.

    Raises:
        TargetError: The file cannot be read, or was exported at another size.
        UnsupportedError: As for ``read_module``.
        LimitError: It is larger than the limits that begin with "pt2".
    """
    from rfscope.readers.torch.archive import graph_json
    from rfscope.readers.torch.serialized import program_in
    from rfscope.readers.torch.translate import translate

    program = program_in(graph_json(path), path)
    images = [tensor.shape for tensor in program.inputs if len(tensor.shape) in (3, 4, 5)]
    if not images:
        raise TargetError("no image among the inputs", where=str(path), expected="a tensor of 3 to 5 dimensions")
    sizes = images[0][2:]
    if input is not None and tuple(input) != sizes:
        got, expected = "x".join(map(str, input)), f"{'x'.join(map(str, sizes))}, at which it was exported"
        raise TargetError("bad --input", where=str(path), got=got, expected=expected)
    given = {"name": path.stem, "dims": len(sizes), "allow_unknown": allow_unknown}
    read = partial(translate, program, **given)
    (network, notes, *_), depends = (
        _unbounded(lambda meant: read(input=meant), sizes) if input is None else (read(input=input), None)
    )
    if input is None:
        kept = "taken to be alike at any size that its strides divide" if depends is None else f"at no other: {depends}"
        notes += (f"Read at {size_text(sizes)}, its size at export, and {kept}.",)
    return Found(network, Provenance(notes=notes))


def load_program(path: Path) -> Any:
    """The exported program in a file, loaded by torch: this runs whatever code its pickles name.

    Raises:
        TargetError: There is none.
    """
    load_torch()
    import torch

    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise TargetError("cannot read the file", where=str(path), got=error.strerror or str(error)) from None
    from rfscope.readers.torch.export import quiet

    try:
        with quiet():
            return torch.export.load(path)
    except Exception as error:  # noqa: BLE001 - whatever torch raises on a damaged file
        got = " ".join(str(error).split())[:200]
        do = "write it with torch.export.save"
        raise TargetError("not an exported program", where=str(path), got=got, do=do) from None


def module_in(path: Path) -> torch.nn.Module:
    """The module in a ``.pt2`` file, with the modules it was made from: this runs whatever code its pickles name.

    Raises:
        TargetError: There is none.
    """
    from torch.export.unflatten import unflatten

    from rfscope.readers.torch.export import quiet

    program = load_program(path)
    with quiet():
        module = unflatten(program)
    _forget_symbols(module)
    return module


def _forget_symbols(module: torch.nn.Module) -> None:
    """Take the symbolic shapes out of the notes on a module's operations: it could not be copied with them."""
    for part in modules_of(module):
        for node in getattr(getattr(part, "graph", None), "nodes", ()):
            shape = getattr(node.meta.get("val"), "shape", None)
            if shape is None or not all(type(length) is int for length in shape):
                node.meta.clear()


def capture(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None,
    name: str,
    channels: Sequence[tuple[int, ...]] | None = None,
) -> Captured:
    """Capture a module at example inputs: by recording, or where that fails, by export.

    Args:
        module: The module.
        input: Spatial size of the inputs; None to try the usual ones.
        name: What it is called in error texts.
        channels: Channels of the inputs, each a set to try; None to find out.

    Raises:
        TargetError: No example input was accepted.
        UnsupportedError: Its control flow depends on the data, or it writes into views where that cannot be followed.
    """
    from rfscope.readers.torch.inputs import axes_of, candidates, exported_at
    from rfscope.readers.tracing.unbounded import SIZES

    known = exported_at(module) if input is None and channels is None else None
    own = axes_of(module) if known is None else len(known[1])
    dims = own or 2 if input is None else len(input)
    if not 1 <= dims <= 3:
        raise TargetError("wrong number of input sizes", where=name, got=dims, expected="1, 2 or 3")
    tried = list(channels or candidates(module, dims))
    sizes = [tuple(input)] if input is not None else [(size,) * dims for size in SIZES[dims]]
    if known is not None:
        tried, sizes = [known[0]], [known[1]]
    with evaluating(module):
        failure: Exception | None = None
        for size in sizes:
            for counts in tried:
                try:
                    return Captured(_captured(module, counts, size), counts, size)
                except RfscopeError:
                    raise
                except Exception as error:  # noqa: BLE001 - whatever a module raises on an input it does not take
                    failure = failure or error
    if own not in (None, dims):
        expected = f"{own}, one per axis of its convolutions"
        raise TargetError("wrong number of input sizes", where=name, got=dims, expected=expected)
    raise _refusal(failure, name, given=input is not None)


def _captured(module: torch.nn.Module, channels: Sequence[int], sizes: Sequence[int]) -> Program:
    """The program of a module at inputs of some channels and sizes: recorded, or if it cannot be, exported."""
    import torch

    from rfscope.readers.torch.export import export, quiet
    from rfscope.readers.torch.inputs import make
    from rfscope.readers.torch.recorder import record

    weight = next((weight for _, weight in weights_of(module) if weight.is_floating_point()), None)
    dtype, device = (torch.float32, torch.device("cpu")) if weight is None else (weight.dtype, weight.device)
    inputs = make(channels, sizes, dtype, device)
    with quiet(), untouched(module):
        try:
            return record(module, inputs)
        except Exception as error:
            if not _of_recording(error):
                raise
            try:
                return export(module, inputs)
            except Exception as refused:
                if _depends_on_data(refused) or _depends_on_data(error):
                    raise UnsupportedError(
                        "its control flow depends on the data",
                        got=_one_line(refused),
                        do="analyze a module without the branch, such as a part of it",
                    ) from None
                if isinstance(error, RfscopeError):
                    raise error from None
                raise


def _of_recording(error: Exception) -> bool:
    """Whether a module may have failed only because its image had no data, or what it does cannot be followed."""
    text = f"{type(error).__name__} {error}".lower()
    if isinstance(error, RfscopeError | NotImplementedError) or any(word in text for word in ("meta", "device")):
        return True
    *_, (frame, row) = traceback.walk_tb(error.__traceback__)
    return "device" in linecache.getline(frame.f_code.co_filename, row)  # assert x.device == self.weight.device


def _depends_on_data(error: Exception) -> bool:
    text = f"{type(error).__name__} {error}"
    return any(word in text for word in ("data-dependent", "DataDependent", "Tensor.item() cannot be called on meta"))


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}"[:200] if lines else type(error).__name__


def _refusal(failure: Exception | None, name: str, *, given: bool) -> TargetError:
    got = None if failure is None else _one_line(failure)
    do = "check --input" if given else "give a size that it takes with --input"
    if isinstance(failure, _NEVER_OF_SIZE):
        do = "analyze a module that runs on images alone, such as a part of it"
    return TargetError("cannot run the module on an example input", where=name, got=got, do=do)


_NEVER_OF_SIZE = (TypeError, AttributeError, LookupError, NameError, ImportError, NotImplementedError)
"""What a module raises whatever the size of its input."""

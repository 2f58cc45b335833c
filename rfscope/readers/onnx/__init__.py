"""ONNX files: exported networks, read from the bytes alone, without weights, runtime or framework."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rfscope import limits
from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.network.graph import Network
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.entries import notes, titled
from rfscope.readers.onnx.file import load
from rfscope.readers.onnx.graph import graph_of
from rfscope.readers.onnx.images import images_of
from rfscope.readers.onnx.translate import translate
from rfscope.readers.tracing.unbounded import SIZES, check_alike, depends_on_size, has_absolute_places

if TYPE_CHECKING:
    from onnx import ModelProto

__all__ = ["found_in", "read_model", "read_onnx"]


class GraphReader(Protocol):
    """Reads a graph at some size, either the one asked for or a stand-in."""

    def __call__(self, sizes: Sequence[int], *, meant: bool, lenient: bool = ...) -> Network: ...


def read_onnx(
    path: Path,
    *,
    input: Sequence[int] | None = None,
    of: str | None = None,
    allow_unknown: bool = False,
    together: bool = False,
) -> Found:
    """The network in an ONNX file.

    Args:
        path: The file. No other file is read, even if this one says that its weights are there.
        input: Spatial size of the input per axis, instead of the one in the file. Without one, the grid is unbounded
            where nothing depends on the size; where something does, it is that of the file.
        of: The input that the network is read from; the first image if not given. The others are constants to it.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.
        together: Whether all its images of one size are read as one, as where all are cut alike.

    Raises:
        TargetError: The file cannot be read, or contradicts itself.
        UnsupportedError: It has operations that cannot be followed, or whose places depend on a size that is neither
            given nor in the file.
        LimitError: It is larger than a limit.
    """
    model = load(path)
    return found_in(model, file=str(path), input=input, of=of, allow_unknown=allow_unknown, together=together)


def read_model(
    model: ModelProto, *, file: str, input: Sequence[int] | None = None, allow_unknown: bool = False
) -> Network:
    """The network that an ONNX model is; see ``found_in``."""
    return found_in(model, file=file, input=input, allow_unknown=allow_unknown).network


def found_in(
    model: ModelProto,
    *,
    file: str,
    input: Sequence[int] | None = None,
    of: str | None = None,
    allow_unknown: bool = False,
    together: bool = False,
) -> Found:
    """The network that an ONNX model is.

    Args:
        model: The model.
        file: What to call it.
        input: As for ``read_onnx``.
        of: As for ``read_onnx``.
        allow_unknown: As for ``read_onnx``.
        together: As for ``read_onnx``.

    Raises:
        RfscopeError: As for ``read_onnx``.
    """
    for size in input or ():
        limits.check("axis", size, where=file)
    graph = graph_of(model, file)
    images = images_of(graph, None if input is None else len(input), file, of)
    names = [name for name in graph.inputs if name == images.of or name in images.left]
    alike = [name for name in names if name in images.shapes] if together else []
    apart = [name for name in names if name == images.of or name not in alike]
    title = titled(Path(file).stem, apart, images.of)

    def read(sizes: Sequence[int], *, meant: bool, lenient: bool = allow_unknown) -> Network:
        return translate(
            graph, images, sizes, name=title, file=file, meant=meant, allow_unknown=lenient, together=together
        )

    static = tuple(size for size in images.sizes if size is not None)
    if input is not None:
        network = read(input, meant=True)
    elif len(static) == len(images.sizes):
        network = _at_own_size(read, static, file)
    else:
        network = _at_usual_size(read, images.sizes, file, allow_unknown=allow_unknown)
    said = tuple(notes(apart, images.of, images.beside, images.states, together=alike))
    inputs, states = tuple(names), tuple(images.states)
    return Found(network, Provenance(notes=said, of=images.of, inputs=inputs, together=tuple(alike), states=states))


def _at_own_size(read: GraphReader, sizes: Sequence[int], file: str) -> Network:
    """A graph made for one size: on an unbounded grid if nothing shows that it depends on it."""
    try:
        network = read(sizes, meant=False)
        if not depends_on_size(network):
            if has_absolute_places(network):
                check_alike(network, read([2 * size for size in sizes], meant=False), file)
            if not any(node.is_unknown for node in network.nodes):
                return network
    except RfscopeError:
        return read(sizes, meant=True)
    finite = read(sizes, meant=True)
    unknown = [sum(node.is_unknown for node in one.nodes) for one in (network, finite)]
    return network if unknown[0] <= unknown[1] and not depends_on_size(network) else finite


def _at_usual_size(read: GraphReader, open_sizes: Sequence[int | None], file: str, *, allow_unknown: bool) -> Network:
    """A graph made for any size, read at the first of the usual ones that it takes."""
    usual = SIZES[len(open_sizes)]
    failure: RfscopeError | None = None
    for lenient in [False, True] if allow_unknown else [False]:
        for length in usual:
            sizes = [size or length for size in open_sizes]
            try:
                network = read(sizes, meant=False, lenient=lenient)
            except RfscopeError as error:
                failure = failure or error
                continue
            if has_absolute_places(network):
                check_alike(network, read([2 * size for size in sizes], meant=False, lenient=lenient), file)
            return network
    raise (
        _with_cure(read, open_sizes, failure)
        if failure
        else UnsupportedError("its size is not in the file", where=file, do="give it: input, or --input")
    )


def _with_cure(read: GraphReader, open_sizes: Sequence[int | None], failure: RfscopeError) -> RfscopeError:
    """A refusal of a graph for any size, with the size at which it can be read."""
    usual = SIZES[len(open_sizes)]
    for length in usual:
        sizes = [size or length for size in open_sizes]
        try:
            read(sizes, meant=True, lenient=False)
        except RfscopeError:
            continue
        do = f"it can be read at one size: give it, such as --input {','.join(map(str, sizes))}"
        return type(failure)(failure.what, where=failure.where, got=failure.got, expected=failure.expected, do=do)
    tried = ", ".join(str(length) for length in usual)
    do = f"it was tried at {tried} per axis: if it takes others alone, give one with --input"
    do = f"{do}; {failure.do}" if failure.do else do
    return type(failure)(failure.what, where=failure.where, got=failure.got, expected=failure.expected, do=do)

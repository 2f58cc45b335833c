"""Exported programs: files that ``torch.export.save`` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope.errors import WRONG_SIZES, TargetError, clean
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.entries import chosen, is_image, notes, titled
from rfscope.readers.torch.factory import load_torch
from rfscope.readers.torch.parts import modules_of
from rfscope.wording import size_text

if TYPE_CHECKING:
    import torch

__all__ = ["load_program", "module_in", "read_program"]


def read_program(
    path: Path,
    *,
    input: Sequence[int] | None = None,
    of: str | None = None,
    allow_unknown: bool = False,
    together: bool = False,
) -> Found:
    """The network in a ``.pt2`` file, which ``torch.export.save`` wrote.

    Torch is not loaded, and nothing in the file is run: only its graph is read, as JSON.

    Args:
        path: The file.
        input: Spatial size of its input: that at which it was exported, or none. Sizes are part of an exported program.
        of: As for ``read_module``.
        allow_unknown: As for ``read_module``.
        together: As for ``read_module``.

    Raises:
        TargetError: The file cannot be read, or was exported at another size.
        UnsupportedError: As for ``read_module``.
        LimitError: It is larger than the limits that begin with "pt2".
    """
    from rfscope.readers.torch.archive import graph_json
    from rfscope.readers.torch.serialized import program_in
    from rfscope.readers.torch.translate import translate
    from rfscope.readers.tracing.tracer import SizeNeededError

    program = program_in(graph_json(path), path)
    shapes = {str(tensor.key): tensor.shape for tensor in program.inputs}
    images = {name: shape for name, shape in shapes.items() if len(shape) in (3, 4, 5)}
    if not images:
        raise TargetError("no image among the inputs", where=str(path), expected="a tensor of 3 to 5 dimensions")
    picked = chosen(list(images), of, str(path))
    sizes = images[picked][2:]
    if input is not None and len(input) != len(sizes):
        expected = f"{len(sizes)}, one per axis"
        raise TargetError(WRONG_SIZES, where=str(path), got=len(input), expected=expected)
    if input is not None and tuple(input) != sizes:
        got, expected = "x".join(map(str, input)), f"{'x'.join(map(str, sizes))}, at which it was exported"
        raise TargetError("bad --input", where=str(path), got=got, expected=expected)
    names = [name for name, shape in images.items() if is_image(shape, len(sizes))] or [picked]
    alike = [name for name in names if images[name][2:] == sizes] if together else []
    apart = [name for name in names if name == picked or name not in alike]
    read = partial(
        translate,
        program,
        name=titled(path.stem, apart, picked),
        dims=len(sizes),
        allow_unknown=allow_unknown,
        of=list(shapes).index(picked),
        alike=[list(shapes).index(name) for name in alike],
    )
    kept = "taken to be alike at any size that its strides divide"
    try:
        network = read(input=input).network
    except SizeNeededError as error:
        network, kept = read(input=sizes).network, f"at no other, as it depends on the size: {clean(str(error))}"
    others = {key: shape for key, shape in shapes.items() if key not in names}
    said = tuple(notes(apart, picked, others, together=alike))
    if input is None:
        at = size_text(sizes)
        said += (f"Read at {at}, its size at export, and {kept}.",)
    at_export = sizes if input is None else None
    provenance = Provenance(notes=said, of=picked, inputs=tuple(names), together=tuple(alike), size=at_export)
    return Found(network, provenance)


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

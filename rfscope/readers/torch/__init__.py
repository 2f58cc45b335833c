"""Torch models: live modules, modules that are named, exported programs.

A module is captured at example inputs without data, in evaluation mode, and left as it was. An exported program is read
from its archive without torch: ``archive`` finds the graph's JSON in the zip, ``serialized`` reads its operations, and
``writes`` makes the writes in place explicit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rfscope.errors import WRONG_SIZES, RfscopeError, TargetError
from rfscope.network.provenance import Found, Provenance
from rfscope.readers.entries import chosen, is_image, titled
from rfscope.readers.entries import notes as entry_notes
from rfscope.readers.torch.calls import Program
from rfscope.readers.torch.capturing import captured
from rfscope.readers.torch.factory import Factory as Factory
from rfscope.readers.torch.parts import attribute, evaluating
from rfscope.readers.torch.programs import module_in as module_in
from rfscope.readers.torch.programs import read_program as read_program
from rfscope.wording import size_text

if TYPE_CHECKING:
    import torch

    from rfscope.network.forms import Forms
    from rfscope.readers.torch.trying import Plan

__all__ = ["Captured", "Factory", "capture", "evaluating", "module_in", "read_module", "read_program"]


class Captured(NamedTuple):
    """A module's program, and the inputs it was captured with.

    Attributes:
        program: The operations.
        forms: The inputs.
        sizes: Spatial size of the input that is looked at.
        of: Which input that is.
        refused: Sizes that the module did not take.
    """

    program: Program
    forms: Forms
    sizes: tuple[int, ...]
    of: int
    refused: tuple[tuple[int, ...], ...] = ()

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shapes of the inputs by name."""
        tensors = self.program.inputs
        return {form.name: tensor.shape for form, tensor in zip(self.forms, tensors, strict=False)}

    @property
    def images(self) -> list[str]:
        """The inputs that have positions; if none has, that which is looked at."""
        return _images(self.forms, self.shapes, len(self.sizes)) or [self.forms[self.of].name]


def _images(forms: Forms, shapes: Mapping[str, Sequence[int]], dims: int) -> list[str]:
    """Those inputs that have positions."""
    return [form.name for form in forms if form.placed or is_image(shapes[form.name], dims)]


def read_module(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    of: str | None = None,
    name: str | None = None,
    allow_unknown: bool = False,
    rebuild: Callable[[], torch.nn.Module] | None = None,
    together: bool = False,
) -> Found:
    """The network that a module is.

    Args:
        module: Any module whose inputs are images, volumes or sequences: (batch, channels, one or more sizes).
        input: Spatial size of its input per axis. Without one, it is read at a size that all usual strides divide,
            and what it does there is taken for what it does at any such size. What depends on the size is read at
            that size alone, and a note says so.
        shapes: Shapes of some of its inputs, batch and channels included, by the names of the parameters.
        of: The input that is looked at; the first with positions if not given. The others are as constant as weights.
        name: What the network is called; the module's class if not given.
        allow_unknown: Whether operations that cannot be followed become nodes whose reads are unknown.
        rebuild: Makes the module once more, with data, where its constants have none and say what is read.
        together: Whether all its images of one size are read as one, as where all are cut alike.

    Raises:
        TargetError: It cannot be captured, or has no such input.
        UnsupportedError: It has operations that cannot be followed.
    """
    from rfscope.readers.torch.constants import DataNeededError
    from rfscope.readers.torch.wrapped import unwrapped

    module = unwrapped(module)
    title = name or str(attribute(module, "original_name") or type(module).__name__)
    read = partial(
        _read, input=input, shapes=shapes or {}, of=of, title=title, allow_unknown=allow_unknown, together=together
    )
    if rebuild is None:
        return read(module, needs_data=False)
    try:
        return read(module, needs_data=True)
    except DataNeededError:
        return read(unwrapped(rebuild()), needs_data=False)


def _read(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None,
    shapes: Mapping[str, tuple[int, ...]],
    of: str | None,
    title: str,
    allow_unknown: bool,
    needs_data: bool,
    together: bool,
) -> Found:
    from rfscope.readers.torch.unsized import read_captured, read_unsized

    found = capture(module, input=input, shapes=shapes, of=of, name=title)
    if together:
        found = _all_of_one_size(module, found, title)
    picked = found.forms[found.of].name
    alike = tuple(form.name for form in found.forms if form.placed) if together and found.forms[found.of].placed else ()
    left = {key: shape for key, shape in found.shapes.items() if key not in found.images}
    apart = [name for name in found.images if name == picked or name not in alike]
    title = titled(title, apart, picked)
    said = tuple(entry_notes(apart, picked, left, together=alike))
    provenance = Provenance(
        of=picked, inputs=tuple(found.images), shapes={**left, **shapes}, together=alike, forms=found.forms
    )
    read = partial(read_captured, name=title, allow_unknown=allow_unknown, needs_data=needs_data, together=bool(alike))
    if input is not None or picked in shapes:
        return Found(read(found, meant=True), replace(provenance, notes=said))

    def again(size: Sequence[int]) -> Captured:
        return capture(module, input=size, of=picked, name=title, like=found)

    network, sizes, why, depends = read_unsized(found, again, read)
    other = "that its strides divide" if not found.refused else "that it takes"
    at = f"Read at {size_text(sizes)}{why}, and taken to be alike at any size {other}; see --input."
    provenance = replace(provenance, notes=(*said, at), size=sizes)
    return Found(network, provenance if depends is None else provenance.only_at(sizes, depends))


def _all_of_one_size(module: torch.nn.Module, found: Captured, title: str) -> Captured:
    """A capture in which inputs with axes are as large as the image, where the module takes them so."""
    dims = len(found.sizes)
    for at, form in enumerate(found.forms):
        if form.placed or len(form.front) != dims + 2 or form.front[2:] not in (found.sizes, (1,) * dims):
            continue
        placed = form._replace(front=form.front[:2], placed=True)
        like = found._replace(forms=(*found.forms[:at], placed, *found.forms[at + 1 :]))
        with contextlib.suppress(RfscopeError):
            found = capture(module, input=found.sizes, of=found.forms[found.of].name, name=title, like=like)
    return found


def capture(
    module: torch.nn.Module,
    *,
    input: Sequence[int] | None,
    name: str,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    of: str | None = None,
    like: Captured | None = None,
) -> Captured:
    """Capture a module at example inputs: by recording, or where that fails, by export.

    Args:
        module: The module.
        input: Spatial size of the inputs; None to try the usual ones.
        name: What it is called in error texts.
        shapes: Shapes of some of its inputs, by name.
        of: The input that is looked at.
        like: An earlier capture at another size, whose inputs are taken; None to find out which it takes.

    Raises:
        TargetError: No example input was accepted.
        UnsupportedError: Its control flow depends on the data, or it writes into views where that cannot be followed.
    """
    from rfscope.readers.torch.trying import Plan, find

    if like is not None and input is not None:
        plan, own = Plan([like.forms], [], [tuple(input)], given=True), None
    else:
        plan, own = _plan(module, input, shapes or {}, of, name)
    dims = len(plan.sizes[0])
    with evaluating(module):
        if own is not None and own > dims == 1 and plan.given and like is None:
            _refuse_for_all_axes(module, (*plan.sizes[0],) * own, shapes or {}, of, name)
        try:
            found = find(plan, name, partial(captured, module))
        except TargetError:
            if own in (None, dims):
                raise
            expected = f"{own}, one per axis of its convolutions"
            raise TargetError(WRONG_SIZES, where=name, got=dims, expected=expected) from None
    sizes = {form.name: form.at(found.sizes) for form in found.forms}
    picked = chosen(_images(found.forms, sizes, dims) or list(sizes), of, name)
    return Captured(found.program, found.forms, sizes[picked][-dims:], list(sizes).index(picked), found.refused)


def _refuse_for_all_axes(
    module: torch.nn.Module, sizes: tuple[int, ...], shapes: Mapping[str, tuple[int, ...]], of: str | None, name: str
) -> None:
    """Refuse one size where a module takes it along all axes of its convolutions: some take images without a batch.

    Raises:
        TargetError: It does.
    """
    from rfscope.readers.torch.trying import find

    try:
        find(_plan(module, sizes, shapes, of, name)[0], name, partial(captured, module))
    except TargetError:
        return
    except RfscopeError:
        pass  # it takes it, and cannot be captured
    raise TargetError(WRONG_SIZES, where=name, got=1, expected=f"{len(sizes)}, one per axis of its convolutions")


def _plan(
    module: torch.nn.Module,
    input: Sequence[int] | None,
    shapes: Mapping[str, tuple[int, ...]],
    of: str | None,
    name: str,
) -> tuple[Plan, int | None]:
    """What to try, and how many axes the module's convolutions have, if it has any."""
    from rfscope.readers.torch import inputs
    from rfscope.readers.torch.trying import Plan

    known = inputs.exported_at(module) if input is None and not shapes else None
    if known is not None:
        return Plan([known[0]], [], [known[1]], given=False), len(known[1])
    own, names = inputs.axes_of(module), inputs.names_of(module, [*shapes, *([] if of is None else [of])])
    for wanted in (*shapes, of):
        chosen(names, wanted, name)
    pictured = shapes.get(of or names[0], ())
    dims = len(input) if input is not None else len(pictured) - 2 if len(pictured) > 2 else own or 2
    if not 1 <= dims <= 3:
        raise TargetError(WRONG_SIZES, where=name, got=dims, expected="1, 2 or 3")
    given = [shape[-dims:] for shape in shapes.values() if is_image(shape, dims)]  # other images may be as large
    sizes = [tuple(input)] if input is not None else list(dict.fromkeys([*given, *inputs.sizes_for(module, dims)]))
    alike, mixed = (list(make(module, names, dims, shapes)) for make in (inputs.alike, inputs.mixed))
    return Plan(alike, mixed, sizes, given=input is not None), own

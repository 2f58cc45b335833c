"""The gradients of a user's module while it runs, and how each differs from what is predicted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.readers.torch.tape import tensors_of
from rfscope.verification.mixers import Watch
from rfscope.verification.plan import Plan
from rfscope.verification.predicted import ExpectedGradient, elements_of
from rfscope.verification.structure import structural

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["differences", "guarded"]


def differences(
    module: torch.nn.Module,
    images: Sequence[torch.Tensor],
    plan: Plan,
    expected: Sequence[ExpectedGradient],
    watch: Watch,
) -> Iterator[tuple[ExpectedGradient, str | None, bool]]:
    """Run the module once; of each gradient, how it differs, and whether it reads more than is predicted."""
    given = [image.clone().requires_grad_() for image in images]
    leaves = list(tensors_of(_run(module, given, watch)))
    for one in expected:
        wanted = one.with_global if watch.open else one.support
        if wanted is None:
            continue
        tensor = leaves[one.tensor] if isinstance(one.tensor, int) else _entering(watch, one)
        found = _gradient(tensor, one, given, plan)
        yield one, _first_difference(found, wanted, one, with_global=watch.open), bool((found & ~wanted).any())


def _run(module: torch.nn.Module, images: Sequence[torch.Tensor], watch: Watch) -> Any:
    """Run it; what it is given may be written to."""
    given = [image.clone() for image in images]
    with guarded(), structural(module, watch, given[0].dtype):
        return module(*given)


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Tell what went wrong in a module: it may be made for other numbers."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever a module raises that was made for other numbers
        got = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        raise UnsupportedError("cannot run a copy of the module in float64 or float32", got=got) from None


def _entering(watch: Watch, one: ExpectedGradient) -> torch.Tensor:
    """The tensor that enters a global operation; what a class token is taken from is known by its shape."""
    found = watch.entered.get(str(one.tensor))
    candidates = [found] if found is not None else [tensor for line in watch.indexed.values() for tensor in line]
    for tensor in candidates:
        if tuple(tensor.shape) == one.value.shape:
            return tensor
    raise UnsupportedError("cannot look at what enters a global operation", where=str(one.tensor))


def _gradient(
    tensor: torch.Tensor, one: ExpectedGradient, given: Sequence[torch.Tensor], plan: Plan
) -> np.ndarray[Any, Any]:
    """Where on the image the gradient of one output is not zero."""
    import numpy as np
    import torch

    mask = elements_of(one.value, one.position).to(tensor.device)
    image = np.zeros(plan.captured.sizes, dtype=bool)
    if not tensor.requires_grad:
        return image
    with guarded():
        [gradient] = torch.autograd.grad(
            tensor[mask].sum(), [given[plan.captured.of]], retain_graph=True, allow_unused=True
        )
    found: torch.Tensor | None = gradient
    if found is None:
        return image
    return np.asarray((found != 0).reshape(-1, *plan.captured.sizes).any(0).cpu().numpy())


def _first_difference(
    found: np.ndarray[Any, Any], wanted: np.ndarray[Any, Any], one: ExpectedGradient, *, with_global: bool
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

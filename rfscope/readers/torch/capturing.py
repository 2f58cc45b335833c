"""One capture of a module at inputs of some shapes: recorded, or if that fails, exported."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.readers.torch.calls import Program
from rfscope.readers.torch.parts import untouched, weights_of

if TYPE_CHECKING:
    import torch

    from rfscope.readers.torch.tape import Steps

__all__ = ["captured"]


def captured(module: torch.nn.Module, shapes: Sequence[Sequence[int]], steps: Steps) -> Program:
    """The program of a module at inputs of some shapes: recorded, or if it cannot be, exported."""
    from rfscope.readers.torch.export import export, quiet
    from rfscope.readers.torch.recorder import record
    from rfscope.readers.torch.trying import one_line

    inputs = _examples(module, shapes)
    with quiet(), untouched(module):
        try:
            return record(module, inputs, steps)
        except Exception as error:
            if not _of_recording(error):
                raise
            try:
                return export(module, inputs)
            except Exception as refused:
                if _depends_on_data(refused) or _depends_on_data(error):
                    raise UnsupportedError(
                        "its control flow depends on the data",
                        got=one_line(refused),
                        do="analyze a module without the branch, such as a part of it",
                    ) from None
                if isinstance(error, RfscopeError):
                    raise error from None
                raise


def _examples(module: torch.nn.Module, shapes: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """Inputs of the type and on the device of a module's weights."""
    import torch

    from rfscope.readers.torch.inputs import make

    weight = next((weight for _, weight in weights_of(module) if weight.is_floating_point()), None)
    dtype, device = (torch.float32, torch.device("cpu")) if weight is None else (weight.dtype, weight.device)
    return make(shapes, dtype, device)


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

"""Where to verify: on the CPU, or on a GPU that torch can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.errors import MissingExtraError, RfscopeError

if TYPE_CHECKING:
    import torch

__all__ = ["find_device"]

_DEVICES = ("auto", "cpu", "cuda")


def find_device(name: str) -> torch.device:
    """The device of that name; ``"auto"`` is a GPU if there is one.

    Raises:
        RfscopeError: There is no such device.
        MissingExtraError: Torch is not installed.
    """
    if name not in _DEVICES:
        raise RfscopeError("unknown device", got=repr(name), expected="one of " + ", ".join(_DEVICES))
    try:
        import torch
    except ImportError:
        raise MissingExtraError("verification needs torch", do="pip install torch") from None
    if name == "cpu":
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda", torch.cuda.current_device())
    if name == "cuda":
        raise RfscopeError("no GPU that torch can use", do="verify on the CPU: device 'cpu' or 'auto'")
    return torch.device("cpu")

"""Configs in the style of mmsegmentation, read without running them and without torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rfscope.errors import TargetError, clean
from rfscope.network.provenance import Found

__all__ = ["read_config"]


def read_config(
    path: Path,
    *,
    input: Sequence[int] | None = None,
    allow_unknown: bool = False,  # noqa: ARG001 - every reader is called alike
) -> Found:
    """Read the network of a config, from the image to the scores of its decode head.

    What is not written as literals is an error where the network depends on it, and passed over elsewhere. Heads that
    help in training only are left out.

    Args:
        path: A ``.py`` file; other files are read only where a ``_base_`` names them.
        input: Spatial size of the input. Without one the grid is unbounded, unless the head reads maps of a size that
            depends on the input's: then it is the size that the config trains at.
        allow_unknown: Has no effect: what a config does not say is unknown in any case.

    Raises:
        TargetError: A file is missing, is not Python, or inherits itself.
        NetworkError: A value is missing or out of range.
        UnsupportedError: The network depends on something that is not read; the text names it and its place.
        LimitError: A file is too large, nested too deeply, or holds a number above its limit.
    """
    from rfscope.readers.mmseg.inherit import read_table
    from rfscope.readers.mmseg.segmentor import build

    try:
        return build(read_table(path), clean(path.stem), input)
    except RecursionError:
        raise TargetError("nested too deeply", where=str(path), expected="a config of plain literals") from None

"""What a network is measured on: images in order, each an array of floats of one shape, or noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError
from rfscope.wording import size_text

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Samples", "called", "enough", "noise", "of_arrays"]


def called(dims: int) -> str:
    """What inputs of so many axes are called.

    Example:
        >>> called(1), called(2), called(3)
        ('signals', 'images', 'volumes')
    """
    return ("signals", "images", "volumes")[dims - 1]


@dataclass(frozen=True)
class Samples:
    """Images of one shape.

    Attributes:
        count: How many.
        shape: The shape of each: channels and sizes, or sizes alone.
        words: What they are, in words; empty if they are noise.
        make: The image of a number.
        name: What an image is called in error texts.
    """

    count: int
    shape: tuple[int, ...]
    words: str
    make: Callable[[int], np.ndarray[Any, Any]]
    name: Callable[[int], str]

    def __getitem__(self, place: int) -> np.ndarray[Any, Any]:
        """One image.

        Raises:
            RfscopeError: It cannot be read, has another shape, or something in it is no number.
        """
        import numpy as np

        found = np.asarray(self.make(place), dtype=np.float64)
        if found.shape != self.shape:
            got, expected = size_text(found.shape), size_text(self.shape)
            raise RfscopeError("an image of another shape", where=self.name(place), got=got, expected=expected)
        if not np.isfinite(found).all():
            raise RfscopeError("an image with something in it that is no number", where=self.name(place), got="NaN")
        return found


def noise(count: int, shape: Sequence[int], seed: int) -> Samples:
    """Independent Gaussian noise of mean 0 and deviation 1; each image has a seed of its own.

    Example:
        >>> noise(2, (1, 4, 4), 0)[1].shape
        (1, 4, 4)
    """

    def make(place: int) -> np.ndarray[Any, Any]:
        import numpy as np

        return np.random.default_rng((seed, place)).standard_normal(tuple(shape))

    return Samples(count, tuple(shape), "", make, lambda place: f"noise {place}")


def of_arrays(images: Any, count: int | None, shape: Sequence[int], words: str) -> Samples:
    """Images that are at hand: an array of (images, channels, sizes), or a list of arrays of (channels, sizes).

    Raises:
        RfscopeError: There are none, or fewer than asked for, or they have another shape.
    """
    import numpy as np

    expected = f"an array of (images, {', '.join(map(str, shape))})"
    try:
        found = [np.asarray(getattr(one, "detach", lambda one=one: one)(), dtype=float) for one in images]
    except (TypeError, ValueError, RuntimeError):
        raise RfscopeError("bad images", got=type(images).__name__, expected=expected) from None
    for place, one in enumerate(found):
        if one.shape != tuple(shape) and prod(one.shape) == prod(shape) and one.ndim == len(shape) - 1:
            found[place] = one.reshape(tuple(shape))  # one channel that is not written down
        elif one.shape != tuple(shape):
            raise RfscopeError("bad images", where=f"image {place}", got=size_text(one.shape), expected=expected)
    some = enough(len(found), count, words)
    return Samples(
        some, tuple(shape), f"{some} {called(len(shape) - 1)}", found.__getitem__, lambda place: f"image {place}"
    )


def enough(there: int, count: int | None, words: str, most: int = 50) -> int:
    """How many images are taken: as many as asked for, or up to 50.

    Raises:
        RfscopeError: There are none, or fewer than asked for.
    """
    if there < max(1, count or 1):
        raise RfscopeError("too few images", where=words, got=str(there), expected=f"{count or 1} or more")
    return min(there, most) if count is None else count

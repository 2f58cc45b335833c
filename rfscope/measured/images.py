"""Images, signals and volumes in files, as a network is given them."""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import RfscopeError, TargetError
from rfscope.measured.samples import Samples, called, enough, of_arrays
from rfscope.wording import first_few, size_text

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FITS", "IMAGENET", "Preparation", "in_folder"]

FITS = ("crop", "stretch")

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""Mean and deviation of the colours of ImageNet's images, from 0 to 1, that most networks of three channels expect."""

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm")
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""What pillow calls pictures of so many channels."""


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How files become inputs.

    Attributes:
        fit: How a picture gets its size: ``"crop"`` keeps its proportions and cuts off what is too much, ``"stretch"``
            does not. Signals and volumes are only ever cropped, about their middle.
        mean: What is taken off each channel; ImageNet's for pictures of three channels, else nothing.
        std: What it is then divided by.
    """

    fit: str = "crop"
    mean: Sequence[float] | None = None
    std: Sequence[float] | None = None

    def check(self, channels: int) -> None:
        """Refuse what does not fit a network of so many channels.

        Raises:
            RfscopeError: Something does not.
        """
        if self.fit not in FITS:
            raise RfscopeError("bad fit of images", got=repr(self.fit), expected=" or ".join(FITS))
        for name, given in (("mean", self.mean), ("std", self.std)):
            if given is not None and (len(given) not in (1, channels) or (name == "std" and min(given) <= 0)):
                above = " above 0" if name == "std" else ""
                expected = f"one number{above}, or one for each of the {channels} channels"
                raise RfscopeError(f"bad {name} of images", got=", ".join(map(str, given)), expected=expected)

    def applied(self, values: np.ndarray[Any, Any], *, picture: bool) -> np.ndarray[Any, Any]:
        """Values of (channels, sizes), taken off and divided by."""
        import numpy as np

        usual = IMAGENET if picture and len(values) == 3 else ((0.0,), (1.0,))
        mean, std = (usual[place] if own is None else own for place, own in enumerate((self.mean, self.std)))
        shape = (-1, *[1] * (values.ndim - 1))
        return np.asarray((values - np.reshape(mean, shape)) / np.reshape(std, shape))


def in_folder(
    folder: str | Path, shape: Sequence[int], count: int | None = None, how: Preparation | None = None
) -> Samples:
    """The images of a folder and all below it, or those of one file: as many as are asked for, evenly chosen by name.

    Args:
        folder: The folder, or a file.
        shape: Channels and sizes that a network takes.
        count: How many; up to 50 if not said.
        how: How files become inputs.

    Raises:
        RfscopeError: There is no such folder, it has no such files or too few, or ``how`` does not fit.
    """
    how, path = how or Preparation(), Path(folder)
    how.check(shape[0])
    suffixes = {1: (".wav", ".npy"), 2: (*_PICTURES, ".npy"), 3: (".npy",)}[len(shape) - 1]
    expected = f"files of {', '.join(suffixes)}"
    there = _files(path)
    found = [file for file in there if file.suffix.lower() in suffixes]
    if not found:
        others = sorted({file.suffix or file.name for file in there})
        got = f"{len(there)} other files ({first_few(others)})" if there else "no files"
        raise TargetError("no images", where=str(path), got=got, expected=expected)
    if len(found) == 1 and path.is_file() and (stack := _stack(path, shape)) is not None:
        return of_arrays(stack, count, shape, str(path))
    some = enough(len(found), count, str(path))
    chosen = [found[place * len(found) // some] for place in range(some)]
    all_ = "" if some == len(found) else f" of {len(found)}"
    things = called(len(shape) - 1) if len(found) > 1 else called(len(shape) - 1).removesuffix("s")
    words = f"{some}{all_} {things} of {path.name or path}"

    def make(place: int) -> np.ndarray[Any, Any]:
        return _read(chosen[place], shape, how)

    return Samples(some, tuple(shape), words, make, lambda place: str(chosen[place]))


def _files(path: Path) -> list[Path]:
    """A file, or all files below a folder, by name."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise TargetError("no such folder", got=repr(str(path)), expected="a folder of images")
    try:
        found = []
        for file in path.rglob("*"):
            if file.is_file() and not file.name.startswith("."):
                found.append(file)
                limits.check("files", len(found), where=str(path))
    except OSError as error:
        raise TargetError("cannot read", where=str(path), got=error.strerror or str(error)) from None
    return sorted(found)


def _read(file: Path, shape: Sequence[int], how: Preparation) -> np.ndarray[Any, Any]:
    """One image of (channels, sizes).

    Raises:
        RfscopeError: It cannot be read, or has other channels, or is too small.
    """
    readers: dict[str, Callable[[Path, Sequence[int]], np.ndarray[Any, Any]]] = {".npy": _array, ".wav": _sound}
    suffix = file.suffix.lower()
    if suffix not in readers:
        return how.applied(_picture(file, shape, stretch=how.fit == "stretch"), picture=True)
    values = _in_channels(readers[suffix](file, shape), shape, file)
    return how.applied(_cropped(values, shape, file), picture=False)


def _picture(file: Path, shape: Sequence[int], *, stretch: bool) -> np.ndarray[Any, Any]:
    """A picture from 0 to 1, resized by bicubic interpolation."""
    import numpy as np
    from PIL import Image

    channels, height, width = shape
    if channels not in _MODES:
        expected = f"a network of 1, 3 or 4 channels for pictures, or files of .npy of {channels}"
        raise RfscopeError("a picture for so many channels", where=str(file), got=str(channels), expected=expected)
    try:
        with Image.open(file) as opened:
            image = opened.convert(_MODES[channels])
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TargetError("cannot read the image", where=str(file), got=_said(error)) from None
    if stretch:
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    else:
        scale = max(height / image.height, width / image.width)
        size = max(width, round(image.width * scale)), max(height, round(image.height * scale))
        image = image.resize(size, Image.Resampling.BICUBIC)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        image = image.crop((left, top, left + width, top + height))
    values = np.asarray(image, dtype=float) / 255
    return values[None] if values.ndim == 2 else np.moveaxis(values, 2, 0)


def _array(file: Path, shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """An array from a file of numpy's."""
    import numpy as np

    del shape
    try:
        return np.asarray(np.load(file, allow_pickle=False), dtype=float)
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise TargetError("cannot read the array", where=str(file), got=_said(error)) from None


def _stack(file: Path, shape: Sequence[int]) -> np.ndarray[Any, Any] | None:
    """The arrays in a file that holds several images; None if it holds one."""
    if file.suffix.lower() != ".npy":
        return None
    found = _array(file, shape)
    return found if found.ndim == len(shape) + 1 else None


def _sound(file: Path, shape: Sequence[int]) -> np.ndarray[Any, Any]:
    """A sound from -1 to 1, of (channels, samples); made one channel where one is wanted."""
    import numpy as np

    try:
        with wave.open(str(file), "rb") as opened:
            channels, width = opened.getnchannels(), opened.getsampwidth()
            data = opened.readframes(opened.getnframes())
    except (OSError, wave.Error, EOFError) as error:
        raise TargetError("cannot read the sound", where=str(file), got=_said(error)) from None
    if width == 1:
        values = np.frombuffer(data, dtype=np.uint8).astype(float) - 128
    elif width == 3:
        parts = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
        values = ((parts[:, 0] << 8 | parts[:, 1] << 16 | parts[:, 2] << 24) >> 8).astype(float)
    else:
        values = np.frombuffer(data, dtype=f"<i{width}").astype(float)
    found = values.reshape(-1, channels).T / 2.0 ** (8 * width - 1)
    return found.mean(0, keepdims=True) if shape[0] == 1 else found


def _in_channels(values: np.ndarray[Any, Any], shape: Sequence[int], file: Path) -> np.ndarray[Any, Any]:
    """An array of (channels, sizes); one channel need not be written down."""
    if values.ndim == len(shape) - 1 and shape[0] == 1:
        values = values[None]
    if values.ndim != len(shape) or len(values) != shape[0]:
        expected = f"{size_text(shape)}: channels first"
        raise TargetError("an image of another shape", where=str(file), got=size_text(values.shape), expected=expected)
    return values


def _cropped(values: np.ndarray[Any, Any], shape: Sequence[int], file: Path) -> np.ndarray[Any, Any]:
    """The middle of what is large enough."""
    spare = [there - wanted for there, wanted in zip(values.shape, shape, strict=True)]
    if min(spare) < 0:
        got, expected = size_text(values.shape[1:]), f"{size_text(shape[1:])} or more"
        raise TargetError(
            "an image that is too small", where=str(file), got=got, expected=expected, do="give a smaller --input"
        )
    return values[tuple(slice(more // 2, more // 2 + wanted) for more, wanted in zip(spare, shape, strict=True))]


def _said(error: BaseException) -> str:
    return " ".join(str(getattr(error, "strerror", None) or error).split())[:120] or type(error).__name__

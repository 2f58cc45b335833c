"""What one output of each op of the spec format reads, per axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeVar

from rfscope import limits
from rfscope.errors import NetworkError
from rfscope.network.reads import IDENTITY, Padding, Read, Resize, TransposedWindow, Whole, Window
from rfscope.readers import spec_model as model
from rfscope.readers.spec_document import Document, Path

__all__ = ["Site", "reads_of"]

T = TypeVar("T")
_PAIR = 2
_PaddingWord = Literal["valid", "same", "same_lower", "causal"]


@dataclass(frozen=True, slots=True)
class Site:
    """The place of one layer in its document.

    Attributes:
        document: The document.
        path: The way to the layer.
        dims: Number of spatial axes.
    """

    document: Document
    path: Path
    dims: int

    def where(self, key: str | None = None) -> str:
        """Where the layer or a key of it stands, for an error text."""
        return self.document.where((*self.path, key) if key else self.path)

    def listed(self, key: str, values: Sequence[T], do: str | None = None) -> tuple[T, ...]:
        """The entries of a list with one per axis.

        Raises:
            NetworkError: The list has another length.
        """
        if len(values) != self.dims:
            where, expected = self.where(key), f"{self.dims}, one per axis"
            raise NetworkError(f"wrong length of {key}", where=where, got=len(values), expected=expected, do=do)
        return tuple(values)

    def numbers(self, key: str, value: int | list[int], limit: str | None = None) -> tuple[int, ...]:
        """One number per axis, none of them above a limit.

        Raises:
            NetworkError: The list has another length.
            LimitError: A number is above the limit.
        """
        numbers = self.listed(key, value) if isinstance(value, list) else (value,) * self.dims
        if limit:
            limits.check(limit, max(numbers), where=self.where(key))
        return numbers

    def paddings(
        self, value: int | list[int] | list[list[int]] | _PaddingWord, extents: Sequence[int] = ()
    ) -> tuple[Padding, ...]:
        """Padding before and after per axis.

        Args:
            value: As it is written.
            extents: The covered kernel per axis, which causal padding goes by.

        Raises:
            NetworkError: The list has another length.
        """
        if value == "causal":
            return tuple((extent - 1, 0) for extent in extents)
        if value == "same" or value == "same_lower":  # noqa: PLR1714  # narrows the type
            return (value,) * self.dims
        if not isinstance(value, list):
            return ((0, 0) if value == "valid" else (value, value),) * self.dims
        sides: list[int | list[int]] = [*value]
        pair = sides if len(sides) == _PAIR and all(isinstance(side, int) for side in sides) else [1, 2]
        do = f"write [before, after] once per axis: {[pair] * self.dims}"
        listed = self.listed("padding", sides, do=do)
        return tuple((side, side) if isinstance(side, int) else (side[0], side[1]) for side in listed)


def reads_of(layer: model.LayerSpec, site: Site) -> tuple[Read, ...]:
    """What one output position of a layer reads along each axis.

    Raises:
        NetworkError: A list does not have one entry per axis, or numbers contradict each other.
        LimitError: A number is above its limit.
    """
    reads: tuple[Read, ...]
    match layer:
        case model.Conv() | model.DeformableConv() | model.Pool():
            reads = _windows(layer, site)
        case model.TransposedConv():
            reads = _transposed_windows(layer, site)
        case model.Pad():
            reads = tuple(Window(padding=padding) for padding in site.paddings(layer.padding))
        case model.PixelShuffle() | model.PixelUnshuffle():
            kind = TransposedWindow if isinstance(layer, model.PixelShuffle) else Window
            limits.check("kernel", layer.factor, where=site.where("factor"))
            reads = (kind(kernel=layer.factor, stride=layer.factor),) * site.dims
        case model.Resize():
            reads = _resizes(layer, site)
        case model.Global():
            reads = (Whole(),) * site.dims
        case _:
            reads = (IDENTITY,) * site.dims
    return reads


def _windows(layer: model.Conv | model.DeformableConv | model.Pool, site: Site) -> tuple[Window, ...]:
    kernels = site.numbers("kernel", layer.kernel, "kernel")
    strides = site.numbers("stride", layer.stride, "stride")
    rates = site.numbers("dilation", layer.dilation, "rate")
    extents = [Window(kernel=kernel, dilation=rate).extent for kernel, rate in zip(kernels, rates, strict=True)]
    per_axis = zip(kernels, strides, rates, site.paddings(layer.padding, extents), strict=True)
    ceil_mode = isinstance(layer, model.Pool) and layer.ceil_mode
    return tuple(Window(kernel=k, stride=s, dilation=d, padding=p, ceil_mode=ceil_mode) for k, s, d, p in per_axis)


def _transposed_windows(layer: model.TransposedConv, site: Site) -> tuple[TransposedWindow, ...]:
    per_axis = zip(
        site.numbers("kernel", layer.kernel, "kernel"),
        site.numbers("stride", layer.stride, "stride"),
        site.numbers("dilation", layer.dilation, "rate"),
        site.paddings(layer.padding),
        site.numbers("output_padding", layer.output_padding),
        strict=True,
    )
    windows = tuple(
        TransposedWindow(kernel=k, stride=s, dilation=d, padding=p, output_padding=more)
        for k, s, d, p, more in per_axis
    )
    for window in windows:
        longest = max(window.stride, window.dilation) - 1 if isinstance(window.padding, tuple) else 0
        if window.output_padding > longest:
            expected = f"at most {longest}: less than the stride or the dilation, and 0 with 'same'"
            got = window.output_padding
            raise NetworkError("bad output_padding", where=site.where("output_padding"), got=got, expected=expected)
    return windows


def _resizes(layer: model.Resize, site: Site) -> tuple[Resize, ...]:
    if bool(layer.scale) == bool(layer.size):
        raise NetworkError("resize needs one target", where=site.where(), expected="either scale or size")
    if layer.align_corners and layer.mode == "nearest":
        where, expected = site.where("align_corners"), "false with mode 'nearest'"
        raise NetworkError("bad align_corners", where=where, got="true", expected=expected)
    if layer.size:
        sizes = site.numbers("size", layer.size, "axis")
        return tuple(Resize(mode=layer.mode, align_corners=layer.align_corners, size=size) for size in sizes)
    written = site.listed("scale", layer.scale) if isinstance(layer.scale, list) else (layer.scale,) * site.dims
    scales = [Fraction(str(scale)) for scale in written]  # a float as the decimal number that it was written as
    limits.check("axis", max(scale.numerator for scale in scales), where=site.where("scale"))
    return tuple(Resize(mode=layer.mode, align_corners=layer.align_corners, scale=scale) for scale in scales)

"""Where the outputs of a resizing operation read, and with which weights, as ONNX defines it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from rfscope import limits
from rfscope.network.reads import Read, Resize, Table
from rfscope.network.sizes import settled
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["Sampling", "read_of"]

_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Sampling:
    """A way of resizing, in the words of ONNX.

    Attributes:
        mode: ``nearest``, ``linear`` or ``cubic``.
        places: The coordinate transformation mode.
        rounding: The nearest mode.
        slope: The cubic coefficient a.
        filtered: Whether sampling down widens the filter (antialias).
    """

    mode: str
    places: str
    rounding: str = "round_prefer_floor"
    slope: Fraction = Fraction(-3, 4)
    filtered: bool = False


def read_of(sampling: Sampling, size: int, out: int, scale: Fraction, *, relative: bool, bounded: bool) -> Read:
    """What each output of a resizing reads along one axis.

    Where the kinds that depend on a size say the same, it is one of them, as other readers write it.

    Args:
        sampling: The way of resizing.
        size: The size of the input.
        out: The size of the output.
        scale: Output size over input size, before the output size was rounded.
        relative: Whether the scale is given, and not the output size.
        bounded: Whether the sizes are meant.

    Raises:
        CannotFollowError: It samples in a way that cannot be said, or that depends on a size that is not meant.
    """
    known = _known_kind(sampling, size, out, scale, relative=relative, bounded=bounded)
    if known is not None:
        return known
    first, ratio = _places(sampling, size, out, scale, bounded=bounded)
    limits.check("phases", ratio.denominator)
    period = min(ratio.denominator, out)
    taps = [_taps(sampling, first + o * ratio, scale) for o in range(period)]
    whole = [_moved(taps[o % period], o // period * ratio.numerator) for o in range(out)] if bounded else []
    if any(not _inside(tap, size) for tap in whole):  # what lies outside is the first or the last there is
        limits.check("phases", out)
        taps, shift = [_clamped(tap, size) for tap in whole], size
    else:
        shift = ratio.numerator or size
    return Table(
        starts=tuple(tap.start for tap in taps),
        stops=tuple(tap.stop for tap in taps),
        shift=shift,
        size=out if bounded else None,
    )


def _known_kind(
    sampling: Sampling, size: int, out: int, scale: Fraction, *, relative: bool, bounded: bool
) -> Resize | None:
    """The network's own kind of resizing if it fits: coinciding edges, or coinciding corners."""
    mode, places = sampling.mode, sampling.places
    if mode not in ("nearest", "linear", "cubic") or (sampling.filtered and out < size):
        return None
    if mode == "cubic" and (not sampling.slope or out == 1):
        return None
    if places == "align_corners" and mode != "nearest" and scale == Fraction(out, size):
        return Resize(mode=mode, size=out, align_corners=True)  # type: ignore[arg-type] # checked above
    if floor(size * scale) != out:
        return None
    to_size = bounded and not relative
    own = Resize(mode=mode, size=out) if to_size else Resize(mode=mode, scale=scale)  # type: ignore[arg-type] # checked
    if mode == "nearest":
        return own if _is_floored(sampling, size, out, scale) else None
    return own if places == "half_pixel" or (places == "pytorch_half_pixel" and out > 1) else None


def _is_floored(sampling: Sampling, size: int, out: int, scale: Fraction) -> bool:
    """Whether nearest places are those of the output divided by the scale, rounded down."""
    if sampling.places not in ("half_pixel", "pytorch_half_pixel", "asymmetric") or out == 1:
        return False
    read = settled(Resize(scale=scale), size)
    first, ratio = _places(sampling, size, out, scale, bounded=True)
    return isinstance(read, Table) and all(
        _rounded(first + o * ratio, sampling.rounding) == read.range(o).start for o in range(ratio.denominator)
    )


def _places(sampling: Sampling, size: int, out: int, scale: Fraction, *, bounded: bool) -> tuple[Fraction, Fraction]:
    """Where output 0 looks, and how far apart the outputs look.

    Source:
        The operator's definition, "coordinate_transformation_mode".
    """
    apart = 1 / scale
    match sampling.places:
        case "asymmetric":
            return Fraction(0), apart
        case "half_pixel":
            return (apart - 1) / 2, apart
        case "pytorch_half_pixel" if out > 1:
            return (apart - 1) / 2, apart
    if not bounded:
        raise CannotFollowError("where it looks depends on the input's size: give it")
    match sampling.places:
        case "pytorch_half_pixel":
            return Fraction(0), Fraction(size)
        case "align_corners":
            exact = size * scale
            return Fraction(0), (size - 1) / (exact - 1) if exact != 1 else Fraction(size)
        case "half_pixel_symmetric":
            return Fraction(size, 2) * (1 - out / (size * scale)) + (apart - 1) / 2, apart
    raise CannotFollowError(f"it looks where {sampling.places} says")


def _taps(sampling: Sampling, place: Fraction, scale: Fraction) -> range:
    """The inputs that have a weight in an output at some place.

    Raises:
        CannotFollowError: They are not neighbours, or the mode is not known.
    """
    if sampling.mode == "nearest":
        at = _rounded(place, sampling.rounding)
        return range(at, at + 1)
    width = {"linear": 1, "cubic": 2}.get(sampling.mode)
    if width is None:
        raise CannotFollowError(f"it samples by {sampling.mode}")
    narrowed = min(scale, Fraction(1)) if sampling.filtered else Fraction(1)
    reach = ceil(width / narrowed)
    around = range(floor(place) - reach, floor(place) + reach + 2)
    found = [i for i in around if _weight(sampling, abs(i - place) * narrowed)]
    if not found or found[-1] - found[0] + 1 != len(found):
        raise CannotFollowError("some of the weights between others are zero")
    return range(found[0], found[-1] + 1)


def _weight(sampling: Sampling, away: Fraction) -> Fraction:
    """The weight of an input so far away, not normalised."""
    if sampling.mode == "linear":
        return max(Fraction(0), 1 - away)
    a = sampling.slope
    if away <= 1:
        return ((a + 2) * away - (a + 3)) * away**2 + 1
    return a * (((away - 5) * away + 8) * away - 4) if away < 2 else Fraction(0)


def _rounded(place: Fraction, rounding: str) -> int:
    match rounding:
        case "floor":
            return floor(place)
        case "ceil":
            return ceil(place)
        case "round_prefer_floor":
            return ceil(place - _HALF)
        case "round_prefer_ceil":
            return floor(place + _HALF)
    raise CannotFollowError(f"it rounds by {rounding}")


def _moved(taps: range, by: int) -> range:
    return range(taps.start + by, taps.stop + by)


def _inside(taps: range, size: int) -> bool:
    return taps.start < size and taps.stop > 0


def _clamped(taps: range, size: int) -> range:
    """The inputs moved onto the map: one beyond its border becomes the last before it."""
    first, last = (min(max(place, 0), size - 1) for place in (taps.start, taps.stop - 1))
    return range(first, last + 1)

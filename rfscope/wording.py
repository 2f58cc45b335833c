"""Words for numbers, shared by all who write for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor, log10

__all__ = [
    "bytes_text",
    "count_text",
    "first_few",
    "lengths_text",
    "milliseconds",
    "ms_text",
    "percent",
    "rate_text",
    "rates_text",
    "schedule_text",
    "size_text",
    "unit",
]


def rates_text(rates: Sequence[int], kernels: Sequence[int] = ()) -> str:
    """Rates as a user types them, with the kernels behind an @ where they differ from layer to layer.

    Example:
        >>> rates_text([1, 2, 5]), rates_text([1, 2], [3, 5])
        ('1,2,5', '1,2@3,5')
    """
    text = ",".join(map(str, rates))
    return f"{text}@{','.join(map(str, kernels))}" if len(set(kernels)) > 1 else text


def schedule_text(segments: Iterable[Sequence[Sequence[tuple[int, int]]]]) -> str:
    """Kernels and rates as a user types them, with what stands side by side told apart from what is in a row.

    Args:
        segments: One behind the other; each is a line of (kernel, rate), or several lines side by side.

    Example:
        >>> schedule_text([[[(3, 2), (3, 4)]], [[(3, 6)], [(3, 12), (3, 1)]]]), schedule_text([[[(3, 6)], [(3, 12)]]])
        ('2,4, then side by side 6 | 12,1', 'side by side 6 | 12')
    """
    parts = []
    for lines in segments:
        texts = [rates_text([rate for _, rate in line], [kernel for kernel, _ in line]) for line in lines]
        parts.append(f"side by side {' | '.join(texts)}" if len(texts) > 1 else texts[0])
    return ", then ".join(parts)


def size_text(size: Iterable[object]) -> str:
    """A size over several axes.

    Example:
        >>> size_text([29, 29])
        '29x29'
    """
    return "x".join(map(str, size))


def unit(dims: int) -> str:
    """What the positions of an input of so many axes are called: one axis is time, as a rule.

    Example:
        >>> unit(1), unit(2), unit(3)
        ('samples', 'pixels', 'voxels')
    """
    return ("samples", "pixels", "voxels")[dims - 1]


def percent(share: float) -> str:
    """A share in whole per cent, never rounded up to all or down to nothing.

    Example:
        >>> percent(0.2675), percent(0.9996), percent(0.0001), percent(1)
        ('27 %', '99.9 %', 'under 1 %', '100 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return f"{floor(share * 1000) / 10:g} %"
    return f"{share * 100:.0f} %"


def first_few(numbers: Sequence[object], most: int = 4) -> str:
    """The first few of a list, and whether there are more.

    Example:
        >>> first_few([1, 3, 5, 7, 9])
        '1, 3, 5, 7 and more'
    """
    return ", ".join(map(str, numbers[:most])) + (" and more" if len(numbers) > most else "")


def bytes_text(count: int) -> str:
    """A number of bytes.

    Example:
        >>> bytes_text(805306368), bytes_text(15_239_000_000), bytes_text(100)
        ('768 MiB', '14.2 GiB', '100 bytes')
    """
    units = [(2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")]
    unit, name = next(((unit, name) for unit, name in units if count >= unit), (1, "bytes"))
    size = count / unit
    return f"{size:.1f} {name}" if size < 100 and unit > 1 else f"{size:.0f} {name}"


def count_text(count: int) -> str:
    """A count in full, or its magnitude where it has more than 20 digits.

    Example:
        >>> count_text(729), count_text(3**120)
        ('729', '1.79e57')
    """
    if count < 10**20:
        return str(count)
    exponent = floor(log10(count))
    exponent -= count < 10**exponent  # where the logarithm was rounded up
    return f"{count // 10 ** (exponent - 2) / 100:.2f}e{exponent}"


def lengths_text(history: int | None, lookahead: int | None, rate: float | None) -> str:
    """How far back and ahead an output reads, in samples and in time.

    Example:
        >>> lengths_text(2046, 0, 24_000)
        '2046 samples back and 0 ahead (85.3 ms and 0 ms at 24 kHz)'
        >>> lengths_text(1, None, None)
        '1 sample back and an unknown number ahead'
    """
    back = "an unknown number of samples" if history is None else count_text(history)
    back += "" if history is None else " sample" if history == 1 else " samples"
    ahead = "an unknown number" if lookahead is None else count_text(lookahead)
    text = f"{back} back and {ahead} ahead"
    if rate is None or history is None or lookahead is None:
        return text
    return f"{text} ({ms_text(history, rate)} and {ms_text(lookahead, rate)} at {rate_text(rate)})"


def milliseconds(samples: int | Fraction, rate: float) -> float:
    """How long so many samples last at a rate in Hz."""
    return float(samples * 1000 / Fraction(rate))


def ms_text(samples: int | Fraction, rate: float) -> str:
    """A time to three digits, whole from 100 ms on."""
    time = milliseconds(samples, rate)
    unit = 10 ** max(0, 2 - floor(log10(time))) if time else 1
    return f"{floor(time * unit + 0.5) / unit:g} ms"


def rate_text(rate: float) -> str:
    """A sample rate."""
    return f"{rate / 1000:g} kHz" if rate >= 1000 else f"{rate:g} Hz"

"""The schedules that are compared for a wish: all of them, a fair sample, or some that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import monotonic

from rfscope import limits
from rfscope.design.candidates import Candidates, all_candidates, sampled, strolled
from rfscope.design.counting import Counts
from rfscope.design.layers import Layers
from rfscope.design.ranking import Pool
from rfscope.design.strides import reads_all_behind
from rfscope.design.wish import Wish
from rfscope.errors import LimitError
from rfscope.exact.batch import group_rule

__all__ = ["OutOfTime", "as_wished", "compared", "everything", "number", "sample", "sample_size", "some", "wholly"]

_COMPARED_WHOLLY = 4_000_000
"""Schedules times positions of their field up to which all are ranked, and those found that no other beats."""

_LONGEST = 200
"""Layers, of rates of their own, of the longest schedule that is searched: the search goes one call deeper for each."""

_SAMPLES, _WALKED = 2_000, 4_000_000
"""Schedules of a sample, and the rates that are gone through for all of them together, at most."""

_DRAWN = 1_000_000_000
"""Layers times positions of all schedules that are drawn where they cannot be counted: some seconds."""

_SEED = 0


class OutOfTime(Exception):  # noqa: N818 - an answer, not an error
    """Looking at all schedules takes longer than the limit ``search-seconds``."""


def compared(wish: Wish, layers: Layers, field: int) -> Pool:
    """The schedules that the best ones of a field are among; of more than can be shown, a sample.

    Raises:
        LimitError: They are of several kernels, and too many to be counted.
    """
    counts = Counts(layers, field)
    many = number(counts, field)
    if many is None:
        blocks: Iterable[Candidates] = some(layers, field)
    else:
        blocks = all_candidates(layers, field) if wholly(many, field) else sample(counts, field)
    return Pool.of(as_wished(blocks, wish, layers))


def wholly(many: int, field: int) -> bool:
    """Whether so many schedules are few enough to be ranked one and all."""
    return many * field <= _COMPARED_WHOLLY


def number(counts: Counts, field: int) -> int | None:
    """How many schedules there are; None if they are too many, or too long, to be counted.

    Raises:
        LimitError: They are, and are of several kernels, of which none are drawn without their number.
    """
    many = len(counts.layers.kernels)
    if many > _LONGEST:
        found: int | LimitError = LimitError(
            "too many layers to search", where="the wish", got=many, expected=f"up to {_LONGEST}"
        )
    else:
        found = limits.within(lambda: counts.of(field))
    if isinstance(found, LimitError) and len(counts.layers.classes) > 1:
        raise found
    return found if isinstance(found, int) else None


def everything(layers: Layers, field: int) -> Iterator[Candidates]:
    """All schedules, as long as the time allows.

    Raises:
        OutOfTime: It is over.
    """
    end = monotonic() + limits.limit("search-seconds")
    for block in all_candidates(layers, field):
        if monotonic() > end:
            raise OutOfTime
        yield block


def sample(counts: Counts, field: int) -> Iterator[Candidates]:
    """A fair sample, each schedule once."""
    import numpy as np

    for schedule in sorted(set(sampled(counts, field, sample_size(counts), _SEED))):
        kernels, rates = zip(*schedule, strict=True)
        yield Candidates(kernels, np.array([rates], np.int32).T, counts.layers.strides)


def sample_size(counts: Counts) -> int:
    """How many schedules are drawn for a fair sample: fewer where each takes long."""
    return max(1, min(_SAMPLES, _WALKED // counts.rates))


def some(layers: Layers, field: int) -> Iterator[Candidates]:
    """Some schedules of one kernel, not fairly drawn, each once."""
    import numpy as np

    many = min(_SAMPLES, max(1, _DRAWN // (len(layers.written) * field)))
    drawn = strolled(layers, field, many, _SEED)
    yield drawn._replace(rates=np.unique(drawn.rates, axis=1))


def as_wished(blocks: Iterable[Candidates], wish: Wish, layers: Layers) -> Iterator[Candidates]:
    """Schedules as they are written, one tooth behind the other, that keep to the published rule where it is wished.

    Behind strides, those that skip positions of a map on the way are left out.
    """
    import numpy as np

    for tooth in blocks:
        block = Candidates(tooth.kernels * layers.teeth, np.tile(tooth.rates, (layers.teeth, 1)), tooth.strides)
        if not wish.hdc and not block.strides:
            yield block
            continue
        if block.strides:
            kept = reads_all_behind(block.kernels, block.strides, block.rates)
        else:
            kept, _ = group_rule(block.kernels, block.rates)
        if kept.any():
            yield block._replace(rates=block.rates[:, kept])

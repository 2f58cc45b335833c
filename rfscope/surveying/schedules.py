"""All schedules of some layers and rates, or a random sample of them, judged as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.exact import batch
from rfscope.surveying.columns import Column, Table
from rfscope.wording import count_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Schedules", "schedules"]

_BLOCK = 2**15
"""Schedules that are judged together: what fits a cache. A sample is drawn block by block, so the numbers of its rows
say what they are."""

_CHUNK = 2**17
_MOST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Every schedule of some numbers of layers whose rates are in a list, or a random sample of them.

    Rows are in the order of ``itertools.product``: the last layer's rate changes first; fewer layers come first.

    Attributes:
        layers: The numbers of layers.
        kernels: Taps of every layer, or of each where there is one number of layers.
        rates: The rates that a layer may have, in rising order.
        columns: What is said of each.
        sample: How many are drawn, each as likely as any other; None for all of them.
        seed: Which sample it is.
        chunk: How many schedules a job has.
    """

    layers: tuple[int, ...]
    kernels: tuple[int, ...]
    rates: tuple[int, ...]
    columns: tuple[Column, ...]
    sample: int | None = None
    seed: int = 0
    chunk: int = _CHUNK

    @property
    def count(self) -> int:
        """How many schedules there are."""
        return sum(len(self.rates) ** layers for layers in self.layers)

    @property
    def rows(self) -> int:
        """How many are judged."""
        return self.count if self.sample is None else self.sample

    @property
    def words(self) -> str:
        """Which they are, for people."""
        few, many, low, high = self.layers[0], self.layers[-1], self.rates[0], self.rates[-1]
        layers = str(few) if few == many else f"{few} to {many}"
        every = self.rates == tuple(range(low, high + 1))
        rates = f"{low} to {high}" if every else ", ".join(map(str, self.rates))
        taps = ",".join(map(str, dict.fromkeys(self.kernels) if len(set(self.kernels)) == 1 else self.kernels))
        drawn = "" if self.sample is None else f"{self.sample:,} drawn of "
        count = f"{self.count:,}" if self.count < 10**15 else count_text(self.count)
        return f"{drawn}{count} schedules: {layers} layers of {taps} taps, rates {rates}"

    @property
    def key(self) -> dict[str, Any]:
        """What tells it from other surveys."""
        return {
            "layers": list(self.layers),
            "kernels": list(self.kernels),
            "rates": list(self.rates),
            "sample": self.sample,
            "seed": self.seed,
        }

    def job(self, first: int, stop: int) -> Block:
        """The schedules from one number up to another."""
        return Block(self, first, stop)


class Block(NamedTuple):
    """Some rows of schedules."""

    space: Schedules
    first: int
    stop: int

    def table(self) -> Table:
        """Judge them."""
        return _joined([_judged(self.space, rates) for rates in _blocks(self)], self.space)

    def failed(self, why: str) -> Table:
        """Say of each why it is not judged."""
        return _joined([_unjudged(self.space, rates, why) for rates in _blocks(self)], self.space)


def schedules(
    layers: Sequence[int],
    rates: Sequence[int],
    columns: tuple[Column, ...],
    *,
    kernels: Sequence[int] = (3,),
    sample: int | None = None,
    seed: int = 0,
) -> Schedules:
    """The space of all schedules of some layers.

    Args:
        layers: Numbers of layers.
        rates: The rates that a layer may have.
        columns: What is said of each.
        kernels: Taps: one number, or one per layer.
        sample: How many are drawn; None for all.
        seed: Which sample it is.

    Raises:
        RfscopeError: A number is out of range, there are too many schedules, or a sample of several numbers of layers.

    Example:
        >>> from rfscope.surveying.columns import SCHEDULES, named
        >>> space = schedules([2], [1, 2], named(SCHEDULES, ["rates", "hole_free"]))
        >>> space.rows, space.job(1, 4).table().columns["hole_free"].tolist()
        (4, [True, True, False])
    """
    _check("layers", layers, limits.limit("layers"))
    _check("rates", rates, limits.limit("rate"))
    _check("kernel", kernels, limits.limit("kernel"))
    counts, values = tuple(sorted(set(layers))), tuple(sorted(set(rates)))
    if len(kernels) not in (1, *counts) or (len(kernels) > 1 and len(counts) > 1):
        raise RfscopeError("bad kernel", got=f"{len(kernels)} numbers", expected="one number, or one per layer")
    made = Schedules(layers=counts, kernels=tuple(kernels), rates=values, columns=columns, sample=sample, seed=seed)
    if sample is None and made.count > _MOST:
        got = f"{len(values)}^{counts[-1]} schedules"
        raise RfscopeError("too many schedules", got=got, expected="at most 2^62", do="draw some with --sample N")
    if sample is not None and (len(counts) > 1 or not 1 <= sample <= _MOST):
        expected = "1 or more schedules of one number of layers"
        raise RfscopeError("bad sample", got=f"{sample} of {len(counts)} numbers of layers", expected=expected)
    return made


def _check(name: str, values: Sequence[int], most: int) -> None:
    bad = next((value for value in values if not 1 <= value <= most), None)
    if bad is not None or not values:
        raise RfscopeError(f"bad {name}", got=bad if values else "none", expected=f"whole numbers from 1 to {most}")


def _blocks(block: Block) -> list[NDArray[np.int64]]:
    """The rates of its schedules, (layers, schedules), in blocks of one number of layers."""
    space, found, begins = block.space, [], 0
    if space.sample is not None:
        for part in range(block.first // _BLOCK, -(-block.stop // _BLOCK)):
            drawn, low = _drawn(space, part), part * _BLOCK
            found.append(drawn[:, max(block.first - low, 0) : block.stop - low])
        return found
    for layers in space.layers:
        many = len(space.rates) ** layers
        first, stop = max(block.first - begins, 0), min(block.stop - begins, many)
        found += [_numbered(space, layers, at, min(at + _BLOCK, stop)) for at in range(first, stop, _BLOCK)]
        begins += many
    return found


def _numbered(space: Schedules, layers: int, first: int, stop: int) -> NDArray[np.int64]:
    """The schedules of some numbers among all of so many layers."""
    import numpy as np

    values, left = np.asarray(space.rates), np.arange(first, stop)
    found = np.empty((layers, stop - first), np.int64)
    for layer in range(layers - 1, -1, -1):
        left, digits = np.divmod(left, len(values))
        found[layer] = values[digits]
    return found


def _drawn(space: Schedules, part: int) -> NDArray[np.int64]:
    """A block of the sample."""
    import numpy as np

    generator = np.random.default_rng([space.seed, part])
    found: NDArray[np.int64] = np.asarray(space.rates)[
        generator.integers(len(space.rates), size=(space.layers[0], _BLOCK))
    ]
    return found


def _judged(space: Schedules, rates: NDArray[np.int64]) -> Table:
    """The facts of a block that are asked for, and the counts of all."""
    import numpy as np

    layers, many = rates.shape
    kernels = space.kernels * layers if len(space.kernels) == 1 else space.kernels
    small: NDArray[Any] = rates.astype(np.int32) if _is_small(kernels, space.rates[-1]) else rates
    none = np.full(many, None, object)
    wanted = {column.name for column in space.columns}
    free, factor = batch.hole_free(kernels, small), batch.factors(small)
    found: dict[str, Any] = {"rates": rates, "field": batch.fields(kernels, small), "hole_free": free, "gcd": factor}
    tally = {"schedules": many, "hole_free": int(free.sum()), "common_factor": int((factor > 1).sum())}
    found |= {"m2": none, "m2_ok": none, "whole_ok": none, "error": none}
    if layers > 1:
        m2, (groups, judged) = batch.m2(small), batch.group_rule(kernels, small)
        whole = m2 <= kernels[0]
        every = bool(judged.all())
        found |= {
            "m2": m2,
            "whole_ok": whole,
            "m2_ok": groups if every else np.where(judged, groups.astype(object), none),
        }
        for name, rule, of in (("whole", whole, np.ones(many, bool)), ("groups", groups, judged)):
            tally |= {
                f"{name}_judged": int(of.sum()),
                f"{name}_passes": int((of & rule).sum()),
                f"{name}_passes_with_holes": int((of & rule & ~free).sum()),
                f"{name}_fails_without_holes": int((of & ~rule & free).sum()),
            }
    if "isolated" in wanted:
        found["isolated"] = batch.isolated(kernels, small)
    if "gridding_index" in wanted:
        found["gridding_index"] = _indices(kernels, small)
    return Table({column.name: found[column.name] for column in space.columns}, tally)


def _is_small(kernels: Sequence[int], rate: int) -> bool:
    """Whether 32 bits hold all that is worked out of such rates."""
    return sum(kernels) * rate < 2**30


def _indices(kernels: Sequence[int], rates: NDArray[Any]) -> NDArray[np.float64]:
    """The gridding indices: the order of layers of equal kernels does not matter, so each multiset is done once."""
    import numpy as np

    if len(set(kernels)) > 1:
        return batch.indices(kernels, rates)
    distinct, back = np.unique(np.sort(rates, axis=0), axis=1, return_inverse=True)
    found: NDArray[np.float64] = batch.indices(kernels, distinct)[np.asarray(back).reshape(-1)]
    return found


def _unjudged(space: Schedules, rates: NDArray[np.int64], why: str) -> Table:
    import numpy as np

    many = rates.shape[1]
    none, reason = np.full(many, None, object), np.full(many, why, object)
    found = {"rates": rates, "error": reason}
    return Table({column.name: found.get(column.name, none) for column in space.columns}, {"failed": many}, again=True)


def _joined(tables: Sequence[Table], space: Schedules) -> Table:
    """Tables one behind the other; rates stay in blocks, as schedules may have different numbers of layers."""
    import numpy as np

    tally: dict[str, int] = {}
    for table in tables:
        tally = {name: tally.get(name, 0) + table.tally.get(name, 0) for name in {**tally, **table.tally}}
    columns: dict[str, Any] = {}
    for column in space.columns:
        parts = [table.columns[column.name] for table in tables]
        columns[column.name] = parts if column.kind == "rates" else np.concatenate(parts)
    again = any(table.again for table in tables)
    return Table(columns, tally, again=again, mistaken=again)

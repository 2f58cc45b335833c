"""What is wished of a schedule, and whether it can be had at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, takewhile
from math import prod
from typing import Literal, TypeAlias

from rfscope import limits
from rfscope.design.counting import Counts
from rfscope.design.layers import Layers
from rfscope.design.ranking import CRITERIA
from rfscope.errors import RfscopeError, shorten

__all__ = ["How", "Refusal", "Wish", "fewest_layers", "field_of", "fields_of", "possible_fields", "refusal"]

How: TypeAlias = Literal["exactly", "at-least", "at-most"]

_ASIDE = 64
"""How far from the wished field the nearest possible ones are looked for."""

_KINDS = 6
"""Kernels that may be chosen from."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A receptive field, and the layers that are to have it.

    Attributes:
        field: The receptive field along one axis; None if any will do near to given rates.
        how: Whether the field may be larger or smaller; then the nearest that can be had is taken.
        layers: How many layers; None for the fewest that do.
        kernels: Taps of each layer, or a single number for all.
        among: Kernels that the layers are chosen from, the fewest weights that do; then ``kernels`` says nothing. One
            of a single tap is never taken.
        max_rate: The largest rate; None if any will do.
        sawtooth: After how many layers the rates are to begin again alike; None if they need not.
        hdc: Whether M_2 must not exceed the kernel, as published.
        rank: What schedules are ranked by.
        prefer: Whether use that reaches far, or that stays near, is preferred among those that are as good.
        top: How many are wanted.
        dims: Spatial axes, each with the same rates.
        causal: Whether separate grids are meant: then isolated layers are not held against a schedule.
        near: Rates that are to be changed as little as possible; None if there are none.
        strides: The stride of each layer, or a single number for all.
    """

    field: int | None = None
    how: How = "exactly"
    layers: int | None = None
    kernels: tuple[int, ...] = (3,)
    among: tuple[int, ...] = ()
    max_rate: int | None = None
    sawtooth: int | None = None
    hdc: bool = False
    rank: tuple[str, ...] = ()
    prefer: Literal["wide", "near"] | None = None
    top: int = 5
    dims: int = 2
    causal: bool = False
    near: tuple[int, ...] | None = None
    strides: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        numbers = {
            "field": self.field,
            "largest rate": self.max_rate,
            "number of layers": self.layers,
            "number of layers of a tooth": self.sawtooth,
        }
        for name, value in numbers.items():
            if value is not None and (type(value) is not int or value < 1):
                raise RfscopeError(f"bad {name}", where="the wish", got=value, expected="a whole number of 1 or more")
        if self.field is None and self.near is None:
            raise RfscopeError("nothing wished", expected="a field, or rates to be near to", do="say --field or --near")
        if not 1 <= self.dims <= 3:
            raise RfscopeError("bad number of axes", where="the wish", got=self.dims, expected="1, 2 or 3")
        for criterion in self.rank:
            if criterion not in CRITERIA:
                expected = f"one of {', '.join(CRITERIA)}"
                raise RfscopeError("unknown criterion", where="the wish", got=shorten(criterion), expected=expected)
        if self.prefer not in (None, "wide", "near"):
            raise RfscopeError("unknown preference", where="the wish", got=shorten(self.prefer), expected="wide, near")
        limits.check("axis", self.field or 1, where="the wished field")
        limits.check("layers", self.layers or len(self.kernels), where="the wish")
        self._check_kernels()
        self._check_near()
        self._check_teeth()
        self._check_strides()

    def _check_kernels(self) -> None:
        if self.among and (self.kernels != (3,) or self.near is not None or self.sawtooth is not None):
            got, expected = "kernels to choose from", "no kernel, no rates to be near to and no teeth beside them"
            raise RfscopeError("a wish that contradicts itself", where="the wish", got=got, expected=expected)
        if self.among and self.how == "at-most":
            expected = "a field, or a least one: of smaller ones a single layer weighs least"
            raise RfscopeError("the fewest weights for a field of at most a size", where="the wish", expected=expected)
        whole = all(type(kernel) is int and kernel > 0 for kernel in self.among)
        given = self.choice if whole and self.choice else self.among or self.kernels
        if not given or not all(type(kernel) is int and kernel > 1 for kernel in given):
            expected = "whole numbers of 2 or more; a layer of one tap adds nothing to a field"
            raise RfscopeError("bad kernel", where="the wish", got=list(given), expected=expected)
        limits.check("kernel", max(given), where="the wish")
        if len(self.choice) > _KINDS:
            expected = f"at most {_KINDS}"
            raise RfscopeError("too many kernels", where="the wish", got=len(self.choice), expected=expected)
        if len(self.kernels) > 1 and self.many != len(self.kernels):
            expected = f"{self.many}, one per layer, or a single one"
            raise RfscopeError("bad number of kernels", where="the wish", got=len(self.kernels), expected=expected)

    def _check_near(self) -> None:
        if self.near is None:
            return
        for name, said in (("M_2 <= K", self.hdc), ("a sawtooth", self.sawtooth), ("a preference", self.prefer)):
            if said:
                expected = "one of the two: the nearest is found without that"
                raise RfscopeError(f"rates to be near to, and {name}", where="the wish", expected=expected)
        for rate in self.near:
            if type(rate) is not int or rate < 1:
                raise RfscopeError("bad rate to be near to", where="the wish", got=rate, expected="1 or more")
            limits.check("rate", rate, where="the wish")
        if (self.many or len(self.near)) != len(self.near):
            got, expected = f"{len(self.near)} rates", f"{self.many}, one per layer"
            raise RfscopeError("bad number of rates to be near to", where="the wish", got=got, expected=expected)

    def _check_teeth(self) -> None:
        if self.sawtooth is None:
            return
        if len(set(self.kernels)) > 1:
            several = list(self.kernels)
            raise RfscopeError("a sawtooth of several kernels", where="the wish", got=several, expected="a single one")
        if self.many is not None and (self.many % self.sawtooth or self.many < 2 * self.sawtooth):
            got, expected = f"{self.many} layers", f"two or more times {self.sawtooth}, the layers of a tooth"
            raise RfscopeError("layers that are no sawtooth", where="the wish", got=got, expected=expected)

    def _check_strides(self) -> None:
        if not self.strides or not all(type(stride) is int and stride > 0 for stride in self.strides):
            got, expected = list(self.strides), "whole numbers of 1 or more"
            raise RfscopeError("bad stride", where="the wish", got=got, expected=expected)
        if len(self.strides) > 1 and self.many != len(self.strides):
            expected = f"{self.many}, one per layer, or a single one"
            raise RfscopeError("bad number of strides", where="the wish", got=len(self.strides), expected=expected)
        if not self.strided:
            return
        together = prod(self.strides) if len(self.strides) > 1 else self.strides[0] ** (self.many or 1)
        limits.check("axis", together, where="the strides of the wish")
        others = {
            "kernels to choose from": self.among,
            "a sawtooth": self.sawtooth,
            "M_2 <= K": self.hdc,
            "the gridding index to rank by": "index" in self.rank,
        }
        for name, said in others.items():
            if said:
                expected = "one of the two: that is for layers at one resolution"
                raise RfscopeError(f"strides, and {name}", where="the wish", expected=expected)

    @property
    def choice(self) -> tuple[int, ...]:
        """The kernels to choose from, rising; those of one tap, which add nothing to a field, are passed over."""
        return tuple(sorted({kernel for kernel in self.among if kernel > 1}))

    @property
    def strided(self) -> bool:
        """Whether a layer has a stride."""
        return any(stride > 1 for stride in self.strides)

    @property
    def many(self) -> int | None:
        """How many layers are wished; None if that is left open."""
        return self.layers or max((len(each) for each in (self.kernels, self.strides) if len(each) > 1), default=None)

    @property
    def kernels_in_order(self) -> tuple[int, ...]:
        """Taps of each layer of the rates to be near to."""
        return self.kernels * len(self.near or ()) if len(self.kernels) == 1 else self.kernels

    @property
    def wanted(self) -> int:
        """The wished field of a wish that has one."""
        if self.field is None:
            raise AssertionError("a wish without a field was asked for it")
        return self.field

    def of(self, layers: int) -> Layers:
        """So many layers of the wished kernels; of one kernel, however many were wished."""
        if self.sawtooth is not None:
            return Layers.of(self.kernels[:1] * self.sawtooth, self.max_rate, layers // self.sawtooth)
        kernels = self.kernels if len(self.kernels) == layers else self.kernels[:1] * layers
        strides = self.strides if len(self.strides) == layers else self.strides[:1] * layers
        return Layers.of(kernels, self.max_rate, strides=strides)


@dataclass(frozen=True)
class Refusal:
    """Why a wish cannot be met, and what can be had.

    Attributes:
        why: The reason.
        widest: The largest field of these layers without holes.
        narrowest: The smallest.
        fields: The nearest fields that they can have, below and above the wished one.
        layers: The fewest layers that have it, or the nearest to it; None where kernels or strides differ.
    """

    why: Literal["too wide", "too narrow", "no such field", "always holes"]
    widest: int
    narrowest: int
    fields: tuple[int, ...]
    layers: int | None


def field_of(wish: Wish, layers: Layers) -> int | None:
    """The field that schedules of some layers are looked for with: the wished one, or the nearest allowed."""
    return next(fields_of(wish, layers), None)


def fields_of(wish: Wish, layers: Layers) -> Iterator[int]:
    """The fields that will do and that some layers can have, the nearest to the wished one first."""
    if wish.how == "at-most":
        yield from reversed(possible_fields(layers, layers.narrowest, wish.wanted))
        return
    if wish.how == "exactly":
        yield from possible_fields(layers, wish.wanted, wish.wanted)
        return
    first = max(wish.wanted, layers.narrowest)  # where kernels differ, each field is counted: a few at a time
    parts = (possible_fields(layers, low, low + _ASIDE) for low in range(first, layers.widest + 1, _ASIDE + 1))
    yield from chain.from_iterable(parts)


def possible_fields(layers: Layers, low: int, high: int) -> Sequence[int]:
    """The fields, rising, that some layers can have without holes, from one size to another.

    Layers of one kernel have every field of the right residue between their narrowest and their widest: take the last
    rate that is below its bound and raise it; the next one, were it now smaller, would have been below its own before.
    """
    first = 1 - -(max(low, layers.narrowest) - 1) // layers.step * layers.step
    found = range(first, min(high, layers.widest) + 1, layers.step)
    if len(layers.classes) < 2 or not found:
        return found
    counts = Counts(layers, found[-1])
    return [one for one in found if counts.of(one)]


def refusal(wish: Wish, layers: Layers) -> Refusal:
    """Why no schedule of some layers has the wished field."""
    narrow, wide = layers.narrowest, layers.widest
    why: Literal["too wide", "too narrow", "no such field", "always holes"] = "no such field"
    if not wide or wish.field is None:
        return Refusal("always holes", wide, narrow, (), None)
    if wish.wanted > wide:
        why = "too wide"
    elif wish.wanted < narrow:
        why = "too narrow"
    below = possible_fields(layers, max(narrow, wish.wanted - _ASIDE), wish.wanted)
    above = possible_fields(layers, wish.wanted, wish.wanted + _ASIDE)
    return Refusal(why, wide, narrow, (*below[-1:], *above[:1]), fewest_layers(wish))


def fewest_layers(wish: Wish) -> int | None:
    """The fewest layers of one kernel whose widest field is no smaller than the wished one.

    None where kernels or strides differ from layer to layer, or strides leave holes whatever the rates.
    """
    if len(set(wish.kernels)) > 1 or len(set(wish.strides)) > 1 or wish.among:
        return None
    if wish.strided:  # fields grow by more than a stride at each layer, or layers have holes for ever
        widest = takewhile(bool, (wish.of(number).widest for number in count(1)))
        return next((number for number, wide in enumerate(widest, 1) if wide >= wish.wanted), None)
    least, together = (1, 1) if wish.sawtooth is None else (2, wish.sawtooth)
    if wish.max_rate is not None:  # layers add no more than this to the field
        steps = together * wish.max_rate * (wish.kernels[0] - 1)
        least = max(least, (wish.wanted - 1) // steps)
        limits.check("layers", least * together, where="layers for the wished field")
    several = (together * number for number in count(least))
    return next(number for number in several if wish.of(number).widest >= wish.wanted)

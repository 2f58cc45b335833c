"""Products of tensors in Einstein's notation: with weights, or with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from rfscope.readers.tracing import mixing
from rfscope.readers.tracing.layout import other
from rfscope.readers.tracing.tracer import CannotFollowError, Tracer
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["Factor", "matmul_letters", "product"]

_LETTERS = "abcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Factor(NamedTuple):
    """A factor of a product.

    Attributes:
        value: What it holds; None if it does not depend on the image.
        shape: Its shape.
        labels: A letter for each of its dimensions.
    """

    value: Value | None
    shape: Sequence[int]
    labels: str


def matmul_letters(left: int, right: int) -> tuple[str, str, str]:
    """Letters for the dimensions of the factors of a matrix product, and of the product.

    Dimensions in front of the last two are a batch, in which those of one index are repeated.

    Args:
        left: The number of dimensions of the first factor.
        right: That of the second one.

    Example:
        >>> matmul_letters(3, 2)
        ('axy', 'yz', 'axz')
    """
    batch = _LETTERS[: max(left, right, 2) - 2]
    ours = "y" if left == 1 else batch[len(batch) - (left - 2) :] + "xy"
    theirs = "y" if right == 1 else batch[len(batch) - (right - 2) :] + "yz"
    return ours, theirs, batch + ("x" if left > 1 else "") + ("z" if right > 1 else "")


def product(tracer: Tracer, factors: Sequence[Factor], made: str, shape: Sequence[int]) -> Value:
    """The product of one or two tensors.

    Args:
        tracer: Where the node is written down.
        factors: What is multiplied; at least one depends on the image.
        made: A letter for each dimension of the product: letters that are missing are added up over.
        shape: The shape of the product.

    Raises:
        CannotFollowError: The positions are put together in a way that cannot be said.
    """
    if any(len(set(factor.labels)) < len(factor.labels) for factor in factors):
        raise CannotFollowError("it takes a diagonal")
    if len(made) != len(shape):
        raise CannotFollowError(f"its result has {len(shape)} dimensions, and its equation {len(made)}")
    sizes = dict(zip(made, shape, strict=True))
    for factor in factors:
        for letter, size in zip(factor.labels, factor.shape, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    known = [(factor.value, factor.labels) for factor in factors if factor.value is not None]
    if len(known) == 1:
        weights = next((factor.labels for factor in factors if factor.value is None), "")
        return _by_weights(tracer, *known[0], weights, made, sizes)
    (left, ours), (right, theirs) = known
    return mixing.contract(tracer, left, right, ours, theirs, made, sizes)


def _by_weights(tracer: Tracer, value: Value, labels: str, weights: str, made: str, sizes: Mapping[str, int]) -> Value:
    """A product with constants: dimensions that the product lacks were summed."""
    gone = [x for x in labels if x not in made]
    new = [x for x in made if x not in labels]
    if isinstance(value, Scores):
        if gone or new:
            raise CannotFollowError("it multiplies attention scores by weights")
        return replace(value, layout=tuple(value.layout[labels.index(x)] for x in made))
    channels = None
    if len(gone) == 1 and len(new) <= 1 and len(weights) == 2:
        channels = (sizes[gone[0]], sizes[new[0]] if new else 1)
    if isinstance(value, Everywhere):
        return mixing.linear(tracer, value, 0, channels, 1)
    left = labels
    for x in gone:
        found = mixing.linear(tracer, value, left.index(x), channels, 1)
        if not isinstance(found, Map):
            return found
        value = found
    layout = [value.layout[left.index(x)] if x in left else other(sizes[x]) for x in made]
    return Map(value.node, value.sizes, tuple(layout))

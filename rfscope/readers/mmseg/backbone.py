"""A backbone as the heads see it."""

from __future__ import annotations

from dataclasses import dataclass

from rfscope.network.graph import Network

__all__ = ["Backbone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """The layers a head may read, and remarks.

    Attributes:
        features: The layers that make the feature maps, in the order in which heads number them.
        notes: What its options mean, line by line.
        beside: Networks to compare it with: the same with other options.
    """

    features: tuple[str, ...]
    notes: tuple[str, ...] = ()
    beside: tuple[Network, ...] = ()

"""Rates of a residual network as the options of a config say them, where they can."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window
from rfscope.network.residual import stage_rates

__all__ = ["as_options"]

_Options: TypeAlias = dict[str, Any]

_BLOCK = re.compile(r"(?:.*\.)?layer([0-9]+)\.([0-9]+)\.(.+)")


def as_options(now: Network, then: Network) -> Mapping[str, Any] | None:
    """The options to change so that a network comes to have other rates; None if no options say them.

    Args:
        now: The network of the config.
        then: The same with other rates.

    Example:
        >>> from rfscope.zoo import load
        >>> as_options(load("resnet-v1c-50-d8"), load("resnet-v1c-50-d8-uncontracted"))
        {'contract_dilation': False}
    """
    old, new = _rates(now), _rates(then)
    if old is None or new is None or _beside(now) != _beside(then):
        return None
    before, after = _options(old), _options(new)
    if after is None:
        return None
    if before is not None and after["multi_grid"] is not None:  # which stands instead of the last dilation
        after["dilations"] = (*after["dilations"][:-1], before["dilations"][-1])
    return {key: value for key, value in after.items() if before is None or before[key] != value}


def _options(rates: Sequence[Sequence[int]]) -> _Options | None:
    """The options that give some rates, stage by stage and block by block."""
    blocks = [len(stage) for stage in rates]
    for grid, contract in product((None, tuple(rates[-1])), (False, True)):
        dilations = tuple(stage[-1] for stage in rates)
        if stage_rates(blocks, dilations, contract_dilation=contract, multi_grid=grid) == [*map(list, rates)]:
            return {"dilations": dilations, "contract_dilation": contract, "multi_grid": grid}
    return None


def _rates(network: Network) -> list[list[int]] | None:
    """The rate of each block of each stage; None if there are no stages."""
    stages: dict[int, list[int]] = defaultdict(list)
    for node in network.nodes:
        if _has_rate(node, network):
            found = _BLOCK.fullmatch(node.name)
            stages[int(found[1]) if found else 0].append(_rate(node))
    return [stages[number] for number in sorted(stages)] or None


def _beside(network: Network) -> list[int]:
    """The rates of all other layers: no option changes them."""
    return [_rate(node) for node in network.nodes if not _has_rate(node, network)]


def _has_rate(node: Node, network: Network) -> bool:
    """Whether a layer is the convolution of a block that has the block's rate: the middle one, or the first of two."""
    found = _BLOCK.fullmatch(node.name)
    if found is None:
        return False
    bottleneck = f"{node.name.removesuffix(found[3])}conv3" in network.by_name
    return found[3] in (("conv2", "conv2.conv") if bottleneck else ("conv1",))


def _rate(node: Node) -> int:
    return max((read.dilation for read in node.reads if isinstance(read, Window)), default=1)

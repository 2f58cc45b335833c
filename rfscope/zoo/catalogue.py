"""Every published network, family by family."""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.zoo.backbones import BACKBONES
from rfscope.zoo.entry import ZooEntry
from rfscope.zoo.family import FAMILY
from rfscope.zoo.schedules import SCHEDULES
from rfscope.zoo.segmentation import SEGMENTATION

__all__ = ["ENTRIES", "FAMILIES"]

FAMILIES: Mapping[str, tuple[ZooEntry, ...]] = {
    "dilation schedules and modules": SCHEDULES,
    "backbones": BACKBONES,
    "whole networks and heads": SEGMENTATION,
    "single layers": FAMILY,
}

ENTRIES: tuple[ZooEntry, ...] = tuple(entry for family in FAMILIES.values() for entry in family)

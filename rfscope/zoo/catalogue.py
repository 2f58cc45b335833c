"""Every published network, in the order in which they are shown."""

from __future__ import annotations

from rfscope.zoo.backbones import BACKBONES
from rfscope.zoo.entry import ZooEntry
from rfscope.zoo.family import FAMILY
from rfscope.zoo.schedules import SCHEDULES
from rfscope.zoo.segmentation import SEGMENTATION

__all__ = ["ENTRIES"]

ENTRIES: tuple[ZooEntry, ...] = (*SCHEDULES, *BACKBONES, *SEGMENTATION, *FAMILY)

"""How findings are written: one file a format, each a function from judgements to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rfscope.linting.formats.concise import concise
from rfscope.linting.formats.full import full
from rfscope.linting.formats.json_list import json_list
from rfscope.linting.run import Judgement

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Callable[[Sequence[Judgement]], str]] = {"full": full, "concise": concise, "json": json_list}

"""How findings are written: one file a format, each a function from judgements to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rfscope.lint.formats.concise import concise
from rfscope.lint.formats.full import full
from rfscope.lint.formats.json_list import json_list
from rfscope.lint.run import Judgement

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Callable[[Sequence[Judgement]], str]] = {"full": full, "concise": concise, "json": json_list}

"""Random numbers: the operations that may draw them are those of which torch says so."""

from __future__ import annotations

import pytest

from rfscope.readers.torch.beside import RANDOM, is_random
from rfscope.readers.torch.calls import Call


def test_all_that_torch_calls_random_are_known() -> None:
    import torch

    seeded, found = torch.Tag.nondeterministic_seeded, set[str]()
    for schema in torch._C._jit_get_all_schemas():
        space, _, name = schema.name.partition("::")
        packet = None if space != "aten" or name.startswith("_") else getattr(torch.ops.aten, name, None)
        names = packet.overloads() if packet is not None and hasattr(packet, "overloads") else []
        overloads = [getattr(packet, one) for one in names]  # those that torch has made already, and no second ones
        found |= {name.rstrip("_") for overload in overloads if seeded in overload.tags}
    assert found == RANDOM


@pytest.mark.parametrize(
    ("name", "arguments", "draws"),
    [
        ("dropout", {"p": 0.5, "train": True}, True),
        ("dropout", {"p": 0.5, "train": False}, False),
        ("lstm", {"dropout": 0.0, "train": True}, False),
        ("lstm", {"dropout": 0.5, "train": True}, True),
        ("scaled_dot_product_attention", {"dropout_p": 0.0}, False),
        ("rrelu", {"training": False}, False),
        ("rand_like", {}, True),
        ("add", {}, False),
    ],
)
def test_arguments_say_whether_they_do(name: str, arguments: dict[str, object], draws: bool) -> None:
    assert is_random(Call(name, arguments, ())) is draws

"""Blocks of attention inside decode heads, by their convolutions: what they gather from the whole map is global."""

from __future__ import annotations

from collections.abc import Callable

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.section import Section

__all__ = ["context_block", "criss_cross", "non_local", "project", "self_attention"]


def project(layers: Layers, name: str, to: int, *, count: int = 1, wrapped: bool = True, after: str) -> str:
    """Add one or more 1x1 convolutions, as a projection is built: numbered if there are several."""
    last = after
    for number in range(count):
        place = name if count == 1 else f"{name}.{number}"
        last = layers.conv(f"{place}.conv" if wrapped else place, 1, to=to, after=last)
    return last


def self_attention(
    layers: Layers,
    query: str,
    key: str,
    look: Callable[..., str],
    *,
    channels: int,
    values: int,
    to: int | None = None,
    count: int = 1,
    wrapped: bool = True,
    values_wrapped: bool = False,
    shared: bool = False,
) -> str:
    """Add the general block: keys and values of one map, queries of another, and a projection of what was found.

    Args:
        layers: Where to add it.
        query: The map that looks.
        key: The map that is looked at.
        look: Adds what joins queries, keys and values, given in this order.
        channels: Channels of queries and keys.
        values: Channels of the values.
        to: Channels of the projection behind it; None for no projection.
        count: Convolutions of the projections of queries and keys.
        wrapped: Whether the convolutions for queries and keys stand in modules with a norm.
        values_wrapped: The same of those for values, and behind them.
        shared: Whether queries are projected as the keys are.
    """
    keys = project(layers, "key_project", channels, count=count, wrapped=wrapped, after=key)
    queries = keys
    if not shared:
        queries = project(layers, "query_project", channels, count=count, wrapped=wrapped, after=query)
    held = project(layers, "value_project", values, wrapped=values_wrapped, after=key)
    found = look("attention", queries, keys, held)
    return found if to is None else project(layers, "out_project", to, wrapped=values_wrapped, after=found)


def non_local(section: Section, layers: Layers, source: str, *, disentangled: bool = False) -> str:
    """Add a non-local block, whose result is added to its map."""
    mode = section.text("mode", "embedded_gaussian")
    section.only(
        "mode", "embedded_gaussian", "dot_product", "gaussian", why="it is not known how it compares positions"
    )
    section.ignore("use_scale", "temperature")
    inner = max(layers.channels(source) // section.integer("reduction", 2), 1)
    held = layers.conv("g.conv", 1, to=inner, after=source)
    compared = [source]
    if mode != "gaussian":
        compared = [layers.conv(f"{name}.conv", 1, to=inner, after=source) for name in ("theta", "phi")]
    found = layers.attention("attention", *compared, held)
    if disentangled:
        mask = layers.conv("conv_mask", 1, to=1, after=source)
        alone = layers.attention("unary", mask, held)
        found = layers.merge("unary_add", "add", found, alone)
    back = layers.conv("conv_out.conv", 1, to=layers.channels(source), after=found)
    return layers.merge("add", "add", source, back)


def context_block(section: Section, layers: Layers, source: str) -> str:
    """Add a global context block: one vector of the whole map is multiplied with, or added to, every position."""
    wide = layers.channels(source)
    inner = max(1, int(wide * section.number("ratio", 1 / 4)))
    section.only("pooling_type", "att", "avg", why="it is not known what it pools")
    kinds = section.texts("fusion_types", ("channel_add",), among=("channel_add", "channel_mul"))
    if section.text("pooling_type", "att") == "att":
        context = layers.attention("context", layers.conv("conv_mask", 1, to=1, after=source), source)
    else:
        context = layers.pool_all("avg_pool", after=source)
    last = source
    for kind, op in (("channel_mul", "multiply"), ("channel_add", "add")):
        if kind in kinds:
            layers.conv(f"{kind}_conv.0", 1, to=inner, after=context)
            term = layers.conv(f"{kind}_conv.3", 1, to=wide)
            last = layers.merge(kind, op, last, term)
    return last


def criss_cross(section: Section, layers: Layers, source: str) -> str:
    """Add criss-cross attention: a position looks along its column and its row, and so twice over at everything."""
    last, wide = source, layers.channels(source)
    for turn in range(section.integer("recurrence", 2, limit="layers")):
        again = f"#{turn + 1}" if turn else ""
        query, key, value = (
            layers.conv(f"{name}_conv{again}", 1, to=to, after=last)
            for name, to in (("query", max(1, wide // 8)), ("key", max(1, wide // 8)), ("value", wide))
        )
        ways = [layers.attention(f"{way}{again}", query, key, value, axis=axis) for axis, way in enumerate(_WAYS)]
        last = layers.merge(f"add{again}", "add", last, *ways)
    return last


_WAYS = ("column", "row")
"""What attention along each axis looks at."""

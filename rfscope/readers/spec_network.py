"""From the data model to the network: the layers, their names, and how they are connected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rfscope import limits
from rfscope.errors import NetworkError, clean, shorten
from rfscope.network.build import assemble
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Unknown
from rfscope.readers import spec_model as model
from rfscope.readers.spec_check import suggestion
from rfscope.readers.spec_document import Document
from rfscope.readers.spec_reads import Site, reads_of

__all__ = ["build"]


def build(spec: model.Spec, document: Document, *, name: str, unknown: Mapping[int, str]) -> Network:
    """Make the network that a spec describes.

    Args:
        spec: The checked content of the document.
        document: Where it was written.
        name: The network's name where the spec gives none.
        unknown: Ops that are not known, by the number of the layer that stands in for one.

    Raises:
        NetworkError: Lengths, names or numbers contradict each other, or the layers form a cycle.
        LimitError: A number or the number of layers is above its limit.
    """
    dims = spec.dims or len(spec.input) or 2
    if spec.input and len(spec.input) != dims:
        where, expected = document.where(("input",)), f"{dims}, one per axis"
        raise NetworkError("wrong length of input", where=where, got=len(spec.input), expected=expected)
    names = _names(spec, document)
    ends = _ends(spec, names, document)
    sources = {INPUT: INPUT} | ends
    nodes: list[Node] = []
    for number, (layer, own) in enumerate(zip(spec.layers, names, strict=True)):
        site = Site(document, ("layers", number), dims)
        inputs = _resolve(layer.inputs, sources, site.where("inputs"))
        made = _nodes(layer, own, inputs, site)
        nodes += [_unknown(node, unknown[number]) for node in made] if number in unknown else made
    outputs = _resolve(spec.outputs, ends, document.where(("outputs",)))
    try:
        return assemble(spec.name or name, nodes, outputs=outputs, dims=dims, input=spec.input or None)
    except NetworkError as error:
        raise _cycle(error, nodes, document) from None


def _repeat(layer: model.LayerSpec) -> int:
    return layer.repeat if isinstance(layer, model.Single) else 1


def _names(spec: model.Spec, document: Document) -> list[tuple[str, ...]]:
    """Name the nodes that each layer stands for."""
    limits.check("layers", sum(map(_repeat, spec.layers)), where=document.file)
    names: list[tuple[str, ...]] = []
    so_far: Counter[str] = Counter()
    for layer in spec.layers:
        count = _repeat(layer)
        numbers = range(1, count + 1)
        if not layer.name:
            names.append(tuple(f"{layer.op}{so_far[layer.op] + number}" for number in numbers))
        elif count == 1:
            names.append((clean(layer.name),))
        else:
            names.append(tuple(f"{clean(layer.name)}.{number}" for number in numbers))
        so_far[layer.op] += count
    return names


def _ends(spec: model.Spec, names: Sequence[tuple[str, ...]], document: Document) -> dict[str, str]:
    """The node that each name means: a node's own, and of a repeated layer's name the last."""
    ends: dict[str, str] = {}
    for number, (layer, own) in enumerate(zip(spec.layers, names, strict=True)):
        meant = dict(zip(own, own, strict=True)) | ({clean(layer.name): own[-1]} if layer.name else {})
        taken = next((name for name in meant if name in ends or name == INPUT), None)
        if taken is not None:
            where = document.where(("layers", number, "name") if layer.name else ("layers", number))
            expected = "a name of its own for every layer, and none called 'input'"
            raise NetworkError("duplicate layer name", where=where, got=shorten(taken), expected=expected)
        ends |= meant
    return ends


def _resolve(written: Sequence[str], ends: Mapping[str, str], where: str) -> tuple[str, ...]:
    """The nodes that names in a spec mean."""
    for name in written:
        if clean(name) not in ends:
            do = suggestion(clean(name), ends)
            raise NetworkError("unknown layer", where=where, got=shorten(name), expected="the name of a layer", do=do)
    return tuple(ends[clean(name)] for name in written)


def _nodes(layer: model.LayerSpec, names: Sequence[str], inputs: tuple[str, ...], site: Site) -> list[Node]:
    """The nodes that a layer stands for; those after the first read the one before them."""
    reads = reads_of(layer, site)
    node = Node(
        name=names[0],
        op=layer.op,
        reads=reads,
        inputs=inputs,
        origin=site.document.origin(site.path, layer.model_fields_set),
        data_dependent=isinstance(layer, model.DeformableConv),
        padding_mode=layer.padding_mode if isinstance(layer, (model.Conv, model.Pad)) else "zeros",
    )
    if isinstance(layer, (model.Conv, model.DeformableConv, model.TransposedConv)):
        _check_channels(layer, site)
        node = replace(
            node,
            in_channels=layer.in_channels or None,
            out_channels=layer.out_channels or None,
            groups=layer.groups,
        )
    return [node, *(replace(node, name=name, inputs=()) for name in names[1:])]


def _unknown(node: Node, op: str) -> Node:
    return replace(node, op=clean(op), reads=(Unknown(),) * len(node.reads), why="the operation is not known")


def _check_channels(layer: model.Conv | model.DeformableConv | model.TransposedConv, site: Site) -> None:
    for key, channels in (("in_channels", layer.in_channels), ("out_channels", layer.out_channels)):
        if channels % layer.groups:
            expected = f"a multiple of groups, which is {shorten(layer.groups)}"
            raise NetworkError(f"bad {key}", where=site.where(key), got=channels, expected=expected)
    if layer.repeat > 1 and 0 < layer.in_channels != layer.out_channels > 0:
        where, expected = site.where("out_channels"), f"{shorten(layer.in_channels)} as in_channels, for it is repeated"
        raise NetworkError("bad out_channels", where=where, got=layer.out_channels, expected=expected)


def _cycle(error: NetworkError, nodes: Sequence[Node], document: Document) -> NetworkError:
    """Add the place to an error about a cycle, the only fault left to find, which names the layers in order."""
    first = (error.got or "").partition(" -> ")[0]
    where = next((str(node.origin) for node in nodes if node.name == first), document.file)
    return NetworkError(error.what, where=where, got=error.got, expected=error.expected, do=error.do)

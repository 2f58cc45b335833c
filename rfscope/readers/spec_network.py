"""From the data model to the network: the layers, their names, and how they are connected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from rfscope import limits
from rfscope.errors import LimitError, NetworkError, RfscopeError, clean, shorten, together
from rfscope.network.build import assemble
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Unknown
from rfscope.readers import spec_model as model
from rfscope.readers.spec_check import Checked, in_order, suggestion
from rfscope.readers.spec_document import Document
from rfscope.readers.spec_reads import Site, reads_of

__all__ = ["build"]


def build(checked: Checked, document: Document, *, name: str, unknown: Mapping[int, str]) -> Network:
    """Make the network that a spec describes.

    Args:
        checked: The content of the document, and what is wrong with it already.
        document: Where it was written.
        name: The network's name where the spec gives none.
        unknown: Ops that are not known, by the number of the layer that stands in for one.

    Raises:
        NetworkError: Keys, lengths, names or numbers are wrong, or the layers form a cycle; every mistake is told.
        LimitError: A number or the number of layers is above its limit.
    """
    spec, mistakes = checked.spec, list[RfscopeError](checked.mistakes)
    names: list[tuple[str, ...]] = []
    if checked.has_names:
        with _noted(mistakes):
            names = _names(spec, document)
    dims = spec.dims or (len(spec.input) if isinstance(spec.input, list) else 0) or 2
    size = [spec.input] * dims if isinstance(spec.input, int) else spec.input
    if checked.has_dims and size and len(size) != dims:
        where, expected = document.where(("input",)), f"{dims}, one per axis"
        mistakes.append(NetworkError("wrong length of input", where=where, got=len(size), expected=expected))
    inputs, outputs = _connected(checked, names, document, mistakes)
    nodes: list[Node] = []
    for number, layer in enumerate(spec.layers if checked.has_dims else ()):
        if number not in checked.wrong:
            own, read = (names[number], inputs[number]) if names else (("",), ())
            with _noted(mistakes):
                made = _nodes(layer, own, read, Site(document, ("layers", number), dims))
                nodes += [_unknown(node, unknown[number]) for node in made] if number in unknown else made
    if mistakes:
        raise together(in_order(mistakes))
    try:
        return assemble(spec.name or name, nodes, outputs=outputs, dims=dims, input=size or None)
    except NetworkError as error:
        raise _cycle(error, nodes, document) from None


@contextmanager
def _noted(mistakes: list[RfscopeError]) -> Iterator[None]:
    """Go on behind what is wrong, and keep it."""
    try:
        yield
    except (NetworkError, LimitError) as error:
        mistakes.append(error)


def _connected(
    checked: Checked, names: Sequence[tuple[str, ...]], document: Document, mistakes: list[RfscopeError]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """The nodes that each layer reads, and the outputs."""
    inputs: list[tuple[str, ...]] = [()] * len(names)
    outputs: tuple[str, ...] = ()
    if not names:
        return inputs, outputs
    ends = _ends(checked.spec, names, document, mistakes)
    sources = {INPUT: INPUT} | ends
    for number, layer in enumerate(checked.spec.layers):
        if getattr(layer, "inputs", None) and number not in checked.wrong_inputs:
            with _noted(mistakes):
                inputs[number] = _resolve(layer.inputs, sources, document.where(("layers", number, "inputs")))
    with _noted(mistakes):
        outputs = _resolve(checked.spec.outputs, ends, document.where(("outputs",)))
    return inputs, outputs


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


def _ends(
    spec: model.Spec, names: Sequence[tuple[str, ...]], document: Document, mistakes: list[RfscopeError]
) -> dict[str, str]:
    """The node that each name means: a node's own, and of a repeated layer's name the last."""
    ends: dict[str, str] = {}
    for number, (layer, own) in enumerate(zip(spec.layers, names, strict=True)):
        meant = dict(zip(own, own, strict=True)) | ({clean(layer.name): own[-1]} if layer.name else {})
        taken = next((name for name in meant if name in ends or name == INPUT), None)
        if taken is not None:
            where = document.where(("layers", number, "name") if layer.name else ("layers", number))
            expected = "a name of its own for every layer, and none called 'input'"
            mistakes.append(NetworkError("duplicate layer name", where=where, got=shorten(taken), expected=expected))
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

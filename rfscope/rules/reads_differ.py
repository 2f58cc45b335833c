"""RFS304: a network that no longer reads what its trained weights were trained to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfscope.exact.analysis import Analysis
from rfscope.exact.surgery import Change, Surgery, Trained, surgery
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule
from rfscope.wording import first_few, unit

__all__ = ["reads_differ"]

_CONTRACTED = "in mmsegmentation, contract_dilation=True writes them"


@rule(code="RFS304", name="reads-differ", level="error", key="dilation")
def reads_differ(analysis: Analysis, *, trained: Trained | None = None) -> Iterator[Finding]:
    """The network starts from trained weights, and no longer reads the pixels that they were trained on.

    Off unless a network in the configuration says where its weights come from: pretrained-from, a network, or a table
    of target, node and own where only a part is taken over (own is the layer here that stands for node there). A stride
    that is taken out of a trained network makes its map finer, and every layer behind it has to reach as far on the
    image as before: each needs its rate times that stride. The layer that had the stride needs none of it, for it reads
    the finer map already. It is the one that is often changed too much: then all behind it is moved, and the weights
    meet pixels that they were never trained on. Where the rates alone are the cause, those that restore it are named;
    that they do is counted, not guessed.

    Without a configuration: rfscope compare TRAINED NOW --expect same-reads, and rfscope.testing.assert_same_reads.

    Bad:
        pretrained-from = "zoo:resnet-v1c-50"
        zoo:resnet-v1c-50-d8-uncontracted
    Good:
        pretrained-from = "zoo:resnet-v1c-50"
        zoo:resnet-v1c-50-d8
    Source: mmsegmentation, ResNet, contract_dilation; Wang et al. 2018, section 3.2, for weights taken over.
    """
    if trained is None:
        return
    unknown = _unknown(trained.own) or _unknown(trained.original)
    if unknown is not None:
        yield Finding(
            message=f"nobody knows whether it reads what {trained.name} reads",
            details=f"What {layer_text(unknown)} reads is not known for certain",
            help="compare parts before it: pretrained-from with node and own",
            node=analysis.network.outputs[0],
        )
        return
    found = surgery(trained)
    if found is not None:
        first = found.changes[0].node if found.changes else trained.own.output.node
        yield Finding(
            message=f"{layer_text(first)} does not read what it read in training, in {trained.name}",
            details=". ".join(_details(found, trained)),
            help=_advice(found, trained),
            node=first if first in analysis.network.by_name else analysis.network.outputs[0],
            about=tuple(change.node for change in found.changes if change.node in analysis.network.by_name),
        )


def _unknown(analysis: Analysis) -> str | None:
    """A layer that makes what the first output reads unknown."""
    if not analysis.outputs:
        return analysis.network.outputs[0]
    unknown = analysis.unknown_before(analysis.output.node, *analysis.network.outputs[:1])
    uncertain = [node.name for node in analysis.output.network.nodes if node.data_dependent or node.upper_bound]
    return next(iter([*unknown, *uncertain]), None)


def _details(found: Surgery, trained: Trained) -> Iterator[str]:
    many = unit(trained.own.network.dims)
    if found.changes:
        first = found.changes[0]
        apart, then = _text(first.apart), _text(first.apart_then)
        yield f"Its taps lie {apart} {many} of the input apart, and lay {then} apart in training"
    elif found.paired:
        yield "The taps of all layers lie as far apart as in training: strides, paddings or merges are others"
    else:
        yield "The two have other layers, so that none of them can be named as the cause"
    yield f"Here, and then there: {found.difference}"


def _advice(found: Surgery, trained: Trained) -> str:
    coarse = next((change for change in found.changes if change.needed is None), None)
    if coarse is not None:
        return f"take out the stride before {layer_text(coarse.node)}: on a map so coarse no rate restores it"
    if not found.restores:
        return "rfscope compare with --expect same-reads tells more of where they differ"
    contracted = f" ({_CONTRACTED})" if _is_contraction(found, trained) else ""
    return f"write {_rates(found.changes)}{contracted}: each pixel is then read as often as in training"


def _is_contraction(found: Surgery, trained: Trained) -> bool:
    """Whether all that is wrong is that the first layers of dilated stages have the whole rate, not half of it."""
    windows = [node for node in trained.own.network.nodes if node.taps > 1]
    dilated = {node.name for node in windows if any(getattr(read, "dilation", 1) > 1 for read in node.reads)}
    return found.only_halves and dilated > {change.node for change in found.changes}


def _rates(changes: Sequence[Change]) -> str:
    """The rates to write, layers of one rate together."""
    layers: dict[tuple[int, ...], list[str]] = {}
    for change in changes:
        layers.setdefault(change.needed or (), []).append(change.node)
    return " and ".join(f"rate {_text(rates)} in {first_few(names, most=12)}" for rates, names in layers.items())


def _text(numbers: Sequence[object]) -> str:
    """One number for all axes, or one per axis."""
    return str(numbers[0]) if len(set(numbers)) == 1 else "x".join(map(str, numbers))

"""The quantities that papers print, each computed from an analysis.

A quantity is asked for by its name, or by its name and a layer or module: ``field``, ``field.layer3``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import gcd, prod
from typing import NamedTuple, TypeAlias

from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from rfscope.exact.pieces import Piece
from rfscope.network.parts import between, find
from rfscope.network.reads import Window
from rfscope.zoo.entry import UNKNOWN, PrintedNumber

__all__ = ["QUANTITIES", "Quantity", "compute", "quantity_of"]

Compute: TypeAlias = Callable[[Analysis, str], PrintedNumber]
"""Takes an analysis and the name of a layer or module, empty for the network's first output."""


class Quantity(NamedTuple):
    """A quantity that papers print.

    Attributes:
        says: What it is, in a few words.
        compute: Computes it.
    """

    says: str
    compute: Compute


def compute(analysis: Analysis, quantity: str) -> PrintedNumber:
    """Compute a quantity.

    Args:
        analysis: The analysis of a network.
        quantity: Its name, and after a dot the layer or module it belongs to.

    Raises:
        KeyError: There is no such quantity.

    Example:
        >>> import rfscope as rf
        >>> compute(rf.analyze("1,2,5"), "field"), compute(rf.analyze("1,2,5"), "field.conv2")
        (17, 7)
    """
    _, _, where = quantity.partition(".")
    return quantity_of(quantity).compute(analysis, where)


def quantity_of(text: str) -> Quantity:
    """The quantity that a name means, whatever layer the name adds.

    Raises:
        KeyError: There is no such quantity.
    """
    name, _, _ = text.partition(".")
    return QUANTITIES[name]


def _of_field(read: Callable[[Field], int | Fraction | None]) -> Compute:
    """A quantity that the receptive field has along each axis."""
    return lambda analysis, where: _alike([_plain(read(field)) for field in _fields(analysis, where)])


def _of_output(read: Callable[[Analysis], int | float | str | None]) -> Compute:
    """A quantity of the network's output alone."""
    return lambda analysis, _: UNKNOWN if (found := read(analysis)) is None else found


def _fields(analysis: Analysis, where: str) -> Sequence[Field]:
    seen = analysis.fields[find(analysis.network, where)] if where else analysis.output.axes
    return () if isinstance(seen, AllGlobal) else seen


def _alike(values: Sequence[int | str]) -> int | str:
    """One value for all axes, or those of all."""
    return values[0] if len(set(values)) == 1 else ", ".join(map(str, values))


def _plain(number: int | Fraction | None) -> int | str:
    if number is None:
        return UNKNOWN
    return int(number) if number == int(number) else str(number)


def _fields_by_layer(analysis: Analysis, _: str) -> PrintedNumber:
    return [size for node in analysis.network.nodes if (size := _fields(analysis, node.name)[0].size) is not None]


def _schedule(analysis: Analysis) -> Piece:
    """The schedule at the coarsest resolution, which is where networks are dilated."""
    return analysis.schedules[-1]


def _m2_by_group(analysis: Analysis, _: str) -> PrintedNumber:
    return [group.m2 for group in _schedule(analysis).groups if group.m2 is not None]


def _lower_bound(analysis: Analysis) -> str:
    return "yes" if any(field.lower_bound for field in analysis.output.axes) else "no"


def _images(analysis: Analysis) -> int:
    return prod(analysis.output.coverage.subgrids)


def _sawtooth(analysis: Analysis) -> str:
    return "yes" if _schedule(analysis).sawtooth else "no"


def _isolated(analysis: Analysis) -> str:
    """Of the layers of the coarsest piece, those on whose input neighbouring outputs share nothing."""
    schedule = _schedule(analysis)
    return f"{schedule.meeting.isolated} of {len(schedule.taps)}"


def _index_behind(analysis: Analysis, where: str) -> PrintedNumber:
    """The gridding index of the schedule from a module's output to the network's."""
    index = _schedule(_behind(analysis, where)).gridding_index
    return UNKNOWN if index is None else index


def _share_behind(analysis: Analysis, where: str) -> PrintedNumber:
    """The part of its span on a module's output that the network's output reads."""
    return _behind(analysis, where).output.coverage.share


def _behind(analysis: Analysis, where: str) -> Analysis:
    return analyze(between(analysis.network, where, analysis.output.node))


def _rates(analysis: Analysis, where: str) -> PrintedNumber:
    """Rates of the layers with more than one tap, in order, in a module or in the whole network."""
    return [window.dilation for window in _windows(analysis, where) if window.kernel > 1]


def _windows(analysis: Analysis, where: str) -> Iterator[Window]:
    """Along the first axis, the windows of a layer, a module, or the whole network."""
    for node in analysis.network.nodes:
        if not where or node.name == where or node.name.startswith(f"{where}."):
            read = node.reads[0]
            if isinstance(read, Window):
                yield read


def _output_size(analysis: Analysis, where: str) -> PrintedNumber:
    size = (analysis.sizes or {}).get(where or analysis.output.node)
    return UNKNOWN if size is None else _alike(size)


def _parameters(analysis: Analysis) -> int | None:
    """Weights of all convolutions; biases and norms are left out."""
    return analysis.parameters


def _multiply_adds(analysis: Analysis) -> int | None:
    """Multiplications of all convolutions: their weights times their output positions."""
    total = 0
    for node in analysis.network.nodes:
        if node.op == "conv":
            if node.parameters is None or analysis.sizes is None:
                return None
            total += node.parameters * prod(analysis.sizes[node.name] or ())
    return total


def _millions(total: int | None) -> float | None:
    return None if total is None else total / 1e6


def _overlap(analysis: Analysis) -> str:
    """Most paths to an output of any phase, to fewest: how uneven a transposed convolution is."""
    network = replace(analysis.network, input=None)
    phases = product(*(range(field.period) for field in analysis.output.axes))
    paths = [analyze(network, position=phase).output.counts.paths for phase in phases]
    common = gcd(*paths)
    return f"{max(paths) // common}:{min(paths) // common}"


def _field_of_view(analysis: Analysis, where: str) -> PrintedNumber:
    """What a layer covers as DeepLab v1 counts it: a cell of the classification network, and the step to the last tap.

    The classification network's cells double at every pooling.
    """
    node = analysis.network.by_name[where]
    [window] = _windows(analysis, where)
    step = _fields(analysis, node.inputs[0])[0].stride
    cell = 2 ** sum(other.op == "pool" for other in analysis.network.nodes)
    return _plain(step * (window.extent - 1) + cell)


def _stands_for(analysis: Analysis, where: str) -> PrintedNumber:
    """Kernel times rate: the dense kernel that a dilated one stands for in large kernel attention."""
    [window] = _windows(analysis, where)
    return window.kernel * window.dilation


def _valid_share(analysis: Analysis, where: str) -> PrintedNumber:
    """The part of a layer's outputs whose taps all fall on the map, none into padding."""
    node, sizes = analysis.network.by_name[where], analysis.sizes or {}
    before, after = sizes.get(node.inputs[0]), sizes.get(where)
    if before is None or after is None:
        return UNKNOWN
    share = Fraction(1)
    for read, size, outputs in zip(node.reads, before, after, strict=True):
        if isinstance(read, Window) and read.known_padding is not None:
            first = [output * read.stride - read.known_padding[0] for output in range(outputs)]
            share *= Fraction(sum(0 <= start <= size - read.extent for start in first), outputs)
    return float(share)


QUANTITIES: Mapping[str, Quantity] = {
    "field": Quantity("receptive field, in pixels", _of_field(lambda field: field.size)),
    "stride": Quantity("pixels from one output to the next", _of_field(lambda field: field.stride)),
    "padding": Quantity("pixels before the image that output 0 reads", _of_field(lambda field: field.padding)),
    "start": Quantity("first pixel that output 0 reads", _of_field(lambda field: field.start)),
    "period": Quantity("outputs after which what they see repeats", _of_field(lambda field: field.period)),
    "size_min": Quantity("smallest receptive field of any phase", _of_field(lambda field: field.size_min)),
    "size_max": Quantity("largest receptive field of any phase", _of_field(lambda field: field.size_max)),
    "fields_by_layer": Quantity("receptive field behind each layer", _fields_by_layer),
    "lower_bound": Quantity("whether it may read more, depending on the data", _of_output(_lower_bound)),
    "pixels": Quantity("pixels that one output spans", _of_output(lambda found: found.output.coverage.pixels)),
    "used": Quantity("pixels that one output reads", _of_output(lambda found: found.output.coverage.used)),
    "holes": Quantity("pixels that it spans and does not read", _of_output(lambda found: found.output.coverage.holes)),
    "images": Quantity("interleaved images that never meet", _of_output(_images)),
    "paths": Quantity("paths from the image to one output", _of_output(lambda found: found.output.counts.paths)),
    "std": Quantity("standard deviation of the counts", _of_output(lambda found: max(found.output.spread.std))),
    "rates": Quantity("rates of the layers of more than one tap", _rates),
    "m2": Quantity("the distance M_2 of the schedule", _of_output(lambda found: _schedule(found).m2)),
    "m2_by_group": Quantity("the distance M_2 of each rise of the rates", _m2_by_group),
    "gcd": Quantity("common factor of the rates", _of_output(lambda found: _schedule(found).factor)),
    "sawtooth": Quantity("whether the rates rise and start again alike", _of_output(_sawtooth)),
    "isolated": Quantity("layers on whose input neighbouring outputs share nothing", _of_output(_isolated)),
    "index_behind": Quantity("gridding index of the schedule behind it", _index_behind),
    "share_behind": Quantity("part of what is spanned there that is read", _share_behind),
    "parameters": Quantity("weights of all convolutions", _of_output(_parameters)),
    "parameters_millions": Quantity("weights in millions", _of_output(lambda found: _millions(_parameters(found)))),
    "multiply_adds_millions": Quantity(
        "multiplications in millions", _of_output(lambda found: _millions(_multiply_adds(found)))
    ),
    "output_size": Quantity("size of the output", _output_size),
    "overlap": Quantity("most paths to an output of any phase, to fewest", _of_output(_overlap)),
    "field_of_view": Quantity("step times (k - 1) r, and a cell of the classifier", _field_of_view),
    "stands_for": Quantity("kernel times rate", _stands_for),
    "valid_share": Quantity("outputs whose taps all fall on the map", _valid_share),
}
"""Every quantity by its name."""

"""Read back what a picture shows, and count paths by walking all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np  # noqa: TID253
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253
from matplotlib.image import AxesImage  # noqa: TID253
from matplotlib.text import Text  # noqa: TID253

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network, Node
from rfscope.network.provenance import Provenance
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Whole, Window

Map = np.ndarray[Any, Any]


def of(rates: Sequence[int], **options: Any) -> Analysis:
    return analyze(chain(rates, **options), provenance=Provenance(from_rates=True))


def line_of_paths(rates: Sequence[int], kernel: int = 3) -> list[int]:
    """Paths from each position of one axis to one output, each path walked."""
    ends = Counter(sum(steps) for steps in product(*([rate * tap for tap in range(kernel)] for rate in rates)))
    return [ends[place] for place in range(max(ends) + 1)]


def map_of_paths(rates: Sequence[int], kernel: int = 3) -> Map:
    line = line_of_paths(rates, kernel)
    return np.array([[row * column for column in line] for row in line])


def image(ax: Axes) -> AxesImage:
    (found,) = ax.images
    return found


def cells(ax: Axes) -> np.ma.MaskedArray[Any, Any]:
    found = image(ax).get_array()
    assert isinstance(found, np.ma.MaskedArray)
    return found


def shown(ax: Axes) -> Map:
    """The numbers a map shows, 0 where its holes are."""
    return np.asarray(cells(ax).filled(0))


def holes(ax: Axes) -> Map:
    return np.ma.getmaskarray(cells(ax))


def numbers(ax: Axes) -> dict[tuple[float, float], str]:
    """The numbers written into cells, by place."""
    return {text.get_position(): text.get_text() for text in ax.texts}


def legends(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in _legend_texts(ax)]


def _legend_texts(ax: Axes) -> list[Text]:
    legend = ax.get_legend()
    return [] if legend is None else legend.get_texts()


def figure_of(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def dots_per_pixel(ax: Axes) -> tuple[float, float]:
    """Width and height of a pixel of the field in dots, after the layout."""
    figure_of(ax).draw_without_rendering()
    (left, bottom), (right, top) = ax.transData.transform([(0, 0), (1, 1)])
    return abs(right - left), abs(top - bottom)


def taps(read: Read, output: int) -> list[int]:
    """The inputs that an output reads, straight from the definitions."""
    match read:
        case Window(padding=(before, _)):
            return [output * read.stride - before + tap * read.dilation for tap in range(read.kernel)]
        case TransposedWindow(padding=(before, _)):
            near = range(-abs(output) - 50, abs(output) + 50)
            steps = [tap * read.dilation for tap in range(read.kernel)]
            return [at for at in near for step in steps if at * read.stride - before + step == output]
        case Table():
            return list(read.range(output))
    raise TypeError(read)


def uses(analysis: Analysis) -> dict[str, Counter[tuple[int, ...]]]:
    """How often one output uses each position of each map: every path walked back, a step at a time."""
    output, sizes = analysis.output, analysis.sizes
    found: dict[str, Counter[tuple[int, ...]]] = {output.node: Counter({output.position: 1})}
    for node in reversed(output.network.nodes):
        for place, count in found.get(node.name, Counter()).items():
            for at in product(*(taps(read, axis) for read, axis in zip(node.reads, place, strict=True))):
                for name in node.inputs:
                    size = None if sizes is None else sizes[name]
                    if size is None or all(0 <= here < length for here, length in zip(at, size, strict=True)):
                        found.setdefault(name, Counter())[at] += count
    return found


def box(counts: Counter[tuple[int, ...]]) -> Map:
    """Counts as an array from the first position used to the last."""
    axes = list(zip(*counts, strict=True))
    first = [min(axis) for axis in axes]
    dense = np.zeros([max(axis) - min(axis) + 1 for axis in axes], dtype=int)
    for place, count in counts.items():
        dense[tuple(at - low for at, low in zip(place, first, strict=True))] = count
    return dense


def merge(name: str, *inputs: str, dims: int = 2) -> Node:
    return Node(name=name, op="concat", reads=(IDENTITY,) * dims, inputs=inputs)


def everything(name: str, *inputs: str, dims: int = 2) -> Node:
    return Node(name=name, op="global", reads=(Whole(),) * dims, inputs=inputs)


def up(name: str, source: str, *, kernel: int = 2, dims: int = 2) -> Node:
    read = TransposedWindow(kernel=kernel, stride=2)
    return Node(name=name, op="transposed_conv", reads=(read,) * dims, inputs=(source,))


def residual(dims: int = 2) -> Network:
    """Two layers of rate 2 and the way around them."""
    layers = [conv("a", dilation=2, dims=dims), conv("b", dilation=2, dims=dims)]
    return assemble("residual", [*layers, merge("sum", "b", "input", dims=dims)])


def aspp(dims: int = 2) -> Network:
    """A 3x3 layer, and behind it three branches of rates 6, 12 and 18."""
    branches = [conv(f"rate{rate}", dilation=rate, dims=dims, inputs=["stem"]) for rate in (6, 12, 18)]
    last = merge("all", *(branch.name for branch in branches), dims=dims)
    return assemble("ASPP", [conv("stem", dims=dims), *branches, last])


def hourglass(dims: int = 2) -> Network:
    """Down by a strided layer, up by a transposed one, and the way around both: two phases."""
    layers = [conv("first", dims=dims), conv("down", kernel=2, stride=2, padding=(0, 0), dims=dims)]
    layers += [conv("inner", dims=dims), up("up", "inner", dims=dims), merge("both", "up", "first", dims=dims)]
    return assemble("hourglass", [*layers, conv("last", dims=dims)])

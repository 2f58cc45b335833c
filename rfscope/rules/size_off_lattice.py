"""RFS206: a size at which a network's merges do not fit, or at which its tiles do not lie on the image's grid."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.errors import NetworkError, RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.exact.correspondence import along, correspond
from rfscope.exact.fitted import fitted
from rfscope.exact.tile_rule import tile_rule
from rfscope.network.graph import Network
from rfscope.network.parts import up_to
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, Threshold, rule

__all__ = ["size_off_lattice"]


@rule(
    code="RFS206",
    name="size-off-lattice",
    level="warning",
    thresholds=[Threshold("tile", int, "Size of the tiles that a network is run on (RFS206)", least=1)],
)
def size_off_lattice(analysis: Analysis, *, tile: int | None) -> Iterator[Finding]:
    """The input is padded or cropped at a merge, or tiles of the size ``tile`` do not lie on the grid of the image.

    Where maps are made smaller and larger again and then merged, only some sizes fit: a U-Net of depth 4 takes
    multiples of 16. At others, code that goes on pads or crops one of the maps, which moves it or leaves its border to
    zeros; that is judged where ``input`` is set. Where ``tile`` is set, so are tiles: whether the network takes them,
    and, for an image of a size, whether they have the same remainder, for else the last one of a row begins between the
    places where others can. A pool that leaves a remainder out is not a finding: nothing is merged behind it.

    Bad:
        tile = 33
        dims = 1
        [[layers]]
        op = "pool"
        kernel = 2
        stride = 2
        [[layers]]
        op = "transposed_conv"
        kernel = 2
        stride = 2
        [[layers]]
        op = "add"
        inputs = ["input", "transposed_conv1"]
    Good:
        tile = 32
        dims = 1
        [[layers]]
        op = "pool"
        kernel = 2
        stride = 2
        [[layers]]
        op = "transposed_conv"
        kernel = 2
        stride = 2
        [[layers]]
        op = "add"
        inputs = ["input", "transposed_conv1"]
    Source: Ronneberger et al., "U-Net", 2015, for sizes at which all pools fit.
    """
    network = analysis.given
    if network is None:
        return
    yield from _of_the_input(analysis)
    if tile is None:
        return
    for axis in range(network.dims):
        found = _at(network, axis, tile)
        if found is not None:
            message, node, advice = found
            yield Finding(message=message, help=advice, node=node or network.outputs[0], axis=axis)
            return


def _of_the_input(analysis: Analysis) -> Iterator[Finding]:
    """A merge to which a map is padded or cropped at the size of the input."""
    network = analysis.network
    for axis, size in enumerate(network.input or ()):
        found = next(fitted(network, axis), None)
        if found is None:
            continue
        is_padded = max(found.before, found.after) > 0
        sides = f"{'padded' if is_padded else 'cropped'} by {abs(found.before)} before and {abs(found.after)} after"
        yield Finding(
            message=f"an input of {size} does not fit {layer_text(found.merge)}: a map is {sides} to be joined",
            details=f"Layer {found.by} does so, as strides do not divide the size",
            help=_fitting(analysis, axis, size) if is_padded else "take a size at which both sides are cropped alike",
            node=found.merge,
            axis=axis if network.dims > 1 else None,
        )
        return


def _fitting(analysis: Analysis, axis: int, size: int) -> str:
    """Which sizes to take instead."""
    try:
        lattice = correspond(along(analysis.network, axis, size)).lattice
    except RfscopeError:
        lattice = None
    if lattice is None or lattice == 1:
        return "take a size that its strides divide"
    near = [size - size % lattice, size + -size % lattice]
    return f"take {' or '.join(str(one) for one in near if one)}, or another size that its strides divide"


def _at(network: Network, axis: int, tile: int) -> tuple[str, str | None, str] | None:
    """What is wrong with a tile along an axis, at which layer, and what to do; None if nothing is."""
    try:
        along(network, axis, tile)
    except NetworkError:
        return _does_not_fit(network, axis, tile)
    size = None if network.input is None else network.input[axis]
    if size is None or tile >= size:
        return None
    try:
        lattice = correspond(along(network, axis, size)).lattice
    except RfscopeError:
        return None
    if lattice is None or (size - tile) % lattice == 0:
        return None
    near = tile - (tile - size) % lattice
    other = near + lattice
    advice = f"take {near} or {other}" if near > 0 else f"take {other}"
    message = f"Tiles of {tile} do not lie on the grid of an image of {size}, whose step is {lattice}"
    return message, None, advice


def _does_not_fit(network: Network, axis: int, tile: int) -> tuple[str, str | None, str] | None:
    rule = tile_rule(network, axis)
    lattice = 1 if rule is None or rule.lattice is None else rule.lattice
    where = next((node.name for node in network.nodes if not _fits(network, axis, tile, node.name)), None)
    steps = range(1, 2 * lattice + 1)
    near = [next((one for one in (tile + way * step for step in steps) if one > 0 and _fits(network, axis, one)), None)
            for way in (-1, 1)]  # fmt: skip
    taken = " or ".join(str(one) for one in near if one is not None)
    return f"The network does not take tiles of {tile}", where, f"take {taken}" if taken else "take larger ones"


def _fits(network: Network, axis: int, size: int, output: str | None = None) -> bool:
    try:
        along(network if output is None else up_to(network, output), axis, size)
    except NetworkError:
        return False
    return True

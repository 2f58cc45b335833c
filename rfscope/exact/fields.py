"""The receptive field of every node of a network: one walk forwards, in topological order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from rfscope.exact.field import INPUT_FIELD, Field, bounded, merged, through
from rfscope.exact.unplaced import behind
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Table

if TYPE_CHECKING:
    from rfscope.network.sizes import Sizes

__all__ = ["AllGlobal", "Seen", "node_fields"]


@dataclass(frozen=True, slots=True)
class AllGlobal:
    """The field of a node all of whose paths lead through global operations: it sees everything.

    Attributes:
        through: The global operations; those that were not analyzed are not among them.
        lower_bound: Whether there is one on the way that was not analyzed, so that what the node sees is unknown.
    """

    through: tuple[str, ...]
    lower_bound: bool = False


Seen: TypeAlias = tuple[Field, ...] | AllGlobal
"""The field of a node per axis, paths through global operations left out, or the note that there are no others."""


def node_fields(network: Network, sizes: Sizes | None = None) -> dict[str, Seen]:
    """The field of every node.

    Args:
        network: A settled network.
        sizes: Sizes of its maps; None on an unbounded grid.

    Raises:
        NetworkError: The branches of a merge have different effective strides.
        LimitError: Phases repeat only after more outputs than the limit ``phases``.
    """
    seen: dict[str, Seen] = {INPUT: (INPUT_FIELD,) * network.dims}
    for node in network.nodes:
        branches = [seen[name] for name in node.inputs]
        if node.is_global:
            seen[node.name] = _everything(node, branches)
        else:
            seen[node.name] = _behind(node, _merged(node, branches, sizes), sizes)
    return seen


def _everything(node: Node, branches: Sequence[Seen]) -> AllGlobal:
    """The field behind a global operation; a node that was global before keeps the name of the earlier operation."""
    names = dict.fromkeys(name for branch in branches for name in _names(branch))
    first = not all(isinstance(branch, AllGlobal) for branch in branches)
    unknown = any(branch.lower_bound for branch in branches if isinstance(branch, AllGlobal))
    own = (node.name,) if first and not node.is_unknown else ()
    return AllGlobal((*names, *own), node.is_unknown or unknown)


def _behind(node: Node, seen: Seen, sizes: Sizes | None) -> Seen:
    if isinstance(seen, AllGlobal):
        return seen
    size = None if sizes is None else sizes[node.name]
    fields = _per_axis(node, seen, size, None if sizes is None else sizes[INPUT])
    if node.data_dependent or node.upper_bound:
        more, less = node.data_dependent, node.upper_bound
        fields = tuple(
            replace(field, lower_bound=field.lower_bound or more, upper_bound=field.upper_bound or less)
            for field in fields
        )
    return fields


def _per_axis(
    node: Node, fields: Sequence[Field], size: Sequence[int] | None, image: Sequence[int] | None
) -> tuple[Field, ...]:
    """The fields behind a node along each axis; an axis like the first is not worked out again."""
    unknown = (None,) * len(fields)
    first, *others = zip(node.reads, fields, size or unknown, image or unknown, strict=True)
    found = _along(node, *first)
    return (found, *(found if other == first else _along(node, *other) for other in others))


def _along(node: Node, read: Read, field: Field, outputs: int | None, pixels: int | None) -> Field:
    found = through(read, field, outputs)
    if isinstance(read, Table) and not read.shift and outputs is not None and pixels is not None:
        return bounded(found, outputs, pixels)  # whose outputs all see the same, and there are no others
    return replace(found, unplaced=behind(read, field, found, node.name))


def _merged(node: Node, branches: Sequence[Seen], sizes: Sizes | None) -> Seen:
    """What a node reads: the union of its inputs. Inputs behind global operations are only named."""
    if len(branches) == 1:
        return branches[0]
    local = [branch for branch in branches if not isinstance(branch, AllGlobal)]
    names = tuple(dict.fromkeys(name for branch in branches for name in _names(branch)))
    unknown = any(branch.lower_bound for branch in branches if isinstance(branch, AllGlobal))
    if not local:
        return AllGlobal(names, unknown)
    by_axis = [_fitting(node, fields, axis, sizes) for axis, fields in enumerate(zip(*local, strict=True))]
    first = merged(by_axis[0], node.place)
    axes = tuple(first if fields == by_axis[0] else merged(fields, node.place) for fields in by_axis)
    if node.op in ("taps", "beside"):  # parts of one kernel, or of one map, lie in their places
        axes = tuple(
            replace(axis, aligned=all(field.aligned for field in fields))
            for axis, fields in zip(axes, by_axis, strict=True)
        )
    if not unknown and all(field.global_through == names for field in axes):
        return axes
    return tuple(replace(field, global_through=names, lower_bound=unknown or field.lower_bound) for field in axes)


def _fitting(node: Node, fields: Sequence[Field], axis: int, sizes: Sizes | None) -> Sequence[Field]:
    """The fields of a merge; output by output if their strides differ though their maps have one size."""
    alike = len({field.stride for field in fields}) == 1 and not any(field.bounded for field in fields)
    if sizes is None or alike:
        return fields
    from rfscope.network.sizes import size_read

    size = size_read(node, sizes)
    image = sizes[INPUT]
    if size is None or image is None:
        return fields
    return [field if field.bounded else bounded(field, size[axis], image[axis]) for field in fields]


def _names(seen: Seen) -> tuple[str, ...]:
    return seen.through if isinstance(seen, AllGlobal) else seen[0].global_through

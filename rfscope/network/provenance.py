"""What a reader hands on with a network: its remarks, and where the network comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from rfscope.network.forms import Forms
from rfscope.network.graph import Network
from rfscope.wording import size_text

if TYPE_CHECKING:
    from rfscope.network.source import Source

__all__ = ["Found", "Provenance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a network comes from.

    Attributes:
        notes: What its reader has to say of it, line by line.
        beside: Networks for a table: a part of the network itself, then others to compare it with.
        from_rates: Whether it was written as a list of rates, so that its schedule is of interest even undilated.
        source: The text it was read from; None if it was not a spec.
        of: The input that it was read from, by the name that its maker gave it; None if the reader knows no names.
        inputs: All inputs that have positions.
        together: Those of them that were read as one, as where all are cut alike.
        forms: The forms of all inputs of a module, in order.
        shapes: Shapes that were given for inputs, or that inputs without positions have.
        states: Inputs that hold what a recurrent network remembers.
        size: Spatial size that it was read at where none was given; then the last of the notes is of it.
        sample_rate: Samples a second of a 1-D input, in Hz; None if nobody said.
    """

    notes: tuple[str, ...] = ()
    beside: tuple[Network, ...] = ()
    from_rates: bool = False
    source: Source | None = None
    of: str | None = None
    inputs: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    forms: Forms = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    size: tuple[int, ...] | None = None
    sample_rate: float | None = None

    def only_at(self, size: Sequence[int], reason: str) -> Provenance:
        """The same of a network that reads otherwise at other sizes: the note of its size says so."""
        note = f"Read at {size_text(size)} only, as it depends on the size: {reason}; --input for another."
        return replace(self, notes=(*self.notes[:-1], note))


class Found(NamedTuple):
    """What a reader makes of a target.

    Attributes:
        network: The network.
        provenance: What the reader says of it.
    """

    network: Network
    provenance: Provenance = Provenance()

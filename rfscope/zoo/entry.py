"""A published network, and the numbers that its source prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rfscope.network.graph import Network
from rfscope.network.provenance import Found, Provenance

__all__ = ["UNKNOWN", "PrintedNumber", "ZooEntry", "rates", "spec"]

PrintedNumber: TypeAlias = int | float | str | list[int]
"""A number as printed; a float is meant to as many digits as it shows."""

UNKNOWN = "unknown"
"""What stands for a number that is not known: where outputs lie under SAME padding, without a size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZooEntry:
    """One network of the zoo.

    Attributes:
        name: What it is called behind ``zoo:``.
        source: Who published it, and where.
        year: When it was published; None if it was not.
        build: Makes the network.
        printed: What the source prints, by quantity (see ``quantities``).
        derived: What it does not print, worked out by other means than this package.
        note: What to know when printed and computed numbers are compared.
    """

    name: str
    source: str
    year: int | None = None
    build: Callable[[], Network | Found]
    printed: Mapping[str, PrintedNumber] = field(default_factory=dict)
    derived: Mapping[str, PrintedNumber] = field(default_factory=dict)
    note: str = ""

    def found(self) -> Found:
        """The network, called after its entry, and its reader's remarks."""
        made = self.build()
        found = made if isinstance(made, Found) else Found(made)
        return found._replace(network=replace(found.network, name=self.name))


def spec(name: str) -> Callable[[], Found]:
    """Reads one of the spec files that ship with the package."""

    def build() -> Found:
        from importlib.resources import files

        from rfscope.readers.spec import read_spec

        file = f"{name}.toml"
        return read_spec(files("rfscope.zoo").joinpath("specs", file).read_bytes(), file=file, format="toml")

    return build


def rates(text: str, *, kernel: int = 3, dims: int = 2, causal: bool = False) -> Callable[[], Found]:
    """Makes a chain of convolutions of these rates."""

    def build() -> Found:
        from rfscope.readers.rates import read_rates

        return Found(read_rates(text, kernel=kernel, dims=dims, causal=causal), Provenance(from_rates=True))

    return build

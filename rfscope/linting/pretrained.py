"""The networks that weights come from: named in the configuration, read beside the network that is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rfscope.errors import RfscopeError, TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.surgery import Trained
from rfscope.linting.discovery import expand
from rfscope.readers.names import runs_code
from rfscope.readers.rates import is_rates
from rfscope.targets import Reading, examine

__all__ = ["Pretrained"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """What a network's weights were trained in, as the configuration says it.

    Attributes:
        target: The network that they come from.
        node: Its layer or module that is taken over; None for its first output.
        own: The layer or module of the network that is judged that stands for it; None for its first output.
        arguments: What a factory is called with.
        where: The place in the configuration, for error texts.
    """

    target: str
    node: str | None = None
    own: str | None = None
    arguments: Mapping[str, Any] | Sequence[Any] | None = None
    where: str = field(default="", compare=False)

    @property
    def written(self) -> str | dict[str, Any]:
        """As a configuration says it."""
        more = {"node": self.node, "own": self.own, "args": self.arguments}
        given = {key: value for key, value in more.items() if value is not None}
        return {"target": self.target, **given} if given else self.target

    def found(self, base: Path, *, allow_import: bool) -> Pretrained:
        """The same with the name of a file as it is seen from the working directory.

        Args:
            base: The folder that files are named from.
            allow_import: Whether a module may be imported.

        Raises:
            TargetError: It may not, or a folder or glob names several networks.
        """
        if runs_code(self.target, base):
            if allow_import:
                return self
            do = "add --allow-import to import it, which runs its code"
            raise TargetError("an import that is not allowed", where=self.where, got=repr(self.target), do=do)
        with self._named():
            named = [sighting for sighting in expand(self.target, base=base) if not sighting.passed_over]
        if len(named) != 1:
            raise TargetError("bad pretrained-from", where=self.where, got=f"{len(named)} networks", expected="one")
        return replace(self, target=named[0].target)

    def read(self, target: str, reading: Reading, analysis: Analysis) -> Trained:
        """Read it at the size of the network that is judged.

        Args:
            target: The network that is judged.
            reading: What that leaves open and was given.
            analysis: Its analysis.

        Raises:
            RfscopeError: It cannot be read, or one of the two has no such layer.
        """
        network = analysis.network
        given = Reading(input=network.input, arguments=self.arguments, allow_unknown=True)
        if is_rates(self.target):
            of_rates = Reading(kernel=reading.kernel, stride=reading.stride, dims=network.dims, causal=reading.causal)
            given = given.over(of_rates)
        with self._named():
            own = analysis if self.own is None else examine(target, reading, output=self.own)
            original = examine(self.target, given, output=self.node)
        if original.network.dims != network.dims:
            got, expected = f"one of {original.network.dims} axes", f"one of {network.dims}, as the network's own"
            raise TargetError("a trained network that does not fit", where=self.where, got=got, expected=expected)
        return Trained(name=self.target, own=own, original=original)

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Let an error say where the network that cannot be read is named."""
        try:
            yield
        except RfscopeError as error:
            raise TargetError(f"{error} (named at {self.where})") from error

"""Options that several commands share, written once.

A parameter of a command whose annotation holds ``From(make)`` stands for all options that ``make`` takes, and is given
what it makes of them: ``unfolded`` writes them into the command's signature, from which typer reads its options.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import Parameter, Signature, signature
from typing import Any, NamedTuple

__all__ = ["From", "unfolded"]


class From(NamedTuple):
    """A function that makes the value of a command's parameter out of options.

    Attributes:
        make: Takes the options as keywords.
        options: Those that it takes, where its signature does not say it.
    """

    make: Callable[..., object]
    options: tuple[Parameter, ...] = ()

    def parameters(self) -> Iterator[Parameter]:
        """The options that it takes."""
        return iter(self.options or signature(self.make, eval_str=True).parameters.values())

    def without(self, *names: str) -> From:
        """The same with fewer options: those left out keep their defaults."""
        return From(self.make, tuple(one for one in self.parameters() if one.name not in names))


def unfolded(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose signature lists every option, in the place of the parameters made from them."""
    made: dict[str, tuple[From, list[str]]] = {}
    options: list[Parameter] = []
    for parameter in signature(command, eval_str=True).parameters.values():
        origin = next(
            (fact for fact in getattr(parameter.annotation, "__metadata__", ()) if isinstance(fact, From)), None
        )
        own = [parameter] if origin is None else list(origin.parameters())
        options += [option.replace(kind=Parameter.KEYWORD_ONLY) for option in own]
        if origin is not None:
            made[parameter.name] = (origin, [option.name for option in own])

    def called(**given: Any) -> None:
        for name, (origin, names) in made.items():
            given[name] = origin.make(**{option: given.pop(option) for option in names})
        command(**given)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__signature__ = Signature(options)  # type: ignore[attr-defined]  # which `inspect` looks for
    return called

"""What can go wrong, said once and said well.

Every error a caller can mend is an ``RfscopeError``: it says what is wrong, where, what was found, what was
expected and what to do. The library raises them; only the command line turns them into text and exit codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

__all__ = [
    "WRONG_SIZES",
    "LimitError",
    "MergeSizesError",
    "MissingExtraError",
    "NetworkError",
    "OutputError",
    "RfscopeError",
    "SizeNeededError",
    "TargetError",
    "UnsupportedError",
    "clean",
    "near",
    "shorten",
    "together",
]

WRONG_SIZES = "wrong number of input sizes"
"""What is wrong where a network has another number of axes than the sizes that are given for its input."""

_LONGEST_QUOTE = 60


_COMMAND = r"(?<!\S):(?=:)|#(?=#\[)"
"""Where a CI runner would find a command, at the latest once lines are broken at spaces: ``::`` or ``##[``."""


def clean(text: str) -> str:
    r"""Replace control characters, line ends and other unprintable characters, so that text stays on its line.

    Names come from files. One that carries a newline or a terminal escape could forge a log line or a CI command, so
    what begins a command is broken up, too.

    Example:
        >>> clean("conv\n::error::x"), clean("::error::x"), clean("##[error]x")
        ('conv?::error::x', ': :error::x', '# #[error]x')
    """
    text = text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
    return re.sub(_COMMAND, r"\g<0> ", text) if "::" in text or "##[" in text else text


def shorten(value: object) -> str:
    """Quote a value for an error text: one line, at most 60 characters, integers of any length."""
    if type(value) is int and abs(value) >= 10**40:
        return f"an integer of {value.bit_length()} bits"
    try:
        text = clean(repr(value))
    except ValueError:  # Python refuses to print integers of more than 4,300 digits
        return f"{type(value).__name__} with a very long integer"
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."


def near(word: object, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that was meant, if one is close: letters may be wrong or swapped, digits missing or too many.

    Args:
        word: What was written.
        known: The names.
        cutoff: How alike they must be, from 0 to 1.

    Example:
        >>> near("kernal", ["kernel", "stride"]), near("resnet50", ["resnet-50"]), near("RFS1001", ["RFS101"])
        ('kernel', 'resnet-50', 'RFS101')
        >>> near("RFS999", ["RFS903"]) is None
        True
    """
    from difflib import get_close_matches

    if not isinstance(word, str) or len(word) > _LONGEST_QUOTE:
        return None
    names = {_bare(name): name for name in reversed(tuple(known))}
    bare = _bare(word)
    close = [bare] if bare in names else get_close_matches(bare, names, n=5, cutoff=cutoff)
    return next((names[name] for name in close if _has_numbers(name, bare)), None)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _has_numbers(name: str, word: str) -> bool:
    """Whether a name that has digits has those of a word, in their order; one of them may have more."""
    own, typed = ([char for char in text if char.isdigit()] for text in (name, word))
    shorter, rest = (own, iter(typed)) if len(own) < len(typed) else (typed, iter(own))
    return not own or all(char in rest for char in shorter)


class RfscopeError(Exception):
    """The job cannot be done, and the caller can do something about it.

    Args:
        what: What is wrong, in a few words, without a full stop.
        where: The file, line, layer or key it was found at.
        got: What was found there; text is taken as it is, anything else is quoted.
        expected: What would have been right.
        do: What to do about it.

    Attributes:
        others: Further mistakes in the same place, found at the same time.

    Example:
        >>> print(RfscopeError("bad kernel", where="conv1", got=0, expected="1 or more", do="use 1 for pointwise"))
        bad kernel at conv1: got 0, expected 1 or more; use 1 for pointwise
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        got: object = None,
        expected: str | None = None,
        do: str | None = None,
    ) -> None:
        self.what = clean(what)
        self.where = None if where is None else clean(where)
        self.got = None if got is None else clean(got) if isinstance(got, str) else shorten(got)
        self.expected = None if expected is None else clean(expected)
        self.do = None if do is None else clean(do)
        self.others: tuple[RfscopeError, ...] = ()
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n".join([self.line, *(other.line for other in self.others)])

    @property
    def line(self) -> str:
        """This mistake alone, in one line; as text, an error also tells those that were found with it."""
        facts = [f"got {self.got}" if self.got else "", f"expected {self.expected}" if self.expected else ""]
        place = f"{self.what} at {self.where}" if self.where else self.what
        said = ", ".join(fact for fact in facts if fact)
        text = f"{place}: {said}" if said else place
        return f"{text}; {self.do}" if self.do else text


class TargetError(RfscopeError):
    """A target cannot be found, read or understood."""


class NetworkError(RfscopeError):
    """A network description contradicts itself or holds a number out of range."""


class MergeSizesError(NetworkError):
    """The inputs of a merge differ in size."""


class SizeNeededError(NetworkError):
    """What a network reads depends on the size of its input, and none is given."""


class UnsupportedError(RfscopeError):
    """A network uses something whose analysis rfscope does not have."""


class LimitError(RfscopeError):
    """The job is larger than a limit that the caller may raise."""


class MissingExtraError(RfscopeError):
    """An optional dependency is needed and not installed."""


class OutputError(RfscopeError):
    """A result cannot be written."""


_Error = TypeVar("_Error", bound=RfscopeError)


def together(errors: Sequence[_Error]) -> _Error:
    """The first of several errors, which then tells all of them, a line each, and none that it told before.

    Example:
        >>> print(together([RfscopeError("bad kernel", where="conv1"), RfscopeError("bad stride", where="conv2")]))
        bad kernel at conv1
        bad stride at conv2
    """
    first, *rest = errors
    first.others = tuple(rest)
    return first

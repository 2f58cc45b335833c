"""What a shell offers to complete: published networks, rules, and the layers of the network that was named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

__all__ = ["is_asked", "nodes", "published", "rules", "targets", "terms", "typed", "without_colons"]

_ASKS = "_RFSCOPE_COMPLETE"
_COLON = "RFSCOPE_COMPLETED_BEHIND"
"""Where ``without_colons`` leaves what stands before a colon that the shell has split the last word at."""


def is_asked() -> bool:
    """Whether a shell asks what could come next, instead of a user what is the case."""
    return _ASKS in os.environ


def typed(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The words typed so far, the program's name left out."""
    import shlex

    text = environ.get("COMP_WORDS") or environ.get("_TYPER_COMPLETE_ARGS") or ""
    try:
        return shlex.split(text)[1:]
    except ValueError:  # a quote is still open
        return text.split()[1:]


def without_colons() -> None:
    """Put words together that bash has split at colons: ``zoo : res`` is ``zoo:res``.

    Of the word that the cursor is in, bash replaces what is behind the colon: only this part is to be completed.
    """
    import shlex

    cursor = int(os.environ.get("COMP_CWORD", "0"))
    words = [*typed(), ""][:cursor]
    if ":" not in words:
        return
    made: list[str] = []
    for at, word in enumerate(words):
        joins = bool(made) and (word == ":" or words[at - 1] == ":")
        made[-1:] = [made[-1] + word] if joins else [*made[-1:], word]
    if ":" in words[-2:]:
        os.environ[_COLON], _, made[-1] = made[-1].rpartition(":")
    os.environ["COMP_WORDS"] = shlex.join(["rfscope", *made])
    os.environ["COMP_CWORD"] = str(len(made))


def targets(incomplete: str) -> list[str]:
    """Published networks; files are the shell's own to complete."""
    from rfscope import zoo

    names = [f"zoo:{entry.name}" for entry in zoo.entries()]
    if before := os.environ.get(_COLON):
        names = [name.removeprefix(f"{before}:") for name in names if name.startswith(f"{before}:")]
    return [name for name in names if name.startswith(incomplete)] if incomplete or before else []


def rules(incomplete: str) -> list[tuple[str, str]]:
    """Codes and names of rules, behind those that stand before a comma."""
    from rfscope.rules import RULES

    before, comma, last = incomplete.rpartition(",")
    keys = [(key, rule.page.summary) for rule in RULES for key in (rule.code, rule.name)]
    return [(f"{before}{comma}{key}", summary) for key, summary in keys if key.startswith(last)]


def published(incomplete: str) -> list[str]:
    """Published networks, as ``rfscope zoo`` names them."""
    from rfscope import zoo

    return [name for name in zoo.names() if name.startswith(incomplete)]


def terms(incomplete: str) -> list[tuple[str, str]]:
    """The words that ``rfscope explain`` explains."""
    from rfscope.text.glossary import terms as known

    return [(term.name, term.means) for term in known() if term.name.startswith(incomplete)]


def nodes(incomplete: str) -> list[str]:
    """The layers of the target among the words typed, unless it would run code to read it."""
    return [name for name in _nodes(typed()) if name.startswith(incomplete)]


def _nodes(words: Sequence[str]) -> Iterator[str]:
    """The layers of the first word that names a network."""
    from rfscope.cli.program import is_target
    from rfscope.readers.names import runs_code
    from rfscope.targets import Reading, resolve

    named = (word for word in words if word != "-" and is_target(word) and not runs_code(word))
    for word in named:
        with suppress(Exception):  # whatever is wrong with it, a shell is no place to say it
            network = resolve(word, Reading(allow_unknown=True)).network
            yield from (node.name for node in network.nodes)
            return

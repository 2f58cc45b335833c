"""What pages of one file share: how they look, and the policy that lets nothing in but what is written in them."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files

__all__ = ["as_json", "part", "policy"]


@cache
def part(package: str, name: str) -> str:
    """The text of a file that lies in a package.

    Args:
        package: The package's name.
        name: The file's.
    """
    return files(package).joinpath(name).read_text(encoding="utf-8")


def policy(script: str, style: str) -> str:
    """The content security policy of a page that loads nothing, with one script and one style sheet in it.

    Source:
        W3C, Content Security Policy Level 3: hashes of inline scripts and styles.

    Example:
        >>> policy("", "").partition(";")[0]
        "default-src 'none'"
    """
    return f"default-src 'none'; img-src data:; style-src '{_hash(style)}'; script-src '{_hash(script)}'"


def as_json(value: object) -> str:
    r"""A value as JSON that may stand in a script element: no text in it can end the element.

    Example:
        >>> as_json("</script>")
        '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

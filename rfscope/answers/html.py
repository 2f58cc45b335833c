"""The parts of a page in a notebook: everything from outside is escaped, nothing is loaded and nothing is run.

Text has the colour of the page around it, and lines are a shade of it, so that a page looks right in light and in dark,
whichever notebook shows it. Only badges bring colours of their own, with white on them that is read on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["badge", "bare", "element", "image", "page", "table"]

_STYLE = """
.rfscope {
  --rfscope-line: var(--jp-border-color1, var(--vscode-widget-border, rgba(128, 128, 128, .4)));
  max-width: 60em; line-height: 1.45; color: inherit;
}
.rfscope.rfscope p, .rfscope.rfscope figure, .rfscope.rfscope table, .rfscope.rfscope ul { margin: .5em 0 }
.rfscope.rfscope .rf-dim { opacity: .72; font-size: .9em }
.rfscope.rfscope .rf-badge {
  border-radius: .3em; color: #fff; font-size: .85em; font-weight: 600; margin-left: .4em; padding: .1em .5em;
  white-space: nowrap;
}
.rfscope.rfscope .rf-red { background: #b62324 }
.rfscope.rfscope .rf-yellow { background: #8a6100 }
.rfscope.rfscope .rf-green { background: #1a7f37 }
.rfscope.rfscope .rf-blue { background: #0a69c9 }
.rfscope.rfscope img { image-rendering: pixelated; display: block; max-width: 100%; margin: 0 }
.rfscope.rfscope .rf-side { display: flex; flex-wrap: wrap; gap: 1.5em; align-items: flex-start }
.rfscope.rfscope .rf-scroll { max-height: 32em; overflow: auto }
.rfscope.rfscope table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-left: 0 }
.rfscope.rfscope th, .rfscope.rfscope td {
  background: none; border: 0; border-bottom: 1px solid var(--rfscope-line); padding: .15em 1.2em .15em 0;
  text-align: left; vertical-align: top; white-space: nowrap;
}
.rfscope.rfscope th { font-weight: 600 }
.rfscope.rfscope .rf-right { text-align: right }
.rfscope.rfscope ul { padding-left: 0; list-style: none }
.rfscope.rfscope li { border-top: 1px solid var(--rfscope-line); padding: .4em 0 }
.rfscope.rfscope code { background: none; color: inherit; font-size: .95em }
""".strip()
"""The class stands twice in each selector, so that it outranks what notebooks say of all tables and lists."""


class bare(str):  # noqa: N801 - reads as a word where it marks HTML that is made already
    """HTML, and not text that must be escaped."""

    __slots__ = ()


def element(tag: str, *inside: str, of: str = "") -> bare:
    """An element around texts and other elements.

    Args:
        tag: Its tag.
        inside: What it holds; what is not ``bare`` is escaped.
        of: Its classes.

    Example:
        >>> element("p", "2 < 3, ", element("b", "yes"), of="rf-dim")
        '<p class="rf-dim">2 &lt; 3, <b>yes</b></p>'
    """
    kind = f' class="{escape(of)}"' if of else ""
    return bare(f"<{tag}{kind}>{''.join(map(_safe, inside))}</{tag}>")


def badge(text: str, colour: str) -> bare:
    """A word on a coloured ground: "red", "yellow", "green" or "blue"."""
    return element("span", text, of=f"rf-badge rf-{colour}")


def image(url: str, width: int, height: int, says: str) -> bare:
    """A picture that is part of the page, and what it shows in words."""
    size = f'width="{width}" height="{height}"'
    return bare(f'<img src="{escape(url)}" {size} style="width:{width}px;height:{height}px" alt="{escape(says)}">')


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool] = ()) -> bare:
    """A table, the columns of numbers to the right."""
    sides = [*right, *[False] * (len(head) - len(right))]

    def line(tag: str, cells: Sequence[str]) -> bare:
        aligned = zip(cells, sides, strict=True)
        return element("tr", *(element(tag, cell, of="rf-right" if side else "") for cell, side in aligned))

    body = element("tbody", *(line("td", row) for row in rows))
    return element("table", *([element("thead", line("th", head))] if any(head) else []), body)


def page(*parts: str) -> str:
    """What a notebook is given: the parts in one frame, with the style that they need."""
    return str(element("div", element("style", bare(_STYLE)), *parts, of="rfscope"))


def _safe(text: str) -> str:
    return text if isinstance(text, bare) else escape(text)

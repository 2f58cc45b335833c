"""The words on a tree: who reads each row and how, and what the whole says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap

from rfscope.exact.analysis import Analysis
from rfscope.network.reads import Window
from rfscope.plots.caption import field_note, label, listed, which_output
from rfscope.plots.layout import wide
from rfscope.plots.tree_rows import Row, Tree
from rfscope.wording import lengths_text, ms_text

__all__ = ["axis_label", "beside", "facts"]


def facts(analysis: Analysis, found: Tree) -> list[str]:
    """Name, verdict, what all layers have in common and how far an output reads; and what is left out."""
    output, rate = analysis.output, analysis.provenance.sample_rate
    what = f"{label(analysis)}: {(analysis.verdict or 'unknown').upper()}"
    causal = "causal" if analysis.causal else ""
    lengths = f"one output reads {lengths_text(output.history, output.lookahead, rate)}"
    parts = what, _common(found), causal, lengths, which_output(analysis)
    return [", ".join(filter(None, parts)), field_note(analysis)]


def axis_label(analysis: Analysis, room: float, size: float) -> str:
    """What the axis counts, and from where; as fully as there is room for."""
    timed = analysis.provenance.sample_rate is not None
    far = f"{'ms' if timed else 'samples'} from the {'output' if analysis.causal else 'centre'}"
    long = f"{far} (in brackets: from tap to tap)"
    return long if timed and wide(long, size) < room else far


def beside(found: Tree, rate: float | None, room: float, size: float, *, two: bool) -> Mapping[float, str]:
    """What stands at the left: the names of the ends, and between rows who reads the lower one and how.

    It is said as fully as there is room for in all rows.

    Args:
        found: The rows.
        rate: Samples a second, where that is known.
        room: Inches.
        size: Of the print, in points.
        two: Whether two lines fit between rows.
    """
    read = [row for row in found.rows if row.sheet.readers]
    common = f"{_common(found)}, "
    short = [(row.sheet.reads.removeprefix(common), _apart(row, rate)) for row in read]
    forms = [[[row.sheet.names, f"{row.sheet.reads}{_apart(row, rate)}"] for row in read]] if two else []
    forms += [[[f"{row.sheet.reads}{_apart(row, rate)}"] for row in read], [[f"{how}{far}"] for how, far in short]]
    forms.append([[how] for how, _ in short])
    fitted = ([_fitted(lines, room, size, two=two) for lines in form] for form in forms)
    chosen = next((form for form in fitted if None not in form), [[_cut(how, room, size)] for how, _ in short])
    names = {0.0: "output", float(found.rows[-1].height): "input"}
    names |= {row.height - 0.5: "\n".join(lines or ()) for row, lines in zip(read, chosen, strict=True)}
    if found.gap is not None:
        names[found.gap - 0.4] = f"{found.left_out} maps not shown"
    return names


def _common(found: Tree) -> str:
    """The kernel, if all layers have the same and say more than that."""
    said = {row.sheet.reads.partition(", ")[::2] for row in found.rows if row.sheet.readers}
    kernels = {kernel for kernel, _ in said}
    return kernels.pop() if len(kernels) == 1 and all(rest for _, rest in said) else ""


def _apart(row: Row, rate: float | None) -> str:
    """How far apart the taps are in time."""
    if rate is None:
        return ""
    reads = [read for node in row.sheet.readers for read in node.reads]
    steps = [read.dilation * row.axis.stride for read in reads if isinstance(read, Window) and read.kernel > 1]
    times = list(dict.fromkeys(ms_text(step, rate) for step in steps))
    return f" ({listed(times)})" if times else ""


def _fitted(lines: Sequence[str], room: float, size: float, *, two: bool) -> Sequence[str] | None:
    """The lines if they fit, a single one perhaps as two; None if they do not."""
    if two and len(lines) == 1 and wide(lines[0], size) > room:
        lines = wrap(lines[0], max(1, int(len(lines[0]) * room / wide(lines[0], size))))
    return lines if len(lines) <= 1 + two and all(wide(line, size) <= room for line in lines) else None


def _cut(text: str, room: float, size: float) -> str:
    if wide(text, size) <= room:
        return text
    return next((part for end in range(len(text) - 1, 0, -1) if wide(part := f"{text[:end]}…", size) <= room), "…")

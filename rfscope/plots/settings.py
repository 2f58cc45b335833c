"""Matplotlib's settings for our own pictures: ours or those of a style file, never those of the current folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rfscope import limits
from rfscope.errors import OutputError, RfscopeError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from rfscope.plots.look import Look

__all__ = ["drawing", "left_out", "load_matplotlib", "remember", "setting", "styled", "writing"]

_PRINT: Mapping[str, float] = {
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "legend.fontsize": 7,
    "figure.labelsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.major.pad": 2.5,
    "ytick.major.pad": 2.5,
    "axes.linewidth": 0.5,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "lines.linewidth": 1.0,
}
"""The sizes of a printed page, in points."""

_SVG: Mapping[str, Any] = {"svg.fonttype": "none"}
"""Text stays text, which programs that edit drawings can change."""

_FILE: Mapping[Any, Any] = {
    "svg.hashsalt": "rfscope",  # identifiers are otherwise random
    "pdf.fonttype": 42,  # TrueType: publishers refuse Type 3
    "savefig.dpi": "figure",
    "savefig.bbox": "standard",
}
"""What makes files the same on every run."""

_STYLE: ContextVar[Mapping[Any, Any]] = ContextVar("style", default=MappingProxyType({}))

_STYLES: WeakKeyDictionary[Figure, Mapping[Any, Any]] = WeakKeyDictionary()
"""Figures of our own, each with the settings that it was drawn in."""

_LEFT_OUT: WeakKeyDictionary[Figure, str] = WeakKeyDictionary()
"""Captions that are not written into their pictures."""


def load_matplotlib() -> None:
    """Import matplotlib without the ``matplotlibrc`` of the current folder, which it would read there and then.

    For a program whose process is all its own: the folder may be a stranger's, and the file may be broken.
    """
    from importlib import import_module
    from importlib.util import find_spec

    found = find_spec("matplotlib")
    origin = found.origin if found is not None and Path("matplotlibrc").exists() else None
    with chdir(Path(origin).parent / "mpl-data") if origin else nullcontext():  # where its defaults are
        import_module("matplotlib")


@contextmanager
def styled(file: str | Path | None) -> Iterator[None]:
    """A context in which figures of our own are drawn in the style of a file.

    Args:
        file: A style file of matplotlib's; None for our own style.

    Raises:
        OutputError: It cannot be read, says what is no style, or nothing can be drawn so.
    """
    if file is None:
        yield
        return
    token = _STYLE.set(_read(Path(file)))
    try:
        yield
    except RfscopeError:
        raise
    except Exception as error:  # noqa: BLE001 - such as a style that wants LaTeX where there is none
        raise _bad(file, error) from None
    finally:
        _STYLE.reset(token)


def setting(name: str) -> Any:
    """What the settings in force say."""
    import matplotlib as mpl

    known: Any = mpl.rcParams
    return known[name]


def drawing(look: Look) -> AbstractContextManager[None]:
    """A context in which we draw: in our own sizes and colours, and over them the style in force."""
    return _context(_ours(look), _STYLE.get())


def _ours(look: Look) -> Mapping[Any, Any]:
    palette = look.palette
    sizes = {name: size * look.enlarged for name, size in _PRINT.items()}
    inks = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    papers = ("figure.facecolor", "axes.facecolor")
    return {**sizes, **_SVG, **dict.fromkeys(inks, palette.ink), **dict.fromkeys(papers, palette.paper)}


def remember(figure: Figure, look: Look) -> None:
    """Take a figure for one of our own, in the look and the style in force."""
    _STYLES[figure] = {**_ours(look), **_STYLE.get()}


def left_out(figure: Figure, text: str | None = None) -> str:
    """The caption that is not written into a picture, for it to be printed elsewhere; empty if there is none.

    Args:
        figure: The picture; of a part of one, the whole.
        text: The caption, to remember it.
    """
    if text is not None:
        _LEFT_OUT[figure] = text
    return _LEFT_OUT.get(figure, "")


def writing(figure: Figure) -> AbstractContextManager[None]:
    """A context in which a figure is written: our own as it was drawn, anyone else's with the settings in force."""
    if figure in _STYLES:
        return _context(_FILE, _STYLES[figure])
    import matplotlib as mpl

    return mpl.rc_context(dict(_FILE))


def _context(ours: Mapping[Any, Any], style: Mapping[Any, Any]) -> AbstractContextManager[None]:
    """Matplotlib's defaults, our settings and a style, the later ones before the earlier ones."""
    from matplotlib.style import context

    return context(["default", {**ours, **style}])


def _read(file: Path) -> Mapping[Any, Any]:
    """The settings in a style file. Matplotlib only logs or warns of most faults in one."""
    import warnings

    import matplotlib as mpl

    if not file.is_file():
        raise OutputError("no such style file", where=str(file), expected="a style file of matplotlib's")
    limits.check("spec-bytes", file.stat().st_size, where=str(file))
    said = _Said()
    logger = logging.getLogger("matplotlib")
    logger.addHandler(said)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = dict(mpl.rc_params_from_file(file, fail_on_error=True, use_default_template=False))
            with _context({}, found):  # warns of settings that are no matter of style
                pass
    except Exception as error:  # noqa: BLE001 - each setting has a check of its own, which raises what it likes
        raise _bad(file, error) from None
    finally:
        logger.removeHandler(said)
    if said.texts:
        raise _bad(file, said.texts[0])
    return found


def _bad(file: str | Path, said: object) -> OutputError:
    text = " ".join(str(said).split())[:200] or type(said).__name__
    return OutputError("cannot draw in the style", where=str(file), got=text, do="mend it, or leave --style out")


class _Said(logging.Handler):
    """What a library logs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a text."""
        self.texts.append(record.getMessage())

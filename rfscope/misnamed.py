"""What to say of a target that names nothing that can be read, by what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from rfscope.errors import TargetError, near
from rfscope.readers import files_text, suffixes
from rfscope.readers.numbers import numbers_in

__all__ = ["misnamed", "published"]

_WEIGHTS = (".bin", ".caffemodel", ".ckpt", ".h5", ".hdf5", ".npz", ".pkl", ".pt", ".pth", ".safetensors", ".weights")
_RULE = re.compile(r"RFS[0-9]+", re.IGNORECASE)
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_CALL = re.compile(r"([\w.]+:[\w.]+)\((.*)\)", re.DOTALL)
_IN_FILE = re.compile(r"(?:\./)?([\w/]+)\.py:([\w.]+)")
_ADDRESS = re.compile(r"\w+://")
_ALIKE = 0.75


def misnamed(target: str) -> TargetError:
    """The error for a target that is neither rates nor a file with a reader, nor written as a Python object."""
    return next(error for guess in _GUESSES if (error := guess(target)) is not None)


def _address(target: str) -> TargetError | None:
    if not _ADDRESS.match(target):
        return None
    return TargetError("an address, not a file", got=repr(target), do="download it, and name the file")


def _folder(target: str) -> TargetError | None:
    if not _holds(target, Path.is_dir):
        return None
    do = f"name a file in it, or judge all of them by rfscope lint {target}"
    return TargetError("a folder", where=target, expected="one network", do=do)


def _weights(target: str) -> TargetError | None:
    if Path(target).suffix.lower() not in _WEIGHTS:
        return None
    do = "name the module that they are for, as package.module:name"
    return TargetError("weights hold no layers", where=target, do=do)


def _other_file(target: str) -> TargetError | None:
    if not _holds(target, Path.exists):
        return None
    return TargetError("a file of no known kind", where=target, expected=files_text())


def _python_file(target: str) -> TargetError | None:
    file = target.replace(".", "/") + ".py"
    if not target.replace(".", "").isidentifier() or not _holds(file, Path.is_file):
        return None
    do = f"name the module or function in it that is meant, as {target}:NAME"
    return TargetError("a Python file, not a network", where=file, do=do)


def _rule(target: str) -> TargetError | None:
    if not _RULE.fullmatch(target):
        return None
    do = f"write rules after an option, with commas: --ignore RFS101,RFS102; rfscope rule {target} explains it"
    return TargetError("a rule, not a network", got=repr(target), do=do)


def _numbers(target: str) -> TargetError | None:
    meant = numbers_in(target)
    if not meant:
        return None
    expected = "whole numbers with commas, such as 1,2,5"
    return TargetError("bad rates", got=repr(target), expected=expected, do=f"write {','.join(meant)}")


def published(word: str) -> str | None:
    """The published network that a word means, as a target; None if it is like the name of none.

    Example:
        >>> published("resnet50"), published("unet"), published("model")
        ('zoo:resnet-50', 'zoo:u-net', None)
    """
    from rfscope.zoo import names

    close = near(word.removeprefix("zoo").lstrip(":/ "), names(), cutoff=_ALIKE)
    return close and f"zoo:{close}"


def _published(target: str) -> TargetError | None:
    close = published(target)
    return _nothing(target, f"did you mean {close}?") if close else None


def _call(target: str) -> TargetError | None:
    """A factory with its arguments, as Python would call it."""
    call = _CALL.fullmatch(target)
    if call is None:
        return None
    do = f"write {call[1]}"
    return _nothing(target, f"{do}, and the arguments as JSON: --args '[...]' or '{{...}}'" if call[2].strip() else do)


def _in_file(target: str) -> TargetError | None:
    """A name in a Python file, behind the file's own name, as test runners write it."""
    found = _IN_FILE.fullmatch(target)
    if found is None or found[1].startswith("/"):
        return None
    return _nothing(target, f"a Python object is written {found[1].replace('/', '.')}:{found[2]}")


def _object(target: str) -> TargetError | None:
    """A dotted name that begins with a package that is here or installed; it is not imported to find out."""
    first = target.partition(".")[0]
    if not _DOTTED.fullmatch(target) or not (_holds(f"{first}.py", Path.is_file) or find_spec(first)):
        return None
    return _nothing(target, f"a Python object is written {':'.join(target.rsplit('.', 1))}")


def _nothing(target: str, do: str | None = None) -> TargetError:
    files = f"a file ({', '.join(suffixes())})"
    expected = f"rates such as 1,2,5, {files}, zoo:NAME, package.module:name, or - for standard input"
    return TargetError("no such file or folder", got=repr(target), expected=None if do else expected, do=do)


def _holds(name: str, test: Callable[[Path], bool]) -> bool:
    """Whether a path passes a test; none that no file can have does."""
    try:
        return test(Path(name))
    except (OSError, ValueError):
        return False


_GUESSES: tuple[Callable[[str], TargetError | None], ...] = (
    _address,
    _folder,
    _weights,
    _other_file,
    _python_file,
    _rule,
    _numbers,
    _call,
    _in_file,
    _published,
    _object,
    _nothing,
)
"""From the surest to the most general, which always answers."""

"""Modules that are named, not given: ``package.module:name`` is imported and, if it is no module yet, called.

This runs the user's code. What it prints goes to standard error, what it raises becomes one clear error, and it is
stopped where it takes longer than the limit ``import-seconds``.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope import limits
from rfscope.activity import doing
from rfscope.errors import MissingExtraError, RfscopeError, TargetError, near, shorten
from rfscope.network.graph import Origin

if TYPE_CHECKING:
    import torch

__all__ = ["Factory", "defined_at", "load_torch"]

_FAILS = "the user's code fails"


def load_torch() -> None:
    """Import torch.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        with doing("importing torch"):
            import torch  # noqa: F401 - only whether it is there
    except ImportError:
        raise MissingExtraError("reading a torch model needs torch", do="pip install torch") from None


class Factory(NamedTuple):
    """A module, or something that makes one, by its name.

    Attributes:
        target: ``package.module:name``.
        arguments: What it is called with: by name, or in order.
    """

    target: str
    arguments: Mapping[str, Any] | Sequence[Any] | None = None

    def build(self, *, meta: bool) -> torch.nn.Module:
        """The module.

        Args:
            meta: Whether its weights may be without data; where it cannot be made so, or kernels are masked while it
                is made, they have data.

        Raises:
            TargetError: There is no such thing, it fails, takes too long, or makes no module.
            MissingExtraError: Torch is not installed.
        """
        load_torch()
        import torch

        with doing(f"importing {self.target.partition(':')[0]}"), _guarded(self.target):
            found = self._found()
        if isinstance(found, torch.nn.Module):
            return found
        if not callable(found):
            raise TargetError("no module", where=self.target, got=type(found).__name__, expected="a torch module")
        with doing(f"building {self.target}"):
            made = self._called(found, "meta") if meta else None
            made = self._called(found, "cpu") if made is None else made
        if not isinstance(made, torch.nn.Module):
            expected, do = "a torch module", "return the module itself"
            raise TargetError(
                "the factory makes no module", where=self.target, got=type(made).__name__, expected=expected, do=do
            )
        return made

    def _found(self) -> Any:
        module, _, path = self.target.partition(":")
        _search_current_folder()
        try:
            found: Any = importlib.import_module(module)
        except ModuleNotFoundError as error:
            parts = module.split(".")
            if error.name in {".".join(parts[: count + 1]) for count in range(len(parts))}:
                do = "run it from the folder that holds it, or install it"
                if parts[-1] == "py":
                    do = f"a Python object is written {'.'.join(parts[:-1])}:{path}"
                raise TargetError("no such module", where=self.target, got=repr(error.name), do=do) from None
            raise
        for name in path.split("."):
            if not hasattr(found, name):
                raise _no_name(self.target, name, found)
            found = getattr(found, name)
        return found

    def _called(self, found: Callable[..., Any], device: str) -> Any:
        import torch

        named = self.arguments if isinstance(self.arguments, Mapping) else {}
        given = () if self.arguments is None or isinstance(self.arguments, Mapping) else tuple(self.arguments)
        if device == "meta":
            from rfscope.readers.torch.masking import watched

            try:
                with _guarded(self.target), torch.device("meta"), watched() as seen:
                    made = found(*given, **named)
            except TargetError as error:
                if error.what != _FAILS:
                    raise
                return None  # what cannot be made without data is made with it, and if that fails, too, it says why
            return None if seen.masked else made
        with _guarded(self.target):
            return found(*given, **named)


def defined_at(target: str) -> Origin | None:
    """The line that defines what ``package.module:name`` names, if that module is imported already and has a file."""
    module, _, path = target.partition(":")
    file = getattr(sys.modules.get(module), "__file__", None)
    if not path or not isinstance(file, str):
        return None
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):  # compiled, or gone
        return Origin(file=file)
    name = path.partition(".")[0]
    statements = (node for node in ast.walk(tree) if isinstance(node, ast.stmt))
    found = next((statement for statement in statements if name in _defined(statement)), None)
    return Origin(file=file, row=found.lineno, column=found.col_offset + 1) if found else Origin(file=file)


def _defined(node: ast.stmt) -> set[str]:
    """The names that a statement gives to something."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.Import() | ast.ImportFrom():
            return {alias.asname or alias.name for alias in node.names}
        case ast.Assign():
            return {target.id for target in node.targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _no_name(target: str, name: str, found: Any) -> TargetError:
    """The error for a name that a module or class does not have; what it defines itself is offered first."""
    held = vars(found) if hasattr(found, "__dict__") else {}
    usable = {key: value for key, value in held.items() if callable(value)}
    public = {key: value for key, value in usable.items() if not key.startswith("_")}
    offered = sorted(public, key=lambda key: _is_from_elsewhere(public[key], held.get("__name__")))
    close = near(name, public)
    expected = f"one of {', '.join(offered[:8])}" if public else "a name in it"
    do = f"did you mean {close!r}?" if close else None
    return TargetError("no such name", where=target, got=repr(name), expected=expected, do=do)


def _is_from_elsewhere(value: Any, module: str | None) -> bool:
    """Whether a class or function was made in another module than this one."""
    return isinstance(value, (type, FunctionType)) and value.__module__ != module


def _search_current_folder() -> None:
    """Find modules in the current folder, as ``python -m`` does; nothing else of ours ever does.

    It stays so: code of the user's that runs later, such as a factory or a ``forward``, may import more from there.
    """
    here = os.getcwd()  # noqa: PTH109 - sys.path holds text
    if not {"", here} & set(sys.path):
        sys.path.insert(0, here)
    importlib.invalidate_caches()


@contextlib.contextmanager
def _guarded(target: str) -> Iterator[None]:
    """Run the user's code: printing goes to standard error, and however it ends, that is one clear error.

    Raises:
        TargetError: It raised, exited, or took too long.
    """
    late = threading.Event()
    try:
        with _printing_to_stderr(), _watched(late):
            yield
    except RfscopeError:
        raise
    except KeyboardInterrupt:
        if not late.is_set():
            raise
        seconds = limits.limit("import-seconds")
        do = "raise it with --limit import-seconds=N if it only is slow"
        raise TargetError("the user's code takes too long", where=target, got=f"over {seconds} s", do=do) from None
    except SystemExit as error:
        got = f"sys.exit({shorten(error.code)})"
        raise TargetError("the user's code exits", where=target, got=got, do="let it return the module") from None
    except BaseException as error:  # noqa: BLE001 - it is not our code: whatever it raises is said, not passed on
        said = " ".join(str(error).split())
        text = f"{type(error).__name__}: {said}" if said else type(error).__name__
        raise TargetError(_FAILS, where=target, got=text[:300], do=_advice(error)) from None


def _advice(error: BaseException) -> str | None:
    if isinstance(error, TypeError) and "argument" in str(error):
        return "give its arguments with --args"
    if isinstance(error, RecursionError):
        return "look for a function that calls itself, or modules that import each other"
    return None


@contextlib.contextmanager
def _watched(late: threading.Event) -> Iterator[None]:
    """Interrupt the main thread after the limit ``import-seconds``; elsewhere nothing can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import _thread

    def interrupt() -> None:
        late.set()
        _thread.interrupt_main()

    def raised(*_: object) -> None:
        if late.is_set():
            raise KeyboardInterrupt

    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored:  # as in the background of a script: then an interrupt would not arrive
        signal.signal(signal.SIGINT, raised)
    timer = threading.Timer(limits.limit("import-seconds"), interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if ignored:
            signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _printing_to_stderr() -> Iterator[None]:
    """Standard output is for results: what other code writes to it, even past Python, goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            if sys.__stdout__ is not None:
                sys.__stdout__.flush()
            kept = os.dup(1)
        except OSError:  # closed, or not a file of the system
            yield
            return
        try:
            os.dup2(2, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)

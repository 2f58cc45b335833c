"""The models of timm and torchvision, by their names: making one runs that library's code.

A model is a factory with arguments, as in ``rfscope analyze timm:create_model --args ...``: it is made without data,
and with random weights where that fails. No trained weights are loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from rfscope.errors import MissingExtraError, RfscopeError, near
from rfscope.surveying.children import away
from rfscope.surveying.networks import Subject
from rfscope.targets import Reading

__all__ = ["backbone", "imported", "models"]

_LIBRARIES = ("timm", "torchvision")
_OPERATORS = ("nms", "qnms")
"""Operators of torchvision's compiled part that it asks for when it is imported."""

_kept: list[object] = []


class _Model(NamedTuple):
    """A model: the factory that makes it, what that is called with, and the size of the input that it is made for."""

    factory: str
    arguments: dict[str, Any]
    size: tuple[int, ...] | None = None


def models(patterns: Sequence[str], reading: Reading) -> tuple[Subject, ...]:
    """The models that patterns name, each once, in the order of the patterns and then of their names.

    Args:
        patterns: Such as ``timm:resnet*``, or files with such patterns, one a line; a # begins a comment.
        reading: What is said of all of them, such as a size of their input.

    Raises:
        RfscopeError: A pattern names no library or no model, or a file cannot be read.
        MissingExtraError: The library is not installed.
    """
    wanted = list(_lines(patterns))
    found: dict[str, Subject] = {}
    for library in dict.fromkeys(one.library for one in wanted):
        globs = [one.glob for one in wanted if one.library == library]
        for name, model in away(_listed, (library, globs)).items():
            found[name] = Subject(
                name, model.factory, replace(reading, arguments=model.arguments), (library,), model.size
            )
    order = sorted(found, key=lambda name: next(at for at, one in enumerate(wanted) if one.fits(name)))
    return tuple(found[name] for name in order)


class _Pattern(NamedTuple):
    library: str
    glob: str

    def fits(self, name: str) -> bool:
        library, _, own = name.removesuffix(".backbone").partition(":")
        return library == self.library and fnmatchcase(own, self.glob)


def _lines(patterns: Iterable[str]) -> Iterator[_Pattern]:
    for pattern in patterns:
        library, colon, glob = pattern.partition(":")
        if colon and library in _LIBRARIES and glob:
            yield _Pattern(library, glob)
        elif Path(pattern).is_file():
            lines = Path(pattern).read_text(encoding="utf-8").splitlines()
            yield from _lines(filter(None, (line.partition("#")[0].strip() for line in lines)))
        else:
            expected = "timm:GLOB, torchvision:GLOB, or a file with such lines"
            close = near(library, _LIBRARIES)
            do = f"did you mean {close}:{glob}?" if colon and close else "such as 'timm:resnet*'"
            raise RfscopeError("bad --models", got=repr(pattern), expected=expected, do=do)


def _listed(asked: tuple[str, Sequence[str]]) -> dict[str, _Model]:
    """The models of a library whose names fit one of some patterns; in a process that may import it.

    Raises:
        RfscopeError: A pattern fits none.
    """
    library, globs = asked
    imported((library,))
    names = _names(library)
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in names):
            close = near(glob.strip("*"), names)
            do = f"did you mean {library}:{close}?" if close else f"rfscope survey --models '{library}:*' lists all"
            raise RfscopeError("no such model", got=f"{library}:{glob}", do=do)
    fitting = [name for name in names if any(fnmatchcase(name, glob) for glob in globs)]
    made = {name: _model(library, name) for name in fitting}
    part = {name: ".backbone" if model.factory.endswith(":backbone") else "" for name, model in made.items()}
    return {f"{library}:{name}{part[name]}": model for name, model in made.items()}


def _names(library: str) -> list[str]:
    module: Any = import_module(library)
    return list(module.list_models() if library == "timm" else module.models.list_models())


def _model(library: str, name: str) -> _Model:
    if library == "timm":
        return _Model("timm:create_model", {"model_name": name, "pretrained": False}, _size_in_timm(name))
    from inspect import signature

    library_models: Any = import_module("torchvision.models")
    builder = library_models.get_model_builder(name)
    if ".detection." in builder.__module__:
        return _Model("rfscope.surveying.models:backbone", {"name": name})
    weights = {key: None for key in signature(builder).parameters if key in ("weights", "weights_backbone")}
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return _Model("torchvision.models:get_model", {"name": name, **weights, **options}, _size_in_torchvision(name))


def _size_in_timm(name: str) -> tuple[int, ...] | None:
    known: Any = import_module("timm.models").get_pretrained_cfg(name, allow_unregistered=True)
    return None if known is None else tuple(known.input_size[1:])


def _size_in_torchvision(name: str) -> tuple[int, ...] | None:
    """The size that its weights were trained at; of videos with the fewest frames."""
    weights: Any = next(iter(import_module("torchvision.models").get_model_weights(name)), None)
    if weights is None:
        return None
    crop = getattr(weights.transforms, "keywords", {}).get("crop_size")
    if crop is None:
        return None
    image = tuple(crop) if isinstance(crop, tuple | list) else (crop, crop)
    frames = weights.meta.get("min_temporal_size")
    return image if frames is None else (frames, *image)


def backbone(name: str) -> Any:
    """The convolutions of a detector of torchvision, which what it proposes from them depends on the image."""
    made = import_module("torchvision.models").get_model(name, weights=None, weights_backbone=None)
    return made.backbone


def imported(libraries: Sequence[str]) -> None:
    """Import what models are made of, so that children have it at once.

    Raises:
        MissingExtraError: It is not installed.
    """
    if not libraries:
        return
    from rfscope.readers.torch.factory import load_torch

    load_torch()
    import torch

    torch.set_num_threads(1)
    for part in ("recorder", "unsized"):
        import_module(f"rfscope.readers.torch.{part}")
    for library in libraries:
        if library == "torch":
            continue
        try:
            _complete()
            import_module(library)
        except ImportError as error:
            if (error.name or "").partition(".")[0] != library:
                raise RfscopeError(f"{library} cannot be imported", got=str(error)) from None
            raise MissingExtraError(f"--models {library}:... needs {library}", do=f"pip install {library}") from None


def _complete() -> None:
    """Name the operators of a torchvision whose compiled part does not fit this torch: its networks never call them."""
    if _kept:
        return
    import torch

    with contextlib.suppress(ImportError):
        try:
            import_module("torchvision")
        except RuntimeError as error:
            if "does not exist" not in str(error):
                raise
            library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]  # torch
            for name in _OPERATORS:
                library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]
            _kept.append(library)

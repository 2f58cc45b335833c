"""An effective field, as an object that prints the answer of the command line, and how one is measured of a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rfscope.activity import doing
from rfscope.errors import MissingExtraError, OutputError, RfscopeError, TargetError
from rfscope.measured.field import EffectiveField as Numbers
from rfscope.measured.images import Preparation
from rfscope.targets import Reading, Target, is_module, module_of

if TYPE_CHECKING:
    import torch
    from matplotlib.figure import Figure

__all__ = ["EffectiveField", "Measured", "load_weights", "measured"]


class EffectiveField(Numbers):
    """What the gradients of one output on some images say. Printed, it is the answer of the command line."""

    @classmethod
    def of(cls, found: Numbers) -> EffectiveField:
        """The same numbers with their text."""
        return cls(**{one.name: getattr(found, one.name) for one in fields(found)})

    def record(self) -> dict[str, Any]:
        """Everything known of it as plain data for JSON."""
        from rfscope.text.effective_json import effective_data

        return effective_data(self)

    def plot(self, *others: Numbers, **options: Any) -> Figure:
        """Draw it, and others beside it; see ``rfscope.plots.effective.plot_effective``."""
        from rfscope.plots.effective import plot_effective

        return plot_effective(self, *others, **options)

    def save(self, file: str | Path) -> None:
        """Write the maps and all else to a ``.npz`` file, which ``rfscope plot erf`` draws.

        Raises:
            OutputError: It has another suffix, or cannot be written.
        """
        from rfscope.measured.stored import SUFFIX, packed

        path = Path(file)
        if path.suffix != SUFFIX:
            raise OutputError("unknown kind of file", got=repr(path.name), expected=SUFFIX)
        try:
            path.write_bytes(packed(self))
        except OSError as error:
            raise OutputError("cannot write", where=str(path), got=error.strerror or str(error)) from None

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.effective import effective_text

        return printed(lambda console: effective_text(self, console.width))


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What is measured, and on what.

    Attributes:
        images: A folder or a file, arrays at hand, or None for noise.
        samples: How many; up to 50 files, and 50 of noise, if not said.
        node: The layer or module whose output is looked at.
        at: Which of its positions.
        weights: A file of weights that the module is given first.
        how: How files become inputs.
        cotangent: What channels are weighted with.
        seed: Where random numbers begin.
        device: Where to run.
        batch: Images at once.
        allow_import: Whether torch may load a ``.pt2`` file, which runs whatever code is in it.
    """

    images: Any = None
    samples: int | None = None
    node: str | None = None
    at: Sequence[int] | None = None
    weights: str | Path | None = None
    how: Preparation = field(default_factory=Preparation)
    cotangent: str = "signs"
    seed: int = 0
    device: str = "auto"
    batch: int | None = None
    allow_import: bool = False


_NOISE = 50
"""Images of noise, if it is not said how many."""


def measured(target: Target, reading: Reading, wanted: Measured) -> EffectiveField:
    """Measure the effective field of one output of a torch module.

    Raises:
        RfscopeError: The target is no module or cannot be read or run, or the images or weights do not fit.
    """
    if wanted.samples is not None and (type(wanted.samples) is not int or wanted.samples < 1):
        raise RfscopeError("bad number of samples", got=wanted.samples, expected="an integer of 1 or more")
    try:
        import torch  # noqa: F401 - whether it is there
    except ImportError:
        raise MissingExtraError("measuring needs torch", do="pip install torch") from None
    from rfscope.measuring import Wanted, measure
    from rfscope.measuring.subject import read_subject

    passes = Wanted(cotangent=wanted.cotangent, seed=wanted.seed, device=wanted.device, batch=wanted.batch)
    passes.check()
    name = type(target).__name__ if is_module(target) else str(target)
    with doing(f"reading {name}"):
        module = module_of(target, reading, allow_import=wanted.allow_import)
        if module is None:
            do = "give package.module:name, or the module itself in Python"
            raise TargetError("only a torch module has gradients to measure", got=repr(name), do=do)
        if wanted.weights is not None:
            load_weights(module, wanted.weights)
        subject = _sized(read_subject, module, name, reading, wanted)
        samples = _samples(subject, wanted)
    with doing("measuring") as show:
        return EffectiveField.of(measure(module, subject, samples, passes, show))


def _sized(read: Any, module: torch.nn.Module, name: str, reading: Reading, wanted: Measured) -> Any:
    """The output, of an input of the size that is given, or that of the arrays at hand.

    One size is for as many axes as the module's layers have.
    """
    from rfscope.readers.torch.inputs import axes_of

    dims = axes_of(module) or 2
    if reading.input is not None and len(reading.input) == 1:
        reading = replace(reading, input=reading.input * dims)
    elif reading.input is None and not reading.shapes:
        reading = replace(reading, input=_size_of(wanted.images, dims))
    given = {"input": reading.input, "shapes": reading.shapes, "of": reading.of}
    return read(module, name=name, node=wanted.node, at=wanted.at, **given)


def _size_of(images: Any, dims: int) -> tuple[int, ...] | None:
    """Size of arrays at hand along so many axes, the last ones; None of files, which are made to fit."""
    first = images[0] if isinstance(images, list | tuple) and images else images
    shape = tuple(getattr(first, "shape", ()))
    return shape[-dims:] if len(shape) >= dims and all(shape) else None


def _samples(subject: Any, wanted: Measured) -> Any:
    """The images, of the shape that the module takes."""
    from rfscope.measured.images import in_folder
    from rfscope.measured.samples import noise, of_arrays

    tensor = subject.captured.program.inputs[subject.captured.of]
    dims = len(subject.sizes)
    shape = tensor.shape[1:] if len(tensor.shape) == dims + 2 else tensor.shape[-dims:]
    if wanted.images is None:
        return noise(wanted.samples or _NOISE, shape, wanted.seed)
    if len(shape) == dims:
        raise RfscopeError("a network whose input has no channels", where=subject.name, do="measure it on noise")
    if isinstance(wanted.images, str | Path):
        return in_folder(wanted.images, shape, wanted.samples, wanted.how)
    return of_arrays(wanted.images, wanted.samples, shape, "images")


def load_weights(module: torch.nn.Module, file: str | Path) -> None:
    """Give a module the weights of a file, each of them and no others; nothing in the file is run.

    Raises:
        TargetError: It cannot be read, or does not fit.
    """
    import torch

    try:
        found = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:
        raise TargetError("cannot read the weights", where=str(file), got=error.strerror or str(error)) from None
    except Exception as error:  # noqa: BLE001 - whatever torch raises of a file that is something else
        got = f"{type(error).__name__}: {' '.join(str(error).split())}"[:120]
        do = "save them as torch.save(module.state_dict(), FILE)"
        raise TargetError("cannot read the weights", where=str(file), got=got, do=do) from None
    for key in ("state_dict", "model"):  # how training programs pack them
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not all(isinstance(one, torch.Tensor) for one in found.values()):
        got, expected = type(found).__name__, "tensors by name, as of state_dict()"
        raise TargetError("not the weights of a module", where=str(file), got=got, expected=expected)
    try:
        module.load_state_dict(found, strict=True)
    except RuntimeError as error:
        got = " ".join(str(error).split()).partition(": ")[2][:160]
        raise TargetError("weights that do not fit", where=str(file), got=got, expected="those of the module") from None

"""What trained weights make of a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex

from rfscope.answers.effective import EffectiveField, Measured, measured
from rfscope.api.given import input_of, numbers_of
from rfscope.measured.images import Preparation
from rfscope.network import build
from rfscope.network.given import whole
from rfscope.targets import Reading

if TYPE_CHECKING:
    import torch

__all__ = ["erf"]


def erf(
    model: torch.nn.Module | str,
    images: Any = None,
    *,
    node: str | None = None,
    at: build.Numbers | None = None,
    device: str = "auto",
    cotangent: str = "signs",
    samples: int | None = None,
    seed: int = 0,
    batch: int | None = None,
    input: build.Numbers | Mapping[str, Sequence[SupportsIndex]] | None = None,
    of: str | None = None,
    fit: str = "crop",
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    weights: str | Path | None = None,
    arguments: Mapping[str, Any] | Sequence[Any] | None = None,
    allow_import: bool = False,
) -> EffectiveField:
    """Measure the effective receptive field: the gradients of one output on images, beside what it can read.

    The module runs its own code with its own weights in evaluation mode, and is left as it was.

    Args:
        model: A torch module, or ``"package.module:name"``, which runs that code.
        images: A folder of images (of ``.wav`` or ``.npy`` for one axis, ``.npy`` for three), a file, an array of
            (images, channels, sizes), or a list of arrays; Gaussian noise if not given.
        node: The module or layer whose output is looked at, instead of the whole's.
        at: Which of its positions, per axis; the middle one by default.
        device: ``"cpu"``, ``"cuda"``, or ``"auto"``: a GPU if there is one.
        cotangent: What the output's channels are weighted with before they are added: ``"signs"``, random and of each
            image its own; ``"sum"``, ones; ``"relu"``, ones where they are positive, as RepLKNet does.
        samples: How many images; up to 50 of a folder or an array, and 50 of noise, by default.
        seed: Where random numbers begin, 0 or more: the same seed gives the same field.
        batch: Images at once; as many as are quick and fit by default.
        input: Spatial size of the input, as for ``analyze``; by default that of arrays, or one on which the exact field
            fits.
        of: The input that is looked at, by name, where there are several; the others are noise.
        fit: How a picture gets the input's size: ``"crop"`` keeps its proportions, ``"stretch"`` does not.
        mean: Mean of each channel, taken off; ImageNet's for pictures of three channels by default.
        std: Deviation of each channel, which it is divided by.
        weights: A file of weights that the module is given first; a module that is given keeps them.
        arguments: What a factory is called with.
        allow_import: Whether torch may load a ``.pt2`` file, which runs whatever code is in it.

    Returns:
        The field: printed, it is the answer of the command line; ``e1`` and ``e2`` are its maps, ``plot()`` draws it.

    Raises:
        RfscopeError: The target is no module or cannot be read or run, or the images or weights do not fit.

    Source:
        Luo, Li, Urtasun, Zemel: "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks",
        NIPS 2016.

    Example:
        >>> from torch import nn
        >>> found = erf(nn.Conv2d(1, 2, 3, padding=1), input=9, samples=2, device="cpu")
        >>> found.at, found.frame, found.outside.kind
        ((4, 4), ((3, 3), (3, 3)), 'none')
    """
    size, shapes = input_of(input)
    reading = Reading(input=size, shapes=shapes, of=of, arguments=arguments)
    wanted = Measured(
        images=images,
        samples=whole(samples),
        node=node,
        at=None if at is None else numbers_of("at", at),
        weights=weights,
        how=Preparation(fit=fit, mean=mean, std=std),
        cotangent=cotangent,
        seed=whole(seed),
        device=device,
        batch=whole(batch),
        allow_import=allow_import,
    )
    return measured(model, reading, wanted)

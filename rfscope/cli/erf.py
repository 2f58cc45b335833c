"""``rfscope erf``: the effective receptive field of a torch module, beside the exact one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from rfscope.activity import doing
from rfscope.answers.effective import EffectiveField, Measured, measured
from rfscope.cli.completion import targets
from rfscope.cli.options import OF_TARGET, AsJson, At, NodeName
from rfscope.cli.unfold import From, unfolded
from rfscope.cli.values import sizes
from rfscope.errors import OutputError, RfscopeError, shorten
from rfscope.measured.images import Preparation
from rfscope.measured.stored import SUFFIX
from rfscope.targets import Reading

__all__ = ["GivenModule", "Measuring", "register"]

_PANEL = "How it is measured"

GivenModule = Annotated[
    Reading, OF_TARGET.without("kernel", "stride", "dims", "causal", "sample_rate", "allow_unknown")
]
"""What a torch module leaves open."""

Module = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="package.module:name (a torch module, or what makes one: this runs your code), or a .pt2 file.",
        autocompletion=targets,
    ),
]
Images = Annotated[
    Path | None,
    typer.Option(
        "--images",
        metavar="FOLDER",
        help="Folder of images, or one file: .wav or .npy for one axis, .npy for three. Noise if not given.",
        rich_help_panel=_PANEL,
    ),
]
Count = Annotated[
    int | None,
    typer.Option("--samples", metavar="N", help="Images to take; 50 if not given, or all.", rich_help_panel=_PANEL),
]
Weights = Annotated[
    Path | None,
    typer.Option(
        "--weights",
        metavar="FILE",
        help="Weights that the module is given first, as torch.save(module.state_dict(), FILE) writes them; nothing in "
        "the file is run.",
        rich_help_panel=_PANEL,
    ),
]
Fit = Annotated[
    str,
    typer.Option(
        "--fit",
        metavar="crop|stretch",
        help="How a picture gets the input's size: cropped about its middle, or stretched.",
        rich_help_panel=_PANEL,
    ),
]
Mean = Annotated[
    str | None,
    typer.Option(
        "--mean",
        metavar="M,...",
        help="Mean of each channel, of values from 0 to 1; ImageNet's if not given and there are 3.",
        rich_help_panel=_PANEL,
    ),
]
Std = Annotated[
    str | None,
    typer.Option("--std", metavar="S,...", help="Deviation of each channel, likewise.", rich_help_panel=_PANEL),
]
Cotangent = Annotated[
    str,
    typer.Option(
        "--cotangent",
        metavar="signs|sum|relu",
        help="What the output's channels are weighted with: random signs, ones, or ones where they are positive, which "
        "also gives RepLKNet's numbers.",
        rich_help_panel=_PANEL,
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Where random numbers begin.", rich_help_panel=_PANEL)]
Batch = Annotated[
    int | None,
    typer.Option(
        "--batch",
        metavar="N",
        help="Images at once; as many as are quick and fit if not given.",
        rich_help_panel=_PANEL,
    ),
]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|cuda", help="Where to run.", rich_help_panel=_PANEL)]
AllowImport = Annotated[
    bool,
    typer.Option(
        "--allow-import", help="Let torch load a .pt2 file, which runs the code in it.", rich_help_panel=_PANEL
    ),
]
File = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Also write a picture (.png, .svg, .pdf), or the maps (.npz)."),
]


def _measuring(
    node: NodeName = None,
    at: At = None,
    images: Images = None,
    samples: Count = None,
    weights: Weights = None,
    fit: Fit = "crop",
    mean: Mean = None,
    std: Std = None,
    cotangent: Cotangent = "signs",
    seed: Seed = 0,
    batch: Batch = None,
    device: Device = "auto",
    allow_import: AllowImport = False,
) -> Measured:
    return Measured(
        images=images,
        samples=samples,
        node=node,
        at=sizes(at, "--at"),
        weights=weights,
        how=Preparation(fit=fit, mean=_numbers(mean, "--mean"), std=_numbers(std, "--std")),
        cotangent=cotangent,
        seed=seed,
        device=device,
        batch=batch,
        allow_import=allow_import,
    )


Measuring = Annotated[Measured, From(_measuring)]
"""What is measured, and on what."""


def _numbers(text: str | None, option: str) -> tuple[float, ...] | None:
    """Numbers with commas between them."""
    if text is None:
        return None
    try:
        found = tuple(float(word) for word in text.split(","))
    except ValueError:
        found = ()
    if not found or any(not abs(one) < float("inf") for one in found):
        raise RfscopeError(f"bad {option}", got=shorten(text), expected="numbers such as 0.485,0.456,0.406")
    return found


def register(app: typer.Typer, _words: object) -> None:
    """Add the command to the program."""
    app.command("erf", no_args_is_help=True)(unfolded(_erf))


def _erf(
    context: typer.Context,
    module: Module,
    given: GivenModule,
    measuring: Measuring,
    json: AsJson = False,
    output: File = None,
) -> None:
    """Measure the effective receptive field of a torch module on images, beside what it can read at all."""
    writer = None if output is None else _writer(output)
    found = measured(module, given, measuring)
    if output is not None and writer is not None:
        from rfscope.cli.output import confirm, write_file

        write_file(output, writer(found))
        confirm(output)
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump

        write(dump(found.record()))
    else:
        from rfscope.cli.output import show
        from rfscope.text.effective import effective_text

        show(context.obj, lambda console: effective_text(found, console.width))
    if found.outside.kind == "fault":
        raise typer.Exit(1)


def _writer(path: Path) -> Callable[[EffectiveField], bytes]:
    """What makes the bytes of a file; an unknown kind is refused before anything is measured."""
    if path.suffix.lower() == SUFFIX:
        from rfscope.measured.stored import packed

        return packed
    from rfscope.plots.save import picture_format, render

    try:
        kind = picture_format(path.suffix.removeprefix("."))
    except RfscopeError:
        raise OutputError("unknown kind of file", got=repr(path.name), expected=".png, .svg, .pdf or .npz") from None

    def drawn(found: EffectiveField) -> bytes:
        from rfscope.plots.settings import load_matplotlib, styled

        with doing("drawing"):
            load_matplotlib()
            with styled(None):
                return render(found.plot(), kind)

    return drawn

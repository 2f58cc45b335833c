"""Does gridding matter? Train one small network with twelve schedules of the same field, and see what each costs.

``python examples/does_gridding_matter.py`` trains each network for a few steps and shows what is certain of each.
``--preset study`` is the experiment: under half an hour on two idle cores. It appends every finished run to the file
of ``--runs`` and goes on from there when it is started anew; ``gridding_tables.py`` makes tables of that file.
``--preset long`` takes more seeds, steps and images, and wants a GPU.

The task: each pixel belongs to one of two classes, and bears +1 or -1 under noise of sigma 4. One pixel tells next to
nothing; only the mean over its blob does. A blob is 12 pixels wide: the classes are the sign of white noise behind a
Gaussian filter that is 12 pixels wide at half its height. All networks of one seed see the same images in the same
order, and those with equal weights begin with the same ones.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

import rfscope as rf

OF_FIELD_33 = (
    *("1,3,5,7", "1,2,6,7", "1,2,5,8", "1,1,5,9", "1,2,2,11"),  # without holes
    *("1,3,3,9", "1,3,6,6"),  # without holes, too: ladders, whose later rates share the factor 3
    *("2,3,5,6", "1,5,5,5", "1,1,1,13"),  # holes, no common factor
    *("2,2,4,8", "4,4,4,4"),  # a common factor
)
DENSE = ("1,1,1,1", "1,1,1,1@5")
"""Controls of equal depth: of equal weights and a field of 9; with 5x5 kernels and a field of 17."""
CHANNELS, SIZE, SIGMA, BLOB, RATE = 12, 64, 4.0, 12.0, 1e-2
CENTRE = SIZE // 2
TEST_SEED = 1_000_000
ROUNDING = 1e-5


@dataclass(frozen=True)
class Preset:
    """How much is trained and tested.

    Attributes:
        seeds: Networks per schedule.
        steps: Steps of training.
        batch: Images per step.
        tests: Images on which the trained network is judged, the same for all.
        measured: The first so many of them, on which its field is measured.
    """

    seeds: int
    steps: int
    batch: int
    tests: int
    measured: int


PRESETS = {"quick": Preset(1, 4, 2, 4, 2), "study": Preset(5, 600, 4, 200, 64), "long": Preset(20, 5000, 32, 1000, 256)}


def kernel_and_rates(schedule: str) -> tuple[int, list[int]]:
    rates, _, kernel = schedule.partition("@")
    return int(kernel or 3), [int(rate) for rate in rates.split(",")]


def network(kernel: int, rates: list[int]) -> nn.Sequential:
    """A stem and a head that see one pixel, and between them the schedule: its field is that of the network."""
    layers: list[nn.Module] = [nn.Conv2d(1, CHANNELS, 1), nn.ReLU()]
    for rate in rates:
        padding = rate * (kernel - 1) // 2
        layers += [nn.Conv2d(CHANNELS, CHANNELS, kernel, padding=padding, dilation=rate), nn.ReLU()]
    made: Any = nn.Sequential(*layers, nn.Conv2d(CHANNELS, 1, 1))
    model: nn.Sequential = made.to(memory_format=torch.channels_last)  # torch's stubs lack this
    return model


def images(many: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Noisy images and the classes of their pixels, both (many, 1, SIZE, SIZE)."""
    frequency = torch.fft.fftfreq(SIZE)
    sigma = BLOB / math.sqrt(8 * math.log(2))
    response = torch.exp(-2 * (math.pi * sigma) ** 2 * (frequency[:, None] ** 2 + frequency**2))
    white = torch.randn(many, 1, SIZE, SIZE, generator=generator)
    classes = (torch.fft.ifft2(torch.fft.fft2(white) * response).real > 0).float()
    return 2 * classes - 1 + SIGMA * torch.randn(many, 1, SIZE, SIZE, generator=generator), classes


def trained(schedule: str, seed: int, preset: Preset, device: str) -> nn.Sequential:
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = network(*kernel_and_rates(schedule)).to(device)
    adam = torch.optim.Adam(model.parameters(), lr=RATE)
    slowing = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=preset.steps)
    for _ in range(preset.steps):
        seen, classes = (part.to(device) for part in images(preset.batch, generator))
        adam.zero_grad()
        loss = binary_cross_entropy_with_logits(model(seen), classes)
        torch.autograd.backward(loss)
        adam.step()
        slowing.step()
    return model.cpu()


def judged(model: nn.Module, seen: Tensor, classes: Tensor) -> dict[str, float]:
    """How it errs: on how many pixels, how often adjacent pixels of one class fall out differently, how finely.

    ``error_inside`` is of the middle, where no output reads padding; ``fine`` is the share of the power of the error
    (probability minus class) at periods of 4 pixels and less along either axis.
    """
    with torch.no_grad():
        output = torch.cat([model(part) for part in torch.split(seen, 50)])
    wrong = (output > 0) != (classes > 0)
    apart = [(wrong.narrow(d, 1, SIZE - 1) != wrong.narrow(d, 0, SIZE - 1)) for d in (2, 3)]
    alike = [(classes.narrow(d, 1, SIZE - 1) == classes.narrow(d, 0, SIZE - 1)) for d in (2, 3)]
    power = torch.fft.fft2(output.sigmoid() - classes).abs().square().sum((0, 1))
    fine = torch.fft.fftfreq(SIZE).abs() >= 1 / 4
    return {
        "error": wrong.float().mean().item(),
        "error_inside": wrong[..., CENTRE // 2 : -CENTRE // 2, CENTRE // 2 : -CENTRE // 2].float().mean().item(),
        "disagree": torch.cat([a[b] for a, b in zip(apart, alike, strict=True)]).float().mean().item(),
        "fine": (power[fine[:, None] | fine].sum() / power.sum()).item(),
    }


def measured_field(model: nn.Module, seen: Tensor) -> np.ndarray[Any, Any]:
    """Mean over the images of the squared gradient of the output in the middle, for each pixel: (SIZE, SIZE)."""
    found = rf.erf(model, seen, at=(CENTRE, CENTRE), samples=len(seen), cotangent="sum", device="cpu")
    return found.e2


def measured(model: nn.Module, seen: Tensor, schedule: str) -> dict[str, Any]:
    """The measured field along an axis, over the exact one, and the largest gradient outside what can matter."""
    exact = np.asarray(rf.analyze(schedule).output.counts.map())
    before = CENTRE - len(exact) // 2
    frame = np.pad(exact, (before, SIZE - before - len(exact)))
    energy = measured_field(model, seen)
    inside = energy[before:, before:][: len(exact), : len(exact)]
    marginal = (inside.sum(0) + inside.sum(1)) / (2 * inside.sum())
    return {"outside": float(energy[frame == 0].max()), "marginal": [round(float(part), 5) for part in marginal]}


def interleaved(model: nn.Sequential, seen: Tensor, schedule: str) -> float | None:
    """Where the rates share a factor: how far the outputs are from those of the sub-images, each seen by itself.

    None where they share none. The difference is relative to the largest output, and only rounding.
    """
    kernel, rates = kernel_and_rates(schedule)
    factor = math.gcd(*rates)
    if factor == 1:
        return None
    small = network(kernel, [rate // factor for rate in rates])
    small.load_state_dict(model.state_dict())
    worst = 0.0
    with torch.no_grad():
        whole = model(seen)
        for i, j in np.ndindex(factor, factor):
            own = small(seen[..., i::factor, j::factor])
            worst = max(worst, float((whole[..., i::factor, j::factor] - own).abs().max()))
        return worst / float(whole.abs().max())


def run(schedule: str, seed: int, preset: Preset, device: str) -> dict[str, Any]:
    """Train one network and tell all that the tables need."""
    start = time.process_time()
    model = trained(schedule, seed, preset, device)
    seen, classes = images(preset.tests, torch.Generator().manual_seed(TEST_SEED))
    found: dict[str, Any] = {name: round(value, 5) for name, value in judged(model, seen, classes).items()}
    found |= measured(model, seen[: preset.measured], schedule)
    found["interleaved"] = interleaved(model, seen[:4], schedule)
    return {"schedule": schedule, "seed": seed, **found, "seconds": round(time.process_time() - start, 1)}


def certain(found: dict[str, Any]) -> str:
    """What holds of every network, however it was trained; a number that says otherwise is a fault."""
    schedule, apart = found["schedule"], found["interleaved"]
    if found["outside"] > 0:
        sys.exit(f"fault: {schedule} has a gradient of {found['outside']} outside its exact field")
    says = f"{schedule}: no gradient outside the exact field"
    if apart is None:
        return says
    if apart > ROUNDING:
        sys.exit(f"fault: the interleaved images of {schedule} meet: outputs differ by {apart}")
    return f"{says}; {math.gcd(*kernel_and_rates(schedule)[1]) ** 2} images that never meet"


def made_with(preset: Preset, device: str) -> dict[str, Any]:
    where = torch.cuda.get_device_name() if device == "cuda" else "CPU"
    return {**asdict(preset), "torch": torch.__version__, "rfscope": rf.__version__, "device": where}


def finished(path: Path, head: dict[str, Any]) -> set[tuple[str, int]]:
    """The runs that the file has; a last line that was cut short is taken away, and an empty file gets its head."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
        path.write_text("".join(lines), encoding="utf-8")
    if not lines:
        path.write_text(json.dumps(head) + "\n", encoding="utf-8")
        return set()
    if json.loads(lines[0]) != head:
        sys.exit(f"error: {path} holds runs of another kind: {lines[0].strip()}; name a new file with --runs")
    return {(line["schedule"], line["seed"]) for line in map(json.loads, lines[1:])}


def main() -> None:
    parser = argparse.ArgumentParser(description="Does gridding matter?")
    parser.add_argument("--preset", choices=PRESETS, default="quick")
    parser.add_argument("--runs", type=Path, metavar="FILE.jsonl", help="where finished runs are kept")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    if asked.device == "cuda" and not torch.cuda.is_available():
        parser.error("torch finds no GPU")
    torch.set_num_threads(asked.threads)
    preset = PRESETS[asked.preset]
    done = finished(asked.runs, made_with(preset, asked.device)) if asked.runs else set()
    for seed in range(preset.seeds):  # seed by seed: what is complete when it is stopped can be compared
        for schedule in OF_FIELD_33 + DENSE:
            if (schedule, seed) in done:
                continue
            found = run(schedule, seed, preset, asked.device)
            if asked.runs:
                with asked.runs.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(found) + "\n")
            print(certain(found), flush=True)


if __name__ == "__main__":
    main()

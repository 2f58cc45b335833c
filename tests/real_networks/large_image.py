"""Run large images whole and tiled: ``python -m tests.real_networks.large_image FOLDER [WORD...] [--local MIRROR]``.

Each run is a process of its own, in float32, one after the other. Memory is what ``LiveStorages`` counts while the
tiles run, beside what the plan had counted without data, and beside the anonymous pages that the process holds (the
image and the result lie in files). The exit code is 1 where tiles differ from the whole by more than 1e-3 of its
standard deviation (float32 rounds), or the two counts by more than 2 %.

It takes minutes: start it with ``nice``. It needs the environment of ``tests/real_networks/environment.sh``, and
for the image of 4,000 x 3,000 some 12 GiB; what does not fit is tried on half of the image, again and again, and
the image itself only tiled.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

import numpy as np

from tests.real_networks.alone import alone
from tests.real_networks.public.checkout import checkout
from tests.real_networks.public.commits import COMMITS

__all__ = ["main"]

_ALLOWED = 1e-3
_SPARE = 1.5
"""A run is tried where there is so many times the memory of what the plan counts."""


class Large(NamedTuple):
    """A network, an image, and the memory that a tile may take.

    Attributes:
        name: What it is called.
        make: Its factory in ``tests.real_networks.tiles.factories``.
        options: What that is called with.
        channels: Of the image.
        size: Of the image.
        memory: In MiB.
        repository: Where its code comes from; none if from a library.
    """

    name: str
    make: str
    options: Mapping[str, Any]
    channels: int
    size: tuple[int, int]
    memory: int
    repository: str = ""


ROWS = [
    Large("FCN ResNet-50 (torchvision)", "fcn_resnet50", {}, 3, (3000, 4000), 2048),
    Large("ESRGAN, 6 blocks", "esrgan", {"nf": 64, "nb": 6}, 3, (256, 352), 512, "xinntao/ESRGAN"),
    Large("U-Net (microscopy)", "milesial", {}, 1, (528, 704), 256, "milesial/Pytorch-UNet"),
]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.real_networks.large_image", description=__doc__)
    parser.add_argument("folder", type=lambda text: Path(text).resolve(), help="where images and results are kept")
    parser.add_argument("words", nargs="*", metavar="WORD", help="only networks whose name has one of them")
    parser.add_argument("--local", type=lambda text: Path(text).resolve(), help="a folder of bare clones")
    options = parser.parse_intermixed_args(words)
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = [row for row in ROWS if not options.words or any(w.lower() in row.name.lower() for w in options.words)]
    held = [_tried(row, options.folder, options.local) for row in rows]
    return int(not all(held))


def _tried(row: Large, folder: Path, local: Path | None) -> bool:
    """Run a network whole and tiled, and print what was seen; whether it held."""
    code = checkout(row.repository, COMMITS[row.repository], folder, local) if row.repository else folder
    print(f"## {row.name}, {row.channels} x {row.size[0]} x {row.size[1]}, at most {row.memory} MiB a tile", flush=True)
    size, held = row.size, True
    while (counted := alone(_counted, row, code, size)) * _SPARE > (free := _available()):
        print(f"whole at {size[0]} x {size[1]}: {_mib(counted)} counted, {_mib(free)} free: not tried", flush=True)
        size = (size[0] // 64 * 32, size[1])
    if size != row.size:
        held = _within(alone(_tiled, row, code, folder, row.size))
    tiled = alone(_tiled, row, code, folder, size)
    held = _within(tiled) and held
    whole = alone(_whole, row, code, folder, size)
    far = alone(_compared, folder)
    slower = tiled["seconds"] / whole["seconds"]
    print(f"whole: {_mib(whole['live'])} alive ({_mib(counted)} counted), {_mib(whole['pages'])} of pages, "
          f"{whole['seconds']:.0f} s; tiled takes {slower:.2f} times as long, "
          f"{whole['live'] / tiled['live']:.1f} times less memory")  # fmt: skip
    print(f"largest difference {far['difference']:.1e} of the standard deviation ({far['deviation']:.3g}), "
          f"{far['outputs']} outputs\n", flush=True)  # fmt: skip
    return held and bool(far["difference"] <= _ALLOWED)


def _within(tiled: Mapping[str, Any]) -> bool:
    counted, live = tiled["counted"], tiled["live"]
    axes = ", ".join(f"{one} {way}" for one, way in zip(tiled["begins"], ("down", "across"), strict=True))
    print(f"tiled: {tiled['count']} tiles of {tiled['tile']} ({axes}), {tiled['computed']:.3f} times the work; "
          f"{_mib(live)} alive at the peak, {_mib(counted)} counted without data ({live / counted - 1:+.3%}), "
          f"{_mib(tiled['pages'])} of pages, {tiled['seconds']:.0f} s", flush=True)  # fmt: skip
    return bool(abs(live / counted - 1) <= 0.02)


def _module(row: Large, code: Path) -> Any:
    import torch

    from tests.real_networks.tiles import factories

    sys.path.insert(0, str(code))
    torch.manual_seed(0)
    return getattr(factories, row.make)(**row.options).eval()


def _plan(module: Any, row: Large, size: tuple[int, int]) -> Any:
    import rfscope as rf

    return rf.tile(module, input=size, memory=row.memory * 2**20)


def _counted(row: Large, code: Path, size: tuple[int, int]) -> int:
    """Bytes that the whole takes, counted without data."""
    from rfscope.verification.memory import meta_peak

    return meta_peak(_module(row, code), [(1, row.channels, *size)], "float32")


def _image(row: Large, size: tuple[int, int]) -> Any:
    import torch

    return torch.randn((1, row.channels, *size), generator=torch.Generator().manual_seed(1))


def _tiled(row: Large, code: Path, folder: Path, size: tuple[int, int]) -> dict[str, Any]:
    import torch

    module = _module(row, code)
    plan = _plan(module, row, size)
    np.save(folder / "image.npy", _image(row, size).numpy())
    image, result, live, seconds = np.load(folder / "image.npy", mmap_mode="r"), None, _live(module), 0.0
    with _pages() as pages:
        for tile in plan:
            began = time.perf_counter()
            part = torch.from_numpy(image[..., *tile.read].copy())
            made = _run(module, part, live)
            if result is None:
                shape = (*made.shape[:2], *plan.output_size)
                result = np.lib.format.open_memmap(folder / "tiled.npy", "w+", np.float32, shape)
                result[...] = np.nan
            result[..., *tile.write] = made[..., *tile.keep].numpy()
            del part, made
            seconds += time.perf_counter() - began
    return {
        "count": plan.count, "tile": "x".join(map(str, plan.tile)), "computed": plan.computed, "live": live.peak,
        "begins": [len(axis.pieces) for axis in plan.axes], "counted": plan.bytes.tile, "pages": pages[0],
        "seconds": seconds, "exact": plan.exact,
    }  # fmt: skip


def _whole(row: Large, code: Path, folder: Path, size: tuple[int, int]) -> dict[str, Any]:
    module, image = _module(row, code), _image(row, size)
    live = _live(module)
    with _pages() as pages:
        began = time.perf_counter()
        made = _run(module, image, live)
        seconds = time.perf_counter() - began
    np.save(folder / "whole.npy", made.numpy())
    return {"live": live.peak, "pages": pages[0], "seconds": seconds}


def _live(module: Any) -> Any:
    from rfscope.verification.memory import LiveStorages

    live = LiveStorages()
    live.ignore([*module.parameters(), *module.buffers()])
    return live


def _run(module: Any, image: Any, live: Any) -> Any:
    """The first map that a module returns, with every storage counted that is alive meanwhile."""
    import torch
    from torch.utils._pytree import tree_leaves

    from rfscope.verification.memory import counted

    live.add(image)
    with torch.no_grad():
        return tree_leaves(counted(lambda: module(image), live))[0]


def _compared(folder: Path) -> dict[str, Any]:
    """The largest difference over the standard deviation, row by row."""
    whole, tiled = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("whole", "tiled"))
    largest = total = squares = 0.0
    for row in range(whole.shape[2]):
        one, other = (made[:, :, row].astype(np.float64) for made in (whole, tiled))
        largest = float(np.maximum(largest, np.abs(one - other).max()))  # NaN, where nothing was written, stays
        total, squares = total + float(one.sum()), squares + float(np.square(one).sum())
    deviation = float(np.sqrt(squares / whole.size - (total / whole.size) ** 2))
    return {"difference": largest / deviation, "deviation": deviation, "outputs": whole.size}


@contextmanager
def _pages() -> Iterator[list[int]]:
    """The most bytes of anonymous pages that the process gains meanwhile, looked at every 5 ms."""
    done, most, before = Event(), [0], _anonymous()

    def look() -> None:
        while not done.wait(0.005):
            most[0] = max(most[0], _anonymous() - before)

    looking = Thread(target=look, daemon=True)
    looking.start()
    yield most
    done.set()
    looking.join()


def _field(path: str, name: str) -> int:
    line = next(line for line in Path(path).read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


_anonymous: Callable[[], int] = partial(_field, "/proc/self/status", "RssAnon:")
_available: Callable[[], int] = partial(_field, "/proc/meminfo", "MemAvailable:")


def _mib(amount: float) -> str:
    return f"{amount / 2**20:.2f} MiB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

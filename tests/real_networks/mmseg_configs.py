"""The configs of an installed mmsegmentation, read by rfscope and held against the models that they build.

Run by hand, in an environment with torch, mmsegmentation, mmcv-lite and mmengine:

    python -m tests.real_networks.mmseg_configs [--show FOLDER] [--models PART OF A NAME]

It reads every config that ships with the wheel and counts the unreadable ones by reason. Some it builds with
mmsegmentation, in which every convolution then has one channel and weights of 1, pooling sums, and norms do nothing:
the gradient of one score is then the number of paths to it, taken modulo a prime at every convolution. A second time
the gradient is replaced by its support, which is all that can be compared where maps are interpolated. Both must equal
what rfscope makes of the config alone, and so must every convolution, by its name, those of training heads included.
The second witness is rfscope's own reader of modules, on the model as it is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from torch import nn

from rfscope.errors import RfscopeError, TargetError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.graph import Network, Node
from rfscope.network.parts import part_of
from rfscope.network.reads import Resize, TransposedWindow, Window
from rfscope.readers.mmseg import read_config
from tests.real_networks.mmseg_built import BUILT, BY_GRADIENT, OWN
from tests.real_networks.reduced import PRIME, built_model, reduced, seen_by, stub_operators


class Layer(NamedTuple):
    """What is compared of a convolution."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: tuple[int, ...]
    groups: int
    channels: tuple[int, int]


def configs() -> Path:
    """The folder of the configs of the installed wheel; nothing of it is imported."""
    found = find_spec("mmseg")
    if found is None or found.origin is None:
        sys.exit("mmsegmentation is not installed here")
    return Path(found.origin).parent / ".mim" / "configs"


def main() -> None:
    """Read all configs, compare some, and print both tables."""
    words = argparse.ArgumentParser()
    words.add_argument("--show", help="list the readable configs of one folder", default=None)
    words.add_argument("--skip-models", action="store_true", help="only read")
    words.add_argument("--models", help="only the models in whose names this stands", default="")
    options = words.parse_args()
    if not options.models:
        _read_all(configs(), options.show)
    if not options.skip_models:
        sys.exit(_compare_all(configs(), options.models))


def _read_all(folder: Path, show: str | None) -> None:
    paths = [path for path in sorted(folder.rglob("*.py")) if "_base_" not in path.parts]
    good: Counter[str] = Counter()
    bad: Counter[str] = Counter()
    started = time.perf_counter()
    for path in paths:
        try:
            network = read_config(path).network
        except RfscopeError as error:
            bad[error.what] += 1
        else:
            good[path.parent.name] += 1
            if show == path.parent.name:
                print(f"{path.name}: {len(network.nodes)} layers, input {network.input}")
    seconds = time.perf_counter() - started
    print(f"{good.total()} of {len(paths)} configs read in {seconds:.1f} s")
    for name, count in good.most_common():
        print(f"  {count:4} {name}")
    print(f"{bad.total()} not read, by reason")
    for reason, count in bad.most_common():
        print(f"  {count:4} {reason}")


def _compare_all(folder: Path, part: str) -> int:
    stub_operators()
    print(
        f"{'config':66} {'input':>10} {'layers':>6} {'field':>9} {'backbone':>8}  witness  same  torch reader  seconds"
    )
    with tempfile.TemporaryDirectory() as own:
        for name, content in OWN.items():
            (Path(own) / f"{name}.py").write_text(content, encoding="utf-8")
        paths = [folder / name for name in (*BUILT, *BY_GRADIENT)] + [Path(own) / f"{name}.py" for name in OWN]
        found = Counter(_show(path) for path in paths if part in path.stem)
    print(f"{found['both']} of {found.total()} agree with both witnesses, {found['gradient']} more with the gradient")
    return min(found["none"], 1)


def _show(path: Path) -> str:
    """Compare one model: which witnesses agree."""
    started = time.perf_counter()
    row, agreed = _compared(path)
    print(f"{path.stem:66} {row} {time.perf_counter() - started:8.1f}", flush=True)
    return agreed


def _compared(path: Path) -> tuple[str, str]:
    size = _size(read_config(path).network)
    network = read_config(path, input=size).network
    resized = any(isinstance(read, Resize) for node in network.nodes for read in node.reads)
    analysis = analyze(network, input=size)
    counted = not resized
    model = built_model(path)
    there = {name: _layer(module) for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}
    here = {node.name: _window(node) for node in network.nodes if node.op == "conv" and "#" not in node.name}
    layers = here == there
    reader = _torch_reader(model, size, analysis)
    smaller, place = reduced(model), analysis.output.position
    support = seen_by(smaller, size, place, counted=False)
    same = layers and _same_verdict(analysis, support)
    for exactly in {False, counted}:
        seen = seen_by(smaller, size, place, counted=exactly) if exactly else support
        same = same and np.array_equal(seen, _expected(analysis, counted=exactly))
    backbone = analyze(part_of(network, "backbone"), input=size).output.size[0]
    field = analysis.output.axes[0].size_max
    witness, said = "counts" if counted else "support", "yes" if same else "NO"
    text = f"{size[0]}x{size[1]:<5} {len(here):6} {field:9} {backbone:8}  {witness:7}  {said:4}  {reader:12}"
    if not same or reader == "NO":
        return text, "none"
    return text, "both" if reader == "yes" else "gradient"


def _size(network: Network) -> tuple[int, int]:
    """A size to compare at: half of what a config gives where that is large, and else one with room for the field.

    Where maps are scaled it is a multiple of the steps down, elsewhere one more than such a one.
    """
    if network.input is not None:
        height, width = (min(length, 512 + length % 2) for length in network.input)
        return height, width
    if any(isinstance(read, Resize | TransposedWindow) for node in network.nodes for read in node.reads):
        return 512, 512
    field = analyze(network).output.axes[0].size_max or 0
    return (field // 64 * 64 + 129,) * 2


def _window(node: Node) -> Layer:
    reads = [read for read in node.reads if isinstance(read, Window)]
    channels = (node.in_channels or 0, node.out_channels or 0)
    kernel, stride, dilation = zip(*((read.kernel, read.stride, read.dilation) for read in reads), strict=True)
    padding = tuple((read.known_padding or (0, 0))[0] for read in reads)
    return Layer(kernel, stride, dilation, padding, node.groups, channels)


def _layer(module: nn.Conv2d) -> Layer:
    return Layer(
        module.kernel_size,
        module.stride,
        module.dilation,
        tuple(map(int, module.padding)),
        module.groups,
        (module.in_channels, module.out_channels),
    )


def _expected(analysis: Analysis, *, counted: bool) -> Any:
    """What rfscope says, as a map of the image."""
    assert analysis.sizes is not None
    size = analysis.sizes["input"]
    assert size is not None
    found = analysis.output.counts.map()
    image = np.zeros(size, dtype=np.int64)
    where = tuple(
        slice(first, first + length) for first, length in zip(analysis.output.first, found.shape, strict=True)
    )
    image[where] = found % PRIME if counted else found > 0
    return image


def _same_verdict(analysis: Analysis, support: Any) -> bool:
    """Whether field, where the image has room for it, and verdict are those of the gradient's support."""
    at = np.argwhere(support)
    low, high = at.min(axis=0), at.max(axis=0)
    hole_free = len(at) == np.prod(high - low + 1)
    seen = [(int(length), int(start)) for length, start in zip(high - low + 1, low, strict=True)]
    places = zip(analysis.output.axes, analysis.output.position, strict=True)
    fields = [(found.size, found.start) for field, place in places for found in [field.at(place)]]
    return hole_free == analysis.hole_free and (seen == fields or _beyond(fields, support.shape))


def _beyond(fields: Sequence[tuple[int | None, int | None]], size: Sequence[int]) -> bool:
    """Whether a field reaches beyond the image, so that the gradient cannot show all of it."""
    return any(
        span is None or start is None or start < 0 or start + span > length
        for (span, start), length in zip(fields, size, strict=True)
    )


def _torch_reader(model: nn.Module, size: tuple[int, ...], analysis: Analysis) -> str:
    """The second witness: rfscope's own reader of modules, where it can follow the model."""
    import rfscope as rf

    target: Any = model
    try:
        other = rf.analyze(target, input=size)
    except (UnsupportedError, TargetError):  # it cannot be followed, or does not run without the compiled operators
        return "not read"
    fields = [(axis.size_max, axis.start) for axis in analysis.output.axes]
    same = fields == [(axis.size_max, axis.start) for axis in other.output.axes]
    rates = [[(one.rates, found.judgement.has_holes(one)) for one in found.schedules] for found in (analysis, other)]
    return "yes" if same and rates[0] == rates[1] and other.hole_free == analysis.hole_free else "NO"


if __name__ == "__main__":
    main()

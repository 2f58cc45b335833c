"""Real networks exported to ONNX both ways, and read again: is the answer that of the torch reader, node for node?

Run by hand, in an environment with torchvision, onnx and onnxscript, from the root of the repository:
``python -m tests.real_networks.onnx_exports [NAME ...]``. It prints a line a network and exporter, and ends with exit
code 1 if one of them differs.
"""

from __future__ import annotations

import importlib
import logging
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZE = 224


CLASSIFIERS = [
    *("resnet18", "resnet50", "vgg11", "densenet121", "googlenet", "inception_v3", "mobilenet_v2", "efficientnet_b0"),
    *("shufflenet_v2_x1_0", "squeezenet1_1", "convnext_tiny", "regnet_y_400mf", "mnasnet1_0", "mobilenet_v3_small"),
    *("swin_t", "vit_b_16"),
]
SEGMENTATION = ["deeplabv3_resnet50", "fcn_resnet50", "lraspp_mobilenet_v3_large"]


def build(name: str) -> Any:
    """A network of torchvision without trained weights."""
    import torch

    library: Any = torch.library
    for missing in ("nms", "qnms"):  # not there in wheels without their compiled part
        if not hasattr(torch.ops.torchvision, missing):
            signature = f"{missing}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(f"torchvision::{missing}", signature.removeprefix(missing))
    models: Any = importlib.import_module("torchvision.models")
    if name in SEGMENTATION:
        return getattr(models.segmentation, name)(weights=None, weights_backbone=None)
    more = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return getattr(models, name)(weights=None, **more)


def exported(module: Any, *, dynamo: bool) -> Any:
    """The module as an ONNX model."""
    import onnx
    import torch

    options: dict[str, Any] = {"dynamo": True, "verbose": False} if dynamo else {"dynamo": False}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.onnx"
        torch.onnx.export(module, (torch.zeros(1, 3, SIZE, SIZE),), file, **options)
        return onnx.load(file, load_external_data=False)


def read_ranges(read: Any, size: int | None) -> Any:
    """What a read reads on a map of some size, whatever kind it is written in."""
    from rfscope.network.reads import Unknown, Whole
    from rfscope.network.sizes import output_size, settled
    from tests.oracle import read_by

    if isinstance(read, Whole | Unknown) or size is None:
        return type(read).__name__
    read = settled(read, size)
    return [sorted({i for i in read_by(read, o, size) if 0 <= i < size}) for o in range(output_size(read, size))]


def nodes(network: Any) -> dict[str, Any]:
    """Each node's reads and inputs, by its name."""
    from rfscope.network.sizes import settle, size_read

    sizes = settle(network).sizes
    found = {}
    for node in network.nodes:
        size = size_read(node, sizes or {}) or (None,) * network.dims
        found[node.name] = (
            [read_ranges(read, length) for read, length in zip(node.reads, size, strict=True)],
            node.inputs,
        )
    return found


def answer(network: Any) -> Any:
    """What an analysis says of each output, without names: its fields, and which pixels it reads."""
    from rfscope.exact.analysis import analyze
    from rfscope.text.as_json import analysis_data

    found = []
    for output in analysis_data(analyze(network))["outputs"]:
        ends = output.get("before_global") or [output]
        fields = [[{**axis, "global_through": None} for axis in end["axes"]] for end in ends]
        found.append((fields, output["coverage"], output["at"]))
    return found


def compare(torch_network: Any, onnx_network: Any) -> tuple[int, int, list[str]]:
    """How many nodes have one name in both, how many have not, and which of the first differ."""
    ours, theirs = nodes(torch_network), nodes(onnx_network)
    both = ours.keys() & theirs.keys() | {"input"}
    different = []
    for name in both - {"input"}:
        (reads, inputs), (others, other_inputs) = ours[name], theirs[name]
        kept = [set(names) if set(names) <= both else None for names in (inputs, other_inputs)]
        if reads != others or (None not in kept and kept[0] != kept[1]):
            different.append(name)
    return len(both) - 1, len(ours.keys() ^ theirs.keys()), sorted(different)


def rows(names: list[str]) -> Iterator[tuple[str, bool]]:
    """Compare every network and print a line for each."""
    from rfscope.errors import RfscopeError
    from rfscope.readers.onnx import read_model
    from rfscope.readers.torch import read_module

    for name in names or [*CLASSIFIERS, *SEGMENTATION]:
        module = build(name).eval()
        try:
            expected = read_module(module, input=(SIZE, SIZE), name=name).network
            wanted = answer(expected)
        except RfscopeError as error:
            yield f"{name:28} torch reader: {error}", True
            continue
        for dynamo in (False, True):
            head = f"{name:28} {'dynamo' if dynamo else 'traced':8}"
            try:
                model = exported(module, dynamo=dynamo)
            except Exception as error:  # noqa: BLE001 - an exporter that refuses is not ours to mend
                yield f"{head} not exported: {type(error).__name__} {str(error)[:100]!r}", True
                continue
            start = time.perf_counter()
            try:
                found = read_model(model, file=f"{name}.onnx", input=(SIZE, SIZE))
            except RfscopeError as error:
                yield f"{head} not read: {str(error)[:200]}", False
                continue
            seconds = time.perf_counter() - start
            common, apart, different = compare(expected, found)
            same = answer(found) == wanted
            counts = f"{len(expected.nodes):4} and {len(found.nodes):4} nodes, {common:4} of one name, {apart:4} not"
            verdict = "same answer" if same else "OTHER ANSWER"
            line = f"{head} {counts}, {len(different):3} differ, {verdict}, {seconds:.2f} s {' '.join(different[:4])}"
            yield line, same and not different


def main() -> int:
    """Print the table."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    good = True
    for line, agrees in rows(sys.argv[1:]):
        print(line, flush=True)
        good = good and agrees
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

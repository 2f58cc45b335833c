"""A working folder in which everything that could be imported leaves a mark when it is."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LIBRARIES = """
    _yaml annotated_types click colorama contourpy cycler dateutil filelock fontTools fsspec google jinja2
    kiwisolver markdown_it markupsafe matplotlib mdurl ml_dtypes mpl_toolkits mpmath networkx numpy onnx onnxscript
    PIL optree packaging pydantic pydantic_core pygments pyparsing pytest rich scipy setuptools shellingham
    sitecustomize six sympy torch torchvision triton typer typing_extensions typing_inspection usercustomize yaml
"""

PACKAGES = {"concurrent", "google", "importlib", "matplotlib", "multiprocessing", "numpy", "onnx", "torch", "yaml"}

SPEC = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\n"

FILES = {
    "net.toml": SPEC,
    "net.yaml": "rfscope: 1\nlayers: [{op: conv, kernel: 3, dilation: 2}, {op: resize, scale: 2}]\n",
    "net.json": '{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "stride": 2}]}',
    "more/one.toml": SPEC,
    "more/two.toml": SPEC,
    "matplotlibrc": "backend: module://evil\ntext.usetex: True\n",
}


DISTRIBUTION = {
    "METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
    "entry_points.txt": "[torch.backends]\nx = evil:go\n[pydantic]\nx = evil:go\n[matplotlib.backend]\nx = evil\n",
}
"""What some libraries look for on the search path, and import."""


def plant(folder: Path, *, but: frozenset[str] = frozenset()) -> Path:
    """Fill a folder with networks of all kinds, and with modules that shadow Python's, our libraries' and ours.

    Args:
        folder: Which.
        but: Names not to shadow.

    Returns:
        The file in which a module leaves its name when it is imported.
    """
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    shutil.copy(ROOT / "examples" / "dilated-stage.onnx", folder / "net.onnx")
    for name in ("fcn-r50-d8.py", "fcn-r50-d8-full.py"):
        shutil.copy(ROOT / "examples" / "configs" / name, folder)
    for name, content in DISTRIBUTION.items():
        (folder / "evil-1.0.dist-info").mkdir(exist_ok=True)
        (folder / "evil-1.0.dist-info" / name).write_text(content, encoding="utf-8")
    return shadow(folder, but=but)


def shadow(folder: Path, *, but: frozenset[str] = frozenset()) -> Path:
    """Fill a folder with the modules alone; see ``plant``."""
    mark = folder.parent / f"{folder.name}.marks"
    text = f"with open({str(mark)!r}, 'a') as marks:\n    marks.write(__name__ + ' ')\n"
    for name in {*sys.stdlib_module_names, *LIBRARIES.split(), "rfscope", "evil"} - but:
        path = folder / name / "__init__.py" if name in PACKAGES else folder / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return mark

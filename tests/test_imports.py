"""What is loaded when: the quick paths stay quick."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HEAVY = ("torch", "matplotlib", "scipy", "numpy", "onnx", "yaml")

SPEC = Path(__file__).parent.parent / "examples" / "context-module.toml"
QUICK = {
    "import": "import rfscope",
    "rates as JSON": "from rfscope.cli import run; run(['analyze', 'rates', '1,2,5', '--json'])",
    "rates for people": "from rfscope.cli import run; run(['analyze', 'rates', '1,2,5'])",
    "lint": "from rfscope.cli import run; run(['lint', '2,4,8'])",
    "a config": "import rfscope.targets; rfscope.targets.resolve('examples/configs/fcn-r50-d8-full.py')",
    "lint on a spec": f"from rfscope.cli import run; run(['lint', {str(SPEC)!r}])",
    "every command's module": "from rfscope.cli import run; run(['--help'])",
    "a page and a printed answer": (
        "import rfscope as rf; a = rf.analyze('2,4,8'); str(a) + repr(a.layers) + a._repr_html_()"
        "+ rf.lint(a)._repr_html_() + rf.compare(a, '1,2,5')._repr_html_()"
    ),
    "verify without use": "import rfscope.verification, rfscope.plots",
}


def loaded(code: str) -> set[str]:
    """The heavy packages that a fresh interpreter has loaded after running some code."""
    report = f"import sys\n{code}\nsys.stderr.write('LOADED ' + ' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.mark.parametrize("code", QUICK.values(), ids=QUICK)
def test_quick_paths_load_nothing_heavy(code: str) -> None:
    assert loaded(code) == set()


NOT_OF_A_CHAIN = {
    "branches": ("exact.dense", "exact.dense_counts", "exact.shares", "exact.branched_holes", "exact.walk"),
    "a finite input": ("network.sizes", "exact.finite", "exact.tile_rule"),
    "pictures and words": ("exact.cells", "exact.where", "text.report"),
    "files": ("network.source", "readers.spec"),
    "mistakes": ("misnamed", "cli.mistyped", "cli.usage", "exact.stages", "design.nearest"),
}


def test_a_good_chain_as_json_loads_nothing_of_other_networks_or_answers() -> None:
    code = "import sys; from rfscope.cli import run; run(['analyze', 'rates', '1,2,5', '--json'])"
    report = f"{code}; sys.stderr.write(' '.join(m for m in sys.modules if m.startswith('rfscope.')))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    ours = set(done.stderr.split())
    assert {"rfscope.text.as_json", "rfscope.exact.closed_form"} <= ours
    others = {f"rfscope.{name}": what for what, names in NOT_OF_A_CHAIN.items() for name in names}
    assert all(map(find_spec, others))
    assert {name: others[name] for name in ours & set(others)} == {}


def test_the_test_can_fail() -> None:
    assert "numpy" in loaded("import rfscope as rf; rf.analyze('1,2,5').output.counts.map()")


def test_imports_only_point_down() -> None:
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    assert lint_imports() == EXIT_STATUS_SUCCESS


def test_every_public_name_is_there() -> None:
    import rfscope as rf

    assert all(getattr(rf, name) is not None for name in rf.__all__)
    assert set(rf.__all__) <= set(dir(rf))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rf.nothing  # noqa: B018

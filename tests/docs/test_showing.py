"""A page that shows something untrue is found out, and one writing makes it true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import pictures
from tests.docs.showing import rewritten, without_times

UNTRUE = """
```toml
# net.toml
rfscope = 1
[[layers]]
op = "conv"
kernel = 3
```

```console
$ rfscope lint net.toml --quiet
an old finding
$ rfscope lint 2,2 --statistics | head -n 1
$ pip install .
```

```python
print(1 + 1)
```

```text
3
```

```python
def test_twice():
    assert 1 + 1 == 2
```

<!-- made: ops -->
<!-- end -->
"""


def test_everything_untrue_is_made_true_at_once(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    found = rewritten(UNTRUE, tmp_path / "one")
    assert "an old finding" not in found
    assert "\n$ rfscope lint net.toml --quiet\n$ rfscope lint 2,2 --statistics | head -n 1\n" in found
    assert "RFS101" in found
    assert "```text\n2\n```" in found
    assert "| `transposed_conv` |" in found
    assert rewritten(found, tmp_path / "two") == found


WRONG = {
    "a command that fails": "```console\n$ rfscope lint nothing.toml\n```\n",
    "an error that does not come": "```console\n$ rfscope lint 1,2,5\nerror: no\n```\n",
    "a command that nothing runs": "```console\n$ curl example.org\n```\n",
    "an output that nothing compares": "```console\n$ pip install .\ndone\n```\n",
    "a pipe that nothing plays": "```console\n$ rfscope lint 1,2,5 | sort\n```\n",
    "Python that fails": "```python\n1 / 0\n```\n",
    "a test that fails": "```python\ndef test_it():\n    assert not 1\n```\n",
    "a warning": "```python\nimport warnings\nwarnings.warn('old')\n```\n",
}


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_what_cannot_be_shown_is_refused(page: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        rewritten(page, tmp_path)


def test_times_and_machines_may_differ() -> None:
    verified = "Verified by real convolutions (torch {} on cpu,{}float64): 3 positions compared in {} s, all equal."
    assert without_times(verified.format("2.13.0", " ", 0.03)) == without_times(verified.format("2.5", "\n", 1.2))
    assert without_times('{"seconds": 0.1, "torch": "2.5"}') == without_times('{"seconds": 1e-3, "torch": "2.13.0"}')
    assert without_times("3 samples") != without_times("4 samples")


def test_a_picture_that_has_changed_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image, ImageDraw

    kept, now = tmp_path / "kept", tmp_path / "now"
    now.mkdir()
    monkeypatch.setattr(pictures, "FOLDER", kept)

    def draw(*line: int, size: tuple[int, int] = (800, 600)) -> None:
        with Image.new("RGB", size, "white") as picture:
            ImageDraw.Draw(picture).line(line, fill="navy", width=4)
            picture.save(now / "tree.png")

    draw(100, 100, 700, 500)
    pictures.keep("tree.png", now)
    assert pictures.alike("tree.png", now)
    draw(100, 500, 700, 100)
    assert not pictures.alike("tree.png", now)
    draw(100, 100, 700, 500, size=(900, 600))
    assert not pictures.alike("tree.png", now)

"""One file in a browser: opened without a server, watched for errors and for requests that leave it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
_MODULES = HERE / "node_modules"


@contextmanager
def opened(browser: Browser, file: Path, state: str = "", *, width: int = 1440, **context: Any) -> Iterator[Page]:
    """A page that must log no error and ask for nothing beyond the file."""
    inside = browser.new_context(viewport={"width": width, "height": 900}, **context)
    inside.set_default_timeout(10_000)
    page, wrong = inside.new_page(), list[str]()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if _leaves(request.url) else None)
    page.goto(f"{file.as_uri()}{state}")
    yield page
    inside.close()
    assert wrong == []


def _leaves(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:"))


def serious(page: Page) -> list[str]:
    """The serious violations of accessibility that axe-core finds."""
    page.evaluate((_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run()")
    bad = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:160]}" for one in bad for node in one["nodes"]]


def invalid(file: Path) -> list[str]:
    """What html-validate finds wrong with a file."""
    node = shutil.which("node")
    assert node is not None, "node is missing"
    program = _MODULES / "html-validate" / "bin" / "html-validate.mjs"
    command = [node, str(program), "--config", str(HERE / ".htmlvalidate.json"), "--formatter", "json", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert said.stdout, said.stderr
    return [f"{one['line']}: {one['message']}" for part in json.loads(said.stdout) for one in part["messages"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    found: int = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    return found

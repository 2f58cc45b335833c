"""A headless Chromium for the page and the report. Without one the tests here are skipped, unless they are required.

Needs playwright, Chromium, and once ``npm ci`` in this folder. With RFSCOPE_BROWSER=required nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_REQUIRED = os.environ.get("RFSCOPE_BROWSER") == "required"
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        assert not _REQUIRED, "playwright or Chromium is missing"
        pytest.skip("no playwright or no Chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", *_QUIET])
        yield found
        found.close()

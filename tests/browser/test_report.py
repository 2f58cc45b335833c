"""A report, driven as its readers do: hovered, clicked, sorted, searched, folded, by keyboard, in print, on a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import rfscope as rf
from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Node
from rfscope.network.reads import Whole
from rfscope.reporting import Chapter, report
from tests.browser.driving import invalid, opened, serious, sideways

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "</script><img src=x onerror=\"document.title='changed'\">'\"&😀"


def written(folder: Path, *analyses: Analysis) -> Path:
    file = folder / "report.html"
    text = report([Chapter(analysis=one) for one in analyses], command="rfscope report x -o report.html")
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("two"), rf.analyze("2,4,8"), rf.analyze("1,2,5"))


@pytest.fixture(scope="module")
def resnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("resnet"), rf.analyze("zoo:resnet-v1c-50-d8"))


def drawn(shown: Page, name: str = "input") -> None:
    shown.wait_for_function("(name) => document.querySelector('canvas').dataset.shown === name", arg=name)


def test_what_is_said_first_and_side_by_side(browser: Browser, two: Path) -> None:
    with opened(browser, two) as shown:
        assert shown.locator("h2 .badge").all_text_contents() == ["HOLES", "OK"]
        assert "reads only 225 of these 841" in (shown.locator(".network p").first.text_content() or "")
        assert shown.locator("#side-by-side").is_visible()
        shown.get_by_role("link", name="1,2,5").click()
        assert shown.url.endswith("#network-2")


def test_hovering_tells_offset_and_exact_count(browser: Browser, two: Path) -> None:
    counts = rf.analyze("2,4,8").output.counts
    with opened(browser, two) as shown:
        drawn(shown)
        canvas, caption = shown.locator("canvas").first, shown.locator("figcaption").first
        assert caption.text_content() == f"Row 0, column 0: {counts.count(14, 14)} path."
        box = canvas.bounding_box()
        assert box is not None
        cell = (box["width"] - 2) / 29
        canvas.hover(position={"x": 1 + 8.5 * cell, "y": 1 + 12.5 * cell})
        assert caption.text_content() == f"Row -2, column -6: {counts.count(12, 8)} paths."
        canvas.press("ArrowLeft")
        assert caption.text_content() == "Row -2, column -7: never read."


def test_a_layer_shows_what_the_output_reads_of_it(browser: Browser, two: Path) -> None:
    with opened(browser, two) as shown:
        drawn(shown)
        shown.get_by_role("button", name="conv1").first.click()
        drawn(shown, "conv1")
        said = shown.locator(".which").first.text_content()
        assert said == "Shown is the map that conv1 makes: 49 positions of it are read."  # of two layers of 3x3 before
        shown.get_by_role("button", name="Show the input").first.click()
        drawn(shown)


def test_counts_of_branches_are_exact_where_there_is_room(browser: Browser, tmp_path: Path) -> None:
    analysis = rf.analyze("zoo:esp-module")
    counts = analysis.output.counts
    with opened(browser, written(tmp_path, analysis)) as shown:
        drawn(shown)
        middle = counts.count(*(length // 2 for length in counts.size))
        assert (shown.locator("figcaption").text_content() or "").endswith(f": {middle} paths.")


def test_layers_sort_fold_and_are_found(browser: Browser, resnet: Path) -> None:
    analysis = rf.analyze("zoo:resnet-v1c-50-d8")
    names = [layer.node.name for layer in analysis.layers]
    with opened(browser, resnet) as shown:
        first = shown.locator("table.layers tbody tr td:first-child")
        assert first.all_text_contents() == names
        head = shown.get_by_role("columnheader", name="field")
        sizes = {layer.node.name: layer.field[0].size or 0 for layer in analysis.layers}  # type: ignore[index]  # no layer is global
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        assert first.all_text_contents() == sorted(names, key=lambda name: sizes[name])
        head.get_by_role("button").press("Enter")
        assert first.all_text_contents() == sorted(names, key=lambda name: -sizes[name])
        head.get_by_role("button").press("Enter")
        assert first.all_text_contents() == names
        shown.get_by_label("Find").fill("d4")
        dilated = [layer.node.name for layer in analysis.layers if getattr(layer.node.reads[0], "dilation", 1) == 4]
        seen = shown.locator("table.layers tbody tr:visible td:first-child")
        assert seen.all_text_contents() == dilated
        assert shown.locator(".found").text_content() == f"{len(dilated)} of {len(names)} layers"
        shown.get_by_label("Find").fill("")
        shown.get_by_role("button", name="Fold modules").click()
        modules = list(dict.fromkeys(name.rpartition(".")[0] or name for name in names))
        assert len(seen.all_text_contents()) == len(modules)


def test_rule_pages_are_folded_in(browser: Browser, two: Path) -> None:
    with opened(browser, two) as shown:
        about = shown.get_by_text("About RFS101")
        about.press("Enter")
        assert shown.locator("details[open] p").first.is_visible()


def test_a_deep_network_stays_below_three_megabytes(resnet: Path) -> None:
    assert resnet.stat().st_size < 3_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_accessible_and_never_wider_than_the_window(
    browser: Browser, two: Path, resnet: Path, scheme: str, width: int
) -> None:
    for file in (two, resnet):
        with opened(browser, file, width=width, color_scheme=scheme) as shown:
            drawn(shown)
            assert serious(shown) == []
            assert sideways(shown) <= 0


def test_in_print_nothing_is_cut(browser: Browser, resnet: Path) -> None:
    with opened(browser, resnet, width=680) as shown:  # what A4 leaves between its margins
        shown.emulate_media(media="print")
        assert sideways(shown) <= 0
        assert not shown.locator(".tools").is_visible()
        assert len(shown.pdf(format="A4")) > 10_000


def test_hostile_names_are_text(browser: Browser, tmp_path: Path) -> None:
    network = rf.assemble(HOSTILE, [rf.conv(HOSTILE, kernel=3, dilation=2), rf.conv("b", kernel=3, dilation=4)])
    file = written(tmp_path, rf.analyze(network))
    with opened(browser, file) as shown:
        drawn(shown)
        assert shown.title() != "changed"
        assert shown.locator("img").count() == 0
        assert HOSTILE[:20] in (shown.locator("table.layers tbody td").first.text_content() or "")
    assert invalid(file) == []


def test_the_file_is_valid_html(browser: Browser, two: Path, resnet: Path) -> None:  # noqa: ARG001 - runs where a browser does
    assert [invalid(two), invalid(resnet)] == [[], []]


def test_nothing_from_outside_is_allowed(two: Path) -> None:
    text = two.read_text(encoding="utf-8")
    assert re.search(r"content=\"default-src &#39;none&#39;; img-src data:; style-src", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


@pytest.mark.parametrize(
    "target",
    ["zoo:wavenet", "zoo:u-net", "zoo:aspp-on-65", "1@1"],
)
def test_any_network_has_a_report(browser: Browser, tmp_path: Path, target: str) -> None:
    with opened(browser, written(tmp_path, rf.analyze(target))) as shown:
        drawn(shown)
        assert shown.locator("figcaption").text_content()


def test_three_axes_show_the_middle_plane(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, rf.analyze("1,2", dims=3))) as shown:
        drawn(shown)
        assert "in the plane at 0 of the first axis" in (shown.locator(".which").text_content() or "")


def test_what_sees_everything_has_no_map(tmp_path: Path) -> None:
    network = rf.assemble("all", [Node(name="all", op="global", reads=(Whole(),) * 2, inputs=())])
    text = written(tmp_path, rf.analyze(network)).read_text(encoding="utf-8")
    assert "There is no map: every output sees everything." in text

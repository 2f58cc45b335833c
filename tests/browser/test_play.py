"""The page to play with, driven as people do: typed into, clicked, by keyboard, by link, in light and dark."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import rfscope as rf
from rfscope.errors import UnsupportedError
from rfscope.network.build import chain
from rfscope.play import page, state_of
from tests.browser.driving import invalid, opened, serious, sideways

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("play") / "play.html"
    found.write_text(page(), encoding="utf-8")
    return found


def verdicts(shown: Page) -> list[str]:
    return shown.locator(".verdict strong").all_text_contents()


def test_two_schedules_side_by_side(browser: Browser, file: Path) -> None:
    with opened(browser, file) as shown:
        assert verdicts(shown) == ["OK", "HOLES"]
        assert shown.locator(".reads").nth(1).text_content() == (
            "One output spans 29x29 pixels but reads only 225 of 841 (27 %)."
        )
        assert "Without holes: 1,3,8." in (shown.locator(".instead").nth(1).text_content() or "")
        shown.get_by_role("button", name="One schedule alone").click()
        assert verdicts(shown) == ["OK"]


def test_layers_are_edited_added_moved_and_removed(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#a=1,2,5&dims=2") as shown:
        rate = shown.get_by_label("rate of layer 3")
        rate.fill("9")
        rate.press("Tab")
        assert verdicts(shown) == ["HOLES"]
        assert shown.locator(".rates").input_value() == "1,2,9"
        shown.get_by_role("button", name="Add a layer").click()
        shown.get_by_label("kernel of layer 4").fill("5")
        shown.get_by_label("kernel of layer 4").press("Enter")
        assert shown.url.endswith("#a=1,2,9,1@3,3,3,5&dims=2")
        shown.get_by_role("button", name="move up layer 4").click()
        assert shown.url.endswith("#a=1,2,1,9@3,3,5,3&dims=2")
        assert shown.evaluate("() => document.activeElement.ariaLabel") == "move up layer 3"
        shown.get_by_role("button", name="remove layer 3").click()
        assert shown.url.endswith("#a=1,2,9&dims=2")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1,two", '"1,two" is no list of rates: write 1,2,5, or 1,2,5@3,3,5 with kernels'),
        ("1,,2", "dilation ? is out of range: a whole number from 1 to 100000"),
        ("0,1", "dilation ? is out of range: a whole number from 1 to 100000"),
        ("1,2,5@3,3", "2 kernels for 3 layers: write one, or one per layer"),
        (",".join(["1"] * 201), "201 layers are too many: at most 200"),
        ("<img src=x onerror=alert(1)>", '"<img src=x onerror=alert(1)>" is no list of rates'),
    ],
)
def test_what_is_typed_wrongly_is_told(browser: Browser, file: Path, typed: str, said: str) -> None:
    with opened(browser, file, "#a=1,2,5&dims=2") as shown:
        shown.locator(".rates").fill(typed)
        shown.locator(".rates").press("Enter")
        assert (shown.locator(".error").text_content() or "").startswith(said)
        assert verdicts(shown) == ["OK"]
        assert shown.url.endswith("#a=1,2,5&dims=2")


@pytest.mark.parametrize("written", ["[1, 2, 5]", "(1,2,5)", "1,2,5,"])
def test_rates_as_people_paste_them(browser: Browser, file: Path, written: str) -> None:
    with opened(browser, file, "#a=2,2&dims=2") as shown:
        shown.locator(".rates").fill(written)
        shown.locator(".rates").press("Enter")
        assert shown.locator(".rates").input_value() == "1,2,5"


@pytest.mark.parametrize(
    "state",
    ["#a=1,2,5@3,5,2/1,2,1&b=2,4,8&dims=2", "#a=1,2,4,8@2&dims=1&causal&hz=24000", "#a=3&dims=2"],
)
def test_a_link_shows_the_same(browser: Browser, file: Path, state: str) -> None:
    with opened(browser, file, state) as shown:
        first = shown.locator("main").inner_html()
        assert shown.url.endswith(state)
        shown.reload()
        assert shown.locator("main").inner_html() == first


def test_a_hostile_address_does_nothing(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#a=</script><img src=x onerror=alert(1)>&dims=7") as shown:
        assert "not understood" in (shown.locator("#said").text_content() or "")
        assert verdicts(shown) == ["OK", "HOLES"]


def test_the_state_given_to_the_page_is_harmless_text(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(page("</script><script>document.title='changed'</script>"), encoding="utf-8")
    with opened(browser, file) as shown:
        assert shown.title() != "changed"
        assert verdicts(shown) == ["OK", "HOLES"]


def test_hover_and_arrow_keys_tell_offset_and_count(browser: Browser, file: Path) -> None:
    counts = rf.analyze("1,2,5").output.counts.factors[0]  # type: ignore[attr-defined]  # a chain
    with opened(browser, file, "#a=1,2,5&dims=2") as shown:
        caption, canvas = shown.locator("figcaption"), shown.locator("canvas")
        assert (caption.text_content() or "").startswith(f"Row 0, column 0: {counts[8] ** 2} path")
        box = canvas.bounding_box()
        assert box is not None
        cell = box["width"] / 17
        canvas.hover(position={"x": 2.5 * cell, "y": 3.5 * cell})
        assert (caption.text_content() or "").startswith(f"Row -5, column -6: {counts[2] * counts[3]} path")
        canvas.press("ArrowRight")
        assert (caption.text_content() or "").startswith(f"Row -5, column -5: {counts[3] * counts[3]} path")


def test_a_signal_has_a_tree_and_times(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#a=2,4,8&dims=1&causal&hz=24000") as shown:
        assert shown.locator(".sees").text_content() == "It reads 28 samples back and 0 ahead (1.17 ms and 0 ms)."
        seen = rf.analyze("2,4,8", dims=1).output.coverage
        assert shown.locator(".tree .unread").count() == seen.holes
        assert shown.locator(".tree .path").count() == 3 + 9 + 7 * 3  # seven positions of the second map are read
        shown.get_by_label("Axes").select_option("2")
        assert shown.locator(".tree").count() == 0
        assert shown.locator("canvas").is_visible()


def test_a_preset_brings_its_axes(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#a=1,2,5&dims=2") as shown:
        shown.locator(".presets").select_option(label="WaveNet stack (2016): 1-D, causal")
        assert shown.locator(".reads").text_content() == "One output spans 1024 samples and reads all 1,024 of them."
        assert shown.locator("#causal").is_checked()


def test_every_preset_is_what_the_engine_of_the_program_says(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#a=1,2,5&dims=2") as shown:
        choices = shown.locator(".presets option").evaluate_all("(all) => all.map((one) => one.value).filter(Boolean)")
        assert len(choices) >= 10
        for written in choices:
            shown.locator(".presets").select_option(value=written)
            rates, _, rest = written.partition("@")
            taps, _, strides = rest.partition("/")
            dims = int(shown.locator("#dims").input_value())
            listed = [int(number) for number in (taps or "3").split(",")]
            network = chain(
                list(map(int, rates.split(","))),
                kernel=listed[0] if len(listed) == 1 else listed,
                stride=[int(number) for number in strides.split(",")] if strides else 1,
                dims=dims,
                causal=shown.locator("#causal").is_checked(),
            )
            assert verdicts(shown) == [(rf.analyze(network).verdict or "").upper()], written


def test_what_is_copied_is_the_same_chain(browser: Browser, file: Path, tmp_path: Path) -> None:
    state = "#a=1,2,5@3,4,2/1,2,1&dims=2"
    with opened(browser, file, state, permissions=["clipboard-read", "clipboard-write"]) as shown:
        texts = {}
        for what in ("rates", "spec", "torch"):
            shown.get_by_role("button", name=f"Copy {what}").click()
            shown.wait_for_function("() => document.getElementById('said').textContent.includes('copied')")
            texts[what] = shown.evaluate("() => navigator.clipboard.readText()")
            shown.evaluate("() => { document.getElementById('said').textContent = ''; }")
    assert texts["rates"] == "1,2,5@3,4,2/1,2,1"
    spec = tmp_path / "copied.toml"
    spec.write_text(texts["spec"], encoding="utf-8")
    wanted = chain([1, 2, 5], kernel=[3, 4, 2], stride=[1, 2, 1])
    assert [node.reads for node in rf.analyze(spec).network.nodes] == [node.reads for node in wanted.nodes]
    assert tomllib.loads(texts["spec"])["dims"] == 2
    scope: dict[str, object] = {}
    exec(compile(texts["torch"], "copied", "exec"), scope)  # noqa: S102 - our own page
    fields = [rf.analyze(one).output.axes for one in (wanted, scope["model"])]  # type: ignore[arg-type]  # a module
    assert fields[0] == fields[1]


@pytest.mark.parametrize("state", ["#a=1,2,5&dims=2", "#a=1,2,4@2&dims=1"])
@pytest.mark.parametrize("kind", ["svg", "png"])
def test_pictures_are_saved(browser: Browser, file: Path, state: str, kind: str) -> None:
    with opened(browser, file, state, accept_downloads=True) as shown:
        with shown.expect_download() as saved:
            shown.get_by_role("button", name=f"Save {kind.upper()}").click()
        data = Path(saved.value.path()).read_bytes()
    assert data.startswith(b"\x89PNG" if kind == "png" else b"<svg ")
    assert len(data) > 300


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1440])
def test_accessible_and_never_wider_than_the_window(browser: Browser, file: Path, scheme: str, width: int) -> None:
    for state in ("#a=1,2,4,8,16&b=2,4,8&dims=2", "#a=2,4,8&dims=1&causal&hz=16000"):
        with opened(browser, file, state, width=width, color_scheme=scheme) as shown:
            assert serious(shown) == []
            assert sideways(shown) <= 0


def test_the_file_is_valid_html(browser: Browser, file: Path) -> None:  # noqa: ARG001 - runs where a browser does
    assert invalid(file) == []


def test_only_what_the_page_may_do_is_allowed(file: Path) -> None:
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', file.read_text(encoding="utf-8"))
    assert re.fullmatch(
        r"default-src 'none'; img-src data:; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'", policy
    )


def test_the_copy_in_the_docs_is_the_page() -> None:
    copy = Path(__file__).parents[2] / "docs" / "play.html"
    assert copy.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize(
    "networks",
    [
        [chain([1, 2], dims=3)],
        [chain([1, 2]), chain([1, 2], dims=1)],
        [chain([1]), chain([2]), chain([3])],
        [chain([1, 2], dims=1), chain([1, 2], dims=1, causal=True)],
        [rf.analyze("zoo:u-net").network],
        [rf.analyze("zoo:spatially-separable").network],
    ],
    ids=["3-D", "axes", "three", "causal and not", "branches", "not square"],
)
def test_what_the_page_cannot_show_is_refused(networks: list[rf.Network]) -> None:
    with pytest.raises(UnsupportedError, match="page"):
        state_of(networks)

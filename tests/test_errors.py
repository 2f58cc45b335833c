from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope import errors
from rfscope.errors import NetworkError, RfscopeError, clean, near, shorten, together

ANY_TEXT = st.text(st.characters(), max_size=80)  # lone surrogates and control characters too


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param({}, "bad thing", id="what"),
        pytest.param({"where": "conv1"}, "bad thing at conv1", id="where"),
        pytest.param({"got": 0}, "bad thing: got 0", id="got-zero"),
        pytest.param({"got": False}, "bad thing: got False", id="got-false"),
        pytest.param({"expected": "1"}, "bad thing: expected 1", id="expected"),
        pytest.param({"do": "mend it"}, "bad thing; mend it", id="do"),
        pytest.param({"got": "x", "do": "mend it"}, "bad thing: got x; mend it", id="got-do"),
        pytest.param(
            {"where": "a", "got": [1], "expected": "1", "do": "mend it"},
            "bad thing at a: got [1], expected 1; mend it",
            id="all",
        ),
    ],
)
def test_text(parts: dict[str, Any], text: str) -> None:
    assert str(RfscopeError("bad thing", **parts)) == text


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_stays_on_one_printable_line(what: str, where: str, got: str, expected: str, do: str) -> None:
    assert str(RfscopeError(what, where=where, got=got, expected=expected, do=do)).isprintable()


@given(st.integers() | ANY_TEXT | st.binary() | st.lists(st.text()) | st.floats() | st.none())
def test_a_quote_is_short_and_printable(value: object) -> None:
    assert len(shorten(value)) <= 60
    assert shorten(value).isprintable()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**39, str(10**39)),
        (10**40, "an integer of 133 bits"),
        (-(10**5000), "an integer of 16610 bits"),
        ("x" * 100, "'" + "x" * 56 + "..."),
        (True, "True"),
    ],
    ids=["39-digits", "40-digits", "5000-digits", "long-text", "truth"],
)
def test_shorten(value: object, text: str) -> None:
    assert shorten(value) == text


@given(ANY_TEXT)
def test_clean_keeps_the_length_and_what_is_printable(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert all(new == (old if old.isprintable() else "?") for old, new in zip(text, cleaned, strict=True))


def test_every_error_is_one_the_caller_can_catch_as_one() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]
    assert len(kinds) == 9
    assert all(issubclass(kind, RfscopeError) for kind in kinds)


def test_an_error_survives_a_trip_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(NetworkError("bad", where="a", got=3, expected="4", do="mend")))  # noqa: S301
    assert type(error) is NetworkError
    assert str(error) == "bad at a: got 3, expected 4; mend"
    assert (error.where, error.got, error.expected, error.do) == ("a", "3", "4", "mend")


@pytest.mark.parametrize(
    ("word", "known", "meant"),
    [
        ("kernal", "kernel stride", "kernel"),
        ("KERNEL", "kernel stride", "kernel"),
        ("resnet50", "resnet-50 resnet-101", "resnet-50"),
        ("resnet", "resnet-50 drn-c", "resnet-50"),
        ("RFS999", "RFS903 RFS901", None),
        ("101", "RFS101 RFS102", "RFS101"),
        ("conv55", "conv5_1 conv5_3", None),
        ("layer2.conv1", "layer1.0.conv1 layer2.0.conv1", "layer2.0.conv1"),
        ("0rfscope", "rfscope layers", "rfscope"),
        ("same", "same-field same-reads", "same-reads"),
        ("zebra", "kernel stride", None),
        ("", "kernel", None),
        ("x" * 100, "x" * 99, None),
        (3, "kernel", None),
    ],
)
def test_what_was_meant(word: object, known: str, meant: str | None) -> None:
    assert near(word, known.split()) == meant


def test_several_errors_are_told_together_each_in_a_line() -> None:
    first, second, third = (RfscopeError("bad", where=place) for place in ("a\nb", "b", "c"))
    told = together([first, second, third])
    assert told is first
    assert str(told) == "bad at a?b\nbad at b\nbad at c"
    assert told.line == "bad at a?b"
    assert str(second) == "bad at b"

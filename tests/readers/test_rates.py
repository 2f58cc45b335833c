from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import LimitError, NetworkError, RfscopeError, TargetError
from rfscope.network.build import chain
from rfscope.readers.rates import is_rates, read_rates

SAID = "expected whole numbers with commas, such as 1,2,5, or 1,2,5@3,3,5 with kernels"
EACH = "expected a whole number, or a list with one per layer, such as 3,3,5"
LIMIT = "raise it with --limit {0}=N, or rfscope.limits.raised in Python, if this is meant"


@pytest.mark.parametrize(
    "text", ["1,2,5", "3", "1,2,5@3,3,5", "1,,2", "1,2,", "0", "1, 2", "+1,2", "1_0", "-1", "", " "]
)
def test_meant_as_rates(text: str) -> None:
    assert is_rates(text)


@pytest.mark.parametrize("text", ["-", ".", "..", "net.toml", "zoo:wavenet", "a:b", "2nets/net.toml", "@", "1,x", "/1"])
def test_not_meant_as_rates(text: str) -> None:
    assert not is_rates(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,,2", f"bad rates: got '1,,2', {SAID}"),
        (",", f"bad rates: got ',', {SAID}"),
        ("1 2 5", f"bad rates: got '1 2 5', {SAID}; write 1,2,5"),
        ("1-2-5", f"bad rates: got '1-2-5', {SAID}; write 1,2,5"),
        ("1; 2; 5", f"bad rates: got '1; 2; 5', {SAID}; write 1,2,5"),
        ("1.0, 2.0", f"bad rates: got '1.0, 2.0', {SAID}; write 1,2"),
        ("{1, 2}", f"bad rates: got '{{1, 2}}', {SAID}; write 1,2"),
        ("[1, 2", f"bad rates: got '[1, 2', {SAID}; write 1,2"),
        ("[[1, 2]]", f"bad rates: got '[[1, 2]]', {SAID}; write 1,2"),
        ("1,2;5", f"bad rates: got '1,2;5', {SAID}"),
        ("1,2,,", f"bad rates: got '1,2,,', {SAID}"),
        ("+1,2", f"bad rates: got '+1,2', {SAID}"),
        ("1_0", f"bad rates: got '1_0', {SAID}"),
        ("-1", f"bad rates: got '-1', {SAID}; no number is below 1"),
        ("1,-2", f"bad rates: got '1,-2', {SAID}; no number is below 1"),
        ("1.5", f"bad rates: got '1.5', {SAID}"),
        ("", f"bad rates: got '', {SAID}"),
        ("\uff11,\uff12", f"bad rates: got '\uff11,\uff12', {SAID}"),
        ("@3", f"bad rates: got '@3', {SAID}"),
        ("1@", f"bad kernels: got '1@', {SAID}"),
        ("1@3@3", f"bad kernels: got '1@3@3', {SAID}"),
        ("0", "bad rate at '0': got 0, expected 1 or more"),
        ("1,2@3,0", "bad kernel at '1,2@3,0': got 0, expected 1 or more"),
        ("1,2,5@3,3", "wrong number of kernels at '1,2,5@3,3': got 2, expected 3, one per rate, or one for all"),
        (
            "1,1000001",
            "over the limit 'rate' at '1,1000001': got 1000001, expected at most 1000000; " + LIMIT.format("rate"),
        ),
        (
            "1@1026",
            "over the limit 'kernel' at '1@1026': got 1026, expected at most 1025; " + LIMIT.format("kernel"),
        ),
        (
            "9" * 5000,
            f"over the limit 'rate' at '{'9' * 56}...: got an integer of 16610 bits, expected at most 1000000; "
            + LIMIT.format("rate"),
        ),
    ],
)
def test_what_is_wrong_with_rates(text: str, message: str) -> None:
    assert is_rates(text)
    with pytest.raises(RfscopeError) as caught:
        read_rates(text)
    assert str(caught.value) == message


def test_rates_make_a_chain() -> None:
    assert read_rates("1,2,5") == chain([1, 2, 5])
    assert read_rates("1,2,5@3,3,5", dims=1, causal=True) == chain(
        [1, 2, 5], kernel=[3, 3, 5], dims=1, causal=True, name="1,2,5@3,3,5"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[1,2,5]",
        "(1,2,5)",
        "1, 2, 5",
        "[1, 2, 5]",
        " 1 ,2,\t5 ",
        "1,2,5,",
        "[1, 2, 5,]",
        "'1,2,5'",
        '"[1, 2, 5]"',
        "01,2,5",
    ],
)
def test_lists_as_people_write_them(text: str) -> None:
    assert is_rates(text)
    assert read_rates(text) == chain([1, 2, 5], name="1,2,5")


@pytest.mark.parametrize("text", ["1,2@5", "[1, 2]@5", "1,2@[5]", "1,2 @ 5,"])
def test_one_kernel_for_all(text: str) -> None:
    assert read_rates(text) == chain([1, 2], kernel=5, name="1,2@5")


@pytest.mark.parametrize("kernel", ["3,3,5", "[3, 3, 5]", [3, 3, 5]])
def test_kernels_per_layer(kernel: str | list[int]) -> None:
    assert read_rates("1,2,5", kernel=kernel) == chain([1, 2, 5], kernel=[3, 3, 5])


@pytest.mark.parametrize(
    ("kernel", "message"),
    [
        ("3,3", "wrong number of kernels at '1,2,5': got 2, expected 3, one per rate, or one for all"),
        (
            "3 3 5",
            f"bad kernels: got '3 3 5', {EACH}; write 3,3,5",
        ),
        ("three", f"bad kernels: got 'three', {EACH}"),
    ],
)
def test_wrong_kernels(kernel: str, message: str) -> None:
    with pytest.raises(TargetError) as caught:
        read_rates("1,2,5", kernel=kernel)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    ["1" + " " * 200_000 + "x", "1," * 100_000 + "x", "[" * 200_000, "1 " * 100_000],
    ids=["spaces", "commas", "brackets", "numbers"],
)
def test_a_long_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(RfscopeError):
        read_rates(text)


@pytest.mark.parametrize("stride", ["1,2,1", "[1, 2, 1]", [1, 2, 1]])
def test_strides_per_layer(stride: str | list[int]) -> None:
    assert read_rates("1,2,5", stride=stride, kernel=2) == chain([1, 2, 5], kernel=2, stride=[1, 2, 1])


@pytest.mark.parametrize("stride", ["2", 2, [2]])
def test_one_stride_for_all(stride: str | list[int] | int) -> None:
    assert read_rates("1,2", stride=stride) == chain([1, 2], stride=2)


@pytest.mark.parametrize(
    ("stride", "kind"),
    [("1,2", TargetError), ("0", TargetError), ("", TargetError), (0, NetworkError), ("1000001", LimitError)],
)
def test_wrong_strides(stride: str | int, kind: type[RfscopeError]) -> None:
    with pytest.raises(kind):
        read_rates("1,2,5", stride=stride)


@pytest.mark.parametrize("dims", [0, 4, 10**9])
def test_wrong_dims(dims: int) -> None:
    with pytest.raises(NetworkError, match="bad number of axes"):
        read_rates("1", dims=dims)


def test_too_many_layers_are_refused_before_they_are_read() -> None:
    with pytest.raises(LimitError, match=r"'layers'.*got 3, expected at most 2"), limits.raised({"layers": 2}):
        read_rates("1,1,0")


@given(st.text(alphabet="0123456789,@+-_ .\u0663\n", max_size=12))
def test_any_text_is_a_chain_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(RfscopeError):
        name = read_rates(text).name
        assert is_rates(text)
        assert read_rates(name).name == name

"""The verifier agrees with true analyses: every kind of chain, every axis, any number of paths."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rfscope.exact.analysis import analyze
from rfscope.exact.counts import Counts
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window
from rfscope.verification import verify, verify_claim
from tests.verification.networks import Said

WAYS = ("dilated convolution", "zeros in the kernel", "sub-sampled input")


def one(dims: int, *layers: dict[str, object]) -> Network:
    """A chain of convolutions with any numbers."""
    return assemble("net", [conv(f"c{i}", dims=dims, **layer) for i, layer in enumerate(layers)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(chain([1, 2, 5], dims=1), id="1-D"),
        pytest.param(chain([1, 2, 5]), id="2-D"),
        pytest.param(chain([1, 2], dims=3), id="3-D"),
        pytest.param(chain([2, 4, 8]), id="holes"),
        pytest.param(chain([1, 2, 4, 8], kernel=2, dims=1, causal=True), id="causal, even kernel"),
        pytest.param(chain([1, 3], kernel=[4, 2]), id="even kernels"),
        pytest.param(chain([1, 2, 3], stride=[2, 1, 3]), id="strides"),
        pytest.param(chain([1, 2], stride=2, dims=3), id="strides in 3-D"),
        pytest.param(chain([2, 1], kernel=2, stride=5, dims=1), id="stride above the extent"),
        pytest.param(chain([1, 1], kernel=1), id="pointwise"),
        pytest.param(one(2, {"padding": (0, 0)}, {"padding": (5, 0), "dilation": 2}), id="asymmetric padding"),
        pytest.param(one(2, {"padding": (-2, -3)}, {"padding": (4, -1), "stride": 2}), id="negative padding"),
        pytest.param(one(1, {"padding": (20, 30), "kernel": 2}, {"padding": (-7, 3)}), id="padding beyond the kernel"),
        pytest.param(
            one(2, {"kernel": (1, 5), "dilation": (1, 3), "stride": (2, 1), "padding": [(0, 0), (6, 7)]}, {}),
            id="axes differ",
        ),
        pytest.param(
            one(
                3,
                {"kernel": (1, 2, 3), "dilation": (4, 3, 2), "stride": (1, 2, 3), "padding": [(1, 0), (0, 2), (-1, 4)]},
            ),
            id="axes differ in 3-D",
        ),
        pytest.param(
            one(2, {"padding": "same", "kernel": 4}, {"padding": "same_lower", "kernel": 2}), id="same padding"
        ),
        pytest.param(
            assemble(
                "mixed",
                [
                    Node(name="crop", op="pad", reads=(Window(padding=(-3, -4)),) * 2, inputs=()),
                    conv("conv", dilation=2),
                    Node(name="pool", op="pool", reads=(Window(kernel=2, stride=2, ceil_mode=True),) * 2, inputs=()),
                ],
            ),
            id="crop, convolution, pooling",
        ),
    ],
)
def test_agrees_with_the_analysis(network: Network) -> None:
    found = verify(analyze(network), device="cpu")
    assert found.first_difference is None
    assert found.equal
    assert found.method == WAYS
    assert found.moduli == ()


windows = st.builds(
    Window,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 4),
    padding=st.tuples(st.integers(-4, 6), st.integers(-4, 6)),
)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    dims = draw(st.integers(1, 3))
    layers = draw(st.lists(st.tuples(*[windows] * dims), min_size=1, max_size={1: 5, 2: 3, 3: 2}[dims]))
    return assemble("net", [Node(name=f"c{i}", op="conv", reads=reads, inputs=()) for i, reads in enumerate(layers)])


@settings(max_examples=50, deadline=None)
@given(networks())
def test_agrees_on_any_small_chain(network: Network) -> None:
    found = verify(analyze(network), device="cpu")
    assert found.equal, found.first_difference


def plain_counts(rates: list[int]) -> list[int]:
    """The coefficients of the product of 1 + x^r + x^2r, in Python integers, from nothing of ours."""
    line = [1]
    for rate in rates:
        line = [
            sum(line[i - t * rate] for t in range(3) if 0 <= i - t * rate < len(line))
            for i in range(len(line) + 2 * rate)
        ]
    return line


@pytest.mark.parametrize(("rates", "dims"), [([1, 2, 3] * 20, 1), ([1] * 60, 2)], ids=["1-D", "2-D"])
def test_sixty_layers_by_residues(rates: list[int], dims: int) -> None:
    analysis = analyze(chain(rates, dims=dims))
    exact = Counts((tuple(plain_counts(rates)),) * dims)
    assert exact == analysis.output.counts
    assert exact.paths == 3 ** (60 * dims) > 10 ** (28 * dims)
    found = verify_claim(analysis.network, [replace(Said.of(analysis.output), counts=exact)], device="cpu")
    assert found.equal
    assert found.method == WAYS
    assert len(found.moduli) == 4 * dims


def test_says_what_was_compared() -> None:
    found = verify(analyze(chain([1, 2, 5])), device="cpu")
    assert (found.device, found.dtype) == ("cpu", "float64")
    assert found.torch.startswith("2.")
    assert found.phases == 4  # the first output, one neighbour along each axis, one along both
    assert found.positions == 3 * 4 * 18 * 18
    assert found.seconds > 0


def test_reports_progress() -> None:
    seen: list[tuple[int, int]] = []
    verify(analyze(chain([1, 2], dims=1)), device="cpu", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 6) for done in range(1, 7)]


def test_runs_where_gradients_are_switched_off_and_leaves_settings_alone() -> None:
    import torch

    before = torch.get_num_threads(), torch.backends.cudnn.enabled
    with torch.no_grad():
        assert verify(analyze(chain([1, 2])), device="cpu").equal
    with torch.inference_mode():
        assert verify(analyze(chain([1, 2])), device="cpu").equal
    assert (torch.get_num_threads(), torch.backends.cudnn.enabled) == before


def test_ignores_the_default_type_and_device() -> None:
    import torch

    torch.set_default_dtype(torch.float16)
    try:
        with torch.device("meta"):
            assert verify(analyze(chain([1, 2, 5])), device="cpu").equal
    finally:
        torch.set_default_dtype(torch.float32)


def test_leaves_out_a_method_that_is_too_large_and_does_not_list_it() -> None:
    found = verify(analyze(chain([1, 64], kernel=[8, 8])), device="cpu")
    assert found.equal
    assert found.method == ("dilated convolution", "sub-sampled input")


@pytest.mark.skipif("not __import__('torch').cuda.is_available()", reason="no GPU")
def test_the_same_on_a_gpu() -> None:
    for network in (chain([1, 2, 5], dims=3), chain([1, 2], stride=2), chain([1] * 60, dims=1)):
        found = verify(analyze(network), device="auto")
        assert found.equal
        assert found.device.startswith("cuda:")


def test_a_verification_is_short_as_an_object() -> None:
    found = verify(analyze(chain([1, 2], dims=1)), device="cpu")
    assert repr(found) == f"<Verification on cpu: {found.positions} positions of {found.phases} outputs, all equal>"

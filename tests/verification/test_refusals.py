"""What stands in the way of a verification is said in one line, with what to do."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from rfscope import limits
from rfscope.errors import LimitError, MissingExtraError, RfscopeError, UnsupportedError
from rfscope.exact.analysis import analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.network.reads import Whole
from rfscope.verification import verify, verify_claim
from rfscope.verification.module import verify_module
from tests.verification.networks import Said, node

ANALYSIS = analyze(chain([1, 2]))


def test_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"^verification needs torch; pip install torch$"):
        verify(ANALYSIS)


def test_cuda_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(RfscopeError, match=r"^no GPU that torch can use; verify on the CPU"):
        verify(ANALYSIS, device="cuda")
    assert verify(ANALYSIS, device="auto").device == "cpu"


@pytest.mark.parametrize("device", ["", "gpu", "CUDA", "cuda:1", "\x1b[31m"])
def test_unknown_device(device: str) -> None:
    with pytest.raises(RfscopeError, match=r"^unknown device: got .*, expected one of auto, cpu, cuda$"):
        verify(ANALYSIS, device=device)


def test_a_canvas_over_the_limit() -> None:
    largest = (8 + 2 + 2) ** 2  # the second layer's map, padded
    with limits.raised({"verify-cells": largest}):
        assert verify(ANALYSIS, device="cpu").positions == 3 * 4 * 8 * 8
    with limits.raised({"verify-cells": largest - 1}), pytest.raises(LimitError, match=f"at 1,2: got {largest}"):
        verify(ANALYSIS, device="cpu")


def test_padding_may_make_a_map_larger_than_the_canvas() -> None:
    network = assemble("wide", [conv("c1", padding=(0, 3000)), conv("c2", padding=(0, 0))])
    with pytest.raises(LimitError, match="'verify-cells' at wide"):
        verify(analyze(network), device="cpu")


def test_a_working_array_over_the_limit() -> None:
    with limits.raised({"cells": 100}), pytest.raises(LimitError, match="'cells' at 1,2"):
        verify(ANALYSIS, device="cpu")


def test_a_field_of_unknown_start() -> None:
    unknown = replace(Said.of(ANALYSIS.output), first=(None, 0))
    with pytest.raises(UnsupportedError, match="start is unknown; give the size of the input"):
        verify_claim(ANALYSIS.network, [unknown], device="cpu")


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(assemble("net", [conv("c1", stride=2)]), id="chain"),
        pytest.param(
            assemble("net", [conv("c1", stride=2), conv("c2", inputs=["c1"]), conv("c3", inputs=["c1", "c2"])]),
            id="branches",
        ),
    ],
)
def test_padding_that_depends_on_the_size(network: Network) -> None:
    with pytest.raises(UnsupportedError) as caught:
        verify(analyze(network), device="cpu")
    assert str(caught.value) == (
        "cannot verify a padding that depends on the input's size at c1: got same; give the size of the input, "
        "or the padding in numbers"
    )
    assert verify(analyze(network, input=(9, 8)), device="cpu").equal


def test_an_output_that_sees_everything() -> None:
    network = assemble("net", [conv("c1"), node("all", Whole(), Whole())])
    with pytest.raises(UnsupportedError, match=r"^cannot verify an output that lies behind global operations"):
        verify_claim(network, [ANALYSIS.output], device="cpu")
    assert verify(analyze(network), device="cpu").equal  # what enters the global operation


def test_unpooling_of_which_an_exported_program_keeps_only_the_size() -> None:
    import torch
    from torch.nn import functional

    class Unpooling(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return functional.max_unpool2d(*functional.max_pool2d(x, 2, return_indices=True), 2)  # type: ignore[arg-type]  # torch

    program = torch.export.export(Unpooling(), (torch.rand(1, 2, 8, 8),))
    with pytest.raises(UnsupportedError, match="max_unpool2d does not say which windows it fills"):
        verify_module(program.module(), input=(8, 8), device="cpu")


def loaded_by(code: str) -> bool:
    """Whether a fresh interpreter has torch loaded after running some code."""
    program = f"import sys\n{code}\nprint('torch' in sys.modules)"
    return (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "True\n"
    )


def test_importing_the_verifier_loads_no_torch() -> None:
    assert not loaded_by("import rfscope.verification")


def test_the_test_above_can_fail() -> None:
    assert loaded_by("import rfscope.verification, torch")
